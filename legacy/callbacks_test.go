package legacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// callbackPlatform starts a platform whose callbacks all go to one address, and a
// source for them.
func callbackPlatform(t testing.TB, cfg legacytest.Config) (*legacytest.Server, *webhook.Source) {
	t.Helper()
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC))
	}
	server, err := legacytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	source, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()}})
	if err != nil {
		t.Fatal(err)
	}
	return server, source
}

// callbackBody signs a callback as the platform does.
func callbackBody(t testing.TB, server *legacytest.Server, content map[string]any) []byte {
	t.Helper()
	body, err := io.ReadAll(server.SignCallback(content).Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func depositNotice() map[string]any {
	return map[string]any{
		"orderNo": "1448538596381429760", "merOrderNo": "1448535323381429760", "status": "3", "failReason": "Processing failed",
		"completeTime": "20220331121212", "createTime": "20220331121211", "settleAmount": "20", "ext": "",
	}
}

func TestCallbackDeposit(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	event, err := source.ForType(legacy.EventCardDeposited).Parse(nil, callbackBody(t, server, depositNotice()))
	if err != nil {
		t.Fatal(err)
	}
	n, ok := event.Data.(*legacy.CardDeposited)
	if !ok || n.Status != legacy.OrderStatusFailed || n.SettleAmount.String() != "20" || n.FailReason != "Processing failed" ||
		!n.CompleteTime.Equal(time.Date(2022, 3, 31, 4, 12, 12, 0, time.UTC)) || n.AppKey != server.AppKey() {
		t.Errorf("%T %+v", event.Data, event.Data)
	}
	if event.Provider != "legacy" || event.Type != legacy.EventCardDeposited || !event.Time.IsZero() || event.ID == "" {
		t.Errorf("event %+v", event)
	}
}

// TestCallbackAlterations is the table of what a changed callback has to come to.
func TestCallbackAlterations(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	good := string(callbackBody(t, server, depositNotice()))
	var fields struct{ Sign string }
	if err := json.Unmarshal([]byte(good), &fields); err != nil {
		t.Fatal(err)
	}
	member := func(text string) string { return strings.Replace(good, "{", "{"+text+",", 1) }
	without := func(name string) string {
		var m map[string]any
		if err := json.Unmarshal([]byte(good), &m); err != nil {
			t.Fatal(err)
		}
		delete(m, name)
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for _, tc := range []struct {
		name, body string
		want       error // nil is accepted
	}{
		{"as it came", good, nil},
		{"upper-case hex", strings.Replace(good, fields.Sign, strings.ToUpper(fields.Sign), 1), nil},
		{"numbers instead of strings", strings.Replace(strings.Replace(good, `"status":"3"`, `"status":3`, 1), `"settleAmount":"20"`, `"settleAmount":20`, 1), nil},
		{"white space between members", strings.ReplaceAll(good, `","`, "\",\n\t\""), nil},
		{"an empty field that is not signed", member(`"note":""`), nil},
		{"null that is not signed", member(`"note":null`), nil},
		{"one changed byte", strings.Replace(good, `"settleAmount":"20"`, `"settleAmount":"21"`, 1), webhook.ErrSignature},
		{"another status", strings.Replace(good, `"status":"3"`, `"status":"2"`, 1), webhook.ErrSignature},
		{"a number with other digits", strings.Replace(good, `"settleAmount":"20"`, `"settleAmount":20.0`, 1), webhook.ErrSignature},
		{"an extra field that is not signed", member(`"note":"x"`), webhook.ErrSignature},
		{"an empty object is a value", member(`"note":{}`), webhook.ErrSignature},
		{"a missing field", without("failReason"), webhook.ErrSignature},
		{"a missing sign", without("sign"), webhook.ErrSignature},
		{"an empty sign", strings.Replace(good, fields.Sign, "", 1), webhook.ErrSignature},
		{"a short sign", strings.Replace(good, fields.Sign, fields.Sign[:31], 1), webhook.ErrSignature},
		{"a missing appKey", without("appKey"), webhook.ErrUnknownKey},
		{"another appKey", strings.Replace(good, server.AppKey(), "other", 1), webhook.ErrUnknownKey},
		{"a field twice", member(`"status":"2"`), webhook.ErrSignature},
		{"a field twice, once empty", strings.Replace(good, `"status":"3"`, `"status":"3","status":""`, 1), webhook.ErrSignature},
		{"the secret's own name", member(`"appSecret":"x"`), webhook.ErrSignature},
		{"an array", "[" + good + "]", webhook.ErrSignature},
		{"not JSON", good[:len(good)-1], webhook.ErrSignature},
		{"nothing", "", webhook.ErrSignature},
	} {
		event, err := source.ForType(legacy.EventCardDeposited).Parse(nil, []byte(tc.body))
		if !errors.Is(err, tc.want) || (tc.want == nil && (err != nil || event.Data.(*legacy.CardDeposited).Status != legacy.OrderStatusFailed)) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
		if verifyErr := source.Verify(nil, []byte(tc.body)); (verifyErr == nil) != (tc.want == nil) {
			t.Errorf("%s: Verify gives %v", tc.name, verifyErr)
		}
	}
}

func TestCallbackDataIsSignedAsItCame(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	data := `{"id":"e6a54b44","currency":"USD",  "amount":"9","type":"TopUp","cardNo":"5592922156696856","status":"Closed","detail":"a\u0026b","transactionTime":"2024-11-29T07:14:18.157Z"}`
	body := callbackBody(t, server, map[string]any{"type": "CardTransaction", "data": data})
	event, err := source.ForType(legacy.EventVirtualP).Parse(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := event.Data.(*legacy.VirtualPBilled)
	if !ok || n.Detail != "a&b" || n.Amount.String() != "9" || event.Type != "CardTransaction" {
		t.Errorf("%T %+v", event.Data, event.Data)
	}
	again := bytes.Replace(body, []byte(`\"USD\",  \"amount\"`), []byte(`\"USD\",\"amount\"`), 1)
	if bytes.Equal(again, body) {
		t.Fatal("the test changes nothing")
	}
	if err := source.Verify(nil, again); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("re-encoded data: %v", err)
	}
	object := callbackBody(t, server, map[string]any{"data": json.RawMessage(`{"acsTransactionId": "41ce", "status": 1, "expireDate": 1722212495829}`)})
	event, err = source.ForType(legacy.EventOOBRequested).Parse(nil, object)
	if err != nil {
		t.Fatal(err)
	}
	if oob, ok := event.Data.(*legacy.OOBRequested); !ok || oob.ACSTransactionID != "41ce" || oob.Status != legacy.OOBStatusInProgress {
		t.Errorf("%T %+v", event.Data, event.Data)
	}
	if err := source.Verify(nil, bytes.Replace(object, []byte(`"status":1`), []byte(`"status": 1`), 1)); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("the bytes of an object count: %v", err)
	}
}

func TestCallbackTypes(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	for _, tc := range []struct {
		typ     string
		content map[string]any
		want    any
		event   string
	}{
		{legacy.EventCardDeposited, depositNotice(), &legacy.CardDeposited{}, legacy.EventCardDeposited},
		{legacy.EventApplicationCompleted, depositNotice(), &legacy.ApplicationCompleted{}, legacy.EventApplicationCompleted},
		{legacy.EventTransferCompleted, depositNotice(), &legacy.TransferCompleted{}, legacy.EventTransferCompleted},
		{legacy.EventVirtualLBilled, map[string]any{"recordNo": "1", "transType": "TOP UP"}, &legacy.VirtualLBilled{}, legacy.EventVirtualLBilled},
		{legacy.EventVirtualLClosed, map[string]any{"recordNo": "1"}, &legacy.VirtualLClosed{}, legacy.EventVirtualLClosed},
		{legacy.EventVirtualLChallenged, map[string]any{"otp": "123456"}, &legacy.VirtualLChallenged{}, legacy.EventVirtualLChallenged},
		{legacy.EventOOBRequested, map[string]any{"data": `{"acsTransactionId":"x"}`}, &legacy.OOBRequested{}, legacy.EventOOBRequested},
		{legacy.EventVirtualP, map[string]any{"type": "CardTransaction", "data": `{"id":"1"}`}, &legacy.VirtualPBilled{}, "CardTransaction"},
		{legacy.EventVirtualP, map[string]any{"type": "DeleteCard", "data": `{"cardNo":"1"}`}, &legacy.VirtualPClosed{}, "DeleteCard"},
		{legacy.EventVirtualP, map[string]any{"type": "Card3dsOtp", "data": `{"otp":"1"}`}, &legacy.VirtualPChallenged{}, "Card3dsOtp"},
		{legacy.EventVirtualPChallenged, map[string]any{"type": "Card3dsOtp", "data": `{"otp":"1"}`}, &legacy.VirtualPChallenged{}, "Card3dsOtp"},
		{legacy.EventVirtualP, map[string]any{"type": "DeleteCard", "data": "x"}, &legacy.VirtualPClosed{}, "DeleteCard"},
		{legacy.EventCardDeposited, map[string]any{"orderNo": "1", "status": "soon"}, &legacy.CardDeposited{}, legacy.EventCardDeposited},
		{"", map[string]any{"type": "ThreeDomainSecureForwarding", "data": `{"url":"x"}`}, &legacy.VirtualPForwarded{}, "ThreeDomainSecureForwarding"},
		{legacy.EventVirtualP, map[string]any{"type": "3ds", "data": `{}`}, &webhook.Unknown{}, "3ds"},
		{legacy.EventVirtualP, map[string]any{"type": "deposit", "data": `{}`}, &webhook.Unknown{}, "deposit"},
	} {
		event, err := source.ForType(tc.typ).Parse(nil, callbackBody(t, server, tc.content))
		if err != nil {
			t.Errorf("%s: %v", tc.typ, err)
			continue
		}
		if got, want := fmt.Sprintf("%T", event.Data), fmt.Sprintf("%T", tc.want); got != want || event.Type != tc.event || event.ID == "" || event.Raw.IsZero() {
			t.Errorf("%s: %s of type %s with id %q, want %s", tc.typ, got, event.Type, event.ID, want)
		}
	}
	for name, tc := range map[string]struct {
		typ     string
		content map[string]any
	}{
		"no type":                  {"", depositNotice()},
		"an unknown address":       {"other", depositNotice()},
		"unknown, with its type":   {"other", map[string]any{"type": "other", "data": `{}`}},
		"no data":                  {legacy.EventOOBRequested, map[string]any{"x": "y"}},
		"another of the four":      {legacy.EventVirtualPChallenged, map[string]any{"type": "DeleteCard", "data": `{"cardNo":"1"}`}},
		"one of the four, no type": {legacy.EventVirtualPChallenged, map[string]any{"otp": "123456"}},
		"VIRTUAL-P, no type":       {legacy.EventVirtualP, map[string]any{"data": "{}"}},
	} {
		if event, err := source.ForType(tc.typ).Parse(nil, callbackBody(t, server, tc.content)); !errors.Is(err, webhook.ErrPayload) {
			t.Errorf("%s: %+v, %v", name, event, err)
		}
	}
}

func TestCallbackEventIDs(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	id := func(typ string, change map[string]any) string {
		content := depositNotice()
		for name, value := range change {
			content[name] = value
		}
		event, err := source.ForType(typ).Parse(nil, callbackBody(t, server, content))
		if err != nil {
			t.Fatal(err)
		}
		return event.ID
	}
	base := id(legacy.EventTransferCompleted, nil)
	if base != id(legacy.EventTransferCompleted, map[string]any{"failReason": "in other words"}) {
		t.Error("the same order and status is another event")
	}
	for name, other := range map[string]string{
		"another status": id(legacy.EventTransferCompleted, map[string]any{"status": "2"}),
		"another order":  id(legacy.EventTransferCompleted, map[string]any{"orderNo": "1"}),
		"a UETR":         id(legacy.EventTransferCompleted, map[string]any{"ext": `{"uetr":"x"}`}),
		"another type":   id(legacy.EventCardDeposited, nil),
	} {
		if other == base {
			t.Errorf("%s is the same event", name)
		}
	}
	otp := func(code string) string {
		event, err := source.ForType(legacy.EventVirtualLChallenged).Parse(nil, callbackBody(t, server, map[string]any{"otp": code, "cardNo": "493193**1091"}))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(event.ID, code) {
			t.Error("the id holds the password")
		}
		return event.ID
	}
	if otp("48151623") == otp("48151624") {
		t.Error("two passwords are one event")
	}
}

func TestCallbackRatioNames(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	for name, tc := range map[string]struct {
		fees  map[string]any
		ratio string
		ok    bool
	}{
		"pro":       {map[string]any{"proRatedFee": "0.012"}, "0.012", true},
		"pre":       {map[string]any{"preRatedFee": "0.012"}, "0.012", true},
		"both":      {map[string]any{"preRatedFee": "0.012", "proRatedFee": "0.0120"}, "0.012", true},
		"different": {map[string]any{"preRatedFee": "0.012", "proRatedFee": "0.013"}, "", false},
		"neither":   {nil, "", true},
	} {
		content := depositNotice()
		for k, v := range tc.fees {
			content[k] = v
		}
		event, err := source.ForType(legacy.EventTransferCompleted).Parse(nil, callbackBody(t, server, content))
		if err != nil {
			t.Fatal(err)
		}
		if ratio, ok := event.Data.(*legacy.TransferCompleted).Ratio(); ratio.String() != tc.ratio || ok != tc.ok {
			t.Errorf("%s: %s, %t", name, ratio, ok)
		}
	}
}

func TestCallbackConfigRefusals(t *testing.T) {
	t.Parallel()
	secret, err := sign.NewAppSecret("0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]legacy.CallbackConfig{
		"no key":          {AppSecrets: []sign.AppSecret{secret}},
		"no secrets":      {AppKey: "k"},
		"an empty secret": {AppKey: "k", AppSecrets: []sign.AppSecret{secret, {}}},
	} {
		_, err := legacy.NewCallbacks(cfg)
		if e := want(t, err, issuing.ErrInvalid); e.Provider != "legacy" || e.Op != "NewCallbacks" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "k", AppSecrets: []sign.AppSecret{secret}, MaxBody: -1})
	want(t, err, issuing.ErrInvalid)
}

// TestCallbackConfigIsUsed checks what the source gets from its configuration:
// the bound of bodies, and the store that several sources share.
func TestCallbackConfigIsUsed(t *testing.T) {
	t.Parallel()
	server, _ := callbackPlatform(t, legacytest.Config{})
	body := callbackBody(t, server, depositNotice())
	cfg := legacy.CallbackConfig{
		AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{server.AppSecret()},
		Deduper: webhook.NewMemoryDeduper(0, 0), MaxBody: int64(len(body)),
	}
	calls := 0
	post := func(body []byte) int {
		source, err := legacy.NewCallbacks(cfg)
		if err != nil {
			t.Fatal(err)
		}
		handler := webhook.NewHandler(source.ForType(legacy.EventCardDeposited), func(context.Context, *webhook.Event) error {
			calls++
			return nil
		})
		return handler.Handle(t.Context(), &webhook.Request{Body: body}).Status
	}
	if status := post(append(body, ' ')); status != http.StatusRequestEntityTooLarge || calls != 0 {
		t.Errorf("one byte too many: %d after %d calls", status, calls)
	}
	for range 2 {
		if status := post(body); status != http.StatusOK || calls != 1 {
			t.Errorf("%d after %d calls", status, calls)
		}
	}
}

// TestCallbackAtTheWrongAddress sends an authentic callback where it cannot be
// read: nothing of it is remembered, so it is dispatched at the right address.
func TestCallbackAtTheWrongAddress(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	var events []*webhook.Event
	handler := webhook.NewHandler(source, func(_ context.Context, event *webhook.Event) error {
		events = append(events, event)
		return nil
	})
	body := callbackBody(t, server, depositNotice())
	for _, step := range []struct {
		typ            string
		status, events int
	}{
		{"", http.StatusUnprocessableEntity, 0},
		{legacy.EventOOBRequested, http.StatusUnprocessableEntity, 0},
		{legacy.EventVirtualP, http.StatusUnprocessableEntity, 0},
		{legacy.EventCardDeposited, http.StatusOK, 1},
		{legacy.EventApplicationCompleted, http.StatusUnauthorized, 1}, // its signature belongs to the deposit
		{legacy.EventVirtualP, http.StatusUnprocessableEntity, 1},      // and still nothing that can be read there
	} {
		answer := handler.Handle(t.Context(), &webhook.Request{Type: step.typ, Body: body})
		if answer.Status != step.status || len(events) != step.events {
			t.Errorf("%q: %d with %d events, want %d with %d", step.typ, answer.Status, len(events), step.status, step.events)
		}
	}
	if len(events) != 1 || events[0].Type != legacy.EventCardDeposited {
		t.Errorf("events %+v", events)
	}
}

func TestCallbackChangeOfSecret(t *testing.T) {
	t.Parallel()
	server, _ := callbackPlatform(t, legacytest.Config{})
	other, err := sign.NewAppSecret("0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	body := callbackBody(t, server, depositNotice())
	both, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{other, server.AppSecret()}})
	if err != nil {
		t.Fatal(err)
	}
	if err := both.Verify(nil, body); err != nil {
		t.Errorf("both secrets: %v", err)
	}
	one, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: server.AppKey(), AppSecrets: []sign.AppSecret{other}})
	if err != nil {
		t.Fatal(err)
	}
	if err := one.Verify(nil, body); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("the other secret: %v", err)
	}
}

