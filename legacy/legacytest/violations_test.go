package legacytest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// violation is a signed request that breaks one rule, or one that is broken on its way.
type violation struct {
	path        string
	params      map[string]any
	images      bool                     // the images stay out of the signature
	change      func(text string) string // of the body, after signing
	method      string                   // POST when empty
	contentType string                   // the documented one when empty
}

type violations = []conform.Violation[violation]

// base is a request that breaks nothing, and the page that says so.
type base struct {
	page, path string
	params     map[string]any
	images     bool
}

// change is one parameter of a base with another value, and the code that refuses it.
type change struct {
	name  string
	value any // absent leaves the parameter out
	code  int // 0 is 5001
}

// absent is the value of a parameter that is not there.
type absent struct{}

// what is the base in a row's name: its path, and the channel or document that tells it
// from others of that path.
func (b base) what() string {
	name := b.path
	for _, param := range []string{"type", "certType"} {
		if value, ok := b.params[param]; ok {
			name += fmt.Sprint(" ", value)
		}
	}
	return name
}

func (c change) String() string {
	if _, ok := c.value.(absent); ok {
		return c.name + " absent"
	}
	shown, _ := json.Marshal(c.value)
	if len(shown) > 24 { // as sealed values are, which differ each time
		return fmt.Sprintf("%s of %d characters", c.name, len(shown))
	}
	return c.name + " " + string(shown)
}

// broken are rows that change one parameter each; a refusal of 5001 names it.
func (b base) broken(changes ...change) violations {
	var out violations
	for _, c := range changes {
		params := maps.Clone(b.params)
		params[c.name] = c.value
		if _, ok := c.value.(absent); ok {
			delete(params, c.name)
		}
		want := conform.Refusal{Status: http.StatusOK, Code: "5001", Message: c.name}
		if c.code != 0 {
			want.Code, want.Message = strconv.Itoa(c.code), ""
		}
		out = append(out, conform.Violation[violation]{
			Name: b.what() + ", " + c.String(), Rule: b.page,
			Request: violation{path: b.path, params: params, images: b.images}, Want: want,
		})
	}
	return out
}

// each are changes of several parameters to one value.
func each(value any, names string) []change {
	var out []change
	for _, name := range strings.Fields(names) {
		out = append(out, change{name, value, 0})
	}
	return out
}

const signPage = "legacy/sign.md, legacy/parameter.md"

// unauthentic are rows that break the form of requests or their signature.
func unauthentic() violations {
	replace := func(old, new string) func(string) string {
		return func(text string) string { return strings.Replace(text, old, new, 1) }
	}
	row := func(name string, status, code int, v violation) conform.Violation[violation] {
		v.path = "/api/card/top/up/query"
		if v.params == nil {
			v.params = map[string]any{"merOrderNo": "none"}
		}
		return conform.Violation[violation]{
			Name: name, Rule: signPage, Request: v, Want: conform.Refusal{Status: status, Code: strconv.Itoa(code)},
		}
	}
	signed := func(name, old, new string) conform.Violation[violation] {
		return row(name, http.StatusUnauthorized, 401, violation{change: replace(old, new)})
	}
	body := func(name, text string) conform.Violation[violation] {
		return row(name, http.StatusOK, 5001, violation{change: func(string) string { return text }})
	}
	content := func(value string) conform.Violation[violation] {
		return row("content type "+value, http.StatusOK, 5001, violation{contentType: value})
	}
	return violations{
		signed("no appKey", `"appKey"`, `"appkey"`), signed("no nonce", `"nonce"`, `"Nonce"`),
		signed("no timestamp", `"timestamp"`, `"time"`), signed("no sign", `"sign"`, `"signature"`),
		signed("a sign of another type", `"sign":"`, `"sign":1,"x":"`), signed("another value", `"none"`, `"some"`),
		signed("one member more", `{`, `{"orderNo":"1",`), signed("another sign", `"sign":"`, `"sign":"0`),
		row("seconds", http.StatusUnauthorized, 401, violation{params: map[string]any{"timestamp": "1775016000"}}),
		row("a time with a sign", http.StatusUnauthorized, 401, violation{params: map[string]any{"timestamp": "+177501600000"}}),
		row("a time in words", http.StatusUnauthorized, 401, violation{params: map[string]any{"timestamp": "2026-04-01 12"}}),
		row("an unknown appKey", http.StatusUnauthorized, 401, violation{params: map[string]any{"appKey": "other"}}),
		row("the secret inside", http.StatusUnauthorized, 401, violation{params: map[string]any{"appSecret": "x"}}),
		body("nothing", ""), body("a list", "[]"), body("a text", `"x"`), body("null", "null"), body("no JSON", "{"),
		body("two objects", "{}{}"), body("single quotes", "{'a':1}"), body("a comma at the end", `{"a":1,}`),
		body("other bytes than UTF-8", "{\"a\":\"\xff\"}"),
		row("a member twice", http.StatusOK, 5001, violation{change: replace(`{`, `{"merOrderNo":"none",`)}),
		row("a member twice, spelt otherwise", http.StatusOK, 5001, violation{change: replace(`{`, `{"merOrder\u004eo":"none",`)}),
		content("text/plain"), content("application/x-www-form-urlencoded"), content("application/jsonp"),
		content("application/json; charset=gbk"),
		row("GET", http.StatusMethodNotAllowed, 405, violation{method: http.MethodGet}),
		row("PUT", http.StatusMethodNotAllowed, 405, violation{method: http.MethodPut}),
	}
}

