// Package pages turns list calls into iterators: lazy, one error and then the
// end, and never endless when a platform's page number or cursor stands still.
package pages

import (
	"fmt"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Cursor iterates over the items of all pages, each once by its id, starting with an
// empty cursor, until the next cursor is empty. A cursor that does not change, or that
// comes round again, ends it with an error, and so do ever new cursors of pages that tell
// nothing. An item without an id is never taken for another.
func Cursor[T any](
	id func(*T) string, fetch func(cursor string) (items []T, next string, err error),
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		// Brent's way to find a round without remembering every cursor: one mark,
		// moved on after 1, 2, 4, 8, … pages.
		mark, marked, pages, vain := "", 1, 0, 0
		known := newSeen()
		for cursor := ""; ; {
			items, next, err := fetch(cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			vain++
			for i := range items {
				if known.before(id(&items[i])) {
					continue
				}
				vain = 0
				if !yield(&items[i], nil) {
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
			if vain == maxVain {
				yield(nil, stuck("%d pages bring nothing new, and the page cursor goes on", vain))
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
