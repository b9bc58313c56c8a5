package unionpaytest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// Presence in UnionPay's tables.
const (
	optional  = false
	mandatory = true
)

// kind is the type letter of UnionPay's tables.
type kind int

const (
	kindS       kind = iota // any string
	kindANS                 // letters, digits and special characters: no control characters
	kindN                   // digits
	kindCountry             // a country's digits, ISO 3166-1
	kindAN                  // letters and digits
	kindTime                // a time of day that exists, in 14 digits
	kindDate                // a date that exists, YYMMDD
	kindMonth               // MM/YY
	kindPhone               // country code, hyphen, number
	kindArray               // array of strings or objects
	kindObject              // object
	kindSealed              // encrypted by the client: any string until it is opened
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
	{"versionNo", kindANS, 5, 5, mandatory},
	{"msgID", kindAN, 17, 49, mandatory},
	{"timeStamp", kindTime, 14, 14, mandatory},
	{"msgType", kindANS, 1, 50, mandatory},
	{"insID", kindAN, 1, 16, optional},
	{"walletID", kindAN, 1, 16, optional},
	{"trID", kindAN, 1, 16, optional},
}

var pagingFields = []spec{{"pageNo", kindN, 1, 9, optional}, {"pageSize", kindN, 1, 9, optional}}

// The business fields of each request.
var (
	feedbackFields = []spec{
		{"atmId", kindS, 1, 100, optional},
		{"countryCode", kindCountry, 3, 3, mandatory},
		{"cityName", kindS, 1, 100, mandatory},
		{"bankName", kindS, 1, 100, mandatory},
		{"address", kindS, 1, 500, mandatory},
		{"longitude", kindS, 1, 100, optional},
		{"latitude", kindS, 1, 100, optional},
		{"reportReason", kindN, 1, 1, mandatory},
		{"otherReason", kindS, 1, 100, optional},
	}
	listFields = append([]spec{
		{"countryCode", kindCountry, 3, 3, mandatory},
		{"cityName", kindS, 1, 100, optional},
		{"bankName", kindS, 1, 100, optional},
		{"keyword", kindS, 1, 10, optional},
	}, pagingFields...)
	nearbyFields = append([]spec{
		{"longitude", kindS, 1, 100, mandatory},
		{"latitude", kindS, 1, 100, mandatory},
		{"radius", kindN, 1, 9, optional},
	}, pagingFields...)
	citiesAndBanksFields = []spec{{"countryCode", kindCountry, 3, 3, mandatory}}
	tokenRequestFields   = []spec{
		{"deviceID", kindANS, 1, 64, optional},
		{"issuerID", kindAN, 1, 16, optional},
		{"authorizationData", kindS, 1, 8 << 10, mandatory},
		{"pan", kindSealed, 1, 64 << 10, optional},
		{"expiryDate", kindMonth, 5, 5, optional},
		{"cvm", kindSealed, 1, 64 << 10, optional},
		{"useCaseIndicator", kindArray, 0, 16, optional},
		{"hceInfo", kindObject, 0, 0, optional},
		{"userID", kindANS, 1, 64, optional},
		{"riskInfo", kindObject, 0, 0, optional},
	}
	updateFields = []spec{
		{"deviceID", kindANS, 1, 64, mandatory},
		{"token", kindN, 16, 19, mandatory},
		{"tokenAction", kindANS, 1, 50, mandatory},
		{"enrolID", kindANS, 1, 64, optional},
	}
	inquiryFields = []spec{
		{"deviceID", kindANS, 1, 64, optional},
		{"token", kindN, 16, 19, optional},
		{"tokenRefID", kindS, 1, 64, optional},
		{"originalMsgID", kindAN, 17, 49, optional},
	}
	byRequestFields = []spec{
		{"deviceID", kindANS, 1, 64, optional},
		{"originalMsgID", kindAN, 17, 49, mandatory},
	}
	exchangeFields = []spec{
		{"insSignCertID", kindS, 1, 64, mandatory},
		{"insSignPublicKey", kindS, 1, 4096, mandatory},
		{"insEncCertID", kindS, 1, 64, mandatory},
		{"insEncPublickey", kindS, 1, 4096, mandatory},
	}
	keyInquiryFields = []spec{
		{"appSignCertID", kindS, 1, 64, mandatory},
		{"appSignPublicKey", kindS, 1, 4096, mandatory},
		{"appEncCertID", kindS, 1, 64, mandatory},
		{"appEncPublicKey", kindS, 1, 4096, mandatory},
		{"umpsSignCertID", kindS, 1, 64, optional},
		{"umpsEncCertID", kindS, 1, 64, optional},
	}
)

