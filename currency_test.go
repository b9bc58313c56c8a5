package issuing_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// iso4217 reads the list that currency_table.go is made from: code, number, exponent,
// year of withdrawal.
func iso4217(t *testing.T) [][]string {
	t.Helper()
	file, err := os.Open("testdata/iso4217.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows := csv.NewReader(file)
	rows.Comment = '#'
	list, err := rows.ReadAll()
	if err != nil || len(list) < 180 {
		t.Fatalf("%d rows, %v", len(list), err)
	}
	return list[1:]
}

// TestCurrencyList holds every code of three letters against the list: what it has is
// right in either case, and what it does not have has neither exponent nor number.
func TestCurrencyList(t *testing.T) {
	t.Parallel()
	type entry struct{ number, exponent string }
	listed := map[string]entry{}
	for _, row := range iso4217(t) {
		listed[row[0]] = entry{row[1], row[2]}
	}
	for i := range 26 * 26 * 26 {
		code := string([]byte{byte('A' + i/676), byte('A' + i/26%26), byte('A' + i%26)})
		want, known := listed[code]
		for _, c := range []issuing.Currency{issuing.Currency(code), issuing.Currency(strings.ToLower(code))} {
			number, ok := c.Number()
			if ok != known || number != want.number {
				t.Errorf("%s has the number %q, %v, want %q", c, number, ok, want.number)
			}
			n, ok := c.Exponent()
			text := ""
			if ok {
				text = string(rune('0' + n))
			}
			if ok != (want.exponent != "") || text != want.exponent {
				t.Errorf("%s has the exponent %d, %v, want %q", c, n, ok, want.exponent)
			}
		}
	}
}

func TestCurrencyExponent(t *testing.T) {
	t.Parallel()
	for c, want := range map[issuing.Currency]int{
		"USD": 2, "EUR": 2, "GBP": 2, "CNY": 2, "HKD": 2, "SGD": 2, "XCG": 2, "BGN": 2,
		"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "CLF": 4, "jpy": 0, "Kwd": 3,
	} {
		if got, ok := c.Exponent(); !ok || got != want {
			t.Errorf("%s has exponent %d, %v, want %d", c, got, ok, want)
		}
	}
	for _, c := range []issuing.Currency{"", "ZZZ", "XXX", "XAU", "XTS", "US", "USDT", "USD ", "39", "392", "\u017fGD", "J\u212aPY"} {
		if got, ok := c.Exponent(); ok {
			t.Errorf("%q has exponent %d", c, got)
		}
	}
}

func TestCurrencyByNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]issuing.Currency{
		"840": "USD", "978": "EUR", "156": "CNY", "344": "HKD", "702": "SGD", "392": "JPY", "008": "ALL", "036": "AUD",
		"532": "XCG", // ANG's before 2025
		"975": "BGN", "999": "XXX",
	} {
		if got, ok := issuing.CurrencyByNumber(number); !ok || got != want {
			t.Errorf("%s is %s, %v, want %s", number, got, ok, want)
		}
	}
	for _, number := range []string{"", "8", "36", "000", "123", "0840", "USD", "84O"} {
		if got, ok := issuing.CurrencyByNumber(number); ok {
			t.Errorf("%q is %s", number, got)
		}
	}
}

func TestCurrencyValid(t *testing.T) {
	t.Parallel()
	for c, want := range map[issuing.Currency]bool{
		"USD": true, "ZZZ": true, "": false, "US": false, "USDT": false, "usd": false, "U5D": false, "\u00dcS": false,
	} {
		if got := c.Valid(); got != want {
			t.Errorf("%q.Valid() = %v", c, got)
		}
	}
}

func BenchmarkCurrencyExponent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if n, ok := issuing.CurrencyUSD.Exponent(); !ok || n != 2 {
			b.Fatal(n)
		}
	}
}
