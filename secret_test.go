package issuing_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"text/template"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

const testPAN = "4929420573595709"

func TestSecretPrintsNothing(t *testing.T) {
	t.Parallel()
	s := issuing.NewSecret(testPAN)
	type card struct {
		ID  string
		PAN issuing.Secret
		pin *issuing.Secret
	}
	leaktest.Check(t, []string{testPAN}, s, &s, card{"1", s, &s},
		&issuing.CallInfo{Raw: issuing.NewSecret(`{"pan":"` + testPAN + `"}`)})

	var b bytes.Buffer
	if err := template.Must(template.New("").Parse("{{.}} {{.PAN}} {{printf \"%s %x\" .PAN .PAN}}")).Execute(&b, card{"1", s, &s}); err != nil {
		t.Fatal(err)
	}
	_ = gob.NewEncoder(&b).Encode(card{"1", s, &s})
	_ = xml.NewEncoder(&b).Encode(card{"1", s, &s})
	if strings.Contains(b.String(), testPAN) {
		t.Errorf("a template, gob or xml shows the secret:\n%s", b.String())
	}
	if got := s.String() + s.GoString() + s.LogValue().String(); got != strings.Repeat("[redacted]", 3) {
		t.Errorf("printed as %s", got)
	}
}

func TestSecret(t *testing.T) {
	t.Parallel()
	s, same, other := issuing.NewSecret(testPAN), issuing.NewSecret(testPAN), issuing.NewSecret("4929420573595708")
	if s.Reveal() != testPAN || s.Len() != 16 || s.IsZero() {
		t.Error("the secret lost its value")
	}
	if !s.Equal(same) || s.Equal(other) || s.Equal(issuing.Secret{}) || !(issuing.Secret{}).Equal(issuing.NewSecret("")) {
		t.Error("Equal does not compare values")
	}
	if z := issuing.NewSecret(""); z != (issuing.Secret{}) || !z.IsZero() || z.Reveal() != "" || z.Len() != 0 || z.Last4() != "" {
		t.Error("an empty value is not the zero Secret")
	}
	for value, want := range map[string]string{
		testPAN: "5709", "123456789012": "9012", "1234567890123456789": "6789",
		"12345678901": "", "12345678901234567890": "", "492942057359570x": "", "4929 4205 7359 57": "", "１２３４": "", "": "", "123": "",
	} {
		if got := issuing.NewSecret(value).Last4(); got != want {
			t.Errorf("Last4 of %d characters is %q, want %q", len(value), got, want)
		}
	}
}

func TestSecretJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"123"`: "123", `123`: "123", ` 4929420573595709 `: testPAN, `null`: "", `""`: "", `true`: "true", `"{}"`: "{}",
		`"\u0031\n"`: "1\n", `1e400`: "1e400",
	} {
		s := issuing.NewSecret("before")
		if err := s.UnmarshalJSON([]byte(text)); err != nil || s.Reveal() != want {
			t.Errorf("%s reads as %q, %v; want %q", text, s.Reveal(), err, want)
		}
	}
	for _, text := range []string{`{"a": 1}`, `[1]`, `{}`, `[]`, `"[redacted]"`, `" [redacted]\n"`, `"\u005bredacted]"`} {
		s := issuing.NewSecret("before")
		if err := json.Unmarshal([]byte(text), &s); err == nil || s.Reveal() != "before" {
			t.Errorf("%s reads as %q, %v", text, s.Reveal(), err)
		}
	}
	var s issuing.Secret
	err := s.UnmarshalJSON([]byte(`"` + testPAN))
	if err == nil || strings.Contains(err.Error(), testPAN) {
		t.Errorf("a broken string gives %v", err)
	}
	text := []byte(testPAN)
	if err := s.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	text[0] = 'x'
	if s.Reveal() != testPAN {
		t.Error("the secret shares memory with its source")
	}
	type request struct {
		PIN issuing.Secret `json:"pin,omitzero"`
	}
	for want, r := range map[string]request{`{}`: {}, `{"pin":"[redacted]"}`: {issuing.NewSecret("1234")}} {
		if got, err := json.Marshal(r); err != nil || string(got) != want {
			t.Errorf("marshals as %s, %v; want %s", got, err, want)
		}
	}
}

func FuzzSecretJSON(f *testing.F) {
	for _, seed := range []string{`"123"`, `123`, `null`, `""`, `{"a":1}`, `"\ud800"`, `"`, ``, ` `, `tru`, "\"\xff\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s issuing.Secret
		if err := json.Unmarshal(data, &s); err != nil {
			if text := strings.Trim(string(data), "\" \t\r\n"); len(text) > 12 && strings.Contains(err.Error(), text) {
				t.Fatalf("the error quotes the input: %v", err)
			}
			return
		}
		var want string
		if json.Unmarshal(data, &want) == nil && s.Reveal() != want {
			t.Fatalf("%q reads as %q", data, s.Reveal())
		}
		out, err := json.Marshal(s)
		if want := map[bool]string{true: `""`, false: `"[redacted]"`}[s.IsZero()]; err != nil || string(out) != want {
			t.Fatalf("marshals as %s, %v", out, err)
		}
	})
}
