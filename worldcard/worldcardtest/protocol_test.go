package worldcardtest_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// sample is a client as the Go sample of the signature page builds one: standard
// library only, nil options for rsa.SignPSS and so the longest salt.
type sample struct {
	t      testing.TB
	server *worldcardtest.Server
	key    *rsa.PrivateKey
	aes    []byte
}

func newSample(t testing.TB, server *worldcardtest.Server) *sample {
	t.Helper()
	block, _ := pem.Decode([]byte(server.MerchantPrivateKey().Reveal()))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("%T", parsed)
	}
	secret, err := hex.DecodeString(server.AESKeyText().Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return &sample{t: t, server: server, key: key, aes: secret}
}

func (s *sample) gcm() cipher.AEAD {
	s.t.Helper()
	block, err := aes.NewCipher(s.aes)
	if err != nil {
		s.t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		s.t.Fatal(err)
	}
	return gcm
}

// request builds a signed request at the platform's time.
func (s *sample) request(path, payload string) *http.Request {
	s.t.Helper()
	gcm := s.gcm()
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce)
	body, err := json.Marshal(map[string]string{"data": base64.StdEncoding.EncodeToString(gcm.Seal(nonce, nonce, []byte(payload), nil))})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.sign(path, body, strconv.FormatInt(s.server.Clock().Now().Unix(), 10), uuid.NewString())
}

func (s *sample) sign(path string, body []byte, timestamp, nonce string) *http.Request {
	s.t.Helper()
	digest := sha256.Sum256([]byte(string(body) + timestamp + nonce))
	signature, err := rsa.SignPSS(rand.Reader, s.key, crypto.SHA256, digest[:], nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.server.URL()+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-App-Id", s.server.AppID())
	req.Header.Set("X-Signature", base64.StdEncoding.EncodeToString(signature))
	req.Header.Set("X-Timestamp", timestamp)
	req.Header.Set("X-Nonce", nonce)
	return req
}

// answer is an envelope as the sample reads it.
type answer struct {
	status  int
	Code    int
	Message string
	Data    map[string]any
}

func (s *sample) send(req *http.Request) answer {
	s.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode}
	if err := json.Unmarshal(text, &a); err != nil {
		s.t.Fatalf("%v in %s", err, text)
	}
	return a
}

func (s *sample) call(path, payload string) answer {
	s.t.Helper()
	return s.send(s.request(path, payload))
}

// open decrypts a sensitive field as the sample does.
func (s *sample) open(field any) string {
	s.t.Helper()
	text, _ := field.(string)
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) < 29 {
		s.t.Fatalf("field of %d bytes: %v", len(sealed), err)
	}
	plain, err := s.gcm().Open(nil, sealed[:12], sealed[12:], nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(plain)
}

var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

