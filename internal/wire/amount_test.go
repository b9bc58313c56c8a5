package wire

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestAmountWithPlusSign(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"+99.00"`: "99.00", `"-99.00"`: "-99.00", `"99.00"`: "99.00", `99.00`: "99.00", `""`: "",
	} {
		var got issuing.Amount
		if err := (Codec{}).Unmarshal([]byte(text), &got); err != nil || got.String() != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{`"+"`, `"+-1"`, `"++1"`, `"+x"`} {
		var got issuing.Amount
		if err := (Codec{}).Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s was read as %q", text, got)
		}
	}
}
