package unionpay_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

const refusal = `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`

// TestCallbackRefusals: each step of the check refuses, the log names the step,
// and the sender sees the same answer.
func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, nil)
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	good := s.signed(message, nil).Get("UPI-JWS")
	protected, signature, _ := strings.Cut(good, "..")
	raw, err := base64.RawURLEncoding.DecodeString(protected)
	if err != nil {
		t.Fatal(err)
	}
	header := func(old, new string) string {
		if !strings.Contains(string(raw), old) {
			t.Fatalf("the header has no %s", old)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), old, new, 1))) + ".." + signature
	}
	changed := func(change func(*sign.UPIHeader)) string { return s.signed(message, change).Get("UPI-JWS") }
	seen := changed(nil)
	if a := s.deliver(upiPath, http.Header{"Upi-Jws": {seen}}, []byte(message)); a.Status != http.StatusOK {
		t.Fatalf("a good message: %d", a.Status)
	}
	for _, c := range []struct {
		step sign.UPIStep
		jws  string
		path string
	}{
		{sign.UPIStepPresent, "", upiPath},
		{sign.UPIStepParts, protected + "." + signature, upiPath},
		{sign.UPIStepHeader, "e30x.." + signature, upiPath},
		{sign.UPIStepAlg, header("RS256", "HS256"), upiPath},
		{sign.UPIStepCrit, header(`["UPI-UUID"`, `["exp","UPI-UUID"`), upiPath},
		{sign.UPIStepKey, changed(func(h *sign.UPIHeader) { h.KeyID = "1" }), upiPath},
		{sign.UPIStepEncoding, protected + "..!", upiPath},
		{sign.UPIStepSignature, protected + ".." + signature[:len(signature)-4] + "AAAA", upiPath},
		{sign.UPIStepTime, changed(func(h *sign.UPIHeader) { h.Time = h.Time.Add(-301 * time.Second) }), upiPath},
		{sign.UPIStepTime, changed(func(h *sign.UPIHeader) { h.Time = h.Time.Add(301 * time.Second) }), upiPath},
		{sign.UPIStepAppID, changed(func(h *sign.UPIHeader) { h.AppID = "00520447" }), upiPath},
		{sign.UPIStepPath, good, "/other"},
		{sign.UPIStepPath, changed(func(h *sign.UPIHeader) { h.Path = "" }), upiPath},
	} {
		a := s.deliver(c.path, http.Header{"Upi-Jws": {c.jws}}, []byte(message))
		if a.Status != http.StatusUnauthorized || string(a.Body) != refusal || len(a.Header) != 1 {
			t.Errorf("step %d: %d %v %s", int(c.step), a.Status, a.Header, a.Body)
		}
		report := s.reports[len(s.reports)-1]
		var refused *sign.UPIError
		if !errors.As(report.Err, &refused) || refused.Step != c.step || !errors.Is(report.Err, webhook.ErrSignature) || report.Outcome != webhook.OutcomeRefused {
			t.Errorf("step %d: reported %+v", int(c.step), report)
		}
	}
	again := s.deliver(upiPath, http.Header{"Upi-Jws": {seen}}, []byte(message))
	if report := s.reports[len(s.reports)-1]; again.Status != http.StatusUnauthorized || string(again.Body) != refusal || len(again.Header) != 1 ||
		!errors.Is(report.Err, webhook.ErrReplay) || report.Outcome != webhook.OutcomeRefused || report.Code != "E0" {
		t.Errorf("a UUID twice: %d %v %s, reported %+v", again.Status, again.Header, again.Body, report)
	}
	old := s.deliver(upiPath, http.Header{"Upi-Sign": {"c2ln"}, "Upi-Appid": {upiApp}}, []byte(message))
	if report := s.reports[len(s.reports)-1]; old.Status != http.StatusUnauthorized || string(old.Body) != refusal || !strings.Contains(report.Err.Error(), "older scheme") {
		t.Errorf("the older scheme: %d, reported %v", old.Status, report.Err)
	}
	u := newCallbackSide(t, unionpay.ProfileU, nil)
	a := u.deliver(upiPath, http.Header{}, []byte(message))
	if a.Status != http.StatusUnauthorized || string(a.Body) != refusal || !errors.Is(u.reports[0].Err, webhook.ErrSignature) {
		t.Errorf("profile U, unsigned: %d %s", a.Status, a.Body)
	}
	if len(s.events) != 1 || len(u.events) != 0 {
		t.Errorf("%d events", len(s.events))
	}
}

// brokenDeduper fails at the claim or behind the function.
type brokenDeduper struct {
	webhook.Deduper
	claim, end bool
}

func (b *brokenDeduper) Do(
	ctx context.Context, c webhook.Claims, fn func(context.Context) ([]byte, error),
) (webhook.Claim, []byte, error) {
	if b.claim {
		return webhook.ClaimBusy, nil, errors.New("store down")
	}
	return b.Deduper.Do(ctx, c, func(ctx context.Context) ([]byte, error) {
		answer, err := fn(ctx)
		if err == nil && b.end {
			err = errors.New("store down")
		}
		return answer, err
	})
}

