package check

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func amount(text string) issuing.Amount {
	a, err := issuing.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return a
}

func TestProblems(t *testing.T) {
	t.Parallel()
	const control = "has control characters or invalid UTF-8"
	secret, april := issuing.NewSecret, time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		check func(*Problems)
		want  string // problems joined by "; ", without the field
	}{
		"present":            {func(p *Problems) { p.Required("f", true) }, ""},
		"missing":            {func(p *Problems) { p.Required("f", false) }, "is required"},
		"text":               {func(p *Problems) { p.Text("f", "é€😀", 3) }, ""},
		"text too long":      {func(p *Problems) { p.Text("f", "é€😀x", 3) }, "has 4 characters, at most 3 are allowed"},
		"text without limit": {func(p *Problems) { p.Text("f", strings.Repeat("x", 1<<20), 0) }, ""},
		"no text":            {func(p *Problems) { p.Text("f", "", 3) }, "is required"},
		"blank text":         {func(p *Problems) { p.Text("f", " \t ", 3) }, "is required"},
		"born tomorrow":      {func(p *Problems) { p.Now = april; p.BirthDate("f", issuing.NewDate(2026, 4, 2)) }, ""},
		"born next week":     {func(p *Problems) { p.Now = april; p.BirthDate("f", issuing.NewDate(2026, 4, 8)) }, "lies in the future"},
		"born on no day":     {func(p *Problems) { p.BirthDate("f", issuing.NewDate(1990, 2, 30)) }, "is not a date of the calendar"},
		"English name":       {func(p *Problems) { p.EnglishName("f", "Anne-Marie O'Neil Jr.") }, ""},
		"name with a digit":  {func(p *Problems) { p.EnglishName("f", "Ann3") }, "may have English characters only: letters, blanks, hyphens, apostrophes and full stops"},
		"line break":         {func(p *Problems) { p.Text("f", "a\nb", 0) }, control},
		"NUL":                {func(p *Problems) { p.Text("f", "a\x00", 0) }, control},
		"DEL":                {func(p *Problems) { p.Text("f", "a\x7f", 0) }, control},
		"invalid UTF-8":      {func(p *Problems) { p.Text("f", "a\xff", 1) }, "has 2 characters, at most 1 are allowed; " + control},
		"optional, empty":    {func(p *Problems) { p.OptionalText("f", "", 3) }, ""},
		"optional, too long": {func(p *Problems) { p.OptionalText("f", "abcd", 3) }, "has 4 characters, at most 3 are allowed"},
		"one of":             {func(p *Problems) { p.OneOf("f", "", "x") }, ""},
		"none of":            {func(p *Problems) { p.OneOf("f", "", "") }, "needs at least one of them"},
		"none at all":        {func(p *Problems) { p.OneOf("f") }, "needs at least one of them"},
		"digits":             {func(p *Problems) { p.Digits("f", secret("123456"), 6, 6) }, ""},
		"no digits":          {func(p *Problems) { p.Digits("f", secret(""), 4, 6) }, "is required"},
		"too few digits":     {func(p *Problems) { p.Digits("f", secret("123"), 4, 6) }, "needs 4 to 6 digits"},
		"too many digits":    {func(p *Problems) { p.Digits("f", secret("1234567"), 6, 6) }, "needs exactly 6 digits"},
		"letter in digits":   {func(p *Problems) { p.Digits("f", secret("12a456"), 6, 6) }, "needs exactly 6 digits"},
		"other digits":       {func(p *Problems) { p.Digits("f", secret("١٢"), 4, 4) }, "needs exactly 4 digits"},
		"amount":             {func(p *Problems) { p.Amount("f", amount("0.01"), 2) }, ""},
		"no amount":          {func(p *Problems) { p.Amount("f", issuing.Amount(""), 2) }, "is required"},
		"malformed":          {func(p *Problems) { p.Amount("f", "12.50 USD", 2) }, "is not a decimal amount"},
		"nothing":            {func(p *Problems) { p.NotNegative("f", "0.00", 2) }, ""},
		"not negative":       {func(p *Problems) { p.NotNegative("f", "-0.01", 2) }, "must not be negative"},
		"not malformed":      {func(p *Problems) { p.NotNegative("f", "ten", 2) }, "is not a decimal amount"},
		"zero":               {func(p *Problems) { p.Amount("f", amount("0.00"), 2) }, "must be greater than zero"},
		"negative":           {func(p *Problems) { p.Amount("f", amount("-1"), 2) }, "must be greater than zero"},
		"decimals":           {func(p *Problems) { p.Amount("f", amount("1.001"), 2) }, "has more than 2 decimal places"},
		"both":               {func(p *Problems) { p.Amount("f", amount("-0.5"), 0) }, "must be greater than zero; has more than 0 decimal places"},
		"date":               {func(p *Problems) { p.Date("f", issuing.NewDate(2024, 2, 29)) }, ""},
		"no date":            {func(p *Problems) { p.Date("f", issuing.Date("")) }, ""},
		"bad date":           {func(p *Problems) { p.Date("f", issuing.NewDate(2023, 2, 29)) }, "is not a date of the calendar"},
	} {
		var p Problems
		tt.check(&p)
		var got []string
		for _, f := range p.fields {
			if f.Field != "f" {
				t.Errorf("%s: the field is %q", name, f.Field)
			}
			got = append(got, f.Problem)
		}
		if text := strings.Join(got, "; "); text != tt.want || p.Any() != (tt.want != "") {
			t.Errorf("%s: %q, want %q", name, text, tt.want)
		}
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": true, "a@example.com": true, "a.b+c@sub.example.com": true, "A@EXAMPLE.COM": true, "a@b": true, "1@2.example": true,
		"try..this..0511@docomo.example.jp": true, "name.@docomo.example.jp": true, ".name@docomo.example.jp": true, "a-_!#$%&'*/=?^`{|}~@example.com": true,
		`"john doe"@example.com`: true, `"a@b"@example.com`: true, `"a\"b\\"@example.com`: true, `"<a>,;"@example.com`: true,
		"o'neil@example.photography": true, "user@münchen.example": true, "user@xn--mnchen-3ya.example": true, "用户@例え.example": true, "a@भारत.example": true,
		"a@[127.0.0.1]": true, "a@[IPv6:2001:db8::1]": true, "a@under_score.example": true,
		strings.Repeat("x", 200) + "@example.com": true, // lengths are for the field's own check
		"a": false, "a@": false, "@example.com": false, "@": false, "a@b@c": false, "A <a@example.com>": false, "<a@example.com>": false, "mailto:a@example.com": false,
		" a@example.com": false, "a@example.com ": false, "a b@example.com": false, "a@exa mple.com": false, "a\u00a0b@example.com": false, "a\u3000@example.com": false,
		"a@example.com,b@example.com": false, "a@example.com;b@example.com": false, "a@example.com\r\nBcc: b@example.com": false, "a\n@example.com": false,
		"a@example.com.": false, "a@.example.com": false, "a@example..com": false, "a@-example.com": false, "a@example-.com": false, "a@exa$mple.com": false, "a@example.com/x": false,
		`"@example.com`: false, `""@example.com`: false, `"a"b"@example.com`: false, `"a"b@example.com`: false, `a"b"@example.com`: false, `"a\"@example.com`: false,
		"\"a\r\nb\"@example.com": false, "\"a\x00\"@example.com": false, "a\x7f@example.com": false, "a\xff@example.com": false, "a@exam\u200bple.com": false, "\u202ea@example.com": false,
		"a@[]": false, "a@[127.0.0.1": false, "a@[evil.example]x": false, "a＠example.com": false,
	} {
		var p Problems
		p.Email("f", value)
		if p.Any() == want {
			t.Errorf("Email(%q): %v", value, p.fields)
		}
		if got := ValidEmail(value); got != (want && value != "") {
			t.Errorf("ValidEmail(%q) = %t", value, got)
		}
	}
}

