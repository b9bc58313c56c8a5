package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// oddValues stand in the place of a member, each of another wrong type.
var oddValues = []string{`{}`, `{"a":1}`, `[]`, `[1]`, `true`, `12`, `1e999`, `""`, `"x"`, `null`}

// blanks are what platforms send for nothing.
var blanks = []string{`{}`, `[]`, `""`, `null`}

// oddProvider says how a provider's callbacks are made.
type oddProvider struct {
	name  string
	types []string
	// source returns a new source, which remembers nothing.
	source func(t *testing.T) *webhook.Source
	// document is a callback's content with data in it.
	document func(typ, data string) string
	at       string // where data stands in it; empty is the document itself
	// sign makes the callback of a document.
	sign func(t *testing.T, typ, document string) (push, string)
	// refused are the members that name the type, the id or the claim, and those
	// without which a question has no answer.
	refused func(typ, member string) bool
}

// fillAll gives every documented member a value.
func fillAll(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(epoch))
		return
	case issuing.Secret:
		v.Set(reflect.ValueOf(issuing.NewSecret("6299990000000000004")))
		return
	case issuing.Amount:
		v.SetString("12.34")
		return
	case issuing.Date:
		v.SetString("2026-05-04")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("USD")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				fillAll(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillAll(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fillAll(v.Index(0))
		fillAll(v.Index(1))
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fillAll(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("k").Convert(v.Type().Key()), value)
	}
}

// tree is a document as maps and lists.
func tree(t *testing.T, document []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var out any
	if err := decoder.Decode(&out); err != nil {
		t.Fatalf("%v in %s", err, document)
	}
	return out
}

// members lists the paths of all members and elements, outermost first.
func members(at string, node any) []string {
	var out []string
	switch node := node.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			path := strings.TrimPrefix(at+"."+name, ".")
			out = append(append(out, path), members(path, node[name])...)
		}
	case []any:
		for i, element := range node {
			path := fmt.Sprintf("%s[%d]", at, i)
			out = append(append(out, path), members(path, element)...)
		}
	}
	return out
}

// with returns a copy with the member at a path replaced, or without it for a nil
// value.
func with(node any, at, path string, value any) any {
	switch node := node.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range node {
			if here := strings.TrimPrefix(at+"."+name, "."); here != path {
				out[name] = with(member, here, path, value)
			} else if value != nil {
				out[name] = value
			}
		}
		return out
	case []any:
		out := slices.Clone(node)
		for i, element := range node {
			if here := fmt.Sprintf("%s[%d]", at, i); here != path {
				out[i] = with(element, here, path, value)
			} else {
				out[i] = value
			}
		}
		return out
	}
	return node
}

