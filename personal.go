package issuing

import (
	"fmt"
	"io"
	"log/slog"
)

// Personal is text that tells who somebody is: a name, an e-mail address, a phone number,
// a line of an address. It is a string, so Personal("Li Wei") is a constant and string(p)
// the text; but every fmt verb, text/template and log/slog print it as "[redacted]", alone
// and in a struct that is printed or logged whole.
//
// It is no [Secret]: every codec and database keeps the text, encoding/json and with it
// slog's JSON handler, where a whole struct is logged, included; and so do an unexported
// field that holds it and the dumpers of tests.
type Personal string

// print is what shows of p.
func (p Personal) print() string {
	if p == "" {
		return ""
	}
	return redacted
}

// Format implements [fmt.Formatter] for every verb.
func (p Personal) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.print()) }

// String returns "[redacted]", or "" when there is no text.
func (p Personal) String() string { return p.print() }

// LogValue implements [slog.LogValuer].
func (p Personal) LogValue() slog.Value { return slog.StringValue(p.print()) }
