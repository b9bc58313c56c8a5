package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A handler without an observer logs what was not acknowledged, because the
// commonest fault is that nobody sees it. The default logger is everybody's, so
// this test runs alone.
func TestWithoutAnObserver(t *testing.T) { //nolint:paralleltest // it changes the default logger
	before := slog.Default()
	defer slog.SetDefault(before)
	var out lockedBuffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	_, src := newToy()
	h := NewHandler(src, nothing)
	deliver(t, h, "1", "SEALED a 1")
	if out.String() != "" {
		t.Errorf("logged %s", out.String())
	}
	forge := func() {
		r := request(t.Context(), "2", "SEALED a 4929420573595709")
		r.Header.Set("X-Sig", "forged")
		serve(h, r)
	}
	forge()
	if text := out.String(); !strings.Contains(text, `level=WARN`) || !strings.Contains(text, `reason="webhook: bad signature"`) ||
		!strings.Contains(text, "provider=toy") || !strings.Contains(text, "hint=") || strings.Contains(text, "4929") || strings.Contains(text, "forged") {
		t.Errorf("logged %s", text)
	}
	// Of a flood, ten lines are written, and then the count of the rest; what is
	// authentic and fails is not drowned.
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
		h := NewHandler(src, func(context.Context, *Event) error { return errors.New("database down") })
		flood := func() {
			for range 1000 {
				r := request(t.Context(), "2", "SEALED a 2")
				r.Header.Set("X-Sig", "forged")
				serve(h, r)
			}
		}
		lines := func() (all, sums int) {
			return strings.Count(out.String(), "\n"), strings.Count(out.String(), "more were not acknowledged")
		}
		flood()
		deliver(t, h, "3", "SEALED a 3")
		if all, sums := lines(); all != logBurst+1 || sums != 0 || !strings.Contains(out.String(), "database down") {
			t.Errorf("%d lines, %d sums:\n%s", all, sums, out.String())
		}
		time.Sleep(logWindow)
		synctest.Wait()
		if all, sums := lines(); all != logBurst+2 || sums != 1 || !strings.Contains(out.String(), "count=990") {
			t.Errorf("%d lines, %d sums:\n%s", all, sums, out.String())
		}
		flood()
		if all, _ := lines(); all != 2*logBurst+2 {
			t.Errorf("%d lines after the window", all)
		}
		time.Sleep(logWindow)
		synctest.Wait()
	})
}

// Every reason to refuse has a hint, and none says what was refused.
func TestHints(t *testing.T) {
	t.Parallel()
	_, src := newToy(WithMaxBody(100), WithPrecheck(func(_ context.Context, req *Request) error {
		if req.Header.Get("X-Sig") == "" {
			return ErrSignature
		}
		return nil
	}))
	for name, c := range map[string]struct {
		change func(*http.Request)
		hint   string
	}{
		"read before": {func(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }, "read the body before"},
		"re-encoded":  {func(r *http.Request) { r.Header.Set("X-Sig", "bad") }, "re-encoded"},
		"no headers":  {func(r *http.Request) { r.Header.Del("X-Sig") }, "dropped the headers"},
		"a clock":     {func(r *http.Request) { r.Header.Set("X-Time", "1600000000") }, "clock"},
		"two types":   {func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("other")); r.ContentLength = 5 }, "one address"},
		"a GET":       {func(r *http.Request) { r.Method = http.MethodGet }, "POST"},
		"too large":   {func(r *http.Request) { r.ContentLength = 101 }, "MaxBody"},
	} {
		var report Report
		h := NewHandler(src, nothing, WithObserver(func(_ context.Context, r Report) { report = r }))
		r := request(t.Context(), "1", "SEALED a 1")
		c.change(r)
		serve(h, r)
		if hint := report.Hint(); !strings.Contains(hint, c.hint) {
			t.Errorf("%s: %v has the hint %q", name, report.Err, hint)
		}
	}
	if hint := (Report{Outcome: OutcomeHandled}).Hint(); hint != "" {
		t.Error(hint)
	}
}

// Receive says what to answer, whatever comes of the callback.
func TestReceive(t *testing.T) {
	t.Parallel()
	_, src := newToy()
	lower := http.Header{"x-sig": {"good"}, "X-NONCE": {"1"}, "x-time": {"1700000000"}}
	event, answer, err := src.Receive(&Request{Header: lower, Body: []byte("SEALED ask 1")})
	if err != nil {
		t.Fatal(err)
	}
	event.Data.(*toyQuestion).Answer = "yes"
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{{nil, 200, "yes"}, {ErrDuplicate, 200, "yes"}, {errors.New("down"), 503, `{"retry":true}`}} {
		if a := answer(c.err); a.Status != c.status || string(a.Body) != c.body {
			t.Errorf("%v: %d %s", c.err, a.Status, a.Body)
		}
	}
	for _, c := range []struct {
		header http.Header
		body   string
		status int
	}{
		{toyHeader("1"), "garbage", 422}, {http.Header{}, "SEALED a 1", 401},
	} {
		event, answer, err := src.Receive(&Request{Header: c.header, Body: []byte(c.body)})
		if event != nil || err == nil {
			t.Fatal(event, err)
		}
		if a := answer(err); a.Status != c.status || len(a.Body) == 0 {
			t.Errorf("%v: %d %s", err, a.Status, a.Body)
		}
		if a := answer(nil); a.Status/100 == 2 {
			t.Error("what was refused is acknowledged")
		}
	}
}
