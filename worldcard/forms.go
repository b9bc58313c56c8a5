package worldcard

import (
	"slices"
	"strings"
	"time"
	"unicode"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// maxName is the longest name of a VIRTUAL-G cardholder.
const maxName = 40

// maxText bounds free text. The pages give no length.
const maxText = 255

func checkLatinName(p *check.Problems, field, name string) {
	if name == "" {
		return
	}
	letters := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != ' ' }
	if len(name) > maxName || strings.ContainsFunc(name, letters) ||
		strings.Contains(name, "  ") || strings.Trim(name, " ") != name {
		p.Add(field, "needs 1 to %d letters A-Z or a-z with single spaces between words", maxName)
	}
}

// checkAdult refuses a holder who is under 18 everywhere on earth, so that a
// birthday at the date line is left to the platform.
func checkAdult(p *check.Problems, field string, birthday issuing.Date) {
	p.Date(field, birthday)
	latest := issuing.DateOf(p.Now.In(time.FixedZone("UTC+14", 14*60*60)))
	if !birthday.IsZero() && birthday.Valid() && birthday.YearsBefore(latest) < 18 {
		p.Add(field, "makes the cardholder younger than 18")
	}
}

// checkEnglish refuses what no English name has; the page says no more of its letters.
func checkEnglish(p *check.Problems, field, name string) {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		p.Add(field, "needs the name in English, in letters of ASCII")
	}
}

// checkNumber refuses a phone number or calling code that is not of digits alone, as all
// examples of the pages are; an empty one passes.
func checkNumber(p *check.Problems, field, value string) {
	if strings.Trim(value, "0123456789") != "" {
		p.Add(field, "needs digits alone, without plus, blanks and hyphens")
	}
}

// The types of cards that each kind of application is for.
var (
	virtualTypes  = []CardType{CardTypeVirtualV, CardTypeVirtualR, CardTypeVirtualG}
	physicalTypes = []CardType{CardTypePhysicalG}
)

// checkType refuses a type of the other kind, and one that is misspelt: with other letters'
// case, or other signs between them. The platform adds types, so a new one passes.
func checkType(p *check.Problems, typ CardType, kind []CardType) {
	if slices.Contains(kind, typ) {
		return
	}
	for _, known := range append(slices.Clone(virtualTypes), physicalTypes...) {
		if letters(string(typ)) != letters(string(known)) {
			continue
		}
		if typ == known {
			p.Add("card_type", "is of the other kind of cards, virtual or physical")
		} else {
			p.Add("card_type", "is misspelt: it is %s", known)
		}
	}
}

// letters are a text's letters and digits, in one case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if r = unicode.ToUpper(r); (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return -1
		}
		return r
	}, text)
}
