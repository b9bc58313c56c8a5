package legacy

import (
	"strconv"
	"strings"
	"time"
)

// ParseExpiry reads the forms in which the pages show a card's expiry: 12/23,
// 08/2026, 202707 and 2024-08-10. A year of two digits lies in this century.
func ParseExpiry(text string) (month time.Month, year int, ok bool) {
	text = strings.TrimSpace(text)
	var m, y string
	switch {
	case len(text) == 6 && strings.Trim(text, "0123456789") == "":
		y, m = text[:4], text[4:]
	case strings.Count(text, "/") == 1:
		m, y, _ = strings.Cut(text, "/")
	case len(text) == len(time.DateOnly) && strings.Count(text, "-") == 2:
		y, m = text[:4], text[5:7]
	default:
		return 0, 0, false
	}
	if strings.Trim(m+y, "0123456789") != "" { // Atoi takes signs
		return 0, 0, false
	}
	mm, errMonth := strconv.Atoi(m)
	yy, errYear := strconv.Atoi(y)
	switch {
	case errMonth != nil, errYear != nil, mm < 1, mm > 12, len(m) > 2, yy < 0:
		return 0, 0, false
	case len(y) == 2:
		yy += 2000
	case len(y) != 4:
		return 0, 0, false
	}
	return time.Month(mm), yy, true
}
