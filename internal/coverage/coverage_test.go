package coverage

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// A provider of three things, to see that rows which are wrong are told.
type (
	cardService struct{}
	client      struct{ Cards *cardService }

	order struct {
		Key    string         `json:"key"`
		Amount issuing.Amount `json:"amount"`
		Left   string         `json:"-"`
		Holder holder         `json:"holder"`
	}
	holder struct {
		Name string `json:"name"`
	}
	result struct {
		Cards []card `json:"list"`
	}
	card struct {
		ID    string `json:"id"`
		Other string `json:"other"`
	}
	Status string
)

// Known implements the check of enums.
func (s Status) Known() bool { return s == "A" }

// Apply is the operation.
func (*cardService) Apply(_ context.Context, o order, _ ...issuing.CallOption) (*result, error) {
	if o.Key == "" {
		return nil, &issuing.Error{Kind: issuing.ErrInvalid, Err: errors.New("key is required")}
	}
	return nil, nil
}

// declared is the provider's source as far as names are read from it.
const declared = `package coverage
type Status string
const StatusA Status = "A"
const StatusB Status = "B"
const CodeX = "X"
type Order struct { Key string }
func Get(key string) {}
`

func sample() Provider {
	return Provider{
		Name: "coverage", Client: &client{new(cardService)}, Paths: map[string][]string{"Cards.Apply": {"/apply"}},
		Encode: func(_ string, in any) ([]byte, error) { return json.Marshal(in) },
		Decode: func(_ string, data []byte, out any) error { return json.Unmarshal(data, out) },
		Event: func(_ string, content []byte) (any, error) {
			c := new(card)
			return c, json.Unmarshal(content, c)
		},
		Types: []any{Status("")},
		Kind: func(code string) (error, bool) {
			return issuing.ErrConflict, code == "X"
		},
	}
}

// goodRows are all right; the members of order are all documented.
func goodRows() []Row {
	op := "Cards.Apply"
	rows := []Row{
		{Kind: KindOperation, Operation: op, Name: "/apply", Go: "cardService.Apply"},
		{Kind: KindRequest, Operation: op, Name: "key", Go: "order.Key", Required: "Yes"},
		{Kind: KindRequest, Operation: op, Name: "amount", Go: "order.Amount"},
		{Kind: KindRequest, Operation: op, Place: "holder", Name: "name", Go: "holder.Name"},
		{Kind: KindResponse, Operation: op, Name: "list", Go: "result.Cards"},
		{Kind: KindResponse, Operation: op, Place: "list[]", Name: "id", Go: "card.ID"},
		{Kind: KindEvent, Operation: "opened", Name: "id", Go: "card.ID"},
		{Kind: KindCallback, Operation: "opened", Name: "opened", Go: "card"},
		{Kind: KindCode, Name: "X", Type: "conflict", Go: "CodeX"},
	}
	for i := range rows {
		rows[i].Page, rows[i].Test = "page", Generic
	}
	return rows
}

