package unionpay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

const (
	upiApp  = unionpaytest.DefaultAppID
	upiPath = "/callbacks/unionpay"
	upiJWS  = "UPI-JWS"
)

// callbackSide is a handler under test and the keys of the other side.
type callbackSide struct {
	t       testing.TB
	keys    *unionpaytest.Keys
	profile unionpay.Profile
	handler *webhook.Handler
	now     time.Time
	reports []webhook.Report
	events  []*webhook.Event
	fail    error
	seq     int
}

func newCallbackSide(t testing.TB, profile unionpay.Profile, change func(*unionpay.CallbackConfig)) *callbackSide {
	t.Helper()
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	s := &callbackSide{t: t, keys: shared, profile: profile, now: epoch}
	cfg := unionpay.CallbackConfig{
		Profile: profile, SignKey: shared.Sign(), SignKeyID: unionpaytest.SignKeyID,
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: shared.UPISign()}, AppIDs: []string{upiApp},
		DecryptKeys: map[string]sign.PrivateKey{unionpaytest.DecryptKeyID: shared.Decrypt()},
		Accept:      []unionpay.MessageType{"TOKEN_INFO_NOTIFICATION"},
		Now:         func() time.Time { return s.now },
	}
	if change != nil {
		change(&cfg)
	}
	s.handler = s.serve(cfg, func(_ context.Context, event *webhook.Event) error {
		s.events = append(s.events, event)
		if asked, ok := event.Data.(*unionpay.UserIDRequested); ok {
			asked.AppUserID = "user-" + asked.UserAuthCode.Reveal()
		}
		return s.fail
	})
	return s
}

// serve returns a handler that reports to s.
func (s *callbackSide) serve(cfg unionpay.CallbackConfig, fn webhook.Func) *webhook.Handler {
	s.t.Helper()
	src, err := unionpay.NewCallbacks(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	return webhook.NewHandler(src, fn, webhook.WithObserver(func(_ context.Context, r webhook.Report) { s.reports = append(s.reports, r) }))
}

// deliver hands over a message as it arrived at a path.
func (s *callbackSide) deliver(path string, header http.Header, body []byte) webhook.Answer {
	return s.handler.Handle(s.t.Context(), &webhook.Request{URL: &url.URL{Path: path}, Header: header, Body: body})
}

// message writes a push. Its id is fresh unless one is given.
func (s *callbackSide) message(typ, msgID, trxInfo string) string {
	if msgID == "" {
		s.seq++
		msgID = fmt.Sprintf("U0052044620260401100000%07d", s.seq)
	}
	stamp := s.now.In(time.FixedZone("", 8*3600)).Format("20060102150405")
	return `{"msgInfo":{"versionNo":"1.0.0", "msgID":"` + msgID + `","timeStamp":"` + stamp + `","msgType":"` + typ +
		`","walletID":"00520446","new":{"x":[1.50]}},"trxInfo":` + trxInfo + `}`
}

// send signs a push and delivers it.
func (s *callbackSide) send(message string) webhook.Answer {
	s.t.Helper()
	if s.profile == unionpay.ProfileU {
		placed := message[:len(message)-1] + `,"certificateSignature":{"umpsSignCertID":"` + unionpaytest.UPISignKeyID + `","signature":"00000000"}}`
		body, err := sign.UMPS{}.Sign(s.keys.UPISignPrivate(), []byte(placed))
		if err != nil {
			s.t.Fatal(err)
		}
		return s.deliver(upiPath, http.Header{}, body)
	}
	return s.deliver(upiPath, s.signed(message, nil), []byte(message))
}

func (s *callbackSide) signed(message string, change func(*sign.UPIHeader)) http.Header {
	s.t.Helper()
	s.seq++
	h := sign.UPIHeader{
		KeyID: unionpaytest.UPISignKeyID, UUID: fmt.Sprintf("%032x", s.seq), Time: s.now, AppID: upiApp, Path: upiPath,
	}
	if change != nil {
		change(&h)
	}
	jws, err := sign.SignUPI(s.keys.UPISignPrivate(), h, []byte(message))
	if err != nil {
		s.t.Fatal(err)
	}
	return http.Header{"Upi-Jws": {jws}}
}

// open verifies our answer as UnionPay would and returns it.
func (s *callbackSide) open(a webhook.Answer) (out struct {
	MsgInfo  json.RawMessage
	TrxInfo  json.RawMessage
	Response struct{ ResponseCode, ResponseMsg string } `json:"msgResponse"`
}) {
	s.t.Helper()
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
		s.t.Fatalf("status %d, %v", a.Status, a.Header)
	}
	ours := map[string]sign.PublicKey{unionpaytest.SignKeyID: s.keys.Sign().Public()}
	var err error
	if s.profile == unionpay.ProfileU {
		_, err = sign.UMPS{}.Verify(ours, "appSignCertID", a.Body)
	} else {
		var h sign.UPIHeader
		h, err = sign.UPIVerifier{Keys: ours, AppIDs: []string{upiApp}}.Verify(documented(a.Header), a.Body, sign.UPIExpect{
			Now: s.now, UUID: fmt.Sprintf("%032x", s.seq), StrictUUID: true,
		})
		if h.Path != "" {
			s.t.Errorf("the answer names the path %q", h.Path)
		}
	}
	if err != nil {
		s.t.Fatalf("our answer does not verify: %v", err)
	}
	if err := json.Unmarshal(a.Body, &out); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// documented returns the header in the spelling of the documents, which
// http.Header would change.
func documented(h http.Header) string {
	for name, values := range h {
		if name == upiJWS {
			return values[0]
		}
	}
	return ""
}

func (s *callbackSide) code(a webhook.Answer) unionpay.Code {
	s.t.Helper()
	return unionpay.Code(s.open(a).Response.ResponseCode)
}

const suspended = `{"token":"6299990000000000004","tokenState":"SUSPENDED","srcDigitalCardId":"d1","x":"y"}`

func bothProfiles(t *testing.T, run func(t *testing.T, profile unionpay.Profile)) {
	t.Helper()
	for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
		t.Run(profile.String(), func(t *testing.T) {
			t.Parallel()
			run(t, profile)
		})
	}
}

