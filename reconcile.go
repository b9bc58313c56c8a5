package issuing

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Entry is one line of a list that is reconciled: an order in the merchant's books, or
// what a platform lists of it. Both sides are written in the merchant's words.
type Entry struct {
	// Key is what both sides know the thing by, such as the merchant's order number, at
	// most 4 KB together with the other texts. It goes into errors and, in
	// [SortEntries], onto disk: an id, never a card number or a name.
	Key string `json:"key"`
	// ID is the side's own number of it, such as the platform's transaction number, or "".
	// It is not compared with the other side's, but two lines of one side with different
	// IDs are two things under one key: an order that was carried out twice.
	ID string `json:"id,omitzero"`

	Amount   Amount   `json:"amount,omitzero"`   // compared by value; unset is equal to unset only
	Currency Currency `json:"currency,omitzero"` // compared as it is written
	State    string   `json:"state,omitzero"`    // such as "done" or "refused", in one vocabulary for both sides
	// Time is when it happened by the side's own clock. The two are not compared.
	Time time.Time `json:"time,omitzero"`
	// Open says that this line does not decide anything yet: the merchant's order is still
	// open, or Time lies outside of the day that is reconciled; see [Reconcile].
	Open bool `json:"open,omitzero"`
}

// maxEntry bounds the texts of an [Entry] in bytes, and with them what a chunk of them
// holds in memory.
const maxEntry = 4096

// check says why e cannot be reconciled.
func (e *Entry) check() error {
	switch size := len(e.Key) + len(e.ID) + len(e.Amount) + len(e.Currency) + len(e.State); {
	case size > maxEntry:
		return fmt.Errorf("the texts of an entry have %d bytes, more than %d: %w", size, maxEntry, ErrTooLarge)
	case e.Key == "":
		return errors.New("an entry has no key")
	}
	if err := e.Amount.Check(); err != nil {
		return fmt.Errorf("entry %q: %w", clip(e.Key, maxMessage), err)
	}
	return nil
}

// same reports whether two lines of one side are one that was listed twice.
func (e *Entry) same(o *Entry) bool {
	return e.ID == o.ID && e.agrees(o, nil) && e.Time.Equal(o.Time) && e.Open == o.Open
}

// agrees compares what both sides must say alike, and tells differ, unless it is nil, the
// names of what they do not.
func (e *Entry) agrees(o *Entry, differ func(field string)) bool {
	ok := true
	for _, field := range [...]struct {
		name string
		same bool
	}{
		{"amount", e.Amount.Equal(o.Amount)}, {"currency", e.Currency == o.Currency}, {"state", e.State == o.State},
	} {
		if !field.same {
			if ok = false; differ != nil {
				differ(field.name)
			}
		}
	}
	return ok
}

// DifferenceKind is what is wrong with a key.
type DifferenceKind string

// The kinds of a [Difference].
const (
	DifferenceKindMissing   DifferenceKind = "missing"   // the merchant has it, the platform does not
	DifferenceKindSurplus   DifferenceKind = "surplus"   // the platform has it, the merchant does not
	DifferenceKindUnequal   DifferenceKind = "unequal"   // both have it, and say different things of it
	DifferenceKindDuplicate DifferenceKind = "duplicate" // a side has it more than once, as lines that differ
	// DifferenceKindPending: one of the above that nothing follows from yet, because the
	// entries that decide are Open. Mine, Theirs and Fields tell which it would be.
	DifferenceKindPending DifferenceKind = "pending"
)

// maxTwins bounds the lines of one key that are kept.
const maxTwins = 8

// Difference is a key on which the two sides do not agree.
type Difference struct {
	Kind DifferenceKind `json:"kind"`
	Key  string         `json:"key"`
	// Mine and Theirs are what the two sides have under the key: none, one, or the
	// different lines of a duplicate, of which 8 are kept.
	Mine   []Entry `json:"mine,omitzero"`
	Theirs []Entry `json:"theirs,omitzero"`
	// Fields names what the lines disagree in: amount, currency, state.
	Fields []string `json:"fields,omitzero"`
}

