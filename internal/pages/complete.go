package pages

import (
	"errors"
	"iter"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Bounds of [Complete] and [Cursor].
const (
	// maxVain is how many pages without anything new are followed, as long as the
	// answers promise more.
	maxVain = 10
	// maxSeen bounds the ids that are remembered. A list that grows at its beginning
	// repeats what came last.
	maxSeen = 10_000
)

// Listed is one page of a list. What the answers say of its length is not believed.
type Listed[T any] struct {
	Items  []T
	Number int // of this page as answered; 0 when the answer has none
	Last   int // number of the last page as answered; 0 when the answer has none
	Total  int // items of all pages as answered; 0 when the answer has none
	// Cut is what ends a list that may go on, where the platform lists no page after this
	// one; nil of all others.
	Cut error
}

// LastPage returns the number of the last page of so many items; 0 when the answer says
// neither.
func LastPage(items, size int) int {
	if items <= 0 || size <= 0 {
		return 0
	}
	return (items-1)/size + 1
}

// Complete iterates over the items of all pages from page first on, each once by its
// id, for a platform that answers a page beyond the end with an empty one, the last one
// or a refusal. Neither a short page nor a total ends it: a platform may cap its pages,
// and its total may lie. It ends with a page beyond the last as answered that brings
// nothing new, or with an empty one where no answer says which is the last. An error
// ends it where the answers go on promising more, where pages that were promised repeat
// what was there and nothing new follows, where one before the end is for another page
// than was asked for, and with a page that is Cut, unless that is empty; one that repeats
// what was there is told so instead. Where pages hold fewer items than the last page was
// counted with, the total says that more of them are to come: a platform that caps a page
// and goes on by the size that was asked for loses what lies between, which is an error. An
// item without an id is never taken for another.
func Complete[T any](
	first int, id func(*T) string, fetch func(page int) (Listed[T], error),
) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		w := walk{known: newSeen()}
		for number := max(first, 1); ; number++ {
			page, err := fetch(number)
			if err != nil || page.Number != 0 && page.Number != number {
				if err == nil {
					err = stuck("%w: asked for page %d, got page %d", errOtherPage, number, page.Number)
				}
				if number == max(first, 1) || number <= w.last || w.last == 0 || !beyond(err) {
					yield(nil, err)
				} else if err := w.complete(number); err != nil {
					yield(nil, err)
				}
				return
			}
			fresh, told := false, 0
			for i := range page.Items {
				item := &page.Items[i]
				key := id(item)
				if w.known.before(key) {
					continue
				}
				fresh, told = fresh || key != "", told+1
				if !yield(item, nil) {
					return
				}
			}
			what, last := page.kind(told), page.Last
			if first <= 1 { // the first page is as full as they get
				last = max(last, w.counted(len(page.Items), page.Total))
			}
			ends, err := w.step(number, last, what, fresh)
			if !ends && page.Cut != nil {
				ends, err = true, furthest(number, what, page.Cut)
			}
			if ends {
				if err != nil {
					yield(nil, err)
				}
				return
			}
		}
	}
}

// walk is where an iteration stands.
type walk struct {
	known  *seen
	last   int  // as answered
	most   int  // items on a page
	total  int  // as answered last
	vain   int  // pages in a row that brought nothing new
	repeat bool // one of them was promised, and had what was there
}

// counted returns the number of the last page, by the items that a page holds at most.
func (w *walk) counted(items, total int) int {
	w.most = max(w.most, items)
	if total > 0 { // beyond the end there may be none
		w.total = total
	}
	return LastPage(w.total, w.most)
}

// kind is what a page without a new id is.
type kind int

const (
	empty    kind = iota
	nameless      // items without an id, which nothing tells from others
	repeated      // nothing but what was there
)

// kind tells what a page is of which so many items were new or nameless.
func (l Listed[T]) kind(told int) kind {
	switch {
	case len(l.Items) == 0:
		return empty
	case told > 0:
		return nameless
	}
	return repeated
}

// step takes a page and reports whether it ends the list.
func (w *walk) step(number, last int, page kind, fresh bool) (ends bool, err error) {
	promised := number <= w.last
	w.last = last
	if fresh {
		w.vain, w.repeat = 0, false
		return false, nil
	}
	w.repeat = w.repeat || promised && page == repeated
	if number >= last && (last > 0 || page == empty) {
		return true, w.complete(number)
	}
	if w.vain++; w.vain == maxVain {
		return true, stuck("%d pages bring nothing new, up to page %d of %d", w.vain, number, last)
	}
	return false, nil
}

// complete returns the error of a list that ends with page number and was not told.
func (w *walk) complete(number int) error {
	if w.repeat {
		return stuck("pages up to %d of %d repeat what was there, and nothing new followed", number, w.last)
	}
	return nil
}

// furthest returns the error of a list that page number, the furthest there is, does not
// end.
func furthest(number int, page kind, cut error) error {
	if page == repeated {
		return stuck("page %d, the furthest there is, repeats what was there", number)
	}
	return cut
}

// Row returns an id of an item for [Complete]: its own, and what may change. An item that
// has moved on since it was listed is another row: it is told, not left out. An item
// without an id has no row.
func Row(id string, state ...string) string {
	if id == "" {
		return ""
	}
	return id + " " + strings.Join(state, " ")
}

// beyond reports whether an error may say that a list has no such page.
func beyond(err error) bool {
	return errors.Is(err, issuing.ErrInvalid) || errors.Is(err, issuing.ErrNotFound) || errors.Is(err, errOtherPage)
}

// errOtherPage is an answer for another page than the one asked for.
var errOtherPage = errors.New("another page came")

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
