package cases

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// sealedEvents is how many events go through the queue.
const sealedEvents = 10_000

// secretSample is what stands in every secret of the samples.
const secretSample = "6299990000000000004"

func sealKey(t *testing.T, fill byte) sign.AESKey {
	t.Helper()
	key, err := sign.NewAESKey(slices.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sealer(t *testing.T, keys ...sign.AESKey) *webhook.Sealer {
	t.Helper()
	s, err := webhook.NewSealer(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// samples are events of one type: whole, empty, and with an odd member, which is told.
func (p oddProvider) samples(t *testing.T, typ string) []*webhook.Event {
	t.Helper()
	empty := p.dispatched(t, typ, p.document(typ, `{"userAuthCode":"`+secretSample+`","cardID":"1"}`))
	if empty == nil {
		t.Fatalf("%s is not dispatched", typ)
	}
	sample := reflect.New(reflect.TypeOf(empty.Data).Elem())
	fillAll(sample.Elem())
	data, err := (wire.Codec{}).Marshal(sample.Interface())
	if err != nil {
		t.Fatal(err)
	}
	document := tree(t, []byte(p.document(typ, string(data))))
	out := []*webhook.Event{empty, p.dispatched(t, typ, text(t, document))}
	for _, member := range members("", document) {
		if p.refused(typ, member) {
			continue
		}
		if odd := p.dispatched(t, typ, text(t, with(document, "", member, json.RawMessage(`{"a":1}`)))); odd != nil && len(odd.Problems) > 0 {
			out = append(out, odd)
			break
		}
	}
	return out
}

// same compares all of two events, unexported fields and secrets included.
func same(want, got *webhook.Event) string {
	return cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true }))
}

// TestEventsTravel: events of every type of every provider that pushes go through a
// queue and come out as they were, in a process that has nothing but its sources and
// the key.
func TestEventsTravel(t *testing.T) {
	t.Parallel()
	s, other := sealer(t, sealKey(t, 1)), sealer(t, sealKey(t, 2))
	consumer := sealer(t, sealKey(t, 3), sealKey(t, 1)) // after a change of key
	var events []*webhook.Event
	var sources []*webhook.Source
	types := map[string]bool{}
	for _, p := range oddProviders() {
		if p.name == "coshine" { // which asks questions alone
			continue
		}
		sources = append(sources, p.source(t))
		for _, typ := range p.types {
			for _, event := range p.samples(t, typ) {
				if !event.Question {
					events = append(events, event)
					types[event.Provider+"/"+event.Type] = true
				} else if _, err := s.Seal(event); err == nil {
					t.Errorf("%s: a question was sealed", typ)
				}
			}
		}
	}
	for i := range sealedEvents {
		event := *events[i%len(events)]
		event.ID += fmt.Sprint("|", i)
		if i%7 != 0 {
			event.Time = epoch.Add(time.Duration(i) * time.Millisecond)
		}
		text, err := s.Seal(&event)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := consumer.Open(text, sources...)
		if err != nil {
			t.Fatalf("%s: %v", event.Type, err)
		}
		if diff := same(&event, opened); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", event.Type, diff)
		}
		if i >= len(events) {
			continue
		}
		_, box, _ := strings.Cut(text, "."+base64.RawURLEncoding.EncodeToString([]byte(event.Type))+".")
		bytes, err := base64.RawURLEncoding.DecodeString(box)
		if err != nil || strings.Contains(text+string(bytes), secretSample) || strings.Contains(text+string(bytes), "12.34") {
			t.Errorf("%s: %v, or the sealed text tells something: %s", event.Type, err, text)
		}
		if _, err := other.Open(text, sources...); !errors.Is(err, webhook.ErrSealed) {
			t.Errorf("%s: with another key: %v", event.Type, err)
		}
	}
	t.Logf("%d events of %d types", sealedEvents, len(types))
}

// TestOneChangedByteRefuses: whichever it is.
func TestOneChangedByteRefuses(t *testing.T) {
	t.Parallel()
	s := sealer(t, sealKey(t, 1))
	for _, p := range oddProviders()[:2] {
		source := p.source(t)
		text, err := s.Seal(p.samples(t, p.types[0])[0])
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(text) {
			for _, change := range []byte{1, 2, 0x20} {
				changed := []byte(text)
				changed[i] ^= change
				if event, err := s.Open(string(changed), source); event != nil || !errors.Is(err, webhook.ErrSealed) {
					t.Fatalf("byte %d of %s: %v, %v", i, text, event, err)
				}
			}
		}
	}
}
