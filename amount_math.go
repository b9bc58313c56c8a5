package issuing

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
	"strings"
)

// Add returns a + b with the larger scale of the two. An unset amount counts as nothing;
// with a malformed one the result is malformed.
func (a Amount) Add(b Amount) Amount {
	x, okX := decimalOf(a)
	y, okY := decimalOf(b)
	if okX && okY {
		if sum, ok := x.add(y); ok {
			return sum.amount()
		}
	}
	return slow(a, b, max(a.Scale(), b.Scale()), func(z, x, y *big.Rat) { z.Add(x, y) })
}

// Sub returns a - b with the larger scale of the two, as [Amount.Add] does.
func (a Amount) Sub(b Amount) Amount {
	x, okX := decimalOf(a)
	y, okY := decimalOf(b)
	if okX && okY {
		y.neg = !y.neg
		if difference, ok := x.add(y); ok {
			return difference.amount()
		}
	}
	return slow(a, b, max(a.Scale(), b.Scale()), func(z, x, y *big.Rat) { z.Sub(x, y) })
}

// Mul returns a × b with the sum of both scales, so that nothing is rounded; see
// [Amount.Round].
func (a Amount) Mul(b Amount) Amount {
	x, okX := decimalOf(a)
	y, okY := decimalOf(b)
	if okX && okY {
		if high, low := bits.Mul64(x.coefficient, y.coefficient); high == 0 && low < tenTo[18] && x.scale+y.scale <= 18 {
			return decimal{x.neg != y.neg, low, x.scale + y.scale}.amount()
		}
	}
	return slow(a, b, a.Scale()+b.Scale(), func(z, x, y *big.Rat) { z.Mul(x, y) })
}

// Neg returns -a.
func (a Amount) Neg() Amount { return Amount("").Sub(a) }

// Rescale returns the amount with exactly scale digits after the point. It
// fails rather than drop a digit that is not zero. An unset amount stays unset.
func (a Amount) Rescale(scale int) (Amount, error) {
	out, err := a.Round(scale, RoundingDown)
	if err == nil && out.Cmp(a) != 0 {
		return "", fmt.Errorf("amount: more than %d decimal places", scale)
	}
	return out, err
}

// Rounding is what happens to digits that are dropped.
type Rounding int

// Modes of rounding.
const (
	RoundingHalfEven Rounding = iota // to the nearest, a half to the even neighbour
	RoundingHalfUp                   // to the nearest, a half away from zero
	RoundingUp                       // away from zero, as fees that are never too low
	RoundingDown                     // towards zero
)

// Round returns the amount with exactly scale digits after the point, from 0 to 32. An
// unset amount stays unset; a malformed one is an error.
func (a Amount) Round(scale int, mode Rounding) (Amount, error) {
	if scale < 0 || scale > maxAmountText/2 {
		return "", fmt.Errorf("amount: scale %d out of range", scale)
	}
	if mode < RoundingHalfEven || mode > RoundingDown {
		return "", errors.New("amount: unknown mode of rounding")
	}
	if err := a.Check(); err != nil || a == "" {
		return a, err
	}
	from := a.Scale()
	if from <= scale {
		padded := string(a)
		if from == 0 && scale > 0 {
			padded += "."
		}
		return Amount(padded + strings.Repeat("0", scale-from)), nil
	}
	unscaled, _ := new(big.Int).SetString(strings.Replace(string(a), ".", "", 1), 10)
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(from-scale)), nil)
	quotient, rest := new(big.Int).QuoRem(unscaled, unit, new(big.Int))
	if away(quotient, rest, unit, mode) {
		quotient.Add(quotient, big.NewInt(int64(unscaled.Sign())))
	}
	return unscaledAmount(quotient, scale), nil
}

// away reports whether what is left after dropping digits moves the quotient away from
// zero.
func away(quotient, rest, unit *big.Int, mode Rounding) bool {
	if rest.Sign() == 0 || mode == RoundingDown {
		return false
	}
	half := new(big.Int).Lsh(new(big.Int).Abs(rest), 1).Cmp(unit)
	switch mode {
	case RoundingUp:
		return true
	case RoundingHalfUp:
		return half >= 0
	default:
		return half > 0 || (half == 0 && quotient.Bit(0) == 1)
	}
}

// Split divides the amount into parts of its own scale that add up to it and differ by
// one unit of the last digit at most, the larger ones first. It refuses an unset or
// malformed amount and a number of parts that is not from 1 to 10000.
func (a Amount) Split(parts int) ([]Amount, error) {
	if err := a.Check(); err != nil || a == "" {
		return nil, fmt.Errorf("amount: nothing to split: %w", errAmount)
	}
	if parts < 1 || parts > 10_000 {
		return nil, fmt.Errorf("amount: cannot be split into %d parts", parts)
	}
	scale := a.Scale()
	unscaled, _ := new(big.Int).SetString(strings.Replace(string(a), ".", "", 1), 10)
	share, rest := new(big.Int).QuoRem(unscaled, big.NewInt(int64(parts)), new(big.Int))
	larger := new(big.Int).Add(share, big.NewInt(int64(unscaled.Sign())))
	out := make([]Amount, parts)
	left := int(new(big.Int).Abs(rest).Int64())
	for i := range out {
		out[i] = unscaledAmount(share, scale)
		if i < left {
			out[i] = unscaledAmount(larger, scale)
		}
	}
	return out, nil
}

