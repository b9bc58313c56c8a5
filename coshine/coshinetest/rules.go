package coshinetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
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
	exact    bool // the value has exactly limit characters
	digits   bool
	optional bool
}

// The branch may have 32 characters: the sources disagree between 6 and 32.
var headerRules = []headerRule{
	{name: "tranBranch", limit: 32},
	{name: "tranChnl", limit: 2, exact: true, digits: true},
	{name: "tranCode", limit: 6, optional: true},
	{name: "tranDate", limit: 8, exact: true, digits: true},
	{name: "tranTime", limit: 6, exact: true, digits: true},
	{name: "tranId", limit: 32},
	{name: "tellerNo", limit: 32, optional: true},
	{name: "terminalNo", limit: 15, optional: true},
}

func (r headerRule) holds(text string) bool {
	switch {
	case text == "":
		return r.optional
	case len(text) > r.limit, r.exact && len(text) != r.limit:
		return false
	}
	return !r.digits || strings.Trim(text, "0123456789") == ""
}

// fieldRule is a field of an interface, for check 9.
type fieldRule struct {
	name     string
	limit    int // of the whole value
	optional bool
	array    bool
}

func (r fieldRule) holds(in fields) bool {
	if r.array {
		var list []string
		err := json.Unmarshal(in[r.name], &list)
		return err == nil && len(list) > 0 && len(strings.Join(list, "")) <= r.limit
	}
	value := text(in, r.name)
	if value == "" {
		return r.optional
	}
	return utf8.RuneCountInString(value) <= r.limit
}

// fieldRules are the published fields. The card token is opaque: the sources
// disagree on its length. The product code may have 10 characters, as in the
// product list.
var fieldRules = map[coshine.API][]fieldRule{
	coshine.APICardApplication: {
		{name: "cardNumber", limit: 19, optional: true}, {name: "cardFlag", limit: 1}, {name: "cardProdCode", limit: 10},
		{name: "cardPicCode", limit: 16, optional: true}, {name: "cardEmbossName", limit: 26, optional: true},
		{name: "customerId", limit: 32}, {name: "custIdType", limit: 1}, {name: "custIdNo", limit: 32},
		{name: "custIssIdType", limit: 1, optional: true}, {name: "custIssIdNo", limit: 32, optional: true},
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
}

// checkFields checks the public header, then what the interface asks for.
func (s *Server) checkFields(o operation, in fields) *refusal {
	// A request without a body has no header to check.
	if in != nil && strings.TrimSpace(text(in, "participantId")) != participant {
		return refuse(coshine.CodeInvalidParticipant)
	}
	for _, rule := range headerRules {
		if in != nil && !rule.holds(text(in, rule.name)) {
			return wrongField(rule.name, rule.limit)
		}
	}
	if _, disabled := s.disabled.Load(o.op); disabled {
		return refuse(coshine.CodeRestricted)
	}
	for _, rule := range fieldRules[o.api] {
		if !rule.holds(in) {
			return wrongField(rule.name, rule.limit)
		}
	}
	return nil
}

// wrongField refuses a field that is missing or of the wrong form.
func wrongField(name string, limit int) *refusal {
	return &refusal{
		status: http.StatusBadRequest, check: "field " + name,
		expected: fmt.Sprintf("the catalogue's form, of at most %d characters", limit),
	}
}
