package coshine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestInboundIsAskedOnce: a repeat gets the first answer, from any process that shares
// the deduper; another content, another interface and an inquiry are asked.
func TestInboundIsAskedOnce(t *testing.T) {
	t.Parallel()
	store := webhook.NewMemoryDeduper(0, 0)
	asked := 0
	answer := func(context.Context) (coshine.Answer, error) {
		asked++
		return coshine.Answer{Code: "51", Description: strings.Repeat("x", asked)}, nil
	}
	fns := coshine.Functions{
		Authorization: func(ctx context.Context, _ *coshine.AuthorizationRequest) (coshine.Answer, error) { return answer(ctx) },
		Clearing:      func(ctx context.Context, _ *coshine.ClearingRequest) (coshine.Answer, error) { return answer(ctx) },
		BalanceInquiry: func(ctx context.Context, _ *coshine.RemoteBalanceRequest) (coshine.Answer, error) {
			return answer(ctx)
		},
	}
	for i, step := range []struct {
		api  coshine.API
		body string
		want string // how many x the answer has
	}{
		{coshine.APIAuthorization, "{" + inboundHeader + "}", "x"},
		{coshine.APIAuthorization, "{" + inboundHeader + "}", "x"},
		{coshine.APIAuthorization, "{" + inboundHeader + `,"amount":"2"}`, "xx"},
		{coshine.APIAuthorization, "{" + inboundHeader + `,"amount":"2"}`, "xx"},
		{coshine.APIClearing, "{" + inboundHeader + "}", "xxx"},
		{coshine.APIRemoteBalanceInquiry, "{" + inboundHeader + "}", "xxxx"},
		{coshine.APIRemoteBalanceInquiry, "{" + inboundHeader + "}", "xxxxx"},
	} {
		h := handlerOf(t, coshine.CallbackConfig{Deduper: store}, fns) // of one more process
		body := post(h, step.api, step.body).Body.String()
		if !strings.Contains(body, `"responseCode":"51"`) || !strings.Contains(body, `"`+step.want+`"`) || !strings.Contains(body, `"tranId":"IN1"`) {
			t.Errorf("step %d: %s", i, body)
		}
	}
	// What failed is asked again.
	down := decideBy(func(context.Context) (coshine.Answer, error) { asked++; return coshine.Answer{}, errors.New("db down") })
	for range 2 {
		post(handlerOf(t, coshine.CallbackConfig{Deduper: store}, down), coshine.APIAuthorization, "{"+inboundHeader+`,"amount":"3"}`)
	}
	if asked != 7 {
		t.Errorf("asked %d times, want 7", asked)
	}
}

// TestDeduperNeedsAKeyForGood: with tokens that change, a repeat would have another
// key.
func TestDeduperNeedsAKeyForGood(t *testing.T) {
	t.Parallel()
	cfg := coshine.CallbackConfig{
		Authenticate: func(context.Context, issuing.Secret) error { return nil }, Deduper: webhook.NewMemoryDeduper(0, 0),
	}
	if _, err := coshine.NewCallbacks(cfg); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), "DedupeSecret") {
		t.Error(err)
	}
	cfg.DedupeSecret = issuing.NewSecret("for good")
	if _, err := coshine.NewCallbacks(cfg); err != nil {
		t.Error(err)
	}
}
