package wire

import (
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
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
	t, _, ok := parseTime(text, zone)
	return t, ok
}

// parseTime is ParseTime, and says whether text names an instant, with a zone or as a
// Unix time, rather than what a clock in the zone shows.
func parseTime(text string, zone *time.Location) (t time.Time, instant, ok bool) {
	if text == "" || len(text) > maxTimeText {
		return time.Time{}, false, false
	}
	if zone == nil {
		zone = time.UTC
	}
	if strings.Trim(text, "0123456789") == "" {
		return parseDigits(text, zone)
	}
	for _, layout := range layouts {
		if !alike(layout, text) {
			continue
		}
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, strings.Contains(layout, "Z07"), true
		}
	}
	return time.Time{}, false, false
}

// alike spares most layouts that do not fit: parsing with one costs an error.
func alike(layout, text string) bool {
	const date = len(time.DateOnly)
	if len(text) < date || layout[4] != text[4] || (len(layout) > date) != (len(text) > date) {
		return false
	}
	return len(text) == date || layout[date] == text[date]
}

func parseDigits(text string, zone *time.Location) (t time.Time, instant, ok bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false, false
	}
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
		return time.Unix(n, 0).In(zone), true, true
	case 12, 13:
		return time.UnixMilli(n).In(zone), true, true
	}
	if compact == "" {
		return time.Time{}, false, false
	}
	t, err = time.ParseInLocation(compact, text, zone)
	return t, false, err == nil
}

// ParseDate reads a calendar day from all that ParseTime reads, and from Unix times of
// before 1970 and of its first years, which birthdays have: 8 to 10 digits that are no
// yyyyMMdd are seconds, 11 to 13 are milliseconds. Fewer digits, such as 0, are no day.
//
// A text without a zone is the day that it says. An instant is the same day whether it
// comes as text or as a number: the day in UTC when it is that day's first or last
// second, as programs write that keep days in UTC, and otherwise the day in zone.
func ParseDate(text string, zone *time.Location) (issuing.Date, bool) {
	t, instant, ok := parseTime(text, zone)
	if !ok {
		t, ok = parseEarly(text)
		instant = true
	}
	if !ok {
		return "", false
	}
	if instant {
		t = dayOf(t, zone)
	}
	d := issuing.DateOf(t)
	return d, d.Valid()
}

// parseEarly reads the Unix times that are no times of a platform's doings and so mean
// nothing to ParseTime.
func parseEarly(text string) (time.Time, bool) {
	digits := strings.TrimPrefix(text, "-")
	if len(digits) < 8 || len(digits) > 13 || strings.Trim(digits, "0123456789") != "" {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if len(digits) > 10 {
		return time.UnixMilli(n), err == nil
	}
	return time.Unix(n, 0), err == nil
}

// lastSummer is the last year in which China's clocks were put forward.
const lastSummer = 1991

// dayOf returns a time in the day that an instant stands for.
func dayOf(t time.Time, zone *time.Location) time.Time {
	const day = 24 * 60 * 60
	if second := (t.Unix()%day + day) % day; second == 0 || second == day-1 || zone == nil {
		return t.UTC()
	}
	t = t.In(zone)
	// Programs in Chinese time know the summers in which midnight was 23:00 of the day
	// before by UTC+8; a zone that is an offset does not.
	_, offset := t.Zone()
	if t.Year() <= lastSummer && offset == 8*60*60 && t.Hour() == 23 && t.Minute() == 0 && t.Second() == 0 {
		t = t.Add(time.Hour)
	}
	return t
}
