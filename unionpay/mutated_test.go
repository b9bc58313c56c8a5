package unionpay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// mutation is what of an answer or a notification is not as documented.
type mutation struct {
	op       uint8  // of mutableCalls, or beyond them a notification
	part     uint8  // 0 the business members, 1 the message, 2 the signature
	seed     uint64 // of the mutation
	business []byte // takes the business members' place when it is not empty
}

const mutationParts = 3

// mutable is a call with a valid answer's business members.
type mutable struct {
	write  bool
	flat   bool
	answer string
	call   func(context.Context, *unionpay.Client, ...issuing.CallOption) (any, error)
}

const (
	tokenAnswer = `{"deviceID":"d","token":"6299990000000000004","tokenRefID":"1000000001","tokenExpiry":"20301231235959","tokenState":"ACTIVE",` +
		`"maskedPAN":"625094******0004","par":"P1","cardType":"Debit Card"}`
	atmsAnswer = `{"totalCount":"1","atmList":[{"atmId":"ATM-000123","atmName":"n","features":["24H"],"distance":"12"}]}`
	keysAnswer = `{"upiSignCertID":"1","upiSignPublicKey":"k","upiEncCertID":"2","upiEncPublickey":"k"}`
)

func mutableCalls() []mutable {
	auth := issuing.NewSecret("opaque")
	number := issuing.NewSecret("6299990000000000004")
	return []mutable{
		{true, true, `{"x":1}`, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.ATMs.Feedback(ctx, feedback(), o...)
		}},
		{false, true, atmsAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.ATMs.List(ctx, unionpay.ListRequest{CountryCode: "702"}, o...)
		}},
		{false, true, atmsAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.ATMs.Nearby(ctx, unionpay.NearbyRequest{Longitude: "1", Latitude: "1"}, o...)
		}},
		{false, true, `{"cityList":["a"],"bankList":["b"]}`, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.ATMs.CitiesAndBanks(ctx, unionpay.CitiesAndBanksRequest{CountryCode: "702"}, o...)
		}},
		{true, false, tokenAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Tokens.Request(ctx, unionpay.TokenRequest{DeviceID: "d", AuthorizationData: auth}, o...)
		}},
		{true, false, `{"token":"6299990000000000004","tokenState":"SUSPENDED"}`, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Tokens.Suspend(ctx, unionpay.TokenRef{DeviceID: "d", Token: number}, o...)
		}},
		{false, false, tokenAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Tokens.Token(ctx, unionpay.TokenQuery{Token: number}, o...)
		}},
		{false, false, tokenAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Tokens.TokenByRequest(ctx, "A0052044620260401100000000777", o...)
		}},
		{true, false, keysAnswer, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Keys.Exchange(ctx, unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}, o...)
		}},
		{true, false, `{"ok":"1"}`, func(ctx context.Context, c *unionpay.Client, o ...issuing.CallOption) (any, error) {
			return c.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"result": "00"}}, o...)
		}},
	}
}

// mutableNotifications are valid business members by type.
var mutableNotifications = []struct{ typ, business string }{
	{unionpay.EventTokenStateChanged, `{"token":"6299990000000000004","tokenState":"SUSPENDED","encryptedConsumerIdentity":{"identityProvider":"p","identityValue":"v"}}`},
	{unionpay.EventTransactionReported, `{"token":"6299990000000000004","trxAmt":"12.50","discountDetails":[{"discountAmt":"1","discountNote":"n"}],"emvCpqrcPayload":["q"],"settlementKey":{"acquirerIIN":"1"}}`},
	{unionpay.EventUserIDRequested, `{"userAuthCode":"c1","x":{"y":[1.50]}}`},
}

// TestMutatedMessages sends mutations of every valid answer and notification, and holds
// what must be true of them.
func TestMutatedMessages(t *testing.T) {
	ops, runs := len(mutableCalls())+len(mutableNotifications), mutatedMessages
	if testing.Short() {
		runs /= 10
	}
	told := map[string]int{}
	for i := range runs {
		m := mutation{op: uint8(i % ops), seed: uint64(i)}
		if i%5 >= 3 {
			m.part = uint8(i%5 - 2)
		}
		told[m.try(t)]++
	}
	t.Logf("%d mutated messages: %v", runs, told)
	for _, want := range []string{"success", "outcome unknown", "bad response", "event", "refused notification"} {
		if told[want] == 0 {
			t.Errorf("the mutations reach no %s", want)
		}
	}
}

