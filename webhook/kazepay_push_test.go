package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// kpInbox is a merchant that takes callbacks, after refusing some.
type kpInbox struct {
	mu     sync.Mutex
	events []*webhook.Event
	refuse int
}

func (b *kpInbox) receive(_ context.Context, e *webhook.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse > 0 {
		b.refuse--
		return errors.New("not now")
	}
	b.events = append(b.events, e)
	return nil
}

// types lists what arrived.
func (b *kpInbox) types() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.events {
		out = append(out, e.Type)
	}
	return out
}

// kpMerchant runs a platform, a client and a callback server.
func kpMerchant(t *testing.T, cfg kazepaytest.Config, inbox *kpInbox, ack webhook.KazePayAck) (*kazepaytest.Server, *kazepay.Client) {
	t.Helper()
	var mu sync.Mutex
	var handler http.Handler
	merchant := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handler
		mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(merchant.Close)
	cfg.WebhookURL = merchant.URL
	server := kpPlatform(t, cfg)
	hooks := kpConfig(server)
	hooks.Ack = ack
	mu.Lock()
	handler = webhook.NewHandler(kpSource(t, hooks), inbox.receive)
	mu.Unlock()
	client, err := kazepay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

func kpApply(t *testing.T, server *kazepaytest.Server, client *kazepay.Client) string {
	t.Helper()
	a, err := client.Virtual.Apply(t.Context(), kazepay.ApplyRequest{
		Email: "a@b.example", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	return a.ID
}

func TestKazePayPushesEveryKind(t *testing.T) {
	t.Parallel()
	for _, ack := range []webhook.KazePayAck{webhook.KazePayAckText, webhook.KazePayAckJSON, webhook.KazePayAckEmpty, webhook.KazePayAckSigned} {
		inbox := &kpInbox{}
		server, client := kpMerchant(t, kazepaytest.Config{}, inbox, ack)
		id := kpApply(t, server, client)
		if _, err := client.Cards.Deposit(t.Context(), kazepay.DepositRequest{CardID: id, Amount: issuing.NewAmount(50, 0)}); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		if _, _, err := server.Purchase(id, kazepaytest.Spending{Amount: issuing.NewAmount(5, 0)}); err != nil {
			t.Fatal(err)
		}
		if err := server.SendVerificationCode(id, issuing.NewSecret("123456")); err != nil {
			t.Fatal(err)
		}
		if _, err := client.KYC.Link(t.Context(), kazepay.Identity{
			Email: "a@b.example", MobileNumber: "108248888", MobilePrefix: "60", MobilePrefixCountry: "MY", FirstName: "A",
			LastName: "B", DateOfBirth: issuing.NewDate(1990, 1, 1), AddressLine: "x", City: "x", CountryCode: "FR", PostCode: "1",
			State: "x", IdentificationType: "PASSPORT", IdentificationNumber: issuing.NewSecret("1"), IdentificationExpiryDate: issuing.NewDate(2099, 1, 1),
		}); err != nil {
			t.Fatal(err)
		}
		if err := server.DecideKYC("a@b.example", kazepay.KYCStatusRejected, "blurred"); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "a@b.example", CardNumber: server.PrintCard()}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Cards.Close(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		want := []string{
			kazepay.NotifyCardStatusChange, kazepay.NotifyCardDeposit, kazepay.NotifyTransaction, kazepay.NotifyVerificationCode,
			kazepay.NotifyKYCResult, kazepay.NotifyActivationCode, kazepay.NotifyCardStatusChange, kazepay.NotifyCardStatusChange,
			kazepay.NotifyCardClose,
		}
		if got := inbox.types(); !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", ack, got, want)
		}
		for _, d := range server.Deliveries() {
			if !d.Accepted || d.Attempt != 1 {
				t.Errorf("%d: %s was not accepted at once: %d %q", ack, d.Type, d.Status, d.Answer)
			}
		}
	}
}

func TestKazePayRetrySchedule(t *testing.T) {
	t.Parallel()
	gaps := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute}
	for _, c := range []struct {
		five       bool
		refuse     int
		deliveries int
		handled    int
	}{{false, 99, 6, 0}, {true, 99, 5, 0}, {false, 5, 6, 1}, {false, 2, 3, 1}, {false, 0, 1, 1}} {
		inbox := &kpInbox{refuse: c.refuse}
		server, client := kpMerchant(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{FiveDeliveries: c.five}}, inbox, webhook.KazePayAckText)
		kpApply(t, server, client)
		server.Clock().Advance(2 * time.Hour)
		log := server.Deliveries()
		if len(log) != c.deliveries || len(inbox.types()) != c.handled {
			t.Errorf("%+v: %d deliveries, %d handled", c, len(log), len(inbox.types()))
		}
		for i := 1; i < len(log); i++ {
			if gap := log[i].At.Sub(log[i-1].At); gap != gaps[i-1] || log[i].Attempt != i+1 {
				t.Errorf("%+v: delivery %d came after %v", c, i+1, gap)
			}
		}
	}
}

func TestKazePayCallbackFaults(t *testing.T) {
	t.Parallel()
	inbox := &kpInbox{}
	server, client := kpMerchant(t, kazepaytest.Config{}, inbox, webhook.KazePayAckText)
	server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	id := kpApply(t, server, client)
	if got := inbox.types(); len(got) != 1 || len(server.Deliveries()) != 2 {
		t.Errorf("delivered %d times, handled %v", len(server.Deliveries()), got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{Forge: kazepaytest.ForgeSignature})
	if _, err := client.Cards.Freeze(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(0)
	if got := inbox.types(); len(got) != 1 {
		t.Errorf("a forged callback was handled: %v", got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{})
	server.Clock().Advance(time.Minute)
	if got := inbox.types(); len(got) != 2 {
		t.Errorf("the retry was not handled: %v", got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	for range 2 {
		if _, err := client.Cards.Unfreeze(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		if _, err := client.Cards.Freeze(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{})
	server.ReleaseCallbacks()
	server.Clock().Advance(0)
	if got := inbox.types(); len(got) != 6 {
		t.Errorf("%d callbacks after the release", len(got))
	}
	first := inbox.events[2].Data.(*kazepay.CardStatusChanged)
	if last := inbox.events[5].Data.(*kazepay.CardStatusChanged); !first.CreatedAt.After(last.CreatedAt) {
		t.Error("the order was kept")
	}
}
