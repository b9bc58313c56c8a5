package issuing_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestPersonalPrintsRedacted: printed or logged, alone or inside a request, it does not
// show; the text and what is stored are whole.
func TestPersonalPrintsRedacted(t *testing.T) {
	t.Parallel()
	const name issuing.Personal = "Li Wei"
	type request struct {
		Name  issuing.Personal  `json:"name"`
		Phone *issuing.Personal `json:"phone,omitzero"`
		City  issuing.Personal  `json:"city,omitzero"`
	}
	phone := issuing.Personal("+6591234567")
	r := request{Name: name, Phone: &phone}
	var out bytes.Buffer
	for _, v := range []any{name, &phone, r, &r, []request{r}, map[string]issuing.Personal{"k": name}} {
		for _, verb := range "v s q x X d T c e U t b o g p" {
			if verb != ' ' && verb != 'T' && verb != 'p' {
				fmt.Fprintf(&out, "%"+string(verb)+" %+"+string(verb)+" %#"+string(verb)+"\n", v, v, v)
			}
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("request", "v", v)
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("request", "name", name)
	if err := template.Must(template.New("").Parse(`{{.Name}} {{printf "%x" .Name}} {{.}}`)).Execute(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Li Wei", "4c6920576569", "4C6920576569", "91234567"} {
		if strings.Contains(out.String(), text) {
			t.Errorf("%q shows in:\n%s", text, out.String())
		}
	}
	if got := fmt.Sprintf("%v|%s|%v", name, name, issuing.Personal("")); got != "[redacted]|[redacted]|" {
		t.Errorf("prints as %q", got)
	}

	stored, err := json.Marshal(r)
	if want := `{"name":"Li Wei","phone":"+6591234567"}`; err != nil || string(stored) != want {
		t.Errorf("stored as %s, %v, want %s", stored, err, want)
	}
	var back request
	if err := json.Unmarshal(stored, &back); err != nil || back.Name != name || *back.Phone != phone || string(name) != "Li Wei" {
		t.Errorf("read as %q, %v", string(back.Name), err)
	}
}
