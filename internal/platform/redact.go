package platform

import (
	"regexp"
	"strings"
)

// maxNoted bounds a text that is noted of a request.
const maxNoted = 300

var digitRuns = regexp.MustCompile(`[0-9]{13,19}`)

// Redact makes a text fit to be noted and shown: what may be a card number is
// masked but for its last four digits, what is too long is cut, what does not print
// is replaced.
func Redact(text string) string {
	if len(text) > maxNoted {
		text = text[:maxNoted] + "…"
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	return digitRuns.ReplaceAllStringFunc(text, func(digits string) string {
		if !luhn(digits) {
			return digits
		}
		return strings.Repeat("•", len(digits)-4) + digits[len(digits)-4:]
	})
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// Mask shows a card number as lists do: six digits, and the last four.
func Mask(number string) string {
	if len(number) < 12 {
		return ""
	}
	return number[:6] + strings.Repeat("•", len(number)-10) + number[len(number)-4:]
}