// TestCallbackHandlerDeduplicates sends a callback again, in other letters and with
// its fields merged: the signature is the same, so it is dispatched once. What reads
// as another event is refused.
func TestCallbackHandlerDeduplicates(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	calls := 0
	handler := webhook.NewHandler(source.ForType(legacy.EventCardDeposited), func(context.Context, *webhook.Event) error {
		calls++
		if calls == 1 {
			return errors.New("the database is down")
		}
		return nil
	})
	post := func(body []byte) (int, string) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
		return w.Code, w.Body.String()
	}
	body := callbackBody(t, server, depositNotice())
	if code, text := post(body); code != http.StatusServiceUnavailable || text == "ok" {
		t.Errorf("a failing function: %d %q", code, text)
	}
	if code, text := post(body); code != http.StatusOK || text != "ok" {
		t.Errorf("the retry: %d %q", code, text)
	}
	merged := bytes.Replace(body, []byte(`"orderNo":"1448538596381429760",`), nil, 1)
	merged = bytes.Replace(merged, []byte(`"merOrderNo":"1448535323381429760"`), []byte(`"merOrderNo":"1448535323381429760&orderNo=1448538596381429760"`), 1)
	if err := source.Verify(nil, merged); err != nil {
		t.Fatalf("the merged form has another signature, so it proves nothing: %v", err)
	}
	if code, _ := post(merged); code != http.StatusUnauthorized {
		t.Errorf("merged: %d", code)
	}
	for name, again := range map[string][]byte{"the same": body, "numbers": bytes.Replace(body, []byte(`"3"`), []byte(`3`), 1)} {
		if code, text := post(again); code != http.StatusOK || text != "ok" {
			t.Errorf("%s: %d %q", name, code, text)
		}
	}
	if calls != 2 {
		t.Errorf("the function ran %d times", calls)
	}
	if code, _ := post([]byte("{}")); code != http.StatusUnauthorized {
		t.Errorf("no signature: %d", code)
	}
}

func TestCallbackEventsPrintNothing(t *testing.T) {
	t.Parallel()
	server, source := callbackPlatform(t, legacytest.Config{})
	event, err := source.ForType(legacy.EventVirtualP).Parse(nil, callbackBody(t, server, map[string]any{
		"type": "Card3dsOtp", "data": `{"cardNo":"5592922156696856","otp":"48151623"}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	leaktest.Check(t, []string{"5592922156696856", "48151623", server.AppSecretText().Reveal()}, event, event.Data, source)
}

func FuzzCallbackParse(f *testing.F) {
	server, source := callbackPlatform(f, legacytest.Config{})
	f.Add(callbackBody(f, server, depositNotice()), legacy.EventCardDeposited)
	f.Add(callbackBody(f, server, map[string]any{"type": "DeleteCard", "data": `{"cardNo":"1"}`}), legacy.EventVirtualP)
	f.Add([]byte(`{"sign":"00000000000000000000000000000000","appKey":"sandboxappkey0001"}`), "")
	f.Fuzz(func(t *testing.T, body []byte, typ string) {
		event, err := source.ForType(typ).Parse(nil, body)
		if err == nil && (event == nil || event.ID == "") {
			t.Error("an event without an id")
		}
	})
}
