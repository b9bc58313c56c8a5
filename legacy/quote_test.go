package legacy_test

import (
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

func TestCharge(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, send, ratio, fixed, fee, total string }{
		{"the page's worked example", "1000", "0.021", "8", "29.0000", "1029.0000"},
		{"the quote page's example", "100", "0.012", "5", "6.2000", "106.2000"},
		{"without fees", "0.01", "0", "0", "0.0000", "0.0100"},
		{"a rest is rounded up", "33.33", "0.0121", "0", "0.4033", "33.7333"},
		{"an exact fourth decimal", "33.33", "0.01", "0.0001", "0.3334", "33.6634"},
		{"just below one", "100", "0.999999", "0", "99.9999", "199.9999"},
		{"far beyond floating point", "99999999999999999.99", "0.0000001", "0.5", "10000000000.5000", "100000010000000000.4900"},
	} {
		q := legacy.Quote{PreRatedFee: amount(tc.ratio), FixedFee: amount(tc.fixed)}
		got, err := q.Charge(amount(tc.send))
		if err != nil || got.Fee.String() != tc.fee || got.Total.String() != tc.total || got.SendAmount.String() != tc.send {
			t.Errorf("%s: %+v, %v; want fee %s and total %s", tc.name, got, err, tc.fee, tc.total)
		}
	}
}

func TestChargeRefuses(t *testing.T) {
	t.Parallel()
	good := legacy.Quote{PreRatedFee: amount("0.021"), FixedFee: amount("8")}
	for name, tc := range map[string]struct {
		quote legacy.Quote
		send  string
	}{
		"a ratio of one":         {legacy.Quote{PreRatedFee: amount("1"), FixedFee: amount("8")}, "1000"},
		"a percentage":           {legacy.Quote{PreRatedFee: amount("2.1"), FixedFee: amount("8")}, "1000"},
		"a negative ratio":       {legacy.Quote{PreRatedFee: amount("-0.01"), FixedFee: amount("8")}, "1000"},
		"no ratio":               {legacy.Quote{FixedFee: amount("8")}, "1000"},
		"no fixed fee":           {legacy.Quote{PreRatedFee: amount("0.021")}, "1000"},
		"a negative fixed fee":   {legacy.Quote{PreRatedFee: amount("0.021"), FixedFee: amount("-8")}, "1000"},
		"nothing to send":        {good, "0"},
		"three decimals to send": {good, "10.001"},
		"no amount":              {good, ""},
	} {
		if got, err := tc.quote.Charge(amount(tc.send)); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
