package wire

import (
	"strconv"
	"strings"
	"time"
)

// layouts are RFC 3339 and the layouts that the platforms were seen to use
// beside it.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z0700",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006/01/02 15:04:05",
	"2006-01-02 15:04",
	time.DateOnly,
	"2006/01/02",
}

// maxTimeText bounds the text of a time.
const maxTimeText = 40

// ParseTime reads RFC 3339, a zone-less layout (in zone), compact digits
// (yyyyMMdd, yyyyMMddHHmmss, yyyyMMddHHmmssSSS) or a Unix time in seconds or
// milliseconds, told apart by the number of digits.
func ParseTime(text string, zone *time.Location) (time.Time, bool) {
	if text == "" || len(text) > maxTimeText {
		return time.Time{}, false
	}
	if zone == nil {
		zone = time.UTC
	}
	if strings.Trim(text, "0123456789") == "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return time.Time{}, false
		}
		return parseDigits(text, n, zone)
	}
	for _, layout := range layouts {
		if !alike(layout, text) {
			continue
		}
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// alike spares most layouts that do not fit: parsing with one costs an error.
func alike(layout, text string) bool {
	const date = len(time.DateOnly)
	if len(text) < date || layout[4] != text[4] || (len(layout) > date) != (len(text) > date) {
		return false
	}
	return len(text) == date || layout[date] == text[date]
}

func parseDigits(text string, n int64, zone *time.Location) (time.Time, bool) {
	compact := ""
	switch len(text) {
	case 8:
		compact = "20060102"
	case 14:
		compact = "20060102150405"
	case 17:
		compact = "20060102150405.000"
		text = text[:14] + "." + text[14:]
	case 9, 10:
		return time.Unix(n, 0).In(zone), true
	case 12, 13:
		return time.UnixMilli(n).In(zone), true
	}
	if compact == "" {
		return time.Time{}, false
	}
	t, err := time.ParseInLocation(compact, text, zone)
	return t, err == nil
}
