package callbacks

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// shop is a merchant, and the platform's side of its callbacks.
type shop struct {
	source *webhook.Source
	aes    sign.AESKey
	sign   worldcardtest.CallbackConfig
	got    []*worldcard.HolderChallenged
	fails  error
}

func open(t *testing.T) *shop {
	t.Helper()
	raw, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{}
	if s.aes, err = sign.NewAESKey(bytes.Repeat([]byte{7}, 32)); err != nil {
		t.Fatal(err)
	}
	s.sign = worldcardtest.CallbackConfig{Key: key, AESKey: s.aes}
	s.source, err = worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{key.Public()}, AESKey: s.aes,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// book is what the merchant does.
func (s *shop) book(_ context.Context, event *webhook.Event) error {
	if s.fails != nil {
		return s.fails
	}
	if challenged, ok := event.Data.(*worldcard.HolderChallenged); ok {
		s.got = append(s.got, challenged)
	}
	return nil
}

// request is a callback to the address that the platform knows.
func (s *shop) request(t *testing.T) *http.Request {
	t.Helper()
	r, err := worldcardtest.NewCallback(s.sign, &worldcard.HolderChallenged{
		CardID: "1900000000000000001", OTP: issuing.NewSecret("135790"),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Path = "/callbacks/worldcard/" + worldcard.EventHolderChallenged
	return r
}

// server serves a shop's callbacks behind one framework.
func server(name string, s *shop) http.Handler {
	handler := webhook.NewHandler(s.source, s.book, webhook.WithObserver(func(context.Context, webhook.Report) {}))
	switch name {
	case "chi":
		router := chi.NewRouter()
		onChi(router, handler)
		return router
	case "gin":
		gin.SetMode(gin.TestMode)
		router := gin.New()
		onGin(router, handler)
		return router
	case "echo":
		router := echo.New()
		onEcho(router, handler)
		return router
	}
	mux := http.NewServeMux()
	mux.Handle("POST /callbacks/worldcard/{type}", onAnything(s.source, s.book))
	return mux
}

// TestFrameworks: behind each, a callback arrives with its secret and is acknowledged, one
// that fails is sent again, and one whose body was changed is refused.
func TestFrameworks(t *testing.T) {
	for _, name := range []string{"chi", "gin", "echo", "anything"} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			behind := server(name, s)
			send := func(r *http.Request) (int, string) {
				w := httptest.NewRecorder()
				behind.ServeHTTP(w, r)
				return w.Code, w.Body.String()
			}
			s.fails = errors.New("the database is away")
			if code, _ := send(s.request(t)); code != http.StatusServiceUnavailable || len(s.got) != 0 {
				t.Errorf("a failure is answered %d", code)
			}
			s.fails = nil
			code, body := send(s.request(t))
			if code != http.StatusOK || body != "ok" || len(s.got) != 1 || s.got[0].OTP.Reveal() != "135790" {
				t.Errorf("status %d, %q, %d events", code, body, len(s.got))
			}
			changed := s.request(t)
			text, err := io.ReadAll(changed.Body)
			if err != nil {
				t.Fatal(err)
			}
			changed.Body = io.NopCloser(bytes.NewReader(append(text, ' ')))
			if code, _ := send(changed); code != http.StatusUnauthorized || len(s.got) != 1 {
				t.Errorf("a changed body is answered %d", code)
			}
		})
	}
}

// TestGateway: a gateway changes the case of header names and the form of the body.
func TestGateway(t *testing.T) {
	s := open(t)
	lambda := onGateway(webhook.NewHandler(s.source, s.book))
	for _, encoded := range []bool{false, true} {
		r := s.request(t)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		in := events.APIGatewayV2HTTPRequest{
			RawPath: r.URL.Path, Headers: map[string]string{}, Body: string(body), IsBase64Encoded: encoded,
			PathParameters: map[string]string{"type": worldcard.EventHolderChallenged},
		}
		for name := range r.Header {
			in.Headers[string(bytes.ToLower([]byte(name)))] = r.Header.Get(name)
		}
		if encoded {
			in.Body = base64.StdEncoding.EncodeToString(body)
		}
		in.RequestContext.HTTP.Method = http.MethodPost
		out, err := lambda(t.Context(), in)
		if err != nil || out.StatusCode != http.StatusOK || out.Body != "ok" {
			t.Errorf("encoded %v: %+v, %v", encoded, out, err)
		}
		in.Headers["x-signature"] = "AAAA"
		if out, _ = lambda(t.Context(), in); out.StatusCode != http.StatusUnauthorized {
			t.Errorf("a false signature is answered %d", out.StatusCode)
		}
	}
}

// TestGatewayAnswers: the headers of an answer, of which one may be its signature, are where
// format 2.0 looks for them.
func TestGatewayAnswers(t *testing.T) {
	out := gatewayAnswer(webhook.Answer{
		Status: http.StatusOK, Header: http.Header{"X-Signature": {"s"}, "Vary": {"a", "b"}}, Body: []byte("{}"),
	})
	want := map[string]string{"X-Signature": "s", "Vary": "a,b"}
	if out.StatusCode != http.StatusOK || out.Body != "{}" || !maps.Equal(out.Headers, want) ||
		out.MultiValueHeaders != nil {
		t.Errorf("%+v", out)
	}
	out = gatewayAnswer(webhook.Answer{Drop: true, Status: http.StatusOK})
	if out.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%+v", out)
	}
}

// TestQueue: an event comes out of the queue as it went in, with its secret, which nobody
// reads in between; a queue that is away has the platform send again.
func TestQueue(t *testing.T) {
	s := open(t)
	sealer, err := webhook.NewSealer(s.aes)
	if err != nil {
		t.Fatal(err)
	}
	var queue []string
	var away error
	handler := webhook.NewHandler(s.source, intoQueue(sealer, func(_ context.Context, message string) error {
		if away == nil {
			queue = append(queue, message)
		}
		return away
	}), webhook.WithObserver(func(context.Context, webhook.Report) {}))
	send := func() int {
		w := httptest.NewRecorder()
		r := s.request(t)
		r.SetPathValue("type", worldcard.EventHolderChallenged)
		handler.ServeHTTP(w, r)
		return w.Code
	}
	away = errors.New("no broker")
	if code := send(); code != http.StatusServiceUnavailable {
		t.Errorf("status %d while the queue is away", code)
	}
	away = nil
	if code := send(); code != http.StatusOK || len(queue) != 1 || bytes.Contains([]byte(queue[0]), []byte("135790")) {
		t.Fatalf("status %d, %q", code, queue)
	}
	if err := fromQueue(t.Context(), sealer, queue[0], s.book, s.source); err != nil || len(s.got) != 1 ||
		s.got[0].OTP.Reveal() != "135790" {
		t.Errorf("%v, %d events", err, len(s.got))
	}
	damaged := queue[0][:len(queue[0])-2]
	if err := fromQueue(t.Context(), sealer, damaged, s.book, s.source); !errors.Is(err, webhook.ErrSealed) {
		t.Errorf("a damaged message: %v", err)
	}
}
