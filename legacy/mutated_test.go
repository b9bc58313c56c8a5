package legacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// mutation is what of an answer or a callback is not as documented.
type mutation struct {
	op      uint8  // of everyCall, or beyond them a callback
	part    uint8  // 0 the data, or a callback's content before it is signed; 1 the whole message
	seed    uint64 // of the mutation
	message []byte // takes the mutated part's place when it is not empty
}

const mutationParts = 2

// bench is a platform, what it answers to each call, and what reads its callbacks.
type bench struct {
	server  *legacytest.Server
	source  *webhook.Source
	cards   [4]issuing.Secret
	answers [][]byte // by the number of the call
}

// roundTrip is a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// newBench has a platform answer every call once.
var newBench = sync.OnceValues(func() (*bench, error) {
	server, err := legacytest.NewServer(legacytest.Config{
		Clock: issuingtest.NewClock(start), Seed: "mutations", AppSecret: issuing.NewSecret("0123456789abcdef0123456789abcdef"),
	})
	if err != nil {
		return nil, err
	}
	b := &bench{server: server}
	for i, product := range []legacytest.Product{
		legacytest.ProductMasterE, legacytest.ProductVisaH, legacytest.ProductVirtualL, legacytest.ProductVirtualP,
	} {
		b.cards[i] = server.IssueCard(product)
		if _, err := server.Purchase(b.cards[i], amount("1"), issuingtest.Merchant{Name: "shop"}); err != nil {
			return nil, err
		}
	}
	var answer []byte
	client, err := b.client(roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil {
			answer, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			resp.Body = io.NopCloser(bytes.NewReader(answer))
		}
		return resp, err
	}))
	if err != nil {
		return nil, err
	}
	for _, c := range b.calls(client) {
		if err := c.run(context.Background()); err != nil && c.op != "VisaH.ReplyOOB" {
			return nil, fmt.Errorf("%s: %w", c.op, err)
		}
		if c.op == "VisaH.ReplyOOB" {
			answer = []byte(success(`{"confirmationStatus":2}`))
		}
		b.answers = append(b.answers, answer)
	}
	server.Close()
	b.source, err = legacy.NewCallbacks(legacy.CallbackConfig{AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()}})
	return b, err
})

func (b *bench) client(network http.RoundTripper) (*legacy.Client, error) {
	return legacy.New(b.server.ClientConfig(), issuing.WithHTTPClient(&http.Client{Transport: network}),
		issuing.WithMaxAttempts(1), issuing.WithClock(b.server.Clock().Now))
}

func (b *bench) calls(client *legacy.Client) []call {
	return everyCall(client, b.cards[0], b.cards[1], b.cards[2], b.cards[3])
}

// mutable are contents of callbacks by the type of their address.
var mutable = []struct{ typ, content string }{
	{legacy.EventCardDeposited, `{"orderNo":"1","merOrderNo":"2","status":"3","failReason":"x","completeTime":"20220331121212","createTime":"20220331121212","settleAmount":"20","ext":""}`},
	{legacy.EventApplicationCompleted, `{"orderNo":"1","merOrderNo":"2","cardNumber":"4242424242424242","status":2,"createTime":"20220331121212","ext":{"settleAmount":10}}`},
	{legacy.EventTransferCompleted, `{"orderNo":"1","merOrderNo":"2","status":"2","account":"235","targetAmount":"1000","targetCurrency":"CNY","sourceCurrency":"USD","sourceAmount":"1000","fixedFee":"12","proRatedFee":"0.012","ext":{"uetr":"637"}}`},
	{legacy.EventVirtualLBilled, `{"localCurrencyAmt":"10","occurTime":"2024-09-03 17:40:06","localCurrency":"USD","recordNo":"2409031607063343947","transType":"TOP UP","transStatus":"APPROVED"}`},
	{legacy.EventVirtualLClosed, `{"localCurrencyAmt":"10","occurTime":"2024-09-03 17:40:06","localCurrency":"USD","recordNo":"2409031607063343947"}`},
	{legacy.EventVirtualLChallenged, `{"otp":"123456","cardNo":"493193**1091","transactionCurrency":"CNY","transactionAmount":"23.32"}`},
	{legacy.EventOOBRequested, `{"data":{"cardNumber":"7662222584726493096","acsTransactionId":"41ce7a7d","transactionInformation":[{"merchantName":"Amazon","purchaseAmount":"31.81","purchaseDate":1722212389000,"merchantCountryCode":840}],"status":1,"expireDate":1722212495829}}`},
	{legacy.EventVirtualP, `{"data":"{\"id\":\"e6a54b44\",\"currency\":\"USD\",\"amount\":\"9\",\"type\":\"TopUp\",\"cardNo\":\"5592922156696856\",\"status\":\"Closed\",\"transactionTime\":\"2024-11-29T07:14:18.157Z\"}","type":"CardTransaction"}`},
	{legacy.EventVirtualP, `{"data":"{\"cardNo\":\"5592922156696856\",\"currency\":\"USD\",\"amount\":\"9\",\"otp\":\"1234321\",\"detail\":\"\"}","type":"Card3dsOtp"}`},
}

// TestMutatedMessages sends mutations of every valid answer and callback, and holds what
// must be true of them.
func TestMutatedMessages(t *testing.T) {
	b := theBench(t)
	ops, runs := len(b.answers)+len(mutable), mutatedMessages
	if testing.Short() {
		runs /= 10
	}
	told := map[string]int{}
	for i := range runs {
		told[mutation{op: uint8(i % ops), part: uint8(i / ops % mutationParts), seed: uint64(i)}.try(t, b)]++
	}
	t.Logf("%d mutated messages: %v", runs, told)
	for _, want := range []string{"success", "outcome unknown", "bad response", "event", "refused callback"} {
		if told[want] == 0 {
			t.Errorf("the mutations reach no %s", want)
		}
	}
}