// FuzzHostile mutates valid answers and notifications by a seed, or takes the
// fuzzer's own business members.
func FuzzHostile(f *testing.F) {
	for i, c := range mutableCalls() {
		f.Add(uint8(i), uint8(i%mutationParts), uint64(i), []byte(nil))
		f.Add(uint8(i), uint8(0), uint64(0), []byte(c.answer))
	}
	for i, n := range mutableNotifications {
		f.Add(uint8(len(mutableCalls())+i), uint8(i%mutationParts), uint64(i), []byte(nil))
		f.Add(uint8(len(mutableCalls())+i), uint8(0), uint64(0), []byte(n.business))
	}
	f.Add(uint8(4), uint8(0), uint64(0), []byte(`{"token":"6299990000000000004","token":"6299990000000000012"}`))
	f.Add(uint8(4), uint8(0), uint64(0), []byte(`{"token":6299990000000000004}`))
	f.Add(uint8(1), uint8(0), uint64(0), []byte(`{"totalCount":-1,"a":[{}],"b":[{}]}`))
	f.Fuzz(func(t *testing.T, op, part uint8, seed uint64, business []byte) {
		mutation{op, part % mutationParts, seed, business}.try(t)
	})
}

func (m mutation) String() string {
	return fmt.Sprintf("op %d, part %d, seed %d, business %.100q", m.op, m.part, m.seed, m.business)
}

// try sends one and returns what is told of it.
func (m mutation) try(t testing.TB) string {
	t.Helper()
	calls := mutableCalls()
	n := int(m.op) % (len(calls) + len(mutableNotifications))
	if n >= len(calls) {
		return m.notify(t, n-len(calls))
	}
	c := calls[n]
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	answered := ""
	client, err := unionpay.New(unionpay.Config{
		BaseURL: "https://upi.example", AppID: upiApp, SignKey: shared.Sign(), SignKeyID: unionpaytest.SignKeyID,
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: shared.UPISign()}, Paths: mutatedPaths(),
		UPIEncKey: shared.UPIEnc(), UPIEncKeyID: unionpaytest.UPIEncKeyID,
		DecryptKeys: map[string]sign.PrivateKey{unionpaytest.DecryptKeyID: shared.Decrypt()},
	}, issuing.WithClock(func() time.Time { return epoch }), issuing.WithMaxAttempts(1), issuing.WithHTTPClient(&http.Client{
		Transport: roundTrip(func(r *http.Request) (*http.Response, error) { return m.answer(t, r, c, &answered) }),
	}))
	if err != nil {
		t.Fatal(err)
	}
	var result any
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
	// Whatever else is wrong, an approval in the answer is no refusal.
	approved := m.part == 0 || strings.Contains(answered, `"responseCode":"00"`)
	switch {
	case open && !c.write:
		t.Errorf("%v: a read is open: %v", m, err)
	case !open && c.write && approved:
		t.Errorf("%v: carried out, and told as failed: %v\n%.300q", m, err, answered)
	}
	return e.Kind.Error()
}

// mutatedPaths have the key messages of both interfaces.
func mutatedPaths() map[unionpay.MessageType]string {
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeKeyResetResult] = "/umps/reset"
	return paths
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// mutated are the business members that are sent in place of valid ones.
func (m mutation) mutated(valid string) []byte {
	switch {
	case m.part != 0:
		return []byte(valid)
	case len(m.business) > 0:
		return m.business
	}
	return conform.Mutate(m.seed, []byte(valid))
}

// answer is the gateway's answer to a request. Body is what it says.
func (m mutation) answer(t testing.TB, r *http.Request, c mutable, body *string) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var request struct {
		MsgInfo json.RawMessage `json:"msgInfo"`
	}
	if err := json.Unmarshal(sent, &request); err != nil {
		return nil, err
	}
	const response = `"msgResponse":{"responseCode":"00","responseMsg":"Approved"}`
	business := string(m.mutated(c.answer))
	if *body = `{"msgInfo":` + string(request.MsgInfo) + `,"trxInfo":` + business + `,` + response + `}`; c.flat {
		*body = `{` + response + `,` + strings.TrimPrefix(business, "{")
	}
	if m.part == 1 {
		*body = string(conform.Mutate(m.seed, []byte(*body)))
	}
	header := m.signed(t, []byte(*body), "", strings.Repeat("5", 32))
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(*body)), Request: r}, nil
}

