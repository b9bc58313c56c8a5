package kazepaytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

var serverKeys = sync.OnceValue(func() kazepaytest.Keys {
	keys, _ := kazepaytest.NewKeys()
	return keys
})

func start(t testing.TB, cfg kazepaytest.Config) *kazepaytest.Server {
	t.Helper()
	cfg.Keys = serverKeys()
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	}
	server, err := kazepaytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// numbers makes message numbers that are unique in the test binary.
var numbers atomic.Int64

// raw is a request that a test can spoil.
type raw struct {
	head    map[string]any
	payload string
	spoil   func(e *sign.Envelope)
	body    func(message []byte) []byte
	header  string
}

func request(server *kazepaytest.Server, apiCode, payload string) raw {
	return raw{
		head: map[string]any{
			"apiCode": apiCode, "sysId": server.SysID(), "version": "1.0", "requestNo": fmt.Sprintf("20240422%016d", numbers.Add(1)),
		},
		payload: payload, header: "application/json; charset=UTF-8",
	}
}

// send returns head and payload of the answer.
func (r raw) send(t testing.TB, server *kazepaytest.Server) (head map[string]string, payload string) {
	t.Helper()
	cfg := server.ClientConfig()
	status, body := r.transmit(t, server, http.MethodPost)
	answer, err := sign.ParseEnvelope(body)
	if err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v: %s", status, err, body)
	}
	if err := json.Unmarshal(answer.Head, &head); err != nil {
		t.Fatal(err)
	}
	if answer.Encrypt != "" {
		opened, err := cfg.Profile.Open(cfg.PrivateKey, cfg.PlatformKey, answer)
		if err != nil {
			t.Fatal(err)
		}
		payload = string(opened)
	}
	return head, payload
}

// transmit sends the request and returns the answer as it comes.
func (r raw) transmit(t testing.TB, server *kazepaytest.Server, method string) (int, []byte) {
	t.Helper()
	cfg := server.ClientConfig()
	headJSON, err := json.Marshal(r.head)
	if err != nil {
		t.Fatal(err)
	}
	e, err := cfg.Profile.Seal(cfg.PrivateKey, cfg.PlatformKey, headJSON, []byte(r.payload))
	if err != nil {
		t.Fatal(err)
	}
	if r.spoil != nil {
		r.spoil(e)
	}
	message := e.JSON()
	if r.body != nil {
		message = r.body(message)
	}
	return post(t, server, method, r.header, message)
}