func text(t *testing.T, node any) string {
	t.Helper()
	out, err := json.Marshal(node)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// dispatched serves a callback and returns the event that reached the function.
func (p oddProvider) dispatched(t *testing.T, typ, document string) *webhook.Event {
	t.Helper()
	push, address := p.sign(t, typ, document)
	var got *webhook.Event
	h := webhook.NewHandler(p.source(t).ForType(address), func(_ context.Context, event *webhook.Event) error {
		got = event
		return nil
	}, webhook.WithObserver(func(context.Context, webhook.Report) {}))
	r := httptest.NewRequest(http.MethodPost, upiPath, strings.NewReader(string(push.body)))
	maps.Copy(r.Header, push.header)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if got != nil && w.Code != http.StatusOK {
		t.Errorf("%s: dispatched and answered with status %d: %s", typ, w.Code, document)
	}
	return got
}

// decoded is an event's data as its members, in the document's place.
func (p oddProvider) decoded(t *testing.T, event *webhook.Event) any {
	t.Helper()
	data, err := (wire.Codec{}).Marshal(event.Data)
	if err != nil {
		t.Fatal(err)
	}
	if p.at == "" {
		return tree(t, data)
	}
	return map[string]any{p.at: tree(t, data)}
}

// counts is what became of the documents of one provider.
type counts struct{ types, members, documents, told, refused, renamed int }

// check replaces each member of a type's document by each odd value.
func (p oddProvider) check(t *testing.T, typ string, n *counts) {
	t.Helper()
	empty := p.dispatched(t, typ, p.document(typ, `{"userAuthCode":"6299990000000000004","cardID":"1"}`))
	if empty == nil {
		t.Fatalf("%s: an empty callback is not dispatched", typ)
	}
	sample := reflect.New(reflect.TypeOf(empty.Data).Elem())
	fillAll(sample.Elem())
	data, err := (wire.Codec{}).Marshal(sample.Interface())
	if err != nil {
		t.Fatal(err)
	}
	document := tree(t, []byte(p.document(typ, string(data))))
	good := p.dispatched(t, typ, text(t, document))
	if good == nil || len(good.Problems) != 0 {
		t.Fatalf("%s: %s gives %+v", typ, text(t, document), good)
	}
	whole := p.decoded(t, good)
	n.types++
	for _, member := range members("", document) {
		n.members++
		ids := map[string]string{good.ID: ""}
		for _, value := range oddValues {
			n.documents++
			got := p.dispatched(t, typ, text(t, with(document, "", member, json.RawMessage(value))))
			if got == nil {
				n.refused++
				if !p.refused(typ, member) {
					t.Errorf("%s with %s: %s is not dispatched", typ, member, value)
				}
				continue
			}
			p.compare(t, got, member, value, whole, n)
			if other := ids[got.ID]; other != "" && len(got.Problems) > 0 {
				t.Errorf("%s with %s: %s and %s are one event", typ, member, value, other)
			} else if got.ID != good.ID {
				ids[got.ID] = value
			}
		}
	}
}

// compare holds what was decoded against the whole, but for one member.
func (p oddProvider) compare(t *testing.T, got *webhook.Event, member, value string, whole any, n *counts) {
	t.Helper()
	if _, unknown := got.Data.(*webhook.Unknown); unknown {
		n.renamed++
		if member != "notify_type" && member != "event_type" {
			t.Errorf("%s with %s: %s is unknown", got.Type, member, value)
		}
		return
	}
	decoded := p.decoded(t, got)
	want, left := text(t, with(whole, "", member, nil)), text(t, with(decoded, "", member, nil))
	if want != left {
		t.Errorf("%s with %s: %s\nwant %s\ngot  %s", got.Type, member, value, want, left)
	}
	odd := !slices.Contains(blanks, value)
	switch unset := !slices.Contains(members("", decoded), member); {
	case len(got.Problems) > 1 && odd && member != p.at:
		t.Errorf("%s with %s: %s has %d problems", got.Type, member, value, len(got.Problems))
	case len(got.Problems) > 0:
		n.told++
		if !got.HasProblem(member) || strings.Contains(got.Problems[0].Reason, value) && odd {
			t.Errorf("%s with %s: %s is told as %+v", got.Type, member, value, got.Problems)
		}
	case odd && unset && slices.Contains(members("", whole), member):
		t.Errorf("%s with %s: %s is lost without a word", got.Type, member, value)
	}
}

// TestOddMembers: every documented callback of every provider, with each single
// member replaced by a value of each wrong type, is dispatched with every other
// member.
func TestOddMembers(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	table := map[string]counts{}
	t.Run("providers", func(t *testing.T) {
		for _, p := range oddProviders() {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				var n counts
				for _, typ := range p.types {
					p.check(t, typ, &n)
				}
				mu.Lock()
				defer mu.Unlock()
				table[p.name] = n
			})
		}
	})
	lines := fmt.Sprintf("\n%-20s %6s %8s %10s %8s %8s %8s", "provider", "types", "members", "documents", "told", "refused", "renamed")
	for _, p := range oddProviders() {
		n := table[p.name]
		lines += fmt.Sprintf("\n%-20s %6d %8d %10d %8d %8d %8d", p.name, n.types, n.members, n.documents, n.told, n.refused, n.renamed)
	}
	t.Log(lines)
}
