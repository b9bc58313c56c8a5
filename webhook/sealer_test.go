package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// reader is a toy whose events can be sealed: the data is what Raw says behind the type.
type reader struct {
	toy
	fail error
}

type readData struct{ Code issuing.Secret }

func (r *reader) Decode(event *Event) error {
	_, code, ok := strings.Cut(event.Raw.Reveal(), " ")
	if !ok || r.fail != nil {
		return r.fail
	}
	event.Data = &readData{issuing.NewSecret(code)}
	return nil
}

func newReader(t *testing.T, name string, fail error) *Source {
	t.Helper()
	src, err := NewSource(name, &reader{fail: fail})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func newSealer(t *testing.T, fills ...byte) *Sealer {
	t.Helper()
	var keys []sign.AESKey
	for _, fill := range fills {
		key, err := sign.NewAESKey(bytes.Repeat([]byte{fill}, 32))
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	s, err := NewSealer(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealer(t *testing.T) {
	t.Parallel()
	raw := issuing.NewSecret("otp 135790\xff\x00")
	event := &Event{
		Provider: "a.b", Type: "3ds.otp", ID: "e\x00|1", Time: time.Date(2026, 1, 2, 3, 4, 5, 678, time.FixedZone("", 8*60*60)),
		Data: &readData{issuing.NewSecret("135790\xff\x00")}, Raw: raw,
	}
	s := newSealer(t, 1)
	text, err := s.Seal(event)
	if err != nil || !strings.HasPrefix(text, "ev1.a.b.M2RzLm90cA.") {
		t.Fatal(text, err)
	}
	good, down := newReader(t, "a.b", nil), errors.New("down")
	for name, c := range map[string]struct {
		sealer  *Sealer
		sources []*Source
		err     error
	}{
		"same key":     {s, []*Source{good}, nil},
		"changed key":  {newSealer(t, 9, 1), []*Source{nil, newReader(t, "other", nil), newReader(t, "a.b", down), good}, nil},
		"other key":    {newSealer(t, 9), []*Source{good}, ErrSealed},
		"no source":    {s, nil, ErrNoSource},
		"other source": {s, []*Source{newReader(t, "other", nil)}, ErrNoSource},
		"unreadable":   {s, []*Source{newReader(t, "a.b", down)}, ErrPayload},
		"its cause":    {s, []*Source{newReader(t, "a.b", down)}, down},
	} {
		opened, err := c.sealer.Open(text, c.sources...)
		if !errors.Is(err, c.err) || err != nil && (c.err == nil || opened != nil || strings.Contains(err.Error(), "135790")) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(event, opened); err == nil && diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// A scheme that cannot decode has no events that travel, but unknown ones.
	if _, toySource := newToy(); toySource != nil {
		known, _ := s.Seal(&Event{Provider: "toy", Type: "t", Data: &readData{}, Raw: raw})
		if _, err := s.Open(known, toySource); !errors.Is(err, ErrNoSource) {
			t.Error(err)
		}
		unknown := &Event{Provider: "toy", Type: "t", Data: &Unknown{Type: "t", Raw: raw}, Raw: raw}
		text, _ := s.Seal(unknown)
		opened, err := s.Open(text)
		if diff := cmp.Diff(unknown, opened); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestSealerRefuses(t *testing.T) {
	t.Parallel()
	if s, err := NewSealer(); s != nil || !errors.Is(err, sign.ErrKey) {
		t.Error(err)
	}
	if s, err := NewSealer(sign.AESKey{}); s != nil || !errors.Is(err, sign.ErrKey) {
		t.Error(err)
	}
	s := newSealer(t, 1)
	for name, event := range map[string]*Event{
		"none": nil, "of no source": {Type: "t"}, "question": {Provider: "toy", Question: true},
	} {
		if text, err := s.Seal(event); text != "" || err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
	var none *Sealer
	if _, err := none.Seal(&Event{Provider: "toy"}); !errors.Is(err, sign.ErrKey) {
		t.Error(err)
	}
	for _, text := range []string{"", ".", "ev1", "ev1.", "ev1.toy", "ev1.toy.", "ev1.toy..", "ev1.toy.dA.", "ev1.toy.dA.AAAA", "ev2.toy.dA.AAAA", "ev1.toy.d\n.AAAA", "{}"} {
		if event, err := s.Open(text); event != nil || !errors.Is(err, ErrSealed) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := none.Open("ev1.toy.dA.AAAA"); !errors.Is(err, ErrSealed) {
		t.Error(err)
	}
	// What was sealed by somebody with the key, and is none of ours.
	for _, plain := range []string{"", "\x05", "\x00\x00", "\x00\x00\x01x", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		for _, version := range []string{sealedVersion, sealedWithOwner} {
			if _, _, err := readEvent(&Event{}, []byte(plain), version); !errors.Is(err, ErrSealed) {
				t.Errorf("%s %q: %v", version, plain, err)
			}
		}
	}
}

// Plain JSON keeps its redactions, and nothing takes it for an event.
func TestJSONOfAnEventIsNone(t *testing.T) {
	t.Parallel()
	event := Event{Provider: "toy", Type: "otp", ID: "1", Data: &readData{issuing.NewSecret("135790")}, Raw: issuing.NewSecret("otp 135790")}
	text, err := json.Marshal(event)
	if err != nil || strings.Contains(string(text), "135790") || !strings.Contains(string(text), "[redacted]") {
		t.Errorf("%s, %v", text, err)
	}
	var back Event
	if err := json.Unmarshal(text, &back); err == nil || !strings.Contains(err.Error(), "Sealer") {
		t.Errorf("read as %+v, %v", back, err)
	}
	var list struct{ Events []*Event }
	if err := json.Unmarshal([]byte(`{"events":[`+string(text)+`]}`), &list); err == nil {
		t.Error("read in a list")
	}
}

func FuzzSealerOpen(f *testing.F) {
	key, err := sign.NewAESKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	s, err := NewSealer(key)
	if err != nil {
		f.Fatal(err)
	}
	text, err := s.Seal(&Event{Provider: "toy", Type: "t", Data: &Unknown{}, Raw: issuing.NewSecret("raw")})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("ev1.toy.dA.AAAA")
	f.Fuzz(func(t *testing.T, sealed string) {
		event, err := s.Open(sealed)
		if (event == nil) != (err != nil) || err == nil && sealed != text {
			t.Errorf("%q: %v, %v", sealed, event, err)
		}
	})
}
