package issuing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	day := issuing.NewDate(2024, time.February, 29)
	for text, want := range map[string]issuing.Date{
		"2024-02-29": day, "2024/02/29": day, "20240229": day,
		"0001-01-01": issuing.NewDate(1, time.January, 1), "9999-12-31": issuing.NewDate(9999, time.December, 31),
	} {
		got, err := issuing.ParseDate(text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("ParseDate(%q): %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{
		"", " ", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "0000-01-01", "00000101", "24-01-01", "2024-1-1",
		"2024-02-29T00:00:00Z", "2024-02-29 ", " 2024-02-29", "-024-02-29", "+2024-02-29", "29.02.2024", "2024_02_29", "12024-02-29", "２０２４-02-29",
	} {
		got, err := issuing.ParseDate(text)
		if err == nil || !got.IsZero() {
			t.Errorf("ParseDate(%q) = %v, %v; want an error", text, got, err)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"2024-02-29"`: `"2024-02-29"`, `"20240229"`: `"2024-02-29"`, `""`: `""`, `"  "`: `""`, `null`: `""`,
	} {
		var d issuing.Date
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, err := json.Marshal(d); err != nil || string(got) != want {
			t.Errorf("%s marshals as %s, %v", text, got, err)
		}
	}
	d := issuing.NewDate(2024, time.May, 1)
	for _, text := range []string{"x", "2024-02-30", strings.Repeat(" ", 33), strings.Repeat("9", 2<<20)} {
		if err := d.UnmarshalText([]byte(text)); err == nil || d != issuing.NewDate(2024, time.May, 1) {
			t.Errorf("%.40q changes the date to %v, %v", text, d, err)
		}
	}
}

func TestDateValid(t *testing.T) {
	t.Parallel()
	for d, want := range map[issuing.Date]bool{
		"": false, "ten": false, "2024-1-1": false, "2024-01-01T00:00:00Z": false, issuing.NewDate(2024, 2, 29): true, issuing.NewDate(2023, 2, 29): false, issuing.NewDate(1900, 2, 29): false, issuing.NewDate(2000, 2, 29): true,
		issuing.NewDate(2024, 13, 1): false, issuing.NewDate(2024, 0, 1): false, issuing.NewDate(2024, 4, 31): false, issuing.NewDate(2024, 4, 0): false, issuing.NewDate(0, 1, 1): false, issuing.NewDate(10000, 1, 1): false,
		issuing.NewDate(-1, 1, 1): false, issuing.NewDate(2024, 1, -1): false, issuing.NewDate(1, 1, 1): true,
	} {
		if got := d.Valid(); got != want {
			t.Errorf("%v.Valid() = %v", d, got)
		}
	}
	if !(issuing.Date("")).IsZero() || (issuing.Date("")).String() != "" {
		t.Error("the zero date is not unset")
	}
}

func TestDateTimes(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("UTC+8", 8*3600)
	late := time.Date(2024, 3, 1, 20, 0, 0, 0, time.UTC)
	type result struct{ UTC, Local, Short, Midnight string }
	got := result{
		issuing.DateOf(late).String(), issuing.DateOf(late.In(zone)).String(),
		issuing.DateOf(late).Format("01/06"), issuing.DateOf(late).In(zone).Format(time.RFC3339),
	}
	want := result{"2024-03-01", "2024-03-02", "03/24", "2024-03-01T00:00:00+08:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		born, day issuing.Date
		want      int
	}{
		{issuing.NewDate(2000, 5, 17), issuing.NewDate(2018, 5, 16), 17},
		{issuing.NewDate(2000, 5, 17), issuing.NewDate(2018, 5, 17), 18},
		{issuing.NewDate(2000, 5, 17), issuing.NewDate(2018, 4, 30), 17},
		{issuing.NewDate(2000, 5, 17), issuing.NewDate(2018, 6, 1), 18},
		{issuing.NewDate(2000, 2, 29), issuing.NewDate(2018, 2, 28), 17},
		{issuing.NewDate(2000, 2, 29), issuing.NewDate(2018, 3, 1), 18},
		{issuing.NewDate(2020, 1, 1), issuing.NewDate(2019, 1, 1), -1},
	} {
		if got := tt.born.YearsBefore(tt.day); got != tt.want {
			t.Errorf("%v to %v is %d years, want %d", tt.born, tt.day, got, tt.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2024-02-29", "2024/02/29", "20240229", "2023-02-29", "0000-00-00", "", " ", "9999-12-31", "0000-01-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d issuing.Date
		if err := d.UnmarshalText([]byte(text)); err != nil || d.IsZero() {
			if !d.IsZero() {
				t.Fatalf("%q is refused and leaves %v", text, d)
			}
			return
		}
		if !d.Valid() {
			t.Fatalf("%q parses as %v, which is no date", text, d)
		}
		year, month, day, _ := d.Parts()
		if digits := fmt.Sprintf("%04d%02d%02d", year, month, day); strings.NewReplacer("-", "", "/", "").Replace(text) != digits {
			t.Fatalf("%q parses as %v", text, d)
		}
		again, err := issuing.ParseDate(d.String())
		if err != nil || again != d {
			t.Fatalf("%v does not survive its text: %v, %v", d, again, err)
		}
	})
}
