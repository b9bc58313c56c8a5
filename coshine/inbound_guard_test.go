package coshine_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// TestInboundContainsPanics: a panic of Authenticate refuses, one of Observe
// leaves the answer as it is. Authenticate has a deadline as well.
func TestInboundContainsPanics(t *testing.T) {
	t.Parallel()
	fn := decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil })
	receiver := receiverOf(t, coshine.ReceiverConfig{Observe: func(context.Context, coshine.InboundReport) { panic("observer") }}, fn)
	if w := post(receiver, coshine.APIAuthorization, "{"+inboundHeader+"}"); !strings.Contains(w.Body.String(), `"responseCode":"00"`) {
		t.Errorf("observer: %d %s", w.Code, w.Body)
	}
	receiver = receiverOf(t, coshine.ReceiverConfig{Authenticate: func(context.Context, issuing.Secret) error { panic("keys") }}, fn)
	if w := post(receiver, coshine.APIAuthorization, "{"+inboundHeader+"}"); w.Code != http.StatusForbidden {
		t.Errorf("authenticate: %d %s", w.Code, w.Body)
	}
	synctest.Test(t, func(t *testing.T) {
		receiver := receiverOf(t, coshine.ReceiverConfig{Now: time.Now, Authenticate: func(ctx context.Context, _ issuing.Secret) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			return ctx.Err()
		}}, fn)
		start := time.Now()
		if w := post(receiver, coshine.APIAuthorization, "{"+inboundHeader+"}"); w.Code != http.StatusForbidden || time.Since(start) != coshine.DefaultDeadline {
			t.Errorf("hanging: %d after %v", w.Code, time.Since(start))
		}
	})
}

// TestSlowObserverDelaysNoAnswer: the observer waits here for the answer to
// arrive, which it must not hold back.
func TestSlowObserverDelaysNoAnswer(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	receiver := receiverOf(t, coshine.ReceiverConfig{Observe: func(ctx context.Context, _ coshine.InboundReport) {
		select {
		case <-arrived:
		case <-ctx.Done():
		}
	}}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
	server := httptest.NewServer(receiver.Handler(coshine.APIAuthorization))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader("{"+inboundHeader+"}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+inboundToken.Reveal())
	req.Header.Set("timestamp", "1776666652")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	close(arrived)
	if err != nil || !strings.Contains(string(body), `"responseCode":"00"`) {
		t.Errorf("%s, %v", body, err)
	}
}

// TestInboundDeadlineIsOne: the time that Authenticate takes is the function's
// no more, and a function is not called when none is left.
func TestInboundDeadlineIsOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		authenticate, function time.Duration
		called                 int64
		code                   string
	}{
		{time.Second, 400 * time.Millisecond, 1, "00"}, {time.Second, time.Second, 1, "99"}, {2 * time.Second, 0, 0, "99"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var called atomic.Int64
			receiver := receiverOf(t, coshine.ReceiverConfig{Now: time.Now, Authenticate: func(context.Context, issuing.Secret) error {
				time.Sleep(c.authenticate)
				return nil
			}}, decideBy(func(context.Context) (coshine.Answer, error) {
				called.Add(1)
				time.Sleep(c.function)
				return coshine.Approve(), nil
			}))
			w := post(receiver, coshine.APIAuthorization, "{"+inboundHeader+"}")
			if !strings.Contains(w.Body.String(), `"responseCode":"`+c.code+`"`) || called.Load() != c.called {
				t.Errorf("%v, %v: %d calls, %s", c.authenticate, c.function, called.Load(), w.Body)
			}
			time.Sleep(time.Minute) // of the bubble's time: a late function ends
		})
	}
}

// TestReceiverConfigIsCopied: what the caller does to his settings afterwards
// does not reach the receiver.
func TestReceiverConfigIsCopied(t *testing.T) {
	t.Parallel()
	platform := startServer(t, coshinetest.Config{OAuth: true})
	jwe := platform.InboundJWE()
	receiver := receiverOf(t, coshine.ReceiverConfig{JWE: jwe}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
	body, err := jose.SealJWE(jwe.DecryptionKey.Public(), "", jwe.Serialization, []byte("{"+inboundHeader+"}"))
	if err != nil {
		t.Fatal(err)
	}
	*jwe = coshine.InboundJWE{}
	if w := post(receiver, coshine.APIAuthorization, body); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

// TestInboundBrokenBody: a body that breaks off is no body that is too large.
func TestInboundBrokenBody(t *testing.T) {
	t.Parallel()
	receiver := receiverOf(t, coshine.ReceiverConfig{}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
	r := httptest.NewRequest(http.MethodPost, "/", errorReader{io.ErrUnexpectedEOF})
	r.Header.Set("Authorization", "Bearer "+inboundToken.Reveal())
	r.Header.Set("timestamp", "1776666652")
	w := httptest.NewRecorder()
	receiver.Handler(coshine.APIAuthorization).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest {
		t.Errorf("status %d", w.Code)
	}
}
