package provider

import (
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// word is a platform's code that is nothing but its text.
type word string

func (w word) Error() string { return "code " + string(w) }

func TestRedact(t *testing.T) {
	t.Parallel()
	type inner struct{ CVV issuing.Secret }
	in := struct {
		PIN   issuing.Secret
		Cards []inner
		Extra map[string]any
		next  *inner
	}{
		PIN: issuing.NewSecret("4938"), Cards: []inner{{issuing.NewSecret("123")}},
		Extra: map[string]any{"otp": issuing.NewSecret("771204"), "more": []any{issuing.NewSecret("49381")}},
		next:  &inner{issuing.NewSecret("999")},
	}
	for text, want := range map[string]string{
		"pin 4938 is wrong":          "pin [redacted] is wrong",
		"PIN4938;":                   "PIN[redacted];",
		"cvv 123":                    "cvv [redacted]",
		"cvv=123,123":                "cvv=[redacted],[redacted]",
		"order 201231":               "order 201231",
		"1234":                       "1234",
		"123":                        "[redacted]",
		"otp 771204 and 49381":       "otp [redacted] and [redacted]",
		"card 4111 1111 1111 1111 !": "card [redacted] !",
		"nothing":                    "nothing",
		"":                           "",
	} {
		e := &issuing.Error{Message: text, RequestID: text, Err: errors.New(text), Code: word(text)}
		redact(e, in)
		if e.Message != want || e.RequestID != want || e.Err.Error() != want {
			t.Errorf("%q: message %q, request id %q, cause %q, want %q", text, e.Message, e.RequestID, e.Err, want)
		}
		if (e.Code == nil) != (text != want) {
			t.Errorf("%q: code %v", text, e.Code)
		}
	}
	e := &issuing.Error{Err: issuing.ErrTooLarge}
	redact(e, nil)
	if !errors.Is(e, issuing.ErrTooLarge) {
		t.Error("a cause without a secret lost its identity")
	}
}

// A request that holds itself, or the inside of a reader, is no trouble.
func TestSecretsOfAnything(t *testing.T) {
	t.Parallel()
	type node struct {
		Next *node
		File *strings.Reader
		PIN  issuing.Secret
	}
	loop := &node{File: strings.NewReader("x"), PIN: issuing.NewSecret("4938")}
	loop.Next = loop
	if got := secretsOf(loop); len(got) != 1 || got[0] != "4938" {
		t.Errorf("%d secrets", len(got))
	}
	for _, in := range []any{nil, 7, "text", []byte("x"), make(chan int), map[string]int{"a": 1}, (*node)(nil)} {
		if got := secretsOf(in); len(got) != 0 {
			t.Errorf("%T: %d secrets", in, len(got))
		}
	}
}

// A request id that the provider package made is no word of the platform's: it
// stays whole, whatever it looks like and whether or not an answer came.
func TestOwnRequestIDsStay(t *testing.T) {
	t.Parallel()
	const id = "20240422020522123869095"
	for _, answer := range []reply{{200, "refused pin 493815 of " + id}, {404, "<html>"}, {}} {
		n := &network{answers: []reply{answer}}
		_, err := Do[result](t.Context(), core(t, n), newCall(transport.Once, &toy{id: id}), nil)
		var e *issuing.Error
		if !errors.As(err, &e) || e.RequestID != id+"1" || strings.Contains(e.Message, "493815") || strings.Contains(e.Message, id) {
			t.Errorf("%v: %v", answer, err)
		}
	}
}
