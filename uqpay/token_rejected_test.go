package uqpay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// refuser is a platform that refuses all tokens but its latest, in words of its own.
type refuser struct {
	status int
	body   string
	mints  atomic.Int64
	calls  atomic.Int64
	always bool // the latest as well
}

func (r *refuser) RoundTrip(req *http.Request) (*http.Response, error) {
	if isMint(req) {
		return answerTo(req, 200, fmt.Sprintf(`{"auth_token":"t%d","expired_at":4102444800}`, r.mints.Add(1))), nil
	}
	r.calls.Add(1)
	if r.always || req.Header.Get("x-auth-token") != fmt.Sprintf("Bearer t%d", r.mints.Load()) {
		return answerTo(req, r.status, r.body), nil
	}
	return answerTo(req, 200, `{"card_id":"c","card_order_id":"o","account_id":"a","file_id":"f"}`), nil
}

// rejections are what a platform says of a token that another one has ended, and
// whether a new one is minted.
var rejections = []struct {
	status  int
	body    string
	renewed bool
}{
	{401, `{"message":"token has expired"}`, true},
	{401, `{"error":"jwt expired"}`, true},
	{401, `{"message":"invalid auth token"}`, true},
	{401, `{"error":"Unauthorized"}`, true},
	{401, `{"type":"unauthorized_error","code":"unauthorized_error","message":"no"}`, true},
	{401, ``, true},
	{401, `<html>`, true},
	{403, `{"code":403,"message":"Authorization error"}`, true},
	{401, `{"message":"IP not allowed"}`, false},
	{401, `{"message":"invalid auth token format"}`, false},
	{403, `{"code":403,"message":"IP not allowed"}`, false},
	{403, `{"code":403,"message":"x-client-id or email cannot be empty"}`, false},
	{403, `{"type":"unauthorized_error","code":"forbidden","message":"Authorization error"}`, false},
	{403, ``, false},
	{400, `{"message":"token has expired"}`, false},
}

func TestRejectedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, client) error{
		"issuing": func(ctx context.Context, c client) error { return ignore(c.Cards.Freeze(ctx, "c")) },
		"account": func(ctx context.Context, c client) error { return ignore(c.Accounts.Account(ctx, "a", "ISSUING")) },
		"files":   func(ctx context.Context, c client) error { return ignore(c.Files.Links(ctx, []string{"f"})) },
	}
	for _, tt := range rejections {
		for name, call := range calls {
			r := &refuser{status: tt.status, body: tt.body}
			c := stubClient(t, r)
			if err := call(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			r.mints.Add(1) // another process mints
			var err error
			for range 5 {
				err = errors.Join(err, call(t.Context(), c))
			}
			want := int64(2)
			if tt.renewed {
				want = 3
			}
			if r.mints.Load() != want || (err == nil) != tt.renewed {
				t.Errorf("%s, %d %s: %d mints, %v", name, tt.status, tt.body, r.mints.Load(), err)
			}
		}
	}
}

// What is not the token's fault, in words that no page has, does not mint a token for
// every call: each new one ends that of other processes.
func TestUnknownWordsDoNotMintForEver(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	r := &refuser{status: 401, body: `{"error":"address not on the list"}`, always: true}
	c := stubClient(t, r, issuing.WithClock(func() time.Time { return now }))
	for range 50 {
		_, err := c.Cards.Freeze(t.Context(), "c")
		if !errors.Is(err, issuing.ErrUnauthorized) || errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Fatal(err)
		}
	}
	if r.mints.Load() != 2 || r.calls.Load() != 51 {
		t.Errorf("%d mints, %d calls", r.mints.Load(), r.calls.Load())
	}
	// Later it is tried again, and helps.
	now = now.Add(time.Minute)
	r.always = false
	r.mints.Add(1) // another process mints
	if _, err := c.Cards.Freeze(t.Context(), "c"); err != nil || r.mints.Load() != 4 {
		t.Errorf("%d mints, %v", r.mints.Load(), err)
	}
}

// A merchant can drop a token; one that was replaced already changes nothing.
func TestDropToken(t *testing.T) {
	t.Parallel()
	r := &refuser{}
	cfg := stubConfig()
	cfg.Tokens = uqpay.NewMemoryTokenStore()
	c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: r}))
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c.DropToken(uqpay.Token{})
	if again, err := c.Token(t.Context()); err != nil || !again.Value.Equal(first.Value) {
		t.Errorf("an empty token dropped it: %v", err)
	}
	c.DropToken(first)
	second, err := c.Token(t.Context())
	if err != nil || second.Value.Equal(first.Value) || r.mints.Load() != 2 {
		t.Errorf("%d mints, %v", r.mints.Load(), err)
	}
	c.DropToken(first)
	if again, err := c.Token(t.Context()); err != nil || !again.Value.Equal(second.Value) {
		t.Errorf("the old token dropped the new one: %v", err)
	}
}

// Every call says whose it is.
func TestClientIDGoesWithEveryCall(t *testing.T) {
	t.Parallel()
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if got := r.Header["X-Client-Id"]; len(got) != 1 || got[0] != "client-1" {
			t.Errorf("%s: client id %q", r.URL.Path, got)
		}
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		return answerTo(r, 400, `{"type":"card_error","code":"card_error","message":"no"}`), nil
	}))
	for _, do := range wireCalls(t) {
		_ = do(t.Context(), c)
	}
}

// The account center of the platform in memory refuses an ended token with 403, and
// its calls alone bring the client back to work.
func TestAccountCenterAlone(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	for round := range 3 {
		page, err := c.Accounts.List(t.Context(), uqpay.Paging{})
		if err != nil || len(page.List) == 0 || s.Mints() != round+1 {
			t.Fatalf("round %d: %d mints, %v", round, s.Mints(), err)
		}
		s.EndToken()
	}
}