func FuzzValidEmail(f *testing.F) {
	for _, seed := range []string{"a@example.com", `"a b"@[::1]`, "@", `"\`, "\xff@\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// Nothing that ends a header or a recipient may pass, in whatever quotes.
		if ValidEmail(text) && (strings.ContainsAny(text, "\r\n\x00") || !strings.Contains(text, "@")) {
			t.Fatalf("%q passes", text)
		}
	})
}

func TestBase64(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, media string
		size        int
		problem     string
	}{
		{"", "", 0, ""}, {"aGk=", "", 2, ""}, {"aGkh", "", 3, ""}, {"aA==", "", 1, ""},
		{"data:image/png;base64,aGk=", "image/png", 2, ""}, {"data:;base64,aGk=", "", 2, ""},
		{"data:image/png;base64,", "image/png", 0, "holds no picture"},
		{"data:image/png,aGk=", "", 0, "is a data URI without Base64"}, {"data:", "", 0, "is a data URI without Base64"},
		{"aGk", "", 0, "is not Base64"}, {"a-_=", "", 0, "is not Base64"}, {"=", "", 0, "is not Base64"}, {"aGl=", "", 0, "is not Base64"},
		{"data:image/png;base64,?", "image/png", 0, "is not Base64"},
	} {
		var p Problems
		media, size := p.Base64("f", tt.text)
		problem := ""
		if p.Any() {
			problem = p.fields[0].Problem
		}
		if media != tt.media || problem != tt.problem || problem == "" && size != tt.size {
			t.Errorf("%q: %q, %d, %q", tt.text, media, size, problem)
		}
	}
}

func TestCountry(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"": true, "US": true, "ZZ": false, "us": false, "USA": false, "U": false, "U1": false, "Ü": false} {
		var p Problems
		p.Country("f", value)
		if p.Any() == want {
			t.Errorf("Country(%q): %v", value, p.fields)
		}
	}
}

func TestErr(t *testing.T) {
	t.Parallel()
	var p Problems
	if err := p.Err("acme", "Cards.Apply"); err != nil {
		t.Errorf("no problems give %v", err)
	}
	p.Required("a", false)
	p.Add("b", "has %d", 3)
	err := p.Err("acme", "Cards.Apply")
	p.Required("later", false)
	var e *issuing.Error
	if !errors.Is(err, issuing.ErrInvalid) || !errors.As(err, &e) {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]issuing.FieldError{{Field: "a", Problem: "is required"}, {Field: "b", Problem: "has 3"}}, e.Fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := err.Error(), "acme Cards.Apply: invalid request: a is required; b has 3"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestReadReportsAFieldOnce(t *testing.T) {
	t.Parallel()
	var p Problems
	if zone := Read(&p, "Zone", " ", Zone); zone != nil || p.Any() {
		t.Errorf("a blank text: %v", zone)
	}
	if zone := Read(&p, "Zone", "Asia/Shanghai", Zone); zone.String() != "Asia/Shanghai" || p.Any() {
		t.Errorf("a zone: %v", zone)
	}
	for _, name := range []string{"Local", "Nowhere/Land", "../etc/passwd"} {
		var p Problems
		Read(&p, "Zone", name, Zone)
		p.Required("Zone", false)
		p.Required("Other", false)
		e := p.Refusal()
		if len(e.Fields) != 2 || e.Fields[0].Field != "Zone" || e.Fields[1].Field != "Other" {
			t.Errorf("%s: %v", name, e.Fields)
		}
	}
}
