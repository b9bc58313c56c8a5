package unionpaytest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/issuing-sdk/issuing-go/unionpay"
)

// kind is the type letter of UnionPay's tables.
type kind int

const (
	kindS      kind = iota // any string
	kindN                  // digits
	kindAN                 // letters and digits
	kindArray              // array of strings or objects
	kindObject             // object
	kindSealed             // encrypted by the client: any string until it is opened
)

// spec is one row of a message's table.
type spec struct {
	name      string
	kind      kind
	min, max  int // characters
	mandatory bool
}

// msgInfoFields is the head of an enveloped request.
var msgInfoFields = []spec{
	{"versionNo", kindS, 5, 5, true},
	{"msgID", kindAN, 17, 49, true},
	{"timeStamp", kindN, 14, 14, true},
	{"msgType", kindS, 1, 50, true},
	{"insID", kindAN, 1, 16, false},
	{"walletID", kindAN, 1, 16, false},
	{"trID", kindAN, 1, 16, false},
}

var pagingFields = []spec{{"pageNo", kindN, 1, 9, false}, {"pageSize", kindN, 1, 9, false}}

// fieldsOf are the business fields of each request.
var fieldsOf = map[unionpay.MessageType][]spec{
	unionpay.MessageATMFeedback: {
		{"atmId", kindS, 1, 100, false},
		{"countryCode", kindN, 3, 3, true},
		{"cityName", kindS, 1, 100, true},
		{"bankName", kindS, 1, 100, true},
		{"address", kindS, 1, 500, true},
		{"longitude", kindS, 1, 100, false},
		{"latitude", kindS, 1, 100, false},
		{"reportReason", kindN, 1, 1, true},
		{"otherReason", kindS, 1, 100, false},
	},
	unionpay.MessageATMList: append([]spec{
		{"countryCode", kindN, 3, 3, true},
		{"cityName", kindS, 1, 100, false},
		{"bankName", kindS, 1, 100, false},
		{"keyword", kindS, 1, 10, false},
	}, pagingFields...),
	unionpay.MessageATMNearby: append([]spec{
		{"longitude", kindS, 1, 100, true},
		{"latitude", kindS, 1, 100, true},
		{"radius", kindN, 1, 9, false},
	}, pagingFields...),
	unionpay.MessageATMCityBank: {{"countryCode", kindN, 3, 3, true}},
	unionpay.MessageTokenRequest: {
		{"deviceID", kindS, 1, 64, false},
		{"issuerID", kindAN, 1, 16, false},
		{"authorizationData", kindS, 1, 8 << 10, true},
		{"pan", kindSealed, 1, 64 << 10, false},
		{"expiryDate", kindS, 5, 5, false},
		{"cvm", kindSealed, 1, 64 << 10, false},
		{"useCaseIndicator", kindArray, 0, 16, false},
		{"hceInfo", kindObject, 0, 0, false},
		{"userID", kindS, 1, 64, false},
		{"riskInfo", kindObject, 0, 0, false},
	},
	unionpay.MessageTokenStateUpdate: {
		{"deviceID", kindS, 1, 64, true},
		{"token", kindN, 16, 19, true},
		{"tokenAction", kindS, 1, 50, true},
		{"enrolID", kindS, 1, 64, false},
	},
	unionpay.MessageTokenStateInquiry: {
		{"deviceID", kindS, 1, 64, false},
		{"token", kindN, 16, 19, false},
		{"tokenRefID", kindS, 1, 64, false},
		{"originalMsgID", kindAN, 17, 49, false},
	},
	unionpay.MessageKeyExchange: {
		{"insSignCertID", kindS, 1, 64, true},
		{"insSignPublicKey", kindS, 1, 4096, true},
		{"insEncCertID", kindS, 1, 64, true},
		{"insEncPublickey", kindS, 1, 4096, true},
	},
	unionpay.MessageKeyInquiryExchange: {
		{"appSignCertID", kindS, 1, 64, true},
		{"appSignPublicKey", kindS, 1, 4096, true},
		{"appEncCertID", kindS, 1, 64, true},
		{"appEncPublicKey", kindS, 1, 4096, true},
		{"umpsSignCertID", kindS, 1, 64, false},
		{"umpsEncCertID", kindS, 1, 64, false},
	},
}

// riskFields is the table of riskInfo.
var riskFields = []spec{
	{"gps", kindS, 1, 64, false},
	{"simCard", kindArray, 1, 200, false},
	{"appUserID", kindS, 1, 64, false},
	{"usrEnrolDate", kindN, 6, 6, false},
	{"captureMethod", kindS, 1, 64, false},
	{"ipAddress", kindS, 1, 64, false},
	{"reservedMobileNo", kindS, 1, 25, false},
	{"deviceType", kindS, 1, 20, false},
	{"deviceScore", kindN, 1, 1, false},
}

// checkFields compares members with their table. It returns the name of the first
// field that does not fit. Unknown members pass.
func checkFields(specs []spec, prefix string, members map[string]json.RawMessage) (string, bool) {
	for _, f := range specs {
		value, present := members[f.name]
		switch {
		case !present && f.mandatory, present && !fits(f, value):
			return prefix + f.name, false
		case present && f.name == "riskInfo":
			nested, _ := object(value)
			if field, ok := checkFields(riskFields, "riskInfo.", nested); !ok {
				return field, false
			}
		}
	}
	return "", true
}

func fits(f spec, value json.RawMessage) bool {
	value = bytes.TrimSpace(value)
	switch f.kind {
	case kindArray:
		var elements []json.RawMessage
		return json.Unmarshal(value, &elements) == nil && len(elements) >= f.min && len(elements) <= f.max
	case kindObject:
		_, ok := object(value)
		return ok
	}
	// Every scalar is a string on the wire, numbers included.
	text, ok := textOf(value)
	if !ok {
		return false
	}
	n := utf8.RuneCountInString(text)
	if n < f.min || n > f.max {
		return false
	}
	switch f.kind {
	case kindN:
		return strings.Trim(text, "0123456789") == ""
	case kindAN:
		return !strings.ContainsFunc(text, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
	}
	return true
}
