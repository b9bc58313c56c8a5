package stores

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/cases/values"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

var (
	amountType = reflect.TypeFor[issuing.Amount]()
	dateType   = reflect.TypeFor[issuing.Date]()
	secretType = reflect.TypeFor[issuing.Secret]()
	timeType   = reflect.TypeFor[time.Time]()
)

// stored are the types that a merchant may keep: results, events and requests, and
// whatever else holds nothing that is no data, such as a key or a function.
var stored = func() []reflect.Type {
	var out []reflect.Type
	for _, t := range values.Types {
		if t.Kind() == reflect.Struct && !has(t, isNoData, nil) {
			out = append(out, t)
		}
	}
	return out
}()

func isMoney(t reflect.Type) bool  { return t == amountType || t == dateType }
func isSecret(t reflect.Type) bool { return t == secretType }

func isNoData(t reflect.Type) bool {
	if t == reflect.TypeFor[issuing.SettleSettings]() {
		return true // what the options of one Settle set
	}
	switch t.Kind() {
	case reflect.Func, reflect.Chan:
		return true
	case reflect.Interface:
		return t.NumMethod() > 0
	case reflect.Struct:
		exported := 0
		for field := range t.Fields() {
			if field.IsExported() {
				exported++
			}
		}
		return exported == 0 && t != secretType && t != timeType
	}
	return false
}

// has reports whether a type that fits is reached from t through exported fields.
func has(t reflect.Type, fits func(reflect.Type) bool, seen []reflect.Type) bool {
	if fits(t) {
		return true
	}
	if slices.Contains(seen, t) {
		return false
	}
	seen = append(seen, t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return has(t.Elem(), fits, seen)
	case reflect.Map:
		return has(t.Key(), fits, seen) || has(t.Elem(), fits, seen)
	case reflect.Struct:
		for field := range t.Fields() {
			if field.IsExported() && has(field.Type, fits, seen) {
				return true
			}
		}
	}
	return false
}

// document is a store of whole values.
type document struct {
	name  string
	round func(in, out any) (written []byte, err error)
	// precision of times: BSON's are milliseconds.
	precision time.Duration
}

const (
	inJSON   = "encoding/json"
	inDynamo = "DynamoDB's attributevalue"
)

var documents = func() []document {
	out := []document{{inDynamo, func(in, out any) ([]byte, error) {
		item, err := attributevalue.MarshalMap(in)
		if err != nil {
			return nil, err
		}
		written, err := json.Marshal(item)
		if err != nil {
			return nil, err
		}
		return written, attributevalue.UnmarshalMap(item, out)
	}, time.Nanosecond}}
	for _, c := range codecs {
		precision := time.Nanosecond
		if c.name == driver1 || c.name == driver2 {
			precision = time.Millisecond
		}
		out = append(out, document{c.name, func(in, out any) ([]byte, error) {
			written, err := c.write(in)
			if err != nil {
				return nil, err
			}
			return written, c.read(written, out)
		}, precision})
	}
	return out
}()

// inherent are the types that a codec makes less of without an error, whatever they do.
var inherent = map[string]string{
	"encoding/xml, webhook.Event":          "writes what an interface holds, and reads none",
	"encoding/xml, webhook.Verified":       "writes what an interface holds, and reads none",
	"encoding/xml, kazepaytest.Callback":   "writes what an interface holds, and reads none",
	"encoding/xml, issuingtest.Event":      "holds a delivery, which is written as the line that it prints as, for logs alone",
	"encoding/xml, issuingtest.Delivery":   "a delivery is written as the line that it prints as, for logs alone",
	"gob, legacy.VisaHTransactionsRequest": "sends no pointer to false, so that a filter for it becomes none",
}

// waits are the types that come back as less than they should, and why; waitsSecret
// those that come back without a secret and say nothing.
var (
	waits       = map[string]string{}
	waitsSecret = map[string]string{}
)