// signed returns the header of a message of UnionPay's.
func (m mutation) signed(t testing.TB, body []byte, path, uuid string) http.Header {
	t.Helper()
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	jws, err := sign.SignUPI(shared.UPISignPrivate(), sign.UPIHeader{
		KeyID: unionpaytest.UPISignKeyID, UUID: uuid, Time: epoch, AppID: upiApp, Path: path,
	}, body)
	if err != nil {
		t.Fatal(err)
	}
	if m.part == 2 {
		jws = string(bytes.Map(func(r rune) rune { // what is no header field would not arrive
			if r < ' ' || r > '~' {
				return -1
			}
			return r
		}, conform.Mutate(m.seed, []byte(jws))))
	}
	return http.Header{upiHeader: {jws}, "Content-Type": {"application/json;charset=UTF-8"}}
}

// upiHeader is the signature's header in net/http's spelling.
const upiHeader = "Upi-Jws"

var (
	tokenForm = regexp.MustCompile(`^[0-9]{16,19}$`)
)

// checkResult holds the ids of a result to their documented form.
func (m mutation) checkResult(t testing.TB, result any) {
	t.Helper()
	switch r := result.(type) {
	case *unionpay.Token:
		if !tokenForm.MatchString(r.Token.Reveal()) {
			t.Errorf("%v: the token is %.200q", m, r.Token.Reveal())
		}
	case *unionpay.TokenChange:
		if number := r.Token.Reveal(); r.State == "" || number != "" && !tokenForm.MatchString(number) {
			t.Errorf("%v: the token is %.200q, its state %.200q", m, number, r.State)
		}
	case *unionpay.Page[unionpay.ATM]:
		if r.Total < 0 {
			t.Errorf("%v: %d ATMs in all", m, r.Total)
		}
	}
}

// notify delivers a notification.
func (m mutation) notify(t testing.TB, n int) string {
	t.Helper()
	shared, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	source, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		SignKey: shared.Sign(), SignKeyID: unionpaytest.SignKeyID, AppIDs: []string{upiApp}, Path: upiPath, Now: func() time.Time { return epoch },
		UPISignKeys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: shared.UPISign()},
	})
	if err != nil {
		t.Fatal(err)
	}
	typ := mutableNotifications[n].typ
	business := m.mutated(mutableNotifications[n].business)
	body := []byte(`{"msgInfo":{"versionNo":"1.0.0","msgID":"U0052044620260401100000000001","timeStamp":"20260401100000","msgType":"` + typ + `","walletID":"00520446"},"trxInfo":` +
		string(business) + `}`)
	if m.part == 1 {
		body = conform.Mutate(m.seed, body)
	}
	header := m.signed(t, body, upiPath, strings.Repeat("6", 32))
	var event *webhook.Event
	conform.Unharmed(t, m.String(), func() { event, err = source.Parse(header, body) })
	if err != nil {
		if m.part == 0 && typ != unionpay.EventUserIDRequested && json.Valid(body) && !twice(body) {
			t.Errorf("%v: a genuine notification is refused: %v: %.200q", m, err, business)
		}
		return "refused notification"
	}
	if event.ID == "" || len(event.ID) > 128 || event.Data == nil || !json.Valid([]byte(event.Raw.Reveal())) {
		t.Errorf("%v: %d characters of an id, %T", m, len(event.ID), event.Data)
	}
	if changed, ok := event.Data.(*unionpay.TokenStateChanged); ok && !event.HasProblem("trxInfo.token") &&
		!event.HasProblem("trxInfo") && !tokenForm.MatchString(changed.Token.Reveal()) {
		t.Errorf("%v: the token is %.200q, without a problem", m, changed.Token.Reveal())
	}
	return "event"
}

// twice reports whether an object of a JSON text has a member twice.
func twice(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	var names []map[string]bool
	key := []bool{}
	for {
		token, err := d.Token()
		if err != nil {
			return false
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			names, key = names[:len(names)-1], key[:len(key)-1]
			continue
		}
		if last := len(names) - 1; last >= 0 && names[last] != nil {
			if key[last] {
				name, _ := token.(string)
				if names[last][name] {
					return true
				}
				names[last][name] = true
				key[last] = false
				continue
			}
			key[last] = true
		}
		if delim, ok := token.(json.Delim); ok {
			if key = append(key, delim == '{'); delim == '{' {
				names = append(names, map[string]bool{})
			} else {
				names = append(names, nil)
			}
		}
	}
}
