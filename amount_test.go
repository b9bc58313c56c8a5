package issuing_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func amount(t testing.TB, text string) issuing.Amount {
	t.Helper()
	a, err := issuing.ParseAmount(text)
	if err != nil {
		t.Fatalf("ParseAmount(%q): %v", text, err)
	}
	return a
}

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-0": "-0", "0.00": "0.00", "100.00": "100.00", "-3": "-3", "7.": "7", ".7": "0.7", "-.50": "-0.50", "100.": "100", "0100.00": "100.00", "+5.00": "5.00",
		" 1": "1", "1 ": "1", "1\n": "1", "\t 2.50 \r\n": "2.50", "01.2": "1.2", "-00.0": "-0.0", "+.5e1": "5", "1.e2": "100",
		"1.5e2": "150", "1.50E1": "15.0", "15e-1": "1.5", "1e+2": "100", "1e-0": "1", "1e00002": "100",
		"0e5": "0", "0e-2": "0.00", "-0e1": "-0", "-1e-3": "-0.001", "0.001e3": "1", "123456e-3": "123.456",
		"1e40":                     "1" + strings.Repeat("0", 40),
		"1e-40":                    "0." + strings.Repeat("0", 39) + "1",
		strings.Repeat("9", 64):    strings.Repeat("9", 64),
		strings.Repeat("9", 65):    "",
		"1.2345678901234567890123": "1.2345678901234567890123",

		"": "", " ": "", "01": "", "-01": "", "00": "", "000000010000": "", "+007": "", "+": "", ".": "", "-.": "", "+.": "", "++1": "", "+-1": "", "-+1": "", "--1": "", "-": "", "1-": "", "1 000": "", "- 1": "",
		"1.2.3": "", "1,5": "", "1_000": "", "0x10": "", "1e": "", "e1": "", "1e+": "", "1e+-1": "", "1e1.5": "", "1e 1": "", "1e1e1": "",
		"NaN": "", "nan": "", "Inf": "", "-Inf": "", "Infinity": "", "1/3": "", "1p4": "", "١": "", "1\x00": "", "null": "", ".e1": "", "1..2": "",
		"1e41": "", "1e-41": "", "1e400": "", "1e-400": "", "1e99999999999999999999": "", "1e-99999999999999999999": "",
		"0e400": "", "9999999999999999999999999e40": "", "1.5\u00a0": "", "$1": "", "１": "", strings.Repeat("0", 70) + "1": "",
	} {
		got, err := issuing.ParseAmount(text)
		if err == nil != (want != "") || got.String() != want {
			t.Errorf("ParseAmount(%q) = %q, %v; want %q", text, got, err, want)
		}
		if err != nil && len(text) > 3 && strings.Contains(err.Error(), text) {
			t.Errorf("ParseAmount(%q): the error quotes the input: %v", text, err)
		}
	}
}

// Two megabytes of digits must be refused at once, wherever they come in.
func TestAmountHuge(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("9", 2<<20)
	var a issuing.Amount
	for name, err := range map[string]error{
		"ParseAmount":    func() error { _, err := issuing.ParseAmount(huge); return err }(),
		"exponent":       func() error { _, err := issuing.ParseAmount("1e" + huge); return err }(),
		"UnmarshalText":  a.UnmarshalText([]byte(huge)),
		"JSON number":    json.Unmarshal([]byte(huge), &a),
		"JSON string":    json.Unmarshal([]byte(`"`+huge+`"`), &a),
		"JSON escapes":   json.Unmarshal([]byte(`"`+strings.Repeat(`\u0031`, 1<<18)+`"`), &a),
		"spaces in JSON": a.UnmarshalJSON([]byte(`"` + strings.Repeat(" ", 1<<20) + `1"`)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if len(err.Error()) > 200 {
			t.Errorf("%s: an error of %d characters", name, len(err.Error()))
		}
	}
	if !a.IsZero() {
		t.Errorf("a refused text changed the amount to %q", a)
	}
}

func TestAmountJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"100.00"`: `"100.00"`, `100.00`: `"100.00"`, ` 1.50 `: `"1.50"`, `1e2`: `"100"`, `"1e2"`: `"100"`,
		`-0.5`: `"-0.5"`, `null`: `null`, `""`: `null`, `" "`: `null`, `"\u0031"`: `"1"`, `" 1"`: `"1"`, `"01.2"`: `"1.2"`, `".50"`: `"0.50"`,
	} {
		var a issuing.Amount
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := json.Marshal(a)
		if err != nil || string(got) != want {
			t.Errorf("%s marshals as %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{`true`, `{}`, `[]`, `"x"`, `"1 2"`, `"NaN"`, `"1e"`, `"1e400"`, `1e400`, `"\ud800"`, `"1`, ``, `"1"x`, `["1"]`} {
		a := amount(t, "7")
		if err := a.UnmarshalJSON([]byte(text)); err == nil || a.String() != "7" {
			t.Errorf("UnmarshalJSON(%s) = %q, %v; want an error and no change", text, a, err)
		}
	}
	type request struct {
		Amount issuing.Amount `json:"amount,omitzero"`
	}
	got, err := json.Marshal(request{})
	if err != nil || string(got) != `{}` {
		t.Errorf("an unset optional amount marshals as %s, %v", got, err)
	}
	set := amount(t, "5")
	if err := json.Unmarshal([]byte("null"), &set); err != nil || !set.IsZero() {
		t.Errorf("null leaves %q, %v", set, err)
	}
}

func TestNewAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		unscaled int64
		scale    uint8
		want     string
	}{
		{10050, 2, "100.50"}, {0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 3, "-0.005"}, {7, 0, "7"}, {-7, 0, "-7"},
		{1, 18, "0.000000000000000001"}, {1, 19, "0.000000000000000001"}, {1, 255, "0.000000000000000001"},
		{math.MaxInt64, 2, "92233720368547758.07"}, {math.MinInt64, 2, "-92233720368547758.08"},
	} {
		got := issuing.NewAmount(tt.unscaled, tt.scale)
		if got.String() != tt.want {
			t.Errorf("NewAmount(%d, %d) = %s, want %s", tt.unscaled, tt.scale, got, tt.want)
		}
		if amount(t, got.String()) != got {
			t.Errorf("NewAmount(%d, %d) does not parse back", tt.unscaled, tt.scale)
		}
	}
}

func TestAmountCompare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b  string
		cmp   int
		equal bool
	}{
		{"1.5", "1.50", 0, true}, {"1e2", "100.000", 0, true}, {"0", "-0", 0, true}, {"0.1", "0.10000000000000000001", -1, false},
		{"9", "10", -1, false}, {"-9", "-10", 1, false}, {"-1", "1", -1, false}, {"", "", 0, true}, {"", "0", 0, false},
		{"0.30", "0.3", 0, true}, {"9007199254740993", "9007199254740992", 1, false},
	} {
		var a, b issuing.Amount
		if err := a.UnmarshalText([]byte(tt.a)); err != nil {
			t.Fatal(err)
		}
		if err := b.UnmarshalText([]byte(tt.b)); err != nil {
			t.Fatal(err)
		}
		if a.Cmp(b) != tt.cmp || b.Cmp(a) != -tt.cmp {
			t.Errorf("%q.Cmp(%q) = %d, back %d; want %d", a, b, a.Cmp(b), b.Cmp(a), tt.cmp)
		}
		if a.Equal(b) != tt.equal || b.Equal(a) != tt.equal {
			t.Errorf("%q.Equal(%q) = %v, want %v", a, b, a.Equal(b), tt.equal)
		}
	}
	for text, want := range map[string]int{"0": 0, "-0": 0, "-0.00": 0, "0.0001": 1, "-0.0001": -1, "10": 1, "-10": -1} {
		if got := amount(t, text).Sign(); got != want {
			t.Errorf("%s.Sign() = %d, want %d", text, got, want)
		}
	}
	if (issuing.Amount("")).Sign() != 0 || !(issuing.Amount("")).IsZero() || amount(t, "0").IsZero() {
		t.Error("unset and zero are confused")
	}
}

