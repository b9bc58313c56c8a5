package legacy

import (
	"context"
	"iter"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Page is one page of a card's transactions. The products page differently: VIRTUAL-L
// and VIRTUAL-P by number, MASTER-E by token, VISA-H by offset. What the platform does
// not tell is zero.
type Page[T any] struct {
	List []T `json:"transactions"` // of this page

	CurrentPage  int `json:"currentPage"`  // this page, from 1; VIRTUAL-L and VIRTUAL-P
	PageSize     int `json:"pageSize"`     // records of one page; VIRTUAL-L and VIRTUAL-P
	TotalRecords int `json:"totalRecords"` // records in all pages; VIRTUAL-L and VIRTUAL-P

	NextPageToken string `json:"nextPageToken"` // MASTER-E; empty on the last page
	PrevPageToken string `json:"prevPageToken"` // MASTER-E; empty on the first page
}

// listed is call for a list that comes without a page around it.
func listed[T any](
	ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption,
) (*Page[T], error) {
	items, err := list[T](ctx, c, o, in, opts)
	if err != nil {
		return nil, err
	}
	return &Page[T]{List: items}, nil
}

// VirtualTransactionsRequest selects a page of transactions of a VIRTUAL-L or
// VIRTUAL-P card.
type VirtualTransactionsRequest struct {
	CardNumber issuing.Secret // PAN, or VIRTUAL-P's card id; required
	PageToken  string         // page number from 1; empty is the first page
	PageSize   int            // records of one page; required
	From       issuing.Date   // first day; required
	To         issuing.Date   // last day, at most three months after From; required
}

func (r VirtualTransactionsRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	p.OptionalText("pageToken", r.PageToken, maxToken)
	checkPageSize(p, r.PageSize)
	dateRange{names: "creationTime", from: r.From, to: r.To, must: needed, months: maxSpan}.check(p)
}

func (r VirtualTransactionsRequest) key() string { return r.CardNumber.Last4() }

// virtualPage is the wire form of a list request, whose numbers are strings.
type virtualPage struct {
	CardNumber issuing.Secret `json:"cardNumber"`
	PageToken  string         `json:"pageToken"`
	PageSize   string         `json:"pageSize"`
	From       issuing.Date   `json:"creationTimeFrom"`
	To         issuing.Date   `json:"creationTimeTo"`
}

func (r VirtualTransactionsRequest) wire(sign.AppSecret) (any, error) {
	return virtualPage{r.CardNumber, r.PageToken, number(r.PageSize), r.From, r.To}, nil
}

// numbered iterates over the pages of a list, from the request's page on.
func numbered[T any](
	req VirtualTransactionsRequest, fetch func(VirtualTransactionsRequest) (*Page[T], error),
) iter.Seq2[*T, error] {
	first, _ := strconv.Atoi(req.PageToken)
	return pages.Numbered(first, func(page int) (pages.Page[T], error) {
		req.PageToken = number(page)
		p, err := fetch(req)
		if err != nil {
			return pages.Page[T]{}, err
		}
		return pages.Page[T]{Items: p.List, Number: p.CurrentPage, Size: p.PageSize, Total: p.TotalRecords}, nil
	})
}
