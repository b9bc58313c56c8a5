package worldcard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// part is what of a message is not as the platform makes it.
type part uint8

const (
	partData     part = iota // an answer's data, or a callback's content
	partEnvelope             // what is around it
	partSealed               // the data, in the form of one encrypted text; a callback's content
	parts
)

// mutated is a message that no page shows.
type mutated struct {
	op   uint8 // which of the answers and callbacks
	part part
	seed uint64 // of the mutation
	data []byte // takes the mutated part's place when it is not empty
}

func (m mutated) String() string {
	return fmt.Sprintf("op %d, part %d, seed %d, data %.100q", m.op, m.part, m.seed, m.data)
}

// of is what takes the place of a valid part.
func (m mutated) of(valid []byte) []byte {
	if len(m.data) > 0 {
		return m.data
	}
	return conform.Mutate(m.seed, valid)
}

// TestMutatedMessages sends mutations of every valid answer and callback, the same in every
// run, and holds what must be true of them.
func TestMutatedMessages(t *testing.T) {
	cases, events := mutable(t)
	told := map[string]int{}
	for i := range mutatedMessages {
		m := mutated{op: uint8(i % (len(cases) + len(events))), seed: uint64(i)}
		if i%5 > 2 {
			m.part = part(i%5) - 2
		}
		told[m.try(t)]++
	}
	t.Logf("%d mutated messages: %v", mutatedMessages, told)
	for _, end := range []string{"success", "outcome unknown", "bad response", "event", "refused callback"} {
		if told[end] == 0 {
			t.Errorf("no mutation ends in %q", end)
		}
	}
}

// FuzzHostile mutates valid answers and callbacks by a seed, or takes the fuzzer's own data.
func FuzzHostile(f *testing.F) {
	cases, events := mutable(f)
	for i, c := range cases {
		f.Add(uint8(i), uint8(i)%uint8(parts), uint64(i), []byte(nil))
		f.Add(uint8(i), uint8(partData), uint64(0), []byte(c.data))
	}
	for i, e := range events {
		f.Add(uint8(len(cases)+i), uint8(i)%uint8(parts), uint64(i), []byte(nil))
		f.Add(uint8(len(cases)+i), uint8(partData), uint64(0), []byte(e.content))
	}
	f.Add(uint8(0), uint8(partEnvelope), uint64(0), []byte(`{"code":0,"code":10011,"data":{"card_id":"1"}}`))
	f.Add(uint8(0), uint8(partEnvelope), uint64(0), []byte(`{"code":"0 ","data":{"card_id":"1"}}`))
	ciphertext := `{"card_id":"1234567890123456","card_number":"` + strings.Repeat("QUJD", 20) + `"}`
	f.Add(uint8(1), uint8(partData), uint64(0), []byte(ciphertext))
	f.Fuzz(func(t *testing.T, op, where uint8, seed uint64, data []byte) {
		mutated{op, part(where) % parts, seed, data}.try(t)
	})
}

// callbackSample is a callback of a type.
type callbackSample struct {
	typ     string
	content []byte
}

// mutable are the answers and callbacks that are mutated.
func mutable(t testing.TB) ([]wireCase, []callbackSample) {
	t.Helper()
	var events []callbackSample
	for _, c := range callbackPayloads(t) {
		c.payload["notify_type"] = c.typ
		content, err := json.Marshal(c.payload)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, callbackSample{c.typ, content})
	}
	return append(virtualCases(t), physicalCases(t)...), events
}

// try sends one and returns what comes of it.
func (m mutated) try(t testing.TB) string {
	t.Helper()
	cases, events := mutable(t)
	n := int(m.op) % (len(cases) + len(events))
	if n >= len(cases) {
		return m.callback(t, events[n-len(cases)])
	}
	return m.answer(t, cases[n])
}

// inMemory is a network without sockets: it answers an operation's path with one body, and
// the page of the physical card, where it is read before, with another.
type inMemory struct{ path, answer, waits string }

func (n inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	body := n.answer
	switch {
	case r.URL.Path == n.path:
	case r.URL.Path == pathPhysical && n.waits != "":
		body = `{"code":0,"data":` + n.waits + `}`
	default:
		return nil, errSlow
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
	}, nil
}

