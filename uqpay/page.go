package uqpay

import (
	"context"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
)

// Page is one page of a list.
type Page[T any] struct {
	Total int `json:"total_items"` // items in all pages
	Pages int `json:"total_pages"` // number of pages
	List  []T `json:"data"`        // the items of this page
}

func (p *Page[T]) vague() bool { return p.List == nil }

// Paging selects a page. The zero Paging is the first page of ten items.
type Paging struct {
	Page     int `json:"page_number,omitzero"` // from 1; 0 is 1
	PageSize int `json:"page_size,omitzero"`   // 1 to 100; 0 is 10. The pages ask for at least 10 except for cards
}

// maxPageSize is the largest page that the list pages allow.
const maxPageSize = 100

func (r Paging) validate(p *check.Problems) {
	if r.Page < 0 {
		p.Add("page_number", "must not be negative")
	}
	if r.PageSize < 0 || r.PageSize > maxPageSize {
		p.Add("page_size", "must lie between 1 and %d, or be 0 for the default of 10", maxPageSize)
	}
}

// listed is an item that its id tells from others.
type listed[T any] interface {
	*T
	listID() string
}

func (a *Account) listID() string     { return a.ID }
func (h *Cardholder) listID() string  { return h.ID }
func (p *Product) listID() string     { return p.ID }
func (c *Card) listID() string        { return c.ID }
func (t *Transaction) listID() string { return t.ID }
func (b *Balance) listID() string     { return b.ID }
func (e *LedgerEntry) listID() string { return e.ID }
func (b *Brand) listID() string       { return b.MerchantCode }

// paging is the part of a request that all moves on.
func (r *Paging) paging() *Paging { return r }

// all iterates over a list from the request's page on, to the first page that brings
// nothing new: UQPAY may cap a page, and its totals are those of the moment.
func all[T any, I listed[T], R request, P interface {
	*R
	paging() *Paging
}](ctx context.Context, c *Client, o operation, req R, opts []issuing.CallOption) iter.Seq2[*T, error] {
	first := *P(&req).paging()
	if first.PageSize == 0 {
		first.PageSize = maxPageSize
	}
	id := func(item *T) string { return I(item).listID() }
	return pages.Complete(first.Page, id, func(number int) (pages.Listed[T], error) {
		next := req
		*P(&next).paging() = Paging{Page: number, PageSize: first.PageSize}
		p, err := call[Page[T]](ctx, c, o, next, opts)
		if err != nil {
			return pages.Listed[T]{}, err
		}
		last := p.Pages
		if last <= 0 && p.Total > 0 {
			last = (p.Total-1)/max(first.PageSize, 1) + 1
		}
		return pages.Listed[T]{Items: p.List, Last: last, Total: p.Total}, nil
	})
}
