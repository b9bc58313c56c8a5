package coshine_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestInboundContainsPanics: a panic of Authenticate refuses, one of Observe
// leaves the answer as it is. Authenticate has a deadline as well.
func TestInboundContainsPanics(t *testing.T) {
	t.Parallel()
	fn := decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil })
	handler := handlerOf(t, coshine.CallbackConfig{}, fn, webhook.WithObserver(func(context.Context, webhook.Report) { panic("observer") }))
	if w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}"); !strings.Contains(w.Body.String(), `"responseCode":"00"`) {
		t.Errorf("observer: %d %s", w.Code, w.Body)
	}
	handler = handlerOf(t, coshine.CallbackConfig{Authenticate: func(context.Context, issuing.Secret) error { panic("keys") }}, fn)
	if w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}"); w.Code != http.StatusForbidden {
		t.Errorf("authenticate: %d %s", w.Code, w.Body)
	}
	synctest.Test(t, func(t *testing.T) {
		handler := handlerOf(t, coshine.CallbackConfig{Now: time.Now, Authenticate: func(ctx context.Context, _ issuing.Secret) error {
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			return ctx.Err()
		}}, fn)
		start := time.Now()
		if w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}"); w.Code != http.StatusForbidden || time.Since(start) != coshine.DefaultCallbackDeadline {
			t.Errorf("hanging: %d after %v", w.Code, time.Since(start))
		}
	})
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
			handler := handlerOf(t, coshine.CallbackConfig{Now: time.Now, Authenticate: func(context.Context, issuing.Secret) error {
				time.Sleep(c.authenticate)
				return nil
			}}, decideBy(func(context.Context) (coshine.Answer, error) {
				called.Add(1)
				time.Sleep(c.function)
				return coshine.Approve(), nil
			}))
			w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}")
			if !strings.Contains(w.Body.String(), `"responseCode":"`+c.code+`"`) || called.Load() != c.called {
				t.Errorf("%v, %v: %d calls, %s", c.authenticate, c.function, called.Load(), w.Body)
			}
			time.Sleep(time.Minute) // of the bubble's time: a late function ends
		})
	}
}