// answer has an operation answered with it.
func (m mutated) answer(t testing.TB, c wireCase) string {
	t.Helper()
	data := []byte(c.data)
	if len(data) == 0 {
		data = []byte("null")
	}
	body := m.body(t, data)
	nowhere := &httptest.Server{URL: "https://api.example.com"}
	client := (&wireServer{Server: nowhere}).client(t, issuing.WithMaxAttempts(1),
		issuing.WithHTTPClient(&http.Client{Transport: inMemory{c.path, body, c.waits}}))
	var result any
	var err error
	conform.Unharmed(t, m.String(), func() { result, err = c.call(t.Context(), client) })
	if err == nil {
		m.checkResult(t, result)
		return "success"
	}
	var e *issuing.Error
	if !errors.As(err, &e) || e.Kind == nil {
		t.Fatalf("%v: %v is no error of a call", m, err)
	}
	open := errors.Is(err, issuing.ErrOutcomeUnknown)
	switch write := isWrite()[c.name]; {
	case !write && open:
		t.Errorf("%v: a read is open: %v", m, err)
	case write && !open && m.part != partEnvelope:
		t.Errorf("%v: %s was carried out, and is told as failed: %v\n%.300q", m, c.name, err, body)
	}
	return e.Kind.Error()
}

// isWrite tells the operations that change something.
var isWrite = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, row := range worldcard.Operations() {
		all[row.Name] = row.SettledBy != ""
	}
	return all
})

// body is an answer of the platform's around data.
func (m mutated) body(t testing.TB, data []byte) string {
	t.Helper()
	switch m.part {
	case partEnvelope:
		return string(m.of([]byte(`{"code":0,"message":"success","data":` + string(data) + `}`)))
	case partSealed:
		key, err := sign.ParseAESKey(aesKeyText)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := key.Seal(m.of(data))
		if err != nil {
			t.Fatal(err)
		}
		data = []byte(strconv.Quote(sealed))
	default:
		data = m.of(data)
	}
	return `{"code":0,"message":"success","data":` + string(data) + `}`
}

// checkResult holds that no ciphertext stands for a card's data, in a result or a list.
func (m mutated) checkResult(t testing.TB, result any) {
	t.Helper()
	v := reflect.ValueOf(result)
	for v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.Struct {
		return
	}
	for _, name := range []string{"CardNumber", "CVV", "ExpiryMonth", "ExpiryYear"} {
		if field := v.FieldByName(name); field.IsValid() && field.Interface().(issuing.Secret).Len() >= 40 {
			t.Errorf("%v: %s.%s has %d characters", m, v.Type().Name(), name, field.Interface().(issuing.Secret).Len())
		}
	}
	if id := v.FieldByName("ID"); id.IsValid() && v.Type().Name() == "Application" && id.String() == "" {
		t.Errorf("%v: an application without an id", m)
	}
}

// callback sends one as a callback, sealed and signed by the platform.
func (m mutated) callback(t testing.TB, sample callbackSample) string {
	t.Helper()
	key, err := sign.ParseAESKey(aesKeyText)
	if err != nil {
		t.Fatal(err)
	}
	platform, err := sign.NewPrivateKey(merchantKey())
	if err != nil {
		t.Fatal(err)
	}
	content := sample.content
	if m.part != partEnvelope {
		content = m.of(content)
	}
	body, err := key.SealBody(content)
	if err != nil {
		t.Fatal(err)
	}
	if m.part == partEnvelope {
		body = m.of(body)
	}
	timestamp := strconv.FormatInt(callbackEpoch.UnixMilli(), 10)
	signature, err := sign.SignPSS(platform, body, timestamp, "n")
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("X-Signature", signature)
	header.Set("X-Timestamp", timestamp)
	header.Set("X-Nonce", "n")
	source, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{platform.Public()}, AESKey: key, Now: func() time.Time { return callbackEpoch },
	})
	if err != nil {
		t.Fatal(err)
	}
	var event *webhook.Event
	conform.Unharmed(t, m.String(), func() { event, err = source.ForType(sample.typ).Parse(header, body) })
	return m.checkEvent(t, content, event, err)
}

// checkEvent holds that what the platform signed reaches the merchant, if it is an object
// and of its address's type, and under an id.
func (m mutated) checkEvent(t testing.TB, content []byte, event *webhook.Event, err error) string {
	t.Helper()
	if err != nil {
		object := json.Valid(content) && bytes.HasPrefix(bytes.TrimSpace(content), []byte("{"))
		if m.part != partEnvelope && object && !strings.Contains(err.Error(), "notify_type") {
			t.Errorf("%v: a genuine callback is refused: %v: %.200q", m, err, content)
		}
		return "refused callback"
	}
	if event.ID == "" || len(event.ID) > 600 || event.Raw.Reveal() == "" {
		t.Errorf("%v: %d characters of an id, %T", m, len(event.ID), event.Data)
	}
	return "event"
}
