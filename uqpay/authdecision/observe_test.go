package authdecision

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestObserverPanics: an observer's panic takes no answer away, and that of the
// report on a late decision, which has no request's goroutine around it, does
// not end the process.
func TestObserverPanics(t *testing.T) {
	t.Parallel()
	told := make(chan webhook.Report, 10)
	observe := func(_ context.Context, r webhook.Report) {
		told <- r
		panic("observer's bug")
	}
	f := serve(t, func(c *options) { c.Observe = observe })
	resp, err := f.post(t, sealed(t, requestBody))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || (<-told).Outcome != webhook.OutcomeHandled {
		t.Errorf("status %d", resp.StatusCode)
	}
	f = serve(t, func(c *options) {
		c.Observe, c.Window, c.Margin = observe, 50*time.Millisecond, time.Millisecond
		c.Decide = func(ctx context.Context, _ *Request) (Decision, error) {
			<-ctx.Done()
			return Approve(), nil
		}
	})
	if resp, err := f.post(t, sealed(t, requestBody)); err == nil {
		_ = resp.Body.Close()
		t.Error("a late decision was answered")
	}
	late := 0
	for range 2 {
		if r := <-told; r.Outcome == webhook.OutcomeOvertime && r.Code == string(ResponseCodeApprove) {
			late++
		}
	}
	if late != 1 {
		t.Errorf("%d reports of the late decision", late)
	}
}