// different returns the path of the first exported field in which two values differ.
//
// Not a difference, because a codec's form has no room for it: nil and empty lists and
// maps; the zone of a time, whose instant counts; what is below a store's precision of
// times. Unexported fields hold no data of a merchant's.
func different(a, b reflect.Value, precision time.Duration, path string) string {
	if a.Type() != b.Type() {
		return fmt.Sprintf("%s (%s as %s)", path, a.Type(), b.Type())
	}
	switch x := a.Interface().(type) {
	case issuing.Secret:
		if !x.Equal(b.Interface().(issuing.Secret)) {
			return path
		}
		return ""
	case time.Time:
		if y := b.Interface().(time.Time); !x.Truncate(precision).Equal(y.Truncate(precision)) {
			return fmt.Sprintf("%s (%s as %s)", path, x, y)
		}
		return ""
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return path + " (nil)"
			}
			return ""
		}
		return different(a.Elem(), b.Elem(), precision, path)
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		return differentInside(a, b, precision, path)
	}
	if a.Interface() != b.Interface() {
		return fmt.Sprintf("%s (%v as %v)", path, a, b)
	}
	return ""
}

// differentInside compares what a struct, list or map holds.
func differentInside(a, b reflect.Value, precision time.Duration, path string) string {
	switch a.Kind() {
	case reflect.Struct:
		for field, value := range a.Fields() {
			if field.IsExported() {
				if d := different(value, b.FieldByIndex(field.Index), precision, path+"."+field.Name); d != "" {
					return d
				}
			}
		}
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s (%d elements as %d)", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := different(a.Index(i), b.Index(i), precision, fmt.Sprintf("%s[%d]", path, i)); d != "" {
				return d
			}
		}
	case reflect.Map:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s (%d members as %d)", path, a.Len(), b.Len())
		}
		for key, value := range a.Seq2() {
			other := b.MapIndex(key)
			if !other.IsValid() {
				return fmt.Sprintf("%s[%v]", path, key)
			}
			if d := different(value, other, precision, fmt.Sprintf("%s[%v]", path, key)); d != "" {
				return d
			}
		}
	}
	return ""
}

