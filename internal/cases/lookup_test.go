package cases

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// vault is where a merchant of several credentials keeps them.
type vault struct {
	mu    sync.Mutex
	found map[string]any
	looks int
}

func (v *vault) put(id string, credential any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.found == nil {
		v.found = map[string]any{}
	}
	v.found[id] = credential
	if credential == nil {
		delete(v.found, id)
	}
}

func (v *vault) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.looks
}

// lookIn is the merchant's function over a vault.
func lookIn[C any](v *vault) func(context.Context, string) (C, error) {
	return func(_ context.Context, id string) (C, error) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.looks++
		c, ok := v.found[id].(C)
		if !ok {
			return c, fmt.Errorf("no such merchant: %w", webhook.ErrUnknownKey)
		}
		return c, nil
	}
}

// dedupeSecret is the merchant's own.
var dedupeSecret = issuing.NewSecret("of the merchant's own, kept for good")

// tenancy is a provider with two sets of keys, each of both sides: of two merchants, or
// of one before and after a rotation.
type tenancy struct {
	name   string
	source func(t *testing.T, v *vault, d webhook.Deduper) *webhook.Source
	// credential is a merchant's, with some of the sets, of which the first is in use.
	credential func(id string, sets ...int) any
	// callback is a merchant's nth event, signed with a set. The same n is the same
	// content for all.
	callback func(t *testing.T, id string, set, n int) *http.Request
	// answered checks that an answer was made with the merchant's own key of a set.
	answered func(t *testing.T, id string, set int, w *httptest.ResponseRecorder)
}

// merchants are the ids of every tenancy.
var merchants = [2]string{"00520446", "00520447"}

// dispatched collects events by credential.
type dispatched struct {
	mu     sync.Mutex
	events map[string][]*webhook.Event
	refuse []error
}

func (d *dispatched) handler(src *webhook.Source) *webhook.Handler {
	return webhook.NewHandler(src, func(ctx context.Context, ev *webhook.Event) error {
		d.mu.Lock()
		if d.events == nil {
			d.events = map[string][]*webhook.Event{}
		}
		d.events[ev.Credential] = append(d.events[ev.Credential], ev)
		d.mu.Unlock()
		return answer(ctx, ev)
	}, webhook.WithObserver(func(_ context.Context, r webhook.Report) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.refuse = append(d.refuse, r.Err)
	}))
}

// last is why the last callback was refused.
func (d *dispatched) last() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refuse[len(d.refuse)-1]
}

func (d *dispatched) of(id string) []*webhook.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events[id]
}

func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestKeysRotateWithoutARestart: the platform signs with the new key while callbacks of
// the old one are on their way, then the old one is withdrawn, then all of them.
func TestKeysRotateWithoutARestart(t *testing.T) {
	t.Parallel()
	for _, p := range tenancies(t) {
		t.Run(p.name, func(t *testing.T) { synctest.Test(t, p.rotate) })
	}
}

func (p tenancy) rotate(t *testing.T) {
	var v vault
	var got dispatched
	id := merchants[0]
	h := got.handler(p.source(t, &v, nil))
	old, fresh, inUse := 0, 1, 0 // what is in use signs; what was asked under another key as well
	want := func(set, n, events int) {
		t.Helper()
		before := len(got.of(id))
		w := send(h, p.callback(t, id, set, n))
		if after := len(got.of(id)) - before; after != events {
			t.Fatalf("event %d of set %d: dispatched %d times: %d %s, %v", n, set, after, w.Code, w.Body, got.last())
		}
		if events > 0 && p.answered != nil && (p.name != "unionpay" || set == inUse) {
			p.answered(t, id, set, w)
		}
	}
	v.put(id, p.credential(id, old))
	want(old, 1, 1)
	want(old, 2, 1)
	if n := v.count(); n != 1 {
		t.Errorf("%d look-ups for two callbacks", n)
	}
	want(fresh, 3, 0) // the platform was too fast; it sends again
	if v.count() != 1 {
		t.Error("a forged callback is worth a look-up right after another")
	}
	v.put(id, p.credential(id, fresh, old))
	inUse = fresh
	time.Sleep(5 * time.Second)
	want(fresh, 3, 1)
	want(old, 4, 1)
	if again := p.callback(t, id, fresh, 1); p.name != "unionpay" && p.name != "coshine" { // whose ids are new in each message
		send(h, again)
		if n := len(got.of(id)); n != 4 {
			t.Errorf("under the new key an event is another: %d, %s", n, got.of(id)[n-1].ID)
		}
	}
	v.put(id, p.credential(id, fresh))
	time.Sleep(time.Minute)
	want(old, 5, 0)
	want(fresh, 5, 1)
	v.put(id, nil)
	time.Sleep(time.Minute)
	want(fresh, 6, 0)
	if err := got.last(); !errors.Is(err, webhook.ErrUnknownKey) || !strings.Contains(err.Error(), id) {
		t.Errorf("without a credential: %v", err)
	}
	for _, event := range got.of(id) {
		if event.Provider == "" || event.Credential != id || len(event.Problems) > 0 {
			t.Errorf("%+v", event)
		}
	}
}

