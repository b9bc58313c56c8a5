package kazepaytest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// fields are the parameters of a request.
type fields = platform.Fields

// need refuses a request in which one of the named parameters is absent or no
// non-empty string.
func need(f fields, names ...string) *problem {
	if name := f.Missing(names...); name != "" {
		return badField(name + " is required and must be text")
	}
	return nil
}

// optional refuses a parameter that is there and no non-empty string.
func optional(f fields, name string) *problem {
	if _, present := f[name]; present && f.Text(name) == "" {
		return badField(name + " must be text")
	}
	return nil
}

// oneOf refuses a parameter that is none of the values.
func oneOf[T ~string](f fields, name string, values ...T) *problem {
	if !slices.Contains(values, T(f.Text(name))) {
		return badField(fmt.Sprintf("%s is required and must be one of %v", name, values))
	}
	return nil
}

// integer returns a number parameter within bounds, or its default.
func integer(f fields, name string, low, high, missing int) (int, *problem) {
	if _, present := f[name]; !present {
		return missing, nil
	}
	n, ok := f.Int(name)
	if !ok || n < low || n > high {
		return 0, badField(name + " must be a number within its bounds")
	}
	return n, nil
}

// date checks a yyyy-MM-dd parameter.
func date(f fields, name string) *problem {
	if _, err := time.Parse(time.DateOnly, f.Text(name)); err != nil {
		return badField(name + " must be yyyy-MM-dd")
	}
	return nil
}

// digits refuses a parameter that is not low to high decimal digits.
func digits(f fields, name string, low, high int) *problem {
	v := f.Text(name)
	if len(v) < low || len(v) > high || strings.Trim(v, "0123456789") != "" {
		return badField(name + " must consist of digits, of the right number")
	}
	return nil
}

// country refuses a parameter that is no code of a country in ISO 3166-1 alpha-2.
func country(f fields, name string) *problem {
	var p check.Problems
	if p.Country(name, f.Text(name)); p.Any() || f.Text(name) == "" {
		return badField(name + " must be a country's code of two letters")
	}
	return nil
}

// english refuses names with anything but English letters, and an address with characters
// that English does not write with.
func english(f fields) *problem {
	for _, name := range []string{"firstName", "lastName"} {
		if !check.IsEnglishName(f.Text(name)) {
			return badField(name + " must be in English letters")
		}
	}
	if strings.ContainsFunc(f.Text("addressLine"), func(r rune) bool { return r < ' ' || r > '~' }) {
		return badField("addressLine must be in English")
	}
	return nil
}

// email refuses a parameter that is no address of mail.
func email(f fields) *problem {
	if !check.ValidEmail(f.Text("email")) {
		return badField("email is required and must be an address")
	}
	return nil
}
