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

// Amount is an exact decimal that keeps its digits: "100.00" stays "100.00". It is a
// text, so that every database and codec stores it as one, and Amount("100.00") is a
// constant. It never passes through floating point.
//
// The zero Amount is unset, which is a state of its own: [Amount.IsSet] reports it, and
// optional fields are left out of requests. An amount of nothing is "0", which is set.
// Amounts are compared by value: [Amount.Cmp], [Amount.Equal], and for limits
// [Amount.AtMost] and [Amount.AtLeast], which an unset amount never passes.
//
// Text from outside is read with [ParseAmount], or by the codecs, in all forms that
// platforms and databases print; one form is written. A text that is no decimal, which
// only a conversion such as Amount("ten") can make, is malformed: [Amount.Check] says so,
// no codec writes it, no request with it is sent, arithmetic on it gives a malformed
// amount again, and it compares above every sum. It never counts as nothing.
type Amount string

// ParseAmount reads a decimal as platforms and databases print it: "100.00", "-3",
// ".50", "100.", "0100.00", "+5.00", "1.5e2", with blanks around it. The result is
// plain: no plus, no exponent, one digit at least before the point and none to spare,
// and as many after it as were given. It refuses NaN, infinities, trailing garbage,
// zeros in front of digits without a point, which card schemes write for minor units, and
// sizes that no sum of money has.
func ParseAmount(text string) (Amount, error) {
	text = strings.Trim(text, " \t\r\n")
	if len(text) > maxAmountText {
		return "", fmt.Errorf("amount of %d characters: %w", len(text), errAmount)
	}
	if plainDecimal(text) {
		return Amount(text), nil
	}
	mantissa, exponent, ok := scanDecimal(text)
	if !ok {
		return "", fmt.Errorf("amount: %w", errAmount)
	}
	n := 0
	if exponent != "" {
		var err error
		if n, err = strconv.Atoi(exponent); err != nil || n > maxAmountExponent || n < -maxAmountExponent {
			return "", fmt.Errorf("amount with an exponent out of range: %w", errAmount)
		}
	}
	plain := shiftPoint(mantissa, n)
	if len(plain) > maxAmountText {
		return "", fmt.Errorf("amount of %d characters: %w", len(plain), errAmount)
	}
	return Amount(plain), nil
}