// riskFields is the table of riskInfo.
var riskFields = []spec{
	{"gps", kindANS, 1, 64, optional},
	{"simCard", kindArray, 1, 200, optional},
	{"appUserID", kindANS, 1, 64, optional},
	{"usrEnrolDate", kindDate, 6, 6, optional},
	{"captureMethod", kindANS, 1, 64, optional},
	{"ipAddress", kindANS, 1, 64, optional},
	{"reservedMobileNo", kindPhone, 1, 25, optional},
	{"deviceType", kindANS, 1, 20, optional},
	{"deviceScore", kindN, 1, 1, optional},
}

// cvmFields is the table of one entry of cvm, and panField that of pan, decrypted.
var (
	cvmFields = []spec{
		{"expiryDate", kindMonth, 5, 5, optional},
		{"cvn2", kindN, 3, 3, optional},
		{"name", kindS, 1, 255, optional},
		{"idType", kindS, 1, 64, optional},
		{"idNo", kindS, 1, 64, optional},
		{"mobileNo", kindPhone, 1, 25, optional},
		{"otp", kindS, 1, 64, optional},
	}
	panField = spec{"pan", kindAN, 1, 40, mandatory}
)

// enums are the members that have a list of values.
var enums = map[string][]string{
	"useCaseIndicator": {"QRC", "HCE", "SE", "COF"},
	"captureMethod":    {"MANUAL", "NFC", "CAMERA", "UNKNOWN"},
	"reportReason":     {"0", "1", "2", "3", "4", "5", "6"},
	"versionNo":        {"1.0.0"},
}

// misfit compares members with their table and returns the name of the first one
// that does not fit, "" when all do. Unknown members pass, and so does the absence of
// what is in without.
func misfit(specs []spec, members fields, without []string) string {
	for _, f := range specs {
		value, present := members[f.name]
		if !present && f.mandatory && !slices.Contains(without, f.name) || present && !f.fits(members) {
			return f.name
		}
		if present && f.name == "riskInfo" {
			nested, _ := platform.ReadFields(value)
			if field := misfit(riskFields, nested, nil); field != "" {
				return "riskInfo." + field
			}
		}
	}
	return ""
}

func (f spec) fits(members fields) bool {
	switch f.kind {
	case kindArray:
		list, ok := elements(members[f.name])
		return ok && len(list) >= f.min && len(list) <= f.max && f.lists(list)
	case kindObject:
		_, err := platform.ReadFields(members[f.name])
		return err == nil
	}
	// Every scalar is a string on the wire, numbers included; what is none has no
	// text, and no field may be empty.
	text := members.Text(f.name)
	if n := utf8.RuneCountInString(text); n < f.min || n > f.max {
		return false
	}
	if allowed := enums[f.name]; allowed != nil && !slices.Contains(allowed, text) {
		return false
	}
	return f.kind.formed(text)
}

// lists reports whether the elements of an array are what they should be.
func (f spec) lists(list []json.RawMessage) bool {
	allowed := enums[f.name]
	return f.name == "cvm" || !slices.ContainsFunc(list, func(element json.RawMessage) bool {
		text := fields{"e": element}.Text("e")
		return text == "" || allowed != nil && !slices.Contains(allowed, text)
	})
}

// formed reports whether a text has the form of a kind.
func (k kind) formed(text string) bool {
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	switch k {
	case kindN:
		return digits(text)
	case kindCountry:
		return check.Numeric3(text)
	case kindTime:
		_, err := time.Parse(timeStamp, text)
		return err == nil
	case kindDate:
		_, err := time.Parse("060102", text)
		return err == nil
	case kindMonth:
		_, err := time.Parse("01/06", text)
		return err == nil
	case kindPhone:
		country, number, ok := strings.Cut(text, "-")
		return ok && country != "" && number != "" && digits(country+number)
	case kindAN:
		return !strings.ContainsFunc(text, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
	case kindANS:
		return !strings.ContainsFunc(text, unicode.IsControl)
	}
	return true
}

// elements reads a JSON array.
func elements(text []byte) (list []json.RawMessage, ok bool) {
	err := json.Unmarshal(text, &list)
	return list, err == nil && list != nil
}
