package acme_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// maxLines is how much a whole provider may take, comments and imports included.
const maxLines = 515

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
	for i := range 11 {
		d, err := cards.Deposit(ctx, deposit(card, fmt.Sprint("order-", i)))
		if err != nil || d.CardRef != card || d.OrderNo != fmt.Sprint("order-", i) || !d.Amount.Equal(issuing.NewAmount(100, 0)) {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	found, err := cards.Card(ctx, card)
	if err != nil || found.Status != acme.CardStatusActive || found.Balance.String() != "1100.00" {
		t.Errorf("%+v, %v", found, err)
	}
	page, err := cards.Deposits(ctx, acme.DepositsRequest{CardRef: card, Page: 2})
	if err != nil || page.Number != 2 || page.Size != 10 || page.Total != 11 || len(page.Items) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	var orders []string
	for d, err := range cards.AllDeposits(ctx, card) {
		check(t, err)
		orders = append(orders, d.OrderNo)
	}
	if len(orders) != 11 || orders[0] != "order-0" || orders[10] != "order-10" || s.server.Requests("Cards.Deposits") != 3 {
		t.Errorf("%v in %d requests", orders, s.server.Requests("Cards.Deposits")-1)
	}
	if frozen, err := cards.Freeze(ctx, card); err != nil || frozen.Status != acme.CardStatusFrozen || frozen.Balance.String() != "1100.00" {
		t.Errorf("%+v, %v", frozen, err)
	}
	if _, err := cards.Deposit(ctx, deposit(card, "late")); !errors.Is(err, acme.CodeFrozen) || !errors.Is(err, issuing.ErrConflict) {
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
	_, err := s.client.Cards.Deposit(t.Context(), acme.Deposit{OrderNo: strings.Repeat("9", 33), Amount: issuing.NewAmount(1, 3)})
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
		"Cards.Deposit":  {"card_id": card.CardID, "order_no": "o-1", "amount": "-5"},
		"Cards.SetPIN":   {"card_id": card.CardID, "pin": "12a4"},
		"Cards.Deposits": {"card_id": card.CardID, "page": 0},
		"Cards.Card":     {"card_id": 7},
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
	if _, err := acme.New(s.server.ClientConfig(), issuing.WithMaxAttempts(0)); err == nil {
		t.Error("a bad option is accepted")
	}
	if _, err := acme.NewCallbacks(acme.CallbackConfig{}); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("callbacks without a secret: %v", err)
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
	if err != nil || frozen.Status != acme.CardStatusFrozen || !info.Settled || info.Attempts != 1 {
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
	lose("Cards.Deposits")
	_, err = s.client.Cards.Deposit(ctx, deposit(card, "o-2"))
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) || open.Key != "o-2" || open.Inquiry[0] != "Cards.Deposits" {
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
	// Whoever gets no answer must not take another top-up for his own.
	check(t, s.server.Inject("Cards.Deposit", issuingtest.DropBefore()))
	if _, err := s.client.Cards.Deposit(ctx, more); !errors.Is(err, issuing.ErrDuplicate) {
		t.Errorf("after a lost answer: %v", err)
	}
}

// An answer about something else settles nothing, and neither does one that says
// that the attempt's own nonce is known.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]issuingtest.Fault{
		"another's":   issuingtest.Replace(`{"card_id":"card-9","status":"frozen"}`),
		"nobody's":    issuingtest.Replace(`{"status":"frozen"}`),
		"no JSON":     issuingtest.Replace("<html></html>"),
		"replayed":    issuingtest.Refuse(401, `{"code":"replayed"}`),
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
	leaktest.Check(t, []string{secret}, s.server.ClientConfig(), s.client, s.server, req, acme.CallbackConfig{Secret: s.key})
}

// A key of another's is refused by the platform, and the client says so.
func TestWrongSecret(t *testing.T) {
	t.Parallel()
	s := open(t)
	cfg := s.server.ClientConfig()
	var err error
	cfg.Secret, err = sign.NewHMACKey(issuing.NewSecret("another"))
	check(t, err)
	client, err := acme.New(cfg, issuing.WithClock(s.server.Clock().Now))
	check(t, err)
	if _, err := client.Cards.Card(t.Context(), s.issue()); !errors.Is(err, issuing.ErrUnauthorized) || !errors.Is(err, acme.CodeSignature) {
		t.Errorf("%v", err)
	}
}
