package uqpaytest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// fields reads a request's JSON object and remembers the first thing that is
// wrong with it.
type fields struct {
	values map[string][]byte
	prefix string
	wrong  *string
}

// read returns the members of the request's body.
func (c *call) read() fields { return readFields(c.body) }

func readFields(body []byte) fields {
	f := fields{values: map[string][]byte{}, wrong: new(string)}
	trimmed := strings.TrimSpace(string(body))
	if trimmed == "" {
		return f
	}
	if !json.Valid(body) || trimmed[0] != '{' {
		*f.wrong = "body: is not a JSON object"
		return f
	}
	for name, value := range wire.Members(body) {
		f.values[name] = value
	}
	return f
}

func (f fields) problem(name, rule string) {
	if *f.wrong == "" {
		*f.wrong = f.prefix + name + ": " + rule
	}
}

// has reports whether a member is there and not null.
func (f fields) has(name string) bool {
	v, ok := f.values[name]
	return ok && string(v) != "null"
}

// text reads a string of at most limit characters, 0 for any.
func (f fields) text(name string, required bool, limit int) string {
	if !f.has(name) {
		if required {
			f.problem(name, "is required")
		}
		return ""
	}
	s, ok := wire.Unquote(f.values[name])
	switch {
	case !ok:
		f.problem(name, "must be a string")
	case required && strings.TrimSpace(s) == "":
		f.problem(name, "is required")
	case limit > 0 && len([]rune(s)) > limit:
		f.problem(name, "is too long")
	}
	return s
}

// word reads a string that must be one of some.
func (f fields) word(name string, required bool, allowed ...string) string {
	s := f.text(name, required, 0)
	if s != "" && !slices.Contains(allowed, s) {
		f.problem(name, "must be one of "+strings.Join(allowed, ", "))
	}
	return s
}

// digits reads a string of exactly n digits.
func (f fields) digits(name string, required bool, shortest, longest int) string {
	s := f.text(name, required, 0)
	if s != "" && (len(s) < shortest || len(s) > longest || strings.Trim(s, "0123456789") != "") {
		f.problem(name, "has the wrong number of digits")
	}
	return s
}

// country reads an ISO 3166-1 alpha-2 code.
func (f fields) country(name string, required bool) string {
	s := f.text(name, required, 0)
	if s != "" && (len(s) != 2 || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		f.problem(name, "must be a country code of two letters")
	}
	return s
}

// file reads base64 of at most limit bytes, 0 for any.
func (f fields) file(name string, required bool, limit int) {
	s := f.text(name, required, 0)
	if _, data, found := strings.Cut(s, ";base64,"); found {
		s = data
	}
	content, err := base64.StdEncoding.DecodeString(s)
	switch {
	case err != nil:
		f.problem(name, "must be base64")
	case limit > 0 && len(content) > limit:
		f.problem(name, "is too large")
	}
}

// amount reads a JSON number of at most two decimals.
func (f fields) amount(name string, required, zero bool) issuing.Amount {
	if !f.has(name) {
		if required {
			f.problem(name, "is required")
		}
		return issuing.Amount{}
	}
	raw := string(f.values[name])
	a, err := issuing.ParseAmount(raw)
	switch {
	case err != nil:
		f.problem(name, "must be a number")
		return issuing.Amount{}
	case a.Sign() < 0, a.Sign() == 0 && !zero:
		f.problem(name, "must be greater than 0")
	case a.Scale() > 2:
		f.problem(name, "must have at most 2 decimal places")
	}
	if scaled, err := a.Rescale(2); err == nil {
		a = scaled
	}
	return a
}

// number reads an integer.
func (f fields) number(name string, required bool) int {
	if !f.has(name) {
		if required {
			f.problem(name, "is required")
		}
		return 0
	}
	n, err := strconv.Atoi(string(f.values[name]))
	if err != nil {
		f.problem(name, "must be an integer")
	}
	return n
}

// when reads a time.
func (f fields) when(name string, required bool) time.Time {
	s := f.text(name, required, 40)
	t, ok := wire.ParseTime(s, zone)
	if s != "" && !ok {
		f.problem(name, "must be an ISO 8601 time")
	}
	return t
}

// object reads a nested object; ok is false when there is none.
func (f fields) object(name string) (fields, bool) {
	if !f.has(name) {
		return fields{}, false
	}
	inner := readFields(f.values[name])
	if *inner.wrong != "" {
		f.problem(name, "must be an object")
		return fields{}, false
	}
	inner.prefix, inner.wrong = f.prefix+name+".", f.wrong
	return inner, true
}

// refused returns the first problem as an answer.
func (f fields) refused() (answer, bool) {
	if *f.wrong == "" {
		return answer{}, false
	}
	return invalid(*f.wrong), true
}

// paged cuts a list to the page that a query asks for.
func paged[T any](query url.Values, items []T, show func(T) map[string]any) answer {
	size, number := 10, 1
	for name, target := range map[string]*int{"page_size": &size, "page_number": &number} {
		if text := query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || (name == "page_size" && n > 100) {
				return invalid(name + ": is out of range")
			}
			*target = n
		}
	}
	data := make([]any, 0, size)
	for i := (number - 1) * size; i >= 0 && i < len(items) && i < number*size; i++ {
		data = append(data, show(items[i]))
	}
	return ok(map[string]any{
		"total_pages": (len(items) + size - 1) / size, "total_items": len(items), "data": data,
	})
}

// period reads start_time and end_time of a query.
func period(query url.Values) (within func(time.Time) bool, a answer, refused bool) {
	var ends [2]time.Time
	for i, name := range []string{"start_time", "end_time"} {
		text := query.Get(name)
		t, good := wire.ParseTime(text, zone)
		if text != "" && !good {
			return nil, invalid(name + ": must be an ISO 8601 time"), true
		}
		ends[i] = t
	}
	if !ends[0].IsZero() && !ends[1].IsZero() && ends[1].Sub(ends[0]) > 90*24*time.Hour {
		return nil, invalid("end_time: the span is longer than 90 days"), true
	}
	return func(t time.Time) bool {
		return (ends[0].IsZero() || !t.Before(ends[0])) && (ends[1].IsZero() || !t.After(ends[1]))
	}, answer{}, false
}

// stamp writes a time, "" when unset.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// zero writes an unset amount as nothing.
func zero(a issuing.Amount) issuing.Amount {
	if a.IsZero() {
		return issuing.NewAmount(0, 2)
	}
	return a
}

// masked is the REST form of a card number.
func masked(pan issuing.Secret) string { return "************" + pan.Last4() }

// maskedEvent is the form of a card number in events.
func maskedEvent(pan issuing.Secret) string {
	v := pan.Reveal()
	return v[:8] + "****" + pan.Last4()
}
