package unionpaytest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// violating is a request that breaks one rule.
type violating struct {
	message     unionpay.MessageType
	body        string
	method      string                  // POST when empty
	path        string                  // the message's when empty
	contentType string                  // of JSON when empty, "-" for none
	spoil       func(h *sign.UPIHeader) // of the signature's header
	rewrite     func(jws string) string // of the signature as it is sent
}

// refusals builds the table of violations.
type refusals struct {
	seq  int
	rows []conform.Violation[violating]
}

// fields adds bodies of a message of which one member is refused: the name is the member,
// and behind a blank what is wrong with it.
func (v *refusals) fields(rule string, message unionpay.MessageType, bodies map[string]string) {
	for name, body := range bodies {
		field, _, _ := strings.Cut(name, " ")
		v.add(string(message)+": "+name, rule, violating{message: message, body: v.envelope(message, body)}, "30", "field "+field)
	}
}

// envelope puts the business members of a token message into their envelope.
func (v *refusals) envelope(message unionpay.MessageType, trxInfo string) string {
	if strings.Contains(string(message), "ATM") {
		return trxInfo
	}
	v.seq++
	return fmt.Sprintf(`{"msgInfo":{"versionNo":"1.0.0","msgID":"A00520446%020d","timeStamp":"20260401100000","msgType":"%s","walletID":"00520446"},"trxInfo":%s}`,
		v.seq, message, trxInfo)
}

func (v *refusals) add(name, rule string, request violating, code, detail string) {
	v.rows = append(v.rows, conform.Violation[violating]{
		Name: name, Rule: rule, Request: request, Want: conform.Refusal{Status: http.StatusOK, Code: code, Message: detail},
	})
}

// status adds a request that a status refuses.
func (v *refusals) status(name, rule string, request violating, status int) {
	want := conform.Refusal{Status: status}
	if status == http.StatusUnauthorized {
		want.Code, want.Message = "E0", "Unauthorized access"
	}
	v.rows = append(v.rows, conform.Violation[violating]{Name: name, Rule: rule, Request: request, Want: want})
}

// TestViolations sends what the documents refuse, past the client. Codes 30 and E0 are
// documented; the detail names the member.
func TestViolations(t *testing.T) {
	t.Parallel()
	r := &raw{t: t, server: start(t, unionpaytest.Config{})}
	push, err := r.server.Push(unionpaytest.PushRequest{})
	if err != nil {
		t.Fatal(err)
	}
	v := &refusals{}
	v.transport()
	v.signatures(t)
	v.reports()
	v.lists()
	v.heads()
	v.tokens(t, r.server, push.AuthData.Reveal())
	v.references(push.AuthData.Reveal())
	if err := coverage.RuleNames("../..", "unionpay", "unionpaytest.TestViolations", conform.Names(v.rows)); err != nil {
		t.Error(err)
	}
	conform.Violations(t, 40, v.rows, func(_ testing.TB, c violating) conform.Refusal { return r.refuse(c) }, func() error {
		if n, tokens := len(r.server.Feedback()), len(r.server.Tokens()); n+tokens > 0 {
			return fmt.Errorf("%d reports, %d tokens", n, tokens)
		}
		return r.server.Check()
	})
	// The same requests without what is wrong in them are carried out.
	request := `{"deviceID":"d","authorizationData":"` + push.AuthData.Reveal() + `","useCaseIndicator":["QRC"],"riskInfo":` + risk + `}`
	for message, body := range map[unionpay.MessageType]string{
		unionpay.MessageTypeATMFeedback: feedback, unionpay.MessageTypeATMList: listOf(""), unionpay.MessageTypeTokenRequest: request,
		unionpay.MessageTypeATMNearby: `{"longitude":"+103.8519","latitude":"+1.2902","radius":"1"}`,
	} {
		if got := r.good(message, v.envelope(message, body)); got.code != "00" {
			t.Errorf("%s: %+v", message, got)
		}
	}
}

