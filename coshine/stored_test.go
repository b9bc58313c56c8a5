package coshine_test

import (
	"encoding/json"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// TestRecordInJSON: an object whose fields are not published is read as it comes,
// and written as the secret that it is.
func TestRecordInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, `[1]`: `[1]`, `7`: `7`, `""`: ``, `null`: `null`, `"[redacted]"`: "error",
	} {
		var r coshine.Record
		got := "error"
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			got = r.Raw.Reveal()
		}
		if got != want {
			t.Errorf("%s is read as %q, want %q", text, got, want)
		}
	}
	for raw, want := range map[string]string{"": `""`, `{"a":1}`: `"[redacted]"`} {
		if text, err := json.Marshal(coshine.Record{Raw: issuing.NewSecret(raw)}); err != nil || string(text) != want {
			t.Errorf("%q is written as %s, %v; want %s", raw, text, err, want)
		}
	}
}

// TestReplyRawInJSON: a result is kept as JSON once Raw is emptied; with it, reading
// says that a secret is missing.
func TestReplyRawInJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(coshine.Ack{Reply: coshine.Reply{TranID: "1", Raw: issuing.NewSecret(`{"pan":"4929420573595709"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, new(coshine.Ack)); err == nil {
		t.Error("the redaction is read as an answer")
	}
	text, err = json.Marshal(coshine.Ack{Reply: coshine.Reply{TranID: "1"}})
	var ack coshine.Ack
	if errRead := json.Unmarshal(text, &ack); err != nil || errRead != nil || ack.TranID != "1" || !ack.Raw.IsZero() {
		t.Errorf("%s, %v, %v", text, err, errRead)
	}
}
