package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
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

// TestUnionPayRefusals: each step of the check refuses, the log names the step,
// and the sender sees the same answer.
func TestUnionPayRefusals(t *testing.T) {
	t.Parallel()
	s := newUPISide(t, unionpay.ProfileG, nil)
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
	if a := s.handler.Handle(t.Context(), upiPath, http.Header{"Upi-Jws": {seen}}, []byte(message)); a.Status != http.StatusOK {
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
		{sign.UPIStepReplay, seen, upiPath},
	} {
		a := s.handler.Handle(t.Context(), c.path, http.Header{"Upi-Jws": {c.jws}}, []byte(message))
		if a.Status != http.StatusUnauthorized || string(a.Body) != refusal || len(a.Header) != 1 {
			t.Errorf("step %d: %d %v %s", int(c.step), a.Status, a.Header, a.Body)
		}
		report := s.reports[len(s.reports)-1]
		var refused *sign.UPIError
		if !errors.As(report.Err, &refused) || refused.Step != c.step || !errors.Is(report.Err, webhook.ErrSignature) || report.Outcome != webhook.OutcomeRefused {
			t.Errorf("step %d: reported %+v", int(c.step), report)
		}
	}
	old := s.handler.Handle(t.Context(), upiPath, http.Header{"Upi-Sign": {"c2ln"}, "Upi-Appid": {upiApp}}, []byte(message))
	if report := s.reports[len(s.reports)-1]; old.Status != http.StatusUnauthorized || string(old.Body) != refusal || !strings.Contains(report.Err.Error(), "older scheme") {
		t.Errorf("the older scheme: %d, reported %v", old.Status, report.Err)
	}
	u := newUPISide(t, unionpay.ProfileU, nil)
	a := u.handler.Handle(t.Context(), upiPath, http.Header{}, []byte(message))
	if a.Status != http.StatusUnauthorized || string(a.Body) != refusal || !errors.Is(u.reports[0].Err, webhook.ErrSignature) {
		t.Errorf("profile U, unsigned: %d %s", a.Status, a.Body)
	}
	if len(s.events) != 1 || len(u.events) != 0 {
		t.Errorf("%d events", len(s.events))
	}
}

// brokenDeduper fails at the n-th call.
type brokenDeduper struct {
	webhook.Deduper
	claims, dones int
}

func (b *brokenDeduper) Claim(ctx context.Context, id string) (webhook.Claim, error) {
	if b.claims--; b.claims < 0 {
		return 0, errors.New("store down")
	}
	return b.Deduper.Claim(ctx, id)
}

func (b *brokenDeduper) Done(ctx context.Context, id string) error {
	if b.dones--; b.dones < 0 {
		return errors.New("store down")
	}
	return b.Deduper.Done(ctx, id)
}

// TestUnionPayStoreDown: no event is lost and none handled twice when the store
// fails at any point.
func TestUnionPayStoreDown(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]*brokenDeduper{
		"first claim": {claims: 0, dones: 9}, "first done": {claims: 9, dones: 0},
		"second claim": {claims: 1, dones: 9}, "second done": {claims: 9, dones: 1},
	} {
		broken.Deduper = webhook.NewMemoryDeduper(0, 0)
		s := newUPISide(t, unionpay.ProfileG, func(cfg *webhook.UnionPayConfig) { cfg.Deduper = broken })
		message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		a := s.send(message)
		if a.Status == http.StatusOK && s.code(a) == "00" {
			t.Errorf("%s: acknowledged", name)
		}
		if a.Status == http.StatusUnauthorized {
			t.Errorf("%s: called not authentic", name)
		}
		broken.claims, broken.dones = 99, 99
		if code := s.code(s.send(message)); code != "00" {
			t.Errorf("%s: sent again: %s", name, code)
		}
		if len(s.events) != 1 {
			t.Errorf("%s: %d events", name, len(s.events))
		}
	}
}

func TestUnionPayConfig(t *testing.T) {
	t.Parallel()
	_, err := webhook.UnionPay(webhook.UnionPayConfig{
		Profile: 5, PayloadMode: 9, JWE: jose.UPIJWE{Alg: "dir"}, UPISignKeys: map[string]sign.PublicKey{"": {}},
		DecryptKeys: map[string]sign.PrivateKey{"1": {}},
	}, nil)
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 8 {
		t.Errorf("got %v", err)
	}
	if _, err := webhook.UnionPay(webhook.UnionPayConfig{}, func(context.Context, *webhook.Event) error { return nil }); !errors.As(err, &e) || len(e.Fields) != 4 {
		t.Errorf("the empty configuration: %v", err)
	}
}

// TestUnionPayPanic: a panic of the function gives the message back.
func TestUnionPayPanic(t *testing.T) {
	t.Parallel()
	s := newUPISide(t, unionpay.ProfileU, nil)
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	panicking := true
	s.handler = mustUnionPay(t, s, func(context.Context, *webhook.Event) error {
		if panicking {
			panic("bug")
		}
		return nil
	})
	func() {
		defer func() { _ = recover() }()
		s.send(message)
	}()
	panicking = false
	if code := s.code(s.send(message)); code != "00" {
		t.Errorf("after a panic: %s", code)
	}
}

func mustUnionPay(t *testing.T, s *upiSide, fn webhook.Func) *webhook.UnionPayHandler {
	t.Helper()
	h, err := webhook.UnionPay(webhook.UnionPayConfig{
		Profile: s.profile, SignKey: s.keys.Sign(), SignKeyID: unionpaytest.SignKeyID, AppIDs: []string{upiApp},
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: s.keys.UPISign()},
	}, fn)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestUnionPayPrintsNoSecret(t *testing.T) {
	t.Parallel()
	s := newUPISide(t, unionpay.ProfileG, nil)
	s.code(s.send(s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"6299990000000000004","tokenState":"ACTIVE","pan":"6250945000000004"}`)))
	leaktest.Check(t, []string{"6299990000000000004", "6250945000000004"}, *s.events[0], s.events[0].Data, s.reports)
}

func FuzzUnionPayHandle(f *testing.F) {
	s := newUPISide(f, unionpay.ProfileU, nil)
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
		if a := s.handler.Handle(t.Context(), upiPath, http.Header{}, body); a.Status == http.StatusOK {
			s.open(a)
		}
	})
}
