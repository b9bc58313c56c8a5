package issuing_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestLimits: an unset or malformed amount passes none, on neither side.
func TestLimits(t *testing.T) {
	t.Parallel()
	const limit issuing.Amount = "100.00"
	for _, c := range []struct {
		amount, limit issuing.Amount
		most, least   bool
	}{
		{"99.99", limit, true, false}, {"100", limit, true, true}, {"100.01", limit, false, true}, {"-1", limit, true, false},
		{"0", "0.00", true, true}, {"0", limit, true, false}, {"", limit, false, false}, {"5", "", false, false}, {"", "", false, false},
		{"ten", limit, false, false}, {"5", "ten", false, false}, {"ten", "ten", false, false}, {"NaN", limit, false, false},
		{"1e2", limit, false, false}, {" 5", limit, false, false}, {"+5", limit, false, false}, {"05", limit, false, false},
		{issuing.Amount(strings.Repeat("9", 65)), limit, false, false}, {"-", limit, false, false}, {"5.", limit, false, false}, {".5", limit, false, false},
	} {
		if got := c.amount.AtMost(c.limit); got != c.most {
			t.Errorf("%q at most %q: %t", c.amount, c.limit, got)
		}
		if got := c.amount.AtLeast(c.limit); got != c.least {
			t.Errorf("%q at least %q: %t", c.amount, c.limit, got)
		}
	}
}

