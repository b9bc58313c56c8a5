package kazepay_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// hostile is what of a platform's answer to an operation is not as documented.
type hostile struct {
	op      uint8  // of wireCases, or beyond them a callback
	part    uint8  // 0 the payload, 1 the head, 2 the message
	seed    uint64 // of the mutation
	payload []byte // takes the payload's place when it is not empty
}

const parts = 3

// id is the form of ids in results.
var id = regexp.MustCompile(`^[!-~]{1,128}$`)

// mandatory are the results that are nothing without their id.
var mandatory = map[string]string{
	"Application": "ID", "Assignment": "CardID", "Deposit": "ID", "UploadedFile": "ID", "CardNumberID": "CardID",
}

// TestHostileAnswers sends mutations of every valid answer and callback, and holds
// what must be true of them.
func TestHostileAnswers(t *testing.T) {
	ops := len(wireCases()) + len(notifications())
	runs := hostileAnswers
	if testing.Short() {
		runs /= 10
	}
	told := map[string]int{}
	for i := range runs {
		h := hostile{op: uint8(i % ops), seed: uint64(i)}
		if i%5 == 4 {
			h.part = uint8(1 + i/5%2)
		}
		told[h.try(t)]++
	}
	t.Logf("%d mutated messages: %v", runs, told)
	if told["success"] == 0 || told["outcome unknown"] == 0 || told["bad response"] == 0 || told["event"] == 0 {
		t.Error("the mutations do not reach what they are for")
	}
}

// FuzzHostile mutates valid answers and callbacks by a seed, or takes the fuzzer's
// own payload.
func FuzzHostile(f *testing.F) {
	for i, c := range wireCases() {
		f.Add(uint8(i), uint8(i%parts), uint64(i), []byte(nil))
		f.Add(uint8(i), uint8(0), uint64(0), []byte(c.answer))
	}
	for i, n := range notifications() {
		f.Add(uint8(len(wireCases())+i), uint8(i%parts), uint64(i), []byte(nil))
		f.Add(uint8(len(wireCases())+i), uint8(0), uint64(0), []byte(n.payload))
	}
	f.Add(uint8(8), uint8(0), uint64(0), []byte(`{"encrypt":"SUCCESS","cardID":"1","encrypt":"FAILED"}`))
	f.Add(uint8(8), uint8(0), uint64(0), []byte(`{"encrypt":"FAILED","encrypt":"FAILED"}`))
	f.Add(uint8(0), uint8(0), uint64(0), []byte(`{"cardID":"a b","status":"ACTIVE"}`))
	f.Fuzz(func(t *testing.T, op, part uint8, seed uint64, payload []byte) {
		hostile{op, part % parts, seed, payload}.try(t)
	})
}

