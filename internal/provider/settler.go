package provider

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Settle is the part of a row that says how an open outcome is settled.
type Settle struct {
	By       issuing.SettledBy
	Inquiry  []string      // operations that show whether it was carried out
	Reversal string        // the operation that takes it back
	Note     string        // what else helps
	Resend   bool          // the provider recognises a repeat, or it does no harm
	Window   time.Duration // for how long it does; 0 is no end that is published
}

// Nothing is that of a read, which leaves none open.
func Nothing() Settle { return Settle{} }

// ByKey is that of an operation which the inquiries find by the merchant's key.
func ByKey(inquiry ...string) Settle {
	return Settle{By: issuing.SettledByKey, Inquiry: inquiry, Resend: true}
}

// ByState is that of an operation whose effect the inquiries show: where it has not
// happened, it may be done again.
func ByState(inquiry ...string) Settle {
	return Settle{By: issuing.SettledByState, Inquiry: inquiry, Resend: true}
}

// ByHistory is that of an operation which the inquiries may list.
func ByHistory(inquiry ...string) Settle {
	return Settle{By: issuing.SettledByHistory, Inquiry: inquiry}
}

// ByRepeat is that of an operation which settles when it is sent again.
func ByRepeat(note string, inquiry ...string) Settle {
	return Settle{By: issuing.SettledByRepeat, Inquiry: inquiry, Note: note, Resend: true}
}

// ByNobody is that of an operation which no program settles. The inquiries show a person
// what may have come of it.
func ByNobody(note string, inquiry ...string) Settle {
	return Settle{By: issuing.SettledByNobody, Inquiry: inquiry, Note: note}
}

// With returns s with a note.
func (s Settle) With(note string) Settle { s.Note = note; return s }

// Or returns s with the operation that takes it back.
func (s Settle) Or(reversal string) Settle { s.Reversal = reversal; return s }

// Within returns s with how long the provider recognises a repeat.
func (s Settle) Within(window time.Duration) Settle { s.Window = window; return s }

// Once returns s for an operation that must not be sent again.
func (s Settle) Once() Settle { s.Resend = false; return s }

// unsettled is what is to be asked about a write of the row.
func (s Settle) unsettled(key string) *issuing.Unsettled {
	return &issuing.Unsettled{Key: key, Inquiry: s.Inquiry, Reversal: s.Reversal, Note: s.Note}
}

// Settler is how a client settles one operation.
type Settler struct {
	op     Op
	look   func(ctx context.Context, s Sought) (any, error)
	resend func(ctx context.Context, p issuing.Pending, request any, opts []issuing.CallOption) (any, error)
	needs  bool // the look needs the reference
	failed func(result any) bool
}

// NewSettler returns the settler of a row. look is that of the operation's own method;
// without one, only sending again can settle it.
func NewSettler[T any](op Op, look Look[T]) Settler {
	s := Settler{op: op}
	if look != nil {
		s.look = func(ctx context.Context, sought Sought) (any, error) {
			found, err := look(ctx, sought)
			if found == nil {
				return nil, err // not a nil pointer in an interface
			}
			return found, err
		}
	}
	return s
}

// Method is an operation's method as all of them are, but for what stands in its path.
type Method[R, T any] func(ctx context.Context, request R, opts ...issuing.CallOption) (*T, error)

// Resend returns s with the method that sends the operation again.
func Resend[R, T any](s Settler, method Method[R, T]) Settler {
	return ResendAt(s, func(issuing.Pending) (Method[R, T], []issuing.CallOption) { return method, nil })
}

// ResendAt is Resend for an operation of which the pending holds a part, such as the card
// in its path.
func ResendAt[R, T any](s Settler, at func(issuing.Pending) (Method[R, T], []issuing.CallOption)) Settler {
	s.resend = func(ctx context.Context, p issuing.Pending, request any, opts []issuing.CallOption) (any, error) {
		typed, ok := request.(R)
		if pointer, is := request.(*R); is && pointer != nil {
			typed, ok = *pointer, true
		}
		if !ok {
			return nil, errOtherType
		}
		method, more := at(p)
		result, err := method(ctx, typed, append(opts, more...)...)
		if result == nil {
			return nil, err
		}
		return result, err
	}
	return s
}

// Failing returns s with what tells a result that says that the operation failed.
func Failing[T any](s Settler, failed func(*T) bool) Settler {
	s.failed = func(result any) bool {
		typed, ok := result.(*T)
		return ok && failed(typed)
	}
	return s
}

// WithReference returns s for a look that needs the reference, which is a secret.
func (s Settler) WithReference() Settler { s.needs = true; return s }

// isWrite reports whether an operation can stay open.
func (o Op) isWrite() bool { return o.Safety != transport.Read }

// Settlers are those of a table's writes by their names. A row without one of its own is
// settled by nobody but a person.
func Settlers(rows []Op, own ...Settler) map[string]Settler {
	all := make(map[string]Settler, len(rows))
	for _, row := range rows {
		if row.isWrite() {
			all[row.Name] = Settler{op: row}
		}
	}
	for _, s := range own {
		all[s.op.Name] = s
	}
	return all
}

// Disagreements lists the rows whose data and functions do not agree: for tests.
func Disagreements(settlers map[string]Settler) (all []string) {
	for name, s := range settlers {
		rule := s.op.Settle
		looks := rule.By == issuing.SettledByKey || rule.By == issuing.SettledByState || rule.By == issuing.SettledByHistory
		switch {
		case rule.By == "":
			all = append(all, name+": the row does not say how it is settled")
		case looks != (s.look != nil) && rule.By != issuing.SettledByRepeat:
			all = append(all, name+": the row says \""+string(rule.By)+"\", and a look is there or missing against it")
		case rule.Resend != (s.resend != nil):
			all = append(all, name+": the row and its settler disagree about sending it again")
		}
	}
	return all
}

// Silent is the method of an operation that returns nothing but its error.
func Silent[R any](send func(context.Context, R, ...issuing.CallOption) error) Method[R, struct{}] {
	return func(ctx context.Context, request R, opts ...issuing.CallOption) (*struct{}, error) {
		if err := send(ctx, request, opts...); err != nil {
			return nil, err
		}
		return new(struct{}), nil
	}
}
