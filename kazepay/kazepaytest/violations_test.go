package kazepaytest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// violating is a request that breaks one rule.
type violating struct {
	apiCode, payload string
	spoil            func(*raw) // what of head, envelope or transport is wrong
	method           string     // POST when empty
}

// refusals builds the table of violations.
type refusals struct {
	replace *strings.Replacer
	rows    []conform.Violation[violating]
}

// field adds payloads of an operation that are refused for one of their fields.
func (v *refusals) field(rule, apiCode string, payloads map[string]string) {
	for name, payload := range payloads {
		field, _, _ := strings.Cut(name, " ")
		v.add(apiCode+": "+name, rule, violating{apiCode: apiCode, payload: payload}, "FAKE_PARAM_ERROR", field)
	}
}

func (v *refusals) add(name, rule string, request violating, code, message string) {
	request.payload = v.replace.Replace(request.payload)
	v.rows = append(v.rows, conform.Violation[violating]{
		Name: name, Rule: rule, Request: request, Want: conform.Refusal{Status: http.StatusOK, Code: code, Message: message},
	})
}

// with is the identity of a holder with one member replaced.
func with(old, replacement string) string {
	return `{` + strings.Replace(identity, old, replacement, 1) + inline + `}`
}

// TestViolations sends what the pages refuse, past the client. The pages give no codes:
// those compared are the platform's own, and the message names the field.
func TestViolations(t *testing.T) {
	t.Parallel()
	server, replace := world(t)
	v := &refusals{replace: replace}
	v.applications()
	v.identities()
	v.cards()
	v.money()
	v.messages(t)
	before := stateOf(t, server)
	if err := coverage.RuleNames("../..", "kazepay", "kazepaytest.TestViolations", conform.Names(v.rows)); err != nil {
		t.Error(err)
	}
	conform.Violations(t, 100, v.rows, func(t testing.TB, r violating) conform.Refusal {
		t.Helper()
		return refuse(t, server, r)
	}, func() error {
		if after := stateOf(t, server); after != before {
			return fmt.Errorf("%s became %s", before, after)
		}
		return server.Check()
	})
	// The same requests without what is wrong in them are carried out.
	for _, c := range [][2]string{
		{"createCard", `{"email":"n@b.c","mobileNumber":"9","mobilePrefix":"60","cardBin":"222929"}`}, {"setUserKyc", `{` + identity + `}`},
		{"setUcardKyc", `{` + identity + inline + `}`}, {"cardRecharge", `{"cardID":"<A>","currency":"USD","amount":5}`},
		{"queryTransactions", `{"cardID":"<A>","transactionStartTime":"2024-02-08 00:00:00"}`}, {"setWebhookUrl", `{"url":"https://notify.receive/api"}`},
		{"cardSetPin", `{"cardID":"<A>","pin":"123456"}`}, {"updCardStatus", `{"cardID":"<A>","status":"INACTIVE"}`}, {"getWebhookUrl", `{}`},
	} {
		if code, answer := call(t, server, c[0], replace.Replace(c[1])); code != "SUCCESS" {
			t.Errorf("%s: %s %v", c[0], code, answer)
		}
	}
}

