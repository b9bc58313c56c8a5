// Package openapitest holds the description of the control API against the official
// schema of OpenAPI 3.1. It is a module of its own, so that what it needs is needed by
// nobody else.
package openapitest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi/datamodel"
	"github.com/santhosh-tekuri/jsonschema/v6"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest/control"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// platforms starts all six.
func platforms(t *testing.T) (list []control.Platform) {
	t.Helper()
	add := func(name string, p issuingtest.Platform, err error) {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		list = append(list, control.Platform{Name: name, Platform: p})
	}
	w, err := worldcardtest.NewServer(worldcardtest.Config{})
	add("worldcard", w.Platform, err)
	l, err := legacytest.NewServer(legacytest.Config{})
	add("legacy", l.Platform, err)
	k, err := kazepaytest.NewServer(kazepaytest.Config{})
	add("kazepay", k.Platform, err)
	u, err := uqpaytest.NewServer(uqpaytest.Config{})
	add("uqpay", u.Platform, err)
	c, err := coshinetest.NewServer(coshinetest.Config{})
	add("coshine", c.Platform, err)
	up, err := unionpaytest.NewServer(unionpaytest.Config{})
	add("unionpay", up.Platform, err)
	return list
}

// document asks for the description.
func document(t *testing.T, cfg control.Config) string {
	t.Helper()
	h, err := control.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/openapi.json", nil)
	r.Header.Set("Authorization", "Bearer "+cfg.Token.Reveal())
	h.ServeHTTP(w, r)
	text, _ := io.ReadAll(w.Body)
	if w.Code != http.StatusOK || len(text) < 50_000 {
		t.Fatalf("%d, %d bytes", w.Code, len(text))
	}
	return string(text)
}

// schema compiles a schema: the official one of documents, or that of JSON Schema.
func schema(t *testing.T, url, text string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	if text != "" {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(url, value); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile(url)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func decode(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestDescriptionIsOpenAPI31(t *testing.T) {
	official := schema(t, "https://spec.openapis.org/oas/3.1/schema/2022-10-07", datamodel.OpenAPI31SchemaData)
	inner := schema(t, "https://json-schema.org/draft/2020-12/schema", "")
	list := platforms(t)
	for _, cfg := range []control.Config{{Platforms: list}, {Platforms: list[:1], Token: issuing.NewSecret("token")}} {
		text := document(t, cfg)
		if err := official.Validate(decode(t, text)); err != nil {
			t.Errorf("the document: %v", err)
		}
		schemas := walk(t, inner, decode(t, text), "")
		if schemas < 40 {
			t.Errorf("%d schemas in the document", schemas)
		}
	}
	text := document(t, control.Config{Platforms: list})
	for name, change := range map[string][2]string{
		"another version":  {`"openapi": "3.1.0"`, `"openapi": "2.0"`},
		"no title":         {`"title"`, `"titel"`},
		"a bad response":   {`"description": "An error."`, `"description": 7`},
		"a bad parameter":  {`"in": "query"`, `"in": "nowhere"`},
		"an unknown field": {`"requestBody"`, `"body"`},
	} {
		broken := strings.Replace(text, change[0], change[1], 1)
		if broken == text {
			t.Errorf("%s: nothing to break", name)
		}
		if err := official.Validate(decode(t, broken)); err == nil {
			t.Errorf("%s: the broken document is valid", name)
		}
	}
	if err := inner.Validate(decode(t, `{"type":"strnig"}`)); err == nil {
		t.Error("a broken schema is valid")
	}
}

// walk validates the schemas in a document, and returns how many there were.
func walk(t *testing.T, inner *jsonschema.Schema, value any, at string) (found int) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if name == "schema" {
				found++
				if err := inner.Validate(member); err != nil {
					t.Errorf("the schema at %s: %v", at, err)
				}
			}
			found += walk(t, inner, member, at+"/"+name)
		}
	case []any:
		for _, member := range value {
			found += walk(t, inner, member, at)
		}
	}
	return found
}

var inBraces = regexp.MustCompile(`\{[a-z]+\}`)

// What a schema does not see: names that stand once, parameters that the path has, and
// a path for every action.
func TestDescriptionAgreesWithItself(t *testing.T) {
	list := platforms(t)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal([]byte(document(t, control.Config{Platforms: list})), &doc); err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			if seen[o.OperationID] != "" || o.OperationID == "" {
				t.Errorf("%s %s and %s are both %q", method, path, seen[o.OperationID], o.OperationID)
			}
			seen[o.OperationID] = path
			var inPath int
			for _, p := range o.Parameters {
				if p.In == "path" {
					inPath++
				}
			}
			if want := len(inBraces.FindAllString(path, -1)); inPath != want {
				t.Errorf("%s describes %d parameters, and has %d", path, inPath, want)
			}
		}
	}
	for _, p := range list {
		for _, a := range p.Actions() {
			if path := "/v1/" + p.Name + "/actions/" + a.Name; doc.Paths[path] == nil {
				t.Errorf("%s is not described", path)
			}
		}
	}
}
