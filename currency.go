package issuing

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

// exponents lists the currencies of ISO 4217 whose minor unit is not a
// hundredth.
var exponents = map[Currency]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0,
	"PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// Exponent returns the number of decimals of the currency's minor unit, 2 for
// every code that ISO 4217 does not list otherwise.
func (c Currency) Exponent() int {
	if e, ok := exponents[c]; ok {
		return e
	}
	return 2
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
