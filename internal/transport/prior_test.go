package transport

import (
	"context"
	"errors"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestPriorContinues: a call that continues another numbers its attempts on, has
// its full number of them, and forgets nothing that may have been carried out.
func TestPriorContinues(t *testing.T) {
	t.Parallel()
	var attempts []int
	statuses := []int{502, 401, 502, 502, 400}
	c := newClient(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		return answer(statuses[len(attempts)-1], ""), nil
	}), issuing.WithMaxAttempts(3), issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		if e.Attempt != attempts[len(attempts)-1] {
			t.Errorf("event of attempt %d, sealed as %d", e.Attempt, attempts[len(attempts)-1])
		}
	}))
	call := newCall("https://acme.example", Keyed)
	seal := call.Seal
	call.Seal = func(ctx context.Context, attempt int) (Sealed, error) {
		attempts = append(attempts, attempt)
		return seal(ctx, attempt)
	}
	first, err := c.Do(t.Context(), call)
	if err != nil || first.Status != 401 || !first.Maybe {
		t.Fatalf("%+v, %v", first, err)
	}
	next := *call
	next.Prior = first
	resp, err := c.Do(t.Context(), &next)
	if err != nil || resp.Status != 400 || resp.Attempts != 5 || !resp.Maybe || resp.Duration < first.Duration {
		t.Fatalf("%+v, %v", resp, err)
	}
	if len(attempts) != 5 || attempts[4] != 5 {
		t.Errorf("attempts %v", attempts)
	}
	err = c.Fail(&next, resp, StatusError(resp))
	if !errors.Is(err, issuing.ErrOutcomeUnknown) {
		t.Errorf("an attempt before the continuation is forgotten: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Do(ctx, &next); !errors.Is(err, issuing.ErrOutcomeUnknown) {
		t.Errorf("a continuation that never begins: %v", err)
	}
}
