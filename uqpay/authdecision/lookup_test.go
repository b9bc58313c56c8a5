package authdecision

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// secondPair makes the keys of another account once.
var secondPair = sync.OnceValues(func() (keys [2]PrivateKey, err error) {
	for i, name := range []string{"Second", "Its Platform"} {
		if keys[i], err = generate(name, "second@example.com", minRSABits); err != nil {
			return keys, err
		}
	}
	return keys, nil
})

// accounts are looked up, and asked over one handler.
type accounts struct {
	now     time.Time // when the keys are valid
	mu      sync.Mutex
	found   map[string]Credential
	handler *webhook.Handler
	asked   map[string]int // by credential
}

func newAccounts(t *testing.T, now time.Time) *accounts {
	t.Helper()
	a := &accounts{now: now, found: map[string]Credential{}, asked: map[string]int{}}
	clock := func() time.Time { return now } // a bubble's begins long before the keys
	src, err := NewCallbacks(CallbackConfig{Window: 5 * time.Second, Now: clock, Lookup: func(_ context.Context, id string) (Credential, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		c, ok := a.found[id]
		if !ok {
			return c, webhook.ErrUnknownKey
		}
		return c, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	decide := Decide(func(context.Context, *Request) (Decision, error) { return Approve(), nil })
	a.handler = webhook.NewHandler(src, func(ctx context.Context, event *webhook.Event) error {
		a.mu.Lock()
		a.asked[event.Credential]++
		a.mu.Unlock()
		return decide(ctx, event)
	}, webhook.WithObserver(func(context.Context, webhook.Report) {}))
	return a
}

func (a *accounts) put(c Credential) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.found[c.ID] = c
}

// ask asks for a decision about an account's card, and opens the answer. An answer of
// none is "".
func (a *accounts) ask(t *testing.T, id string, to, platform PrivateKey) string {
	t.Helper()
	message, err := seal(to.Public(), []byte(requestBody), a.now)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(message)))
	r.SetPathValue("credential", id)
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return ""
	}
	text, err := open(platform, w.Body.Bytes(), a.now)
	if err != nil {
		t.Errorf("the answer is not for the account's platform key: %v", err)
	}
	return string(text)
}

// TestAccountsThatAreLookedUp: each account's request is opened with its own key and
// answered to its own platform key; the key changes while requests to the old one are on
// their way.
func TestAccountsThatAreLookedUp(t *testing.T) {
	t.Parallel()
	merchant, platform := pair(t)
	second, err := secondPair()
	if err != nil {
		t.Fatal(err)
	}
	both := PrivateKey{&privateKey{
		hide(slices.Concat(merchant.p.entities(), second[0].p.entities())), hide(slices.Concat(merchant.p.ring(), second[0].p.ring())),
	}}
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		a := newAccounts(t, now)
		approved := `"response_code":"00"`
		a.put(Credential{ID: "one", Key: merchant, PlatformKey: platform.Public()})
		a.put(Credential{ID: "two", Key: second[0], PlatformKey: second[1].Public()})
		if got := a.ask(t, "one", merchant, platform); !strings.Contains(got, approved) {
			t.Error(got)
		}
		// The same transaction id, of another account.
		if got := a.ask(t, "two", second[0], second[1]); !strings.Contains(got, approved) {
			t.Error(got)
		}
		if got := a.ask(t, "one", second[0], platform); got != "" {
			t.Errorf("with the other's key: %s", got)
		}
		if got := a.ask(t, "three", merchant, platform); got != "" {
			t.Errorf("of nobody: %s", got)
		}
		if want := map[string]int{"one": 1, "two": 1}; !maps.Equal(a.asked, want) {
			t.Errorf("%v, want %v", a.asked, want)
		}
		a.put(Credential{ID: "one", Key: both, PlatformKey: second[1].Public()})
		time.Sleep(5 * time.Second)
		for _, key := range []PrivateKey{second[0], merchant} {
			if got := a.ask(t, "one", key, second[1]); !strings.Contains(got, approved) {
				t.Errorf("during the change: %s", got)
			}
		}
		a.put(Credential{ID: "one", Key: second[0], PlatformKey: second[1].Public()})
		time.Sleep(time.Minute)
		if got := a.ask(t, "one", merchant, platform); got != "" {
			t.Errorf("with the old key: %s", got)
		}
	})
}

func TestLookupReplacesKeys(t *testing.T) {
	t.Parallel()
	merchant, platform := pair(t)
	lookup := func(context.Context, string) (Credential, error) { return Credential{}, nil }
	for name, cfg := range map[string]CallbackConfig{
		"both":    {Window: time.Second, Lookup: lookup, Key: merchant},
		"neither": {Window: time.Second},
		"same":    {Window: time.Second, Key: platform, PlatformKey: platform.Public()},
	} {
		if _, err := NewCallbacks(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
