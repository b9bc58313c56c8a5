package unionpaytest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

var keys = sync.OnceValues(unionpaytest.NewKeys)

func start(t *testing.T, cfg unionpaytest.Config) *unionpaytest.Server {
	t.Helper()
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys = shared
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(epoch)
	}
	server, err := unionpaytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// raw sends requests that a client would not.
type raw struct {
	t      *testing.T
	server *unionpaytest.Server
	seq    int

	contentType string // of the next request; empty is its body's, "-" none
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
	code   string
	detail string
}

func (r *raw) header(path string) sign.UPIHeader {
	r.seq++
	return sign.UPIHeader{
		KeyID: unionpaytest.SignKeyID, UUID: fmt.Sprintf("%032x", r.seq), Time: r.server.Clock().Now(),
		AppID: r.server.AppID(), Path: path,
	}
}

// post signs body under the header h and sends it.
func (r *raw) post(path, body string, h sign.UPIHeader) reply {
	r.t.Helper()
	jws, err := sign.SignUPI(r.server.Keys().Sign(), h, []byte(body))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.do(http.MethodPost, path, body, jws)
}

func (r *raw) good(message unionpay.MessageType, body string) reply {
	r.t.Helper()
	path := r.server.ClientConfig().Paths[message]
	return r.post(path, body, r.header(path))
}

func (r *raw) do(method, path, body, jws string) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL()+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	if !strings.HasPrefix(strings.TrimSpace(body), "{") && strings.Count(body, ".") == 4 {
		req.Header.Set("Content-Type", "application/jose")
	}
	if r.contentType == "-" {
		req.Header.Del("Content-Type")
	} else if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if jws != "" {
		req.Header["UPI-JWS"] = []string{jws}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, body: string(data)}
	var answer struct {
		Response struct{ ResponseCode, ErrorDetail string } `json:"msgResponse"`
	}
	if json.Unmarshal(data, &answer) == nil {
		out.code, out.detail = answer.Response.ResponseCode, answer.Response.ErrorDetail
	}
	return out
}

const feedback = `{"countryCode":"702","cityName":"Singapore","bankName":"Example Bank","address":"1 Example Road","reportReason":"2"}`

