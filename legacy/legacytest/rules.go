package legacytest

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// need says whether a parameter may be left out.
type need int

const (
	optional  need = iota // may be absent or empty
	mandatory             // has a value
	present               // is there, with a value or empty
)

// rule is what the pages say of parameters: a row of their tables, or several that agree.
type rule struct {
	need  need
	form  form
	names string // divided by blanks
}

// rules are the parameters of one request.
type rules []rule

// with returns the rules with further ones.
func (r rules) with(more ...rule) rules { return append(slices.Clone(r), more...) }

// form is how a value is written.
type form struct {
	integer bool // typed int by the page; everything else is typed string
	fits    func(value string) bool
	want    string // what the parameter must do, behind its name
}

// check returns a problem that names the first parameter that breaks a rule. More are
// further values, by name.
func (r rules) check(f fields, more map[string][]string) *problem {
	for _, row := range r {
		for _, name := range strings.Fields(row.names) {
			if slices.Contains(more[name], f.Text(name)) {
				continue
			}
			if failed := row.check(f, name); failed != nil {
				return failed
			}
		}
	}
	return nil
}

func (r rule) check(f fields, name string) *problem {
	text := f.Text(name)
	switch {
	case !f.Has(name) && r.need == optional:
		return nil
	case !f.Has(name):
		return bad(name + " is required")
	case r.form.integer:
		text = string(f[name])
	case f[name][0] != '"':
		return bad(name + " must be a string")
	case text == "" && r.need == mandatory:
		return bad(name + " is required")
	case text == "":
		return nil
	}
	if r.form.fits != nil && !r.form.fits(text) {
		return bad(name + " " + r.form.want)
	}
	return nil
}

// choice is a value of a closed list.
func choice[T interface {
	~string
	Known() bool
}](list string) form {
	return form{fits: func(v string) bool { return T(v).Known() }, want: "must be one of " + list}
}

// among is a code of a table of the reference data.
func among(table string) form {
	return form{want: "is not in the reference data", fits: func(v string) bool {
		rows, _ := tables[table].([]map[string]string)
		return slices.ContainsFunc(rows, func(row map[string]string) bool { return row["code"] == v })
	}}
}

// matching is a value that an expression fits.
func matching(expression, want string) form {
	return form{fits: regexp.MustCompile(`^(?:` + expression + `)$`).MatchString, want: want}
}

// integer is a number of the page's type int.
func integer(want string, fits func(n int) bool) form {
	return form{integer: true, want: want, fits: func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && fits(n)
	}}
}

// counted is a number that the page types as a string.
func counted(least int, want string) form {
	return form{want: want, fits: func(v string) bool {
		n, err := strconv.Atoi(v)
		return err == nil && n >= least && strings.Trim(v, "0123456789") == ""
	}}
}

// decimal is an amount with at most so many decimals; a negative scale sets no limit.
func decimal(scale int, want string) form {
	written := matching(`[0-9]+(?:\.[0-9]+)?`, want)
	return form{want: want, fits: func(v string) bool {
		a, err := issuing.ParseAmount(v)
		return err == nil && written.fits(v) && (scale < 0 || a.Scale() <= scale)
	}}
}

// The forms of the pages.
var (
	textForm       form
	englishForm    = form{fits: check.IsEnglishName, want: "must be in English characters"}
	fromZero       = counted(0, "must be a number from 0 on")
	fromOne        = counted(1, "must be a number from 1 on")
	numericCountry = form{fits: check.Numeric3, want: "must be a numeric country code such as 156"}
	alpha2Country  = form{fits: check.Alpha2, want: "must be a country code of two letters"}
	alpha3Country  = form{fits: check.Alpha3, want: "must be a country code of three letters"}
	stateForm      = matching(`[A-Z]{2}`, "must be a state's code of two letters")
	currencyForm   = matching(`[A-Z]{3}`, "must be a currency such as USD")
	phoneForm      = matching(`[0-9]+`, "must be a phone number of digits")
	mobileForm     = matching(`\+?[0-9]+`, "must be a phone number such as +6281329623212")
	callingForm    = matching(`\+?[0-9]{1,4}`, "must be a calling code such as 86")
	amountForm     = decimal(-1, "must be an amount")
	centsForm      = decimal(2, "must be an amount of at most two decimals")
	dateForm       = form{want: "must have the form yyyy-MM-dd", fits: func(v string) bool { return issuing.Date(v).Valid() }}
	emailForm      = form{want: "must be an e-mail address", fits: check.ValidEmail}
	addressForm    = form{want: "must be an http or https address", fits: func(v string) bool {
		u, err := url.Parse(v)
		return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
	}}
	imageForm = form{want: "is not Base64", fits: func(v string) bool {
		raw, err := base64.StdEncoding.DecodeString(v)
		return err == nil && len(raw) > 0
	}}
	noteForm = form{want: "has more than 64 characters", fits: func(v string) bool {
		return utf8.RuneCountInString(v) <= 64
	}}
	channelForm  = choice[legacy.Channel]("wire, ewallet, bank_account, cash_pickup")
	businessForm = choice[legacy.Business]("C2C, B2B, B2C, C2B")
	idTypeForm   = choice[legacy.TransferIDType]("national, passport")
	limitForm    = integer("must be an integer from 0 on", func(n int) bool { return n >= 0 })
)