func TestCallbackDispatch(t *testing.T) {
	t.Parallel()
	bothProfiles(t, func(t *testing.T, profile unionpay.Profile) {
		s := newCallbackSide(t, profile, nil)
		message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		answer := s.open(s.send(message))
		if answer.Response.ResponseCode != "00" || string(answer.TrxInfo) != "{}" {
			t.Errorf("answer %+v", answer)
		}
		info := message[strings.Index(message, `{"version`):strings.Index(message, `,"trxInfo"`)]
		if string(answer.MsgInfo) != info {
			t.Errorf("msgInfo is not echoed byte for byte:\n%s\n%s", answer.MsgInfo, info)
		}
		changed, ok := s.events[0].Data.(*unionpay.TokenStateChanged)
		if !ok || changed.Token.Reveal() != "6299990000000000004" || changed.State != unionpay.TokenStateSuspended || changed.SRCDigitalCardID != "d1" {
			t.Fatalf("event %+v", s.events[0])
		}
		if string(changed.Extra.Member("x")) != `"y"` || !s.events[0].Time.Equal(epoch) || s.events[0].Type != "TOKEN_STATE_NOTIFICATION" {
			t.Errorf("event %+v, extra %s", s.events[0], changed.Extra.Member("x"))
		}

		user := s.open(s.send(s.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)))
		if string(user.TrxInfo) != `{"appUserId":"user-c0de"}` {
			t.Errorf("GET_USER_ID answers %s", user.TrxInfo)
		}
		trx := s.message("TRX_STATUS_NOTIFICATION", "", `{"deviceId":"d","trxAmt":"12.30","trxSurcharge":"000100","discountDetails":[{"discountAmt":"1.00","discountNote":"n"}],"settlementKey":{"TransmissionDateTime":"0401100000"}}`)
		if code := s.code(s.send(trx)); code != "00" {
			t.Errorf("TRX_STATUS_NOTIFICATION: %s", code)
		}
		reported, ok := s.events[2].Data.(*unionpay.TransactionReported)
		if !ok || reported.DeviceID != "d" || reported.Amount.String() != "12.30" || reported.Discounts[0].Amount.String() != "1.00" ||
			reported.SettlementKey.TransmissionTime != "0401100000" || string(reported.Extra.Member("trxSurcharge")) != `"000100"` {
			t.Errorf("event %+v", s.events[2].Data)
		}
		if code := s.code(s.send(s.message("TOKEN_INFO_NOTIFICATION", "", `{"a":1}`))); code != "00" {
			t.Errorf("an accepted type: %s", code)
		}
		if _, ok := s.events[3].Data.(*webhook.Unknown); !ok {
			t.Errorf("an accepted type arrives as %T", s.events[3].Data)
		}
		if code := s.code(s.send(s.message("SOMETHING_ELSE", "", `{}`))); code != unionpay.CodeInvalidTransaction {
			t.Errorf("an unknown type: %s", code)
		}
		last := s.reports[len(s.reports)-1]
		if last.Code != "12" || !errors.Is(last.Err, webhook.ErrPayload) || !strings.Contains(last.Err.Error(), "SOMETHING_ELSE") {
			t.Errorf("an unknown type: reported %+v", last)
		}
		if len(s.events) != 4 {
			t.Errorf("%d events, want 4", len(s.events))
		}
	})
}