func start(t testing.TB, cfg worldcardtest.Config) *worldcardtest.Server {
	t.Helper()
	cfg.Clock = issuingtest.NewClock(epoch)
	server, err := worldcardtest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

const (
	binList  = "/api/v1/card/virtual/bin/list"
	applyV   = "/api/v1/card/virtual/apply"
	getInfo  = "/api/v1/card/virtual/get_info"
	johnsApp = `{"merchant_card_id":"mc_001","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":"100.00","email":"john@example.com"}`
)

func TestSampleClientIsUnderstood(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	s := newSample(t, server)
	applied := s.call(applyV, johnsApp)
	if applied.Code != 0 || applied.Data["status"] != 1.0 || applied.Data["created_at"] != "2026-04-01T10:00:00+08:00" {
		t.Fatalf("%+v", applied)
	}
	server.Clock().Advance(time.Minute)
	card := s.call(getInfo, `{"merchant_card_id":"mc_001"}`)
	booked, _ := server.Card("mc_001")
	if got := s.open(card.Data["card_number"]); got != booked.Number.Reveal() {
		t.Error("the card number does not open to the card's")
	}
	if got := s.open(card.Data["cvv"]); len(got) != 3 {
		t.Errorf("CVV of %d characters", len(got))
	}
}

func TestVerificationStepsInOrder(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{AllowedIPs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	closed := start(t, worldcardtest.Config{AllowedIPs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	s, locked := newSample(t, server), newSample(t, closed)
	now := func(offset time.Duration) string { return strconv.FormatInt(epoch.Add(offset).Unix(), 10) }
	good := s.request(binList, `{}`)
	body, err := io.ReadAll(good.Body)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(*http.Request)) *http.Request {
		req := s.sign(binList, body, now(0), uuid.NewString())
		change(req)
		return req
	}
	used := s.sign(binList, body, now(0), "used-nonce")
	if a := s.send(used); a.status != 200 || a.Code != 0 {
		t.Fatalf("a good request: %+v", a)
	}
	garbage := []byte(`{"data":"` + base64.StdEncoding.EncodeToString(make([]byte, 64)) + `"}`)
	for _, c := range []struct {
		name    string
		from    *sample
		request *http.Request
		status  int
		message string
	}{
		{"no app id", s, with(func(r *http.Request) { r.Header.Del("X-App-Id") }), 401, "Missing required headers"},
		{"no signature", s, with(func(r *http.Request) { r.Header.Del("X-Signature") }), 401, "Missing required headers"},
		{"no timestamp", s, with(func(r *http.Request) { r.Header.Del("X-Timestamp") }), 401, "Missing required headers"},
		{"no nonce", s, with(func(r *http.Request) { r.Header.Del("X-Nonce") }), 401, "Missing required headers"},
		{"too old", s, s.sign(binList, body, now(-5*time.Minute-time.Second), uuid.NewString()), 401, "Request expired"},
		{"too new", s, s.sign(binList, body, now(5*time.Minute+time.Second), uuid.NewString()), 401, "Request expired"},
		{"milliseconds", s, s.sign(binList, body, strconv.FormatInt(epoch.UnixMilli(), 10), uuid.NewString()), 401, "Request expired"},
		{"at the edge", s, s.sign(binList, body, now(-5*time.Minute), uuid.NewString()), 200, "success"},
		// Each wrong request below is also wrong in every later step.
		{"other app, other everything", s, with(func(r *http.Request) { r.Header.Set("X-App-Id", "x"); r.Header.Set("X-Signature", "AAAA") }), 401, "Invalid merchant ID"},
		{"other address, bad signature", locked, func() *http.Request {
			r := locked.sign(binList, body, now(0), uuid.NewString())
			r.Header.Set("X-Signature", "AAAA")
			return r
		}(), 403, "IP address not in whitelist"},
		{"bad signature, used nonce", s, func() *http.Request {
			r := s.sign(binList, body, now(0), "used-nonce")
			r.Header.Set("X-Signature", "AAAA")
			return r
		}(), 401, "Signature verification failed"},
		{"used nonce, undecryptable", s, s.sign(binList, garbage, now(0), "used-nonce"), 401, "Request already processed (duplicate nonce)"},
		{"undecryptable", s, s.sign(binList, garbage, now(0), uuid.NewString()), 401, "Request body decryption failed"},
		{"no JSON inside", s, s.request(binList, `not json`), 400, "Bad Request"},
		{"more than one JSON value", s, s.request(binList, `{} {}`), 400, "Bad Request"},
		{"a parameter twice", s, s.request(binList, `{"page":1,"page":1}`), 400, "Bad Request"},
		{"unknown path", s, s.request("/api/v1/card/apply", johnsApp), 404, "Resource Not Found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := c.from.send(c.request)
			if a.status != c.status || a.Message != c.message {
				t.Errorf("status %d %q, want %d %q", a.status, a.Message, c.status, c.message)
			}
		})
	}
}

func TestNonceIsRememberedForTenMinutes(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{})
	s := newSample(t, server)
	send := func() int {
		stamp := strconv.FormatInt(server.Clock().Now().Unix(), 10)
		body, err := io.ReadAll(s.request(binList, `{}`).Body)
		if err != nil {
			t.Fatal(err)
		}
		return s.send(s.sign(binList, body, stamp, "one-nonce")).status
	}
	if got := send(); got != 200 {
		t.Fatalf("first use: %d", got)
	}
	server.Clock().Advance(9 * time.Minute)
	if got := send(); got != 401 {
		t.Errorf("after nine minutes: %d", got)
	}
	server.Clock().Advance(2 * time.Minute)
	if got := send(); got != 200 {
		t.Errorf("after eleven minutes: %d", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	server := start(t, worldcardtest.Config{Quota: 1})
	s := newSample(t, server)
	if a := s.call(applyV, johnsApp); a.Code != 0 {
		t.Fatalf("%+v", a)
	}
	server.Clock().Advance(time.Minute)
	physical := `{"merchant_card_id":"pc","card_type":"PHYSICAL-G","card_bin_id":"12","first_name":"SAN","last_name":"ZHANG","telephone_country_code":"86","phone":"1","birth_date":"1990-01-15"}`
	if a := s.call("/api/v1/card/physical/apply", physical); a.Code != 0 || a.Data["status"] != 9.0 {
		t.Fatalf("%+v", a)
	}
	for _, c := range []struct {
		name, path, payload string
		code                int
	}{
		{"key used", applyV, johnsApp, 10011},
		{"type", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-X","card_bin_id":"2","first_recharge_amount":"10"}`, 10017},
		{"field of the type", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":"10"}`, 1101},
		{"BIN", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"99","first_recharge_amount":"10","email":"a@b.c"}`, 10008},
		{"BIN of another type", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"1","first_recharge_amount":"10","email":"a@b.c"}`, 10008},
		{"below 10", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":"9.99","email":"a@b.c"}`, 10013},
		{"amount as number", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":10,"email":"a@b.c"}`, 1102},
		{"optional field as number", "/api/v1/card/deposit", `{"merchant_card_id":"mc_001","merchant_transaction_id":"t","amount":"10","currency":840}`, 1102},
		{"reserve", applyV, `{"merchant_card_id":"x","card_type":"VIRTUAL-R","card_bin_id":"2","first_recharge_amount":"99999999","email":"a@b.c"}`, 10031},
		{"no card", getInfo, `{"card_id":"nope"}`, 10001},
		{"no id", getInfo, `{}`, 1101},
		{"unfreeze an active card", "/api/v1/card/unfreeze", `{"merchant_card_id":"mc_001"}`, 10026},
		{"close a card without KYC", "/api/v1/card/close", `{"merchant_card_id":"pc"}`, 10024},
		{"top up below 10", "/api/v1/card/deposit", `{"merchant_card_id":"mc_001","merchant_transaction_id":"t","amount":"1"}`, 10013},
		{"top up an inactive card", "/api/v1/card/deposit", `{"merchant_card_id":"pc","merchant_transaction_id":"t","amount":"10"}`, 10002},
		{"page", binList, `{"page":0}`, 1103},
		{"page size", binList, `{"page_size":101}`, 1104},
		{"quota", "/api/v1/card/physical/apply", `{"merchant_card_id":"p2","card_type":"PHYSICAL-G","card_bin_id":"12","first_name":"A","last_name":"B","telephone_country_code":"86","phone":"1","birth_date":"1990-01-15"}`, 10007},
		{"assign before KYC", "/api/v1/card/physical/assign", `{"merchant_card_id":"pc","card_number":"4000123412341234"}`, 10028},
		{"PIN of five digits", "/api/v1/card/physical/activate", `{"merchant_card_id":"pc","pin":"12345"}`, 10018},
		{"KYC of a virtual card", "/api/v1/card/physical/kyc/init", `{"merchant_card_id":"mc_001","card_type":"PHYSICAL-G"}`, 10010},
	} {
		if a := s.call(c.path, c.payload); a.Code != c.code {
			t.Errorf("%s: code %d (%s), want %d", c.name, a.Code, a.Message, c.code)
		}
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
