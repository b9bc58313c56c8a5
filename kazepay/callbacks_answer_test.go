package kazepay_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// post sends a body to a handler.
func post(h http.Handler, body []byte) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	return w.Result()
}

func TestCallbackAcknowledgements(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	body := genuine(t, server, kazepay.EventCardDeposited, depositResult)
	for ack, want := range map[kazepay.CallbackAck]string{
		kazepay.CallbackAckText: "SUCCESS", kazepay.CallbackAckJSON: `{"code":"SUCCESS"}`, kazepay.CallbackAckEmpty: "",
		kazepay.CallbackAckSigned: `{"head":{"code":"SUCCESS","detail":"SUCCESS","apiCode":"CARD_RECHARGE_RESULT"`,
	} {
		cfg := callbackConfig(server)
		cfg.Ack = ack
		handled := 0
		h := webhook.NewHandler(callbacks(t, cfg), func(context.Context, *webhook.Event) error {
			handled++
			if handled == 1 {
				return errors.New("not now")
			}
			return nil
		})
		for i, status := range []int{503, 200, 200} {
			resp := post(h, body)
			text, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != status || (status == 503) == strings.Contains(string(text), "SUCCESS") && ack != kazepay.CallbackAckEmpty {
				t.Errorf("%d, delivery %d: %d %s", ack, i, resp.StatusCode, text)
			}
			if status == 200 && (!strings.HasPrefix(string(text), want) || (want == "" && len(text) > 0)) {
				t.Errorf("%d, delivery %d: %s", ack, i, text)
			}
			if status == 200 && ack == kazepay.CallbackAckSigned {
				e, err := sign.ParseEnvelope(text)
				if err != nil || e.Sign == "" || e.Encrypt == "" {
					t.Errorf("%v: %s", err, text)
				}
			}
		}
		if handled != 2 {
			t.Errorf("%d: handled %d times", ack, handled)
		}
		_, forged := kazepaytest.ForgeSignature(http.Header{}, bytes.Clone(body))
		resp := post(h, forged)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusUnauthorized || strings.Contains(string(text), "SUCCESS") {
			t.Errorf("%d: a forged one: %d %s", ack, resp.StatusCode, text)
		}
	}
}

// TestCallbackAnswersTheKeyThatSigned acknowledges to the platform that called,
// although the key of the next one stands first.
func TestCallbackAnswersTheKeyThatSigned(t *testing.T) {
	t.Parallel()
	cfg := callbackConfig(startServer(t, kazepaytest.Config{}))
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	platform, err := sign.NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cfg.PlatformKeys = append(cfg.PlatformKeys, platform.Public())
	cfg.Ack = kazepay.CallbackAckSigned
	head := []byte(`{"apiCode":"X","sysId":"` + cfg.SysID + `","requestNo":"1"}`)
	callback, err := cfg.Profile.Seal(platform, cfg.PrivateKey.Public(), head, []byte(`{"hello":1}`))
	if err != nil {
		t.Fatal(err)
	}
	h := webhook.NewHandler(callbacks(t, cfg), func(context.Context, *webhook.Event) error { return nil })
	text, _ := io.ReadAll(post(h, callback.JSON()).Body)
	answer, err := sign.ParseEnvelope(text)
	if err != nil {
		t.Fatal(err)
	}
	if payload, err := cfg.Profile.Open(platform, cfg.PrivateKey.Public(), answer); err != nil || string(payload) != `{}` {
		t.Errorf("%s, %v", payload, err)
	}
}

// hsm is a key that is out of order while it fails: it decrypts and does not
// sign.
type hsm struct {
	*rsa.PrivateKey
	fails bool
}

func (k *hsm) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.fails {
		return nil, errors.New("out of order")
	}
	return k.PrivateKey.Sign(random, digest, opts)
}

// TestCallbackWithoutASigningKey asks for a genuine callback again, whether the
// key was needed for its id or for its acknowledgement, and handles it once.
func TestCallbackWithoutASigningKey(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	for name, c := range map[string]struct {
		ack     kazepay.CallbackAck
		kind    string
		content map[string]any
		outcome webhook.Outcome // of the first delivery
		second  webhook.Outcome
	}{
		"id":              {kazepay.CallbackAckText, "x", map[string]any{"hello": 1}, webhook.OutcomeFailed, webhook.OutcomeHandled},
		"acknowledgement": {kazepay.CallbackAckSigned, kazepay.EventCardDeposited, depositResult, webhook.OutcomeHandled, webhook.OutcomeDuplicate},
	} {
		cfg := callbackConfig(server)
		own, err := cfg.PrivateKey.Decrypter()
		if err != nil {
			t.Fatal(err)
		}
		key := &hsm{own.(*rsa.PrivateKey), true}
		if cfg.PrivateKey, err = sign.NewPrivateKey(key); err != nil {
			t.Fatal(err)
		}
		cfg.Ack = c.ack
		handled := 0
		var reports []webhook.Report
		h := webhook.NewHandler(callbacks(t, cfg), func(context.Context, *webhook.Event) error { handled++; return nil },
			webhook.WithObserver(func(_ context.Context, r webhook.Report) { reports = append(reports, r) }))
		body := genuine(t, server, c.kind, c.content)
		if resp := post(h, body); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
		key.fails = false
		if resp := post(h, body); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d of the second delivery", name, resp.StatusCode)
		}
		if handled != 1 || len(reports) != 2 || reports[0].Outcome != c.outcome || reports[0].Err == nil || reports[1].Outcome != c.second {
			t.Errorf("%s: handled %d times, %+v", name, handled, reports)
		}
	}
}
