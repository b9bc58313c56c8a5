package acme_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// lost has the next deposit's answers lost, so that the call itself cannot settle it.
func (s *shop) lost(t *testing.T, op string, fault issuingtest.Fault, times int) {
	t.Helper()
	for range times {
		check(t, s.server.Inject(op, fault))
	}
}

// stored is a pending as another process reads it.
func stored(t *testing.T, p issuing.Pending) issuing.Pending {
	t.Helper()
	text, err := json.Marshal(p)
	check(t, err)
	for _, secret := range []string{secret, "493815"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("a secret in %s", text)
		}
	}
	var back issuing.Pending
	check(t, json.Unmarshal(text, &back))
	return back
}

// TestRecord: a write is recorded once, after it is checked and before it is sent, and
// what is not recorded is not sent.
func TestRecord(t *testing.T) {
	t.Parallel()
	var kept []issuing.Pending
	var server func(op string) int
	fail := error(nil)
	record := issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
		if n := server(p.Op); n != len(kept) {
			t.Errorf("%d requests arrived before record %d", n, len(kept)+1)
		}
		if fail != nil {
			return fail
		}
		kept = append(kept, p)
		return nil
	})
	s := open(t, record)
	server = s.server.Requests
	card := s.issue()
	_, err := s.client.Cards.Deposit(t.Context(), acme.Deposit{})
	if !errors.Is(err, issuing.ErrInvalid) || len(kept) != 0 {
		t.Errorf("an invalid request: %v, %d records", err, len(kept))
	}
	_, err = s.client.Cards.Deposit(t.Context(), deposit(card, "o-1"))
	check(t, err)
	_, err = s.client.Cards.Card(t.Context(), card)
	check(t, err)
	if len(kept) != 1 {
		t.Fatalf("%d records of one write", len(kept))
	}
	p := kept[0]
	if p.Provider != "acme" || p.Op != "Cards.Deposit" || p.Key != "o-1" || p.Card != card.CardID ||
		!p.Amount.Equal(issuing.NewAmount(100, 0)) || p.SentAt.IsZero() || !p.EndedAt.IsZero() || p.Attempts != 0 {
		t.Errorf("%+v", p)
	}
	fail = errors.New("the database is away")
	_, err = s.client.Cards.Deposit(t.Context(), deposit(card, "o-2"))
	if !errors.Is(err, fail) || !errors.Is(err, issuing.ErrUnavailable) || s.server.Requests("Cards.Deposit") != 1 {
		t.Errorf("%v, %d requests", err, s.server.Requests("Cards.Deposit"))
	}
	other := 0
	_, err = s.client.Cards.Deposit(t.Context(), deposit(card, "o-3"), issuing.WithRecord(
		func(context.Context, issuing.Pending) error { other++; return nil }))
	if err != nil || other != 1 || len(kept) != 1 {
		t.Errorf("a call's own record: %v, %d of its, %d of the client's", err, other, len(kept))
	}
	for name, option := range map[string]issuing.CallOption{"nil": issuing.WithRecord(nil)} {
		if _, err = s.client.Cards.Deposit(t.Context(), deposit(card, "o-4"), option); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	if _, err := acme.New(s.config(secret), issuing.WithRecord(nil)); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a client without a function: %v", err)
	}
}

// TestSettle: what an open deposit came to is found out in another process.
func TestSettle(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		fault   issuingtest.Fault
		looks   int // of the call's own look-ups fail
		opts    func(acme.Deposit) []issuing.SettleOption
		verdict issuing.Verdict
		booked  string
	}{
		"arrived":             {fault: issuingtest.DropAfter(), looks: 3, verdict: issuing.VerdictDone, booked: "100.00"},
		"lost":                {fault: issuingtest.DropBefore(), looks: 3, verdict: issuing.VerdictAbsent, booked: "0"},
		"cannot be asked":     {fault: issuingtest.DropBefore(), looks: 6, verdict: issuing.VerdictOpen, booked: "0"},
		"lost and sent again": {fault: issuingtest.DropBefore(), looks: 3, opts: again, verdict: issuing.VerdictDone, booked: "100.00"},
		"arrived, and not sent again": {
			fault: issuingtest.DropAfter(), looks: 3, opts: again, verdict: issuing.VerdictDone, booked: "100.00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			card := s.issue()
			s.lost(t, "Cards.Deposit", row.fault, 3)
			s.lost(t, "Cards.DepositByKey", issuingtest.DropBefore(), row.looks)
			req := deposit(card, "o-1")
			_, err := s.client.Cards.Deposit(t.Context(), req)
			p, ok := issuing.PendingOf(err)
			if !ok || !errors.Is(err, issuing.ErrOutcomeUnknown) || p.Attempts != 3 || p.EndedAt.IsZero() {
				t.Fatalf("%v: %+v", err, p)
			}
			before := s.server.Requests("Cards.Deposit")
			var opts []issuing.SettleOption
			if row.opts != nil {
				opts = row.opts(req)
			}
			fresh, err := acme.New(s.config(secret), issuing.WithClock(s.server.Clock().Now), issuing.WithRetryWait(1, 1))
			check(t, err)
			got, err := fresh.Settle(t.Context(), stored(t, p), opts...)
			if err != nil || got.Verdict != row.verdict {
				t.Fatalf("%v %v: %+v", got.Verdict, err, got)
			}
			d, found := issuing.ResultOf[acme.Deposit](got)
			switch got.Verdict {
			case issuing.VerdictDone:
				if !found || d.OrderNo != "o-1" {
					t.Errorf("the result is %+v", got.Result)
				}
			case issuing.VerdictAbsent:
				if !got.ResendSameKey || !got.AbsentSince.Equal(p.EndedAt.Add(time.Minute)) {
					t.Errorf("%+v", got)
				}
			default:
				if u := got.Unsettled; u == nil || u.Err == nil || u.Key != "o-1" || u.Inquiry[0] != "Cards.DepositByKey" {
					t.Errorf("%+v", got.Unsettled)
				}
			}
			if sent := s.server.Requests("Cards.Deposit") - before; (sent == 1) != (name == "lost and sent again") {
				t.Errorf("%d deposits were sent by settling", sent)
			}
			balance, err := s.client.Cards.Card(t.Context(), card)
			check(t, err)
			if want, _ := issuing.ParseAmount(row.booked); !balance.Balance.Equal(want) {
				t.Errorf("booked %v, want %v", balance.Balance, want)
			}
		})
	}
}

