package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

const (
	unknown     = "[outcome unknown]"
	unavailable = "[unavailable]"
	limited     = "[rate limited]"
	bad         = "[bad response]"
)

// Every safety meets every fault: once, so that a repeat would work, and always.
func TestSafetyAndFault(t *testing.T) {
	t.Parallel()
	type outcome struct{ Read, Keyed, Checked, Once string }
	for _, tt := range []struct {
		fault        string
		once, always outcome // attempts that arrived and result
	}{
		{"dial", outcome{"1 ok", "1 ok", "1 ok", "1 ok"}, outcome{"0 " + unavailable, "0 " + unavailable, "0 " + unavailable, "0 " + unavailable}},
		{"drop", outcome{"2 ok", "2 ok", "1 " + unknown, "1 " + unknown}, outcome{"3 " + unavailable, "3 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"truncate", outcome{"2 ok", "2 ok", "1 " + unknown, "1 " + unknown}, outcome{"3 " + unavailable, "3 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"500", outcome{"2 ok", "2 ok", "1 " + unknown, "1 " + unknown}, outcome{"3 " + unavailable, "3 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"502", outcome{"2 ok", "2 ok", "1 " + unknown, "1 " + unknown}, outcome{"3 " + unavailable, "3 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"408", outcome{"2 ok", "2 ok", "1 " + unknown, "1 " + unknown}, outcome{"3 " + unavailable, "3 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"429", outcome{"2 ok", "2 ok", "2 ok", "1 " + limited}, outcome{"3 " + limited, "3 " + limited, "3 " + limited, "1 " + limited}},
		{"large", outcome{"1 " + bad, "1 " + unknown, "1 " + unknown, "1 " + unknown}, outcome{"1 " + bad, "1 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"redirect", outcome{"1 " + bad, "1 " + unknown, "1 " + unknown, "1 " + unknown}, outcome{"1 " + bad, "1 " + unknown, "1 " + unknown, "1 " + unknown}},
		{"404", outcome{"1 [not found]", "1 [not found]", "1 [not found]", "1 [not found]"}, outcome{"1 [not found]", "1 [not found]", "1 [not found]", "1 [not found]"}},
	} {
		for name, want := range map[string]outcome{"once": tt.once, "always": tt.always} {
			t.Run(tt.fault+" "+name, func(t *testing.T) {
				t.Parallel()
				n := map[string]int{"once": 1, "always": 9}[name]
				got := outcome{meet(t, Read, tt.fault, n), meet(t, Keyed, tt.fault, n), meet(t, Checked, tt.fault, n), meet(t, Once, tt.fault, n)}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// meet sends one call to a platform with n faults and says how many requests
// arrived and how the call ended.
func meet(t *testing.T, safety Safety, fault string, n int) string {
	t.Helper()
	p := newPlatform(t)
	for range n {
		if fault == "dial" {
			p.dials = append(p.dials, errDial)
		} else {
			p.faults = append(p.faults, fault)
		}
	}
	call := newCall(p.URL, safety)
	resp, err := run(t.Context(), newClient(t, p.dialer()), call)
	arrived := p.requests()
	for i, seen := range arrived {
		nonce, body, _ := strings.Cut(seen, " ")
		if nonce == "" || nonce != body || (i > 0 && seen == arrived[i-1]) {
			t.Errorf("%v: attempt %d carries %q: not sealed anew", safety, i+1, seen)
		}
	}
	var e *issuing.Error
	if errors.As(err, &e) {
		if e.Provider != "acme" || e.Op != "Cards.Deposit" || e.Key != "order-1" || e.RequestID == "" || strings.Contains(err.Error(), "127.0.0.1/") {
			t.Errorf("%v: %+v", safety, e)
		}
		if fault != "dial" && e.Attempts != len(arrived) || fault == "dial" && e.Attempts != 3 {
			t.Errorf("%v: %d attempts in the error, %d arrived", safety, e.Attempts, len(arrived))
		}
		switch fault {
		case "large":
			if !errors.Is(err, issuing.ErrTooLarge) {
				t.Errorf("%v: %v does not say that the answer is too large", safety, err)
			}
		case "redirect":
			if !errors.Is(err, issuing.ErrRedirected) {
				t.Errorf("%v: %v does not say redirect", safety, err)
			}
		}
		if strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%v: %q is not one line", safety, err)
		}
	} else if err == nil && (string(resp.Body) != "ok" || resp.Judgement != Final || call.Progress.Maybe != (fault != "dial" && fault != "429")) {
		t.Errorf("%v: %+v", safety, resp)
	}
	return fmt.Sprint(len(arrived), " ", kindName(t, err))
}

// A redirect must reach no other host, with or without Location, and whatever
// the merchant's own client would do.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := newPlatform(t)
	for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
		for _, location := range []string{other.URL + "/x", "/elsewhere", "", ":bad\x7f"} {
			sent := 0
			hc := &http.Client{
				CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
				Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					sent++
					if r.Host != "card.example" {
						t.Errorf("%d %q: a request for %s", status, location, r.Host)
					}
					return answer(status, "moved", "Location", location), nil
				}),
			}
			resp, err := run(t.Context(), newClient(t, nil, issuing.WithHTTPClient(hc)), newCall("https://card.example/pay", Keyed))
			if sent != 1 || resp == nil || resp.Status != status || !errors.Is(err, issuing.ErrRedirected) || kindName(t, err) != unknown {
				t.Errorf("%d %q: %d requests, %+v, %v", status, location, sent, resp, err)
			}
		}
	}
	if seen := other.requests(); len(seen) != 0 {
		t.Errorf("the other host got %q", seen)
	}
}

// Without net/http's tracing, only an error of dialling proves that nothing was
// sent.
func TestCustomRoundTripperErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err   error
		sends int
		kind  string
	}{
		"dial":          {errDial, 3, unavailable},
		"wrapped dial":  {fmt.Errorf("proxy: %w", errDial), 3, unavailable},
		"no such host":  {&net.DNSError{Err: "no such host", Name: "card.example"}, 3, unavailable},
		"read":          {&net.OpError{Op: "read", Err: errors.New("reset")}, 1, unknown},
		"write":         {&net.OpError{Op: "write", Err: errors.New("reset")}, 1, unknown},
		"anything else": {errors.New("boom"), 1, unknown},
		"EOF":           {io.EOF, 1, unknown},
		"a kind":        {&issuing.Error{Kind: issuing.ErrDeclined, Code: fmt.Errorf("code")}, 1, unknown},
	} {
		sends := 0
		rt := roundTripper(func(*http.Request) (*http.Response, error) { sends++; return nil, tt.err })
		_, err := run(t.Context(), newClient(t, rt), newCall("https://card.example/pay", Once))
		if sends != tt.sends || kindName(t, err) != tt.kind {
			t.Errorf("%s: sent %d times, %v; want %d times, %s", name, sends, err, tt.sends, tt.kind)
		}
		if err != nil && strings.Contains(err.Error(), "https://") {
			t.Errorf("%s: the error shows the URL: %v", name, err)
		}
	}
}

// net/http repeats requests without a body on its own when a kept connection
// turns out to be closed. A write must not be among them.
func TestNetHTTPDoesNotRepeatWrites(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete, http.MethodPut} {
		for _, key := range []string{"", "Idempotency-Key", "X-Idempotency-Key"} {
			p := newPlatform(t)
			c := newClient(t, p.dialer(), issuing.WithMaxAttempts(1))
			call := newCall(p.URL, Once)
			call.Method = method
			call.Seal = emptySeal(key)
			if _, err := run(t.Context(), c, call); err != nil {
				t.Fatal(err)
			}
			p.mu.Lock()
			p.faults = []string{"drop", ""}
			p.mu.Unlock()
			_, err := run(t.Context(), c, call)
			if n := len(p.requests()); n != 2 || kindName(t, err) != unknown {
				t.Errorf("%s with %q: %d requests for two calls, the second ended with %v", method, key, n, err)
			}
		}
	}
}