// TestCallbackConfigIsCopied: what the caller does to his settings afterwards
// does not reach the source.
func TestCallbackConfigIsCopied(t *testing.T) {
	t.Parallel()
	platform := startServer(t, coshinetest.Config{OAuth: true})
	jwe := platform.InboundJWE()
	handler := handlerOf(t, coshine.CallbackConfig{JWE: jwe}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
	body, err := jose.SealJWE(jwe.DecryptionKey.Public(), "", jwe.Serialization, []byte("{"+inboundHeader+"}"))
	if err != nil {
		t.Fatal(err)
	}
	*jwe = coshine.JWE{}
	if w := post(handler, coshine.APIAuthorization, body); w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

// TestInboundBrokenBody: a body that breaks off is no body that is too large.
func TestInboundBrokenBody(t *testing.T) {
	t.Parallel()
	handler := handlerOf(t, coshine.CallbackConfig{}, decideBy(func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }))
	w := httptest.NewRecorder()
	at(coshine.APIAuthorization, handler).ServeHTTP(w, authentic(errorReader{io.ErrUnexpectedEOF}))
	if w.Code != http.StatusBadRequest {
		t.Errorf("status %d", w.Code)
	}
}

// TestInboundCredentialComesFirst: nobody makes the issuer read a body, or open
// it, without a credential and a time.
func TestInboundCredentialComesFirst(t *testing.T) {
	t.Parallel()
	handler := handlerOf(t, coshine.CallbackConfig{MaxAge: time.Minute}, decideBy(nil))
	for name, change := range map[string]func(*http.Request){
		"no credential":    func(r *http.Request) { r.Header.Del("Authorization") },
		"wrong credential": func(r *http.Request) { r.Header.Set("Authorization", "Bearer guess") },
		"old timestamp":    func(r *http.Request) { r.Header.Set("timestamp", "1776666000") },
		"unknown":          func(r *http.Request) { r.SetPathValue("type", "LoadFund") },
	} {
		body := &touched{}
		r := authentic(body)
		r.SetPathValue("type", string(coshine.APIAuthorization))
		change(r)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if body.reads != 0 || w.Code < 400 {
			t.Errorf("%s: status %d after %d reads", name, w.Code, body.reads)
		}
	}
}

// touched counts how often it is read.
type touched struct{ reads int }

func (b *touched) Read([]byte) (int, error) {
	b.reads++
	return 0, io.EOF
}

// TestInboundReports: what an observer learns, and what is answered, of requests
// that were not simply approved.
func TestInboundReports(t *testing.T) {
	t.Parallel()
	unavailable := func(context.Context, issuing.Secret) error { return &issuing.Error{Kind: issuing.ErrUnavailable} }
	later := func(context.Context) (coshine.Answer, error) {
		time.Sleep(2 * time.Second)
		return coshine.Approve(), nil
	}
	repeated := func(answer coshine.Answer) func(context.Context) (coshine.Answer, error) {
		return func(context.Context) (coshine.Answer, error) { return answer, webhook.ErrDuplicate }
	}
	panicky := coshine.Answer{Code: "00", Extra: coshine.Extra{"balance": panicking{}}}
	echoed := "{" + inboundHeader + `,"responseCode":"`
	for name, c := range map[string]struct {
		cfg    coshine.CallbackConfig
		fns    coshine.Functions
		body   string
		answer string   // the beginning of its body
		want   []string // reports
	}{
		"no function": {fns: coshine.Functions{}, answer: "Not Found", want: []string{"failed 404 "}},
		"other participant": {
			cfg: coshine.CallbackConfig{ParticipantID: "1"}, fns: decideBy(later), answer: echoed + "01", want: []string{"refused 200 01"},
		},
		"keys not to be had": {
			cfg: coshine.CallbackConfig{Authenticate: unavailable}, fns: decideBy(later), answer: "Service Unavailable", want: []string{"failed 503 "},
		},
		"late": {fns: decideBy(later), answer: echoed + "99", want: []string{"late 200 99", "overtime 0 00"}},
		"late in the webhook form": {
			fns:  coshine.Functions{SendOTP: func(ctx context.Context, _ *coshine.SendOTPRequest) (coshine.Answer, error) { return later(ctx) }},
			body: `{"acsTransId":"a"}`, answer: `{"returnCode":"99"}`, want: []string{"late 200 99", "overtime 0 00"},
		},
		"repeat with the first answer": {fns: decideBy(repeated(coshine.Approve())), answer: echoed + "00", want: []string{"duplicate 200 00"}},
		"repeat without an answer":     {fns: decideBy(repeated(coshine.Answer{})), answer: echoed + "99", want: []string{"duplicate 200 99"}},
		"panic in an extra field": {
			fns:    decideBy(func(context.Context) (coshine.Answer, error) { return panicky, nil }),
			answer: echoed + "99", want: []string{"failed 200 99"},
		},
		"no JSON": {fns: decideBy(later), body: "[]", answer: "Bad Request", want: []string{"refused 400 "}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var got []string
			observe := webhook.WithObserver(func(_ context.Context, r webhook.Report) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, fmt.Sprintf("%s %d %s", r.Outcome, r.Status, r.Code))
			})
			c.cfg.Now = time.Now
			api := coshine.APIAuthorization
			if c.fns.SendOTP != nil {
				api = coshine.APISendOTP
			}
			w := post(handlerOf(t, c.cfg, c.fns, observe), api, cmp.Or(c.body, "{"+inboundHeader+"}"))
			time.Sleep(time.Minute) // of the bubble's time: a late function ends
			mu.Lock()
			defer mu.Unlock()
			if !strings.HasPrefix(w.Body.String(), c.answer) || !slices.Equal(got, c.want) {
				t.Errorf("%s: %s, reports %q", name, w.Body, got)
			}
		})
	}
}

// panicking is a value of a merchant's that cannot be encoded.
type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("encoder") }

// TestInboundWithoutFunctions: a function of another kind cannot approve.
func TestInboundWithoutFunctions(t *testing.T) {
	t.Parallel()
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{inboundToken}, Now: func() time.Time { return epoch }})
	if err != nil {
		t.Fatal(err)
	}
	var report webhook.Report
	handler := webhook.NewHandler(src, func(context.Context, *webhook.Event) error { return nil },
		webhook.WithObserver(func(_ context.Context, r webhook.Report) { report = r }))
	w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}")
	if !strings.Contains(w.Body.String(), `"responseCode":"99"`) || report.Err == nil || report.Code != "99" {
		t.Errorf("%s, %+v", w.Body, report)
	}
	if err := (coshine.Functions{}).Handle(t.Context(), &webhook.Event{Data: &webhook.Unknown{}}); err == nil {
		t.Error("an event of another source is answered")
	}
}

