package worldcard

import (
	"context"
	"iter"

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

// all iterates over a numbered list, from the request's page on.
func all[R, T any](ctx context.Context, req R, page func(*R) *int,
	list func(context.Context, R, ...issuing.CallOption) (*Page[T], error), opts []issuing.CallOption,
) iter.Seq2[*T, error] {
	return pages.Numbered(*page(&req), func(number int) (pages.Page[T], error) {
		req := req
		*page(&req) = number
		p, err := list(ctx, req, opts...)
		if err != nil {
			return pages.Page[T]{}, err
		}
		return pages.Page[T]{Items: p.List, Number: p.Page, Size: p.PageSize, Total: p.Total}, nil
	})
}