// refuse sends a request and reads how it is refused.
func (r *raw) refuse(c violating) conform.Refusal {
	r.t.Helper()
	path := r.server.ClientConfig().Paths[c.message]
	if c.path != "" {
		path = c.path
	}
	h := r.header(path)
	if c.spoil != nil {
		c.spoil(&h)
	}
	jws, err := sign.SignUPI(r.server.Keys().Sign(), h, []byte(c.body))
	if err != nil {
		r.t.Fatal(err)
	}
	if c.rewrite != nil {
		jws = c.rewrite(jws)
	}
	method := http.MethodPost
	if c.method != "" {
		method = c.method
	}
	r.contentType = c.contentType
	got := r.do(method, path, c.body, jws)
	r.contentType = ""
	out := conform.Refusal{Status: got.status, Code: got.code, Message: got.detail}
	if got.status == http.StatusUnauthorized {
		var answer struct {
			Response struct{ ResponseCode, ResponseMsg string } `json:"MsgResponse"`
		}
		if json.Unmarshal([]byte(got.body), &answer) == nil {
			out.Code, out.Message = answer.Response.ResponseCode, answer.Response.ResponseMsg
		}
	}
	return out
}

func (v *refusals) transport() {
	report := violating{message: unionpay.MessageTypeATMFeedback, body: feedback}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		c := report
		c.method = method
		v.status(method, "3: POST", c, http.StatusMethodNotAllowed)
	}
	c := report
	c.path = "/cams/tr/v1/nothing"
	v.status("no such path", "2: suffixes", c, http.StatusNotFound)
	for _, typ := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json;charset=GBK", "application/jose", "-"} {
		c := report
		c.contentType = typ
		v.status("content type "+typ, "3: application/json in UTF-8", c, http.StatusUnsupportedMediaType)
	}
}

func (v *refusals) signatures(t *testing.T) {
	t.Helper()
	add := func(name, rule string, spoil func(*sign.UPIHeader), rewrite func(string) string) {
		v.status(name, rule, violating{message: unionpay.MessageTypeATMFeedback, body: feedback, spoil: spoil, rewrite: rewrite}, http.StatusUnauthorized)
	}
	add("no signature header", "3: missing element is 401", nil, func(string) string { return "" })
	add("one dot", "4.1: detached", nil, func(jws string) string { return strings.Replace(jws, "..", ".", 1) })
	add("attached payload", "4.1: detached", nil, func(jws string) string { return strings.Replace(jws, "..", ".e30.", 1) })
	add("empty signature", "3: empty element is 401", nil, func(jws string) string { return strings.SplitAfter(jws, "..")[0] })
	add("standard Base64", "4.1: base64url only", nil, func(jws string) string { return jws[:len(jws)-2] + "+/" })
	add("padding", "4.1: no padding", nil, func(jws string) string { return jws + "==" })
	add("301 seconds late", "4.2: within 300 s", func(h *sign.UPIHeader) { h.Time = h.Time.Add(-301 * time.Second) }, nil)
	add("301 seconds early", "4.2: within 300 s", func(h *sign.UPIHeader) { h.Time = h.Time.Add(301 * time.Second) }, nil)
	add("unknown kid", "4.2: kid of the signer", func(h *sign.UPIHeader) { h.KeyID = "1" }, nil)
	add("another APPID", "4.2: assigned by UPI", func(h *sign.UPIHeader) { h.AppID = "00520447" }, nil)
	add("another path", "4.2: suffix of the request", func(h *sign.UPIHeader) { h.Path = "/cams/tr/v1/atmlistinquiry" }, nil)
	add("no path", "4.2: UPI-REQPATH in requests", func(h *sign.UPIHeader) { h.Path = "" }, nil)
	add("hyphens in the UUID", "4.2: 32 hex digits", func(h *sign.UPIHeader) { h.UUID = "5ba10d46-d5d1-48df-bcc2-119c08e01015" }, nil)
	add("31 digits in the UUID", "4.2: 32 hex digits", func(h *sign.UPIHeader) { h.UUID = h.UUID[1:] }, nil)
	add("letters in the UUID", "4.2: 32 hex digits", func(h *sign.UPIHeader) { h.UUID = strings.Repeat("g", 32) }, nil)
}

// listOf is a list inquiry with more members.
func listOf(more string) string { return `{"countryCode":"702"` + more + `}` }

// changed is a report with a text replaced.
func changed(old, new string) string { return strings.Replace(feedback, old, new, 1) }