func theBench(t testing.TB) *bench {
	t.Helper()
	b, err := newBench()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzHostile mutates valid answers and callbacks by a seed, or takes the fuzzer's
// own message.
func FuzzHostile(f *testing.F) {
	b := theBench(f)
	for i, answer := range b.answers {
		f.Add(uint8(i), uint8(i%mutationParts), uint64(i), []byte(nil))
		f.Add(uint8(i), uint8(1), uint64(0), answer)
	}
	for i, m := range mutable {
		f.Add(uint8(len(b.answers)+i), uint8(i%mutationParts), uint64(i), []byte(nil))
		f.Add(uint8(len(b.answers)+i), uint8(0), uint64(0), []byte(m.content))
	}
	f.Add(uint8(len(b.answers)+1), uint8(0), uint64(184), []byte(nil)) // a number of 100,000 characters
	f.Add(uint8(len(b.answers)+7), uint8(0), uint64(190), []byte(nil)) // a type of as many
	f.Fuzz(func(t *testing.T, op, part uint8, seed uint64, message []byte) {
		mutation{op, part % mutationParts, seed, message}.try(t, b)
	})
}

func (m mutation) String() string {
	return fmt.Sprintf("op %d, part %d, seed %d, message %.100q", m.op, m.part, m.seed, m.message)
}

// mutated is what takes a valid part's place.
func (m mutation) mutated(valid []byte) []byte {
	if len(m.message) > 0 {
		return m.message
	}
	return conform.Mutate(m.seed, valid)
}

// try sends one and returns what is told of it.
func (m mutation) try(t testing.TB, b *bench) string {
	t.Helper()
	n := int(m.op) % (len(b.answers) + len(mutable))
	if n >= len(b.answers) {
		return m.callback(t, b, mutable[n-len(b.answers)].typ, mutable[n-len(b.answers)].content)
	}
	answer := m.answer(b.answers[n])
	client, err := b.client(roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(bytes.NewReader(answer)),
		}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	c := b.calls(client)[n]
	conform.Unharmed(t, m.String(), func() { err = c.run(t.Context()) })
	if err == nil {
		return "success"
	}
	var e *issuing.Error
	if !errors.As(err, &e) || e.Kind == nil {
		t.Fatalf("%v: %v is no error of a call", m, err)
	}
	switch open := errors.Is(err, issuing.ErrOutcomeUnknown); {
	case open && !changing[c.op]:
		t.Errorf("%v: %s, a read, is open: %v", m, c.op, err)
	case !open && changing[c.op] && carriedOut(answer):
		t.Errorf("%v: %s was carried out, and is told as failed: %v\n%.300q", m, c.op, err, answer)
	}
	return e.Kind.Error()
}

// changing are the operations that change something.
var changing = func() map[string]bool {
	out := map[string]bool{}
	for _, o := range legacy.Operations() {
		out[o.Name] = o.Safety != "read"
	}
	return out
}()

// answer is the message that the network gives back.
func (m mutation) answer(valid []byte) []byte {
	if m.part == 1 {
		return m.mutated(valid)
	}
	var envelope map[string]json.RawMessage
	if json.Unmarshal(valid, &envelope) != nil {
		return valid
	}
	return []byte(success(string(m.mutated(envelope["data"]))))
}

// carriedOut reports an answer whose every word is that the platform did what was asked.
func carriedOut(answer []byte) bool {
	var env struct {
		Status  *json.Number    `json:"status"`
		Code    *json.Number    `json:"code"`
		Success *bool           `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
	if json.Unmarshal(answer, &env) != nil || env.Status == nil || env.Code != nil {
		return false
	}
	data := strings.Trim(string(env.Data), `" `)
	return *env.Status == "200" && env.Success != nil && *env.Success && data != "false" &&
		bytes.Count(answer, []byte(`"status":200`)) >= 1 && bytes.Count(answer, []byte(`"success"`)) == 1
}

// callback sends one as a callback.
func (m mutation) callback(t testing.TB, b *bench, typ, content string) string {
	t.Helper()
	body, signed := []byte(content), false
	if m.part == 0 {
		body = m.mutated(body)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) == nil && object != nil {
		signed = true
		body, _ = io.ReadAll(b.server.SignCallback(json.RawMessage(body)).Body)
	}
	if m.part == 1 {
		body = m.mutated(body)
	}
	var event *webhook.Event
	var err error
	conform.Unharmed(t, m.String(), func() { event, err = b.source.ForType(typ).Parse(nil, body) })
	if err != nil {
		// Without its type VIRTUAL-P's says nothing, nor do the two with content inside
		// when there is none.
		inner := slices.Contains([]string{legacy.EventVirtualP, legacy.EventOOBRequested}, typ)
		if signed && m.part == 0 && !(inner && errors.Is(err, webhook.ErrPayload)) {
			t.Errorf("%v: an authentic callback is refused: %v: %.200q", m, err, body)
		}
		return "refused callback"
	}
	if event.ID == "" || len(event.ID) > 512 || event.Data == nil || event.Raw.Reveal() == "" {
		t.Errorf("%v: %d characters of an id, %T", m, len(event.ID), event.Data)
	}
	return "event"
}