// TestMalformedAmounts: what no decimal was converted to an Amount is never taken for
// nothing, and never leaves the process.
func TestMalformedAmounts(t *testing.T) {
	t.Parallel()
	for _, bad := range []issuing.Amount{"ten", "NaN", "1e2", " 5", "+5", "5.", ".5", "05", "-", "1,5", issuing.Amount(strings.Repeat("1", 65))} {
		if bad.Check() == nil || !bad.IsSet() || bad.IsZero() {
			t.Errorf("%q is taken for an amount, or for none", bad)
		}
		if bad.Sign() == 0 || bad.Cmp("0") == 0 || bad.Cmp("999999999999999999999") <= 0 || issuing.Amount("5").Cmp(bad) >= 0 {
			t.Errorf("%q compares below a sum", bad)
		}
		if bad.Equal(bad) || bad.Equal("5") || bad.Rat() != nil {
			t.Errorf("%q has a value", bad)
		}
		for name, result := range map[string]issuing.Amount{
			"add": bad.Add("1"), "added": issuing.Amount("1").Add(bad), "sub": bad.Sub("1"), "subtracted": issuing.Amount("").Sub(bad),
			"mul": bad.Mul("2"), "neg": bad.Neg(),
		} {
			if result.Check() == nil {
				t.Errorf("%q: %s gives %q", bad, name, result)
			}
		}
		if text, err := bad.MarshalText(); err == nil {
			t.Errorf("%q is written as %q", bad, text)
		}
		if text, err := json.Marshal(map[string]any{"amount": bad}); err == nil {
			t.Errorf("%q is written as %s", bad, text)
		}
		if _, err := bad.Rescale(2); err == nil {
			t.Errorf("%q has two decimals", bad)
		}
		if _, err := bad.MinorUnits(2); err == nil {
			t.Errorf("%q has minor units", bad)
		}
		if _, err := bad.Split(2); err == nil {
			t.Errorf("%q has halves", bad)
		}
	}
	for _, good := range []issuing.Amount{"", "0", "-0.00", "100.00", "-3.5", "12345678901234567890123.5"} {
		if err := good.Check(); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestRound(t *testing.T) {
	t.Parallel()
	modes := []issuing.Rounding{issuing.RoundingHalfEven, issuing.RoundingHalfUp, issuing.RoundingUp, issuing.RoundingDown}
	for text, want := range map[issuing.Amount][4]issuing.Amount{
		"2.345": {"2.34", "2.35", "2.35", "2.34"}, "2.355": {"2.36", "2.36", "2.36", "2.35"}, "2.3": {"2.30", "2.30", "2.30", "2.30"},
		"-2.345": {"-2.34", "-2.35", "-2.35", "-2.34"}, "2.3401": {"2.34", "2.34", "2.35", "2.34"}, "2": {"2.00", "2.00", "2.00", "2.00"},
		"0.001": {"0.00", "0.00", "0.01", "0.00"}, "-0.001": {"0.00", "0.00", "-0.01", "0.00"}, "0.999": {"1.00", "1.00", "1.00", "0.99"},
		"123456789012345678901.235": {"123456789012345678901.24", "123456789012345678901.24", "123456789012345678901.24", "123456789012345678901.23"},
		"":                          {"", "", "", ""},
	} {
		for i, mode := range modes {
			if got, err := text.Round(2, mode); err != nil || got != want[i] {
				t.Errorf("%q in mode %d: %q, %v, want %q", text, mode, got, err, want[i])
			}
		}
	}
	if got, err := issuing.Amount("7.5").Round(0, issuing.RoundingHalfEven); err != nil || got != "8" {
		t.Errorf("%q, %v", got, err)
	}
	for _, scale := range []int{-1, 33} {
		if _, err := issuing.Amount("1").Round(scale, issuing.RoundingUp); err == nil {
			t.Errorf("scale %d is taken", scale)
		}
	}
	if _, err := issuing.Amount("1.5").Round(0, 9); err == nil {
		t.Error("an unknown mode is taken")
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sum   issuing.Amount
		parts int
		want  string
	}{
		{"100.00", 3, "[33.34 33.33 33.33]"}, {"-100.00", 3, "[-33.34 -33.33 -33.33]"}, {"0.02", 3, "[0.01 0.01 0.00]"},
		{"10", 4, "[3 3 2 2]"}, {"0.00", 2, "[0.00 0.00]"}, {"7.50", 1, "[7.50]"}, {"12345678901234567890.01", 2, "[6172839450617283945.01 6172839450617283945.00]"},
	} {
		parts, err := c.sum.Split(c.parts)
		if err != nil || fmt.Sprint(parts) != c.want {
			t.Errorf("%s in %d: %v, %v, want %s", c.sum, c.parts, parts, err, c.want)
		}
		total := issuing.Amount("")
		for _, part := range parts {
			total = total.Add(part)
		}
		if !total.Equal(c.sum) {
			t.Errorf("%s in %d adds up to %s", c.sum, c.parts, total)
		}
	}
	for _, parts := range []int{0, -1, 10_001} {
		if _, err := issuing.Amount("1").Split(parts); err == nil {
			t.Errorf("split into %d", parts)
		}
	}
	if _, err := issuing.Amount("").Split(2); err == nil {
		t.Error("nothing was split")
	}
}

// TestArithmeticAgreesWithRationals compares both ways of counting, on and beyond the
// border of 18 digits.
func TestArithmeticAgreesWithRationals(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	draw := func() issuing.Amount {
		digits := make([]byte, 1+random.IntN(21))
		for i := range digits {
			digits[i] = byte('0' + random.IntN(10))
		}
		text := strings.TrimLeft(string(digits[:len(digits)-1]), "0") + string(digits[len(digits)-1:])
		if point := random.IntN(len(text) + 1); point < len(text) {
			text = text[:point] + "." + text[point:]
		}
		if random.IntN(2) == 0 {
			text = "-" + text
		}
		a, err := issuing.ParseAmount(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		return a
	}
	for range 20_000 {
		a, b := draw(), draw()
		x, y := a.Rat(), b.Rat()
		scale := max(a.Scale(), b.Scale())
		for name, pair := range map[string][2]string{
			"+": {a.Add(b).String(), new(big.Rat).Add(x, y).FloatString(scale)},
			"-": {a.Sub(b).String(), new(big.Rat).Sub(x, y).FloatString(scale)},
			"*": {a.Mul(b).String(), new(big.Rat).Mul(x, y).FloatString(a.Scale() + b.Scale())},
			"?": {fmt.Sprint(a.Cmp(b)), fmt.Sprint(x.Cmp(y))},
		} {
			if pair[0] != pair[1] {
				t.Fatalf("%s %s %s = %s, want %s", a, name, b, pair[0], pair[1])
			}
		}
	}
}

func BenchmarkAmount(b *testing.B) {
	x, y := issuing.Amount("123456.78"), issuing.Amount("98765.4321")
	b.Run("Cmp", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if x.Cmp(y) != 1 {
				b.Fatal()
			}
		}
	})
	b.Run("Add", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if x.Add(y) != "222222.2121" {
				b.Fatal(x.Add(y))
			}
		}
	})
	b.Run("Parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := issuing.ParseAmount("123456.78"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
