package legacy_test

import (
	"encoding/json"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// TestDoTakesRawJSON sends what a caller wrote by hand: it stays JSON, and all of
// it is signed.
func TestDoTakesRawJSON(t *testing.T) {
	t.Parallel()
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{"{}", "{ }", "{\n}\n", ` { "a" : [ 1, 1e3 ], "b": 1000 } `, `{"a":{"x":"}"}}`} {
		r, client := record(t, success("{}"))
		raw := json.RawMessage(in)
		if err := client.Do(t.Context(), "/x", raw, nil); err != nil || string(raw) != in {
			t.Errorf("%q: %v; now %q", in, err, raw)
			continue
		}
		got := r.all()[0]
		var signature string
		if err := json.Unmarshal(got.Body["sign"], &signature); err != nil || !json.Valid(got.Raw) {
			t.Errorf("%q was sent as %s", in, got.Raw)
			continue
		}
		params, _ := legacy.SignedParams(got.Raw)
		if err := secret.VerifyParams(signature, params); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
	for _, in := range []string{"", "{", "}", "[]", `{"a":}`, `{"a":1} {}`, `"{}"`, "null"} {
		r, client := record(t, success("{}"))
		want(t, client.Do(t.Context(), "/x", json.RawMessage(in), nil), issuing.ErrInvalid)
		if len(r.all()) != 0 {
			t.Errorf("%q was sent", in)
		}
	}
}
