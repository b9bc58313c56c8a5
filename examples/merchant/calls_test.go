//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// What the end of a call says of its order.
func TestEnded(t *testing.T) {
	t.Parallel()
	m := &merchant{cfg: defaults()}
	fresh, old := &order{ID: "o", Epoch: 4, Sent: time.Now()}, &order{ID: "o", Epoch: 4,
		Sent: time.Now().Add(-25 * time.Hour)}
	kind := func(k error) error {
		return &issuing.Error{Provider: "worldcard", Kind: k, Code: worldcard.CodeCardNotFound}
	}
	open := &issuing.Error{Kind: issuing.ErrOutcomeUnknown, Err: &issuing.Unsettled{
		Pending: issuing.Pending{Version: 1, Key: "o"}, Err: errors.New("the connection broke"),
	}}
	for name, test := range map[string]struct {
		order *order
		err   error
		want  finding
	}{
		"unknown": {fresh, open, foundOpen}, "duplicate": {fresh, kind(issuing.ErrDuplicate), foundOpen},
		"unavailable": {fresh, kind(issuing.ErrUnavailable), foundUnsent}, "limited": {fresh, kind(issuing.ErrRateLimited),
			foundUnsent},
		"canceled": {fresh, kind(issuing.ErrCanceled), foundUnsent}, "keys": {fresh, kind(issuing.ErrUnauthorized),
			foundUnsent},
		"unavailable for a day": {old, kind(issuing.ErrUnavailable), foundNothing},
		"declined":              {fresh, kind(issuing.ErrDeclined), foundRefused}, "invalid": {old,
			kind(issuing.ErrInvalid), foundRefused},
		"not configured": {fresh, kind(issuing.ErrNotConfigured), foundRefused},
		// What this service does not know is no refusal.
		"unproven":       {fresh, kind(issuing.ErrSignature), foundOpen},
		"unreadable":     {fresh, kind(issuing.ErrBadResponse), foundOpen},
		"not a client's": {fresh, errors.New("strange"), foundOpen},
	} {
		got, err := m.ended(test.order, evidence{}, test.err)
		if err != nil || got.finding != test.want || got.epoch != 5 || got.note == "" || got.from != "call" {
			t.Errorf("%s: %+v, %v, want %s", name, got, err, test.want)
		}
		if test.want == foundRefused && !strings.Contains(got.code, "10001") {
			t.Errorf("%s: code %q", name, got.code)
		}
	}
	got, err := m.ended(fresh, evidence{}, open)
	var p issuing.Pending
	if err != nil || json.Unmarshal([]byte(got.pending), &p) != nil || p.Key != "o" {
		t.Errorf("the newer record is lost: %+v, %v", got, err)
	}
	// What was not recorded was not sent: no evidence, and the job is tried again.
	for _, unsent := range []error{errSuperseded, fmt.Errorf("%w: gone", errNotRecorded)} {
		if _, err := m.ended(fresh, evidence{}, kindOf(unsent)); !errors.Is(err, unsent) {
			t.Errorf("%v: %v", unsent, err)
		}
	}
}

// kindOf is how a client reports the error of a record.
func kindOf(err error) error { return &issuing.Error{Kind: issuing.ErrCanceled, Err: err} }

// What a settlement says of its order.
func TestSettled(t *testing.T) {
	t.Parallel()
	m := &merchant{cfg: defaults()}
	c := newCall("Cards.Deposit", plain(func(work) worldcard.DepositRequest { return worldcard.DepositRequest{} }),
		func(context.Context, work, worldcard.DepositRequest, ...issuing.CallOption) (*worldcard.Deposit, error) {
			return nil, issuing.ErrUnavailable
		}, worldcardDeposited)
	refusal := &issuing.Error{Kind: issuing.ErrDeclined, Message: "no"}
	past, soon := time.Now().Add(-time.Second), time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		got  issuing.Settlement
		want finding
	}{
		"done": {issuing.Settlement{Verdict: issuing.VerdictDone,
			Result: &worldcard.Deposit{Status: worldcard.DepositStatusSuccess}}, foundDone},
		"under way": {issuing.Settlement{Verdict: issuing.VerdictDone,
			Result: &worldcard.Deposit{Status: worldcard.DepositStatusProcessing}},
			foundAccepted},
		"done, no more told": {issuing.Settlement{Verdict: issuing.VerdictDone}, foundDone},
		// Whose status may say that it failed.
		"another method's": {issuing.Settlement{Verdict: issuing.VerdictDone,
			Result: &worldcard.Application{Status: worldcard.CardStatusFailed}}, foundOpen},
		"refused": {issuing.Settlement{Verdict: issuing.VerdictRefused, Refusal: refusal}, foundRefused},
		"absent": {issuing.Settlement{Verdict: issuing.VerdictAbsent, AbsentSince: past, ResendSameKey: true},
			foundAbsent},
		"absent, no repeat": {issuing.Settlement{Verdict: issuing.VerdictAbsent, AbsentSince: past}, foundNothing},
		"perhaps on its way": {issuing.Settlement{Verdict: issuing.VerdictAbsent, AbsentSince: soon, ResendSameKey: true},
			foundOpen},
		"open": {issuing.Settlement{Verdict: issuing.VerdictOpen, Unsettled: &issuing.Unsettled{Note: "ask"}},
			foundOpen},
	} {
		got := m.settled(c, test.got, evidence{epoch: 7, wait: time.Second, from: "question"})
		if got.finding != test.want || got.epoch != 7 || got.from != "question" {
			t.Errorf("%s: %+v, want %s", name, got, test.want)
		}
		if name == "perhaps on its way" && got.wait < 59*time.Minute {
			t.Errorf("%s: the next question comes after %v, before its absence proves anything", name, got.wait)
		}
	}
}

// Open for too long is a person's; the last question comes in time.
func TestLater(t *testing.T) {
	t.Parallel()
	m := &merchant{cfg: defaults()}
	at := func(st state, ago time.Duration) work {
		return work{order: &order{State: st, Sent: time.Now().Add(-ago)}}
	}
	hour := evidence{finding: foundOpen, wait: time.Hour}
	if got := m.later(at(stateOpen, 25*time.Hour), hour); got.finding != foundNothing {
		t.Errorf("%+v", got)
	}
	if got := m.later(at(stateAccepted, 25*time.Hour), hour); got.finding != foundOpen {
		t.Errorf("what the platform is at: %+v", got)
	}
	if got := m.later(at(stateOpen, 24*time.Hour-time.Minute), hour); got.finding != foundOpen || got.wait > time.Minute {
		t.Errorf("%+v", got)
	}
	if got := m.later(at(stateOpen, 0), evidence{finding: foundDone}); got.finding != foundDone {
		t.Errorf("%+v", got)
	}
}