// unscaledAmount is n × 10^-scale.
func unscaledAmount(n *big.Int, scale int) Amount {
	digits, sign := new(big.Int).Abs(n).String(), ""
	if n.Sign() < 0 {
		sign = "-"
	}
	if scale == 0 {
		return Amount(sign + digits)
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	return Amount(sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:])
}

// decimal is an amount of at most 18 digits, which is every real one.
type decimal struct {
	neg         bool
	coefficient uint64 // below 10^18, or what an int64 holds
	scale       int    // at most 18
}

// tenTo are the powers of ten that a uint64 holds.
var tenTo = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// decimalOf reads an amount of at most 18 digits; an unset one is nothing. It refuses
// malformed ones.
func decimalOf(a Amount) (d decimal, ok bool) {
	text := string(a)
	if text == "" {
		return d, true
	}
	if text[0] == '-' {
		d.neg = true
		text = text[1:]
	}
	if len(text) > 19 {
		return d, false
	}
	n, i := uint64(0), 0
	for ; i+8 <= len(text); i += 8 {
		word := eightBytes(text[i : i+8])
		if !eightDigits(word) {
			break
		}
		n = n*1e8 + valueOf(word)
	}
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		n = n*10 + uint64(text[i]-'0')
	}
	digits := i
	if i < len(text) {
		if d.scale = len(text) - i - 1; text[i] != '.' || d.scale == 0 {
			return d, false
		}
		for i++; i < len(text); i++ {
			c := text[i] - '0'
			if c > 9 {
				return d, false
			}
			n = n*10 + uint64(c)
		}
	}
	d.coefficient = n
	return d, digits > 0 && digits+d.scale <= 18 && (digits == 1 || text[0] != '0')
}

// Eight digits are read at once, as one word: amounts are read wherever they are compared
// or added up, so it pays.
func eightBytes(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

func eightDigits(word uint64) bool {
	const zeros, high = 0x3030303030303030, 0xf0f0f0f0f0f0f0f0
	return word&high == zeros && (word+0x0606060606060606)&high == zeros
}

// valueOf adds up pairs of digits, pairs of pairs, and their pairs.
func valueOf(word uint64) uint64 {
	word = (word&0x0f0f0f0f0f0f0f0f)*10 + (word>>8)&0x0f0f0f0f0f0f0f0f
	const pairs = 0x000000ff000000ff
	return ((word&pairs)*(100+1e6<<32) + (word>>16&pairs)*(1+1e4<<32)) >> 32
}

// amount prints a decimal.
func (d decimal) amount() Amount {
	var buffer [24]byte
	i, n := len(buffer), d.coefficient
	for range d.scale {
		i--
		buffer[i] = byte('0' + n%10)
		n /= 10
	}
	if d.scale > 0 {
		i--
		buffer[i] = '.'
	}
	for first := true; first || n > 0; first = false {
		i--
		buffer[i] = byte('0' + n%10)
		n /= 10
	}
	if d.neg && d.coefficient != 0 {
		i--
		buffer[i] = '-'
	}
	return Amount(buffer[i:])
}

// aligned returns both coefficients at the larger scale, when they fit.
func aligned(a, b decimal) (x, y uint64, scale int, ok bool) {
	scale = max(a.scale, b.scale)
	highX, x := bits.Mul64(a.coefficient, tenTo[scale-a.scale])
	highY, y := bits.Mul64(b.coefficient, tenTo[scale-b.scale])
	return x, y, scale, highX|highY == 0 && x < 1<<63 && y < 1<<63
}

func (d decimal) add(other decimal) (decimal, bool) {
	x, y, scale, ok := aligned(d, other)
	out := decimal{d.neg, x, scale}
	switch {
	case !ok:
		return out, false
	case d.neg == other.neg:
		out.coefficient += y
	case x >= y:
		out.coefficient -= y
	default:
		out.neg, out.coefficient = other.neg, y-x
	}
	return out, true
}

func (d decimal) cmp(other decimal) int {
	negX, negY := d.neg && d.coefficient != 0, other.neg && other.coefficient != 0
	if negX != negY {
		if negX {
			return -1
		}
		return 1
	}
	// 128 bits hold 18 digits at any scale up to 18.
	scale := max(d.scale, other.scale)
	highX, lowX := bits.Mul64(d.coefficient, tenTo[scale-d.scale])
	highY, lowY := bits.Mul64(other.coefficient, tenTo[scale-other.scale])
	order := 0
	switch {
	case highX < highY, highX == highY && lowX < lowY:
		order = -1
	case highX > highY, lowX > lowY:
		order = 1
	}
	if negX {
		return -order
	}
	return order
}

// cmpSlow compares amounts of any length, malformed ones last.
func cmpSlow(a, b Amount) int {
	x, y := a.Rat(), b.Rat()
	switch {
	case x != nil && y != nil:
		return x.Cmp(y)
	case x != nil:
		return -1
	case y != nil:
		return 1
	}
	return strings.Compare(string(a), string(b))
}

// slow is arithmetic on amounts of any length. The scale holds the result without
// rounding.
func slow(a, b Amount, scale int, operate func(z, x, y *big.Rat)) Amount {
	x, y := a.Rat(), b.Rat()
	switch {
	case x == nil:
		return a
	case y == nil:
		return b
	}
	z := new(big.Rat)
	operate(z, x, y)
	return Amount(z.FloatString(scale))
}