// Reconcile compares the merchant's list with a platform's and iterates over the keys on
// which they differ, in the order of their keys. It reads both sides once and side by
// side, and holds no more of them than the lines of one key.
//
// Both must come in ascending order of their keys' bytes: of a database by a binary
// collation (COLLATE "C", ascii_bin), not by a language's; of a platform through
// [SortEntries]. A key may come more than once: lines that are equal in everything are
// one, because the pages of a list that grows repeat lines.
//
// # A day
//
// The two clocks differ, so the same order may lie on two sides of midnight. Read both
// lists from somewhat before the day to somewhat after it, further than the clocks are
// apart, and set [Entry.Open] on what lies outside the day, or is younger than the
// platform's list is reliable. The merchant's entry decides where there is one, and the
// platform's where there is none: a difference is pending when all entries of the side
// that decides are Open. So of the days that read a key, the one in which it was decided
// tells the difference, and the others call it pending. A day is one in the platform's zone.
//
// # Going on
//
// Everything up to the Key of the last difference that was stored is compared. To go on
// from there, leave out of both sides what is not above that key.
//
// An error ends the iteration and comes with an empty difference: one that a side yields,
// as it is, or an *[Error] of kind [ErrInvalid] for lines out of order, without a key, of
// more than 4 KB or with a malformed amount. What came before it holds.
func Reconcile(mine, theirs iter.Seq2[Entry, error]) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		m, t := newSide("mine", mine), newSide("theirs", theirs)
		defer m.stop()
		defer t.stop()
		err := m.advance()
		if err == nil {
			err = t.advance()
		}
		for err == nil && (m.ok || t.ok) {
			key := m.head.Key
			if !m.ok || t.ok && t.head.Key < key {
				key = t.head.Key
			}
			if err = m.take(key); err == nil {
				err = t.take(key)
			}
			if err != nil {
				break
			}
			if d, differ := compare(key, m.lines, t.lines); differ && !yield(d, nil) {
				return
			}
		}
		if err != nil {
			yield(Difference{}, err)
		}
	}
}

// side is one of two lists, and the line that comes next in it.
type side struct {
	name  string
	next  func() (Entry, error, bool)
	stop  func()
	head  Entry
	ok    bool    // there is a head
	lines []Entry // of the key that take was called with, without repeats
}

func newSide(name string, list iter.Seq2[Entry, error]) *side {
	s := &side{name: name}
	s.next, s.stop = iter.Pull2(list)
	return s
}

// advance reads the line that comes next.
func (s *side) advance() error {
	last := s.head.Key
	e, err, ok := s.next()
	s.head, s.ok = e, ok
	if !ok || err != nil {
		return err
	}
	if err := e.check(); err != nil {
		return invalid("Reconcile", fmt.Errorf("%s: %w", s.name, err))
	}
	if e.Key < last {
		return invalid("Reconcile", fmt.Errorf("%s: key %q comes after %q, want ascending order of bytes",
			s.name, clip(e.Key, maxMessage), clip(last, maxMessage)))
	}
	return nil
}

// take reads all lines of a key into lines.
func (s *side) take(key string) error {
	s.lines = s.lines[:0]
	for s.ok && s.head.Key == key {
		if len(s.lines) < maxTwins && !slices.ContainsFunc(s.lines, func(e Entry) bool { return e.same(&s.head) }) {
			s.lines = append(s.lines, s.head)
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}

// compare says whether the lines of one key differ, and how.
func compare(key string, mine, theirs []Entry) (Difference, bool) {
	if len(mine) == 1 && len(theirs) == 1 && mine[0].agrees(&theirs[0], nil) {
		return Difference{}, false
	}
	d := Difference{Key: key, Mine: slices.Clone(mine), Theirs: slices.Clone(theirs)}
	switch {
	case len(mine) > 1 || len(theirs) > 1:
		d.Kind = DifferenceKindDuplicate
	case len(theirs) == 0:
		d.Kind = DifferenceKindMissing
	case len(mine) == 0:
		d.Kind = DifferenceKindSurplus
	default:
		d.Kind = DifferenceKindUnequal
	}
	deciding := mine
	if len(mine) == 0 {
		deciding = theirs
	}
	if !slices.ContainsFunc(deciding, func(e Entry) bool { return !e.Open }) {
		d.Kind = DifferenceKindPending
	}
	all := slices.Concat(mine, theirs)
	for i := range all[1:] {
		all[0].agrees(&all[i+1], func(field string) {
			if !slices.Contains(d.Fields, field) {
				d.Fields = append(d.Fields, field)
			}
		})
	}
	return d, true
}

// invalid is the error of an input that breaks a documented rule.
func invalid(op string, err error) *Error {
	return &Error{Provider: "issuing", Op: op, Kind: ErrInvalid, Err: err}
}