// TestCallbackStoreDown: no event is lost when the store fails at any point. One
// that fails behind the function does not know of it, so the event comes again.
func TestCallbackStoreDown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		broken brokenDeduper
		events int
	}{"claim": {brokenDeduper{claim: true}, 1}, "end": {brokenDeduper{end: true}, 2}} {
		broken := &c.broken
		broken.Deduper = webhook.NewMemoryDeduper(0, 0)
		s := newCallbackSide(t, unionpay.ProfileG, func(cfg *unionpay.CallbackConfig) { cfg.Deduper = broken })
		message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		a := s.send(message)
		if a.Status == http.StatusOK && s.code(a) == "00" {
			t.Errorf("%s: acknowledged", name)
		}
		if a.Status == http.StatusUnauthorized {
			t.Errorf("%s: called not authentic", name)
		}
		broken.claim, broken.end = false, false
		if code := s.code(s.send(message)); code != "00" {
			t.Errorf("%s: sent again: %s", name, code)
		}
		if len(s.events) != c.events {
			t.Errorf("%s: %d events, want %d", name, len(s.events), c.events)
		}
	}
}

func TestCallbackConfig(t *testing.T) {
	t.Parallel()
	_, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		Profile: 5, PayloadMode: 9, JWE: jose.UPIJWE{Alg: "dir"}, UPISignKeys: map[string]sign.PublicKey{"": {}},
		DecryptKeys: map[string]sign.PrivateKey{"1": {}}, Skew: -1,
	})
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 8 || e.Provider != "unionpay" || e.Op != "NewCallbacks" {
		t.Errorf("got %v", err)
	}
	if _, err := unionpay.NewCallbacks(unionpay.CallbackConfig{}); !errors.As(err, &e) || len(e.Fields) != 4 {
		t.Errorf("the empty configuration: %v", err)
	}
}

// TestCallbackPanic: a panic of the function gives the message back.
func TestCallbackPanic(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileU, nil)
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	panicking := true
	s.handler = s.serve(s.minimal(), func(context.Context, *webhook.Event) error {
		if panicking {
			panic("bug")
		}
		return nil
	})
	if code := s.code(s.send(message)); code != unionpay.CodeSystemFault || !errors.Is(s.reports[0].Err, webhook.ErrPanic) {
		t.Errorf("a panic: %s, reported %+v", code, s.reports)
	}
	panicking = false
	if code := s.code(s.send(message)); code != "00" {
		t.Errorf("after a panic: %s", code)
	}
}

// minimal is a configuration with nothing but what is required.
func (s *callbackSide) minimal() unionpay.CallbackConfig {
	return unionpay.CallbackConfig{
		Profile: s.profile, SignKey: s.keys.Sign(), SignKeyID: unionpaytest.SignKeyID, AppIDs: []string{upiApp},
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: s.keys.UPISign()},
		Now:         func() time.Time { return s.now },
	}
}

// brokenSigner is a key in a store that is down.
type brokenSigner struct{ crypto.Signer }

func (brokenSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("key store down")
}

// TestCallbackUnsigned: an answer that cannot be signed is none, and the event is
// not handled again for it.
func TestCallbackUnsigned(t *testing.T) {
	t.Parallel()
	bothProfiles(t, func(t *testing.T, profile unionpay.Profile) {
		broken, err := sign.NewPrivateKey(brokenSigner{callbackKey(t)})
		if err != nil {
			t.Fatal(err)
		}
		s := newCallbackSide(t, profile, func(cfg *unionpay.CallbackConfig) { cfg.SignKey = broken })
		message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		for range 2 {
			a := s.send(message)
			report := s.reports[len(s.reports)-1]
			if a.Status != http.StatusServiceUnavailable || strings.Contains(string(a.Body), "msgResponse") || report.Err == nil || report.Code != "" {
				t.Errorf("%d %s, reported %+v", a.Status, a.Body, report)
			}
		}
		if len(s.events) != 1 || s.reports[0].Outcome != webhook.OutcomeHandled || s.reports[1].Outcome != webhook.OutcomeDuplicate {
			t.Errorf("%d events, reported %+v", len(s.events), s.reports)
		}
	})
}

// callbackKey makes a key of the size that is required.
func callbackKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestCallbackPrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, nil)
	s.code(s.send(s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"6299990000000000004","tokenState":"ACTIVE","pan":"6250945000000004"}`)))
	leaktest.Check(t, []string{"6299990000000000004", "6250945000000004"}, *s.events[0], s.events[0].Data, s.reports)
}

func FuzzCallbackHandle(f *testing.F) {
	s := newCallbackSide(f, unionpay.ProfileU, nil)
	f.Add(s.message("TOKEN_STATE_NOTIFICATION", "", suspended))
	f.Add(s.message("GET_USER_ID", "", `{"userAuthCode":"c"}`))
	f.Add(`{"msgInfo":{},"trxInfo":[]}`)
	f.Add(`{"msgInfo":{"msgID":1e9},"trxInfo":{"token":{"a":[{}]}}}`)
	f.Fuzz(func(t *testing.T, message string) {
		s.t = t
		if len(message) < 2 || message[len(message)-1] != '}' || strings.Contains(message, "certificateSignature") {
			return
		}
		placed := message[:len(message)-1] + `,"certificateSignature":{"umpsSignCertID":"` + unionpaytest.UPISignKeyID + `","signature":"00000000"}}`
		body, err := sign.UMPS{}.Sign(s.keys.UPISignPrivate(), []byte(placed))
		if err != nil {
			return
		}
		if a := s.deliver(upiPath, http.Header{}, body); a.Status == http.StatusOK {
			s.open(a)
		}
	})
}