// variants are a full value of a type, one of its fields in two halves, and its zero.
func variants(t *testing.T, of reflect.Type, secret string) []reflect.Value {
	t.Helper()
	full, next, odd := values.Filler{Secret: secret}, values.Filler{Secret: secret}, values.Filler{Secret: secret, Sparse: true}
	var out []reflect.Value
	// The second full value begins elsewhere in the lists of amounts and dates.
	_, err := next.Fill(reflect.TypeFor[struct{ A, B, C issuing.Amount }]())
	if err != nil {
		t.Fatal(err)
	}
	even := odd
	if _, err := even.Fill(amountType); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*values.Filler{&full, &next, &odd, &even} {
		v, err := f.Fill(of)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return append(out, reflect.Zero(of))
}

// TestTypesInStores: what every type that holds money or a date is after it was
// written and read: the same, or an error.
func TestTypesInStores(t *testing.T) {
	t.Parallel()
	money := 0
	for _, of := range stored {
		if has(of, isMoney, nil) {
			money++
		}
	}
	if len(stored) < 250 || money < 100 {
		t.Errorf("only %d types are stored, %d of them with an amount or a date", len(stored), money)
	}
	var table strings.Builder
	for _, d := range documents {
		equal := 0
		var refused []string
		for _, of := range stored {
			switch ok, err := kept(t, d, of); {
			case err != nil:
				refused = append(refused, fmt.Sprintf("%s: %v", of, err))
				if !mayRefuse(of, err) {
					t.Errorf("%s refuses %s: %v", d.name, of, err)
				}
			case ok:
				equal++
			}
		}
		fmt.Fprintf(&table, "%-30s %3d types, %3d equal, %3d refused\n", d.name, len(stored), equal, len(refused))
		for _, r := range refused {
			fmt.Fprintf(&table, "    %.200s\n", r)
		}
	}
	t.Log("\n" + table.String())
}

// mayRefuse reports whether a refusal is the codec's own: XML has no maps, and a
// delivery of a test platform is written as the line that it prints as; the JSON of an
// event is redacted, and refused as an event.
func mayRefuse(of reflect.Type, err error) bool {
	var noMap *xml.UnsupportedTypeError
	return errors.As(err, &noMap) && noMap.Type.Kind() == reflect.Map || of == reflect.TypeFor[issuingtest.Delivery]() ||
		of == reflect.TypeFor[issuingtest.Event]() || of == reflect.TypeFor[webhook.Event]()
}

// kept reports whether a type comes back equal, returns the error of one that is
// refused, and fails the test for one that comes back as something else.
func kept(t *testing.T, d document, of reflect.Type) (equal bool, refused error) {
	t.Helper()
	equal = true
	mark := d.name + ", " + of.String()
	less := 0
	for i, in := range variants(t, of, "") {
		out := reflect.New(of)
		if _, err := d.round(in.Interface(), out.Interface()); err != nil {
			refused = err
			continue
		}
		if field := different(in, out.Elem(), d.precision, of.String()); field != "" {
			if equal, less = false, less+1; inherent[mark] == "" && waits[mark] == "" {
				t.Errorf("%s, value %d: %s comes back as another", d.name, i, field)
			}
		}
	}
	if less == 0 && inherent[mark]+waits[mark] != "" {
		t.Errorf("%s: holds now: take the mark away", mark)
	}
	return equal, refused
}

// TestSecretsOfTypesInStores: a type with a secret is refused; JSON writes its
// redaction, which is not read; DynamoDB's attributevalue asks nobody, and the secret
// comes back empty.
func TestSecretsOfTypesInStores(t *testing.T) {
	t.Parallel()
	const secret = "4929420573595709"
	places, lost := 0, map[string]bool{}
	for _, of := range stored {
		if !has(of, isSecret, nil) {
			continue
		}
		empty := variants(t, of, "")[0]
		all := values.Filler{Secret: secret}
		if _, err := all.Fill(of); err != nil {
			t.Fatal(err)
		}
		places += all.Secrets
		// All secrets first, then each alone, so that none is dropped beside one that
		// is refused.
		for only := range min(all.Secrets, 12) + 1 {
			in, err := (&values.Filler{Secret: secret, Only: only}).Fill(of)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range documents {
				if err := withoutSecret(d, in, empty, secret); err != nil {
					mark := d.name + ", " + of.String()
					lost[mark] = true
					if waitsSecret[mark] == "" {
						t.Errorf("%s, secret %d: %s %v", d.name, only, of, err)
					}
				}
			}
		}
	}
	for mark := range waitsSecret {
		if !lost[mark] {
			t.Errorf("%s: holds now: take the mark away", mark)
		}
	}
	if places < 100 {
		t.Errorf("only %d places of secrets", places)
	}
}

// withoutSecret returns an error when a store takes a value with a secret.
func withoutSecret(d document, in, empty reflect.Value, secret string) error {
	out := reflect.New(in.Type())
	written, err := d.round(in.Interface(), out.Interface())
	switch {
	case bytes.Contains(written, []byte(secret)):
		return errors.New("is stored with its secret")
	case d.name == inDynamo && err == nil:
		if field := different(empty, out.Elem(), d.precision, "value"); field != "" {
			return fmt.Errorf("comes back with another %s", field)
		}
	case err == nil:
		return errors.New("comes back without its secret, and no error")
	case d.name == inJSON && !bytes.Contains(written, []byte("[redacted]")):
		return fmt.Errorf("does not show that there was a secret: %w", err)
	case d.name != inJSON && d.name != inDynamo && written != nil:
		return fmt.Errorf("is written, and only then refused: %w", err)
	}
	return nil
}
