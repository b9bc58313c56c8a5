package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"
)

// finding is what evidence says of an order.
type finding int

const (
	foundOpen     finding = iota // nothing new: ask again later
	foundAccepted                // the platform has it and is at it
	foundDone                    // it was carried out
	foundRefused                 // it was not, and will not be
	foundAbsent                  // it never arrived, and the same key may be sent again
	foundUnsent                  // this attempt did not carry it out: send it later
	foundNothing                 // no program will find out
)

func (f finding) String() string {
	return [...]string{"open", "accepted", "done", "refused", "absent", "unsent", "nothing"}[f]
}

// evidence is what a call's return, a question, a callback or a list says of an order.
type evidence struct {
	finding finding
	epoch   int64         // under which it was sent or asked; what is no fact about the order counts in its epoch alone
	wait    time.Duration // until the next question or attempt
	pending string        // a newer record; "" keeps the one that stands
	id      string        // the platform's, "" when it says none
	result  result
	code    string
	note    string
	from    string   // where it comes from, for the log
	attempt *attempt // of a call's end, whose refusal is no other attempt's; nil of the rest
}

// attempt is one call for an order.
type attempt struct {
	record string // as it was stored; "" of one that ended before
}

// superseded reports whether another attempt has begun since, or in its place.
func (a *attempt) superseded(o *order) bool {
	switch {
	case a == nil:
		return false
	case a.record == "":
		return o.State != stateQueued
	}
	return a.record != o.Pending
}

// move is what becomes of an order.
type move struct {
	to         state
	changed    bool // something is to be stored
	contradict bool // evidence against what was final
	due        bool // evidence.wait counts
}

// decide says what evidence makes of an order. A final state wins, the same again is
// nothing, and what contradicts is told to a person. It knows no database.
func decide(o *order, e evidence) move {
	same := move{to: o.State}
	stale := e.epoch != o.Epoch
	other := e.id != "" && o.PlatformID != "" && e.id != o.PlatformID // it was carried out twice
	switch e.finding {
	case foundDone, foundRefused:
		to := map[finding]state{foundDone: stateDone, foundRefused: stateRefused}[e.finding]
		other = other && e.finding == foundDone
		switch {
		case e.finding == foundRefused && e.attempt.superseded(o):
			return same
		case o.State.final():
			return move{to: o.State, contradict: other || o.State != to}
		}
		return move{to: to, changed: true, contradict: other}
	case foundAccepted:
		if o.State.final() {
			return move{to: o.State, contradict: other}
		}
		return move{to: stateAccepted, changed: true, due: true, contradict: other}
	}
	// The rest says nothing about the order but of one attempt or one question.
	if stale || !o.State.asks() {
		return same
	}
	switch e.finding {
	case foundAbsent, foundUnsent:
		if o.State == stateAccepted {
			// It was there, and is not: nobody may send it again.
			return move{to: stateReview, changed: true, contradict: true}
		}
		return move{to: stateQueued, changed: true, due: true}
	case foundNothing:
		return move{to: stateReview, changed: true}
	default:
		to := o.State
		if to == stateSending {
			to = stateOpen
		}
		return move{to: to, changed: true, due: true}
	}
}

