package wire

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestOneLine(t *testing.T) {
	t.Parallel()
	type request struct {
		Picture issuing.Secret `json:"picture,omitzero" wire:"base64"`
		Secret  issuing.Secret `json:"secret,omitzero"`
	}
	for text, want := range map[string]string{
		"": "", "AAAA": "AAAA", "AA\r\nAA\r\n": "AAAA", " AA\tAA\n": "AAAA", "\r\n": "",
		"data:image/PNG;BASE64,AbCd": "data:image/png;base64,AbCd", "data:image/png;base64,\nAb\nCd": "data:image/png;base64,AbCd",
		"Data:image/png; base64,AbCd": "data:image/png;base64,AbCd",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		out, err := Codec{}.Marshal(request{issuing.NewSecret(text), issuing.NewSecret("A\nA")})
		field := `"picture":"` + want + `",`
		if text == "" {
			field = ""
		}
		if wanted := "{" + field + `"secret":"A\u000aA"}`; err != nil || string(out) != wanted {
			t.Errorf("%q: %s, %v, want %s", text, out, err, wanted)
		}
	}
}
