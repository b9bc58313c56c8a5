package worldcard_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

var callbackEpoch = time.Date(2026, 6, 26, 2, 0, 0, 0, time.UTC)

// callbackPlatform is a platform that signs callbacks, and a source that checks them,
// on one turned clock.
func callbackPlatform(t testing.TB, platform worldcardtest.Config, change ...func(*worldcard.CallbackConfig)) (*worldcardtest.Server, *webhook.Source) {
	t.Helper()
	platform.Clock = issuingtest.NewClock(callbackEpoch)
	server, err := worldcardtest.NewServer(platform)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	cfg := worldcard.CallbackConfig{
		PlatformKeys: []sign.PublicKey{server.PlatformKey()}, AESKey: server.AESKey(), Now: server.Clock().Now,
	}
	for _, f := range change {
		f(&cfg)
	}
	src, err := worldcard.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return server, src
}

func signed(t testing.TB, server *worldcardtest.Server, payload map[string]any) (http.Header, []byte) {
	t.Helper()
	r := server.SignCallback(payload)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.Header, body
}

// callbackPayloads are the seven payload tables, every field filled.
func callbackPayloads(t testing.TB) []struct {
	typ     string
	payload map[string]any
	want    any
} {
	const created, done = "2026-06-26T10:00:00+08:00", "2026-06-26T10:00:05+08:00"
	pan := issuing.NewSecret("4937241000003841")
	return []struct {
		typ     string
		payload map[string]any
		want    any
	}{
		{worldcard.EventCardOpened, map[string]any{
			"card_id": "1", "merchant_card_id": "mc", "card_number": "4937241000003841", "status": 2, "amount": "100.00",
			"currency": "USD", "create_time": created, "complete_time": done, "failure_reason": "",
		}, &worldcard.CardOpened{
			CardID: "1", MerchantCardID: "mc", CardNumber: pan, Status: worldcard.OpenEventStatusSuccess, Amount: amount(t, "100.00"),
			Currency: "USD", CreateTime: at(t, created), CompleteTime: at(t, done),
		}},
		{worldcard.EventCardDeposited, map[string]any{
			"transaction_id": "9", "merchant_transaction_id": "tx", "card_id": "1", "amount": "100.00", "settle_amount": 99.5,
			"currency": "USD", "status": "1", "create_time": created, "complete_time": done, "failure_reason": nil,
		}, &worldcard.CardDeposited{
			TransactionID: "9", MerchantTransactionID: "tx", CardID: "1", Amount: amount(t, "100.00"), SettleAmount: amount(t, "99.5"),
			Currency: "USD", Status: worldcard.DepositEventStatusSuccess, CreateTime: at(t, created), CompleteTime: at(t, done),
		}},
		{worldcard.EventCardClosed, map[string]any{
			"card_id": "1", "merchant_card_id": "mc", "card_number": "4937241000003841", "card_status": "cancelled",
			"amount": "57.66", "currency": "USD", "complete_time": done,
		}, &worldcard.CardClosed{
			CardID: "1", MerchantCardID: "mc", CardNumber: pan, CardState: worldcard.CardStateCancelled, Amount: amount(t, "57.66"),
			Currency: "USD", CompleteTime: at(t, done),
		}},
		{worldcard.EventCardStateChanged, map[string]any{
			"card_id": "1", "merchant_card_id": "mc", "card_number": "493724******3841", "card_status": "BLOCKED", "change_time": done,
		}, &worldcard.CardStateChanged{
			CardID: "1", MerchantCardID: "mc", CardNumber: issuing.NewSecret("493724******3841"), CardState: "BLOCKED", ChangeTime: at(t, done),
		}},
		{worldcard.EventCardBilled, map[string]any{
			"transaction_id": "t1", "card_id": "1", "card_type_id": 7, "transaction_time": done,
			"transaction_type": "Authorization", "transaction_status": "DECLINED", "result_code": "51", "fail_reason": "no money",
			"transaction_amount": "50.00", "transaction_currency": "EUR", "billing_amount": "54.10", "billing_currency": "USD",
			"auth_code": "123456", "merchant_name": "AMAZON.COM", "merchant_country": "US", "merchant_city": "SEATTLE",
			"mcc": 5411, "description": "books",
		}, &worldcard.CardBilled{
			TransactionID: "t1", CardID: "1", CardTypeID: 7, TransactionTime: at(t, done),
			TransactionType: worldcard.TransactionTypeAuthorization, TransactionStatus: worldcard.TransactionStatusDeclined,
			ResultCode: "51", FailReason: "no money", TransactionAmount: amount(t, "50.00"), TransactionCurrency: "EUR",
			BillingAmount: amount(t, "54.10"), BillingCurrency: "USD", AuthCode: "123456", MerchantName: "AMAZON.COM",
			MerchantCountry: "US", MerchantCity: "SEATTLE", MCC: "5411", Description: "books",
		}},
		{worldcard.EventHolderChallenged, map[string]any{
			"card_id": "1", "currency": "USD", "amount": "50.00", "otp": "4815162342", "detail": "AMAZON.COM", "business_type": "Card3ds",
			"expires_at": done, "url": "",
		}, &worldcard.HolderChallenged{
			CardID: "1", Currency: "USD", Amount: amount(t, "50.00"), OTP: issuing.NewSecret("4815162342"), Detail: "AMAZON.COM",
			BusinessType: "Card3ds", ExpiresAt: at(t, done),
		}},
		{worldcard.EventKYCReviewed, map[string]any{
			"card_id": "1", "merchant_card_id": "mc", "card_type": "PHYSICAL-G", "status": 3, "retry_allowed": true,
			"reason": "blurred", "reviewed_at": done,
		}, &worldcard.KYCReviewed{
			CardID: "1", MerchantCardID: "mc", CardType: worldcard.CardTypePhysicalG, Status: worldcard.KYCEventStatusRejected,
			RetryAllowed: true, Reason: "blurred", ReviewedAt: at(t, done),
		}},
	}
}