// try sends one and returns what the client tells of it.
func (h hostile) try(t testing.TB) string {
	t.Helper()
	cases, events := wireCases(), notifications()
	n := int(h.op) % (len(cases) + len(events))
	if n >= len(cases) {
		return h.callback(t, events[n-len(cases)].kind, events[n-len(cases)].payload)
	}
	c := cases[n]
	payload := h.mutated(c.answer)
	message := ""
	answer := func(*http.Request) (int, string) {
		if message == "" {
			message = h.message(t, `{"code":"SUCCESS","detail":"SUCCESS"}`, payload)
		}
		return http.StatusOK, message
	}
	merchant, platform := privateKeys(t)
	client, err := kazepay.New(kazepay.Config{
		BaseURL: "https://kazepay.example", SysID: sysID, PrivateKey: merchant, PlatformKey: platform.Public(),
	}, issuing.WithHTTPClient(&http.Client{Transport: network(answer)}), issuing.WithMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	var info issuing.CallInfo
	var result any
	conform.Unharmed(t, h.String(), func() { result, err = c.call(t.Context(), client, issuing.WithCallInfo(&info)) })
	if err == nil {
		h.checkResult(t, result)
		return "success"
	}
	var e *issuing.Error
	if !errors.As(err, &e) || e.Kind == nil {
		t.Fatalf("%v: %v is no error of a call", h, err)
	}
	booked := h.part == 0 || strings.Contains(message, `"SUCCESS"`) // the platform's own word is a success
	refused := h.part == 0 && failed(payload)
	switch {
	case info.Key == "" && errors.Is(err, issuing.ErrOutcomeUnknown):
		t.Errorf("%v: a read is open: %v", h, err)
	case info.Key != "" && !errors.Is(err, issuing.ErrOutcomeUnknown) && h.part == 0 && booked && !refused:
		t.Errorf("%v: booked, and told as failed: %v\n%.300q", h, err, payload)
	}
	return e.Kind.Error()
}

func (h hostile) String() string {
	return fmt.Sprintf("op %d, part %d, seed %d, payload %.100q", h.op, h.part, h.seed, h.payload)
}

// mutated is the payload that is sent in place of a valid one.
func (h hostile) mutated(valid string) []byte {
	switch {
	case h.part != 0:
		return []byte(valid)
	case len(h.payload) > 0:
		return h.payload
	}
	return conform.Mutate(h.seed, []byte(valid))
}

// message seals a payload as the platform, under a head that may be mutated.
func (h hostile) message(t testing.TB, head string, payload []byte) string {
	t.Helper()
	if h.part == 1 {
		head = string(conform.Mutate(h.seed, []byte(head)))
	}
	merchant, platform := privateKeys(t)
	e, err := (sign.Profile{}).Seal(platform, merchant.Public(), []byte(head), payload)
	if err != nil {
		t.Fatal(err)
	}
	if h.part == 2 {
		return string(conform.Mutate(h.seed, e.JSON()))
	}
	return string(e.JSON())
}

// failed reports whether a payload says FAILED and nothing else by its result flags.
func failed(payload []byte) bool {
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(payload), "\ufeff")))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	flags, refusals := 0, 0
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return false
		}
		var value any
		if d.Decode(&value) != nil {
			return false
		}
		if name == "encrypt" && value != nil {
			flags++
			if value == "FAILED" {
				refusals++
			}
		}
	}
	return flags > 0 && flags == refusals
}

// checkResult holds the ids of a result, or of each of a list, to their form.
func (h hostile) checkResult(t testing.TB, result any) {
	t.Helper()
	v := reflect.ValueOf(result)
	for v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case !v.IsValid():
		return
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			h.checkResult(t, v.Index(i).Interface())
		}
		return
	case v.Kind() != reflect.Struct:
		return
	}
	for _, name := range []string{"ID", "CardID", "TransactionID"} {
		field := v.FieldByName(name)
		if !field.IsValid() {
			continue
		}
		must := mandatory[v.Type().Name()] == name
		if text := field.String(); (must || text != "") && !id.MatchString(text) {
			t.Errorf("%v: %s.%s is %.200q", h, v.Type().Name(), name, text)
		}
	}
}

// callback sends one as a callback.
func (h hostile) callback(t testing.TB, kind, payload string) string {
	t.Helper()
	merchant, platform := privateKeys(t)
	source, err := kazepay.NewCallbacks(kazepay.CallbackConfig{PlatformKeys: []sign.PublicKey{platform.Public()}, PrivateKey: merchant})
	if err != nil {
		t.Fatal(err)
	}
	head, err := json.Marshal(map[string]string{"apiCode": kind, "requestNo": "1"})
	if err != nil {
		t.Fatal(err)
	}
	content := h.mutated(payload)
	body := h.message(t, string(head), content)
	var event *webhook.Event
	conform.Unharmed(t, h.String(), func() { event, err = source.Parse(nil, []byte(body)) })
	if err != nil {
		if h.part == 0 && json.Valid(content) && len(content) > 0 && content[0] == '{' && !strings.Contains(err.Error(), "different kinds") {
			t.Errorf("%v: a genuine callback is refused: %v: %.200q", h, err, content)
		}
		return "refused callback"
	}
	if event.ID == "" || len(event.ID) > 600 || event.Data == nil || event.Raw.Reveal() == "" || !json.Valid([]byte(event.Raw.Reveal())) {
		t.Errorf("%v: %d characters of an id, %T", h, len(event.ID), event.Data)
	}
	return "event"
}
