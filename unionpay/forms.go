package unionpay

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// The forms of UnionPay's tables: S any text, N digits, AN letters and digits, ANS those
// and special characters. Lengths count characters.

// text reports a missing value, one longer than limit characters, or invalid
// UTF-8. Control characters are allowed: JSON escapes them.
func text(p *check.Problems, field, value string, limit int) {
	if p.Required(field, value != "") {
		optionalText(p, field, value, limit)
	}
}

// optionalText is text for a field that may be empty.
func optionalText(p *check.Problems, field, value string, limit int) {
	if n := utf8.RuneCountInString(value); n > limit {
		p.Add(field, "has %d characters, at most %d are allowed", n, limit)
	}
	if !utf8.ValidString(value) {
		p.Add(field, "is not valid UTF-8")
	}
}

// digits reports a value that is not exactly n decimal digits.
func digits(p *check.Problems, field, value string, n int) {
	if !p.Required(field, value != "") {
		return
	}
	if len(value) != n || strings.Trim(value, "0123456789") != "" {
		p.Add(field, "needs exactly %d digits", n)
	}
}

// country reports what is no country's number of ISO 3166-1, unless Config.Values has it.
func country(p *check.Problems, value string) {
	const field = "countryCode"
	if p.Required(field, value != "") && !check.Numeric3(value) && !slices.Contains(p.Values[field], value) {
		p.Add(field, "is not a country's three digits (ISO 3166-1 numeric), such as 702")
	}
}

// optionalAN reports a value with anything but letters and digits.
func optionalAN(p *check.Problems, field, value string, limit int) {
	optionalText(p, field, value, limit)
	if strings.ContainsFunc(value, foreign) {
		p.Add(field, "has characters other than letters and digits")
	}
}

// requiredANS reports a value that is missing or not ANS.
func requiredANS(p *check.Problems, field, value string, limit int) {
	if p.Required(field, value != "") {
		optionalANS(p, field, value, limit)
	}
}

// optionalANS reports a value with control characters, which are neither letters nor
// digits nor special characters.
func optionalANS(p *check.Problems, field, value string, limit int) {
	optionalText(p, field, value, limit)
	if strings.ContainsFunc(value, unicode.IsControl) {
		p.Add(field, "has control characters")
	}
}

// optionalPhone reports a number that is not country code, hyphen and number.
func optionalPhone(p *check.Problems, field string, number issuing.Personal) {
	optionalText(p, field, string(number), 25)
	country, rest, ok := strings.Cut(string(number), "-")
	if number != "" && (!ok || country == "" || rest == "" || strings.Trim(country+rest, "0123456789") != "") {
		p.Add(field, "is not country code, hyphen and number, such as 82-1000000000")
	}
}