func load(t *testing.T) *Source {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"coverage/a.go":      declared,
		"coverage/a_test.go": "package coverage\nfunc TestCoverage() { _ = \"a row\" }\n",
		"root.go":            "package issuing\nconst CurrencyUSD = \"USD\"\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	source, err := Load(root, "coverage")
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestRowsThatAreRight(t *testing.T) {
	t.Parallel()
	if n, faults := verify(goodRows(), load(t), sample()); n != len(goodRows()) || faults != nil {
		t.Errorf("%d rows, %q", n, faults)
	}
}

func TestRowsThatAreWrong(t *testing.T) {
	t.Parallel()
	source := load(t)
	for says, change := range map[string]func([]Row){
		"has [/apply]":                func(r []Row) { r[0].Name = "/other" },
		"no method":                   func(r []Row) { r[0].Operation = "Cards.Other" },
		"it is not sent":              func(r []Row) { r[1].Go = "order.Left" },
		"which no row documents":      func(r []Row) { r[2] = r[1] },
		"has no field":                func(r []Row) { r[1].Go = "order.Nothing" },
		"at its place is a":           func(r []Row) { r[3].Go = "order.Name" },
		"has no member":               func(r []Row) { r[3].Place = "owner" },
		"it does not arrive":          func(r []Row) { r[5].Go = "card.Other" },
		"is no list":                  func(r []Row) { r[1].Place = "key[]" },
		"it is decoded as card":       func(r []Row) { r[7].Go = "result" },
		"the code is not known":       func(r []Row) { r[8].Name = "Y" },
		"its kind is":                 func(r []Row) { r[8].Type = "declined" },
		"is no kind of error":         func(r []Row) { r[8].Type = "bad" },
		`the constant is "A"`:         func(r []Row) { r[8].Kind, r[8].Name, r[8].Go = KindEnum, "B", "StatusA" },
		"Status does not know it":     func(r []Row) { r[8].Kind, r[8].Name, r[8].Go = KindEnum, "B", "StatusB" },
		"no such constant":            func(r []Row) { r[8].Kind, r[8].Name, r[8].Go = KindEnum, "C", "StatusC" },
		"no request":                  func(r []Row) { r[1].Operation = "Cards.Other" },
		"is required, and not missed": func(r []Row) { r[2].Required = "Yes" },
		"the row has no operation": func(r []Row) {
			r[1].Operation = ""
		},
	} {
		rows := goodRows()
		change(rows)
		if _, faults := verify(rows, source, sample()); !strings.Contains(strings.Join(faults, "\n"), says) {
			t.Errorf("want %q: %q", says, faults)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	source := load(t)
	row := Row{Kind: KindEnum, Page: "p", Name: "A", Go: "StatusA", Test: Generic}
	for says, change := range map[string]func(*Row){
		"":                         func(*Row) {},
		"no such kind":             func(r *Row) { r.Kind = "thing" },
		"its page and its name":    func(r *Row) { r.Page = "" },
		"or the reason":            func(r *Row) { r.Go = "" },
		"rows without a Go name":   func(r *Row) { r.Reason = "because" },
		"there is no test TestBad": func(r *Row) { r.Test = "TestBad" },
		"TestCoverage/another row": func(r *Row) { r.Test = "TestCoverage/another row" },
		"StatusC is not declared":  func(r *Row) { r.Go = "StatusC" },
		"is not exported":          func(r *Row) { r.Go = "Order.key" },
		"has no parameter id":      func(r *Row) { r.Go = "Get(id)" },
	} {
		r := row
		change(&r)
		faults := strings.Join(Check([]Row{r}, source), "\n")
		if !strings.Contains(faults, says) || (says == "") != (faults == "") {
			t.Errorf("want %q: %q", says, faults)
		}
	}
	for _, right := range []Row{
		{Kind: KindRequest, Page: "p", Name: "key", Go: "Get(key)", Test: "TestCoverage/a row"},
		{Kind: KindEnum, Page: "p", Name: "USD", Go: "issuing.CurrencyUSD", Test: Generic},
		{Kind: KindOperation, Page: "p", Name: "old", Reason: "it ended"},
	} {
		if faults := Check([]Row{right}, source); faults != nil {
			t.Error(faults)
		}
	}
	if faults := Check([]Row{row, row}, source); len(faults) != 1 {
		t.Errorf("a row that stands there twice: %q", faults)
	}
}

func TestPut(t *testing.T) {
	t.Parallel()
	if text, ok := Put("a\n"+Begin+"old\n"+End+"b\n", "new\n"); !ok || text != "a\n"+Begin+"new\n"+End+"b\n" {
		t.Errorf("%q %t", text, ok)
	}
	if _, ok := Put("a\n"+Begin+"b\n", "new\n"); ok {
		t.Error("put where nothing ends")
	}
}
