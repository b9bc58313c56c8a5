package cases

import (
	"fmt"
	"reflect"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// distinct gives every documented member a value that no other one has, so that two
// that are mixed up show.
type distinct struct{ n int }

// leaf returns the next value of types that say more than their kind.
func (d *distinct) leaf(v reflect.Value) (value any, ok bool) {
	switch v.Interface().(type) {
	case time.Time:
		return epoch.Add(time.Duration(d.n) * time.Second), true
	case issuing.Secret:
		return issuing.NewSecret(fmt.Sprintf("629999%010d", d.n)), true
	case issuing.Amount:
		return issuing.NewAmount(int64(1000+d.n), 2), true
	case issuing.Date:
		return issuing.DateOf(epoch.AddDate(0, 0, -d.n)), true
	case uqpay.MaskedNumber:
		return uqpay.MaskedNumber(fmt.Sprintf("411111******%04d", d.n)), true
	case coshine.MinorUnits:
		return coshine.MinorUnits(fmt.Sprint(10_000 + d.n)), true
	case unionpay.Extra:
		return unionpay.Extra{
			fmt.Sprint("unpublished", d.n): issuing.NewSecret(fmt.Sprintf(`{"a":[%d,"b"]}`, d.n)),
		}, true
	}
	return nil, false
}

// fill fills a value; left are the fields that no message has.
func (d *distinct) fill(v reflect.Value) {
	d.n++
	if value, ok := d.leaf(v); ok {
		v.Set(reflect.ValueOf(value))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", d.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(d.n))
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && (f.Tag.Get("wire") != "-" || f.Name == "SourceID") {
				d.fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		d.fill(v.Index(0))
		d.fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			value := reflect.New(v.Type().Elem()).Elem()
			d.fill(value)
			v.SetMapIndex(reflect.ValueOf(fmt.Sprint("key", d.n)).Convert(v.Type().Key()), value)
		}
	default:
		panic("no value for a " + v.Type().String())
	}
}