func TestAmountArithmetic(t *testing.T) {
	t.Parallel()
	type result struct{ Add, Sub, Mul, Neg string }
	for _, tt := range []struct {
		a, b string
		want result
	}{
		{"0.1", "0.2", result{"0.3", "-0.1", "0.02", "-0.1"}},
		{"100.00", "0.005", result{"100.005", "99.995", "0.50000", "-100.00"}},
		{"-1.5", "1.50", result{"0.00", "-3.00", "-2.250", "1.5"}},
		{"0.00", "0", result{"0.00", "0.00", "0.00", "0.00"}},
		{"-0.00", "-0", result{"0.00", "0.00", "0.00", "0.00"}},
		{"99999999999999999999.99", "0.01", result{"100000000000000000000.00", "99999999999999999999.98", "999999999999999999.9999", "-99999999999999999999.99"}},
	} {
		a, b := amount(t, tt.a), amount(t, tt.b)
		got := result{a.Add(b).String(), a.Sub(b).String(), a.Mul(b).String(), a.Neg().String()}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s and %s (-want +got):\n%s", tt.a, tt.b, diff)
		}
		if a.String() != tt.a || b.String() != tt.b {
			t.Error("arithmetic changed its operands")
		}
	}
	if got := (issuing.Amount("")).Add(amount(t, "1.50")).String(); got != "1.50" {
		t.Errorf("unset + 1.50 = %s", got)
	}
}

func TestAmountRescale(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		scale int
		want  string // "" is an error
		minor int64
	}{
		{"10.05", 2, "10.05", 1005}, {"10", 2, "10.00", 1000}, {"10.0500", 2, "10.05", 1005}, {"10.051", 2, "", 0},
		{"100", 0, "100", 100}, {"100.00", 0, "100", 100}, {"0.5", 0, "", 0}, {"-0.05", 2, "-0.05", -5}, {"-0.05", 3, "-0.050", -50},
		{"92233720368547758.07", 2, "92233720368547758.07", math.MaxInt64}, {"1", -1, "", 0}, {"1", 33, "", 0}, {"0.001", 3, "0.001", 1},
		{"-92233720368547758.08", 2, "-92233720368547758.08", math.MinInt64}, {"0", 2, "0.00", 0},
	} {
		a := amount(t, tt.text)
		got, err := a.Rescale(tt.scale)
		if got.String() != tt.want || err == nil != (tt.want != "") {
			t.Errorf("%s.Rescale(%d) = %q, %v; want %q", a, tt.scale, got, err, tt.want)
		}
		n, err := a.MinorUnits(tt.scale)
		if n != tt.minor || err == nil != (tt.want != "") {
			t.Errorf("%s.MinorUnits(%d) = %d, %v; want %d", a, tt.scale, n, err, tt.minor)
		}
	}
	if n, err := amount(t, "92233720368547758.08").MinorUnits(2); err == nil {
		t.Errorf("minor units beyond 64 bits give %d", n)
	}
	unset, err := issuing.Amount("").Rescale(2)
	if err != nil || !unset.IsZero() {
		t.Errorf("rescaling an unset amount gives %q, %v; an optional field would be sent", unset, err)
	}
	if n, err := (issuing.Amount("")).MinorUnits(2); n != 0 || err != nil {
		t.Errorf("an unset amount has %d minor units, %v", n, err)
	}
}

func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"0", "100.00", "-3", "1.5e2", "1e400", "1e-40", "NaN", "01.2", `"7.70"`, "null", "1e+-1", strings.Repeat("9", 70), "-0.00", "9e40"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := issuing.ParseAmount(text)
		text = strings.Trim(text, " \t\r\n")
		want, ok := new(big.Rat), len(text) <= 64 && strings.Trim(text, "0123456789.eE+-") == ""
		if err != nil {
			if ok && json.Valid([]byte(text)) && !strings.ContainsAny(text, "eE") {
				t.Fatalf("%q is a JSON number and refused: %v", text, err)
			}
			return
		}
		if !ok {
			t.Fatalf("%q is no number and accepted as %q", text, a)
		}
		if _, ok := want.SetString(text); !ok || a.Rat().Cmp(want) != 0 {
			t.Fatalf("%q is %v, parsed as %q", text, want, a)
		}
		again, err := issuing.ParseAmount(a.String())
		if err != nil || again != a {
			t.Fatalf("%q parses as %q, which parses as %q, %v", text, a, again, err)
		}
		data, err := json.Marshal(a)
		var back issuing.Amount
		if err != nil || json.Unmarshal(data, &back) != nil || back != a {
			t.Fatalf("%q does not survive JSON: %s", text, data)
		}
		if zero := a.Sub(a); zero.Sign() != 0 || !a.Neg().Neg().Equal(a) || a.Add(a).Cmp(a.Mul(issuing.NewAmount(2, 0))) != 0 {
			t.Fatalf("%q breaks the rules of arithmetic", a)
		}
	})
}
