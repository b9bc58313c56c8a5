// Package pages turns list calls into iterators: lazy, one error and then the
// end, and never endless when a platform's page number or cursor stands still.
package pages

import (
	"fmt"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Page is one page of a numbered list.
type Page[T any] struct {
	Items  []T
	Number int // as answered; 0 when the answer has none
	Size   int // items per page as answered; 0 when the answer has none
	Total  int // items in all pages
}

// Numbered iterates over the items of all pages from page first on. An empty
// page in the middle does not end it; an answer for another page than the one
// asked for does, with an error, because it would repeat items.
func Numbered[T any](first int, fetch func(page int) (Page[T], error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for number := max(first, 1); ; number++ {
			page, err := fetch(number)
			if err != nil {
				yield(nil, err)
				return
			}
			if page.Number != 0 && page.Number != number {
				yield(nil, stuck("asked for page %d, got page %d", number, page.Number))
				return
			}
			for i := range page.Items {
				if !yield(&page.Items[i], nil) {
					return
				}
			}
			size := page.Size
			if size <= 0 {
				size = len(page.Items)
			}
			if size <= 0 || page.Total <= 0 || number > (page.Total-1)/size {
				return
			}
		}
	}
}

// Cursor iterates over the items of all pages, each once by its id, starting with an
// empty cursor, until the next cursor is empty. A cursor that does not change, or that
// comes round again, ends it with an error. An item without an id is never taken for
// another.
func Cursor[T any](
	id func(*T) string, fetch func(cursor string) (items []T, next string, err error),
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		// Brent's way to find a round without remembering every cursor: one mark,
		// moved on after 1, 2, 4, 8, … pages.
		mark, marked, pages := "", 1, 0
		known := newSeen()
		for cursor := ""; ; {
			items, next, err := fetch(cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range items {
				if !known.before(id(&items[i])) && !yield(&items[i], nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if next == cursor || next == mark {
				yield(nil, stuck("the page cursor does not advance"))
				return
			}
			cursor = next
			if pages++; pages == marked {
				mark, marked = cursor, 2*marked
			}
		}
	}
}

func stuck(format string, args ...any) error {
	return &issuing.Error{Provider: "issuing", Op: "list", Kind: issuing.ErrBadResponse, Err: fmt.Errorf(format, args...)}
}
