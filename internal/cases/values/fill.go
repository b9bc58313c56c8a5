package values

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// maxDepth bounds types that refer to themselves.
const maxDepth = 8

// Amounts and Dates are what fields are filled with, in turn.
var (
	Amounts = []issuing.Amount{"100.50", "0.00", "-0.01", "12345678901234567890.123456789", "7", "0.000000000000000001"}
	Dates   = []issuing.Date{"1990-06-01", "2024-02-29", "0001-01-01", "9999-12-31"}
)

// Filler makes values in which every exported field is set, each to another value.
type Filler struct {
	Secret string // what secrets hold; "" leaves them empty
	Sparse bool   // leaves every second amount, date, text, pointer, list and map unset
	Only   int    // the one secret that is filled, counted from 1; 0 is all
	Keys   bool   // makes keys, clients, sources and servers, which no store takes

	Secrets int // how many places of secrets there were
	Made    int // how many keys, and what holds them, were made
	n       int
}

// Fill returns a value of type t, and an error that names what it cannot fill.
func (f *Filler) Fill(t reflect.Type) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	return v, f.fill(v, t.String(), 0)
}

// skips reports whether the next field of a sparse value is left out.
func (f *Filler) skips() bool {
	f.n++
	return f.Sparse && f.n%2 == 0
}

func (f *Filler) fill(v reflect.Value, path string, depth int) error {
	if done, err := f.known(v); done || err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Struct:
		return f.fillStruct(v, path, depth)
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array:
		if depth > maxDepth || v.Kind() != reflect.Array && f.skips() {
			return nil
		}
		return f.fillContainer(v, path, depth)
	case reflect.Func:
		return nil // holds no data
	case reflect.String:
		if !f.skips() {
			v.SetString(fmt.Sprintf("%s %d", v.Type().Name(), f.n))
		}
	case reflect.Bool:
		v.SetBool(!f.skips())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f.n++
		v.SetInt(int64(f.n%100 + 1))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		f.n++
		v.SetUint(uint64(f.n%100 + 1))
	default:
		return fmt.Errorf("%s: a %s needs a line in known", path, v.Type())
	}
	return nil
}

func (f *Filler) fillStruct(v reflect.Value, path string, depth int) error {
	exported := 0
	var problems []error
	for field, value := range v.Fields() {
		if !field.IsExported() {
			continue
		}
		exported++
		problems = append(problems, f.fill(value, path+"."+field.Name, depth+1))
	}
	if exported == 0 && v.NumField() > 0 {
		return fmt.Errorf("%s: a %s has no exported field; it needs a maker", path, v.Type())
	}
	return errors.Join(problems...)
}

func (f *Filler) fillContainer(v reflect.Value, path string, depth int) error {
	element := func() (reflect.Value, error) {
		e := reflect.New(v.Type().Elem()).Elem()
		return e, f.fill(e, path+"[]", depth+1)
	}
	switch v.Kind() {
	case reflect.Pointer:
		e, err := element()
		v.Set(e.Addr())
		return err
	case reflect.Slice:
		for range 1 + f.n%2 {
			e, err := element()
			if err != nil {
				return err
			}
			v.Set(reflect.Append(v, e))
		}
	case reflect.Array:
		for i := range v.Len() {
			if err := f.fill(v.Index(i), path+"[]", depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key := reflect.New(v.Type().Key()).Elem()
			full := *f
			full.Sparse = false // two empty keys would be one
			err := full.fill(key, path+" key", depth+1)
			f.n = full.n
			e, errElement := element()
			if err := errors.Join(err, errElement); err != nil {
				return err
			}
			v.SetMapIndex(key, e)
		}
	}
	return nil
}

var zone = time.FixedZone("UTC+8", 8*3600)

// known sets values whose type says more than its kind.
func (f *Filler) known(v reflect.Value) (done bool, err error) {
	var value any
	switch v.Interface().(type) {
	case issuing.Amount:
		value = Amounts[f.n%len(Amounts)]
	case issuing.Date:
		value = Dates[f.n%len(Dates)]
	case unionpay.EnrolDate:
		value = unionpay.EnrolDate("2024-02-29") // of two digits for the year
	case uqpay.MaskedNumber:
		value = uqpay.MaskedNumber(fmt.Sprintf("411111******%04d", f.n))
	case issuing.Currency:
		value = []issuing.Currency{"USD", "EUR", "JPY", "KWD"}[f.n%4]
	case time.Time:
		// Below a millisecond, to see what a codec keeps, and in a zone of its own.
		value = time.Date(2026, 3, 1, 23, 30, f.n%60, 123456789, zone)
	case issuing.Secret:
		f.Secrets++
		if f.Secret != "" && (f.Only == 0 || f.Only == f.Secrets) {
			v.Set(reflect.ValueOf(issuing.NewSecret(f.Secret)))
		}
		return true, nil
	default:
		return f.foreign(v)
	}
	if !f.skips() {
		v.Set(reflect.ValueOf(value))
	}
	return true, nil
}

// closed is a listener that accepts nothing.
type closed struct{}

func (closed) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (closed) Close() error              { return nil }
func (closed) Addr() net.Addr            { return &net.TCPAddr{} }

// foreign sets values of the standard library's types, of interfaces, and those that
// have a maker.
func (f *Filler) foreign(v reflect.Value) (done bool, err error) {
	t := v.Type()
	var value any
	switch t {
	case reflect.TypeFor[[]byte]():
		value = fmt.Appendf(nil, "bytes %d", f.n)
	case rawType:
		value = []byte(fmt.Sprintf(`{"member":"text %d"}`, f.n))
	case reflect.TypeFor[error]():
		value = issuing.ErrInvalid
	case reflect.TypeFor[any]():
		value = fmt.Sprintf("any %d", f.n)
	case reflect.TypeFor[io.Reader]():
		value = strings.NewReader("content")
	case reflect.TypeFor[webhook.Deduper]():
		value = webhook.NewMemoryDeduper(time.Hour, 10)
	case reflect.TypeFor[uqpay.TokenStore]():
		value = uqpay.NewMemoryTokenStore()
	case reflect.TypeFor[net.Listener]():
		value = closed{}
	case reflect.TypeFor[*time.Location]():
		value = zone
	case reflect.TypeFor[*http.Client]():
		value = &http.Client{Timeout: time.Second}
	case reflect.TypeFor[*url.URL]():
		value = &url.URL{Scheme: "https", Host: "example.com", Path: "/callbacks"}
	case reflect.TypeFor[netip.Prefix]():
		value = netip.MustParsePrefix("10.0.0.0/8")
	default:
		maker, ok := makers()[t]
		if !ok || !f.Keys {
			return ok, nil
		}
		value, err = maker()
		if err != nil {
			return true, fmt.Errorf("%s: %w", t, err)
		}
		f.Made++
	}
	f.n++
	switch of := reflect.ValueOf(value); {
	case of.Type() == reflect.PointerTo(t):
		v.Set(of.Elem())
	case of.Type() != t && t.Kind() != reflect.Interface:
		v.Set(of.Convert(t))
	default:
		v.Set(of)
	}
	return true, nil
}