// plainDecimal reports whether text is what an Amount holds.
func plainDecimal(text string) bool {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	start := i
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	if i == start || (text[start] == '0' && i-start > 1) {
		return false
	}
	if i == len(text) {
		return true
	}
	if text[i] != '.' || i+1 == len(text) {
		return false
	}
	for i++; i < len(text); i++ {
		if text[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// scanDecimal checks text against the grammar of what is read and splits off the
// exponent. The mantissa has no plus.
func scanDecimal(text string) (mantissa, exponent string, ok bool) {
	if strings.HasPrefix(text, "+") && !strings.HasPrefix(text, "+-") {
		text = text[1:]
	}
	mantissa = text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i+1:]
		digits := strings.TrimLeft(exponent, "+-")
		if digits == "" || len(exponent)-len(digits) > 1 || strings.Trim(digits, "0123456789") != "" {
			return "", "", false
		}
	}
	whole, fraction, pointed := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	switch {
	case whole+fraction == "", strings.Trim(whole+fraction, "0123456789") != "":
		return "", "", false
	case !pointed && len(whole) > 1 && whole[0] == '0':
		return "", "", false // such as 000000010000, which card schemes write for 100.00
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
	neg, coefficient := unscaled < 0, uint64(unscaled)
	if neg {
		coefficient = -coefficient
	}
	return decimal{neg, coefficient, min(int(scale), 18)}.amount()
}

// IsZero reports whether the amount is unset, not whether it is nothing: of "0.00" it is
// false. Other decimal types mean the value by it; ask [Amount.Sign] for that. The name
// is what encoding/json's omitzero looks for.
func (a Amount) IsZero() bool { return a == "" }

// IsSet reports whether there is an amount, be it nothing.
func (a Amount) IsSet() bool { return a != "" }

// Check returns an error when the amount is malformed; an unset one is not.
func (a Amount) Check() error {
	if a == "" || (len(a) <= maxAmountText && plainDecimal(string(a))) {
		return nil
	}
	return fmt.Errorf("amount: %w", errAmount)
}

// String returns the digits as they were given, or "" when unset.
func (a Amount) String() string { return string(a) }

// Rat returns the exact value. An unset amount is zero; a malformed one has no value,
// and gives nil.
func (a Amount) Rat() *big.Rat {
	if a.Check() != nil {
		return nil
	}
	r := new(big.Rat)
	if a != "" {
		r.SetString(string(a))
	}
	return r
}

// Sign returns -1, 0 or 1. An unset amount is 0; a malformed one, which is no nothing,
// is 1.
func (a Amount) Sign() int {
	switch {
	case a.Check() != nil:
		return 1
	case strings.Trim(string(a), "-0.") == "":
		return 0
	case a[0] == '-':
		return -1
	}
	return 1
}

// Cmp compares values exactly: "1.5" equals "1.50". It returns -1, 0 or 1. An unset
// amount compares as nothing, so that a limit is checked with [Amount.AtMost]; a
// malformed one is above every sum.
func (a Amount) Cmp(b Amount) int {
	if a == b {
		return 0
	}
	x, okX := decimalOf(a)
	y, okY := decimalOf(b)
	if okX && okY {
		return x.cmp(y)
	}
	return cmpSlow(a, b)
}

// Equal reports whether a and b have the same value. An unset amount is equal
// only to an unset amount, and a malformed one to none.
func (a Amount) Equal(b Amount) bool {
	return a.IsSet() == b.IsSet() && a.Cmp(b) == 0 && a.Check() == nil
}

// AtMost reports whether both amounts are there and a is not above limit: the question
// of every limit. It is false when one of them is unset or malformed.
func (a Amount) AtMost(limit Amount) bool { return a.comparable(limit) && a.Cmp(limit) <= 0 }

// AtLeast reports whether both amounts are there and a is not below floor. It is false
// when one of them is unset or malformed.
func (a Amount) AtLeast(floor Amount) bool { return a.comparable(floor) && a.Cmp(floor) >= 0 }

func (a Amount) comparable(b Amount) bool {
	return a.IsSet() && b.IsSet() && a.Check() == nil && b.Check() == nil
}

// Scale returns the number of digits after the decimal point.
func (a Amount) Scale() int {
	if i := strings.IndexByte(string(a), '.'); i >= 0 {
		return len(a) - i - 1
	}
	return 0
}

// MinorUnits returns the amount in the smallest unit of a currency with the
// given exponent ("10.05" with exponent 2 is 1005). It fails rather than round.
// An unset amount is zero.
func (a Amount) MinorUnits(exponent int) (int64, error) {
	scaled, err := a.Rescale(exponent)
	if err != nil || scaled.IsZero() {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.Replace(string(scaled), ".", "", 1), 10, 64)
	if err != nil {
		return 0, errors.New("amount: out of the range of 64-bit minor units")
	}
	return n, nil
}

// MarshalText returns the digits; a malformed amount is an error.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a), a.Check() }

// UnmarshalText reads what ParseAmount reads; blank text is unset.
func (a *Amount) UnmarshalText(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		*a = ""
		return nil
	}
	parsed, err := ParseAmount(string(text[:min(len(text), 4*maxAmountText)]))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// MarshalJSON writes a JSON string, null when unset; a malformed amount is an error.
func (a Amount) MarshalJSON() ([]byte, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if a == "" {
		return []byte("null"), nil
	}
	return []byte(`"` + a + `"`), nil
}

// UnmarshalJSON reads a JSON string or number exactly; null and "" are unset.
func (a *Amount) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if bytes.Equal(data, []byte("null")) {
		*a = ""
		return nil
	}
	if len(data) > 0 && data[0] == '"' {
		if len(data) > 4*maxAmountText {
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
