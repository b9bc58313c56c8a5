package sqltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// shop is a merchant whose program runs in replicas behind one address.
type shop struct {
	clock    *issuingtest.Clock
	server   *worldcardtest.Server
	client   *worldcard.Client
	route    http.HandlerFunc
	replicas []http.Handler
	serving  sync.WaitGroup // a replica reports after it has answered

	steady   bool // the first attempt does not fail
	mu       sync.Mutex
	runs     map[string]int // by event
	handled  map[string]int // by event
	outcomes []webhook.Outcome
}

func openShop(t *testing.T, l *lab) *shop {
	t.Helper()
	s := &shop{clock: issuingtest.NewClock(epoch), runs: map[string]int{}, handled: map[string]int{}}
	l.cfg.Now = s.clock.Now
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.serving.Add(1)
		defer s.serving.Done()
		s.route(w, r)
	}))
	t.Cleanup(front.Close)
	var err error
	s.server, err = worldcardtest.NewServer(worldcardtest.Config{Clock: s.clock, WebhookURL: front.URL})
	ok(t, err)
	t.Cleanup(s.server.Close)
	s.client, err = worldcard.New(s.server.ClientConfig(), issuing.WithClock(s.clock.Now))
	ok(t, err)
	return s
}

// start adds a replica, a process as far as the Deduper can tell.
func (s *shop) start(t *testing.T, d webhook.Deduper) {
	t.Helper()
	source, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{s.server.PlatformKey()}, AESKey: s.server.AESKey(), Deduper: d, Now: s.clock.Now,
	})
	ok(t, err)
	s.replicas = append(s.replicas, webhook.NewHandler(source, s.handle, webhook.WithObserver(s.observe)))
}

// handle fails at the first attempt of every event.
func (s *shop) handle(_ context.Context, ev *webhook.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs[ev.ID]++
	if s.runs[ev.ID] == 1 && !s.steady {
		return errors.New("not yet")
	}
	s.handled[ev.ID]++
	return nil
}

func (s *shop) observe(_ context.Context, r webhook.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = append(s.outcomes, r.Outcome)
}

// both gives a delivery to all replicas at the same time and answers as the most
// content of them: the others see the same nonce and answer as busy.
func (s *shop) both(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "", http.StatusBadRequest)
		return
	}
	answers := make([]*httptest.ResponseRecorder, len(s.replicas))
	var wg sync.WaitGroup
	for i, replica := range s.replicas {
		answers[i] = httptest.NewRecorder()
		copied := r.Clone(r.Context())
		copied.Body = io.NopCloser(bytes.NewReader(body))
		wg.Go(func() { replica.ServeHTTP(answers[i], copied) })
	}
	wg.Wait()
	best := slices.MinFunc(answers, func(a, b *httptest.ResponseRecorder) int { return a.Code - b.Code })
	w.WriteHeader(best.Code)
	_, _ = w.Write(best.Body.Bytes())
}

func (s *shop) apply(t *testing.T, key string) {
	t.Helper()
	_, err := s.client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{
		MerchantCardID: key, CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	})
	ok(t, err)
	s.clock.Advance(time.Second)
}

// testTogether delivers every callback of a platform to two replicas at once,
// twice each, and fails the first attempt of every event.
func testTogether(t *testing.T, l *lab) {
	s := openShop(t, l)
	s.start(t, l.replica(t))
	s.start(t, l.replica(t))
	s.route = s.both
	s.server.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	const cards = 5
	for n := range cards {
		s.apply(t, fmt.Sprint("mc-", n))
	}
	s.clock.Advance(48 * time.Hour) // beyond the last retry
	s.serving.Wait()
	if len(s.handled) != cards {
		t.Errorf("%d events, want %d", len(s.handled), cards)
	}
	for id, n := range s.handled {
		if n != 1 || s.runs[id] != 2 {
			t.Errorf("%s was handled %d times in %d runs", id, n, s.runs[id])
		}
	}
	accepted := 0
	for _, delivery := range s.server.Deliveries() {
		if delivery.Accepted {
			accepted++
		}
	}
	if accepted != 2*cards {
		t.Errorf("%d deliveries were accepted, want %d", accepted, 2*cards)
	}
}

// testOneDies kills a replica in the middle of an event.
func testOneDies(t *testing.T, l *lab) {
	s := openShop(t, l)
	l.cfg.Lease = 5 * time.Minute
	s.steady = true
	s.start(t, killed{t, l.replica(t)})
	s.start(t, l.replica(t))
	next := 0
	s.route = func(w http.ResponseWriter, r *http.Request) {
		replica := s.replicas[min(next, 1)] // the dead one gets no more than the first delivery
		next++
		replica.ServeHTTP(w, r)
	}
	s.apply(t, "mc-last")
	s.clock.Advance(48 * time.Hour)
	s.serving.Wait()
	// Sent at 0, 1, 3 and 7 minutes.
	want := []webhook.Outcome{webhook.OutcomeFailed, webhook.OutcomeBusy, webhook.OutcomeBusy, webhook.OutcomeHandled}
	if !slices.Equal(s.outcomes, want) {
		t.Errorf("outcomes %v, want %v", s.outcomes, want)
	}
}

// killed is the Deduper of a process that dies before it can end a claim: the claim
// stays, and nobody goes on with it.
type killed struct {
	t *testing.T
	*sqldedupe.Deduper
}

func (k killed) Do(_ context.Context, c webhook.Claims, _ func(context.Context) ([]byte, error)) (webhook.Claim, []byte, error) {
	h := hold(k.t, k.Deduper, c)
	k.t.Cleanup(func() { _ = h.end(errFn) })
	return webhook.ClaimNew, nil, errors.New("killed")
}
