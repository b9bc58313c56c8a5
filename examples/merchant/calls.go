package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// work is an order with what its call needs beside its own row.
type work struct {
	*order
	card   result   // of the order that opened the card
	others []string // the platform's ids of the other orders of this kind for the card; nil is not known
}

// call is how a kind of order is carried out at a provider: from the request to the call,
// and from its answer to evidence.
type call struct {
	op        string // the row of the provider's operation table
	send      func(context.Context, work, ...issuing.CallOption) (evidence, error)
	request   func(context.Context, work) (any, error) // the method's, to send it again; nil has none
	read      func(any) evidence                       // of the method's result
	follow    func(context.Context, work) (evidence, error)
	reference func(work) issuing.Secret // what settling wants and no record holds
	alone     bool                      // one at a time for a card
	lists     bool                      // only a list shows it, so that the others must be known
}

// newCall makes a call of a method.
func newCall[R, T any](
	op string, request func(context.Context, work) (R, error),
	method func(context.Context, work, R, ...issuing.CallOption) (*T, error), read func(*T) evidence,
) *call {
	return &call{
		op: op,
		send: func(ctx context.Context, w work, opts ...issuing.CallOption) (evidence, error) {
			r, err := request(ctx, w)
			if err != nil {
				return evidence{}, err
			}
			answer, err := method(ctx, w, r, opts...)
			if err != nil {
				return evidence{}, err
			}
			return read(answer), nil
		},
		request: func(ctx context.Context, w work) (any, error) { return request(ctx, w) },
		read: func(v any) evidence {
			switch answer, ok := v.(*T); {
			case ok && answer != nil:
				return read(answer)
			case v == nil:
				return evidence{finding: foundDone} // the platform says no more of it
			}
			return evidence{finding: foundOpen, note: fmt.Sprintf("Settle gives %T for %s", v, op)}
		},
	}
}

// plain is a request that needs nothing but the order.
func plain[R any](request func(work) R) func(context.Context, work) (R, error) {
	return func(_ context.Context, w work) (R, error) { return request(w), nil }
}

// method is one that a request is all of.
func method[R, T any](
	do func(context.Context, R, ...issuing.CallOption) (*T, error),
) func(context.Context, work, R, ...issuing.CallOption) (*T, error) {
	return func(ctx context.Context, _ work, r R, opts ...issuing.CallOption) (*T, error) {
		return do(ctx, r, opts...)
	}
}

// told is what an event says, and of which order: by its own id, which platforms get as
// the key, by the platform's, or by the card and what happened to it.
type told struct {
	order      string
	platformID string
	cardID     string // the platform's
	kinds      []kind // with cardID, and one with platformID where its kind is told
	ask        bool   // it proves nothing by itself: ask the platform now
	evidence   evidence
}

// provider is one of the six, as this service uses it.
type provider struct {
	name   string
	rows   map[string]issuing.Operation
	calls  map[kind]*call
	settle func(context.Context, issuing.Pending, ...issuing.SettleOption) (issuing.Settlement, error)
	source *webhook.Source
	answer func(context.Context, *webhook.Event) error // of what waits for an answer; nil has no questions
	event  func(*webhook.Event) told
	listed func(ctx context.Context, day period, cards iter.Seq2[*order, error]) iter.Seq2[listing, error]
	asked  func(context.Context, *order) (listing, bool, error) // of one deposit, where there is no list
}

func byName(rows []issuing.Operation) map[string]issuing.Operation {
	all := map[string]issuing.Operation{}
	for _, row := range rows {
		all[row.Name] = row
	}
	return all
}

// errSuperseded says that another worker has the order, or that it has moved on.
var errSuperseded = errors.New("the order has moved on")

// errNotRecorded is a call that ended unsent because its record could not be stored.
var errNotRecorded = errors.New("not recorded")

