package leaktest

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

const secret = "4929420573595709"

// recorder is a testing.TB that keeps what it is told.
type recorder struct {
	testing.TB
	failures []string
}

func (*recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func (r *recorder) Fatal(args ...any) { r.Errorf("%s", fmt.Sprint(args...)) }

type (
	inField       struct{ PAN string }
	inBytes       struct{ PAN []byte }
	hidden        struct{ pan string }
	onlyString    struct{ pan string }
	onlyJSON      struct{ pan string }
	onlyGoString  struct{ pan string }
	onlyLog       struct{ pan string }
	onlyError     struct{ pan string }
	pointerMethod struct{ pan string }
	covered       struct {
		Name string
		PAN  issuing.Secret
		List []issuing.Secret
	}
)

func (onlyString) Format(f fmt.State, _ rune)       { _, _ = f.Write([]byte("ok")) }
func (s onlyString) String() string                 { return s.pan }
func (s onlyString) LogValue() slog.Value           { return slog.StringValue(s.pan) }
func (onlyJSON) Format(f fmt.State, _ rune)         { _, _ = f.Write([]byte("ok")) }
func (s onlyJSON) MarshalJSON() ([]byte, error)     { return []byte(`"` + s.pan + `"`), nil }
func (onlyGoString) String() string                 { return "ok" }
func (onlyLog) Format(f fmt.State, _ rune)          { _, _ = f.Write([]byte("ok")) }
func (s onlyLog) LogValue() slog.Value              { return slog.StringValue(s.pan) }
func (s onlyError) Error() string                   { return "card " + s.pan }
func (*pointerMethod) Format(f fmt.State, _ rune)   { _, _ = f.Write([]byte("ok")) }
func (*pointerMethod) MarshalText() ([]byte, error) { return []byte("ok"), nil }

// TestCheckFinds proves that the check can fail, in each of its ways.
func TestCheckFinds(t *testing.T) {
	t.Parallel()
	pan := secret
	for name, value := range map[string]any{
		"string":             secret,
		"longer string":      "card " + secret + " declined",
		"bytes":              []byte(secret),
		"bytes in bytes":     []byte("x" + secret + "yz"),
		"runes":              []rune(secret),
		"array":              [16]byte([]byte(secret)),
		"field":              inField{secret},
		"bytes in a field":   inBytes{[]byte(secret)},
		"unexported field":   hidden{secret},
		"hex":                inField{hex.EncodeToString([]byte(secret))},
		"HEX":                inField{strings.ToUpper(hex.EncodeToString([]byte(secret)))},
		"Base64":             inField{base64.StdEncoding.EncodeToString([]byte(secret))},
		"shifted Base64":     inField{base64.StdEncoding.EncodeToString([]byte("12" + secret + "3"))},
		"only by slog":       onlyLog{secret},
		"only by JSON":       onlyJSON{secret},
		"only by %#v":        onlyGoString{secret},
		"LogValue":           onlyString{secret},
		"error":              onlyError{secret},
		"joined errors":      errors.Join(errors.New("a"), errors.New(secret)),
		"method on pointer":  pointerMethod{secret},
		"pointer to it":      &pointerMethod{secret},
		"map key":            map[string]int{secret: 1},
		"nested":             map[string][]inField{"a": {{secret}}},
		"pointer in pointer": &inField{pan},
	} {
		r := &recorder{TB: t}
		Check(r, []string{"not-in-there-at-all", secret}, value)
		if len(r.failures) == 0 {
			t.Errorf("%s: the leak was not found", name)
		}
	}
}

// TestCheckPasses proves that a value without a leak passes.
func TestCheckPasses(t *testing.T) {
	t.Parallel()
	card := covered{Name: "A", PAN: issuing.NewSecret(secret), List: []issuing.Secret{issuing.NewSecret(secret)}}
	Check(t, []string{secret}, card, &card, card.PAN, &card.PAN, []covered{card}, nil, 7, "text",
		&issuing.Error{Kind: issuing.ErrInvalid}, func() {}, make(chan int))
}

func TestCheckRefusesEmptyChecks(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(testing.TB){
		"no secrets":   func(t testing.TB) { Check(t, nil, 1) },
		"no values":    func(t testing.TB) { Check(t, []string{secret}) },
		"short secret": func(t testing.TB) { Check(t, []string{"1234567"}, 1) },
		"empty secret": func(t testing.TB) { Check(t, []string{""}, 1) },
		"fill nil":     func(t testing.TB) { Fill(t, secret, nil) },
		"fill nothing": func(t testing.TB) { Fill(t, secret, inField{}) },
	} {
		r := &recorder{TB: t}
		call(r)
		if len(r.failures) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	type inner struct{ PIN issuing.Secret }
	type recursive struct {
		PAN  issuing.Secret
		Next *recursive
	}
	type outer struct {
		ID      string
		PAN     issuing.Secret
		Inner   inner
		Pointer *inner
		List    []inner
		Map     map[string]*inner
		Tree    *recursive
	}
	got, ok := Fill(t, secret, &outer{ID: "7"}).(*outer)
	if !ok {
		t.Fatal("Fill changed the type")
	}
	for name, s := range map[string]issuing.Secret{
		"field": got.PAN, "struct": got.Inner.PIN, "pointer": got.Pointer.PIN,
		"slice": got.List[0].PIN, "map": got.Map["k"].PIN, "recursive": got.Tree.PAN,
	} {
		if s.Reveal() != secret {
			t.Errorf("%s: not filled", name)
		}
	}
	Check(t, []string{secret}, got, *got)
}
