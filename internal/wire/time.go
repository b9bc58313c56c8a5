package wire

import (
	"strconv"
	"time"
)

// layouts are the zone-less layouts that the platforms were seen to use, tried
// after RFC 3339.
var layouts = []string{
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
	// In zone, so that the result does not depend on the machine's own zone.
	if t, err := time.ParseInLocation(time.RFC3339Nano, text, zone); err == nil {
		return t, true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text[0] >= '0' && text[0] <= '9' {
		return parseDigits(text, n, zone)
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
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