// advance is the one place where an order moves on, whoever brings the evidence.
func (s *store) advance(ctx context.Context, tx *sql.Tx, id string, e evidence) (*order, error) {
	o, err := s.order(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	e.id, e.code, e.note = cut(e.id), cut(masked(e.code)), cut(masked(e.note))
	m := decide(o, e)
	if m.contradict {
		detail := fmt.Sprintf("the order is %s, and %s says %s", o.State, e.from, e.finding)
		if e.id != "" && o.PlatformID != "" && e.id != o.PlatformID {
			detail += fmt.Sprintf(": %s and %s are two things under one order", o.PlatformID, e.id)
		}
		if err := s.differ(ctx, tx, difference{o.Provider, "contradiction", o.ID, "", detail}); err != nil {
			return nil, err
		}
		slog.ErrorContext(ctx, "contradiction", "order", o.ID, "state", o.State, "evidence", e.finding, "from", e.from)
	}
	if !m.changed {
		return o, nil
	}
	before := o.State
	o.State = m.to
	if err := s.storeMove(ctx, tx, o, e, m); err != nil {
		return nil, err
	}
	if m.to == stateDone {
		if err := s.book(ctx, tx, o); err != nil {
			return nil, err
		}
	}
	if m.to == stateDone && o.Kind == kindActivate {
		if err := s.forget(ctx, tx, o.Card); err != nil {
			return nil, err
		}
	}
	if before != m.to {
		slog.InfoContext(ctx, "order", "order", o.ID, "provider", o.Provider, "kind", o.Kind, "from", before, "state", m.to,
			"by", e.from, "code", e.code)
	}
	return o, nil
}

// storeMove writes what evidence changed. The row is locked.
func (s *store) storeMove(ctx context.Context, tx *sql.Tx, o *order, e evidence, m move) error {
	if e.pending != "" {
		o.Pending = e.pending
	}
	if e.id != "" {
		o.PlatformID = e.id
	}
	o.Result = merge(o.Result, e.result)
	o.Code, o.Note = e.code, e.note
	asked := o.Asked
	if e.finding == foundOpen || e.finding == foundUnsent || e.finding == foundAccepted {
		asked++
	}
	sealed, err := s.seal(o.Result, "result "+o.ID)
	if err != nil {
		return err
	}
	due := 0
	if m.due {
		due = 1
	}
	_, err = s.exec(ctx, tx,
		`UPDATE orders SET state = $1, pending = $2, platform_id = $3, result = $4, code = $5, note = $6,
		asked = $7, due_at = CASE WHEN $8 = 1 THEN {now} + $9 ELSE 0 END, updated_at = {now} WHERE id = $10`,
		o.State, o.Pending, o.PlatformID, sealed, o.Code, o.Note, asked, due, max(e.wait, 0).Milliseconds(), o.ID)
	return err
}

// maxNote bounds what is stored of what a platform or the network said, in bytes.
const maxNote = 500

// cut is a text as it can be stored: bounded, UTF-8, and without the NUL that PostgreSQL
// refuses.
func cut(text string) string {
	end := ""
	if len(text) > maxNote {
		text, end = text[:maxNote], "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD") + end
}

// longDigits is a run of digits, perhaps grouped, that could be a card number.
var longDigits = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){11,}`)

// masked takes out of a platform's words what could be a card number: of errors the clients
// do so, and of the reason in an answer or a callback nobody else does.
func masked(text string) string { return longDigits.ReplaceAllString(text, "[redacted]") }

// merge keeps what is known where the newer evidence is silent.
func merge(known, news result) result {
	if news.Card != "" {
		known.Card = news.Card
	}
	if news.ID != "" {
		known.ID = news.ID
	}
	if news.Device != "" {
		known.Device = news.Device
	}
	if news.Status != "" {
		known.Status = news.Status
	}
	if news.CVV2 != "" {
		known.Expiry, known.CVV2 = news.Expiry, news.CVV2
	}
	return known
}

// book enters a done order into the merchant's own books, in the same transaction: the
// place for the real ledger. The primary key lets nothing be booked twice.
func (s *store) book(ctx context.Context, tx *sql.Tx, o *order) error {
	_, err := s.exec(ctx, tx, "INSERT INTO effects (order_id, kind, amount, booked_at) VALUES ($1, $2, $3, {now})",
		o.ID, o.Kind, o.Request.Amount.String())
	return err
}

// forget erases what a card's activation needed and nothing needs after it.
func (s *store) forget(ctx context.Context, tx *sql.Tx, id string) error {
	card, err := s.order(ctx, tx, id)
	if err != nil {
		return err
	}
	card.Result.Expiry, card.Result.CVV2 = "", ""
	sealed, err := s.seal(card.Result, "result "+id)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, tx, "UPDATE orders SET result = $1 WHERE id = $2", sealed, id)
	return err
}

// difference is what two sides do not agree on.
type difference struct {
	Provider string `json:"provider"`
	Kind     string `json:"kind"` // missing, surplus, unequal, duplicate or contradiction
	Ref      string `json:"ref"`  // the order's id, or the platform's
	Day      string `json:"day,omitempty"`
	Detail   string `json:"detail"`
}

// differ stores a difference once; one that says something else is another one.
func (s *store) differ(ctx context.Context, tx *sql.Tx, d difference) error {
	_, err := s.exec(ctx, tx, `INSERT INTO differences (provider, kind, ref, day, detail, found_at)
		VALUES ($1, $2, $3, $4, $5, {now}) ON CONFLICT DO NOTHING`, d.Provider, d.Kind, cut(d.Ref), d.Day,
		cut(d.Detail))
	return err
}

// record moves a queued order to sending and stores what settles it, before its first
// byte leaves. It is the fence: of any number of workers that hold this order and epoch
// one gets through, and none after the order has moved on.
func (s *store) record(ctx context.Context, id string, epoch int64, pending string, due time.Duration) error {
	n, err := s.exec(ctx, s.db, `UPDATE orders SET state = 'sending', pending = $1, epoch = epoch + 1,
		sent_at = CASE WHEN sent_at = 0 THEN {now} ELSE sent_at END, due_at = {now} + $2, updated_at = {now}
		WHERE id = $3 AND state = 'queued' AND epoch = $4`, pending, due.Milliseconds(), id, epoch)
	if err != nil {
		return err
	}
	if n != 1 {
		return errSuperseded
	}
	return nil
}

// waitOf is how long after so many questions the next one comes.
func waitOf(steps []time.Duration, asked int64) time.Duration {
	return steps[min(int(asked), len(steps)-1)]
}

// othersOf are the platform's ids of the other orders of a kind for the same card, and
// whether all of them are known: one that is under way may be anything.
func (s *store) othersOf(ctx context.Context, o *order) (ids []string, known bool, err error) {
	known = true
	err = s.each(ctx, s.db, func(rows *sql.Rows) error {
		var id string
		var st state
		if err := rows.Scan(&id, &st); err != nil {
			return err
		}
		switch {
		case id != "" && !slices.Contains(ids, id):
			ids = append(ids, id)
		case id == "" && st != stateRefused && st != stateQueued:
			known = false
		}
		return nil
	}, "SELECT platform_id, state FROM orders WHERE card = $1 AND kind = $2 AND id <> $3", o.Card, o.Kind, o.ID)
	return ids, known, err
}
