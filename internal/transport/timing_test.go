package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// times answers each attempt with the next status and records when it came.
func times(start time.Time, at *[]time.Duration, header []string, statuses ...int) roundTripper {
	n := 0
	return func(*http.Request) (*http.Response, error) {
		*at = append(*at, time.Since(start))
		status := statuses[min(n, len(statuses)-1)]
		n++
		return answer(status, "", header...), nil
	}
}

// hang waits for the attempt's context, as a platform does that never answers.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status     int
		retryAfter string
		low, high  time.Duration // of the whole call, three attempts
	}{
		"doubling":                 {503, "", 375 * time.Millisecond, 750 * time.Millisecond},
		"Retry-After":              {429, "2", 4 * time.Second, 4500 * time.Millisecond},
		"Retry-After of 503":       {503, "1", 2 * time.Second, 2500 * time.Millisecond},
		"Retry-After above cap":    {429, "3600", 10 * time.Second, 10 * time.Second},
		"Retry-After of a century": {429, "3153600000", 10 * time.Second, 10 * time.Second},
		"overflowing Retry-After":  {429, "9223372037", 10 * time.Second, 10 * time.Second},
		"largest Retry-After":      {429, "9223372036854775807", 10 * time.Second, 10 * time.Second},
		"negative Retry-After":     {429, "-5", 375 * time.Millisecond, 1250 * time.Millisecond},
		"Retry-After in the past":  {429, "Sat, 01 Jan 2000 00:00:00 GMT", 0, 500 * time.Millisecond},
		"Retry-After of words":     {429, "soon", 375 * time.Millisecond, 1250 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var at []time.Duration
				var header []string
				if tt.retryAfter != "" {
					header = []string{"Retry-After", tt.retryAfter}
				}
				c := newClient(t, times(start, &at, header, tt.status),
					issuing.WithRetryWait(issuing.DefaultMinRetryWait, issuing.DefaultMaxRetryWait))
				call := newCall("https://card.example/", Keyed)
				resp, err := c.Do(t.Context(), call)
				if err != nil || call.Progress.Attempts != 3 || len(at) != 3 {
					t.Fatalf("%+v, %v, attempts at %v", resp, err, at)
				}
				if took := time.Since(start); took < tt.low || took > tt.high {
					t.Errorf("took %v, want %v to %v", took, tt.low, tt.high)
				}
			})
		})
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	boom := func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
	for name, tt := range map[string]struct {
		rt       roundTripper
		before   bool          // the context has ended before the call
		deadline time.Duration // of the call
		safety   Safety
		sends    int
		kind     string
	}{
		"cancelled before":               {hang, true, 0, Once, 0, unavailable},
		"during a read":                  {hang, false, time.Second, Read, 1, unavailable},
		"during a keyed write":           {hang, false, time.Second, Keyed, 1, unknown},
		"during a write":                 {hang, false, time.Second, Once, 1, unknown},
		"between attempts, read":         {boom, false, time.Second, Read, 1, unavailable},
		"between attempts, keyed":        {boom, false, time.Second, Keyed, 1, unknown},
		"between attempts, never left":   {func(*http.Request) (*http.Response, error) { return nil, errDial }, false, time.Second, Once, 1, unavailable},
		"between attempts, busy":         {func(*http.Request) (*http.Response, error) { return answer(429, ""), nil }, false, time.Second, Keyed, 1, unavailable},
		"between attempts, 503, keyed":   {func(*http.Request) (*http.Response, error) { return answer(503, ""), nil }, false, time.Second, Keyed, 1, unknown},
		"an answer at the last moment":   {func(*http.Request) (*http.Response, error) { time.Sleep(time.Second); return answer(200, "ok"), nil }, false, time.Second, Once, 1, "ok"},
		"a refusal at the last moment":   {func(*http.Request) (*http.Response, error) { time.Sleep(time.Second); return answer(404, ""), nil }, false, time.Second, Once, 1, "[not found]"},
		"the body breaks with the call":  {slowBody, false, time.Second, Once, 1, unknown},
		"the body breaks, read":          {slowBody, false, time.Second, Read, 1, unavailable},
		"deadline of a successful retry": {failOnce(), false, time.Hour, Keyed, 2, "ok"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				if tt.before {
					cancel()
				} else {
					ctx, cancel = context.WithTimeout(t.Context(), tt.deadline)
				}
				defer cancel()
				sends, seals := 0, 0
				rt := roundTripper(func(r *http.Request) (*http.Response, error) { sends++; return tt.rt(r) })
				c := newClient(t, rt, issuing.WithRetryWait(time.Minute, time.Hour))
				call := newCall("https://card.example/", tt.safety)
				seal := call.Seal
				call.Seal = func(ctx context.Context, n int) (Sealed, error) { seals++; return seal(ctx, n) }
				start := time.Now()
				_, err := run(ctx, c, call)
				if sends != tt.sends || seals != tt.sends || kindName(t, err) != tt.kind {
					t.Errorf("sent %d times, sealed %d times, %v; want %d, %s", sends, seals, err, tt.sends, tt.kind)
				}
				if ctx.Err() != nil && err != nil && tt.kind != "[not found]" && !errors.Is(err, ctx.Err()) {
					t.Errorf("%v hides %v", err, ctx.Err())
				}
				if tt.before && time.Since(start) != 0 || tt.deadline > 0 && tt.deadline < time.Minute && time.Since(start) > tt.deadline {
					t.Errorf("the call went on for %v", time.Since(start))
				}
			})
		})
	}
}

