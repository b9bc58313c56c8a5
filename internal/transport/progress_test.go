package transport

import (
	"context"
	"errors"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestProgressContinues: a Do that continues a call numbers its attempts on, has
// its full number of them, and forgets nothing that may have been carried out.
func TestProgressContinues(t *testing.T) {
	t.Parallel()
	var attempts []int
	var events []issuing.CallEvent
	statuses := []int{502, 401, 502, 502, 400}
	c := newClient(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		return answer(statuses[len(attempts)-1], ""), nil
	}), issuing.WithMaxAttempts(3), issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }))
	call := newCall("https://acme.example", Keyed)
	seal := call.Seal
	call.Seal = func(ctx context.Context, attempt int) (Sealed, error) {
		attempts = append(attempts, attempt)
		return seal(ctx, attempt)
	}
	first, err := c.Do(t.Context(), call)
	if err != nil || first.Status != 401 || !call.Progress.Maybe || len(events) != 1 {
		t.Fatalf("%+v, %v, %+v, %d events", first, err, call.Progress, len(events))
	}
	c.Conclude(call.Progress, true)
	resp, err := c.Do(t.Context(), call)
	if err != nil || resp.Status != 400 || call.Progress.Attempts != 5 || !call.Progress.Maybe || call.Progress.RequestID != "r-5" {
		t.Fatalf("%+v, %v, %+v", resp, err, call.Progress)
	}
	c.Conclude(call.Progress, false)
	c.Conclude(call.Progress, false)
	for i, e := range events {
		if e.Attempt != i+1 || attempts[i] != i+1 || e.Retry != (i < 4) {
			t.Errorf("event %d: %+v, sealed as %d", i, e, attempts[i])
		}
	}
	if len(events) != 5 || len(attempts) != 5 {
		t.Errorf("%d events, attempts %v", len(events), attempts)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ctx, c, call); !errors.Is(err, issuing.ErrOutcomeUnknown) {
		t.Errorf("a continuation that never begins: %v", err)
	}
}