// TestInboundRepeatsReachTheFunction: a repeat needs its answer as well, and has
// the first one's keys.
func TestInboundRepeatsReachTheFunction(t *testing.T) {
	t.Parallel()
	var keys []string
	fns := coshine.Functions{SendOTP: func(_ context.Context, r *coshine.SendOTPRequest) (coshine.Answer, error) {
		keys = append(keys, r.DedupeKey())
		return coshine.Approve(), nil
	}}
	const body = `{"acsTransId":"a-1","verifyCode":"493817"}`
	send := func(secret, token, body string) {
		handler := handlerOf(t, coshine.CallbackConfig{
			DedupeSecret: issuing.NewSecret(secret), Authenticate: func(context.Context, issuing.Secret) error { return nil },
		}, fns)
		r := authentic(strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		at(coshine.APISendOTP, handler).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	for _, c := range []struct{ secret, token, body string }{
		{"", "1", body}, {"", "1", body}, {"", "2", body}, {"own", "1", body}, {"own", "2", body}, {"own", "2", strings.Replace(body, "7", "8", 1)},
	} {
		send(c.secret, c.token, c.body)
	}
	if len(keys) != 6 || keys[0] != keys[1] || keys[1] == keys[2] || keys[3] != keys[4] || keys[4] == keys[5] || keys[0] == keys[3] {
		t.Errorf("%q", keys)
	}
	if sum := sha256.Sum256([]byte(body)); strings.Contains(keys[0], hex.EncodeToString(sum[:])) {
		t.Error("the key gives the password away")
	}
}

// TestInboundKeysOutliveAToken: while two static tokens are valid, a repeat under the
// other one has the first one's key, in every process with the same tokens.
func TestInboundKeysOutliveAToken(t *testing.T) {
	t.Parallel()
	const body = `{"acsTransId":"a-1","verifyCode":"493817"}`
	key := func(authorization string, tokens ...issuing.Secret) string {
		src, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: tokens, Now: func() time.Time { return epoch }})
		if err != nil {
			t.Fatal(err)
		}
		header := authentic(nil).Header
		header.Set("Authorization", authorization)
		event, err := src.ForType(string(coshine.APISendOTP)).Parse(header, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return event.ID
	}
	former, other := issuing.NewSecret("former-token"), issuing.NewSecret("other-token")
	first := key("Bearer former-token", former, inboundToken)
	for _, authorization := range []string{"Bearer inbound-token", "bearer former-token", "Bearer  former-token"} {
		if again := key(authorization, former, inboundToken); again != first {
			t.Errorf("%s: %s, want %s", authorization, again, first)
		}
	}
	if key("Bearer inbound-token", other, inboundToken) == first {
		t.Error("the key does not depend on the credentials")
	}
}

// TestInboundIsParsed: what came another way than HTTP.
func TestInboundIsParsed(t *testing.T) {
	t.Parallel()
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{
		Tokens: []issuing.Secret{inboundToken}, ParticipantID: "100000", Now: func() time.Time { return epoch },
	})
	if err != nil {
		t.Fatal(err)
	}
	header, body := authentic(nil).Header, "{"+inboundHeader+"}"
	event, err := src.ForType(string(coshine.APIClearing)).Parse(header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := event.Data.(*coshine.ClearingRequest); !ok || event.ID != "IN1" || !event.Time.Equal(epoch) || !event.Question || event.Type != "Clearing" {
		t.Errorf("%+v", event)
	}
	_, err = src.ForType(string(coshine.APIClearing)).Parse(header, []byte(strings.Replace(body, "100000", "100001", 1)))
	if !errors.Is(err, webhook.ErrPayload) || !errors.Is(err, coshine.CodeInvalidParticipant) {
		t.Errorf("another participant: %v", err)
	}
	if _, err := src.Parse(header, []byte(body)); err == nil {
		t.Error("parsed without a type")
	}
	header.Set("Authorization", "Bearer guess")
	if _, err := src.ForType(string(coshine.APIClearing)).Parse(header, []byte(body)); !errors.Is(err, webhook.ErrUnknownKey) {
		t.Errorf("another token: %v", err)
	}
}

// TestInboundEncryptedAnswers: where bodies are encrypted, plain ones are refused
// and refusals of the function are encrypted as well.
func TestInboundEncryptedAnswers(t *testing.T) {
	t.Parallel()
	jwe := startServer(t, coshinetest.Config{OAuth: true}).InboundJWE()
	own := newRSAKey(t, 2048) // EastPay's half, to read the answers
	jwe.PlatformKey = own.Public()
	handler := handlerOf(t, coshine.CallbackConfig{JWE: jwe}, decideBy(func(context.Context) (coshine.Answer, error) {
		return coshine.Approve(), coshine.CodeInvalidCardStatus
	}))
	if w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}"); w.Code != http.StatusBadRequest {
		t.Errorf("a plain body: status %d", w.Code)
	}
	body, err := jose.SealJWE(jwe.DecryptionKey.Public(), "", jwe.Serialization, []byte("{"+inboundHeader+"}"))
	if err != nil {
		t.Fatal(err)
	}
	w := post(handler, coshine.APIAuthorization, body)
	plain, err := jose.OpenJWE(own, jwe.Serialization, w.Body.String())
	if err != nil || !strings.Contains(string(plain), `"responseCode":"03"`) || w.Header().Get("Content-Type") != coshine.DefaultBodyContentType {
		t.Errorf("%s, %v", plain, err)
	}
}

// TestAnswersPrintNoSecret: the answer travels in the request, which may be
// logged.
func TestAnswersPrintNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "4929420573595709"
	event := &webhook.Event{Data: new(coshine.RemoteBalanceRequest)}
	err := coshine.Functions{BalanceInquiry: func(context.Context, *coshine.RemoteBalanceRequest) (coshine.Answer, error) {
		return coshine.Answer{Code: "00", Extra: coshine.Extra{"pan": issuing.NewSecret(secret)}}, nil
	}}.Handle(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	leaktest.Check(t, []string{secret}, event.Data)
}