// recorded has a call stored before its first byte, and keeps in to what was stored.
func (m *merchant) recorded(o *order, epoch int64, to *attempt) issuing.CallOption {
	return issuing.WithRecord(func(ctx context.Context, p issuing.Pending) error {
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		// Whoever looks at the order then must find a call that has ended.
		if err := m.store.record(ctx, o.ID, epoch, string(text), m.cfg.callEnd()+m.cfg.Grace); err != nil {
			if errors.Is(err, errSuperseded) {
				return err
			}
			return fmt.Errorf("%w: %w", errNotRecorded, err)
		}
		to.record = string(text)
		return nil
	})
}

// refusals are the kinds of errors that say of an order that it was not carried out and
// will not be.
var refusals = []error{
	issuing.ErrInvalid, issuing.ErrNotConfigured, issuing.ErrNotFound, issuing.ErrConflict, issuing.ErrInsufficientFunds,
	issuing.ErrDeclined,
}

// ended is what the end of a call says. Its error is not of the call's: the order stands
// as it did, and the job is tried again.
func (m *merchant) ended(o *order, got evidence, err error) (evidence, error) {
	got.epoch, got.from = o.Epoch+1, "call"
	switch {
	case err == nil:
		if got.finding == foundAccepted {
			got.wait = m.cfg.Steps[0]
		}
		return got, nil
	case errors.Is(err, errSuperseded), errors.Is(err, errNotRecorded):
		return got, err
	}
	got = evidence{
		epoch: o.Epoch + 1, from: "call", note: err.Error(), code: codeOf(err), wait: waitOf(m.cfg.Steps, o.Asked),
	}
	switch {
	case errors.Is(err, issuing.ErrOutcomeUnknown):
		got.finding = foundOpen
		if p, ok := issuing.PendingOf(err); ok {
			text, err := json.Marshal(p)
			if err != nil {
				return got, err
			}
			got.pending = string(text)
		}
	case errors.Is(err, issuing.ErrDuplicate):
		got.finding = foundOpen // of an earlier call with this key: it is asked for
	case errors.Is(err, issuing.ErrUnavailable), errors.Is(err, issuing.ErrRateLimited),
		errors.Is(err, issuing.ErrCanceled), errors.Is(err, issuing.ErrUnauthorized):
		got.finding = foundUnsent
		if m.overdue(o) {
			got.finding = foundNothing
		}
	case slices.ContainsFunc(refusals, func(kind error) bool { return errors.Is(err, kind) }):
		got.finding = foundRefused
	default:
		got.finding = foundOpen // what is not known to be a refusal is none
	}
	return got, nil
}

// overdue reports whether programs have tried for long enough, and a person takes over.
func (m *merchant) overdue(o *order) bool {
	return !o.Sent.IsZero() && time.Since(o.Sent) > m.cfg.ReviewAfter
}

// codeOf is a refusal in two words: its kind, and the provider's own code.
func codeOf(err error) string {
	var e *issuing.Error
	if !errors.As(err, &e) {
		return issuing.KindName(err)
	}
	code := issuing.KindName(e.Kind)
	if e.Code != nil {
		code += ": " + e.Code.Error()
	}
	return cut(code)
}

// ask finds out what became of an order. What a repeat settles is sent again, under the
// same key, where the provider recognises it; else nothing is.
func (m *merchant) ask(ctx context.Context, w work) (evidence, error) {
	p, c, err := m.callOf(w.order)
	if err != nil {
		return evidence{}, err
	}
	out := evidence{epoch: w.Epoch, from: "question", wait: waitOf(m.cfg.Steps, w.Asked)}
	if known := w.Result.ID != "" || w.Result.Card != ""; w.State == stateAccepted && c.follow != nil && known {
		got, err := c.follow(ctx, w)
		if err != nil {
			out.note = err.Error()
			return m.later(w, out), nil
		}
		got.epoch, got.from, got.wait = out.epoch, out.from, out.wait
		return m.later(w, got), nil
	}
	pending, ok, err := w.pending()
	if err != nil || !ok {
		return evidence{}, fmt.Errorf("order %s is %s without a record: %w", w.ID, w.State, err)
	}
	if w.Result.ID != "" && p.name == "uqpay" { // by which an order is read at any time
		pending.Details = maps.Clone(pending.Details)
		if pending.Details == nil {
			pending.Details = map[string]string{}
		}
		pending.Details["card_order_id"] = w.Result.ID
	}
	opts, err := m.settleOptions(ctx, p, c, w)
	if err != nil {
		return evidence{}, err
	}
	got, err := p.settle(ctx, pending, opts...)
	if err != nil {
		return evidence{}, err
	}
	return m.later(w, m.settled(c, got, out)), nil
}

