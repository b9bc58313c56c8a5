package unionpay_test

import (
	"encoding/json"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// TestEnrolDateAsText: two digits of the year tell the years 1969 to 2068.
func TestEnrolDateAsText(t *testing.T) {
	t.Parallel()
	for date, want := range map[unionpay.EnrolDate]string{
		"": "", "2024-02-29": "240229", "1969-01-01": "690101", "2068-12-31": "681231",
		"1968-12-31": "error", "2069-01-01": "error", "2023-02-29": "error", "240229": "error",
	} {
		text, err := date.MarshalText()
		if err != nil {
			text = []byte("error")
		}
		if string(text) != want {
			t.Errorf("%q is written as %q, want %q", string(date), text, want)
		}
	}
	for text, want := range map[string]unionpay.EnrolDate{
		"": "", "240229": "2024-02-29", "690101": "1969-01-01", "681231": "2068-12-31", "2024-02-29": "2024-02-29",
		"230229": "error", "2402": "error", "soon": "error",
	} {
		date := unionpay.EnrolDate("1990-01-01")
		if err := date.UnmarshalText([]byte(text)); err != nil {
			date = "error"
		}
		if date != want {
			t.Errorf("%q is read as %q, want %q", text, string(date), want)
		}
	}
}

func TestNumberAsText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]unionpay.Number{"": 0, "0": 0, "20": 20, "-1": -1, "1.5": 7, "a": 7, "99999999999999999999": 7} {
		n := unionpay.Number(7) // what is refused changes nothing
		err := n.UnmarshalText([]byte(text))
		if n != want || (err != nil) != (want == 7) {
			t.Errorf("%q is read as %d, %v; want %d", text, n, err, want)
		}
	}
}

// TestExtraInJSON: what this version does not know may be card data, so that JSON
// shows its names and nothing reads it back.
func TestExtraInJSON(t *testing.T) {
	t.Parallel()
	atm := unionpay.ATM{ID: "1", Extra: unionpay.Extra{"new": issuing.NewSecret(`"x"`)}}
	text, err := json.Marshal(atm)
	if err != nil {
		t.Fatal(err)
	}
	var fields struct {
		Extra map[string]string `json:"extra"`
	}
	if err := json.Unmarshal(text, &fields); err != nil || fields.Extra["new"] != "[redacted]" {
		t.Errorf("%s, %v", text, err)
	}
	if err := json.Unmarshal(text, new(unionpay.ATM)); err == nil {
		t.Error("the redaction is read as a member")
	}
}