func (v *refusals) reports() {
	const rule = "9.1"
	message := unionpay.MessageTypeATMFeedback
	for name, body := range map[string]string{
		"no JSON": `{`, "an array": `[]`, "a text": `"x"`, "more behind it": feedback + `{}`, "nothing": "", "a member twice": changed(`{`, `{"cityName":"x",`),
		"not UTF-8": changed(`Example Bank`, "Example \xff"), "a JWE": "e30.e30.e30.e30.e30",
	} {
		request := violating{message: message, body: body}
		if name == "a JWE" {
			request.contentType = "application/json"
		}
		v.add("the body is "+name, "3: a JSON object in UTF-8", request, "30", "object")
	}
	v.fields(rule, message, map[string]string{
		"countryCode missing": changed(`"countryCode"`, `"x"`), "countryCode of two digits": changed("702", "70"),
		"countryCode of four digits": changed("702", "7020"), "countryCode of letters": changed("702", "SGP"),
		"countryCode of no country": changed("702", "999"),
		"countryCode as a number":   changed(`"702"`, `702`), "countryCode null": changed(`"702"`, `null`),
		"cityName missing": changed(`"cityName"`, `"x"`), "cityName empty": changed(`"Singapore"`, `""`),
		"cityName of 101 characters": changed("Singapore", strings.Repeat("新", 101)), "cityName a list": changed(`"Singapore"`, `["Singapore"]`),
		"bankName missing": changed(`"bankName"`, `"x"`), "bankName of 101 characters": changed("Example Bank", strings.Repeat("b", 101)),
		"address missing": changed(`"address"`, `"x"`), "address of 501 characters": changed("1 Example Road", strings.Repeat("a", 501)),
		"reportReason missing": changed(`"reportReason"`, `"x"`), "reportReason of two digits": changed(`"2"`, `"22"`),
		"reportReason 7": changed(`"2"`, `"7"`), "reportReason a letter": changed(`"2"`, `"a"`), "reportReason as a number": changed(`"2"`, `2`),
		"atmId empty": changed(`{`, `{"atmId":"",`), "atmId of 101 characters": changed(`{`, `{"atmId":"`+strings.Repeat("A", 101)+`",`),
		"longitude of 101 characters":   changed(`{`, `{"longitude":"`+strings.Repeat("1", 101)+`",`),
		"latitude as a number":          changed(`{`, `{"latitude":1.29,`),
		"otherReason of 101 characters": changed(`{`, `{"otherReason":"`+strings.Repeat("o", 101)+`",`),
	})
}

func (v *refusals) lists() {
	v.fields("9.2", unionpay.MessageTypeATMList, map[string]string{
		"countryCode missing": `{}`, "countryCode of letters": `{"countryCode":"ABC"}`, "keyword of 11 characters": listOf(`,"keyword":"12345678901"`),
		"keyword empty": listOf(`,"keyword":""`), "cityName of 101 characters": listOf(`,"cityName":"` + strings.Repeat("c", 101) + `"`),
		"pageNo as a number": listOf(`,"pageNo":1`), "pageNo of letters": listOf(`,"pageNo":"one"`), "pageSize negative": listOf(`,"pageSize":"-1"`),
	})
	v.fields("9.2", unionpay.MessageTypeATMNearby, map[string]string{
		"latitude missing": `{"longitude":"1"}`, "longitude missing": `{"latitude":"1"}`, "longitude beyond 180": `{"longitude":"181","latitude":"1"}`,
		"radius of letters": `{"longitude":"1","latitude":"1","radius":"far"}`,
	})
	v.fields("9.2", unionpay.MessageTypeATMCitiesAndBanks, map[string]string{"countryCode missing": `{}`, "countryCode empty": `{"countryCode":""}`})
}