func post(t testing.TB, server *kazepaytest.Server, method, contentType string, body []byte) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	used := request(server, "getWebhookUrl", "{}")
	if head, _ := used.send(t, server); head["code"] != "SUCCESS" {
		t.Fatalf("%v", head)
	}
	// Every request has all the later faults as well, so that only the order
	// decides.
	unverified := func(e *sign.Envelope) { e.Sign = strings.Repeat("0", 512) }
	const twice = `{"url":"http://127.0.0.1:1","url":"http://127.0.0.1:2"}`
	again := func(old, replacement string) func([]byte) []byte {
		return func(message []byte) []byte { return bytes.Replace(message, []byte(old), []byte(replacement), 1) }
	}
	for name, c := range map[string]struct {
		change func(r *raw)
		want   string
	}{
		"no JSON":            {func(r *raw) { r.body = func([]byte) []byte { return []byte("<html>") } }, "FAKE_FORMAT_ERROR"},
		"no envelope":        {func(r *raw) { r.body = func([]byte) []byte { return []byte(`{"type":1}`) } }, "FAKE_FORMAT_ERROR"},
		"content type":       {func(r *raw) { r.header = "text/plain" }, "FAKE_FORMAT_ERROR"},
		"a number in head":   {func(r *raw) { r.head["version"] = 1 }, "FAKE_FORMAT_ERROR"},
		"another sysId":      {func(r *raw) { r.head["sysId"], r.head["version"] = "H1", "2.0" }, "FAKE_SYSID_ERROR"},
		"another version":    {func(r *raw) { r.head["version"], r.head["requestNo"] = "2.0", used.head["requestNo"] }, "FAKE_VERSION_ERROR"},
		"no requestNo":       {func(r *raw) { delete(r.head, "requestNo") }, "FAKE_FORMAT_ERROR"},
		"a book as a number": {func(r *raw) { r.head["requestNo"] = strings.Repeat("1", 65) }, "FAKE_FORMAT_ERROR"},
		"used requestNo":     {func(r *raw) { r.head["requestNo"] = used.head["requestNo"] }, "FAKE_DUPLICATE_REQUEST"},
		"bad signature":      {func(*raw) {}, "FAKE_SIGN_ERROR"},
		"no key":             {func(r *raw) { r.spoil = func(e *sign.Envelope) { e.KeyEnc = issuing.Secret{} } }, "FAKE_SIGN_ERROR"},
		"other ciphertext":   {func(r *raw) { r.spoil = func(e *sign.Envelope) { e.Encrypt = strings.Repeat("A", 64) } }, "FAKE_SIGN_ERROR"},
		"unknown apiCode":    {func(r *raw) { r.spoil = nil }, "FAKE_APICODE_ERROR"},
		"no object":          {func(r *raw) { r.spoil, r.head["apiCode"], r.payload = nil, "queryCard", "[]" }, "FAKE_PARAM_ERROR"},
		"two objects":        {func(r *raw) { r.spoil, r.head["apiCode"], r.payload = nil, "getWebhookUrl", "{}{}" }, "FAKE_PARAM_ERROR"},
		"a parameter twice":  {func(r *raw) { r.spoil, r.head["apiCode"], r.payload = nil, "setWebhookUrl", twice }, "FAKE_PARAM_ERROR"},
		"a head field twice": {func(r *raw) { r.body = again(`"head":{`, `"head":{"sysId":"H1",`) }, "FAKE_FORMAT_ERROR"},
		"the body twice":     {func(r *raw) { r.body = again(`{"head"`, `{"body":{},"head"`) }, "FAKE_FORMAT_ERROR"},
		"encrypt twice":      {func(r *raw) { r.body = again(`"body":{`, `"body":{"encrypt":"",`) }, "FAKE_FORMAT_ERROR"},
		"case in the head":   {func(r *raw) { r.head["SYSID"] = r.head["sysId"]; delete(r.head, "sysId") }, "FAKE_SYSID_ERROR"},
		"a form's apiCode":   {func(r *raw) { r.spoil, r.head["apiCode"] = nil, "fileUpload" }, "FAKE_APICODE_ERROR"},
		"case of the name":   {func(r *raw) { r.spoil, r.head["apiCode"] = nil, "querycard" }, "FAKE_APICODE_ERROR"},
	} {
		r := request(server, "nothing", "[]")
		r.spoil = unverified
		c.change(&r)
		head, payload := r.send(t, server)
		if head["code"] != c.want || payload != "" || head["sign"] != "" {
			t.Errorf("%s: %v %s", name, head, payload)
		}
	}
	if status, _ := post(t, server, http.MethodGet, "", nil); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", status)
	}
	// A refused request does not use its requestNo up.
	r := request(server, "getWebhookUrl", "{}")
	r.spoil = unverified
	r.send(t, server)
	r.spoil = nil
	if head, _ := r.send(t, server); head["code"] != "SUCCESS" {
		t.Errorf("%v", head)
	}
}

func TestRepeatsCanBeIgnored(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{IgnoreRepeats: true}})
	r := request(server, "setWebhookUrl", `{"url":"https://notify.receive/api"}`)
	for range 2 {
		if head, payload := r.send(t, server); head["code"] != "SUCCESS" || payload != `{"encrypt":"SUCCESS","url":"https://notify.receive/api"}` {
			t.Errorf("%v %s", head, payload)
		}
	}
}