// TestMerchantsShareAnAddress: each gets its own events, of the same content and under
// the same ids, from one source and one store. Another merchant's key opens nothing.
func TestMerchantsShareAnAddress(t *testing.T) {
	t.Parallel()
	for _, p := range tenancies(t) {
		t.Run(p.name, func(t *testing.T) { synctest.Test(t, p.share) })
	}
}

func (p tenancy) share(t *testing.T) {
	const events = 20
	var v vault
	var got dispatched
	h := got.handler(p.source(t, &v, webhook.NewMemoryDeduper(0, 0)))
	for i, id := range merchants {
		v.put(id, p.credential(id, i))
	}
	var wg sync.WaitGroup
	for i, id := range merchants {
		for n := range events {
			wg.Go(func() {
				for range 2 {
					if w := send(h, p.callback(t, id, i, n)); w.Code != http.StatusOK {
						t.Errorf("%s: %d %s", id, w.Code, w.Body)
					} else if p.answered != nil {
						p.answered(t, id, i, w)
					}
				}
				if w := send(h, p.callback(t, id, 1-i, n)); w.Code == http.StatusOK {
					t.Errorf("%s: the other's key: %d %s", id, w.Code, w.Body)
				}
			})
		}
	}
	wg.Wait()
	for _, id := range merchants {
		want := events
		if p.name == "unionpay" || p.name == "coshine" {
			want *= 2 // each message is one
		}
		if n := len(got.of(id)); n != want {
			t.Errorf("%s has %d events, want %d", id, n, want)
		}
	}
	if n := v.count(); n != 2 {
		t.Errorf("%d look-ups", n)
	}
}

// TestForgedIDsCostNothing: a hundred thousand of them leave memory and look-ups bounded,
// and the merchants' callbacks are answered meanwhile.
func TestForgedIDsCostNothing(t *testing.T) {
	t.Parallel()
	for _, p := range tenancies(t) {
		if p.name != "worldcard" && p.name != "kazepay" {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const forged = 50_000
				var v vault
				var got dispatched
				h := got.handler(p.source(t, &v, nil))
				v.put(merchants[0], p.credential(merchants[0], 0))
				send(h, p.callback(t, merchants[0], 0, 0))
				sample := p.callback(t, merchants[1], 0, 0)
				body := bodyOf(t, sample)
				start := time.Now()
				for i := range forged {
					id := fmt.Sprint("forged-", i)
					r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.ReplaceAll(body, merchants[1], id)))
					r.Header = sample.Header.Clone()
					r.Header.Set("X-App-Id", id)
					if w := send(h, r); w.Code != http.StatusUnauthorized && w.Code != http.StatusServiceUnavailable {
						t.Fatalf("%d %s", w.Code, w.Body)
					}
					time.Sleep(time.Millisecond)
				}
				limit := 1 + 100 + int(time.Since(start)/(10*time.Millisecond))
				if n := v.count(); n > limit {
					t.Errorf("%d look-ups, at most %d", n, limit)
				}
				if w := send(h, p.callback(t, merchants[0], 0, 1)); w.Code != http.StatusOK {
					t.Errorf("the merchant's own: %d %s", w.Code, w.Body)
				}
			})
		})
	}
}
