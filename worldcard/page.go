package worldcard

import (
	"cmp"
	"context"
	"iter"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
)

// Page is one page of a list.
type Page[T any] struct {
	Total    int `json:"total"`     // items in all pages
	Page     int `json:"page"`      // this page, from 1
	PageSize int `json:"page_size"` // items per page
	List     []T `json:"list"`      // the items of this page
}

// maxPageSize is the largest page that the list pages allow.
const maxPageSize = 100

func checkPage(p *check.Problems, page, size int) {
	if page < 0 {
		p.Add("page", "must not be negative")
	}
	if size < 0 || size > maxPageSize {
		p.Add("page_size", "must lie between 1 and %d, or be 0 for the default of 10", maxPageSize)
	}
}

// listed is an item that its row tells from others. A record that has moved on since it
// was listed is another row: it is told, not left out.
type listed[T any] interface {
	*T
	row() string
}

func (b *BIN) row() string { return b.ID }

func (d *Deposit) row() string {
	return pages.Row(cmp.Or(d.ID, d.MerchantTransactionID), strconv.Itoa(int(d.Status)))
}

func (t *Transaction) row() string { return pages.Row(t.ID, string(t.Type), string(t.Status)) }

// all iterates over a numbered list, from the request's page on, to a page that brings
// nothing new: WorldCard may cap a page, and its totals are those of the moment.
func all[R, T any, I listed[T]](ctx context.Context, req R, page func(*R) *int,
	list func(context.Context, R, ...issuing.CallOption) (*Page[T], error), opts []issuing.CallOption,
) iter.Seq2[*T, error] {
	id := func(item *T) string { return I(item).row() }
	return pages.Complete(*page(&req), id, func(number int) (pages.Listed[T], error) {
		req := req
		*page(&req) = number
		p, err := list(ctx, req, opts...)
		if err != nil {
			return pages.Listed[T]{}, err
		}
		last := pages.LastPage(p.Total, p.PageSize)
		return pages.Listed[T]{Items: p.List, Number: p.Page, Last: last, Total: p.Total}, nil
	})
}