// TestGatewayAuthentication: what does not authenticate is answered with 401 and
// the documented body, unsigned, whatever the reason.
func TestGatewayAuthentication(t *testing.T) {
	t.Parallel()
	r := &raw{t: t, server: start(t, unionpaytest.Config{})}
	path := r.server.ClientConfig().Paths[unionpay.MessageTypeATMFeedback]
	if got := r.good(unionpay.MessageTypeATMFeedback, feedback); got.status != 200 || got.code != "00" || got.header.Get("UPI-JWS") == "" {
		t.Fatalf("a good request: %+v", got)
	}
	if got := r.do(http.MethodGet, path, "", ""); got.status != http.StatusMethodNotAllowed || got.body != "" {
		t.Errorf("GET: %+v", got)
	}
	if got := r.do(http.MethodPost, "/nowhere", feedback, ""); got.status != http.StatusNotFound {
		t.Errorf("no path: %+v", got)
	}
	jws := func(change func(*sign.UPIHeader)) string {
		h := r.header(path)
		if change != nil {
			change(&h)
		}
		value, err := sign.SignUPI(r.server.Keys().Sign(), h, []byte(feedback))
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	seen := jws(nil)
	if got := r.do(http.MethodPost, path, feedback, seen); got.code != "00" {
		t.Fatalf("%+v", got)
	}
	for name, value := range map[string]string{
		"no header":       "",
		"in quotes":       `"` + jws(nil) + `"`,
		"replayed":        seen,
		"late":            jws(func(h *sign.UPIHeader) { h.Time = h.Time.Add(-301 * time.Second) }),
		"early":           jws(func(h *sign.UPIHeader) { h.Time = h.Time.Add(301 * time.Second) }),
		"unknown kid":     jws(func(h *sign.UPIHeader) { h.KeyID = "1" }),
		"unknown app":     jws(func(h *sign.UPIHeader) { h.AppID = "00520447" }),
		"other path":      jws(func(h *sign.UPIHeader) { h.Path = "/cams/tr/v1/atmlistinquiry" }),
		"no path":         jws(func(h *sign.UPIHeader) { h.Path = "" }),
		"short UUID":      jws(func(h *sign.UPIHeader) { h.UUID = "5ba1" }),
		"hyphenated UUID": jws(func(h *sign.UPIHeader) { h.UUID = "5ba10d46-d5d1-48df-bcc2-119c08e01015" }),
		"raw mode":        jws(func(h *sign.UPIHeader) { h.Mode = sign.UPIModeRaw }),
		"part missing":    strings.Replace(jws(nil), "..", ".", 1),
		"no signature":    strings.SplitAfter(jws(nil), "..")[0],
	} {
		got := r.do(http.MethodPost, path, feedback, value)
		if got.status != 401 || got.body != `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}` || got.header.Get("UPI-JWS") != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := r.do(http.MethodPost, path, feedback+" ", jws(nil)); got.status != 401 {
		t.Errorf("another body: %+v", got)
	}
	if n := len(r.server.Feedback()); n != 2 {
		t.Errorf("%d reports were taken, want 2", n)
	}
	r.server.Clock().Advance(24 * time.Hour)
	again := r.header(path)
	again.UUID = fmt.Sprintf("%032x", 1)
	if got := r.post(path, feedback, again); got.code != "00" {
		t.Errorf("a UUID of yesterday: %+v", got)
	}
}

// TestGatewayFields: every mandatory field and every length, in signed answers
// that name the field.
func TestGatewayFields(t *testing.T) {
	t.Parallel()
	r := &raw{t: t, server: start(t, unionpaytest.Config{})}
	set := func(body, old, new string) string {
		if !strings.Contains(body, old) {
			t.Fatalf("no %s in %s", old, body)
		}
		return strings.Replace(body, old, new, 1)
	}
	seq := 0
	envelope := func(typ, trxInfo string) string {
		seq++
		return fmt.Sprintf(`{"msgInfo":{"versionNo":"1.0.0","msgID":"A00520446%020d","timeStamp":"20260401100000","msgType":"%s","walletID":"00520446"},"trxInfo":%s}`, seq, typ, trxInfo)
	}
	const inquiry = `{"tokenRefID":"1"}`
	for _, c := range []struct {
		name    string
		message unionpay.MessageType
		body    string
		code    string
		detail  string
	}{
		{"no JSON", unionpay.MessageTypeATMFeedback, `{`, "30", "object"},
		{"array", unionpay.MessageTypeATMFeedback, `[]`, "30", "object"},
		{"duplicate member", unionpay.MessageTypeATMFeedback, set(feedback, `{`, `{"cityName":"x",`), "30", "object"},
		{"not UTF-8", unionpay.MessageTypeATMFeedback, set(feedback, `Example Bank`, "Example \xff"), "30", "object"},
		{"more behind it", unionpay.MessageTypeATMFeedback, feedback + `{}`, "30", "object"},
		{"no city", unionpay.MessageTypeATMFeedback, set(feedback, `"cityName"`, `"x"`), "30", "cityName"},
		{"empty bank", unionpay.MessageTypeATMFeedback, set(feedback, `"Example Bank"`, `""`), "30", "bankName"},
		{"long bank", unionpay.MessageTypeATMFeedback, set(feedback, `Example Bank`, strings.Repeat("银", 101)), "30", "bankName"},
		{"longest bank", unionpay.MessageTypeATMFeedback, set(feedback, `Example Bank`, strings.Repeat("银", 100)), "00", ""},
		{"long address", unionpay.MessageTypeATMFeedback, set(feedback, `1 Example Road`, strings.Repeat("a", 501)), "30", "address"},
		{"country of two digits", unionpay.MessageTypeATMFeedback, set(feedback, `702`, `70`), "30", "countryCode"},
		{"country of letters", unionpay.MessageTypeATMFeedback, set(feedback, `702`, `SGP`), "30", "countryCode"},
		{"a number instead of a string", unionpay.MessageTypeATMFeedback, set(feedback, `"2"`, `2`), "30", "reportReason"},
		{"unknown reason", unionpay.MessageTypeATMFeedback, set(feedback, `"2"`, `"7"`), "30", "reportReason"},
		{"unknown ATM", unionpay.MessageTypeATMFeedback, set(feedback, `{`, `{"atmId":"ATM-404",`), "25", ""},
		{"unknown member", unionpay.MessageTypeATMFeedback, set(feedback, `{`, `{"new":1,`), "00", ""},
		{"long keyword", unionpay.MessageTypeATMList, `{"countryCode":"702","keyword":"12345678901"}`, "30", "keyword"},
		{"no coordinates", unionpay.MessageTypeATMNearby, `{"longitude":"1"}`, "30", "latitude"},
		{"coordinates of letters", unionpay.MessageTypeATMNearby, `{"longitude":"E","latitude":"N"}`, "30", "longitude"},
		{"coordinates that do not exist", unionpay.MessageTypeATMNearby, `{"longitude":"1","latitude":"91"}`, "30", "longitude"},
		{"coordinates of no number", unionpay.MessageTypeATMNearby, `{"longitude":"NaN","latitude":"NaN"}`, "30", "longitude"},
		{"good inquiry", unionpay.MessageTypeTokenStateInquiry, envelope("TOKEN_STATE_INQUIRY", inquiry), "25", ""},
		{"duplicate in msgInfo", unionpay.MessageTypeTokenStateInquiry, set(envelope("TOKEN_STATE_INQUIRY", inquiry), `"walletID"`, `"msgType":"TOKEN_STATE_INQUIRY","walletID"`), "30", "object"},
		{"duplicate in trxInfo", unionpay.MessageTypeTokenStateInquiry, envelope("TOKEN_STATE_INQUIRY", `{"tokenRefID":"1","tokenRefID":"2"}`), "30", "object"},
		{"other type", unionpay.MessageTypeTokenStateInquiry, envelope("TOKEN_STATE_UPDATE", inquiry), "30", "field msgType"},
		{"flat", unionpay.MessageTypeTokenStateInquiry, inquiry, "30", "object"},
		{"no version", unionpay.MessageTypeTokenStateInquiry, set(envelope("TOKEN_STATE_INQUIRY", inquiry), "versionNo", "v"), "30", "field versionNo"},
		{"short time", unionpay.MessageTypeTokenStateInquiry, set(envelope("TOKEN_STATE_INQUIRY", inquiry), "20260401100000", "2026"), "30", "field timeStamp"},
		{"time that does not exist", unionpay.MessageTypeTokenStateInquiry, set(envelope("TOKEN_STATE_INQUIRY", inquiry), "20260401100000", "20260431100000"), "30", "field timeStamp"},
		{"short id", unionpay.MessageTypeTokenStateInquiry, set(envelope("TOKEN_STATE_INQUIRY", inquiry), "A005204460000000000", "A"), "30", "field msgID"},
		{"no key", unionpay.MessageTypeTokenStateInquiry, envelope("TOKEN_STATE_INQUIRY", `{}`), "30", "originalMsgID"},
		{"two keys", unionpay.MessageTypeTokenStateInquiry, envelope("TOKEN_STATE_INQUIRY", `{"token":"","originalMsgID":"A0052044620260401100000000777"}`), "30", "token"},
		{"short token", unionpay.MessageTypeTokenStateUpdate, envelope("TOKEN_STATE_UPDATE", `{"deviceID":"d","token":"62","tokenAction":"SUSPEND"}`), "30", "token"},
		{"unknown token", unionpay.MessageTypeTokenStateUpdate, envelope("TOKEN_STATE_UPDATE", `{"deviceID":"d","token":"6299990000000000004","tokenAction":"SUSPEND"}`), "25", ""},
		{"no authorization", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"deviceID":"d","authorizationData":""}`), "30", "authorizationData"},
		{"made-up authorization", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"deviceID":"d","authorizationData":"x"}`), "71", ""},
		{"no device", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"authorizationData":"x"}`), "30", "deviceID"},
		{"merchant without device", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"authorizationData":"x","useCaseIndicator":["COF"]}`), "71", ""},
		{"pan in clear", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"deviceID":"d","authorizationData":"x","pan":"6250945000000004"}`), "30", ""},
		{"device score of two digits", unionpay.MessageTypeTokenRequest, envelope("TOKEN_REQUEST_WITH_AUTHORIZATION", `{"deviceID":"d","authorizationData":"x","riskInfo":{"deviceScore":"10"}}`), "30", "deviceScore"},
		{"no key text", unionpay.MessageTypeKeyExchange, envelope("KEY_EXCHANGE", `{"insSignCertID":"1"}`), "30", "insSignPublicKey"},
	} {
		got := r.good(c.message, c.body)
		if got.status != 200 || got.code != c.code || !strings.Contains(got.detail, c.detail) || (c.detail == "" && got.detail != "") {
			t.Errorf("%s: %+v, want %s %s", c.name, got, c.code, c.detail)
		}
		verifyAnswer(t, r, got)
	}
	again := envelope("TOKEN_STATE_INQUIRY", inquiry)
	for _, want := range []string{"25", "94"} {
		if got := r.good(unionpay.MessageTypeTokenStateInquiry, again); got.code != want {
			t.Errorf("msgID used before: %+v, want %s", got, want)
		}
	}
}

func verifyAnswer(t *testing.T, r *raw, got reply) {
	t.Helper()
	h, err := sign.UPIVerifier{
		Keys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: r.server.Keys().UPISign()}, AppIDs: []string{r.server.AppID()},
	}.Verify(got.header.Get("UPI-JWS"), []byte(got.body), sign.UPIExpect{
		Now: r.server.Clock().Now(), UUID: fmt.Sprintf("%032x", r.seq), StrictUUID: true,
	})
	if err != nil || h.Path != "" {
		t.Errorf("the answer %s: %+v, %v", got.body, h, err)
	}
}

// TestGatewayRequestors: one requestor's tokens are unknown to another, and a key
// signs for its own requestor only.
func TestGatewayRequestors(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{})
	r := &raw{t: t, server: server}
	other := server.Keys().UPIEncPrivate()
	server.AddRequestor("00520447", "77", other.Public())
	path := server.ClientConfig().Paths[unionpay.MessageTypeATMFeedback]
	h := r.header(path)
	h.AppID = "00520447"
	if got := r.post(path, feedback, h); got.status != 401 {
		t.Errorf("our key for another requestor: %+v", got)
	}
	h = r.header(path)
	h.AppID, h.KeyID = "00520447", "77"
	jws, err := sign.SignUPI(other, h, []byte(feedback))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.do(http.MethodPost, path, feedback, jws); got.code != "00" {
		t.Errorf("the other requestor: %+v", got)
	}
}

// TestGatewayBounds: a body beyond the limit is refused.
func TestGatewayBounds(t *testing.T) {
	t.Parallel()
	r := &raw{t: t, server: start(t, unionpaytest.Config{})}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL()+"/x", bytes.NewReader(make([]byte, 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the server closed the connection on us
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}
