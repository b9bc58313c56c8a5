package coshine

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Extra carries request fields that Coshine has not published and has told you.
// They are merged into the request's JSON object at the top level. A name that
// the public header or the request itself has is refused, in whatever case its
// letters are. Amounts
// ([issuing.Amount]) are sent as strings in major units and must fit the
// documented form 16,2; secrets ([issuing.Secret]) are sent in clear. Go numbers
// are sent as JSON numbers: this API's published scalars are strings.
//
// It prints the names of its fields and never their values.
type Extra map[string]any

// Format implements [fmt.Formatter] for every verb.
func (e Extra) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "Extra"+fmt.Sprint(slices.Sorted(maps.Keys(e))))
}

// LogValue implements [slog.LogValuer].
func (e Extra) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(e)) }

// inferredFields are the fields that an interface requires by inference alone: a request
// that has Extra may leave them to it, under the names that Coshine told you.
var inferredFields = map[API][]string{
	APICustomerAccountInfoInquiry: {"customerId"}, APICustomerInfoUpdate: {"customerId"},
	APICardReplacement: {"cardToken"}, APICardCancellation: {"cardToken"}, APICardStatusUpdate: {"cardToken"},
	APICardCVV2Verify:       {"cardToken", "CVV2"},
	APICardExpiryDateUpdate: {"cardToken", "expiryDate"}, APICardSecureRegist: {"cardToken"},
}

// leftToExtra reports which fields of a request may be missing.
func leftToExtra(api API, in any) func(field string) bool {
	v := reflect.Indirect(reflect.ValueOf(in))
	if v.Kind() != reflect.Struct || len(openOf(v, nil)) == 0 {
		return nil
	}
	return func(field string) bool { return slices.Contains(inferredFields[api], field) }
}

// facts tells a record the amount, where there is one and no other, and the currency, and
// under which names lines of a history may show them.
func (e Extra) facts(f *facts) {
	amounts := 0
	for _, name := range slices.Sorted(maps.Keys(e)) {
		switch v := e[name].(type) {
		case issuing.Amount:
			f.Amount, amounts = v, amounts+1
			f.Detail(amountName, name)
		case issuing.Currency:
			f.Currency = v
			f.Detail(currencyName, name)
		}
	}
	if amounts > 1 {
		f.Amount = ""
		delete(f.Details, amountName)
	}
}

// Names of a pending's details: what Extra called the amount and the currency.
const amountName, currencyName = "amountName", "currencyName"

// Limits of Extra.
const (
	maxExtra     = 64 // fields
	maxExtraName = 64 // characters of a name
)

// Documented form of amounts: 16 digits in all, 2 of them decimals.
const (
	maxAmountDigits = 16
	amountScale     = 2
)

// checkExtra applies the merge rules to the open fields of a request.
func checkExtra(p *check.Problems, in any) {
	v := reflect.ValueOf(in)
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return
	}
	open := openOf(v, nil)
	if len(open) == 0 {
		return // as nearly always: the names are not needed
	}
	names := map[string]bool{}
	collect(v, names)
	for _, extra := range open {
		checkOpen(p, extra, names)
	}
}

// openOf appends the open maps of a struct that have fields.
func openOf(v reflect.Value, open []Extra) []Extra {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Map:
			if f.Len() > 0 && v.Type().Field(i).Tag.Get("wire") == "inline" {
				if extra, ok := f.Interface().(Extra); ok {
					open = append(open, extra)
				}
			}
		case reflect.Struct:
			if embedded(v.Type().Field(i)) {
				open = openOf(f, open)
			}
		}
	}
	return open
}

// embedded reports whether the members of a struct's field stand among those of the
// struct itself.
func embedded(f reflect.StructField) bool {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct && f.Tag.Get("wire") != "inline"
}

// membersOf encodes a request and returns its members without braces. A nil
// request has none.
func membersOf(in any) ([]byte, error) {
	if in == nil {
		return nil, nil
	}
	payload, err := codec.Marshal(in)
	if err != nil {
		return nil, err
	}
	if len(payload) < 2 || payload[0] != '{' {
		return nil, errors.New("the request is not a JSON object")
	}
	var p check.Problems
	if checkMembers(&p, payload); p.Any() {
		return nil, p.Refusal()
	}
	return payload[1 : len(payload)-1], nil
}

// checkMembers reports members of an encoded request that would stand beside a
// field of the public header, or twice. It sees what was encoded, whatever made
// it: a struct, a map or a type that marshals itself.
func checkMembers(p *check.Problems, payload []byte) {
	seen := map[string]bool{}
	for name := range wire.Members(payload) {
		switch {
		case isHeader(name):
			p.Add(clipName(name), "belongs to the public header; use WithHeader")
		case seen[name]:
			p.Add(clipName(name), "is given twice")
		}
		seen[name] = true
	}
}

// isHeader reports whether a reader may take name for a field of the public
// header: some compare names without regard to case.
func isHeader(name string) bool {
	return foldIn(headerNames, name)
}

func foldIn(names map[string]bool, name string) bool {
	for other := range names {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	return false
}

// collect gathers the JSON names of a struct.
func collect(v reflect.Value, names map[string]bool) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("wire") == "inline":
		case embedded(f):
			collect(v.Field(i), names)
		case name != "" && name != "-":
			names[name] = true
		}
	}
}

func checkOpen(p *check.Problems, extra Extra, names map[string]bool) {
	if len(extra) > maxExtra {
		p.Add("Extra", "has %d fields, at most %d are allowed", len(extra), maxExtra)
	}
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		field := "Extra[" + clipName(name) + "]"
		switch {
		case name == "" || len(name) > maxExtraName:
			p.Add(field, "needs a name of 1 to %d characters", maxExtraName)
		case isHeader(name):
			p.Add(field, "belongs to the public header; use WithHeader")
		case foldIn(names, name):
			p.Add(field, "is a field of the request itself")
		}
		checkAmounts(p, field, extra[name], maxExtraDepth)
	}
}

// maxExtraDepth bounds how deep amounts are looked for.
const maxExtraDepth = 8

// checkAmounts checks an amount, and those inside maps and lists.
func checkAmounts(p *check.Problems, field string, value any, depth int) {
	if depth == 0 {
		return
	}
	switch v := value.(type) {
	case issuing.Amount:
		checkAmount(p, field, v)
	case *issuing.Amount:
		if v != nil {
			checkAmount(p, field, *v)
		}
	case Extra:
		checkAmounts(p, field, map[string]any(v), depth)
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			checkAmounts(p, field+"["+clipName(name)+"]", v[name], depth-1)
		}
	case []any:
		for i, element := range v {
			checkAmounts(p, fmt.Sprintf("%s[%d]", field, i), element, depth-1)
		}
	case []map[string]any:
		for i, element := range v {
			checkAmounts(p, fmt.Sprintf("%s[%d]", field, i), element, depth-1)
		}
	}
}

// checkAmount reports an amount that the form 16,2 does not hold.
func checkAmount(p *check.Problems, field string, amount issuing.Amount) {
	if !p.Required(field, !amount.IsZero()) {
		return
	}
	p.NotNegative(field, amount, amountScale)
	whole, _, _ := strings.Cut(strings.TrimPrefix(amount.String(), "-"), ".")
	if len(whole) > maxAmountDigits-amountScale {
		p.Add(field, "has more than %d digits before the point", maxAmountDigits-amountScale)
	}
}

func clipName(name string) string {
	if len(name) > maxExtraName {
		return strings.ToValidUTF8(name[:maxExtraName], "") + "…"
	}
	return name
}