// heads breaks the head of an enveloped message.
func (v *refusals) heads() {
	message := unionpay.MessageTypeTokenStateInquiry
	good := func() string { return v.envelope(message, `{"tokenRefID":"1"}`) }
	for name, c := range map[string][2]string{
		"versionNo missing": {`"versionNo":"1.0.0",`, ""}, "versionNo 2.0.0": {"1.0.0", "2.0.0"}, "versionNo as a number": {`"1.0.0"`, `1`},
		"msgID missing": {`"msgID"`, `"x"`}, "msgID of 16 characters": {"A0052044600000000", "A"}, "msgID of 50 characters": {"A00520446", "A" + strings.Repeat("0", 29)},
		"msgID with a hyphen": {"A00520446", "A-0520446"}, "timeStamp missing": {`"timeStamp"`, `"x"`}, "timeStamp of 12 digits": {"20260401100000", "260401100000"},
		"timeStamp that does not exist": {"20260401100000", "20260431100000"}, "timeStamp of nines": {"20260401100000", "99999999999999"},
		"msgType missing": {`"msgType"`, `"x"`}, "msgType of another path": {"TOKEN_STATE_INQUIRY", "TOKEN_STATE_UPDATE"}, "msgInfo missing": {`"msgInfo"`, `"x"`},
		"trxInfo missing": {`"trxInfo"`, `"x"`}, "trxInfo a list": {`{"tokenRefID":"1"}`, `[]`}, "msgInfo with a member twice": {`"walletID"`, `"msgType":"TOKEN_STATE_INQUIRY","walletID"`},
		"trxInfo with a member twice": {`{"tokenRefID":"1"}`, `{"tokenRefID":"1","tokenRefID":"2"}`}, "walletID of 17 characters": {`"walletID":"00520446"`, `"walletID":"00520446005204460"`},
	} {
		detail := "object"
		if member, _, _ := strings.Cut(name, " "); !strings.HasSuffix(member, "Info") {
			detail = "field " + member
		}
		v.add("head: "+name, "7.2", violating{message: message, body: strings.Replace(good(), c[0], c[1], 1)}, "30", detail)
	}
	v.add("head: flat", "7.1", violating{message: message, body: `{"tokenRefID":"1"}`}, "30", "object")
	v.add("head: another's walletID", "7.2", violating{message: message, body: strings.Replace(good(), `"walletID":"00520446"`, `"walletID":"00520447"`, 1)}, "30", "field walletID")
	v.add("head: no walletID", "7.2", violating{message: message, body: strings.Replace(good(), `,"walletID":"00520446"`, ``, 1)}, "30", "field walletID")
}

// risk is a complete riskInfo.
const risk = `{"gps":"+1.29/+103.85","simCard":["1"],"appUserID":"u","usrEnrolDate":"250304","captureMethod":"MANUAL","ipAddress":"203.0.113.7",` +
	`"reservedMobileNo":"82-1000000000","deviceType":"1","deviceScore":"5"}`

