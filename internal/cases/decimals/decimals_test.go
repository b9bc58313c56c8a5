package decimals

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	govalues "github.com/govalues/decimal"
	shopspring "github.com/shopspring/decimal"

	issuing "github.com/issuing-sdk/issuing-go"
)

// sums are decimals of up to 18 digits: what cards hold, and the edges.
func sums() []string {
	random := rand.New(rand.NewPCG(1, 2))
	out := []string{"0", "0.00", "-0.01", "1.005", "999999999999999999", "-999999999999999999", "0.000000000000000001", "100.50"}
	for range 2_000 {
		digits := 1 + random.IntN(18)
		scale := random.IntN(digits + 1)
		text := fmt.Sprintf("%0*d", scale+1, random.Int64N(pow10(digits)))
		if scale > 0 {
			text = text[:len(text)-scale] + "." + text[len(text)-scale:]
		}
		if random.IntN(2) == 0 && strings.Trim(text, "0.") != "" {
			text = "-" + text
		}
		out = append(out, text)
	}
	return out
}

func pow10(n int) (out int64) {
	for out = 1; n > 0; n-- {
		out *= 10
	}
	return out
}

// TestSameResults: sums, differences, products, comparisons and rounding are those of
// shopspring's decimals, whose digits have no end.
func TestSameResults(t *testing.T) {
	t.Parallel()
	texts := sums()
	for i, text := range texts {
		other := texts[(i*7+3)%len(texts)]
		a, b := issuing.Amount(text), issuing.Amount(other)
		x, y := shopspring.RequireFromString(text), shopspring.RequireFromString(other)
		for name, pair := range map[string][2]string{
			"+":         {a.Add(b).String(), x.Add(y).StringFixed(int32(max(a.Scale(), b.Scale())))},
			"-":         {a.Sub(b).String(), x.Sub(y).StringFixed(int32(max(a.Scale(), b.Scale())))},
			"*":         {a.Mul(b).String(), x.Mul(y).StringFixed(int32(a.Scale() + b.Scale()))},
			"cmp":       {fmt.Sprint(a.Cmp(b)), fmt.Sprint(x.Cmp(y))},
			"half even": {round(t, a, issuing.RoundingHalfEven), x.RoundBank(2).StringFixed(2)},
			"half up":   {round(t, a, issuing.RoundingHalfUp), x.Round(2).StringFixed(2)},
			"up":        {round(t, a, issuing.RoundingUp), x.RoundUp(2).StringFixed(2)},
			"down":      {round(t, a, issuing.RoundingDown), x.RoundDown(2).StringFixed(2)},
		} {
			// Both write a negative nothing without its sign but where it was rounded.
			if got, want := strings.TrimPrefix(pair[0], "-"), strings.TrimPrefix(pair[1], "-"); got != want ||
				pair[0] != pair[1] && strings.Trim(got, "0.") != "" {
				t.Errorf("%s %s %s is %s, want %s", text, name, other, pair[0], pair[1])
			}
		}
	}
}

func round(t *testing.T, a issuing.Amount, mode issuing.Rounding) string {
	t.Helper()
	out, err := a.Round(2, mode)
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPartsAddUp: the parts of a sum add up to it, to the last digit.
func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	for _, text := range sums() {
		for _, n := range []int{1, 3, 7} {
			parts, err := issuing.Amount(text).Split(n)
			if err != nil || len(parts) != n {
				t.Fatalf("%s: %d parts, %v", text, len(parts), err)
			}
			sum := parts[0]
			for _, part := range parts[1:] {
				sum = sum.Add(part)
			}
			if !sum.Equal(issuing.Amount(text)) {
				t.Errorf("%s in %d parts is %s", text, n, sum)
			}
		}
	}
}

// The pairs that are measured: what a ledger adds up, and 18 digits.
var pairs = map[string][2]string{"usual": {"1234.50", "99.95"}, "18 digits": {"123456789012345.678", "123456789012345.67"}, "same scale": {"1234567890123456.78", "1234567890123456.79"}}

func BenchmarkCmp(b *testing.B) {
	for name, pair := range pairs {
		x, y := issuing.Amount(pair[0]), issuing.Amount(pair[1])
		measure(b, name+"/ours", func() bool { return x.Cmp(y) != 0 })
		v, w := govalues.MustParse(pair[0]), govalues.MustParse(pair[1])
		measure(b, name+"/govalues", func() bool { return v.Cmp(w) != 0 })
		p, q := shopspring.RequireFromString(pair[0]), shopspring.RequireFromString(pair[1])
		measure(b, name+"/shopspring", func() bool { return p.Cmp(q) != 0 })
	}
}

func BenchmarkAdd(b *testing.B) {
	for name, pair := range pairs {
		x, y := issuing.Amount(pair[0]), issuing.Amount(pair[1])
		measure(b, name+"/ours", func() bool { return x.Add(y) != "" })
		v, w := govalues.MustParse(pair[0]), govalues.MustParse(pair[1])
		measure(b, name+"/govalues", func() bool { sum, err := v.Add(w); return err == nil && sum.Prec() > 0 })
		p, q := shopspring.RequireFromString(pair[0]), shopspring.RequireFromString(pair[1])
		measure(b, name+"/shopspring", func() bool { return !p.Add(q).IsZero() })
	}
}

func BenchmarkParse(b *testing.B) {
	for name, pair := range pairs {
		measure(b, name+"/ours", func() bool { a, err := issuing.ParseAmount(pair[0]); return err == nil && a != "" })
		measure(b, name+"/govalues", func() bool { d, err := govalues.Parse(pair[0]); return err == nil && d.Prec() > 0 })
		measure(b, name+"/shopspring", func() bool { d, err := shopspring.NewFromString(pair[0]); return err == nil && !d.IsZero() })
	}
}

func measure(b *testing.B, name string, run func() bool) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !run() {
				b.Fatal("no result")
			}
		}
	})
}
