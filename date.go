package issuing

import (
	"fmt"
	"strings"
	"time"
)

// Date is a calendar date without a time or a zone: a birthday, an expiry, a document's
// date of issue. It is its text, YYYY-MM-DD, so that every database and codec stores it
// as that and Date("1990-01-15") is a constant. The zero Date is unset. A text of another
// form, which only a conversion can make, is malformed: [Date.Valid] is false, and no
// codec writes it.
type Date string

// NewDate returns the date of the given year, month and day. It does not check
// them; see [Date.Valid].
func NewDate(year int, month time.Month, day int) Date {
	switch {
	case year == 0 && month == 0 && day == 0:
		return ""
	case year >= 0 && year <= 9999 && month >= 0 && month <= 99 && day >= 0 && day <= 99:
		// What fmt would write, without its cost: files have a date in every record.
		return Date([]byte{
			digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), '-',
			digit(int(month) / 10), digit(int(month)), '-', digit(day / 10), digit(day),
		})
	}
	return Date(fmt.Sprintf("%04d-%02d-%02d", year, int(month), day))
}

func digit(n int) byte { return '0' + byte(n%10) }

// ParseDate reads YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, of the years 1 to 9999.
func ParseDate(text string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "2006/01/02", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return DateOf(t), nil
		}
	}
	return "", fmt.Errorf("date: not of the form YYYY-MM-DD")
}

// DateOf returns the date of t in t's zone.
func DateOf(t time.Time) Date { return NewDate(t.Date()) }

// IsZero reports whether the date is unset.
func (d Date) IsZero() bool { return d == "" }

// Valid reports whether the date exists in the calendar, in the years 1 to 9999.
func (d Date) Valid() bool {
	t, err := time.Parse(time.DateOnly, string(d))
	return err == nil && t.Year() > 0
}

// Parts returns year, month and day; ok is false when the date is unset or does not
// exist.
func (d Date) Parts() (year int, month time.Month, day int, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil || t.Year() < 1 {
		return 0, 0, 0, false
	}
	year, month, day = t.Date()
	return year, month, day, true
}

// In returns midnight of the date in loc, and the zero time of a date that is unset or
// does not exist.
func (d Date) In(loc *time.Location) time.Time {
	year, month, day, ok := d.Parts()
	if !ok {
		return time.Time{}
	}
	return time.Date(year, month, day, 0, 0, 0, 0, loc)
}

// Format formats the date with a layout of package time; an unset one gives "".
func (d Date) Format(layout string) string {
	if !d.Valid() {
		return ""
	}
	return d.In(time.UTC).Format(layout)
}

// YearsBefore returns the full years from the date to day, the age of a person born on
// the date. It is 0 when one of them is unset or does not exist.
func (d Date) YearsBefore(day Date) int {
	year, month, dayOfMonth, ok := d.Parts()
	onYear, onMonth, onDay, okDay := day.Parts()
	if !ok || !okDay {
		return 0
	}
	years := onYear - year
	if onMonth < month || (onMonth == month && onDay < dayOfMonth) {
		years--
	}
	return years
}

// String returns YYYY-MM-DD, or "" when unset.
func (d Date) String() string { return string(d) }

// MarshalText returns YYYY-MM-DD, or "" when unset; a date that does not exist is an
// error.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && !d.Valid() {
		return nil, fmt.Errorf("date: not a date of the calendar")
	}
	return []byte(d), nil
}

// UnmarshalText reads what [ParseDate] reads; empty text is unset.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) > 32 {
		return fmt.Errorf("date: %d characters are too many", len(text))
	}
	if strings.TrimSpace(string(text)) == "" {
		*d = ""
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