func (v *refusals) tokens(t *testing.T, server *unionpaytest.Server, auth string) {
	t.Helper()
	sealed := func(text string) string {
		out, err := jose.UPIJWE{}.Encrypt(server.Keys().UPIEnc(), unionpaytest.UPIEncKeyID, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return `"` + out + `"`
	}
	with := func(more string) string { return `{"deviceID":"d","authorizationData":"` + auth + `",` + more + `}` }
	in := func(old, new string) string { return with(`"riskInfo":` + strings.Replace(risk, old, new, 1)) }
	v.fields("9.5", unionpay.MessageTypeTokenRequest, map[string]string{
		"deviceID missing": `{"authorizationData":"` + auth + `"}`, "deviceID of 65 characters": strings.Replace(with(`"x":1`), `"d"`, `"`+strings.Repeat("d", 65)+`"`, 1),
		"deviceID with a control character": strings.Replace(with(`"x":1`), `"d"`, `"d\u0007"`, 1), "authorizationData missing": `{"deviceID":"d"}`,
		"authorizationData an object": `{"deviceID":"d","authorizationData":{}}`, "issuerID of 17 characters": with(`"issuerID":"12345678901234567"`),
		"issuerID with a hyphen": with(`"issuerID":"0001-0156"`), "expiryDate YYMM": with(`"expiryDate":"30012"`), "expiryDate month 13": with(`"expiryDate":"13/30"`),
		"useCaseIndicator a text": with(`"useCaseIndicator":"QRC"`), "useCaseIndicator NFC": with(`"useCaseIndicator":["NFC"]`), "useCaseIndicator of numbers": with(`"useCaseIndicator":[1]`),
		"userID of 65 characters": with(`"userID":"` + strings.Repeat("u", 65) + `"`), "hceInfo a text": with(`"hceInfo":"x"`), "riskInfo a list": with(`"riskInfo":[]`),
		"riskInfo with a member twice": with(`"riskInfo":{"gps":"1","gps":"2"}`), "riskInfo.gps of 65 characters": in("+1.29", strings.Repeat("1", 60)),
		"riskInfo.simCard a text": in(`["1"]`, `"1"`), "riskInfo.simCard empty": in(`["1"]`, `[]`), "riskInfo.simCard of 201": in(`["1"]`, `["1"`+strings.Repeat(`,"1"`, 200)+`]`),
		"riskInfo.usrEnrolDate of eight digits": in("250304", "20250304"), "riskInfo.usrEnrolDate that does not exist": in("250304", "250230"),
		"riskInfo.captureMethod SCAN": in("MANUAL", "SCAN"), "riskInfo.reservedMobileNo without a country": in("82-1000000000", "1000000000"),
		"riskInfo.reservedMobileNo of letters": in("82-1000000000", "82-call-me"), "riskInfo.deviceType of 21 characters": in(`"deviceType":"1"`, `"deviceType":"`+strings.Repeat("1", 21)+`"`),
		"riskInfo.deviceScore of two digits": in(`"5"`, `"50"`), "cvm.cvn2 of four digits": with(`"cvm":` + sealed(`[{"cvn2":"1234"}]`)),
		"cvm.expiryDate YYMM": with(`"cvm":` + sealed(`[{"expiryDate":"30120"}]`)), "cvm.mobileNo of letters": with(`"cvm":` + sealed(`[{"mobileNo":"abc"}]`)),
		"cvm an object": with(`"cvm":` + sealed(`{}`)), "pan with a blank": with(`"pan":` + sealed("6250 9450")), "pan of 41 digits": with(`"pan":` + sealed(strings.Repeat("6", 41))),
	})
	for name, more := range map[string]string{
		"pan in clear": `"pan":"6250945000000004"`, "cvm in clear": `"cvm":[{"cvn2":"123"}]`, "pan that does not open": `"pan":"e30.e30.e30.e30.e30"`,
	} {
		body := v.envelope(unionpay.MessageTypeTokenRequest, with(more))
		v.add(name, "1: sensitive data is encrypted", violating{message: unionpay.MessageTypeTokenRequest, body: body}, "30", "")
	}
	v.fields("9.6", unionpay.MessageTypeTokenStateUpdate, map[string]string{
		"deviceID missing": `{"token":"6299990000000000004","tokenAction":"DELETE"}`, "token missing": `{"deviceID":"d","tokenAction":"DELETE"}`,
		"token of 15 digits": `{"deviceID":"d","token":"629999000000000","tokenAction":"DELETE"}`, "token of 20 digits": `{"deviceID":"d","token":"62999900000000000040","tokenAction":"DELETE"}`,
		"token of letters": `{"deviceID":"d","token":"629999000000000000x","tokenAction":"DELETE"}`, "tokenAction missing": `{"deviceID":"d","token":"6299990000000000004"}`,
		"tokenAction of 51 characters": `{"deviceID":"d","token":"6299990000000000004","tokenAction":"` + strings.Repeat("D", 51) + `"}`,
	})
	v.fields("9.6", unionpay.MessageTypeTokenStateInquiry, map[string]string{
		"token of 15 digits": `{"token":"629999000000000"}`, "originalMsgID missing": `{}`, "originalMsgID of 16 characters": `{"originalMsgID":"A005204462026040"}`,
	})
}

// references name what does not exist.
func (v *refusals) references(auth string) {
	for name, c := range map[string]struct {
		message    unionpay.MessageType
		body, code string
	}{
		"an ATM that is not there":              {unionpay.MessageTypeATMFeedback, changed(`{`, `{"atmId":"ATM-404",`), "25"},
		"a token that is not there":             {unionpay.MessageTypeTokenStateUpdate, `{"deviceID":"d","token":"6299990000000000004","tokenAction":"DELETE"}`, "25"},
		"a reference that is not there":         {unionpay.MessageTypeTokenStateInquiry, `{"tokenRefID":"404"}`, "25"},
		"a request that was none":               {unionpay.MessageTypeTokenStateInquiry, `{"originalMsgID":"A0052044620260401100000000777"}`, "25"},
		"an authorization that no issuer made":  {unionpay.MessageTypeTokenRequest, `{"deviceID":"d","authorizationData":"x"}`, "71"},
		"an authorization of another's issuer":  {unionpay.MessageTypeTokenRequest, `{"deviceID":"d","issuerID":"99999999","authorizationData":"` + auth + `"}`, "71"},
		"an authorization that has been cut":    {unionpay.MessageTypeTokenRequest, `{"deviceID":"d","authorizationData":"` + auth[:len(auth)-4] + `"}`, "71"},
		"a key message that nobody knows fully": {unionpay.MessageTypeKeyExchange, `{"insSignCertID":"1"}`, "30"},
	} {
		v.add(name, "12: business rules", violating{message: c.message, body: v.envelope(c.message, c.body)}, c.code, "")
	}
}
