package uqpay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// authority is a platform that knows one token at a time.
type authority struct {
	mints   atomic.Int64
	life    time.Duration
	hang    time.Duration // of a mint
	slow    time.Duration // of every other call
	refuse  string        // message of a 401 to every call
	expired atomic.Int64  // calls that came with an old token
	calls   atomic.Int64
	keys    sync.Map // idempotency key to the number of requests
}

func (a *authority) RoundTrip(r *http.Request) (*http.Response, error) {
	if isMint(r) {
		n := a.mints.Add(1)
		if a.hang > 0 {
			select {
			case <-time.After(a.hang):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return answerTo(r, 200, fmt.Sprintf(`{"auth_token":"t%d","expired_at":%d}`, n, time.Now().Add(a.life).Unix())), nil
	}
	a.calls.Add(1)
	if a.slow > 0 {
		time.Sleep(a.slow)
	}
	if key := r.Header.Get("x-idempotency-key"); key != "" {
		count, _ := a.keys.LoadOrStore(key, new(atomic.Int64))
		count.(*atomic.Int64).Add(1)
	}
	if a.refuse != "" {
		return answerTo(r, 401, `{"type":"unauthorized_error","code":"unauthorized_error","message":"`+a.refuse+`"}`), nil
	}
	if r.Header.Get("x-auth-token") != fmt.Sprintf("Bearer t%d", a.mints.Load()) {
		a.expired.Add(1)
		return answerTo(r, 401, `{"error":"Token has expired"}`), nil
	}
	return answerTo(r, 200, `{"card_id":"c","card_order_id":"o"}`), nil
}

// TestOneMintForAll: 64 callers that find an expired token mint one.
func TestOneMintForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &authority{life: 30 * time.Minute, hang: time.Second}
		c := stubClient(t, a)
		if _, err := c.Cards.Card(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
		for round := range 3 {
			time.Sleep(30 * time.Minute)
			begun := time.Now()
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					if _, err := c.Cards.Card(t.Context(), "c"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := a.mints.Load(); got != int64(round)+2 {
				t.Fatalf("round %d: %d mints", round, got)
			}
			if d := time.Since(begun); d != time.Second {
				t.Errorf("the callers waited %v for a mint of a second", d)
			}
		}
		if a.expired.Load() != 0 {
			t.Errorf("%d calls went out with an expired token", a.expired.Load())
		}
	})
}

// TestDisplacedTokenIsRenewedOnce: 64 writers whose token was ended by somebody
// else mint one, and each sends its key again.
func TestDisplacedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &authority{life: 30 * time.Minute, hang: time.Second, slow: time.Second}
		c := stubClient(t, a)
		if _, err := c.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		a.mints.Add(1) // another process mints
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				var info issuing.CallInfo
				_, err := c.Cards.Freeze(t.Context(), "c", issuing.WithCallInfo(&info))
				if err != nil || info.Attempts != 2 {
					t.Errorf("%d attempts, %v", info.Attempts, err)
				}
				if n, ok := a.keys.Load(info.Key); !ok || n.(*atomic.Int64).Load() != 2 {
					t.Errorf("key %q was not sent twice", info.Key)
				}
			})
		}
		wg.Wait()
		if got := a.mints.Load(); got != 3 {
			t.Errorf("%d mints, want the first, the stranger's and one more", got)
		}
	})
}

// TestHangingMintBlocksNobody: callers leave at their own deadline.
func TestHangingMintBlocksNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &authority{life: time.Hour, hang: 24 * time.Hour}
		c := stubClient(t, a, issuing.WithTimeout(20*time.Second), issuing.WithMaxAttempts(1))
		var wg sync.WaitGroup
		for i := 1; i <= 10; i++ {
			wg.Go(func() {
				limit := time.Duration(i) * time.Second
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				defer cancel()
				begun := time.Now()
				_, err := c.Cards.Freeze(ctx, "c")
				if d := time.Since(begun); d != limit || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, issuing.ErrCanceled) {
					t.Errorf("left after %v of %v: %v", d, limit, err)
				}
				if errors.Is(err, issuing.ErrOutcomeUnknown) {
					t.Errorf("nothing was sent, but: %v", err)
				}
			})
		}
		wg.Wait()
		if a.mints.Load() != 1 || a.calls.Load() != 0 {
			t.Errorf("%d mints, %d calls", a.mints.Load(), a.calls.Load())
		}
		// The renewal ends at its own limit, and the next caller begins another.
		time.Sleep(time.Minute)
		synctest.Wait()
		a.hang = 0
		if _, err := c.Cards.Card(t.Context(), "c"); err != nil || a.mints.Load() != 2 {
			t.Errorf("%d mints, %v", a.mints.Load(), err)
		}
	})
}

