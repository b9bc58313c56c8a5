package acme_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// maxLines is how much a whole provider may take, comments and imports included.
const maxLines = 385

// A provider stays small because everything that is delicate is the core's.
func TestSize(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	check(t, err)
	platform, err := filepath.Glob("acmetest/*.go")
	check(t, err)
	lines := 0
	for _, name := range append(files, platform...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		check(t, err)
		for line := range strings.Lines(string(text)) {
			if strings.TrimSpace(line) != "" {
				lines++
			}
		}
	}
	if lines > maxLines || lines < maxLines/2 {
		t.Errorf("%d lines in %v and %v, at most %d are meant", lines, files, platform, maxLines)
	}
}

func TestLifeOfACard(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cards, card := t.Context(), s.client.Cards, s.issue()
	pin, err := cards.SetPIN(ctx, acme.SetPINRequest{CardRef: card, PIN: issuing.NewSecret("493815")})
	if err != nil || pin.CardID != card.CardID {
		t.Errorf("%+v, %v", pin, err)
	}
	for _, orderNo := range []string{"o-1", "o-2"} {
		d, err := cards.Deposit(ctx, deposit(card, orderNo))
		if err != nil || d.CardID != card.CardID || d.OrderNo != orderNo || !d.Amount.Equal(issuing.NewAmount(100, 0)) {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	found, err := cards.Card(ctx, card)
	if err != nil || found.CardRef != card || found.Frozen || found.Balance.String() != "200.00" {
		t.Errorf("%+v, %v", found, err)
	}
	d, err := cards.DepositByKey(ctx, acme.OrderRef{OrderNo: "o-2"})
	if err != nil || d.CardID != card.CardID || d.OrderNo != "o-2" || !d.Amount.Equal(issuing.NewAmount(100, 0)) {
		t.Errorf("%+v, %v", d, err)
	}
	if _, err := cards.DepositByKey(ctx, acme.OrderRef{OrderNo: "o-3"}); !errors.Is(err, issuing.ErrNotFound) {
		t.Errorf("an order number that was not used: %v", err)
	}
	if frozen, err := cards.Freeze(ctx, card); err != nil || !frozen.Frozen || frozen.Balance.String() != "200.00" {
		t.Errorf("%+v, %v", frozen, err)
	}
	if _, err := cards.Deposit(ctx, deposit(card, "late")); !errors.Is(err, issuing.ErrConflict) || errors.Is(err, issuing.ErrDuplicate) {
		t.Errorf("a frozen card: %v", err)
	}
	if _, err := cards.Card(ctx, acme.CardRef{CardID: "nobody's"}); !errors.Is(err, issuing.ErrNotFound) {
		t.Errorf("an unknown card: %v", err)
	}
	check(t, s.server.Check())
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	s := open(t)
	card := s.issue()
	bad := acme.Deposit{OrderRef: acme.OrderRef{OrderNo: strings.Repeat("9", 33)}, Amount: issuing.NewAmount(1, 3)}
	_, err := s.client.Cards.Deposit(t.Context(), bad)
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 3 {
		t.Errorf("%v", err)
	}
	if _, err := s.client.Cards.SetPIN(t.Context(), acme.SetPINRequest{CardRef: card, PIN: issuing.NewSecret("12a4")}); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if n := s.server.Requests(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	// The platform refuses by itself what the client would not send.
	for op, in := range map[string]map[string]any{
		"Cards.Deposit":      {"card_id": card.CardID, "order_no": "o-1", "amount": "-5"},
		"Cards.SetPIN":       {"card_id": card.CardID, "pin": "12a4"},
		"Cards.DepositByKey": {"card_id": card.CardID, "order_no": ""},
		"Cards.Card":         {"card_id": 7},
	} {
		if err := s.client.Do(t.Context(), op, in, nil); !errors.Is(err, issuing.ErrInvalid) && !errors.Is(err, issuing.ErrNotFound) {
			t.Errorf("%s %v: %v", op, in, err)
		}
	}
	if err := s.client.Do(t.Context(), "Cards.Nowhere", card, nil); !errors.Is(err, issuing.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if _, err := acme.New(acme.Config{BaseURL: "http://acme.example"}); !errors.As(err, &e) || len(e.Fields) != 2 {
		t.Errorf("%v", err)
	}
	if _, err := acme.New(s.config(secret), issuing.WithMaxAttempts(0)); err == nil {
		t.Error("a bad option is accepted")
	}
	if _, err := acme.NewCallbacks(issuing.Secret{}); err == nil {
		t.Error("callbacks without a secret")
	}
}

// Three answers are lost. The top-up is looked up by its order number, the state is
// read, and the PIN stays open.
func TestUnknownOutcomes(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, card := t.Context(), s.issue()
	lose := func(op string) {
		t.Helper()
		check(t, s.server.Inject(op, issuingtest.DropAfter(), issuingtest.DropAfter(), issuingtest.DropAfter()))
	}
	var info issuing.CallInfo
	lose("Cards.Deposit")
	d, err := s.client.Cards.Deposit(ctx, deposit(card, "o-1"), issuing.WithCallInfo(&info))
	if err != nil || d.OrderNo != "o-1" || !info.Settled || info.Attempts != 3 {
		t.Errorf("top-up: %+v, %v, %+v", d, err, info)
	}
	check(t, s.server.Inject("Cards.Freeze", issuingtest.DropAfter()))
	frozen, err := s.client.Cards.Freeze(ctx, s.issue(), issuing.WithCallInfo(&info))
	if err != nil || !frozen.Frozen || !info.Settled || info.Attempts != 1 {
		t.Errorf("freeze: %+v, %v, %+v", frozen, err, info)
	}
	check(t, s.server.Inject("Cards.SetPIN", issuingtest.DropAfter()))
	_, err = s.client.Cards.SetPIN(ctx, acme.SetPINRequest{CardRef: card, PIN: issuing.NewSecret("4938")})
	var open *issuing.Unsettled
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) || open.Key != card.CardID || open.Note == "" {
		t.Errorf("PIN: %v", err)
	}
	// While the look-up fails as well, nothing is known, and nothing is done twice.
	lose("Cards.Deposit")
	lose("Cards.DepositByKey")
	_, err = s.client.Cards.Deposit(ctx, deposit(card, "o-2"))
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) || open.Key != "o-2" || open.Inquiry[0] != "Cards.DepositByKey" {
		t.Errorf("top-up without a look-up: %v", err)
	}
	if found, err := s.client.Cards.Card(ctx, card); err != nil || found.Balance.String() != "200.00" {
		t.Errorf("%+v, %v", found, err)
	}
	check(t, s.server.Check())
}

func TestOrderNumberUsedBefore(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, card, other := t.Context(), s.issue(), s.issue()
	_, err := s.client.Cards.Deposit(ctx, deposit(card, "o-1"))
	check(t, err)
	more := deposit(card, "o-1")
	more.Amount = issuing.NewAmount(1, 0)
	for name, again := range map[string]acme.Deposit{"the same": deposit(card, "o-1"), "more": more, "another card's": deposit(other, "o-1")} {
		if _, err := s.client.Cards.Deposit(ctx, again); !errors.Is(err, issuing.ErrDuplicate) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Whoever gets no answer must not take another top-up for his own: which of the two
	// there is cannot be told.
	for name, again := range map[string]acme.Deposit{"more": more, "another card's": deposit(other, "o-1")} {
		check(t, s.server.Inject("Cards.Deposit", issuingtest.DropBefore()))
		if _, err := s.client.Cards.Deposit(ctx, again); !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("%s, after a lost answer: %v", name, err)
		}
	}
}

// An answer about something else settles nothing.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]issuingtest.Fault{
		"another's":   issuingtest.Replace(`{"card_id":"card-9","frozen":true}`),
		"nobody's":    issuingtest.Replace(`{"frozen":true}`),
		"no JSON":     issuingtest.Replace("<html></html>"),
		"unavailable": issuingtest.Refuse(503, "<html></html>"),
	} {
		s := open(t)
		check(t, s.server.Inject("Cards.SetPIN", fault))
		_, err := s.client.Cards.SetPIN(t.Context(), acme.SetPINRequest{CardRef: s.issue(), PIN: issuing.NewSecret("4938")})
		if !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := open(t)
	req := acme.SetPINRequest{CardRef: s.issue(), PIN: issuing.NewSecret(secret)}
	leaktest.Check(t, []string{secret}, s.config(secret), s.client, s.server, req, s.callbacks)
}

// A secret of another's is refused by the platform, and the client says so.
func TestWrongSecret(t *testing.T) {
	t.Parallel()
	s := open(t)
	client, err := acme.New(s.config("another"), issuing.WithClock(s.server.Clock().Now))
	check(t, err)
	if _, err := client.Cards.Card(t.Context(), s.issue()); !errors.Is(err, issuing.ErrUnauthorized) {
		t.Errorf("%v", err)
	}
}