// slowBody answers with a body that does not end before its request does.
func slowBody(r *http.Request) (*http.Response, error) {
	resp := answer(200, "")
	resp.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { <-r.Context().Done(); return 0, r.Context().Err() }))
	return resp, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func failOnce() roundTripper {
	n := 0
	return func(*http.Request) (*http.Response, error) {
		if n++; n == 1 {
			return nil, io.ErrUnexpectedEOF
		}
		return answer(200, "ok"), nil
	}
}

func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rt     roundTripper
		opts   []issuing.Option
		safety Safety
		sends  int
		took   time.Duration
		kind   string
	}{
		"read":             {hang, nil, Read, 3, 30 * time.Second, unavailable},
		"keyed":            {hang, nil, Keyed, 3, 30 * time.Second, unknown},
		"checked":          {hang, nil, Checked, 1, 10 * time.Second, unknown},
		"once":             {hang, nil, Once, 1, 10 * time.Second, unknown},
		"slow body, keyed": {slowBody, nil, Keyed, 3, 30 * time.Second, unknown},
		"merchant's client": {
			hang, []issuing.Option{issuing.WithHTTPClient(&http.Client{Timeout: 2 * time.Second, Transport: roundTripper(hang)})},
			Keyed, 3, 6 * time.Second, unknown,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sends := 0
				rt := roundTripper(func(r *http.Request) (*http.Response, error) { sends++; return tt.rt(r) })
				c := newClient(t, rt, append([]issuing.Option{issuing.WithTimeout(10 * time.Second)}, tt.opts...)...)
				start := time.Now()
				_, err := run(t.Context(), c, newCall("https://card.example/", tt.safety))
				if kindName(t, err) != tt.kind || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
				var e *issuing.Error
				if errors.As(err, &e) && e.Attempts != tt.sends {
					t.Errorf("%d attempts, want %d", e.Attempts, tt.sends)
				}
				if took := time.Since(start).Round(time.Millisecond); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
			})
		})
	}
}

func TestHooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var got []issuing.CallEvent
		hook := func(ctx context.Context, e issuing.CallEvent) {
			if ctx.Value(key{}) != "v" {
				t.Error("the hook has not the call's context")
			}
			got = append(got, e)
		}
		step := 0
		rt := roundTripper(func(*http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			switch step++; step {
			case 1:
				return nil, io.ErrUnexpectedEOF
			case 2:
				return answer(503, "busy"), nil
			case 3:
				return answer(429, ""), nil
			}
			return answer(200, "ok"), nil
		})
		second := 0
		c := newClient(t, rt, issuing.WithHook(hook), issuing.WithMaxAttempts(4),
			issuing.WithHook(func(context.Context, issuing.CallEvent) { second++ }))
		if _, err := run(context.WithValue(t.Context(), key{}, "v"), c, newCall("https://card.example/secret-path?x=1", Keyed)); err != nil {
			t.Fatal(err)
		}
		event := issuing.CallEvent{
			Provider: "acme", Op: "Cards.Deposit", Method: "POST", Template: "/cards/{id}", Duration: time.Second, Retry: true,
		}
		one, two, three, four := event, event, event, event
		one.Attempt, one.Kind = 1, issuing.ErrUnavailable
		two.Attempt, two.Status, two.Kind = 2, 503, issuing.ErrUnavailable
		three.Attempt, three.Status, three.Kind = 3, 429, issuing.ErrRateLimited
		four.Attempt, four.Status, four.Retry = 4, 200, false
		if diff := cmp.Diff([]issuing.CallEvent{one, two, three, four}, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if second != 4 {
			t.Errorf("the second hook ran %d times", second)
		}
	})
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	full := errors.New("limiter is full")
	for name, tt := range map[string]struct {
		failAt int
		safety Safety
		sends  int
		kind   string
	}{
		"never":                    {0, Keyed, 3, unknown},
		"before the first":         {1, Once, 0, unavailable},
		"before the first, read":   {1, Read, 0, unavailable},
		"before the second, read":  {2, Read, 1, unavailable},
		"before the second, keyed": {2, Keyed, 1, unknown},
	} {
		calls, sends := 0, 0
		rt := roundTripper(func(*http.Request) (*http.Response, error) { sends++; return nil, io.ErrUnexpectedEOF })
		c := newClient(t, rt, issuing.WithLimiter(func(context.Context) error {
			if calls++; calls == tt.failAt {
				return full
			}
			return nil
		}))
		_, err := run(t.Context(), c, newCall("https://card.example/", tt.safety))
		if sends != tt.sends || kindName(t, err) != tt.kind {
			t.Errorf("%s: sent %d times, %v", name, sends, err)
		}
		if tt.failAt > 0 && !strings.Contains(err.Error(), full.Error()) {
			t.Errorf("%s: %v does not name the limiter's error", name, err)
		}
	}
}
