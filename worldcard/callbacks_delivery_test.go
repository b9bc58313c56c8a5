package worldcard_test

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
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// shop is a merchant whose callbacks arrive over HTTP.
type shop struct {
	server *worldcardtest.Server
	client *worldcard.Client
	clock  *issuingtest.Clock

	serving sync.WaitGroup // deliveries; their reports come after their answers

	mu      sync.Mutex
	fail    bool
	types   []string
	reports []webhook.Report
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{clock: issuingtest.NewClock(callbackEpoch)}
	var handler http.Handler
	ready := make(chan struct{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-ready
		s.serving.Add(1)
		defer s.serving.Done()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: s.clock, WebhookURL: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(), Now: s.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	handler = webhook.NewHandler(src, s.handle, webhook.WithObserver(s.observe))
	close(ready)
	s.server = server
	if s.client, err = worldcard.New(server.ClientConfig(), issuing.WithClock(s.clock.Now)); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) handle(_ context.Context, ev *webhook.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail {
		return errors.New("database down")
	}
	s.types = append(s.types, ev.Type)
	return nil
}

func (s *shop) observe(_ context.Context, r webhook.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, r)
}

// outcomes returns what the handler reported since the last call.
func (s *shop) outcomes() []webhook.Outcome {
	s.serving.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []webhook.Outcome
	for _, r := range s.reports {
		out = append(out, r.Outcome)
	}
	s.reports = nil
	return out
}

// dispatched returns the types that reached the function so far.
func (s *shop) dispatched() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.types)
}

func (s *shop) apply(t *testing.T) string {
	t.Helper()
	card, err := s.client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
		MerchantCardID: "mc", CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(time.Second)
	return card.ID
}

func TestDuplicatedCallbacksAreDispatchedOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	s.apply(t)
	if want := []string{worldcard.EventCardOpened}; !slices.Equal(s.dispatched(), want) {
		t.Errorf("dispatched %v", s.dispatched())
	}
	if got, want := s.outcomes(), []webhook.Outcome{webhook.OutcomeHandled, webhook.OutcomeDuplicate}; !slices.Equal(got, want) {
		t.Errorf("outcomes %v, want %v", got, want)
	}
}

func TestReorderedCallbacksAllArrive(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	id := s.apply(t)
	s.server.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	ref := worldcard.ByCardID(id)
	for _, change := range []func(context.Context, worldcard.CardRef, ...issuing.CallOption) (*worldcard.CardChange, error){
		s.client.Cards.Freeze, s.client.Cards.Unfreeze, s.client.Cards.Freeze, s.client.Cards.Close,
	} {
		if _, err := change(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(time.Minute)
	}
	s.server.SetCallbackFault(issuingtest.CallbackFault{})
	s.server.ReleaseCallbacks()
	s.clock.Advance(time.Second)
	want := []string{"card_open", "card_close", "card_status_change", "card_status_change", "card_status_change", "card_status_change"}
	if !slices.Equal(s.dispatched(), want) {
		t.Errorf("dispatched %v, want %v", s.dispatched(), want)
	}
}

func TestForgedCallbacksAreRefusedAndTheRealOnesArrive(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.server.SetCallbackFault(issuingtest.CallbackFault{Forge: worldcardtest.ForgeSignature})
	s.apply(t)
	if got := s.outcomes(); !slices.Equal(got, []webhook.Outcome{webhook.OutcomeRefused}) || len(s.dispatched()) != 0 {
		t.Errorf("outcomes %v, dispatched %v", got, s.dispatched())
	}
	s.server.SetCallbackFault(issuingtest.CallbackFault{})
	s.clock.Advance(time.Minute)
	if !slices.Equal(s.dispatched(), []string{worldcard.EventCardOpened}) {
		t.Errorf("after a minute: %v", s.dispatched())
	}
}

func TestFailingFunctionGetsTheCallbackAgain(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.fail = true
	s.apply(t)
	s.clock.Advance(5 * time.Minute)
	s.mu.Lock()
	s.fail = false
	s.mu.Unlock()
	s.clock.Advance(time.Hour)
	if !slices.Equal(s.dispatched(), []string{worldcard.EventCardOpened}) {
		t.Errorf("dispatched %v", s.dispatched())
	}
	if log := s.server.Deliveries(); len(log) != 4 || !log[3].Accepted {
		t.Errorf("%d deliveries", len(log)) // at 0, 1, 3 and 7 minutes
	}
}
