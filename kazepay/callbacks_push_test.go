package kazepay_test

import (
	"context"
	"errors"
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

// inbox is a merchant that takes callbacks, after refusing some.
type inbox struct {
	mu     sync.Mutex
	events []*webhook.Event
	refuse int
}

func (b *inbox) receive(_ context.Context, e *webhook.Event) error {
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
func (b *inbox) types() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for _, e := range b.events {
		out = append(out, e.Type)
	}
	return out
}

// merchant runs a platform, a client and a callback server.
func merchant(t *testing.T, cfg kazepaytest.Config, in *inbox, ack kazepay.CallbackAck) (*kazepaytest.Server, *kazepay.Client) {
	t.Helper()
	return merchantOf(t, cfg, in, func(c *kazepay.CallbackConfig) { c.Ack = ack })
}

// merchantOf is merchant with other settings of callbacks.
func merchantOf(t *testing.T, cfg kazepaytest.Config, in *inbox, set func(*kazepay.CallbackConfig)) (*kazepaytest.Server, *kazepay.Client) {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	t.Cleanup(front.Close)
	cfg.WebhookURL = "http://" + front.Listener.Addr().String()
	server := startServer(t, cfg)
	hooks := callbackConfig(server)
	set(&hooks)
	front.Config.Handler = webhook.NewHandler(callbacks(t, hooks), in.receive)
	front.Start()
	return server, newClient(t, server)
}

func TestCallbacksOfEveryKind(t *testing.T) {
	t.Parallel()
	for _, ack := range []kazepay.CallbackAck{kazepay.CallbackAckText, kazepay.CallbackAckJSON, kazepay.CallbackAckEmpty, kazepay.CallbackAckSigned} {
		in, h := &inbox{}, user(1)
		server, client := merchant(t, kazepaytest.Config{}, in, ack)
		id := activeCard(t, server, client, 1)
		if _, err := client.Cards.Deposit(t.Context(), kazepay.DepositRequest{CardID: id, Amount: issuing.NewAmount(50, 0)}); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		if _, err := server.Purchase(id, issuing.NewAmount(5, 0), issuingtest.Merchant{}); err != nil {
			t.Fatal(err)
		}
		if err := server.SendOTP(id, issuingtest.Challenge{Code: issuing.NewSecret("123456")}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.KYC.Link(t.Context(), h.identity(kazepay.IdentificationTypePassport)); err != nil {
			t.Fatal(err)
		}
		if err := server.RejectKYC(h.email, "blurred", issuingtest.KYCRetryAllowed); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: issuing.Personal(h.email), CardNumber: server.PrintCard()}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Cards.Close(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Second)
		want := []string{
			kazepay.EventCardStateChanged, kazepay.EventCardDeposited, kazepay.EventTransactionCreated, kazepay.EventHolderChallenged,
			kazepay.EventKYCReviewed, kazepay.EventActivationCodeSent, kazepay.EventCardStateChanged, kazepay.EventCardStateChanged,
			kazepay.EventCardClosed,
		}
		if got := in.types(); !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", ack, got, want)
		}
		for _, d := range server.Deliveries() {
			if !d.Accepted || d.Attempt != 1 {
				t.Errorf("%d: %s was not accepted at once: %d %q", ack, d.Type, d.Status, d.Answer)
			}
		}
	}
}

func TestCallbackRetrySchedule(t *testing.T) {
	t.Parallel()
	gaps := []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute}
	for _, c := range []struct {
		five       bool
		refuse     int
		deliveries int
		handled    int
	}{{false, 99, 6, 0}, {true, 99, 5, 0}, {false, 5, 6, 1}, {false, 2, 3, 1}, {false, 0, 1, 1}} {
		in := &inbox{refuse: c.refuse}
		server, client := merchant(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{FiveDeliveries: c.five}}, in, kazepay.CallbackAckText)
		activeCard(t, server, client, 1)
		server.Clock().Advance(2 * time.Hour)
		log := server.Deliveries()
		if len(log) != c.deliveries || len(in.types()) != c.handled {
			t.Errorf("%+v: %d deliveries, %d handled", c, len(log), len(in.types()))
		}
		for i := 1; i < len(log); i++ {
			if gap := log[i].At.Sub(log[i-1].At); gap != gaps[i-1] || log[i].Attempt != i+1 {
				t.Errorf("%+v: delivery %d came after %v", c, i+1, gap)
			}
		}
	}
}

func TestCallbackFaults(t *testing.T) {
	t.Parallel()
	in := &inbox{}
	server, client := merchant(t, kazepaytest.Config{}, in, kazepay.CallbackAckText)
	server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	id := activeCard(t, server, client, 1)
	if got := in.types(); len(got) != 1 || len(server.Deliveries()) != 2 {
		t.Errorf("delivered %d times, handled %v", len(server.Deliveries()), got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{Forge: kazepaytest.ForgeSignature})
	if _, err := client.Cards.Freeze(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(0)
	if got := in.types(); len(got) != 1 {
		t.Errorf("a forged callback was handled: %v", got)
	}
	server.SetCallbackFault(issuingtest.CallbackFault{})
	server.Clock().Advance(time.Minute)
	if got := in.types(); len(got) != 2 {
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
	if got := in.types(); len(got) != 6 {
		t.Errorf("%d callbacks after the release", len(got))
	}
	first := in.events[2].Data.(*kazepay.CardStateChanged)
	if last := in.events[5].Data.(*kazepay.CardStateChanged); !first.CreatedAt.After(last.CreatedAt) {
		t.Error("the order was kept")
	}
}