func TestCallbackMissingFields(t *testing.T) {
	t.Parallel()
	bothProfiles(t, func(t *testing.T, profile unionpay.Profile) {
		s := newCallbackSide(t, profile, nil)
		good := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
		for name, message := range map[string]string{
			"code missing":    s.message("GET_USER_ID", "", `{}`),
			"code odd":        s.message("GET_USER_ID", "", `{"userAuthCode":{"a":1}}`),
			"msgID missing":   strings.Replace(good, `"msgID"`, `"other"`, 1),
			"msgID short":     s.message("TOKEN_STATE_NOTIFICATION", "U1", suspended),
			"msgType missing": strings.Replace(good, `"msgType"`, `"other"`, 1),
			"msgInfo missing": strings.Replace(good, `"msgInfo"`, `"other"`, 1),
		} {
			answer := s.open(s.send(message))
			if answer.Response.ResponseCode != "30" || strings.Contains(answer.Response.ResponseMsg, "oken") {
				t.Errorf("%s: %+v", name, answer.Response)
			}
		}
		if len(s.events) != 0 {
			t.Errorf("%d events", len(s.events))
		}
		// Everything else reaches the function, which is told what is missing.
		const other = "eyJhbGciOiJSU0ExXzUifQ.AA.AA.AA.AA"
		for _, c := range []struct{ message, member string }{
			{s.message("TOKEN_STATE_NOTIFICATION", "", `{"tokenState":"ACTIVE"}`), "trxInfo.token"},
			{s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"62","tokenState":"ACTIVE"}`), "trxInfo.token"},
			{s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"`+other+`","tokenState":"ACTIVE"}`), "trxInfo.token"},
			{s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"6299990000000000004"}`), "trxInfo.tokenState"},
			{s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"6299990000000000004","tokenState":{"a":1}}`), "trxInfo.tokenState"},
			{s.message("TOKEN_STATE_NOTIFICATION", "", `"x"`), "trxInfo"},
			{strings.Replace(s.message("TOKEN_STATE_NOTIFICATION", "", suspended), `"timeStamp":"`, `"timeStamp":"x`, 1), "msgInfo.timeStamp"},
			{strings.Replace(s.message("TOKEN_STATE_NOTIFICATION", "", suspended), `"1.0.0"`, `{"a":1}`, 1), "msgInfo.versionNo"},
		} {
			s.events = nil
			if code := s.code(s.send(c.message)); code != "00" || len(s.events) != 1 || !s.events[0].HasProblem(c.member) {
				t.Errorf("%s: code %s, events %+v", c.member, code, s.events)
			}
		}
	})
}

