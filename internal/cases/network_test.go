package cases

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

const okAnswer = `{"code":0,"data":{"a":1}}`

// writeOnce carries out an operation that must not run twice, at an address.
func writeOnce(t *testing.T, url string, rt http.RoundTripper, opts ...issuing.Option) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	var out map[string]any
	return worldCardAt(t, url, rt, opts...).Do(ctx, "/x", map[string]any{"a": 1}, &out)
}

// What provably never left is told as such, without the proxy's credentials.
func TestNeverLeft(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-pw"
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	foreign := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, okAnswer) }))
	foreign.Config.ErrorLog = quiet
	foreign.StartTLS()
	t.Cleanup(foreign.Close)
	through := func(host string) *http.Transport {
		u := &url.URL{Scheme: "http", Host: host, User: url.UserPassword("merchant", password)}
		return &http.Transport{Proxy: http.ProxyURL(u)}
	}
	nameless := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "platform.example", IsNotFound: true}}
	}}
	for _, tt := range []struct {
		name, url string
		transport *http.Transport
	}{
		{"the proxy refuses", base, through(proxy.Listener.Addr().String())},
		{"the proxy is dead", base, through("127.0.0.1:1")},
		{"the name is unknown", base, nameless},
		{"the authority is unknown", foreign.URL, &http.Transport{}},
	} {
		hold(t, tt.name, "", func(t *testing.T) error {
			t.Cleanup(tt.transport.CloseIdleConnections)
			err := writeOnce(t, tt.url, tt.transport)
			return errors.Join(kind(err, issuing.ErrUnavailable), without(err, password))
		})
	}
}

// A certificate that the client does not have is told, which in TLS 1.3 happens
// after the request; nothing is carried out.
func TestClientCertificateMissing(t *testing.T) {
	t.Parallel()
	var handled atomic.Int64
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		handled.Add(1)
		fmt.Fprint(w, okAnswer)
	}))
	ts.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	ts.Config.ErrorLog = quiet
	ts.StartTLS()
	t.Cleanup(ts.Close)
	pool := x509.NewCertPool()
	pool.AddCert(ts.Certificate())
	hold(t, "told, and not carried out", "", func(t *testing.T) error {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
		t.Cleanup(transport.CloseIdleConnections)
		err := writeOnce(t, ts.URL, transport)
		return errors.Join(refused(err), is("requests", handled.Load(), 0))
	})
}

// dying answers the first request of a connection, and ends without an answer to
// the second.
func dying(t *testing.T) (url string, requests *atomic.Int64) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	requests = new(atomic.Int64)
	answer := func(c net.Conn) {
		defer c.Close()
		for br := bufio.NewReader(c); ; {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			if requests.Add(1) == 2 {
				return
			}
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(okAnswer), okAnswer)
		}
	}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go answer(c)
		}
	}()
	return "http://" + ln.Addr().String(), requests
}

// A kept connection dies after a request that may have been carried out.
func TestKeptConnectionDies(t *testing.T) {
	t.Parallel()
	hold(t, "one request, outcome unknown", "", func(t *testing.T) error {
		url, requests := dying(t)
		transport := &http.Transport{}
		t.Cleanup(transport.CloseIdleConnections)
		first := writeOnce(t, url, transport)
		second := writeOnce(t, url, transport)
		return errors.Join(kind(first, nil), kind(second, issuing.ErrOutcomeUnknown), is("requests", requests.Load(), 2))
	})
}

// A wait that the platform asks for in an absurd form does not hold a call, nor
// make it give up.
func TestRetryAfterForms(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"-5", "0", "1e3", "Mon, 02 Jan 2006 15:04:05 GMT", "Fri, 31 Dec 2999 23:59:59 GMT", "99999999999999999999", "3, 5", "",
	} {
		hold(t, "Retry-After "+text, "", func(t *testing.T) (err error) {
			synctest.Test(t, func(t *testing.T) {
				attempts, begun := 0, time.Now()
				busy := waits{platform(func(*http.Request, []byte) (int, string) {
					attempts++
					return http.StatusTooManyRequests, `{"code":429,"message":"slow"}`
				}), text}
				_, refusal := legacyClient(t, busy, issuing.WithMaxAttempts(3)).Cards.DepositByKey(t.Context(), "1")
				err = errors.Join(kind(refusal, issuing.ErrRateLimited), is("attempts", attempts, 3),
					is("slow", time.Since(begun) > time.Second, false))
			})
			return err
		})
	}
}

// waits adds a Retry-After to answers.
type waits struct {
	next http.RoundTripper
	text string
}

// RoundTrip implements http.RoundTripper.
func (w waits) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(r)
	if err == nil {
		resp.Header.Set("Retry-After", w.text)
	}
	return resp, err
}

// A write is not sent to where a redirect points.
func TestRedirectOfWrite(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		hold(t, fmt.Sprint(status), "", func(t *testing.T) error {
			var elsewhere atomic.Int64
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				elsewhere.Add(1)
				fmt.Fprint(w, okAnswer)
			}))
			t.Cleanup(other.Close)
			from := httptest.NewServer(http.RedirectHandler(other.URL, status))
			t.Cleanup(from.Close)
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			err := writeOnce(t, from.URL, transport)
			return errors.Join(refused(err), is("requests elsewhere", elsewhere.Load(), 0))
		})
	}
}
