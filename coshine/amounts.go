package coshine

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// AmountForm is how amounts in Extra are written, and read in histories. The pages have
// major units in general and minor ones in one webhook; of transactions none is published.
type AmountForm int

// Forms of amounts.
const (
	AmountFormMajor AmountForm = iota // decimals in major units, 123.45, of the form 16,2; the default
	// minor units without a point, 12345, by the exponent of the currency in Extra, or else 2
	AmountFormMinor
)

// CurrencyForm is how currencies in Extra are written.
type CurrencyForm int

// Forms of currencies.
const (
	CurrencyFormAlphabetic CurrencyForm = iota // ISO 4217 letters, such as USD; the default
	CurrencyFormNumeric                        // ISO 4217 digits, such as 840, as the reconciliation files have them
)

// known report whether a form is one of the constants.
func (f AmountForm) known() bool   { return f == AmountFormMajor || f == AmountFormMinor }
func (f CurrencyForm) known() bool { return f == CurrencyFormAlphabetic || f == CurrencyFormNumeric }

// membersOf is [membersOf] of a request in the configured forms.
func (c Config) membersOf(in any) ([]byte, error) {
	in, err := c.formed(in)
	if err != nil {
		return nil, err
	}
	return membersOf(in)
}

// formed returns a request whose Extra has amounts and currencies in the configured forms.
func (c Config) formed(in any) (any, error) {
	if c.Amounts == AmountFormMajor && c.Currencies == CurrencyFormAlphabetic {
		return in, nil
	}
	v := reflect.ValueOf(in)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return in, nil
	}
	var p check.Problems
	changed := reflect.New(v.Type()).Elem()
	changed.Set(v)
	c.formExtra(&p, changed)
	if p.Any() {
		return nil, p.Refusal()
	}
	return changed.Interface(), nil
}

// formExtra replaces the open fields of a struct, and of those embedded in it.
func (c Config) formExtra(p *check.Problems, v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Type().Field(i); {
		case embedded(f):
			c.formExtra(p, v.Field(i))
		case f.Tag.Get("wire") == "inline":
			if extra, ok := v.Field(i).Interface().(Extra); ok {
				v.Field(i).Set(reflect.ValueOf(c.formMap(p, extra, exponentOf(extra, 2), maxExtraDepth)))
			}
		}
	}
}

func (c Config) formMap(p *check.Problems, in Extra, exponent, depth int) Extra {
	out := Extra{}
	for name, value := range in {
		out[name] = c.form(p, name, value, exponent, depth)
	}
	return out
}

func (c Config) form(p *check.Problems, name string, value any, exponent, depth int) any {
	switch v := value.(type) {
	case issuing.Amount:
		if c.Amounts != AmountFormMinor {
			return v
		}
		minor, err := v.MinorUnits(exponent)
		p.Cause("Extra["+clipName(name)+"]", err)
		return strconv.FormatInt(minor, 10)
	case issuing.Currency:
		number, ok := v.Number()
		if c.Currencies != CurrencyFormNumeric {
			return v
		}
		if !ok {
			p.Add("Extra["+clipName(name)+"]", "has no number in ISO 4217")
		}
		return number
	case map[string]any:
		if depth > 0 {
			return map[string]any(c.formMap(p, v, exponentOf(v, exponent), depth-1))
		}
	case Extra:
		if depth > 0 {
			return c.formMap(p, v, exponentOf(v, exponent), depth-1)
		}
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = c.form(p, fmt.Sprintf("%s[%d]", name, i), element, exponent, depth-1)
		}
		return out
	}
	return value
}

// exponentOf is that of the currency among fields.
func exponentOf(fields map[string]any, otherwise int) int {
	for _, value := range fields {
		if currency, ok := value.(issuing.Currency); ok {
			if n, ok := currency.Exponent(); ok {
				return n
			}
		}
	}
	return otherwise
}

// amountOf reads an amount of a history's line in the configured form.
func (c Config) amountOf(text string, currency issuing.Currency) (issuing.Amount, error) {
	text = strings.TrimPrefix(text, "-")
	if c.Amounts != AmountFormMinor {
		return issuing.ParseAmount(text)
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	exponent := exponentOf(map[string]any{"": currency}, 2)
	return issuing.NewAmount(minor, uint8(exponent)), err //nolint:gosec // ISO 4217 has exponents of 0 to 4
}
