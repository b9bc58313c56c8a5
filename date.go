package issuing

import (
	"fmt"
	"strings"
	"time"
)

// Date is a calendar date without a time or a zone: a birthday, an expiry, a
// document's date of issue. The zero Date is unset.
type Date struct {
	Year  int        // 1 to 9999
	Month time.Month // 1 to 12
	Day   int        // 1 to 31, valid for the month
}

// NewDate returns the date of the given year, month and day. It does not check
// them; see [Date.Valid].
func NewDate(year int, month time.Month, day int) Date {
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, of the years 1 to 9999.
func ParseDate(text string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "2006/01/02", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return DateOf(t), nil
		}
	}
	return Date{}, fmt.Errorf("date: not of the form YYYY-MM-DD")
}

// DateOf returns the date of t in t's zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// IsZero reports whether the date is unset.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether the date exists in the calendar.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && DateOf(d.In(time.UTC)) == d
}

// In returns midnight of the date in loc.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// Format formats the date with a layout of package time.
func (d Date) Format(layout string) string { return d.In(time.UTC).Format(layout) }

// YearsBefore returns the full years from the date to day, the age of a person
// born on the date.
func (d Date) YearsBefore(day Date) int {
	years := day.Year - d.Year
	if day.Month < d.Month || (day.Month == d.Month && day.Day < d.Day) {
		years--
	}
	return years
}

// String returns YYYY-MM-DD, or "" when unset.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText returns YYYY-MM-DD, or "" when unset.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDate] reads; empty text is unset.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) > 32 {
		return fmt.Errorf("date: %d characters are too many", len(text))
	}
	if strings.TrimSpace(string(text)) == "" {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