func TestOneOfManyRepeatsIsCarriedOut(t *testing.T) {
	t.Parallel()
	server := start(t, kazepaytest.Config{})
	_, payload := request(server, "createCard", `{"email":"a@b.c","mobileNumber":"1","mobilePrefix":"60","cardBin":"222929"}`).send(t, server)
	server.Clock().Advance(time.Second)
	var card struct{ CardID string }
	if err := json.Unmarshal([]byte(payload), &card); err != nil {
		t.Fatal(err)
	}
	r := request(server, "cardRecharge", `{"cardID":"`+card.CardID+`","currency":"USD","amount":5}`)
	var done atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if head, _ := r.send(t, server); head["code"] == "SUCCESS" {
				done.Add(1)
			} else if head["code"] != "FAKE_DUPLICATE_REQUEST" {
				t.Errorf("%v", head)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || len(server.Deposits()) != 1 {
		t.Errorf("carried out %d times, %d top-ups", done.Load(), len(server.Deposits()))
	}
}

func TestHeadsAndFlags(t *testing.T) {
	t.Parallel()
	flagged := map[string][2]string{ // apiCode and payload
		"KYC.Submit": {"setUcardKyc", `{}`}, "KYC.SubmitInline": {"setUcardKyc", `{"frontImgBase64":"x"}`}, "KYC.Link": {"setUserKyc", `{}`},
		"KYC.Status": {"queryUcardKycStatus", `{}`}, "Physical.Assign": {"ucardAssign", `{}`}, "Physical.Activate": {"ucardActive", `{}`},
		"Physical.SetPIN": {"cardSetPin", `{}`}, "Webhooks.SetURL": {"setWebhookUrl", `{}`}, "Webhooks.URL": {"getWebhookUrl", `{}`},
	}
	server := start(t, kazepaytest.Config{})
	for op, r := range flagged {
		if err := server.FailNext(op, ""); err != nil {
			t.Error(err)
		}
		if head, payload := request(server, r[0], r[1]).send(t, server); head["code"] != "SUCCESS" || payload != `{"encrypt":"FAILED"}` {
			t.Errorf("%s: %v %s", op, head, payload)
		}
	}
	for _, op := range []string{"Cards.Card", "setUserKyc", ""} {
		if server.FailNext(op, "") == nil {
			t.Errorf("%q cannot fail by itself", op)
		}
	}
	head, payload := request(server, "getWebhookUrl", "{}").send(t, server)
	if head["detail"] != "SUCCESS" || head["apiCode"] != "getWebhookUrl" || head["version"] != "1.0" || payload != `{"encrypt":"SUCCESS","url":""}` {
		t.Errorf("%v %s", head, payload)
	}
	_, payload = request(server, "createCard", `{"email":"a@b.c","mobileNumber":"1","mobilePrefix":"60","cardBin":"222929","cardLevel":"01"}`).send(t, server)
	if payload != `{"cardID":"10001","status":"AUDITING"}` {
		t.Errorf("%s", payload)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]kazepaytest.Config{
		"listen":  {Listen: "0.0.0.0:0"},
		"profile": {Profile: sign.Profile{Mode: 9}},
		"reserve": {Reserve: issuing.NewAmount(-1, 0)},
	} {
		cfg.Keys = serverKeys()
		if server, err := kazepaytest.NewServer(cfg); err == nil {
			server.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFreshKeys(t *testing.T) {
	t.Parallel()
	server, err := kazepaytest.NewServer(kazepaytest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client, err := kazepay.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Webhooks.URL(t.Context()); err != nil {
		t.Error(err)
	}
	text, err := server.PlatformKey().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: server.URL(), SysID: server.SysID(), PrivateKey: server.MerchantPrivateKey(), PlatformKey: string(text),
	})
	if err != nil || cfg.PrivateKey.Public().Fingerprint() != server.ClientConfig().PrivateKey.Public().Fingerprint() {
		t.Errorf("%v", err)
	}
}