func TestCallbacksOfAllTypes(t *testing.T) {
	t.Parallel()
	for _, long := range []bool{false, true} {
		server, src := callbackPlatform(t, worldcardtest.Config{LongSalt: long})
		payloads := callbackPayloads(t)
		if len(payloads) != len(worldcard.EventTypes()) {
			t.Errorf("%d payloads for %d types", len(payloads), len(worldcard.EventTypes()))
		}
		ids := map[string]bool{}
		for _, p := range payloads {
			// By its own field, and by the address's type without it.
			for _, inside := range []bool{true, false} {
				from := src.ForType(p.typ)
				delete(p.payload, "notify_type")
				if inside {
					p.payload["notify_type"] = p.typ
					from = src
				}
				header, body := signed(t, server, p.payload)
				event, err := from.Parse(header, body)
				if err != nil {
					t.Fatalf("%s: %v", p.typ, err)
				}
				if diff := cmp.Diff(p.want, event.Data, compareOptions()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", p.typ, diff)
				}
				if event.Type != p.typ || event.Provider != "worldcard" || !event.Time.Equal(callbackEpoch) {
					t.Errorf("%s: %+v", p.typ, event)
				}
				key := worldcard.Identity(p.want)
				if key == "" && p.typ == worldcard.EventHolderChallenged {
					// Identified by its whole content, notify_type included.
					key = event.ID
					ids[p.typ] = true
				} else {
					ids[event.ID] = true
				}
				if event.ID != key || key == "" {
					t.Errorf("%s: id %q, want %q", p.typ, event.ID, key)
				}
			}
		}
		if len(ids) != len(payloads) {
			t.Errorf("%d event ids for %d events", len(ids), len(payloads))
		}
	}
}

func TestCallbackWithoutTypeAndWithAnUnknownOne(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	header, body := signed(t, server, map[string]any{"card_id": "1"})
	if _, err := src.Parse(header, body); !errors.Is(err, webhook.ErrPayload) {
		t.Errorf("without a type: %v", err)
	}
	header, body = signed(t, server, map[string]any{"notify_type": "card_moon", "card_id": "1"})
	event, err := src.Parse(header, body)
	if err != nil {
		t.Fatal(err)
	}
	unknown, ok := event.Data.(*webhook.Unknown)
	if !ok || unknown.Type != "card_moon" || !strings.Contains(unknown.Raw.Reveal(), `"card_id":"1"`) || event.ID == "" {
		t.Errorf("%+v", event)
	}
	// A bad time or amount loses itself alone.
	header, body = signed(t, server, map[string]any{"notify_type": "card_close", "card_id": "1", "complete_time": "yesterday", "amount": "5"})
	if event, err = src.Parse(header, body); err != nil || !event.Data.(*worldcard.CardClosed).CompleteTime.IsZero() {
		t.Errorf("%+v, %v", event, err)
	}
	header, body = signed(t, server, map[string]any{"notify_type": "card_close", "card_id": "1", "amount": "NaN"})
	event, err = src.Parse(header, body)
	if err != nil || event.Data.(*worldcard.CardClosed).CardID != "1" || !event.HasProblem("amount") || event.HasProblem("card_id") {
		t.Errorf("%+v, %v", event, err)
	}
	// What stands inside is held against the address, whose function expects no other.
	if _, err = src.ForType(worldcard.EventCardOpened).Parse(header, body); !errors.Is(err, webhook.ErrPayload) {
		t.Errorf("%v", err)
	}
}

