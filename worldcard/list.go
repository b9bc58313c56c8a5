package worldcard

import (
	"iter"

	"github.com/issuing-sdk/issuing-go/internal/pages"
)

// all iterates over a numbered list.
func all[T any](first int, fetch func(page int) (*Page[T], error)) iter.Seq2[*T, error] {
	return pages.Numbered(first, func(number int) (pages.Page[T], error) {
		p, err := fetch(number)
		if err != nil {
			return pages.Page[T]{}, err
		}
		return pages.Page[T]{Items: p.List, Number: p.Page, Size: p.PageSize, Total: p.Total}, nil
	})
}
