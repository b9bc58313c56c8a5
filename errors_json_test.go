package issuing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

type numberCode int

func (c numberCode) Error() string { return fmt.Sprintf("code %d card not found", int(c)) }

func TestErrorJSON(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*issuing.Error{
		`{"provider":""}`: {},
		`{"provider":"p","op":"Cards.Deposit","kind":"outcome unknown","status":502,"code":"7","message":"a b","key":"o-\u003c1",` +
			`"request_id":"r\n1","attempts":3,"cause":"unexpected EOF"}`: {
			Provider: "p", Op: "Cards.Deposit", Kind: issuing.ErrOutcomeUnknown, Status: 502, Code: testCode("7"), Message: "a\nb",
			Key: "o-<1", RequestID: "r\n1", Attempts: 3, Err: errors.New("unexpected EOF"),
		},
		`{"provider":"p","kind":"not found","code":"10001"}`: {Provider: "p", Kind: issuing.ErrNotFound, Code: numberCode(10001)},
		`{"provider":"p","kind":"invalid request","fields":[{"field":"a","problem":"is required"}]}`: {
			Provider: "p", Kind: issuing.ErrInvalid, Fields: []issuing.FieldError{{"a", "is required"}},
		},
	} {
		got, failed := json.Marshal(err)
		if failed != nil || string(got) != want {
			t.Errorf("got  %s, %v\nwant %s", got, failed, want)
		}
	}
}

func TestErrorJSONIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é\n\x1b", 1<<16)
	e := &issuing.Error{
		Provider: "p", Code: testCode(long), Message: long, Key: long, RequestID: long, Err: errors.New(long),
	}
	got, err := json.Marshal(e)
	if err != nil || len(got) > 6000 || !json.Valid(got) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
