package legacy

import (
	"context"
	"iter"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pages"
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
