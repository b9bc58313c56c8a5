package provider

import (
	"errors"
	"reflect"
	"slices"
	"sort"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

const (
	redacted = "[redacted]"

	// minRedacted is the shortest secret that is looked for, a CVV. Of a shorter
	// one every text would hold a copy.
	minRedacted = 3
	// freeLength is from where on a secret is found inside other text as well, a
	// PIN's. A shorter one is found where it stands alone: 123 is no part of 20231.
	freeLength = 4
	// maxSecrets and maxNesting bound the search for secrets in a request.
	maxSecrets = 1000
	maxNesting = 20
)

// redact takes the secrets of the request, and whatever may be a card number, out
// of what the platform says: its text, code and request id, and what the provider
// package made of them.
func redact(e *issuing.Error, in any) {
	secrets := secretsOf(in)
	clean := func(text string) string {
		for _, secret := range secrets {
			text = hide(text, secret)
		}
		return transport.MaskNumbers(text)
	}
	e.Message, e.RequestID = clean(e.Message), clean(e.RequestID)
	if e.Code != nil && clean(e.Code.Error()) != e.Code.Error() {
		e.Code = nil // its text is all there is of it
	}
	if e.Err == nil {
		return
	}
	if text := e.Err.Error(); clean(text) != text {
		// The cause holds the platform's word as well as printing it.
		e.Err = errors.New(clean(text))
	}
}

// hide replaces a secret in text.
func hide(text, secret string) string {
	if len(secret) >= freeLength {
		return strings.ReplaceAll(text, secret, redacted)
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, secret)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if joined(before, secret[0]) || joined(reversed(after), secret[len(secret)-1]) {
			b.WriteString(secret)
		} else {
			b.WriteString(redacted)
		}
		text = after
	}
}

// joined reports whether text ends in a character of c's class, so that c would
// go on a number or a word.
func joined(text string, c byte) bool {
	if text == "" {
		return false
	}
	last := text[len(text)-1]
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	letter := func(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
	return (digit(c) && digit(last)) || (letter(c) && letter(last))
}

// reversed returns the first byte of text, which is all that joined looks at.
func reversed(text string) string { return text[:min(len(text), 1)] }

// secretsOf returns the secrets of a request, the longest first, so that one which
// holds another is replaced whole.
func secretsOf(in any) []string {
	var found []string
	collect(reflect.ValueOf(in), &found, 0)
	sort.Slice(found, func(i, j int) bool { return len(found[i]) > len(found[j]) })
	return slices.Compact(found)
}

var secretType = reflect.TypeFor[issuing.Secret]()

func collect(v reflect.Value, found *[]string, depth int) {
	if !v.IsValid() || depth > maxNesting || len(*found) >= maxSecrets {
		return
	}
	if v.Type() == secretType {
		if v.CanInterface() {
			if text := v.Interface().(issuing.Secret).Reveal(); len(text) >= minRedacted {
				*found = append(*found, text)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		collect(v.Elem(), found, depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			// What a request does not export is somebody else's, such as the inside
			// of a reader that may be in use.
			if f := v.Type().Field(i); f.IsExported() || (f.Anonymous && f.Type.Kind() == reflect.Struct) {
				collect(v.Field(i), found, depth+1)
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k >= reflect.Bool && k <= reflect.Complex128 {
			return // numbers and bytes hold none
		}
		for i := range v.Len() {
			collect(v.Index(i), found, depth+1)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			collect(it.Value(), found, depth+1)
		}
	}
}
