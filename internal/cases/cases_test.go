// Package cases holds tests from the daily work of people who use the module:
// keys as environments hand them over, amounts as databases print them, networks
// that lose answers, callbacks with an odd member, lists that lie. Each row is an
// input with the value it should have, and each stands for its whole kind: where
// one fails, its siblings in the other packages are looked at too.
package cases

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// hold runs one row in parallel with the others. The check returns nil when the
// row holds. A row that does not hold yet names what it waits for and is skipped;
// as soon as it holds, the mark must go.
func hold(t *testing.T, name, waits string, check func(t *testing.T) error) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		switch skip, fail := judge(waits, check(t)); {
		case fail != "":
			t.Error(fail)
		case skip != "":
			t.Skip(skip)
		}
	})
}

// judge says whether a row is skipped or fails, with the words for it; both are
// empty for a row that holds.
func judge(waits string, err error) (skip, fail string) {
	switch {
	case waits != "" && err == nil:
		return "", "holds now: take the mark away"
	case waits != "":
		return "waits for: " + waits, ""
	case err != nil:
		return "", err.Error()
	}
	return "", ""
}

// Marks cannot go stale, and no row is skipped without a word.
func TestMarks(t *testing.T) {
	t.Parallel()
	bad := errors.New("is 2")
	for _, tt := range []struct {
		waits      string
		err        error
		skip, fail string
	}{
		{"", nil, "", ""},
		{"", bad, "", "is 2"},
		{"a table", bad, "waits for: a table", ""},
		{"a table", nil, "", "holds now: take the mark away"},
	} {
		if skip, fail := judge(tt.waits, tt.err); skip != tt.skip || fail != tt.fail {
			t.Errorf("judge(%q, %v) = %q, %q", tt.waits, tt.err, skip, fail)
		}
	}
}

// is returns an error unless got is the wanted value.
func is[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s is %v, want %v", what, got, want)
	}
	return nil
}

// kind returns an error unless err is of the wanted kind; nil wants no error.
func kind(err, want error) error {
	if (want == nil) != (err == nil) || !errors.Is(err, want) {
		return fmt.Errorf("error %v, want %v", err, want)
	}
	return nil
}

// without returns an error when an error's text holds a secret.
func without(err error, secret string) error {
	if err != nil && strings.Contains(err.Error(), secret) {
		return errors.New("the error holds a secret")
	}
	return nil
}
