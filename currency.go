package issuing

import "strings"

//go:generate go run ./internal/cmd/iso4217

// Currency is an ISO 4217 alphabetic code in upper case, such as "USD". Unknown
// codes are kept as they come.
type Currency string

// Currencies that the providers' documents use in examples and defaults.
const (
	CurrencyUSD Currency = "USD" // United States dollar, 2 decimals
	CurrencyEUR Currency = "EUR" // euro, 2 decimals
	CurrencyGBP Currency = "GBP" // pound sterling, 2 decimals
	CurrencyCNY Currency = "CNY" // renminbi, 2 decimals
	CurrencyHKD Currency = "HKD" // Hong Kong dollar, 2 decimals
	CurrencySGD Currency = "SGD" // Singapore dollar, 2 decimals
	CurrencyJPY Currency = "JPY" // yen, no decimals
)

// currencyRow is a line of the list.
type currencyRow struct {
	code      Currency
	number    string // three digits
	exponent  int    // -1: not applicable
	withdrawn bool   // its number may have a newer owner
}

// CurrencyByNumber returns the currency of an ISO 4217 number of three digits, such as
// "840", which Coshine's files and callbacks and UnionPay's messages carry. A number that
// passed from one code to another is the newer one's. ok is false for numbers that the
// list of 2026-11-14 does not have.
func CurrencyByNumber(number string) (c Currency, ok bool) {
	for i := range currencies {
		switch row := &currencies[i]; {
		case row.number != number:
		case !row.withdrawn:
			return row.code, true
		default:
			c, ok = row.code, true
		}
	}
	return c, ok
}

// Exponent returns the number of decimals of the currency's minor unit: 2 for "USD", 0
// for "JPY", 3 for "KWD"; "jpy" is the same as "JPY". ok is false for a code that
// ISO 4217 (the list of 2026-11-14, and what left it since 2021) does not have, and for
// the codes that have none there, such as "XAU": guessing 2 would move the point.
func (c Currency) Exponent() (n int, ok bool) {
	row := c.row()
	if row == nil || row.exponent < 0 {
		return 0, false
	}
	return row.exponent, true
}

// Number returns the ISO 4217 number of three digits, "840" for "USD" or "usd". ok is
// false for a code that the list does not have.
func (c Currency) Number() (number string, ok bool) {
	if row := c.row(); row != nil {
		return row.number, true
	}
	return "", false
}

// row returns the currency's line of the list, or nil.
func (c Currency) row() *currencyRow {
	if len(c) != 3 {
		return nil
	}
	upper := Currency(strings.ToUpper(string(c)))
	low, high := 0, len(currencies)
	for low < high {
		middle := (low + high) / 2
		if currencies[middle].code < upper {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(currencies) && currencies[low].code == upper {
		return &currencies[low]
	}
	return nil
}

// Valid reports whether c has the form of an ISO 4217 code: three capital
// letters.
func (c Currency) Valid() bool {
	if len(c) != 3 {
		return false
	}
	for i := range len(c) {
		if c[i] < 'A' || c[i] > 'Z' {
			return false
		}
	}
	return true
}
