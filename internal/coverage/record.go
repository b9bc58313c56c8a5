package coverage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Recorder calls a client's methods and reads what they send.
type Recorder struct {
	// Client makes a client that sends through a transport.
	Client func(http.RoundTripper) (any, error)
	// Before answers requests that come before the one that is meant, such as that for an
	// access token; "" is none of them. Nil has none.
	Before func(*http.Request) string
	// Open reads the members of what was sent.
	Open func(*http.Request) ([]byte, error)
	// Values are two valid values of parameters that want a form, by their names; texts
	// serve for secrets too.
	Values map[string][variants]string
}

// recorded ends each call at its first request.
type recorded struct {
	Recorder
	stop context.CancelFunc
	data []byte
	err  error
}

var errRecorded = errors.New("recorded")

func (r *recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	if r.Before != nil {
		if answer := r.Before(req); answer != "" {
			return &http.Response{
				StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer)), Request: req,
				Header: http.Header{"Content-Type": {"application/json"}},
			}, nil
		}
	}
	if r.data == nil && r.err == nil {
		r.data, r.err = r.Open(req)
	}
	r.stop()
	return nil, errRecorded
}

// parameter calls a method with two values of a parameter and finds the member that
// follows it.
func (v *verifier) parameter(op string, row Row) error {
	name := strings.TrimSuffix(row.Go[strings.Index(row.Go, "(")+1:], ")")
	var before any
	for variant := range variants {
		data, err := v.call(op, name, variant)
		if err != nil {
			return err
		}
		value, ok := look(data, row.Place, row.Name)
		switch {
		case !ok || value == nil || value == "":
			return fmt.Errorf("it is not sent: %s", data)
		case variant > 0 && reflect.DeepEqual(value, before):
			return fmt.Errorf("%v is sent for two values", value)
		}
		before = value
	}
	return nil
}

// call calls a method with the first value of each parameter, but for the one that
// varies, and returns what it sends.
func (v *verifier) call(op, varied string, variant int) ([]byte, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r := &recorded{Recorder: v.Sent, stop: stop}
	client, err := v.Sent.Client(r)
	if err != nil {
		return nil, err
	}
	method, ok := (&verifier{Provider: Provider{Client: client}}).method(op)
	if !ok {
		return nil, errors.New("the client has no such method")
	}
	service, name, _ := strings.Cut(op, ".")
	owner := reflect.ValueOf(client).Elem().FieldByName(service).Type()
	names := v.source.Parameters(typeName(owner), name)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < len(names) && !(method.Type().IsVariadic() && i == method.Type().NumIn()-1); i++ {
		which := 0
		if names[i] == varied {
			which = variant
		}
		value, err := v.argument(method.Type().In(i), names[i], which)
		if err != nil {
			return nil, err
		}
		in = append(in, value)
	}
	out := method.Call(in)
	if r.data == nil && r.err == nil {
		return nil, fmt.Errorf("nothing was sent: %v", out[len(out)-1])
	}
	return r.data, r.err
}

func (v *verifier) argument(t reflect.Type, name string, which int) (reflect.Value, error) {
	texts, ok := v.Sent.Values[name]
	if !ok {
		texts = [variants]string{"12", "34"}
	}
	value := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[issuing.Secret]():
		value.Set(reflect.ValueOf(issuing.NewSecret(texts[which])))
	case t.Kind() == reflect.String:
		value.SetString(texts[which])
	case t.Kind() == reflect.Bool:
		value.SetBool(which == 1)
	case t.Kind() == reflect.Int:
		n, err := strconv.Atoi(texts[which])
		if err != nil {
			return value, err
		}
		value.SetInt(int64(n))
	default:
		return value, fmt.Errorf("no value for parameter %s of type %s", name, t)
	}
	return value, nil
}