// stateOf is what a refused request must not change.
func stateOf(t testing.TB, server *kazepaytest.Server) string {
	t.Helper()
	text, err := json.Marshal(struct {
		State    any
		Deposits any
		Reserve  issuing.Amount
	}{server.State(), server.Deposits(), server.Reserve(issuing.CurrencyUSD)})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// refuse sends a request and reads how it is refused.
func refuse(t testing.TB, server *kazepaytest.Server, v violating) conform.Refusal {
	t.Helper()
	r := request(server, v.apiCode, v.payload)
	if v.spoil != nil {
		v.spoil(&r)
	}
	method := cmp.Or(v.method, http.MethodPost)
	status, body := r.transmit(t, server, method)
	answer, err := sign.ParseEnvelope(body)
	if err != nil {
		return conform.Refusal{Status: status, Message: string(body)}
	}
	var head struct{ Code, Detail string }
	if err := errors.Join(err, json.Unmarshal(answer.Head, &head)); err != nil {
		t.Fatal(err)
	}
	return conform.Refusal{Status: status, Code: head.Code, Message: head.Detail}
}

func (v *refusals) applications() {
	const user = `"mobileNumber":"7","mobilePrefix":"60"`
	v.field("6.1", "createCard", map[string]string{
		"email is missing":            `{` + user + `,"cardBin":"222929"}`,
		"email is null":               `{"email":null,` + user + `,"cardBin":"222929"}`,
		"email is a number":           `{"email":1,` + user + `,"cardBin":"222929"}`,
		"email is no address":         `{"email":"no address",` + user + `,"cardBin":"222929"}`,
		"email has two @":             `{"email":"a@@b.c",` + user + `,"cardBin":"222929"}`,
		"mobileNumber is missing":     `{"email":"x@b.c","mobilePrefix":"60","cardBin":"222929"}`,
		"mobileNumber is a number":    `{"email":"x@b.c","mobileNumber":7,"mobilePrefix":"60","cardBin":"222929"}`,
		"mobileNumber has letters":    `{"email":"x@b.c","mobileNumber":"7x","mobilePrefix":"60","cardBin":"222929"}`,
		"mobileNumber has blanks":     `{"email":"x@b.c","mobileNumber":"7 7","mobilePrefix":"60","cardBin":"222929"}`,
		"mobilePrefix has a plus":     `{"email":"x@b.c","mobileNumber":"7","mobilePrefix":"+60","cardBin":"222929"}`,
		"mobilePrefix is missing":     `{"email":"x@b.c","mobileNumber":"7","cardBin":"222929"}`,
		"cardBin is missing":          `{"email":"x@b.c",` + user + `}`,
		"cardBin is a number":         `{"email":"x@b.c",` + user + `,"cardBin":222929}`,
		"cardBin is not agreed on":    `{"email":"x@b.c",` + user + `,"cardBin":"400000"}`,
		"cardLevel is another":        `{"email":"x@b.c",` + user + `,"cardBin":"222929","cardLevel":"02"}`,
		"cardLevel is a number":       `{"email":"x@b.c",` + user + `,"cardBin":"222929","cardLevel":1}`,
		"cardBin is an array":         `{"email":"x@b.c",` + user + `,"cardBin":["222929"]}`,
		"email in another case":       `{"Email":"x@b.c",` + user + `,"cardBin":"222929"}`,
		"cardBin is in capitals":      `{"email":"x@b.c",` + user + `,"CARDBIN":"222929"}`,
		"mobilePrefix is an object":   `{"email":"x@b.c","mobileNumber":"7","mobilePrefix":{},"cardBin":"222929"}`,
		"mobileNumber is much longer": `{"email":"x@b.c","mobileNumber":"` + strings.Repeat("7", 21) + `","mobilePrefix":"60","cardBin":"222929"}`,
	})
	v.add("createCard: an email of another user's", "6.1", violating{apiCode: "createCard", payload: `{"email":"a@b.c",` + user + `,"cardBin":"222929"}`}, "FAKE_USER_CONFLICT", "email")
	v.add("createCard: a phone of another user's", "6.1", violating{apiCode: "createCard", payload: `{"email":"x@b.c","mobileNumber":"1","mobilePrefix":"60","cardBin":"222929"}`}, "FAKE_USER_CONFLICT", "phone")
}

func (v *refusals) identities() {
	long := strings.Repeat("x", 141)
	v.field("6.4", "setUcardKyc", map[string]string{
		"firstName in Chinese":                 with("Trump", "特朗普"),
		"lastName with an accent":              with("Donald", "Dónald"),
		"firstName with a digit":               with("Trump", "Tr1mp"),
		"addressLine in Chinese":               with("Nashville TN 37011", "纳什维尔"),
		"addressLine of 141 characters":        with("Nashville TN 37011", long),
		"firstName is empty":                   with("Trump", ""),
		"lastName is a number":                 with(`"Donald"`, "1"),
		"city is missing":                      with(`"city":"Paris",`, ""),
		"state is null":                        with(`"dizhi"`, "null"),
		"postCode is a number":                 with(`"223456"`, "223456"),
		"countryCode of three letters":         with(`"FR"`, `"FRA"`),
		"countryCode of digits":                with(`"FR"`, `"12"`),
		"countryCode in small letters":         with(`"FR"`, `"fr"`),
		"countryCode is a name":                with(`"FR"`, `"FRANCE"`),
		"mobilePrefixCountry is a prefix":      with(`"MY"`, `"60"`),
		"dateOfBirth of another form":          with("1958-04-25", "25.04.1958"),
		"dateOfBirth is no day":                with("1958-04-25", "1958-02-30"),
		"dateOfBirth with a time":              with("1958-04-25", "1958-04-25 00:00:00"),
		"dateOfBirth is a number":              with(`"1958-04-25"`, "19580425"),
		"identificationExpiryDate without day": with("2099-12-31", "2099-12"),
		"identificationType is another":        with("PASSPORT", "VISA"),
		"identificationType in small letters":  with("PASSPORT", "passport"),
		"identificationType is upstream's":     with("PASSPORT", "NATIONAL_ID"),
		"identificationNumber is missing":      with(`"identificationNumber":"A563F186",`, ""),
		"backImgBase64 is missing of ID_CARD":  with("PASSPORT", "ID_CARD"),
		"frontImgBase64 without data URI":      `{` + identity + strings.Replace(inline, "data:image/jpeg;base64,", "", 1) + `}`,
		"frontImgBase64 of another type":       `{` + identity + strings.Replace(inline, "image/jpeg", "image/gif", 1) + `}`,
		"frontImgBase64 is no Base64":          `{` + identity + strings.Replace(inline, "/9j/", "/9j", 1) + `}`,
		"frontImgFileId is missing":            `{` + identity + `}`,
		"frontImgFileId is a number":           `{` + identity + `,"frontImgFileId":1,"handheldImgFileId":"x"}`,
	})
	v.add("setUcardKyc: an unknown file", "6.4", violating{apiCode: "setUcardKyc", payload: `{` + identity + `,"frontImgFileId":"f","handheldImgFileId":"f"}`}, "FAKE_NOT_FOUND", "frontImgFileId")
	v.field("6.5", "setUcardKyc", map[string]string{
		"backImgBase64 is no picture, and not asked for": `{` + identity + inline + `,"backImgBase64":"x"}`,
	})
	v.field("6.6", "setUserKyc", map[string]string{
		"addressLine is missing": `{` + strings.Replace(identity, `"addressLine":"Nashville TN 37011",`, "", 1) + `}`,
		"email is missing":       `{` + strings.Replace(identity, `"email":"a@b.c",`, "", 1) + `}`,
	})
	v.field("6.7", "queryUcardKycStatus", map[string]string{
		"email is missing": `{}`, "email is no address": `{"email":"a"}`, "email is a list": `{"email":["a@b.c"]}`,
	})
	v.add("queryUcardKycStatus: an unknown user", "6.7", violating{apiCode: "queryUcardKycStatus", payload: `{"email":"z@b.c"}`}, "FAKE_NOT_FOUND", "email")
}

func (v *refusals) cards() {
	const plastic = `"cardNumber":"4937240800070604"`
	v.field("6.8", "ucardAssign", map[string]string{
		"autoActive is missing": `{"email":"a@b.c",` + plastic + `}`, "autoActive is text": `{"email":"a@b.c",` + plastic + `,"autoActive":"true"}`,
		"autoActive is 1": `{"email":"a@b.c",` + plastic + `,"autoActive":1}`, "cardNumber has blanks": `{"email":"a@b.c","cardNumber":"4937 2408 0007 0604","autoActive":true}`,
		"cardNumber is a number": `{"email":"a@b.c","cardNumber":4937240800070604,"autoActive":true}`, "email is no address": `{"email":"a",` + plastic + `,"autoActive":true}`,
	})
	v.add("ucardAssign: an unknown user", "6.8", violating{apiCode: "ucardAssign", payload: `{"email":"z@b.c",` + plastic + `,"autoActive":true}`}, "FAKE_NOT_FOUND", "email")
	v.add("ucardAssign: an unknown card", "6.8", violating{apiCode: "ucardAssign", payload: `{"email":"a@b.c","cardNumber":"4937240800070605","autoActive":true}`}, "FAKE_NOT_FOUND", "number")
	v.field("6.9", "ucardActive", map[string]string{
		"activationCode is short": `{"cardID":"<P>","activationCode":"1234567"}`, "activationCode is a number": `{"cardID":"<P>","activationCode":12345678}`,
		"activationCode is missing": `{"cardID":"<P>"}`, "cardID is missing": `{"activationCode":"12345678"}`,
	})
	v.field("6.10", "cardSetPin", map[string]string{
		"pin of five digits": `{"cardID":"<A>","pin":"12345"}`, "pin of seven digits": `{"cardID":"<A>","pin":"1234567"}`,
		"pin is a number": `{"cardID":"<A>","pin":123456}`, "pin has letters": `{"cardID":"<A>","pin":"12345a"}`, "pin is missing": `{"cardID":"<A>"}`,
	})
	v.field("6.11", "queryCard", map[string]string{
		"cardID is missing": `{}`, "cardID is empty": `{"cardID":""}`, "cardID is a number": `{"cardID":10001}`,
	})
	v.field("6.17", "getCardId", map[string]string{"cardNo is short": `{"cardNo":"123"}`, "cardNo has letters": `{"cardNo":"12345612345x"}`, "cardNo is called cardNumber": `{"cardNumber":"123456123456"}`})
	v.field("6.15", "updCardStatus", map[string]string{
		"status is another": `{"cardID":"<A>","status":"CLOSE"}`, "status in small letters": `{"cardID":"<A>","status":"inactive"}`,
		"status is missing": `{"cardID":"<A>"}`, "status is a flag": `{"cardID":"<A>","status":false}`,
	})
	v.field("6.18", "setWebhookUrl", map[string]string{"url is missing": `{}`, "url is no address": `{"url":"nowhere"}`, "url of another scheme": `{"url":"ftp://a.b/c"}`})
	for _, apiCode := range []string{"createCardQuery", "queryCard", "cardBalance", "cardRecharge", "queryTransactions", "updCardStatus", "closeCard", "cardSetPin", "ucardActive"} {
		v.add(apiCode+": an unknown card", "6", violating{apiCode: apiCode, payload: `{"cardID":"0"}`}, "FAKE_NOT_FOUND", "cardID")
	}
	v.add("getCardId: an unknown number", "6.17", violating{apiCode: "getCardId", payload: `{"cardNo":"123456123456"}`}, "FAKE_NOT_FOUND", "number")
}

func (v *refusals) money() {
	v.field("6.12", "cardBalance", map[string]string{"currency is missing": `{"cardID":"<A>"}`, "currency is another": `{"cardID":"<A>","currency":"EUR"}`, "currency in small letters": `{"cardID":"<A>","currency":"usd"}`})
	v.field("6.13", "cardRecharge", map[string]string{
		"amount is text": `{"cardID":"<A>","currency":"USD","amount":"5000.00"}`, "amount is nothing": `{"cardID":"<A>","currency":"USD","amount":0}`,
		"amount is negative": `{"cardID":"<A>","currency":"USD","amount":-5}`, "amount is missing": `{"cardID":"<A>","currency":"USD"}`,
		"amount is a flag": `{"cardID":"<A>","currency":"USD","amount":true}`, "currency is missing": `{"cardID":"<A>","amount":5}`,
		"currency is a number": `{"cardID":"<A>","currency":840,"amount":5}`, "amount in seven decimals": `{"cardID":"<A>","currency":"USD","amount":1.2345678}`,
	})
	v.field("6.14", "queryTransactions", map[string]string{
		"pageSize above 100": `{"cardID":"<A>","pageSize":101}`, "pageSize of nothing": `{"cardID":"<A>","pageSize":0}`, "pageSize is text": `{"cardID":"<A>","pageSize":"10"}`,
		"pageSize is broken": `{"cardID":"<A>","pageSize":1.5}`, "pageNum above 10": `{"cardID":"<A>","pageNum":11}`, "pageNum is negative": `{"cardID":"<A>","pageNum":-1}`,
		"transactionId is a number": `{"cardID":"<A>","transactionId":1}`, "transactionStartTime without time": `{"cardID":"<A>","transactionStartTime":"2024-02-08"}`,
		"transactionStartTime with a zone": `{"cardID":"<A>","transactionStartTime":"2024-02-08T00:00:00Z"}`, "transactionEndTime is no day": `{"cardID":"<A>","transactionEndTime":"2024-02-30 00:00:00"}`,
		"transactionEndTime with a fraction": `{"cardID":"<A>","transactionEndTime":"2024-02-08 00:00:00.5"}`,
		"transactionEndTime is a number":     `{"cardID":"<A>","transactionEndTime":1707350400}`,
	})
}

// messages are violations of head, envelope and transport.
func (v *refusals) messages(t *testing.T) {
	read := func(name, rule, code, message string, spoil func(*raw)) {
		v.add(name, rule, violating{apiCode: "getWebhookUrl", payload: "{}", spoil: spoil}, code, message)
	}
	const format, envelope = "FAKE_FORMAT_ERROR", "head and body"
	again := func(old, replacement string) func([]byte) []byte {
		return func(message []byte) []byte { return bytes.Replace(message, []byte(old), []byte(replacement), 1) }
	}
	for name, contentType := range map[string]string{
		"none": "", "text": "text/plain", "another JSON": "application/json-patch+json", "a form's": "application/x-www-form-urlencoded",
		"another charset": "application/json; charset=ISO-8859-1", "broken": "application/json; charset",
	} {
		read("content type: "+name, "2", format, "Content-Type", func(r *raw) { r.header = contentType })
	}
	for name, body := range map[string]func([]byte) []byte{
		"HTML": func([]byte) []byte { return []byte("<html>") }, "nothing": func([]byte) []byte { return nil },
		"a list": func(m []byte) []byte { return append(append([]byte("["), m...), ']') }, "two messages": func(m []byte) []byte { return append(m, m...) },
		"no UTF-8": again(`"version":"1.0"`, "\"version\":\"1.0\",\"x\":\"\xff\""), "a head field twice": again(`"head":{`, `"head":{"sysId":"H1",`),
		"the body twice": again(`{"head"`, `{"body":{},"head"`), "encrypt twice": again(`"body":{`, `"body":{"encrypt":"",`), "a number as sign": again(`"sign":"`, `"sign":1,"x":"`),
	} {
		read("message: "+name, "3.1", format, envelope, func(r *raw) { r.body = body })
	}
	for name, c := range map[string]struct {
		field string
		value any
		code  string
		word  string
	}{
		"another sysId": {"sysId", "H1", "FAKE_SYSID_ERROR", "sysId"}, "another version": {"version", "2.0", "FAKE_VERSION_ERROR", "version"},
		"version as a number": {"version", 1, format, "head"}, "an empty requestNo": {"requestNo", "", format, "requestNo"},
		"a requestNo of 65": {"requestNo", strings.Repeat("1", 65), format, "requestNo"}, "an unknown apiCode": {"apiCode", "nothing", "FAKE_APICODE_ERROR", "apiCode"},
		"apiCode in small letters": {"apiCode", "getwebhookurl", "FAKE_APICODE_ERROR", "apiCode"}, "an upload's apiCode": {"apiCode", "fileUpload", "FAKE_APICODE_ERROR", "apiCode"},
	} {
		read("head: "+name, "3.1", c.code, c.word, func(r *raw) { r.head[c.field] = c.value })
	}
	for name, spoil := range map[string]func(*sign.Envelope){
		"sign of nothing": func(e *sign.Envelope) { e.Sign = strings.Repeat("0", 512) }, "no sign": func(e *sign.Envelope) { e.Sign = "" },
		"no keyEnc": func(e *sign.Envelope) { e.KeyEnc = issuing.Secret{} }, "no encrypt": func(e *sign.Envelope) { e.Encrypt = "" },
		"encrypt with line breaks": func(e *sign.Envelope) { e.Encrypt = e.Encrypt[:4] + `\n` + e.Encrypt[4:] },
		"another ciphertext":       func(e *sign.Envelope) { e.Encrypt = strings.Repeat("A", 64) },
	} {
		read("envelope: "+name, "3.1", "FAKE_SIGN_ERROR", "open", func(r *raw) { r.spoil = spoil })
	}
	for name, payload := range map[string]string{
		"a list": `[]`, "two objects": `{}{}`, "a member twice": `{"cardID":"1","cardID":"<A>"}`, "a member twice within": `{"cardID":"<A>","x":[{"a":1,"a":2}]}`,
		"no UTF-8": "{\"cardID\":\"<A>\",\"x\":\"\xff\"}", "a text": `"x"`,
	} {
		v.add("payload: "+name, "5", violating{apiCode: "queryCard", payload: payload}, "FAKE_PARAM_ERROR", "payload")
	}
	v.rows = append(v.rows, conform.Violation[violating]{
		Name: "method: GET", Rule: "2", Request: violating{apiCode: "getWebhookUrl", payload: "{}", method: http.MethodGet},
		Want: conform.Refusal{Status: http.StatusMethodNotAllowed},
	})
	v.pictures(t)
}

// pictures are violations of uploads.
func (v *refusals) pictures(t *testing.T) {
	t.Helper()
	upload := func(name, code, message, payload, picture string, parts ...string) {
		v.add("fileUpload: "+name, "6.3", violating{apiCode: "fileUpload", payload: payload, spoil: func(r *raw) {
			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			r.header = w.FormDataContentType()
			r.body = func(message []byte) []byte {
				var halves struct{ Head, Body json.RawMessage }
				if err := json.Unmarshal(message, &halves); err != nil {
					t.Error(err)
				}
				for _, part := range parts {
					switch part {
					case "head":
						_ = w.WriteField(part, string(halves.Head))
					case "body":
						_ = w.WriteField(part, string(halves.Body))
					default:
						file, _ := w.CreateFormFile(part, "p.jpg")
						_, _ = file.Write([]byte(picture))
					}
				}
				_ = w.Close()
				return form.Bytes()
			}
		}}, code, message)
	}
	const jpeg, user, format = "\xff\xd8\xff\xe0", `{` + userA + `}`, "FAKE_FORMAT_ERROR"
	upload("no picture", format, "picture", user, jpeg, "head", "body")
	upload("two pictures", format, "layout", user, jpeg, "head", "body", "file", "file")
	upload("a picture of another name", format, "picture", user, jpeg, "head", "body", "image")
	upload("a head twice", format, "layout", user, jpeg, "head", "head", "body", "file")
	upload("no head", format, "head", user, jpeg, "body", "file")
	upload("a GIF", "FAKE_PARAM_ERROR", "picture", user, "GIF89a", "head", "body", "file")
	upload("no email", "FAKE_PARAM_ERROR", "email", `{"mobileNumber":"1","mobilePrefix":"60"}`, jpeg, "head", "body", "file")
	upload("a larger picture", "FAKE_PARAM_ERROR", "large", user, jpeg+strings.Repeat("x", 5<<20), "head", "body", "file")
}
