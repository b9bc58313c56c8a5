package unionpay_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// sent is one request as it arrived.
type sent struct {
	method, path string
	header       http.Header
	body         string
}

// recorder answers every request with a signed body and keeps what came.
type recorder struct {
	t      *testing.T
	answer string
	down   string // a path that is answered 502
	sent   []sent
}

// msgIDs returns the message ids of what came to a path.
func (r *recorder) msgIDs(path string) []string {
	var ids []string
	for _, s := range r.sent {
		var body struct{ MsgInfo struct{ MsgID string } }
		if err := json.Unmarshal([]byte(s.body), &body); err != nil {
			r.t.Error(err)
		}
		if s.path == path {
			ids = append(ids, body.MsgInfo.MsgID)
		}
	}
	return ids
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		r.t.Error(err)
	}
	r.sent = append(r.sent, sent{req.Method, req.URL.RequestURI(), req.Header, string(body)})
	if req.URL.Path == r.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	shared, err := keys()
	if err != nil {
		r.t.Error(err)
	}
	jws, err := sign.SignUPI(shared.UPISignPrivate(), sign.UPIHeader{
		KeyID: unionpaytest.UPISignKeyID, UUID: "00000000000000000000000000000000", Time: epoch, AppID: unionpaytest.DefaultAppID,
	}, []byte(r.answer))
	if err != nil {
		r.t.Error(err)
	}
	w.Header().Set("UPI-JWS", jws)
	_, _ = w.Write([]byte(r.answer))
}

// record returns a client whose requests are recorded, with fixed ids.
func record(t *testing.T, answer string, change func(*unionpay.Config)) (*recorder, *unionpay.Client) {
	t.Helper()
	r := &recorder{t: t, answer: answer}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	gateway, _ := turned(t, unionpaytest.Config{})
	client := newClient(t, gateway, func(c *unionpay.Config) {
		c.BaseURL = server.URL
		c.NewUUID = func() string { return "5ba10d46d5d148dfbcc2119c08e01015" }
		if change != nil {
			change(c)
		}
	})
	return r, client
}

const approved = `{"msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`

