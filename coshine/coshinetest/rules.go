package coshinetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// fields are the members of a request.
type fields = platform.Fields

// text returns a member as text; numbers count as their digits.
func text(in fields, name string) string {
	if raw := in[name]; in.Has(name) && raw[0] != '"' {
		return string(raw)
	}
	return in.Text(name)
}

// headerRule is a field of the public header.
type headerRule struct {
	name     string
	limit    int
	form     func(text string) bool // nil takes any text
	optional bool
}

// The branch may have 32 characters: the sources disagree between 6 and 32.
var headerRules = []headerRule{
	{name: "tranBranch", limit: 32},
	{name: "tranChnl", limit: 2, form: oneOf("06", "07", "08", "09", "10")},
	{name: "tranCode", limit: 6, optional: true},
	{name: "tranDate", limit: 8, form: isTime(dateLayout)},
	{name: "tranTime", limit: 6, form: isTime("150405")},
	{name: "tranId", limit: 32},
	{name: "tellerNo", limit: 32, optional: true},
	{name: "terminalNo", limit: 15, optional: true},
}

func (r headerRule) holds(in fields) bool {
	raw, given := in[r.name]
	switch value := in.Text(r.name); {
	case !given:
		return r.optional
	case raw[0] != '"' || utf8.RuneCountInString(value) > r.limit:
		return false
	case value == "":
		return r.optional
	default:
		return r.form == nil || r.form(value)
	}
}

func oneOf(values ...string) func(string) bool {
	return func(text string) bool { return slices.Contains(values, text) }
}

// isTime takes a date or time that exists.
func isTime(layout string) func(string) bool {
	return func(text string) bool {
		_, err := time.Parse(layout, text)
		return err == nil
	}
}

// digits takes so many digits.
func digits(shortest, longest int) func(string) bool {
	return func(text string) bool {
		return len(text) >= shortest && len(text) <= longest && strings.Trim(text, "0123456789") == ""
	}
}

// forms are those of fields, wherever they stand.
var forms = map[string]func(string) bool{
	"cardFlag":         oneOf("V", "P"),
	"custIdType":       oneOf("D", "P", "I", "U", "Z", "V", "S", "T", "O"),
	"custIssIdType":    oneOf("D", "P", "I", "U", "Z", "V", "S", "T", "O"),
	"cardOptFlag":      oneOf("B", "C", "D", "E", "G", "H"),
	"cardProdType":     oneOf("C", "D", "G", "P", "B", "R"),
	"dropDownName":     oneOf("CardProd", "CardStatus", "ReplReasonCode", "CloseReasonCode", "CardLimitType"),
	"expiryDate":       isTime("0601"),
	"CVV2":             digits(3, 3),
	"cardNumber":       digits(1, 19),
	"useCaseIndicator": oneOf("QRC", "HCE", "SE", "COF"),
	"cvm":              oneOf("expiryDate", "cvn2", "name", "idType", "idNo", "mobileNo", "otp"),
}

// replReasons are the reasons of a replacement.
var replReasons = oneOf("001", "002", "003", "004", "999")

// fieldRule is a field of an interface, for check 9.
type fieldRule struct {
	name     string
	limit    int // of the whole value
	optional bool
	array    bool
}

func (r fieldRule) holds(in fields) bool {
	form := forms[r.name]
	if r.array {
		var list []string
		err := json.Unmarshal(in[r.name], &list)
		return err == nil && len(list) > 0 && len(strings.Join(list, "")) <= r.limit &&
			!slices.ContainsFunc(list, func(value string) bool { return !form(value) })
	}
	raw, given := in[r.name]
	switch value := in.Text(r.name); {
	case !given:
		return r.optional
	case raw[0] != '"' || utf8.RuneCountInString(value) > r.limit:
		return false
	case strings.TrimSpace(value) == "":
		return r.optional
	default:
		return form == nil || form(value)
	}
}

// maxContact bounds the fields whose length no page states.
const maxContact = 255

// fieldRules are the published fields. The card token is opaque: the sources
// disagree on its length. The product code may have 10 characters, as in the
// product list.
var fieldRules = map[coshine.API][]fieldRule{
	coshine.APICardApplication: {
		{name: "cardNumber", limit: 19, optional: true}, {name: "cardFlag", limit: 1}, {name: "cardProdCode", limit: 10},
		{name: "cardPicCode", limit: 16, optional: true}, {name: "cardEmbossName", limit: 26, optional: true},
		{name: "customerId", limit: 32}, {name: "custIdType", limit: 1}, {name: "custIdNo", limit: 32},
		{name: "custIssIdType", limit: 1, optional: true}, {name: "custIssIdNo", limit: 32, optional: true},
		{name: "custName", limit: maxContact, optional: true}, {name: "custMobile", limit: maxContact, optional: true},
		{name: "custEmail", limit: maxContact, optional: true},
	},
	coshine.APICustomerCardInfoInquiry: {{name: "customerId", limit: 32}},
	coshine.APICardActivation: {
		{name: "cardToken", limit: 64}, {name: "expiryDate", limit: 4}, {name: "CVV2", limit: 3},
		{name: "customerId", limit: 32}, {name: "custIdType", limit: 1}, {name: "custIdNo", limit: 32},
	},
	coshine.APIPINReset: {{name: "pinKeyId", limit: 8}, {name: "newCardPin", limit: 4096}},
	coshine.APIPINChange: {{name: "pinKeyId", limit: 8}, {name: "cardPin", limit: 4096},
		{name: "newCardPin", limit: 4096}},
	coshine.APITokenInquiry: {{name: "cardToken", limit: 64}},
	coshine.APITokenRequest: {
		{name: "cardToken", limit: 64}, {name: "expiryDate", limit: 4}, {name: "CVV2", limit: 3},
		{name: "useCaseIndicator", limit: 100, array: true}, {name: "cvm", limit: 225, array: true},
	},
	coshine.APIDropDownListInquiry: {{name: "dropDownName", limit: 20}},
	coshine.APICardStatusUpdate:    {{name: "cardOptFlag", limit: 1}},
	coshine.APIInquiryCardProduct:  {{name: "cardProdType", limit: 1, optional: true}},
}

