package uqpaytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// fields reads a request's JSON object and remembers the first thing that is wrong
// with it. Its methods read an absent member as nothing; require says which must
// be there.
type fields struct {
	platform.Fields
	prefix string
	wrong  *string
	more   map[string][]string // values beyond those of the pages, by name
}

func readFields(body []byte) fields {
	f := fields{wrong: new(string)}
	if len(bytes.TrimSpace(body)) == 0 {
		return f
	}
	f.read(body, f, "body")
	return f
}

// read reads the members of an object, which outer has under a name.
func (f *fields) read(object []byte, outer fields, name string) {
	var err error
	f.Fields, err = platform.ReadFields(object)
	if twice, ok := errors.AsType[*platform.RepeatedError](err); ok {
		f.problem(twice.Name, "is given twice")
	} else if err != nil {
		outer.problem(name, "must be an object")
	}
}

func (f fields) problem(name, rule string) {
	if *f.wrong == "" {
		*f.wrong = f.prefix + name + ": " + rule
	}
}

// refused returns the first problem as a refusal, nil when there is none.
func (f fields) refused() *refusal {
	if *f.wrong == "" {
		return nil
	}
	return invalid(*f.wrong)
}

func (f fields) isText(name string) bool { return bytes.HasPrefix(f.Fields[name], []byte{'"'}) }

// require wants members that are neither null nor blank.
func (f fields) require(names ...string) {
	for _, name := range names {
		if !f.Has(name) || f.isText(name) && strings.TrimSpace(f.Text(name)) == "" {
			f.problem(name, "is required")
		}
	}
}

// text reads a string.
func (f fields) text(name string) string {
	if f.Has(name) && !f.isText(name) {
		f.problem(name, "must be a string")
	}
	return f.Text(name)
}

// ruled reads a string that, unless it is empty, must follow a rule.
func (f fields) ruled(name, rule string, follows func(s string) bool) string {
	s := f.text(name)
	if s != "" && !follows(s) {
		f.problem(name, rule)
	}
	return s
}

// short reads a string of at most limit characters.
func (f fields) short(name string, limit int) string {
	return f.ruled(name, "is too long", func(s string) bool { return len([]rune(s)) <= limit })
}

// word reads a string that must be one of some.
func (f fields) word(name string, allowed ...string) string {
	rule := "must be one of " + strings.Join(allowed, ", ")
	more := f.more[strings.TrimPrefix(f.prefix+name, "cardholder_required_fields.")]
	return f.ruled(name, rule, func(s string) bool { return oneOf(s, allowed...) || oneOf(s, more...) })
}

// digits reads a secret string of shortest to longest digits.
func (f fields) digits(name string, shortest, longest int) issuing.Secret {
	return issuing.NewSecret(f.ruled(name, "has the wrong number of digits", func(s string) bool {
		return len(s) >= shortest && len(s) <= longest && strings.Trim(s, "0123456789") == ""
	}))
}

// country reads an ISO 3166-1 alpha-2 code.
func (f fields) country(name string) string {
	return f.ruled(name, "must be a country code of two letters", check.Alpha2)
}

// currency reads a code of ISO 4217, or XUSD.
func (f fields) currency(name string) issuing.Currency {
	return issuing.Currency(f.ruled(name, "must be a currency code", func(s string) bool {
		_, known := issuing.Currency(s).Number()
		return issuing.Currency(s).Valid() && known || s == string(uqpay.XUSD)
	}))
}

// file reads base64 of at most limit bytes.
func (f fields) file(name string, limit int) {
	var p check.Problems
	_, size := p.Base64(name, f.text(name))
	switch {
	case p.Any():
		f.problem(name, "must be base64")
	case size > limit:
		f.problem(name, "is too large")
	}
}

// amount reads a JSON number above 0 of at most two decimals.
func (f fields) amount(name string) issuing.Amount {
	a := f.amountOrZero(name)
	if f.Has(name) && a.Sign() == 0 {
		f.problem(name, "must be greater than 0")
	}
	return a
}

// amountOrZero reads a JSON number of at most two decimals that is not negative.
func (f fields) amountOrZero(name string) issuing.Amount {
	if !f.Has(name) {
		return issuing.Amount("")
	}
	a, err := issuing.ParseAmount(string(f.Fields[name]))
	switch {
	case err != nil:
		f.problem(name, "must be a number")
		return issuing.Amount("")
	case a.Sign() < 0:
		f.problem(name, "must be greater than 0")
	case a.Scale() > 2:
		f.problem(name, "must have at most 2 decimal places")
	}
	if scaled, err := a.Rescale(2); err == nil {
		a = scaled
	}
	return a
}

// number reads a positive integer.
func (f fields) number(name string) int {
	n, ok := f.Int(name)
	if f.Has(name) && (!ok || n < 1) {
		f.problem(name, "must be a positive integer")
	}
	return n
}

// list reads an array of strings.
func (f fields) list(name string) []string {
	var items []string
	if f.Has(name) && json.Unmarshal(f.Fields[name], &items) != nil {
		f.problem(name, "must be an array of strings")
	}
	return items
}

// when reads a time.
func (f fields) when(name string) (t time.Time) {
	f.ruled(name, "must be an ISO 8601 time with an offset", func(s string) (ok bool) {
		t, ok = instant(s)
		return ok
	})
	return t
}

// instant reads a time of a request.
func instant(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// codes reads an array of merchant categories.
func (f fields) codes(name string) []string {
	items := f.list(name)
	for _, item := range items {
		if len(item) != 4 || strings.Trim(item, "0123456789") != "" {
			f.problem(name, "must hold merchant categories of four digits")
		}
	}
	return items
}

// bare takes the text of a JSON number for the number: some of UQPAY's own libraries send
// amounts so.
func (f fields) bare(name string) {
	if text := f.Text(name); strings.Trim(text, "-+.eE0123456789") == "" && json.Valid([]byte(text)) {
		f.Fields[name] = json.RawMessage(text)
	}
}

// object reads a nested object; ok is false when there is none.
func (f fields) object(name string) (inner fields, ok bool) {
	if !f.Has(name) {
		return fields{}, false
	}
	inner = f.within(name, f.Fields[name])
	return inner, inner.Fields != nil
}

// within reads an object that a member is or holds; its Fields are nil when it is none.
func (f fields) within(name string, object []byte) fields {
	inner := fields{prefix: f.prefix + name + ".", wrong: f.wrong, more: f.more}
	inner.read(object, f, name)
	return inner
}
