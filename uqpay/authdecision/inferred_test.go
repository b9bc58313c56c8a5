package authdecision

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// inferences turn what the documents of decisions leave open, by the names in the
// column "setting" of uqpay/testdata/inferred.csv.
var inferences = map[string]func(t *testing.T){
	// Nobody signs: another check than the URL is the merchant's.
	"authdecision.CallbackConfig.Allow": func(t *testing.T) {
		for allowed, want := range map[bool]webhook.Outcome{true: webhook.OutcomeHandled, false: webhook.OutcomeRefused} {
			f := serve(t, func(c *options) {
				c.Allow = func(r *webhook.Request) bool { return allowed && r.Header.Get("x-request-id") == "req-1" }
			})
			exchange(t, f)
			if r := <-f.reports; r.Outcome != want {
				t.Errorf("allowed %t: %v", allowed, r.Outcome)
			}
		}
	},
	"authdecision.CallbackConfig.Zone": func(t *testing.T) {
		for zone, want := range map[*time.Location]string{nil: "2025-11-14 07:07:25", time.UTC: "2025-11-14 15:07:25"} {
			var got time.Time
			f := serve(t, func(c *options) {
				c.Zone = zone
				c.Decide = func(_ context.Context, req *Request) (Decision, error) { got = req.Time; return Approve(), nil }
			})
			exchange(t, f)
			<-f.reports
			if got.UTC().Format(time.DateTime) != want {
				t.Errorf("%v: %v", zone, got)
			}
		}
	},
	"authdecision.CallbackConfig.Window": func(t *testing.T) {
		for window, want := range map[time.Duration]time.Duration{time.Second: 0, 5 * time.Second: time.Second} {
			var left time.Duration
			f := serve(t, func(c *options) {
				c.Window, c.Margin = window, time.Millisecond
				c.Decide = func(ctx context.Context, _ *Request) (Decision, error) {
					deadline, _ := ctx.Deadline()
					left = time.Until(deadline)
					return Approve(), nil
				}
			})
			exchange(t, f)
			<-f.reports
			if left <= want || left > window {
				t.Errorf("window %v: %v left", window, left)
			}
		}
	},
}

// exchange sends one request, however it is answered.
func exchange(t *testing.T, f *fixture) {
	t.Helper()
	if resp, err := f.post(t, sealed(t, requestBody)); err == nil {
		_ = resp.Body.Close()
	}
}

func TestInferred(t *testing.T) {
	t.Parallel()
	mine := func(setting string) bool { return strings.HasPrefix(setting, "authdecision.") }
	conform.Settings(t, "../testdata/inferred.csv", mine, inferences)
}
