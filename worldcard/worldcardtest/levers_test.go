package worldcardtest_test

import (
	"io"
	"slices"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func TestFundAndBalance(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{Reserve: issuing.NewAmount(1000, 0)})
	client := clientFor(t, server)
	if err := server.Fund(issuing.CurrencyUSD, issuing.NewAmount(50, 0)); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another currency": server.Fund(issuing.CurrencyEUR, issuing.NewAmount(1, 0)),
		"nothing":          server.Fund(issuing.CurrencyUSD, issuing.Amount("")),
		"less than none":   server.Fund(issuing.CurrencyUSD, issuing.NewAmount(-1, 0)),
	} {
		if err == nil {
			t.Errorf("%s was paid in", name)
		}
	}
	if got := server.Reserve(issuing.CurrencyUSD).String(); got != "1050.00" {
		t.Errorf("the reserve holds %s", got)
	}
	if got := server.Reserve(issuing.CurrencyEUR); got.Sign() != 0 {
		t.Errorf("the reserve holds %s EUR", got)
	}
	id := activeR(t, server, client, "mc")
	if got := server.Balance(id).String(); got != "100.00" {
		t.Errorf("the card holds %s", got)
	}
	if got := server.Balance("nobody's"); !got.IsZero() {
		t.Errorf("no card holds %s", got)
	}
}

func TestFailNextKnowsItsOperations(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	for _, op := range []string{"", "Cards.Card", "Deposit"} {
		if err := server.FailNext(op, "no"); err == nil {
			t.Errorf("%q can be made to fail", op)
		}
	}
	failNext(t, server, "Cards.Deposit", "no")
	if err := server.Check(); err == nil {
		t.Error("a failure that never happened passes Check")
	}
}

func TestChallengesReachTheMerchant(t *testing.T) {
	t.Parallel()
	m := newMerchant(t)
	server := start(t, worldcardtest.Config{WebhookURL: m.URL})
	id := activeR(t, server, clientFor(t, server), "mc")
	before := len(m.read(t, server))
	challenge := issuingtest.Challenge{
		Amount: issuing.NewAmount(12_34, 2), Code: issuing.NewSecret("135790"), URL: "https://acs.example.com/1", Detail: "SHOP",
	}
	if err := server.SendOTP(id, challenge); err != nil {
		t.Fatal(err)
	}
	if err := server.Forward3DS(id, challenge); err != nil {
		t.Fatal(err)
	}
	if server.SendOTP("nobody's", challenge) == nil || server.Forward3DS("nobody's", challenge) == nil {
		t.Error("a card that does not exist is challenged")
	}
	server.Clock().Advance(time.Minute)
	events := m.read(t, server)[before:]
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	otp, page := events[0], events[1]
	if otp["notify_type"] != worldcard.EventHolderChallenged || otp["otp"] != "135790" || otp["amount"] != "12.34" || otp["detail"] != "SHOP" {
		t.Errorf("one-time password: %v", otp)
	}
	if page["url"] != "https://acs.example.com/1" || page["business_type"] != worldcard.ThreeDSForwarding || page["otp"] != nil {
		t.Errorf("page: %v", page)
	}
}

// TestSampleOfAnEvent: an event struct is signed with the secrets in it.
func TestSampleOfAnEvent(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(), Now: server.Clock().Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := server.SignCallback(map[string]any{
		"notify_type": worldcard.EventHolderChallenged, "card_id": "1", "otp": issuing.NewSecret("135790"),
	})
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	event, err := src.Parse(r.Header, body)
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := event.Data.(*worldcard.HolderChallenged); !ok || e.OTP.Reveal() != "135790" {
		t.Errorf("%+v", event.Data)
	}
	if _, err := io.ReadAll(server.SignCallback(make(chan int)).Body); err == nil {
		t.Error("a channel was signed")
	}
}

// last returns the newest callback of a type.
func (m *merchant) last(t *testing.T, server *worldcardtest.Server, typ string) map[string]any {
	t.Helper()
	server.Clock().Advance(time.Minute)
	for _, event := range slices.Backward(m.read(t, server)) {
		if event["notify_type"] == typ {
			return event
		}
	}
	t.Fatalf("no %s came", typ)
	return nil
}

func TestFrozenCardsAreBlockedInTheNewerWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		blocked bool
		want    worldcard.CardState
	}{{false, worldcard.CardStateFrozen}, {true, worldcard.CardStateBlocked}} {
		m := newMerchant(t)
		server := start(t, worldcardtest.Config{WebhookURL: m.URL, BlockedWord: c.blocked})
		client := clientFor(t, server)
		id := activeR(t, server, client, "mc")
		if _, err := client.Cards.Freeze(t.Context(), worldcard.ByCardID(id)); err != nil {
			t.Fatal(err)
		}
		if got := m.last(t, server, worldcard.EventCardStateChanged)["card_status"]; got != string(c.want) {
			t.Errorf("blocked word %t: the callback says %v, want %s", c.blocked, got, c.want)
		}
	}
}

func TestRejectionEndsAnApplicationOrLeavesItWaiting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		stays bool
		retry issuingtest.KYCRetry
		want  worldcard.CardStatus
	}{
		{"final", false, issuingtest.KYCRetryForbidden, worldcard.CardStatusFailed},
		{"with a retry", false, issuingtest.KYCRetryAllowed, worldcard.CardStatusPendingKYC},
		{"final, and the application stays", true, issuingtest.KYCRetryForbidden, worldcard.CardStatusPendingKYC},
	} {
		server := start(t, worldcardtest.Config{RejectionStays: c.stays})
		client := clientFor(t, server)
		if _, err := client.Physical.Apply(t.Context(), worldcard.PhysicalApplyRequest{
			MerchantCardID: "pc", CardBINID: "12", FirstName: "SAN", LastName: "ZHANG",
			TelephoneCountryCode: "86", Phone: "13800138000", BirthDate: issuing.NewDate(1990, time.January, 15),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.KYC.Init(t.Context(), "pc"); err != nil {
			t.Fatal(err)
		}
		if err := server.RejectKYC("pc", "blurred", c.retry); err != nil {
			t.Fatal(err)
		}
		card, err := client.Physical.Card(t.Context(), worldcard.ByMerchantCardID("pc"))
		if err != nil {
			t.Fatal(err)
		}
		if card.Status != c.want {
			t.Errorf("%s: the card is %v, want %v", c.name, card.Status, c.want)
		}
	}
}
