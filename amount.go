package issuing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Limits of an Amount. They are far beyond any real sum of money and keep
// hostile input small.
const (
	maxAmountText     = 64 // characters of the plain decimal form
	maxAmountExponent = 40 // absolute value of a JSON exponent
)

var errAmount = errors.New("not a decimal amount")

// Amount is an exact decimal that keeps its digits: "100.00" stays "100.00".
// It reads a JSON string or number, refuses NaN, infinities, trailing garbage
// and sizes that no sum of money has, and never passes through floating point.
//
// The zero Amount is unset: [Amount.IsZero] reports that, and optional fields
// are left out of requests. An amount of nothing is "0", which is set. Amounts
// are compared by value with [Amount.Cmp] or [Amount.Equal].
type Amount struct{ s string }

// ParseAmount reads a plain or scientific decimal such as "100.00", "-3" or
// "1.5e2". A scientific form is rewritten plainly ("150").
func ParseAmount(text string) (Amount, error) {
	if len(text) > maxAmountText {
		return Amount{}, fmt.Errorf("amount of %d characters: %w", len(text), errAmount)
	}
	mantissa, exponent, ok := scanDecimal(text)
	if !ok {
		return Amount{}, fmt.Errorf("amount: %w", errAmount)
	}
	if exponent == "" {
		return Amount{s: text}, nil
	}
	n, err := strconv.Atoi(exponent)
	if err != nil || n > maxAmountExponent || n < -maxAmountExponent {
		return Amount{}, fmt.Errorf("amount with an exponent out of range: %w", errAmount)
	}
	plain := shiftPoint(mantissa, n)
	if len(plain) > maxAmountText {
		return Amount{}, fmt.Errorf("amount of %d characters: %w", len(plain), errAmount)
	}
	return Amount{s: plain}, nil
}

// scanDecimal checks text against the JSON number grammar and splits off the
// exponent.
func scanDecimal(text string) (mantissa, exponent string, ok bool) {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	start := i
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	if i == start || (text[start] == '0' && i-start > 1) {
		return "", "", false
	}
	if i < len(text) && text[i] == '.' {
		i++
		start = i
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		if i == start {
			return "", "", false
		}
	}
	if i == len(text) {
		return text, "", true
	}
	if text[i] != 'e' && text[i] != 'E' {
		return "", "", false
	}
	mantissa, exponent = text[:i], text[i+1:]
	digits := strings.TrimLeft(exponent, "+-")
	if digits == "" || len(exponent)-len(digits) > 1 || strings.Trim(digits, "0123456789") != "" {
		return "", "", false
	}
	return mantissa, exponent, true
}