func TestCallbackEncrypted(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, nil)
	token, err := jose.UPIJWE{}.Encrypt(s.keys.Decrypt().Public(), unionpaytest.DecryptKeyID, []byte("6299990000000000004"))
	if err != nil {
		t.Fatal(err)
	}
	message := s.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"`+token+`","tokenState":"DELETED"}`)
	if code := s.code(s.send(message)); code != "00" || s.events[0].Data.(*unionpay.TokenStateChanged).Token.Reveal() != "6299990000000000004" {
		t.Errorf("an encrypted token: %s", code)
	}
	whole, err := jose.UPIJWE{}.Encrypt(s.keys.Decrypt().Public(), unionpaytest.DecryptKeyID,
		[]byte(s.message("TOKEN_STATE_NOTIFICATION", "", strings.Replace(suspended, "0004", "0012", 1))))
	if err != nil {
		t.Fatal(err)
	}
	if code := s.code(s.send(whole)); code != "00" || len(s.events) != 2 {
		t.Errorf("an encrypted body: %s, %d events", code, len(s.events))
	}
	fields, err := jose.UPIJWE{}.Encrypt(s.keys.Decrypt().Public(), unionpaytest.DecryptKeyID, []byte(strings.Replace(suspended, "0004", "0020", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if code := s.code(s.send(s.message("TOKEN_STATE_NOTIFICATION", "", `"`+fields+`"`))); code != "00" || len(s.events) != 3 {
		t.Errorf("encrypted business fields: %s, %d events", code, len(s.events))
	}
	u := newCallbackSide(t, unionpay.ProfileU, nil)
	blocks, err := sign.EncryptUMPS(u.keys.Decrypt().Public(), []byte("6299990000000000004"))
	if err != nil {
		t.Fatal(err)
	}
	if code := u.code(u.send(u.message("TOKEN_STATE_NOTIFICATION", "", `{"token":"`+blocks+`","tokenState":"DELETED"}`))); code != "00" {
		t.Errorf("RSA blocks: %s", code)
	}
}

// TestCallbackParse: a message that came some other way is read when its path is
// configured, and its UUID stays unused.
func TestCallbackParse(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, nil)
	cfg := s.minimal()
	pathless, err := unionpay.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Path = upiPath
	src, err := unionpay.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	message := s.message("GET_USER_ID", "", `{"userAuthCode":"c0de"}`)
	header := s.signed(message, nil)
	if err := pathless.Verify(header, []byte(message)); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("without a path: %v", err)
	}
	for range 2 {
		event, err := src.Parse(header, []byte(message))
		if err != nil || !event.Question || event.Provider != "unionpay" || !strings.HasPrefix(event.ID, "GET_USER_ID|U") {
			t.Fatalf("got %+v, %v", event, err)
		}
	}
	_, err = src.Parse(header, []byte(message+" "))
	if !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("other bytes: %v", err)
	}
}

func TestCallbackHTTP(t *testing.T) {
	t.Parallel()
	s := newCallbackSide(t, unionpay.ProfileG, func(cfg *unionpay.CallbackConfig) { cfg.MaxBody = 4096 })
	serve := func(method, path string, header http.Header, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for name, values := range header {
			r.Header[name] = values
		}
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r)
		return w
	}
	message := s.message("TOKEN_STATE_NOTIFICATION", "", suspended)
	if w := serve(http.MethodGet, upiPath, nil, ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d", w.Code)
	}
	if w := serve(http.MethodPost, upiPath, s.signed(message, nil), strings.Repeat(" ", 5000)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body: %d", w.Code)
	}
	w := serve(http.MethodPost, upiPath+"?x=1", s.signed(message, nil), message)
	if w.Code != http.StatusOK || documented(w.Header()) == "" || !bytes.Contains(w.Body.Bytes(), []byte(`"responseCode":"00"`)) {
		t.Errorf("a message: %d %v %s", w.Code, w.Header(), w.Body)
	}
	queued := s.message("TOKEN_STATE_NOTIFICATION", "", strings.Replace(suspended, "0004", "0012", 1))
	if a := s.deliver(upiPath, http.Header{upiJWS: {s.signed(queued, nil).Get(upiJWS)}}, []byte(queued)); a.Status != http.StatusOK {
		t.Errorf("a header in the documented spelling: %d", a.Status)
	}
	elsewhere := newCallbackSide(t, unionpay.ProfileG, func(cfg *unionpay.CallbackConfig) { cfg.Path = upiPath })
	if a := elsewhere.deliver("/behind/proxy", elsewhere.signed(message, nil), []byte(message)); a.Status != http.StatusOK {
		t.Errorf("a configured path: %d", a.Status)
	}
}