// known are the fields of an application and of the public header: what else a request
// for a physical card has can be the delivery address, whose names are not published.
var known = func() map[string]bool {
	names := map[string]bool{"participantId": true}
	for _, rule := range headerRules {
		names[rule.name] = true
	}
	for _, rule := range fieldRules[coshine.APICardApplication] {
		names[rule.name] = true
	}
	return names
}()

// further refuses what no rule of a single field does.
func further(api coshine.API, in fields) *refusal {
	for name, form := range map[string]func(string) bool{"cardNumber": forms["cardNumber"], "reasonCode": replReasons} {
		if name == "reasonCode" && api != coshine.APICardReplacement {
			continue
		}
		if raw, given := in[name]; given && (raw[0] != '"' || !form(in.Text(name))) {
			return wrongField(name, 19)
		}
	}
	if api != coshine.APICardApplication || in.Text("cardFlag") != "P" {
		return nil
	}
	for name := range in {
		if !known[name] {
			return nil
		}
	}
	return &refusal{status: http.StatusBadRequest, check: "field address", expected: "a physical card's delivery address"}
}

// checkFields checks the public header, then what the interface asks for.
func (s *Server) checkFields(o operation, in fields) *refusal {
	// A request without a body has no header to check.
	if raw := in["participantId"]; in.Has("participantId") && raw[0] != '"' {
		return wrongField("participantId", 15)
	}
	if in != nil && strings.TrimSpace(text(in, "participantId")) != participant {
		return refuse(coshine.CodeInvalidParticipant)
	}
	for _, rule := range headerRules {
		if in != nil && !rule.holds(in) {
			return wrongField(rule.name, rule.limit)
		}
	}
	if in != nil && s.cfg.Zone != nil {
		at, err := time.ParseInLocation(dateLayout+"150405", in.Text("tranDate")+in.Text("tranTime"), s.cfg.Zone)
		if err != nil || at.Sub(s.now()).Abs() > time.Hour {
			return wrongField("tranTime", 6)
		}
	}
	if code := s.cfg.TranCodes[o.api]; code != "" && in.Text("tranCode") != code {
		return wrongField("tranCode", 6)
	}
	if field := s.rename(o.api, in); field != "" {
		return wrongField(field, 32)
	}
	if _, disabled := s.disabled.Load(o.op); disabled {
		return refuse(coshine.CodeRestricted)
	}
	for _, rule := range fieldRules[o.api] {
		if !rule.holds(in) {
			return wrongField(rule.name, rule.limit)
		}
	}
	return further(o.api, in)
}

// renamed are the interfaces whose fields are not published, by the name that this
// package's client has for the field that says whom they are about.
var renamed = map[coshine.API]string{
	coshine.APICustomerAccountInfoInquiry: "customerId", coshine.APICustomerInfoUpdate: "customerId",
	coshine.APICardReplacement: "cardToken", coshine.APICardCancellation: "cardToken",
	coshine.APICardStatusUpdate: "cardToken", coshine.APICardCVV2Verify: "cardToken",
	coshine.APICardExpiryDateUpdate: "cardToken", coshine.APICardSecureRegist: "cardToken",
}

// rename gives the field of an interface the name that the rules have for it. It returns
// the configured name when the request lacks that. Where no field is required, a card may
// be named by either.
func (s *Server) rename(api coshine.API, in fields) string {
	own := renamed[api]
	_, published := fieldRules[api]
	if handle := s.cfg.CardToken; handle != "" && own == "" && !published && in.Has(handle) && !in.Has("cardToken") {
		in["cardToken"] = in[handle]
	}
	name := map[string]string{"cardToken": s.cfg.CardToken, "customerId": s.cfg.CustomerID}[own]
	if name == "" {
		return ""
	}
	if in.Text(name) == "" {
		return name
	}
	in[own] = in[name]
	return ""
}

// wrongField refuses a field that is missing or of the wrong form.
func wrongField(name string, limit int) *refusal {
	return &refusal{
		status: http.StatusBadRequest, check: "field " + name,
		expected: fmt.Sprintf("the catalogue's form, of at most %d characters", limit),
	}
}
