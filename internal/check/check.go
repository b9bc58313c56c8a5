// Package check collects what is wrong with a request, so that a caller learns
// of all problems at once and before anything is sent.
package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Problems collects field errors. The zero value is ready to use. No method
// puts a field's value into a problem.
type Problems struct {
	// Now is the time of the client's clock, for rules about ages and validity.
	Now time.Time
	// Values are further values of enumerations, by field: what the client's
	// configuration adds to the documented ones.
	Values map[string][]string
	// Optional are fields that may be missing all the same: the configuration says so, or
	// another field holds them. nil is none.
	Optional func(field string) bool

	fields []issuing.FieldError
	unread []string // fields whose text could not be read
}

// Add reports a problem of a field, unless its text could not be read: that says it.
func (p *Problems) Add(field, format string, args ...any) {
	if slices.Contains(p.unread, field) {
		return
	}
	p.fields = append(p.fields, issuing.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// Cause reports what is wrong with a field by an error's text; nil is nothing.
func (p *Problems) Cause(field string, err error) {
	if err != nil {
		p.Add(field, "%v", err)
	}
}

// Read reads a field's text. What is wrong with it is reported once: a check of the
// result adds nothing. Blank text gives the zero value, for Required to judge.
func Read[T any](p *Problems, field, text string, parse func(string) (T, error)) (value T) {
	if strings.TrimSpace(text) == "" {
		return value
	}
	value, err := parse(text)
	if err != nil {
		p.Cause(field, err)
		p.unread = append(p.unread, field)
	}
	return value
}

// Zone reads the IANA name of a time zone. The machine's own zone is none: no platform's
// times follow it.
func Zone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(Trim(name))
	if err != nil || zone == time.Local {
		return nil, errors.New("is not the IANA name of a time zone, or the system does not know it")
	}
	return zone, nil
}

// Key reports a missing RSA key (of 0 bits), and one of fewer bits than least.
func (p *Problems) Key(field string, bits, least int) {
	if p.Required(field, bits > 0) && bits < least {
		p.Add(field, "has %d bits, at least %d are needed", bits, least)
	}
}

// Required reports a field that is missing and is none of Optional. It returns whether
// it is present.
func (p *Problems) Required(field string, present bool) bool {
	if !present && (p.Optional == nil || !p.Optional(field)) {
		p.Add(field, "is required")
	}
	return present
}

// Text reports a missing value, one longer than limit characters (0 is no
// limit), or one with control characters or invalid UTF-8.
func (p *Problems) Text(field, value string, limit int) {
	if p.Required(field, strings.TrimSpace(value) != "") {
		p.OptionalText(field, value, limit)
	}
}

// OptionalText is Text for a field that may be empty.
func (p *Problems) OptionalText(field, value string, limit int) {
	if n := utf8.RuneCountInString(value); limit > 0 && n > limit {
		p.Add(field, "has %d characters, at most %d are allowed", n, limit)
	}
	if !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		p.Add(field, "has control characters or invalid UTF-8")
	}
}

// OneOf reports that none of the named alternatives is given.
func (p *Problems) OneOf(fields string, values ...string) {
	for _, v := range values {
		if v != "" {
			return
		}
	}
	p.Add(fields, "needs at least one of them")
}

// Listed reports a value that neither the documents list nor Values adds; an empty one
// passes.
func (p *Problems) Listed(field, value string, documented bool) {
	if value != "" && !documented && !slices.Contains(p.Values[field], value) {
		p.Add(field, "is none of the values that the documents list; Config.Values adds what the provider has told")
	}
}

// CheckValues checks a setting of further values.
func (p *Problems) CheckValues(values map[string][]string) {
	for field, further := range values {
		for _, value := range further {
			p.Text("Values["+field+"]", value, maxFurther)
		}
	}
}

// maxFurther bounds a value of an enumeration.
const maxFurther = 128

// Digits reports a secret that does not consist of between shortest and longest
// decimal digits.
func (p *Problems) Digits(field string, value issuing.Secret, shortest, longest int) {
	v := value.Reveal()
	if !p.Required(field, v != "") {
		return
	}
	if len(v) < shortest || len(v) > longest || strings.Trim(v, "0123456789") != "" {
		if shortest == longest {
			p.Add(field, "needs exactly %d digits", shortest)
			return
		}
		p.Add(field, "needs %d to %d digits", shortest, longest)
	}
}

// Amount reports an amount that is missing, malformed, not positive, or has more
// than scale decimal places.
func (p *Problems) Amount(field string, value issuing.Amount, scale int) {
	if !p.Required(field, value.IsSet()) {
		return
	}
	if value.Sign() <= 0 {
		p.Add(field, "must be greater than zero")
	}
	p.decimal(field, value, scale)
}

// NotNegative reports an amount that is malformed, below zero, or has more than
// scale decimal places; an unset one passes, and a negative scale sets no limit.
func (p *Problems) NotNegative(field string, value issuing.Amount, scale int) {
	if value.Sign() < 0 {
		p.Add(field, "must not be negative")
	}
	p.decimal(field, value, scale)
}

// decimal reports an amount that is malformed or has more than scale decimal places.
func (p *Problems) decimal(field string, value issuing.Amount, scale int) {
	switch {
	case value.Check() != nil:
		p.Add(field, "is not a decimal amount")
	case scale >= 0 && value.Scale() > scale:
		p.Add(field, "has more than %d decimal places", scale)
	}
}

// Date reports a date that does not exist; presence is checked by Required.
func (p *Problems) Date(field string, value issuing.Date) {
	if !value.IsZero() && !value.Valid() {
		p.Add(field, "is not a date of the calendar")
	}
}

// BirthDate is Date for the day on which somebody was born, which does not lie in the
// future anywhere on earth.
func (p *Problems) BirthDate(field string, value issuing.Date) {
	p.Date(field, value)
	if value.Valid() && value.In(time.UTC).After(p.Now.AddDate(0, 0, 1)) {
		p.Add(field, "lies in the future")
	}
}

// EnglishName reports a name with anything but what [IsEnglishName] takes.
func (p *Problems) EnglishName(field, value string) {
	if !IsEnglishName(value) {
		p.Add(field, "may have English characters only: letters, blanks, hyphens, apostrophes and full stops")
	}
}

// IsEnglishName reports whether a text is of English letters, blanks, hyphens,
// apostrophes and full stops alone; an empty one is.
func IsEnglishName(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(" -'.", r)
	})
}

// Country reports a text that is no ISO 3166-1 alpha-2 code in capitals, unless Values has
// it; an empty one passes.
func (p *Problems) Country(field, value string) {
	if value != "" && !Alpha2(value) && !slices.Contains(p.Values[field], value) {
		p.Add(field, "is not an ISO 3166-1 alpha-2 code such as US")
	}
}

// Any reports whether a problem was found.
func (p *Problems) Any() bool { return len(p.fields) > 0 }

// Refusal returns all problems as one error of kind issuing.ErrInvalid.
func (p *Problems) Refusal() *issuing.Error {
	return &issuing.Error{Kind: issuing.ErrInvalid, Fields: slices.Clone(p.fields)}
}

// Err returns all problems as one error of kind issuing.ErrInvalid, or nil.
func (p *Problems) Err(provider, op string) error {
	if len(p.fields) == 0 {
		return nil
	}
	e := p.Refusal()
	e.Provider, e.Op = provider, op
	return e
}
