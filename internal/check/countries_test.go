package check

import (
	"strings"
	"testing"
)

func TestCountries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		is     func(string) bool
		list   string
		length int
		yes    []string
		no     []string
	}{
		{Alpha2, alpha2, 2, []string{"US", "GB", "XK", "AD", "ZW"}, []string{"", "UK", "EU", "ZZ", "us", "USA", "U ", " U", "D "}},
		{Alpha3, alpha3, 3, []string{"USA", "GBR", "XKX"}, []string{"", "US", "ROM", "usa", "D A", "USA "}},
		{Numeric3, numeric, 3, []string{"156", "840", "004"}, []string{"", "4", "999", "84 ", "1560"}},
	} {
		for _, code := range c.yes {
			if !c.is(code) {
				t.Errorf("%q is a country", code)
			}
		}
		for _, code := range c.no {
			if c.is(code) {
				t.Errorf("%q is no country", code)
			}
		}
		codes, last := strings.Fields(c.list), ""
		if n := len(codes); n < 249 || n > 250 {
			t.Errorf("%d countries", n)
		}
		for _, code := range codes {
			if len(code) != c.length || code == last {
				t.Errorf("%q after %q", code, last)
			}
			last = code
		}
	}
}

func TestCountryFromValues(t *testing.T) {
	t.Parallel()
	p := Problems{Values: map[string][]string{"country": {"ZZ"}}}
	p.Country("country", "ZZ")
	p.Country("country", "")
	if p.Any() {
		t.Error(p.Refusal())
	}
	p.Country("other", "ZZ")
	if len(p.fields) != 1 {
		t.Errorf("%v", p.fields)
	}
}