func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	other, _ := callbackPlatform(t, worldcardtest.Config{})
	server, src := callbackPlatform(t, worldcardtest.Config{}, func(c *worldcard.CallbackConfig) { c.AppID = "app_sandbox_0001" })
	payload := map[string]any{"notify_type": "card_close", "card_id": "1", "amount": "5"}
	for name, c := range map[string]struct {
		change func(http.Header, []byte) []byte
		want   error
	}{
		"good":              {func(_ http.Header, b []byte) []byte { return b }, nil},
		"changed byte":      {func(_ http.Header, b []byte) []byte { b[20] ^= 1; return b }, webhook.ErrSignature},
		"re-encoded":        {func(_ http.Header, b []byte) []byte { return append(b, '\n') }, webhook.ErrSignature},
		"other timestamp":   {func(h http.Header, b []byte) []byte { h.Set("X-Timestamp", "1782439200001"); return b }, webhook.ErrSignature},
		"timestamp as sec":  {func(h http.Header, b []byte) []byte { h.Set("X-Timestamp", h.Get("X-Timestamp")[:10]); return b }, webhook.ErrSignature},
		"other nonce":       {func(h http.Header, b []byte) []byte { h.Set("X-Nonce", "x"); return b }, webhook.ErrSignature},
		"no signature":      {func(h http.Header, b []byte) []byte { h.Del("X-Signature"); return b }, webhook.ErrSignature},
		"huge nonce":        {func(h http.Header, b []byte) []byte { h.Set("X-Nonce", strings.Repeat("n", 1000)); return b }, webhook.ErrSignature},
		"not Base64":        {func(h http.Header, b []byte) []byte { h.Set("X-Signature", "%%%"); return b }, webhook.ErrSignature},
		"2 MB of signature": {func(h http.Header, b []byte) []byte { h.Set("X-Signature", strings.Repeat("A", 2<<20)); return b }, webhook.ErrSignature},
		"another merchant":  {func(h http.Header, b []byte) []byte { h.Set("X-App-Id", "x"); return b }, webhook.ErrUnknownKey},
	} {
		header, body := signed(t, server, payload)
		body = c.change(header, bytes.Clone(body))
		if err := src.Verify(header, body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if _, err := src.Parse(header, body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	header, body := signed(t, other, payload)
	if err := src.Verify(header, body); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("signed by another platform: %v", err)
	}
}

func TestCallbackAgeLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		maxAge time.Duration
		age    time.Duration
		ok     bool
	}{
		{"fresh", 0, 0, true},
		{"just in time", 0, 48*time.Hour - time.Second, true},
		{"too old", 0, 48*time.Hour + time.Second, false},
		{"own limit", time.Hour, 2 * time.Hour, false},
		{"switched off", -1, 1000 * time.Hour, true},
		{"five minutes ahead", 0, -5*time.Minute + time.Second, true},
		{"too far ahead", 0, -5*time.Minute - time.Second, false},
	} {
		now := callbackEpoch
		server, src := callbackPlatform(t, worldcardtest.Config{}, func(cfg *worldcard.CallbackConfig) {
			cfg.MaxAge = c.maxAge
			cfg.Now = func() time.Time { return now.Add(c.age) }
		})
		header, body := signed(t, server, map[string]any{"notify_type": "card_close", "card_id": "1"})
		if err := src.Verify(header, body); (err == nil) != c.ok || (!c.ok && !errors.Is(err, webhook.ErrTimestamp)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestCallbackKeyRotation(t *testing.T) {
	t.Parallel()
	old, _ := callbackPlatform(t, worldcardtest.Config{})
	server, src := callbackPlatform(t, worldcardtest.Config{}, func(c *worldcard.CallbackConfig) {
		c.PlatformKeys = append([]sign.PublicKey{old.PlatformKey()}, c.PlatformKeys...)
	})
	for name, from := range map[string]*worldcardtest.Server{"old key": old, "new key": server} {
		header, body := signed(t, from, map[string]any{"notify_type": "card_close"})
		if err := src.Verify(header, body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCallbackConstructorRefusesEmptyKeys(t *testing.T) {
	t.Parallel()
	server, _ := callbackPlatform(t, worldcardtest.Config{})
	for name, cfg := range map[string]worldcard.CallbackConfig{
		"nothing":         {},
		"no platform key": {AESKey: server.AESKey()},
		"an empty key":    {AESKey: server.AESKey(), PlatformKeys: []sign.PublicKey{{}}},
		"no AES key":      {PlatformKeys: []sign.PublicKey{server.PlatformKey()}},
	} {
		if _, err := worldcard.NewCallbacks(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// deliver posts a callback to a handler.
func deliver(h http.Handler, header http.Header, body []byte) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/callbacks", bytes.NewReader(body))
	r.Header = header.Clone()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestCallbackHandlerAcknowledgesAndDeduplicates(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	var got []string
	fail := true
	h := webhook.NewHandler(src, func(_ context.Context, ev *webhook.Event) error {
		if fail {
			return errors.New("database down")
		}
		got = append(got, ev.Type+" "+ev.ID)
		return nil
	})
	payload := map[string]any{"notify_type": "card_deposit", "transaction_id": "9", "merchant_transaction_id": "tx", "status": 1}
	header, body := signed(t, server, payload)
	if w := deliver(h, header, body); w.Code == http.StatusOK || w.Body.String() == "ok" {
		t.Errorf("a failed event was acknowledged: %d %s", w.Code, w.Body)
	}
	fail = false
	for i := range 3 { // the same delivery again, nonce and all
		if w := deliver(h, header, body); w.Code != http.StatusOK || w.Body.String() != "ok" {
			t.Errorf("delivery %d: %d %q", i, w.Code, w.Body)
		}
	}
	header, body = signed(t, server, payload) // the same event, signed afresh
	if w := deliver(h, header, body); w.Code != http.StatusOK || w.Body.String() != "ok" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if len(got) != 1 {
		t.Errorf("dispatched %d times: %v", len(got), got)
	}
	payload["status"] = 2 // another event of the same top-up
	header, body = signed(t, server, payload)
	deliver(h, header, body)
	if len(got) != 2 {
		t.Errorf("dispatched %d times: %v", len(got), got)
	}
	header.Set("X-Signature", "AAAA")
	if w := deliver(h, header, body); w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "signature") {
		t.Errorf("forged: %d %q", w.Code, w.Body)
	}
}

func TestCallbackEventsAreNotMistakenForEachOther(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	base := map[string]any{"notify_type": "card_status_change", "card_id": "1", "card_status": "frozen", "change_time": "2026-06-26T10:00:00+08:00"}
	ids := map[string]string{}
	for name, change := range map[string]func(map[string]any){
		"frozen":            func(map[string]any) {},
		"another time":      func(m map[string]any) { m["change_time"] = "2026-06-26T11:00:00+08:00" },
		"another card":      func(m map[string]any) { m["card_id"] = "2" },
		"unreadable time":   func(m map[string]any) { m["change_time"] = "soon" },
		"unreadable time 2": func(m map[string]any) { m["change_time"] = "later" },
		"activated":         func(m map[string]any) { m["card_status"] = "activated" },
	} {
		payload := map[string]any{}
		for k, v := range base {
			payload[k] = v
		}
		change(payload)
		header, body := signed(t, server, payload)
		event, err := src.Parse(header, body)
		if err != nil {
			t.Fatal(err)
		}
		if other, taken := ids[event.ID]; taken {
			t.Errorf("%q and %q have the same id", name, other)
		}
		ids[event.ID] = name
	}
	// The same state under both of its names is one event.
	for _, word := range []string{"blocked", "FROZEN"} {
		base["card_status"] = word
		header, body := signed(t, server, base)
		event, err := src.Parse(header, body)
		if err != nil || ids[event.ID] != "frozen" {
			t.Errorf("%s: %v %v", word, event, err)
		}
	}
}

func TestCallbackEventPrintsNoSecret(t *testing.T) {
	t.Parallel()
	server, src := callbackPlatform(t, worldcardtest.Config{})
	for _, p := range callbackPayloads(t) {
		p.payload["notify_type"] = p.typ
		header, body := signed(t, server, p.payload)
		event, err := src.Parse(header, body)
		if err != nil {
			t.Fatal(err)
		}
		leaktest.Check(t, []string{"4937241000003841", "4815162342"}, event, event.Data)
	}
}

func FuzzCallbackParse(f *testing.F) {
	server, src := callbackPlatform(f, worldcardtest.Config{})
	header, body := signed(f, server, map[string]any{"notify_type": "card_close", "card_id": "1", "amount": "5"})
	f.Add(header.Get("X-Signature"), header.Get("X-Timestamp"), header.Get("X-Nonce"), body)
	f.Add("", "", "", []byte(`{"data":""}`))
	f.Add("AAAA", strconv.FormatInt(callbackEpoch.UnixMilli(), 10), "n", []byte("{"))
	f.Fuzz(func(t *testing.T, signature, timestamp, nonce string, foreign []byte) {
		h := http.Header{}
		h.Set("X-Signature", signature)
		h.Set("X-Timestamp", timestamp)
		h.Set("X-Nonce", nonce)
		if event, err := src.Parse(h, foreign); err == nil && !bytes.Equal(foreign, body) {
			t.Errorf("a callback that the platform did not sign was accepted: %+v", event)
		}
		// The decoder behind the signature must survive anything as well.
		for _, typ := range worldcard.EventTypes() {
			if n, err := worldcard.DecodeNotification(typ, foreign, server.AESKey()); err == nil {
				_ = worldcard.Identity(n)
			}
		}
	})
}
