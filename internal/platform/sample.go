package platform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing/iotest"
	"time"
)

// SampleRequest is a callback as a platform sends it, to be given to a handler
// under test. An event that could not be signed has a body that fails with err
// when it is read, so that the handler's refusal tells the reason.
func SampleRequest(path string, header http.Header, body []byte, err error) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		r.Body = io.NopCloser(iotest.ErrReader(err))
		return r
	}
	for name, values := range header {
		r.Header[name] = values
	}
	return r
}

// CallbackRequest is a callback of a type, for handlers and clients alike: its URL has
// no host yet. Where typ is not empty the path ends in it, and handlers find it as the
// path value that a pattern with {type} gives them.
func CallbackRequest(path, typ string, header http.Header, body []byte) (*http.Request, error) {
	if typ != "" {
		path += "/" + typ
	}
	r, err := http.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		r.Header[http.CanonicalHeaderKey(name)] = values
	}
	if typ != "" {
		r.SetPathValue("type", typ)
	}
	return r, nil
}

// CheckEvent refuses what is no event of a provider: nil, what is no pointer, and what
// the provider's package has no type for.
func CheckEvent(event any, known bool) error {
	v := reflect.ValueOf(event)
	switch {
	case event == nil:
		return errors.New("is nil")
	case v.Kind() == reflect.Pointer && v.IsNil():
		return fmt.Errorf("is a nil %T", event)
	case !known:
		return fmt.Errorf("is a %T, no pointer to one of the structs that the provider's Event constants name", event)
	}
	return nil
}

// Now is the time of a configured clock; nil is the real one.
func Now(clock func() time.Time) time.Time {
	if clock == nil {
		return time.Now()
	}
	return clock()
}

// EventFields returns the members of an event under their names on the wire. marshal is
// a codec's that shows secrets.
func EventFields(marshal func(event any) ([]byte, error), event any) (Fields, error) {
	text, err := marshal(event)
	if err != nil {
		return nil, err
	}
	return ReadFields(text)
}
