package legacy

import (
	"net/url"
	"regexp"
	"slices"

	"github.com/issuing-sdk/issuing-go/internal/check"
)

// form is how the pages write the values of a field.
type form struct {
	fits func(string) bool
	want string // what is asked for, behind "must be"
}

func newForm(expression, want string) form {
	return form{regexp.MustCompile(`^(?:` + expression + `)$`).MatchString, want}
}

// The forms of requests. Those that are seen in examples alone give way to
// [Config.Values] as well.
var (
	alpha3      = form{check.Alpha3, "a country's three capital letters (ISO 3166-1 alpha-3), such as HKG"}
	numeric3    = form{check.Numeric3, "a country's three digits (ISO 3166-1 numeric), such as 156"}
	callingCode = newForm(`\+?[0-9]{1,4}`, "a calling code, such as 86")
	// Examples of numbers that stand beside a calling code are of digits alone.
	phoneNumber  = newForm(`[0-9]+`, "a phone number of digits alone, such as 13800138000")
	mobileNumber = newForm(`\+?[0-9]+`, "a phone number of digits, perhaps behind a plus, such as +6281329623212")
	binDigits    = newForm(`[0-9]+`, "the digits of a BIN of the list, such as 493193")
	stateCode    = newForm(`[A-Z]{2}`, "a state's two capital letters for US and CA, such as WA")
	swiftCode    = newForm(`[A-Z0-9]{8}(?:[A-Z0-9]{3})?`, "a SWIFT code of 8 or 11 capital letters and digits")
	routingCode  = newForm(`[0-9]{9}`, "an ABA routing code of 9 digits")
	sortCode     = newForm(`[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}`, "a sort code of 6 digits, perhaps in pairs")
	pageNumber   = newForm(`0*[1-9][0-9]*`, "a page number from 1 on")
)

// check checks fields that have a value; that one is there is checked by checkTexts.
func (f form) check(p *check.Problems, fields ...field) {
	for _, v := range fields {
		if v.value != "" && !f.fits(v.value) && !told(p, v.name, v.value) {
			p.Add(v.name, "must be %s", f.want)
		}
	}
}

// told reports a value that the configuration adds to those of the pages.
func told(p *check.Problems, name, value string) bool { return slices.Contains(p.Values[name], value) }

// checkKnown checks a value of a closed list.
func checkKnown[T interface {
	~string
	Known() bool
}](p *check.Problems, name string, value T, must presence, list string) {
	switch {
	case value == "":
		p.Required(name, must == optional)
	case !value.Known() && !told(p, name, string(value)):
		p.Add(name, "must be %s", list)
	}
}

// checkNotifyURL checks where a notification is to go. What the platform reaches is its
// affair.
func checkNotifyURL(p *check.Problems, address string) {
	if address == "" {
		return
	}
	p.Text("notifyUrl", address, 0)
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		p.Add("notifyUrl", "is not an absolute http or https address")
	}
}