func again(req acme.Deposit) []issuing.SettleOption {
	return []issuing.SettleOption{issuing.WithResend(req)}
}

// TestSettleRefuses: what does not fit is an error, and nothing is sent.
func TestSettleRefuses(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.issue()
	s.lost(t, "Cards.Deposit", issuingtest.DropBefore(), 3)
	s.lost(t, "Cards.DepositByKey", issuingtest.DropBefore(), 3)
	req := deposit(card, "o-1")
	_, err := s.client.Cards.Deposit(t.Context(), req)
	p, _ := issuing.PendingOf(err)
	more, other := req, req
	more.Amount, other.OrderNo = issuing.NewAmount(10100, 2), "o-2"
	sent := s.server.Requests("Cards.Deposit")
	for name, row := range map[string]struct {
		change func(*issuing.Pending)
		opt    issuing.SettleOption
		says   string
	}{
		"version":    {func(p *issuing.Pending) { p.Version = 2 }, nil, "has version 2"},
		"no version": {func(p *issuing.Pending) { p.Version = 0 }, nil, "no version"},
		"provider":   {func(p *issuing.Pending) { p.Provider = "kazepay" }, nil, `is of "kazepay"`},
		"operation":  {func(p *issuing.Pending) { p.Op = "Cards.Explode" }, nil, "no write"},
		"a read":     {func(p *issuing.Pending) { p.Op = "Cards.Card" }, nil, "no write"},
		"time":       {func(p *issuing.Pending) { p.SentAt = time.Time{} }, nil, "when it was sent"},
		"key":        {func(p *issuing.Pending) { p.Key = "" }, nil, "no key"},
		"amount":     {nil, issuing.WithResend(more), "another content"},
		"order":      {nil, issuing.WithResend(other), "not the pending operation"},
		"type":       {nil, issuing.WithResend("o-1"), "not of the type"},
		"digest":     {func(p *issuing.Pending) { p.Payload = "" }, issuing.WithResend(req), "cannot be compared"},
		"credentials": {func(p *issuing.Pending) { p.Credentials = "0123456789abcdef" },
			issuing.WithResend(req), "other credentials"},
	} {
		q := p
		if row.change != nil {
			row.change(&q)
		}
		got, err := s.client.Settle(t.Context(), q, row.opt)
		if !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), row.says) || got.Verdict != issuing.VerdictOpen {
			t.Errorf("%s: %v, %v", name, got.Verdict, err)
		}
	}
	if n := s.server.Requests("Cards.Deposit"); n != sent {
		t.Errorf("%d deposits were sent", n-sent)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := s.client.Settle(ended, p, issuing.WithResend(req))
	if err != nil || got.Verdict != issuing.VerdictOpen || !errors.Is(got.Unsettled, context.Canceled) {
		t.Errorf("a context that has ended: %+v, %v", got, err)
	}
}

// TestSettleByStateAndRepeat: a card's state tells of freezing, and only a repeat of a PIN.
func TestSettleByStateAndRepeat(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.issue()
	s.lost(t, "Cards.Freeze", issuingtest.DropBefore(), 3)
	s.lost(t, "Cards.Card", issuingtest.DropBefore(), 3)
	_, err := s.client.Cards.Freeze(t.Context(), card)
	p, ok := issuing.PendingOf(err)
	got, settleErr := s.client.Settle(t.Context(), p)
	if !ok || settleErr != nil || got.Verdict != issuing.VerdictAbsent || !got.ResendSameKey {
		t.Errorf("%v: %+v, %v", err, got, settleErr)
	}
	got, err = s.client.Settle(t.Context(), p, issuing.WithResend(card))
	if frozen, ok := issuing.ResultOf[acme.Card](got); err != nil || !ok || !frozen.Frozen {
		t.Errorf("%+v, %v", got, err)
	}
	req := acme.SetPINRequest{CardRef: card, PIN: issuing.NewSecret("493815")}
	s.lost(t, "Cards.SetPIN", issuingtest.DropAfter(), 1)
	_, err = s.client.Cards.SetPIN(t.Context(), req)
	p, _ = issuing.PendingOf(err)
	if got, err = s.client.Settle(t.Context(), stored(t, p)); err != nil || got.Verdict != issuing.VerdictOpen {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = s.client.Settle(t.Context(), p, issuing.WithResend(&req)); err != nil || got.Verdict != issuing.VerdictDone {
		t.Errorf("%+v, %v", got, err)
	}
}