// TestCancelledCallerLeavesTheMint: the caller that began a renewal goes away,
// the others get its token.
func TestCancelledCallerLeavesTheMint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &authority{life: time.Hour, hang: 10 * time.Second}
		c := stubClient(t, a)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = c.Cards.Card(ctx, "c") }()
		synctest.Wait()
		done := make(chan error)
		go func() {
			_, err := c.Cards.Card(t.Context(), "c")
			done <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil || a.mints.Load() != 1 {
			t.Errorf("%d mints, %v", a.mints.Load(), err)
		}
	})
}

// TestNeverMints: what is not an expired token mints none, and an expired one
// never loops.
func TestNeverMints(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]int64{
		"ip not allowed": 1, "invalid auth token format": 1, "login expired": 2, "jwt expired": 2, "Token Expired": 2,
	} {
		a := &authority{life: time.Hour, refuse: message}
		c := stubClient(t, a)
		_, err := c.Cards.Freeze(t.Context(), "c")
		if !errors.Is(err, issuing.ErrUnauthorized) || !errors.Is(err, uqpay.CodeUnauthorized) || errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", message, err)
		}
		if a.mints.Load() != want || a.calls.Load() != want {
			t.Errorf("%s: %d mints, %d calls, want %d", message, a.mints.Load(), a.calls.Load(), want)
		}
	}
}

// TestClockFarAhead: a token that seems to be over already is still used, not
// minted for every call.
func TestClockFarAhead(t *testing.T) {
	t.Parallel()
	a := &authority{life: -time.Hour}
	now := time.Now()
	c := stubClient(t, a, issuing.WithClock(func() time.Time { return now }))
	for range 20 {
		if _, err := c.Cards.Card(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
	}
	if a.mints.Load() != 1 {
		t.Errorf("%d mints", a.mints.Load())
	}
}

// TestSharedStore: two clients with one store mint one token and follow each
// other's.
func TestSharedStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &authority{life: 30 * time.Minute, hang: time.Second}
		store := uqpay.NewMemoryTokenStore()
		clients := make([]*uqpay.Client, 4)
		for i := range clients {
			cfg := stubConfig()
			cfg.Tokens = store
			c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: a}))
			if err != nil {
				t.Fatal(err)
			}
			clients[i] = c
		}
		for round := range 5 {
			var wg sync.WaitGroup
			for i := range 32 {
				wg.Go(func() {
					if _, err := clients[i%len(clients)].Cards.Card(t.Context(), "c"); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := a.mints.Load(); got != int64(round)+1 {
				t.Fatalf("round %d: %d mints", round, got)
			}
			time.Sleep(31 * time.Minute)
		}
	})
}

// TestCloneSharesToken: a clone goes on with the token.
func TestCloneSharesToken(t *testing.T) {
	t.Parallel()
	a := &authority{life: time.Hour}
	c := stubClient(t, a)
	clone, err := c.Clone(issuing.WithMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []*uqpay.Client{c, clone, c} {
		if _, err := client.Cards.Card(t.Context(), "c"); err != nil {
			t.Fatal(err)
		}
	}
	if a.mints.Load() != 1 {
		t.Errorf("%d mints", a.mints.Load())
	}
}

type brokenStore struct{ what string }

func (s brokenStore) Update(context.Context, func(context.Context, uqpay.Token) (uqpay.Token, error)) (uqpay.Token, error) {
	switch s.what {
	case "panic":
		panic("the store's bug")
	case "nothing":
		return uqpay.Token{}, nil
	}
	return uqpay.Token{}, errors.New("the database is gone")
}

func TestBrokenStore(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"panic", "nothing", "error"} {
		cfg := stubConfig()
		cfg.Tokens = brokenStore{what}
		c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: &authority{life: time.Hour}}))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := c.Cards.Freeze(t.Context(), "c"); !errors.Is(err, issuing.ErrUnavailable) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// TestMintFails: the reason of a refused mint is in the call's error, and
// nothing was sent.
func TestMintFails(t *testing.T) {
	t.Parallel()
	calls := 0
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if !isMint(r) {
			calls++
			return answerTo(r, 200, `{}`), nil
		}
		if r.Header.Get("x-client-id") != "client-1" || r.Header.Get("x-api-key") != "api-key-secret" ||
			r.Header.Get("x-auth-token") != "" || r.Header.Get("x-on-behalf-of") != "" || r.Method != http.MethodPost {
			t.Errorf("mint %s %v", r.Method, r.Header)
		}
		return answerTo(r, 400, `{"code":400,"message":"Invalid client id"}`), nil
	}))
	_, err := c.Cards.Freeze(t.Context(), "c", uqpay.OnBehalfOf("a-1"))
	if !errors.Is(err, issuing.ErrUnauthorized) || errors.Is(err, issuing.ErrOutcomeUnknown) || calls != 0 {
		t.Errorf("%v, %d calls", err, calls)
	}
}
