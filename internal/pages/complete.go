package pages

import (
	"errors"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Bounds of [Complete].
const (
	// maxVain is how many pages without anything new are followed, as long as the
	// answers promise more.
	maxVain = 10
	// maxSeen bounds the ids that are remembered. A list that grows at its beginning
	// repeats what came last.
	maxSeen = 10_000
)

// Listed is one page of a list whose answers say how long it is and are not believed.
type Listed[T any] struct {
	Items []T
	Last  int // number of the last page as answered; 0 when the answer has none
}

// Complete iterates over the items of all pages from page first on, each once by its
// id, for a platform that answers a page beyond the end with an empty one or a refusal.
// Neither a short page nor a total ends it: a platform may cap its pages, and its total
// may lie. It ends with a page beyond the last as answered that brings nothing new; where
// the answers go on promising more, an error does. An item without an id is never taken
// for another.
func Complete[T any](
	first int, id func(*T) string, fetch func(page int) (Listed[T], error),
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		last, vain, known := 0, 0, newSeen()
		for number := max(first, 1); ; number++ {
			page, err := fetch(number)
			if err != nil {
				if number == max(first, 1) || number <= last || !beyond(err) {
					yield(nil, err)
				}
				return
			}
			last = page.Last
			fresh := false
			for i := range page.Items {
				item := &page.Items[i]
				key := id(item)
				if known.before(key) {
					continue
				}
				fresh = fresh || key != ""
				if !yield(item, nil) {
					return
				}
			}
			switch {
			case fresh:
				vain = 0
			case number >= last:
				return
			default:
				if vain++; vain == maxVain {
					yield(nil, stuck("%d pages bring nothing new, up to page %d of %d", vain, number, last))
					return
				}
			}
		}
	}
}

// beyond reports whether an error may say that a list has no such page.
func beyond(err error) bool {
	return errors.Is(err, issuing.ErrInvalid) || errors.Is(err, issuing.ErrNotFound)
}

// seen remembers the latest ids.
type seen struct {
	ids  map[string]struct{}
	ring []string
	next int
}

func newSeen() *seen { return &seen{ids: map[string]struct{}{}} }

// before reports whether an id came before, and remembers it.
func (s *seen) before(id string) bool {
	if id == "" {
		return false
	}
	if _, ok := s.ids[id]; ok {
		return true
	}
	s.ids[id] = struct{}{}
	if len(s.ring) < maxSeen {
		s.ring = append(s.ring, id)
		return false
	}
	delete(s.ids, s.ring[s.next])
	s.ring[s.next] = id
	s.next = (s.next + 1) % maxSeen
	return false
}
