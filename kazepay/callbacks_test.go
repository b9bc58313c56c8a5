package kazepay_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

func callbackConfig(server *kazepaytest.Server) kazepay.CallbackConfig {
	cfg := server.ClientConfig()
	return kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey, Profile: cfg.Profile, SysID: cfg.SysID,
	}
}

func callbacks(t testing.TB, cfg kazepay.CallbackConfig) *webhook.Source {
	t.Helper()
	src, err := kazepay.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// genuine is a genuine callback.
func genuine(t testing.TB, server *kazepaytest.Server, kind string, content map[string]any) []byte {
	t.Helper()
	body, err := io.ReadAll(server.SignCallback(kazepaytest.Callback{Type: kind, Content: content}).Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

var depositResult = map[string]any{
	"userBankcardId": 140, "cardNo": "4242424242413691", "amount": "100.00", "receiveAmount": "99.50", "currency": "USD",
	"status": "SUCCESS", "createAt": int64(1691550780785),
}

func TestCallbackConfigIsChecked(t *testing.T) {
	t.Parallel()
	good := callbackConfig(startServer(t, kazepaytest.Config{}))
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weakKey, err := sign.NewPrivateKey(weak)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*kazepay.CallbackConfig){
		"PrivateKey weak": func(c *kazepay.CallbackConfig) { c.PrivateKey = weakKey },
		"PlatformKeys[1] weak": func(c *kazepay.CallbackConfig) {
			c.PlatformKeys = append(slices.Clone(c.PlatformKeys), weakKey.Public())
		},
		"PlatformKeys":    func(c *kazepay.CallbackConfig) { c.PlatformKeys = nil },
		"PlatformKeys[0]": func(c *kazepay.CallbackConfig) { c.PlatformKeys = []sign.PublicKey{{}} },
		"PrivateKey":      func(c *kazepay.CallbackConfig) { c.PrivateKey = sign.PrivateKey{} },
		"Profile":         func(c *kazepay.CallbackConfig) { c.Profile.Wrap = 7 },
		"Names":           func(c *kazepay.CallbackConfig) { c.Names = map[string]string{"x": "SOMETHING"} },
		"Ack":             func(c *kazepay.CallbackConfig) { c.Ack = 4 },
	} {
		cfg := good
		change(&cfg)
		var e *issuing.Error
		if _, err := kazepay.NewCallbacks(cfg); !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Field != strings.TrimSuffix(name, " weak") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCallbackKindsWhereverTheyAreNamed(t *testing.T) {
	t.Parallel()
	for _, names := range []kazepaytest.CallbackName{kazepaytest.CallbackNameInHead, kazepaytest.CallbackNameInContent, kazepaytest.CallbackNameNowhere} {
		server := startServer(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{CallbackNames: names}})
		event, err := callbacks(t, callbackConfig(server)).Parse(nil, genuine(t, server, kazepay.EventCardDeposited, depositResult))
		if err != nil {
			t.Fatal(err)
		}
		data, ok := event.Data.(*kazepay.CardDeposited)
		if !ok || event.Provider != "kazepay" || event.Type != kazepay.EventCardDeposited || data.CardID != "140" ||
			data.ReceiveAmount.String() != "99.50" || !event.Time.Equal(time.UnixMilli(1691550780785)) || event.ID != kazepay.IdentityOf(data) {
			t.Errorf("%d: %+v", names, event)
		}
		if !strings.Contains(event.Raw.Reveal(), `"amount":"100.00"`) {
			t.Errorf("raw %s", event.Raw.Reveal())
		}
	}
}

func TestCallbackNamesOfItsOwn(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	cfg := callbackConfig(server)
	cfg.Names = map[string]string{"cardRechargeNotify": kazepay.EventCardDeposited}
	event, err := callbacks(t, cfg).Parse(nil, genuine(t, server, "cardRechargeNotify", depositResult))
	if _, ok := event.Data.(*kazepay.CardDeposited); err != nil || !ok {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestCallbackUnknownKindsAreKept(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	src := callbacks(t, callbackConfig(server))
	event, err := src.Parse(nil, genuine(t, server, "SOMETHING_NEW", map[string]any{"hello": "world"}))
	if err != nil {
		t.Fatal(err)
	}
	unknown, ok := event.Data.(*webhook.Unknown)
	if !ok || unknown.Type != "SOMETHING_NEW" || unknown.Raw.Reveal() != `{"hello":"world"}` || event.ID == "" {
		t.Errorf("%+v", event)
	}
	// A known kind without what it needs is unknown as well: nobody books money on it.
	event, err = src.Parse(nil, genuine(t, server, kazepay.EventCardDeposited, map[string]any{"cardNo": "1"}))
	if _, ok := event.Data.(*webhook.Unknown); err != nil || !ok || event.Type != kazepay.EventCardDeposited {
		t.Errorf("%+v, %v", event, err)
	}
	// A genuine top-up under the name of a closed card is none of both.
	moved := bytes.Replace(genuine(t, server, kazepay.EventCardDeposited, depositResult), []byte(kazepay.EventCardDeposited), []byte(kazepay.EventCardClosed), 1)
	event, err = src.Parse(nil, moved)
	if _, ok := event.Data.(*webhook.Unknown); err != nil || !ok || event.Type != kazepay.EventCardClosed {
		t.Errorf("%+v, %v", event, err)
	}
	event, err = src.ForType(kazepay.EventCardClosed).Parse(nil, moved)
	if _, ok := event.Data.(*webhook.Unknown); err != nil || !ok {
		t.Errorf("%+v, %v", event, err)
	}
	event, err = src.ForType(kazepay.EventCardClosed).Parse(nil, genuine(t, server, "x", map[string]any{"cardID": "1"}))
	if _, ok := event.Data.(*kazepay.CardClosed); err != nil || !ok {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestCallbackRefusals(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	src := callbacks(t, callbackConfig(server))
	good := genuine(t, server, kazepay.EventCardDeposited, depositResult)
	replace := func(old, replacement string) []byte {
		if !bytes.Contains(good, []byte(old)) {
			t.Fatalf("no %s in the callback", old)
		}
		return bytes.Replace(good, []byte(old), []byte(replacement), 1)
	}
	_, forged := kazepaytest.ForgeSignature(http.Header{}, bytes.Clone(good))
	other := callbackConfig(server)
	other.PlatformKeys = []sign.PublicKey{other.PrivateKey.Public()}
	for name, c := range map[string]struct {
		src  *webhook.Source
		body []byte
		want error
	}{
		"good":                  {src, good, nil},
		"forged":                {src, forged, webhook.ErrSignature},
		"another platform":      {callbacks(t, other), good, webhook.ErrSignature},
		"no signature":          {src, replace(`"sign"`, `"sing"`), webhook.ErrSignature},
		"no key":                {src, replace(`"keyEnc"`, `"key"`), webhook.ErrSignature},
		"no content":            {src, replace(`"encrypt"`, `"decrypt"`), webhook.ErrSignature},
		"tampered":              {src, replace(`"encrypt":"`, `"encrypt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`), webhook.ErrSignature},
		"another sysId":         {src, replace(server.SysID(), "H2400002001"), webhook.ErrUnknownKey},
		"upstream's envelope":   {src, []byte(`{"type":"CARD_STATUS_CHANGE","result":{"status":"ACTIVE"}}`), kazepay.ErrUnsupportedEnvelope},
		"no JSON":               {src, []byte(`<html>`), kazepay.ErrUnsupportedEnvelope},
		"nothing":               {src, nil, kazepay.ErrUnsupportedEnvelope},
		"head under other head": {src, replace(`"apiCode":"CARD_RECHARGE_RESULT"`, `"apiCode":"KYC_RESULT"`), nil},
	} {
		event, err := c.src.Parse(nil, c.body)
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if c.want == webhook.ErrSignature && err.Error() != webhook.ErrSignature.Error() {
			t.Errorf("%s says more than it should: %v", name, err)
		}
		if err := c.src.Verify(nil, c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: Verify: %v", name, err)
		}
		if _, ok := eventData(event).(*kazepay.CardDeposited); ok != (name == "good") {
			t.Errorf("%s: %+v", name, event)
		}
	}
	_, err := src.Parse(nil, []byte(`{"type":1,"result":2,"a":3,"b":4,"c":5,"d":6,"e":7,"f":8,"g":9,"0123456789012345678901234567890":1}`))
	if text := err.Error(); !strings.Contains(text, `"type" "result"`) || len(text) > 200 {
		t.Errorf("%v", err)
	}
}

func eventData(e *webhook.Event) any {
	if e == nil {
		return nil
	}
	return e.Data
}

// A byte order mark before a callback is no part of it.
func TestCallbackByteOrderMark(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	body := append([]byte("\ufeff"), genuine(t, server, kazepay.EventCardDeposited, depositResult)...)
	event, err := callbacks(t, callbackConfig(server)).Parse(nil, body)
	if _, ok := eventData(event).(*kazepay.CardDeposited); !ok || err != nil {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestCallbackUnreadableContent(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	src := callbacks(t, callbackConfig(server))
	lots := genuine(t, server, kazepay.EventCardDeposited, map[string]any{"cardID": "1", "amount": "lots", "status": "SUCCESS"})
	event, err := src.Parse(nil, lots)
	if err != nil {
		t.Fatal(err)
	}
	if data, ok := event.Data.(*kazepay.CardDeposited); !ok || data.CardID != "1" || !event.HasProblem("amount") {
		t.Errorf("%+v", event)
	}
	if _, err := src.ForType(kazepay.EventCardClosed).Parse(nil, lots); !errors.Is(err, webhook.ErrPayload) {
		t.Errorf("at another kind's address: %v", err)
	}
	for name, content := range map[string]map[string]any{
		"head and content name another": {"type": kazepay.EventKYCReviewed, "cardID": "1", "amount": 1, "status": "SUCCESS"},
	} {
		if _, err := src.Parse(nil, genuine(t, server, kazepay.EventCardDeposited, content)); !errors.Is(err, webhook.ErrPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCallbackKeyChange(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	cfg := callbackConfig(server)
	cfg.PlatformKeys = []sign.PublicKey{cfg.PrivateKey.Public(), server.PlatformKey()}
	if _, err := callbacks(t, cfg).Parse(nil, genuine(t, server, kazepay.EventCardDeposited, depositResult)); err != nil {
		t.Error(err)
	}
}

// under puts the requestNo of one callback into the head of another, which the
// default profile does not sign.
func under(t *testing.T, body, head []byte) []byte {
	t.Helper()
	number := func(b []byte) []byte {
		_, rest, ok := bytes.Cut(b, []byte(`"requestNo":"`))
		no, _, closed := bytes.Cut(rest, []byte(`"`))
		if !ok || !closed || len(no) != 22 {
			t.Fatalf("requestNo %q", no)
		}
		return no
	}
	return bytes.Replace(body, number(body), number(head), 1)
}

func TestCallbackRepeats(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	first := genuine(t, server, kazepay.EventCardDeposited, depositResult)
	again := genuine(t, server, kazepay.EventCardDeposited, depositResult) // another requestNo
	other := map[string]any{}
	for name, value := range depositResult {
		other[name] = value
	}
	other["createAt"] = int64(1691550780786)
	another := genuine(t, server, kazepay.EventCardDeposited, other)
	// Another content under the same head is another event: the head is not signed,
	// and whoever rewrites it must not swallow a genuine callback.
	other["createAt"] = int64(1691550780787)
	changed := under(t, genuine(t, server, kazepay.EventCardDeposited, other), first)
	var outcomes []webhook.Outcome
	handled := 0
	h := webhook.NewHandler(callbacks(t, callbackConfig(server)),
		func(context.Context, *webhook.Event) error { handled++; return nil },
		webhook.WithObserver(func(_ context.Context, r webhook.Report) { outcomes = append(outcomes, r.Outcome) }))
	for _, body := range [][]byte{first, first, again, again, another, changed} {
		if resp := post(h, body); resp.StatusCode != 200 {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	want := []webhook.Outcome{"handled", "duplicate", "duplicate", "duplicate", "handled", "handled"}
	if handled != 3 || len(outcomes) != len(want) {
		t.Fatalf("handled %d, %v", handled, outcomes)
	}
	for i := range want {
		if outcomes[i] != want[i] {
			t.Errorf("delivery %d: %s", i, outcomes[i])
		}
	}
}

func TestCallbackEventPrintsNoSecret(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	event, err := callbacks(t, callbackConfig(server)).Parse(nil, genuine(t, server, kazepay.EventCardDeposited, depositResult))
	if err != nil {
		t.Fatal(err)
	}
	leaktest.Check(t, []string{"4242424242413691"}, *event, event)
	leaktest.Check(t, []string{server.MerchantPrivateKey().Reveal()[400:432]}, callbackConfig(server))
}

func FuzzCallback(f *testing.F) {
	server := startServer(f, kazepaytest.Config{})
	src := callbacks(f, callbackConfig(server))
	seed := genuine(f, server, kazepay.EventCardDeposited, depositResult)
	f.Add(seed)
	f.Add([]byte(`{"type":"CARD_STATUS_CHANGE","result":{}}`))
	f.Add([]byte(`{"head":{"apiCode":["x"]},"body":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := src.Parse(nil, body)
		if err == nil && event.Raw.Reveal() == "" {
			t.Fatal("an event without content")
		}
		if err == nil && !bytes.Contains(body, []byte(`"sign"`)) {
			t.Fatalf("accepted %q", body)
		}
	})
}

// An id must be the same for every delivery and must not let anybody find the
// code in it by trying the hundred million that there are.
func TestCallbackIDsDoNotGiveCodesAway(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	src := callbacks(t, callbackConfig(server))
	content := map[string]any{"cardID": "3377", "activationCode": "70795665"}
	ids := map[string]bool{}
	for range 2 {
		body := genuine(t, server, kazepay.EventActivationCodeSent, content)
		event, err := src.Parse(http.Header{"Content-Type": {"application/json"}}, body)
		if err != nil {
			t.Fatal(err)
		}
		ids[event.ID] = true
		for _, guess := range []string{"70795665", event.Raw.Reveal()} {
			sum := sha256.Sum256([]byte(guess))
			if strings.Contains(event.ID, hex.EncodeToString(sum[:16])) || strings.Contains(event.ID, guess) {
				t.Errorf("the id %q gives the code away", event.ID)
			}
		}
	}
	if len(ids) != 1 {
		t.Errorf("%d ids for one event", len(ids))
	}
}
