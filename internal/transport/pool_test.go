package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// replaceDefault sets http.DefaultTransport for the test, which must not run in
// parallel with others.
func replaceDefault(t *testing.T, rt http.RoundTripper) {
	t.Helper()
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	http.DefaultTransport = rt
}

// http.DefaultTransport is taken when a call is made: replaced, wrapped, replaced
// by one of net/http's own kind, and put back.
func TestDefaultTransportOfTheMoment(t *testing.T) {
	p := newPlatform(t)
	for _, opts := range [][]issuing.Option{nil, {issuing.WithHTTPClient(&http.Client{Timeout: time.Minute})}} {
		settings, err := issuing.NewSettings(opts...)
		if err != nil {
			t.Fatal(err)
		}
		c := New("acme", settings)
		original, seen, dials := http.DefaultTransport, 0, 0
		wrapped := roundTripper(func(r *http.Request) (*http.Response, error) { seen++; return original.RoundTrip(r) })
		dialing := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials++
			return new(net.Dialer).DialContext(ctx, network, address)
		}}
		for i, step := range []struct {
			name        string
			set         http.RoundTripper
			seen, dials int
		}{
			{"as it was", original, 0, 0}, {"wrapped", wrapped, 1, 0}, {"another of its kind", dialing, 1, 1},
			{"still that one", dialing, 1, 1}, {"as it was again", original, 1, 1},
		} {
			replaceDefault(t, step.set)
			if _, err := run(t.Context(), c, newCall(p.URL, Read)); err != nil {
				t.Fatal(err)
			}
			if seen != step.seen || dials != step.dials {
				t.Errorf("step %d, %s: the wrapper saw %d requests, the dialer %d", i+1, step.name, seen, dials)
			}
		}
	}
}

// A copy keeps the settings, and a number of idle connections that somebody set.
func TestPoolKeepsSettings(t *testing.T) {
	var own pool
	for set, want := range map[int]int{0: maxIdlePerHost, 7: 7, -1: -1} {
		source := &http.Transport{
			MaxIdleConnsPerHost: set, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 3 * time.Second,
			ResponseHeaderTimeout: 4 * time.Second, IdleConnTimeout: 5 * time.Second, DisableCompression: true,
			Proxy: http.ProxyFromEnvironment,
		}
		replaceDefault(t, source)
		got, ok := own.transport().(*http.Transport)
		if !ok || got == source || got.MaxIdleConnsPerHost != want || source.MaxIdleConnsPerHost != set {
			t.Fatalf("%d: %T with %d", set, got, got.MaxIdleConnsPerHost)
		}
		if !got.ForceAttemptHTTP2 || got.TLSHandshakeTimeout != 3*time.Second || got.ResponseHeaderTimeout != 4*time.Second ||
			got.IdleConnTimeout != 5*time.Second || !got.DisableCompression || got.Proxy == nil {
			t.Errorf("settings are lost: %+v", got)
		}
		if again := own.transport(); again != got {
			t.Error("a copy for every call keeps no connections")
		}
	}
}

// A copy speaks HTTP/2 where its source would.
func TestPoolSpeaksHTTP2(t *testing.T) {
	url, rt, requests := http2Server(t, 0, nil)
	replaceDefault(t, rt)
	settings, err := issuing.NewSettings()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run(t.Context(), New("acme", settings), newCall(url, Once)); err != nil || requests.Load() != 1 {
		t.Errorf("%d requests, %v", requests.Load(), err)
	}
	for name, tt := range map[string]struct {
		source *http.Transport
		want   bool
	}{
		"by itself":                  {&http.Transport{}, true},
		"not with a TLS config":      {&http.Transport{TLSClientConfig: &tls.Config{}}, false},
		"not with a dialler":         {&http.Transport{DialContext: new(net.Dialer).DialContext}, false},
		"with a dialler, when asked": {&http.Transport{DialContext: new(net.Dialer).DialContext, ForceAttemptHTTP2: true}, true},
	} {
		var own pool
		replaceDefault(t, tt.source)
		if got, ok := own.transport().(*http.Transport); !ok || got.ForceAttemptHTTP2 != tt.want || got.DialContext == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A client's own transport is used whatever http.DefaultTransport is.
func TestOwnTransport(t *testing.T) {
	replaceDefault(t, roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("sent through http.DefaultTransport")
		return answer(200, "ok"), nil
	}))
	own := 0
	c := newClient(t, roundTripper(func(*http.Request) (*http.Response, error) { own++; return answer(200, "ok"), nil }))
	if _, err := run(t.Context(), c, newCall("https://card.example", Once)); err != nil || own != 1 {
		t.Errorf("%d requests, %v", own, err)
	}
}