// settleOptions are what a question needs beside the record.
func (m *merchant) settleOptions(ctx context.Context, p *provider, c *call, w work) ([]issuing.SettleOption, error) {
	var opts []issuing.SettleOption
	if c.reference != nil {
		opts = append(opts, issuing.WithReference(c.reference(w)))
	}
	if w.others != nil {
		opts = append(opts, issuing.WithOthers(w.others...))
	}
	// A checked operation is not repeated so: the card may have been moved on since.
	row := p.rows[c.op]
	if row.Resend && row.Safety == "keyed" && w.State != stateReview && !m.cfg.Hold {
		r, err := c.request(ctx, w)
		if err != nil {
			return nil, err
		}
		opts = append(opts, issuing.WithResend(r))
	}
	return opts, nil
}

// settled is a settlement as evidence.
func (m *merchant) settled(c *call, got issuing.Settlement, out evidence) evidence {
	epoch, wait, from := out.epoch, out.wait, out.from
	switch got.Verdict {
	case issuing.VerdictDone:
		out = c.read(got.Result)
	case issuing.VerdictRefused:
		out.finding, out.code, out.note = foundRefused, codeOf(got.Refusal), fmt.Sprint(got.Refusal)
	case issuing.VerdictAbsent:
		left := time.Until(got.AbsentSince)
		switch {
		case left > 0:
			out.note = "unknown to the platform so far; that proves something at " + got.AbsentSince.UTC().Format(time.RFC3339)
			wait = max(wait, left)
		case got.ResendSameKey:
			out.finding, wait = foundAbsent, 0
		default:
			out.finding, out.note = foundNothing, "it never arrived, and the provider recognises no repeat: "+
				"decide whether to order it again"
		}
	default:
		if got.Unsettled != nil {
			out.note = got.Unsettled.Error()
		}
	}
	out.epoch, out.wait, out.from = epoch, wait, from
	return out
}

// later has a person take over what programs have asked about for long enough.
func (m *merchant) later(w work, e evidence) evidence {
	switch {
	case e.finding != foundOpen || w.State == stateAccepted:
	case m.overdue(w.order):
		e.finding = foundNothing
	default: // the last question comes in time
		e.wait = min(e.wait, max(time.Until(w.Sent.Add(m.cfg.ReviewAfter)), m.cfg.Steps[0]))
	}
	return e
}

// callOf returns how an order is carried out.
func (m *merchant) callOf(o *order) (*provider, *call, error) {
	p := m.providers[o.Provider]
	if p == nil {
		return nil, nil, fmt.Errorf("order %s: provider %q is not configured", o.ID, o.Provider)
	}
	c := p.calls[o.Kind]
	if c == nil {
		return nil, nil, fmt.Errorf("order %s: %s has no %s", o.ID, o.Provider, o.Kind)
	}
	return p, c, nil
}

// work reads what an order's call needs. It fails while the card is not there.
func (m *merchant) work(ctx context.Context, o *order) (work, error) {
	w := work{order: o}
	_, c, err := m.callOf(o)
	if err != nil {
		return w, err
	}
	if o.Card != "" {
		card, err := m.store.order(ctx, m.store.db, o.Card)
		if err != nil {
			return w, err
		}
		w.card = card.Result
		w.card.Device = cmp.Or(w.card.Device, card.Request.Device)
	}
	if c.lists {
		ids, known, err := m.store.othersOf(ctx, o)
		if err != nil {
			return w, err
		}
		if known {
			w.others = append([]string{}, ids...)
		}
	}
	return w, nil
}