// shiftPoint moves the decimal point of mantissa n places to the right.
func shiftPoint(mantissa string, n int) string {
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	point := len(whole) + n
	switch {
	case point <= 0:
		digits = strings.Repeat("0", 1-point) + digits
		point = 1
	case point > len(digits):
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction = strings.TrimLeft(digits[:point], "0"), digits[point:]
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

// NewAmount returns unscaled × 10^-scale: NewAmount(10050, 2) is "100.50".
// A scale above 18 is treated as 18.
func NewAmount(unscaled int64, scale uint8) Amount {
	scale = min(scale, 18)
	if scale == 0 {
		return Amount{s: strconv.FormatInt(unscaled, 10)}
	}
	return Amount{s: shiftPoint(strconv.FormatInt(unscaled, 10), -int(scale))}
}

// IsZero reports whether the amount is unset. An amount of nothing is set; ask
// Sign for its value.
func (a Amount) IsZero() bool { return a.s == "" }

// String returns the digits as they were given, or "" when unset.
func (a Amount) String() string { return a.s }

// Rat returns the exact value; an unset amount is zero.
func (a Amount) Rat() *big.Rat {
	r := new(big.Rat)
	if a.s != "" {
		r.SetString(a.s)
	}
	return r
}

// Sign returns -1, 0 or 1; an unset amount is zero.
func (a Amount) Sign() int {
	if strings.Trim(a.s, "-0.") == "" {
		return 0
	}
	if a.s[0] == '-' {
		return -1
	}
	return 1
}

// Cmp compares values exactly: "1.5" equals "1.50". It returns -1, 0 or 1.
func (a Amount) Cmp(b Amount) int {
	if a.s == b.s {
		return 0
	}
	return a.Rat().Cmp(b.Rat())
}

// Equal reports whether a and b have the same value. An unset amount is equal
// only to an unset amount.
func (a Amount) Equal(b Amount) bool { return a.IsZero() == b.IsZero() && a.Cmp(b) == 0 }

// Scale returns the number of digits after the decimal point.
func (a Amount) Scale() int {
	_, fraction, _ := strings.Cut(a.s, ".")
	return len(fraction)
}

// Add returns a + b with the larger scale of the two.
func (a Amount) Add(b Amount) Amount {
	return fromRat(a.Rat().Add(a.Rat(), b.Rat()), max(a.Scale(), b.Scale()))
}

// Sub returns a - b with the larger scale of the two.
func (a Amount) Sub(b Amount) Amount {
	return fromRat(a.Rat().Sub(a.Rat(), b.Rat()), max(a.Scale(), b.Scale()))
}

// Mul returns a × b with the sum of both scales, so nothing is rounded.
func (a Amount) Mul(b Amount) Amount {
	return fromRat(a.Rat().Mul(a.Rat(), b.Rat()), a.Scale()+b.Scale())
}

// Neg returns -a.
func (a Amount) Neg() Amount { return fromRat(a.Rat().Neg(a.Rat()), a.Scale()) }

// fromRat prints r with exactly scale decimals. The callers pass a scale that
// holds r without rounding.
func fromRat(r *big.Rat, scale int) Amount { return Amount{s: r.FloatString(scale)} }

// Rescale returns the amount with exactly scale digits after the point. It
// fails rather than drop a digit that is not zero. An unset amount stays unset.
func (a Amount) Rescale(scale int) (Amount, error) {
	if scale < 0 || scale > maxAmountText/2 {
		return Amount{}, fmt.Errorf("amount: scale %d out of range", scale)
	}
	if a.IsZero() {
		return a, nil
	}
	out := fromRat(a.Rat(), scale)
	if out.Cmp(a) != 0 {
		return Amount{}, fmt.Errorf("amount: more than %d decimal places", scale)
	}
	return out, nil
}

// MinorUnits returns the amount in the smallest unit of a currency with the
// given exponent ("10.05" with exponent 2 is 1005). It fails rather than round.
// An unset amount is zero.
func (a Amount) MinorUnits(exponent int) (int64, error) {
	scaled, err := a.Rescale(exponent)
	if err != nil || scaled.IsZero() {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.Replace(scaled.s, ".", "", 1), 10, 64)
	if err != nil {
		return 0, errors.New("amount: out of the range of 64-bit minor units")
	}
	return n, nil
}

// MarshalText returns the digits.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.s), nil }

// UnmarshalText reads what ParseAmount reads; empty text is unset.
func (a *Amount) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Amount{}
		return nil
	}
	parsed, err := ParseAmount(string(text[:min(len(text), maxAmountText+1)]))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// MarshalJSON writes a JSON string, null when unset.
func (a Amount) MarshalJSON() ([]byte, error) {
	if a.s == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + a.s + `"`), nil
}

// UnmarshalJSON reads a JSON string or number exactly; null and "" are unset.
func (a *Amount) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if bytes.Equal(data, []byte("null")) {
		*a = Amount{}
		return nil
	}
	if len(data) > 0 && data[0] == '"' {
		if len(data) > 2*maxAmountText {
			return fmt.Errorf("amount of %d characters: %w", len(data), errAmount)
		}
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("amount: %w", errAmount)
		}
		return a.UnmarshalText([]byte(s))
	}
	if len(data) == 0 {
		return fmt.Errorf("amount: %w", errAmount)
	}
	return a.UnmarshalText(data)
}
