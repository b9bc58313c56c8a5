package issuing_test

import (
	"database/sql/driver"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestValuesForDatabases: what database/sql is given, and what it may give back.
func TestValuesForDatabases(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value driver.Valuer
		want  driver.Value // nil with ok is NULL
		ok    bool
	}{
		{issuing.Amount("100.50"), "100.50", true},
		{issuing.Amount(""), nil, true},
		{issuing.Amount("ten"), nil, false},
		{issuing.Date("1990-06-01"), "1990-06-01", true},
		{issuing.Date(""), nil, true},
		{issuing.Date("1990-02-30"), nil, false},
		{issuing.Secret{}, nil, true},
		{issuing.NewSecret("4111111111111111"), nil, false},
	} {
		got, err := tt.value.Value()
		if (err == nil) != tt.ok || tt.ok && got != tt.want {
			t.Errorf("%#v gives %v, %v, want %v", tt.value, got, err, tt.want)
		}
	}
}

func TestScanAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		src  any
		want issuing.Amount
		ok   bool
	}{
		{"100.50", "100.50", true}, {[]byte(" .50"), "0.50", true}, {int64(-7), "-7", true}, {nil, "", true}, {"", "", true},
		{100.5, "", false}, {"ten", "", false}, {true, "", false}, {time.Now(), "", false},
	} {
		got := issuing.Amount("1")
		if err := got.Scan(tt.src); (err == nil) != tt.ok || tt.ok && got != tt.want || !tt.ok && got != "1" {
			t.Errorf("%v is read as %q, %v", tt.src, got, err)
		}
	}
}

func TestScanDate(t *testing.T) {
	t.Parallel()
	singapore := time.FixedZone("+08", 8*3600)
	for _, tt := range []struct {
		src  any
		want issuing.Date
		ok   bool
	}{
		{"1990-06-01", "1990-06-01", true}, {[]byte("19900601"), "1990-06-01", true}, {nil, "", true}, {"", "", true},
		{time.Date(1990, 6, 1, 0, 0, 0, 0, time.UTC), "1990-06-01", true},
		{time.Date(1990, 6, 1, 0, 0, 0, 0, singapore), "1990-06-01", true},
		{"1990-13-01", "", false}, {int64(19900601), "", false}, {1.0, "", false},
	} {
		got := issuing.Date("2000-01-01")
		if err := got.Scan(tt.src); (err == nil) != tt.ok || tt.ok && got != tt.want || !tt.ok && got != "2000-01-01" {
			t.Errorf("%v is read as %q, %v", tt.src, got, err)
		}
	}
}

func TestScanSecret(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		src  any
		want string
		ok   bool
	}{
		{"4111111111111111", "4111111111111111", true}, {[]byte("1234"), "1234", true}, {nil, "", true}, {"", "", true},
		{"[redacted]", "", false}, {[]byte("[redacted]"), "", false}, {int64(1234), "", false},
	} {
		got := issuing.NewSecret("before")
		if err := got.Scan(tt.src); (err == nil) != tt.ok || tt.ok && got.Reveal() != tt.want || !tt.ok && got.Reveal() != "before" {
			t.Errorf("%v is read as %q, %v", tt.src, got.Reveal(), err)
		}
	}
}
