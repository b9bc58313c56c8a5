package issuing_test

import (
	"errors"
	"go/constant"
	"go/types"
	"os"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/optable"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// operations are the tables of the six.
func operations() map[string][]issuing.Operation {
	return map[string][]issuing.Operation{
		"worldcard": worldcard.Operations(), "legacy": legacy.Operations(), "kazepay": kazepay.Operations(),
		"uqpay": uqpay.Operations(), "coshine": coshine.Operations(), "unionpay": unionpay.Operations(),
	}
}

// eventTypes are the values of a package's Event constants.
func eventTypes(p *types.Package) []string {
	var out []string
	for _, name := range p.Scope().Names() {
		c, ok := p.Scope().Lookup(name).(*types.Const)
		if ok && strings.HasPrefix(name, "Event") && c.Val().Kind() == constant.String {
			out = append(out, constant.StringVal(c.Val()))
		}
	}
	return out
}

// TestConceptsAreAll: Concepts lists every constant of its type, once.
func TestConceptsAreAll(t *testing.T) {
	t.Parallel()
	scope := publishedPackages(t)[""].Scope()
	constants := 0
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && strings.HasSuffix(c.Type().String(), ".Concept") {
			constants++
		}
	}
	all := issuing.Concepts()
	if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != constants || len(all) != constants {
		t.Errorf("%d constants, listed are %q", constants, all)
	}
}

// TestRowsNameWhatThereIs: the events and reads of a row exist, what is complete later says
// what tells, and limits are ones.
func TestRowsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	packages := publishedPackages(t)
	for provider, all := range operations() {
		events := eventTypes(packages[provider])
		for _, o := range all {
			for _, event := range o.Events {
				if !slices.Contains(events, event) {
					t.Errorf("%s %s: no event %q", provider, o.Name, event)
				}
			}
			for _, read := range o.ShownBy {
				if lookUp(packages[provider], "Client."+read) == nil || !isRead(all, read) {
					t.Errorf("%s %s: no read %s", provider, o.Name, read)
				}
			}
			for _, l := range o.Limits {
				if l.Field == "" || l.Unit == "" || l.Source == "" || l.Min <= 0 && l.Max <= 0 || l.Max > 0 && l.Min > l.Max {
					t.Errorf("%s %s: limit %+v", provider, o.Name, l)
				}
			}
			if o.Safety == "read" && (o.Completion == "" || o.Key != (issuing.KeyForm{})) || o.Safety == "keyed" && o.Resend &&
				o.SettledBy == issuing.SettledByKey && o.Key.Field == "" {
				t.Errorf("%s %s: completion %q, key %q", provider, o.Name, o.Completion, o.Key.Field)
			}
		}
	}
}

// isRead reports whether a method is that of a row which only reads, or offers what it does.
func isRead(all []issuing.Operation, method string) bool {
	return slices.ContainsFunc(all, func(o issuing.Operation) bool {
		return o.Safety == "read" && (o.Name == method ||
			slices.ContainsFunc(o.Offers, func(offer issuing.Offer) bool { return offer.Method == method }))
	})
}

// TestREADMEHasTheCapabilities: the table of the README is that of the operations.
func TestREADMEHasTheCapabilities(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var providers []optable.Provider
	for _, name := range []string{"worldcard", "legacy", "uqpay", "kazepay", "unionpay", "coshine"} {
		providers = append(providers, optable.Provider{Name: name, Ops: operations()[name]})
	}
	if want, ok := optable.Readme(string(text), providers); !ok || want != string(text) {
		t.Error("the README's table is not that of the operations: go generate")
	}
}

// TestCheckKey holds texts against the alphabets; that the clients agree is tested with
// them.
func TestCheckKey(t *testing.T) {
	t.Parallel()
	for alphabet, keys := range map[issuing.Characters]struct{ good, bad []string }{
		issuing.CharactersDigits:       {[]string{"0", "12345678"}, []string{"", "123456789", "12a", "1 2", "٣"}},
		issuing.CharactersAlphanumeric: {[]string{"aZ09"}, []string{"", "a-b", "é", "a b", "123456789"}},
		issuing.CharactersASCII:        {[]string{"a-b~!", `a"b`}, []string{"", "a b", `"ab"`, "'ab'", "é", "a\x7f", "123456789"}},
		issuing.CharactersText:         {[]string{"é b", "12345678", "日本語日本語日本"}, []string{"", "  ", "a\n", "\xff", "123456789"}},
	} {
		o := issuing.Operation{Provider: "p", Name: "Op", Key: issuing.KeyForm{Field: "key", Characters: alphabet, Min: 1, Max: 8}}
		for _, key := range keys.good {
			if err := o.CheckKey(key); err != nil {
				t.Errorf("%s, %q: %v", alphabet, key, err)
			}
		}
		for _, key := range keys.bad {
			err := o.CheckKey(key)
			if !errors.Is(err, issuing.ErrInvalid) || len(key) > 1 && strings.Contains(err.Error(), key) {
				t.Errorf("%s, %q: %v", alphabet, key, err)
			}
		}
	}
	if err := (issuing.Operation{}).CheckKey("a"); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("an operation without keys: %v", err)
	}
}