// violate sends a row past the client.
func (c raw) violate(t testing.TB, v violation) conform.Refusal {
	t.Helper()
	var unsigned []string
	if v.images {
		unsigned = []string{"faceImage", "backImage", "passImage", "signImage"}
	}
	text, err := json.Marshal(c.body(v.params, unsigned...))
	if err != nil {
		t.Fatal(err)
	}
	if v.change != nil {
		text = []byte(v.change(string(text)))
	}
	method, contentType := http.MethodPost, "application/json"
	if v.method != "" {
		method = v.method
	}
	if v.contentType != "" {
		contentType = v.contentType
	}
	status, a := c.send(t, method, v.path, contentType, text)
	if a.Success {
		return conform.Refusal{} // accepted
	}
	return conform.Refusal{Status: status, Code: strconv.Itoa(a.Status), Message: a.Msg}
}

// What the documents refuse is refused, with their code where they give one, and nothing
// has changed afterwards.
func TestViolations(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	cards := issueAll(server)
	used := cards.topUp()
	used.params["merOrderNo"] = "used"
	if got := c.violate(t, violation{path: used.path, params: used.params}); got.Status != 0 {
		t.Fatalf("%+v", got)
	}
	server.Clock().Advance(time.Minute)
	before := []issuing.Amount{server.Reserve(issuing.CurrencyUSD), server.Reserve(issuing.CurrencyHKD)}
	rows := append(unauthentic(), cards.rows()...)
	conform.Violations(t, 450, rows, c.violate, func() error {
		for i, currency := range []issuing.Currency{issuing.CurrencyUSD, issuing.CurrencyHKD} {
			if !server.Reserve(currency).Equal(before[i]) {
				return errors.New("money moved")
			}
		}
		if len(server.Deposits()) != 1 || len(server.Applications())+len(server.Transfers()) != 0 || !server.PIN(cards.e).IsZero() {
			return errors.New("an order came of it, or a PIN")
		}
		return nil
	})
	if err := coverage.RuleNames("../..", "legacy", "legacytest.TestViolations", conform.Names(rows)); err != nil {
		t.Error(err)
	}
}

// Each of the requests that the rows change is accepted as it is.
func TestViolationsChangeWhatIsAccepted(t *testing.T) {
	t.Parallel()
	server, _ := setup(t, legacytest.Config{})
	c := rawClient(server)
	cards := issueAll(server)
	for _, b := range cards.bases() {
		if got := c.violate(t, violation{path: b.path, params: b.params, images: b.images}); got.Status != 0 {
			t.Errorf("%s: %+v", b.path, got)
		}
	}
}
