package issuing_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

type testCode string

func (c testCode) Error() string { return "code " + string(c) }

var kinds = []error{
	issuing.ErrInvalid, issuing.ErrNotConfigured, issuing.ErrUnauthorized, issuing.ErrNotFound, issuing.ErrDuplicate,
	issuing.ErrConflict, issuing.ErrInsufficientFunds, issuing.ErrDeclined, issuing.ErrRateLimited, issuing.ErrUnavailable,
	issuing.ErrCanceled, issuing.ErrBadResponse, issuing.ErrSignature, issuing.ErrOutcomeUnknown,
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*issuing.Error{
		"":                                     {},
		"worldcard Cards.Deposit: unavailable": {Provider: "worldcard", Op: "Cards.Deposit", Kind: issuing.ErrUnavailable},
		`worldcard Cards.Deposit: outcome unknown (http 502, code 7, key "o-1", request "r-1", 3 attempts): "try \"later\"": unexpected EOF`: {
			Provider: "worldcard", Op: "Cards.Deposit", Kind: issuing.ErrOutcomeUnknown, Status: 502, Code: testCode("7"), Key: "o-1",
			RequestID: "r-1", Attempts: 3, Message: `try "later"`, Err: errors.New("unexpected EOF"),
		},
		"p Op: invalid request: a is required; b has 3 characters": {
			Provider: "p", Op: "Op", Kind: issuing.ErrInvalid, Attempts: 1,
			Fields: []issuing.FieldError{{"a", "is required"}, {"b", "has 3 characters"}},
		},
		// A code's meaning is often the sentence that comes with it: said once.
		"p Op (code card does not exist)":                {Provider: "p", Op: "Op", Code: testCode("card does not exist"), Message: "Card does not exist."},
		`p Op (code card does not exist): "try another"`: {Provider: "p", Op: "Op", Code: testCode("card does not exist"), Message: "try another"},
		`p (key "a\nb\x00"): "x\ny"`:                     {Provider: "p", Key: "a\nb\x00", Message: "x\ny"},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// A provider chooses code, message and what a cause quotes: none of them may
// break the line or flood a log.
func TestErrorTextIsOneBoundedLine(t *testing.T) {
	t.Parallel()
	hostile := strings.Repeat("x\r\n\x1b[31m\u2028\u202e\x00", 1<<16)
	for name, err := range map[string]*issuing.Error{
		"code":    {Provider: "p", Code: testCode(hostile)},
		"cause":   {Provider: "p", Err: errors.New(hostile)},
		"joined":  {Provider: "p", Err: errors.Join(errors.New("a"), errors.New("b"))},
		"message": {Provider: "p", Message: hostile},
		"key":     {Provider: "p", Key: hostile},
		"request": {Provider: "p", RequestID: hostile},
		"utf-8":   {Provider: "p", Message: strings.Repeat("é", 150), Err: errors.New(strings.Repeat("é", 1000))},
	} {
		text := err.Error()
		if strings.ContainsAny(text, "\r\n\x1b\x00\u2028\u202e") || len(text) > 2000 || strings.ToValidUTF8(text, "") != text {
			t.Errorf("%s: %d bytes, %.80q", name, len(text), text)
		}
	}
}

func TestErrorIs(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		err := fmt.Errorf("deposit: %w", &issuing.Error{Kind: kind, Code: testCode("1"), Err: fmt.Errorf("read: %w", context.DeadlineExceeded)})
		for _, other := range kinds {
			if got := errors.Is(err, other); got != (other == kind) {
				t.Errorf("errors.Is(%v, %v) = %v", kind, other, got)
			}
		}
		if !errors.Is(err, testCode("1")) || errors.Is(err, testCode("2")) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: code or cause is not found", kind)
		}
		var e *issuing.Error
		if !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%v: errors.As does not find it", kind)
		}
		var code testCode
		if !errors.As(err, &code) || code != "1" {
			t.Errorf("%v: errors.As does not find the code", kind)
		}
	}
	if errs := (&issuing.Error{}).Unwrap(); len(errs) != 0 {
		t.Errorf("an empty error unwraps to %v", errs)
	}
	for _, a := range kinds {
		for _, b := range kinds {
			if a != b && (errors.Is(a, b) || a.Error() == b.Error()) {
				t.Errorf("%v and %v are the same", a, b)
			}
		}
	}
}
