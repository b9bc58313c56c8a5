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
	p.OptionalText("pageToken", r.PageToken, noLimit)
	checkPageSize(p, r.PageSize)
	dateRange{names: "creationTime", from: r.From, to: r.To, must: needed, months: maxSpan}.check(p)
}

// numberedRequest is one to a list whose token is a page number; that of VIRTUAL-P is called
// a cursor.
type numberedRequest struct{ VirtualTransactionsRequest }

func (r numberedRequest) validate(p *check.Problems) {
	r.VirtualTransactionsRequest.validate(p)
	pageNumber.check(p, field{"pageToken", r.PageToken})
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

// numbered iterates over the pages of a list, from the request's page on, to a page that
// brings nothing new: the platform may cap a page, and its totals are those of the moment.
func numbered[T any, I record[T]](
	req VirtualTransactionsRequest, fetch func(VirtualTransactionsRequest) (*Page[T], error),
) iter.Seq2[*T, error] {
	first, _ := strconv.Atoi(req.PageToken)
	return pages.Complete(first, rowOf[T, I], func(page int) (pages.Listed[T], error) {
		req.PageToken = number(page)
		p, err := fetch(req)
		if err != nil {
			return pages.Listed[T]{}, err
		}
		last := pages.LastPage(p.TotalRecords, p.PageSize)
		return pages.Listed[T]{Items: p.List, Number: p.CurrentPage, Last: last, Total: p.TotalRecords}, nil
	})
}

// record is an item of a list with what tells its row from others: an id, and what may
// change. A record that has moved on since it was listed is told, not left out.
type record[T any] interface {
	*T
	row() (id string, state []string)
}

func (t *VirtualLTransaction) row() (string, []string) {
	return t.RecordNo, []string{string(t.Type), string(t.Status)}
}

func (t *VirtualPTransaction) row() (string, []string) {
	return t.ID, []string{string(t.Type), string(t.Status)}
}

func (t *MasterETransaction) row() (string, []string) {
	return t.ID, []string{string(t.Intent), string(t.Status)}
}

func (t *VisaHTransaction) row() (string, []string) {
	return t.ID, []string{string(t.Type), t.Amount.String(), strconv.FormatBool(t.Reversal)}
}

// rowOf names the row of an item; one without an id has none.
func rowOf[T any, I record[T]](item *T) string {
	id, state := I(item).row()
	return pages.Row(id, state...)
}