// TestWireFeedback asserts every byte of the documented message.
func TestWireFeedback(t *testing.T) {
	t.Parallel()
	r, client := record(t, approved, nil)
	req := unionpay.FeedbackRequest{
		CountryCode: "156", CityName: "上海", BankName: `Test "A" & B`, Address: "1 Example Rd", ReportReason: unionpay.ReportReasonNoATM,
	}
	if _, err := client.ATMs.Feedback(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	got := r.sent[0]
	if got.method != "POST" || got.path != "/cams/tr/v1/atmfeedbackinform" {
		t.Errorf("%s %s", got.method, got.path)
	}
	if want := `{"countryCode":"156","cityName":"上海","bankName":"Test \"A\" & B","address":"1 Example Rd","reportReason":"0"}`; got.body != want {
		t.Errorf("body\n%s\nwant\n%s", got.body, want)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json;charset=UTF-8", "Accept": "application/json", "Accept-Encoding": "identity",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
	for name := range got.header {
		if strings.HasPrefix(strings.ToUpper(name), "UPI-") && name != "Upi-Jws" {
			t.Errorf("a header %s: the members belong into the protected header", name)
		}
	}
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	h, err := sign.UPIVerifier{
		Keys: map[string]sign.PublicKey{unionpaytest.SignKeyID: shared.Sign().Public()}, AppIDs: []string{"00520446"},
	}.Verify(got.header.Get("UPI-JWS"), []byte(got.body), sign.UPIExpect{Now: epoch, Request: true, Path: got.path})
	if err != nil || h.UUID != "5ba10d46d5d148dfbcc2119c08e01015" || !h.Time.Equal(epoch) {
		t.Errorf("signature: %+v, %v", h, err)
	}
	full := feedback()
	full.OtherReason, full.Extra = "closed\tat\nnight\x01", map[string]any{"photo": "x"}
	if _, err := client.ATMs.Feedback(t.Context(), full); err != nil {
		t.Fatal(err)
	}
	want := `{"atmId":"ATM-000123","countryCode":"702","cityName":"Singapore","bankName":"Example Bank","address":"1 Example Road",` +
		`"longitude":"+103.8519","latitude":"+1.2902","reportReason":"2","otherReason":"closed\tat\nnight\u0001","photo":"x"}`
	if r.sent[1].body != want {
		t.Errorf("body\n%s\nwant\n%s", r.sent[1].body, want)
	}
}

// TestWireMessages asserts the bodies of the other messages.
func TestWireMessages(t *testing.T) {
	t.Parallel()
	const id = "A0052044620260101120000000001"
	head := func(typ string) string {
		return `{"msgInfo":{"versionNo":"1.0.0","msgID":"` + id + `","timeStamp":"20260401100000","msgType":"` + typ + `","walletID":"00520446"},"trxInfo":`
	}
	token := issuing.NewSecret("6299990000000000004")
	for _, c := range []struct {
		name   string
		change func(*unionpay.Config)
		call   func(*unionpay.Client, issuing.CallOption) error
		want   string
	}{
		{
			"list", nil, func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702", Keyword: "k", PageNo: 2, PageSize: 10}, o)
				return err
			}, `{"countryCode":"702","keyword":"k","pageNo":"2","pageSize":"10"}`,
		},
		{
			"renamed", func(c *unionpay.Config) {
				c.FieldNames = map[string]string{"pageNo": "PageNum", "pageSize": "PageRows"}
			},
			func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.ATMs.Nearby(t.Context(), unionpay.NearbyRequest{Longitude: "+1", Latitude: "-1", Radius: 500, PageNo: 1, PageSize: 5}, o)
				return err
			}, `{"longitude":"+1","latitude":"-1","radius":"500","PageNum":"1","PageRows":"5"}`,
		},
		{
			"cities, enveloped", func(c *unionpay.Config) {
				c.Shapes = map[unionpay.MessageType]unionpay.Shape{unionpay.MessageTypeATMCitiesAndBanks: unionpay.ShapeEnveloped}
			}, func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.ATMs.CitiesAndBanks(t.Context(), unionpay.CitiesAndBanksRequest{CountryCode: "702"}, o)
				return err
			}, head("ATM_CITY_AND_BANK_LIST_INQUIRY") + `{"countryCode":"702"}}`,
		},
		{
			"state update", nil, func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{DeviceID: device, Token: token, Action: unionpay.TokenActionSuspend}, o)
				return err
			}, head("TOKEN_STATE_UPDATE") + `{"deviceID":"` + device + `","token":"6299990000000000004","tokenAction":"SUSPEND"}}`,
		},
		{
			"slashes, another identity", func(c *unionpay.Config) { c.EscapeSlash, c.IdentityField, c.IdentityValue = true, "insID", "T/1" },
			func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "a/b"}, o)
				return err
			}, strings.Replace(head("TOKEN_STATE_INQUIRY"), `"walletID":"00520446"`, `"insID":"T\/1"`, 1) + `{"tokenRefID":"a\/b"}}`,
		},
		{
			"no identity", func(c *unionpay.Config) { c.IdentityField = unionpay.IdentityNone },
			func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.Tokens.Token(t.Context(), unionpay.TokenQuery{OriginalMsgID: id}, o)
				return err
			}, strings.Replace(head("TOKEN_STATE_INQUIRY"), `,"walletID":"00520446"`, ``, 1) + `{"originalMsgID":"` + id + `"}}`,
		},
		{
			"token request", func(c *unionpay.Config) { c.FieldNames = map[string]string{"authorizationData": "authCode"} },
			func(c *unionpay.Client, o issuing.CallOption) error {
				_, err := c.Tokens.Request(t.Context(), unionpay.TokenRequest{
					DeviceID: device, IssuerID: "00010156", AuthorizationData: issuing.NewSecret("eyJ.a.b.c.d"),
					UseCases: []unionpay.UseCase{unionpay.UseCaseQRC}, HCEInfo: &unionpay.HCEInfo{CardInfo: issuing.NewSecret("ci")},
					UserID: "u", RiskInfo: &unionpay.RiskInfo{
						GPS: "+1/+2", SIMCards: []string{"1"}, CaptureMethod: unionpay.CaptureMethodUnknown,
						UserEnrolDate: unionpay.EnrolDate("2026-01-02"), DeviceScore: "5",
					},
				}, o)
				if errors.Is(err, issuing.ErrOutcomeUnknown) { // 00 without a token
					return nil
				}
				return err
			}, head("TOKEN_REQUEST_WITH_AUTHORIZATION") + `{"deviceID":"` + device + `","issuerID":"00010156","authCode":"eyJ.a.b.c.d",` +
				`"useCaseIndicator":["QRC"],"hceInfo":{"cardInfo":"ci"},"userID":"u",` +
				`"riskInfo":{"gps":"+1/+2","simCard":["1"],"usrEnrolDate":"260102","captureMethod":"UNKNOWN","deviceScore":"5"}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r, client := record(t, `{"tokenState":"SUSPENDED","token":"6299990000000000004","msgResponse":{"responseCode":"00","responseMsg":"Approved"}}`, c.change)
			if err := c.call(client, issuing.WithIdempotencyKey(id)); err != nil && !strings.Contains(err.Error(), "no token") {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, r.sent[0].body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWireEncryption: pan and cvm leave encrypted for UnionPay, and nothing else.
func TestWireEncryption(t *testing.T) {
	t.Parallel()
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	upi := map[string]sign.PrivateKey{unionpaytest.UPIEncKeyID: shared.UPIEncPrivate()}
	req := unionpay.TokenRequest{
		DeviceID: device, AuthorizationData: issuing.NewSecret("opaque"), PAN: issuing.NewSecret("6250945000000004"),
		CVM: []unionpay.CVM{{CVN2: issuing.NewSecret("123"), OTP: issuing.NewSecret("998877")}},
	}
	r, client := record(t, approved, func(c *unionpay.Config) { c.SendEncCertID, c.EncCertID = true, "77" })
	_, _ = client.Tokens.Request(t.Context(), req)
	var body struct {
		TrxInfo struct{ Pan, CVM, AuthorizationData string }
		Enc     json.RawMessage `json:"encCertId"`
	}
	if err := json.Unmarshal([]byte(r.sent[0].body), &body); err != nil {
		t.Fatal(err)
	}
	pan, err1 := jose.UPIJWE{}.Decrypt(upi, body.TrxInfo.Pan)
	cvm, err2 := jose.UPIJWE{}.Decrypt(upi, body.TrxInfo.CVM)
	if err1 != nil || err2 != nil || string(pan) != "6250945000000004" || string(cvm) != `[{"cvn2":"123","otp":"998877"}]` || body.TrxInfo.AuthorizationData != "opaque" {
		t.Errorf("pan %q %v, cvm %q %v", pan, err1, cvm, err2)
	}
	if want := `{"upiEncCertID":"` + unionpaytest.UPIEncKeyID + `","insEncCertID":"77"}`; string(body.Enc) != want {
		t.Errorf("encCertId %s", body.Enc)
	}
	for _, secret := range []string{"6250945000000004", "998877"} {
		if strings.Contains(r.sent[0].body, secret) {
			t.Errorf("%s is sent in clear", secret)
		}
	}
	r, client = record(t, approved, func(c *unionpay.Config) {
		c.BodyEncryption = map[unionpay.MessageType]unionpay.BodyEncryption{unionpay.MessageTypeATMFeedback: unionpay.BodyEncryptionJWE}
	})
	if _, err := client.ATMs.Feedback(t.Context(), feedback()); err != nil {
		t.Fatal(err)
	}
	plain, err := jose.UPIJWE{}.Decrypt(upi, r.sent[0].body)
	if err != nil || !strings.HasPrefix(string(plain), `{"atmId"`) || r.sent[0].header.Get("Content-Type") != "application/jose" {
		t.Errorf("body %s, %v", plain, err)
	}
	_, client = record(t, approved, func(c *unionpay.Config) { c.UPIEncKey = sign.PublicKey{} })
	if _, err := client.Tokens.Request(t.Context(), req); !errors.Is(err, issuing.ErrNotConfigured) || !strings.Contains(err.Error(), "UPIEncKey") {
		t.Errorf("no key to encrypt with: %v", err)
	}
}

// TestWireAnswers reads the other spellings that implementers have met.
func TestWireAnswers(t *testing.T) {
	t.Parallel()
	_, client := record(t, `{"trxInfo":{"deviceId":"d","TOKEN":"6299990000000000004","maskedPan":"625094******0004","tokenRefId":"r","new":{"a":"b"},"cardType":7},
		"MsgResponse":{"responseCode":"00","responseMsg":"ok"}}`, nil)
	token, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	if token.DeviceID != "d" || token.MaskedPAN != "625094******0004" || token.RefID != "r" || token.CardType != "7" || string(token.Extra.Member("new")) != `{"a":"b"}` {
		t.Errorf("%+v", token)
	}
	// A field that is encrypted for somebody else costs that field only, and a
	// token that is, the whole answer.
	const sealed = `"eyJhbGciOiJSU0ExXzUifQ.AA.AA.AA.AA"`
	_, client = record(t, `{"trxInfo":{"token":"6299990000000000004","par":`+sealed+`},"msgResponse":{"responseCode":"00"}}`, nil)
	token, err = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"})
	if err != nil || !token.PAR.IsZero() || string(token.Extra.Member("par")) != sealed {
		t.Errorf("a field for somebody else: %+v, %v", token, err)
	}
	_, client = record(t, `{"trxInfo":{"token":`+sealed+`},"msgResponse":{"responseCode":"00"}}`, nil)
	if _, err = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"}); !errors.Is(err, issuing.ErrBadResponse) {
		t.Errorf("a token for somebody else: %v", err)
	}
	_, client = record(t, `{"count":1,"machines":[{"ATMID":"1","new":1}],"msgResponse":{"responseCode":"00"}}`, nil)
	page, err := client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"})
	if err != nil || len(page.List) != 1 || page.List[0].ID != "1" || string(page.Extra.Member("count")) != "1" || string(page.List[0].Extra.Member("new")) != "1" {
		t.Errorf("a list under another name: %+v, %v", page, err)
	}
	_, client = record(t, `{"hits":"3","machines":[{"atmId":"1"}],"other":[{"a":1}],"msgResponse":{"responseCode":"00"}}`, func(c *unionpay.Config) {
		c.FieldNames = map[string]string{"atmList": "machines", "totalCount": "hits"}
	})
	page, err = client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"})
	if err != nil || len(page.List) != 1 || page.Total != 3 {
		t.Errorf("a renamed list: %+v, %v", page, err)
	}
	_, client = record(t, `{"atmList":"none","msgResponse":{"responseCode":"00"}}`, nil)
	if _, err := client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"}); !errors.Is(err, issuing.ErrBadResponse) {
		t.Errorf("a list that is none: %v", err)
	}
	r, client := record(t, `{"totalCount":"9","atmList":[{"atmId":"1"}],"msgResponse":{"responseCode":"00"}}`, nil)
	var errs []error
	for _, err := range client.ATMs.All(t.Context(), unionpay.ListRequest{CountryCode: "702", PageSize: 1}) {
		errs = append(errs, err)
	}
	if len(r.sent) != 9 || !errors.Is(errs[len(errs)-1], issuing.ErrBadResponse) {
		t.Errorf("a gateway that ignores paging: %d requests, %v", len(r.sent), errs)
	}
	message := `{"msgResponse":{"responseCode":"57","responseMsg":"card 6250 9450 0000 0004 refused","errorDetail":"secret detail"}}`
	_, client = record(t, message, nil)
	var info issuing.CallInfo
	_, err = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"}, issuing.WithCallInfo(&info), issuing.WithIdempotencyKey("A1111111111111111111111111111"))
	if e := asError(t, err); strings.Contains(err.Error(), "0004") || strings.Contains(err.Error(), "detail") || e.Message != "card [redacted] refused" || info.Raw.Reveal() != message {
		t.Errorf("%v; raw %s", err, info.Raw.Reveal())
	}
}

func TestNotConfigured(t *testing.T) {
	t.Parallel()
	gateway, _ := turned(t, unionpaytest.Config{})
	client := newClient(t, gateway, func(c *unionpay.Config) { c.Paths = nil })
	ctx := t.Context()
	var errs []error
	add := func(_ any, err error) { errs = append(errs, err) }
	add(client.ATMs.Feedback(ctx, feedback()))
	add(client.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702"}))
	add(client.ATMs.Nearby(ctx, unionpay.NearbyRequest{Longitude: "1", Latitude: "1"}))
	add(client.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{CountryCode: "702"}))
	add(client.Tokens.Request(ctx, pushed(t, gateway, "")))
	add(client.Tokens.UpdateState(ctx, unionpay.UpdateStateRequest{DeviceID: "d", Token: issuing.NewSecret("6299990000000000004"), Action: unionpay.TokenActionDelete}))
	add(client.Tokens.Token(ctx, unionpay.TokenQuery{RefID: "r"}))
	add(client.Tokens.TokenByRequest(ctx, "A0052044620260101120000000001"))
	add(client.Keys.Exchange(ctx, unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}))
	add(client.Keys.InquireExchange(ctx, unionpay.KeyInquiryRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}))
	add(client.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"a": "b"}}))
	for i, err := range errs {
		if !errors.Is(err, issuing.ErrNotConfigured) || !strings.Contains(err.Error(), "Config.Paths[") {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if gateway.Requests("") != 0 {
		t.Error("something was sent")
	}
	if slices.Contains(errs, nil) {
		t.Error("a call went through")
	}
}
