package cases

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// oneAddress is a merchant of all providers with one address for all of them.
type oneAddress struct {
	url     string
	handler http.Handler
	mu      sync.Mutex
	events  map[string][]string // types by provider
	reports []webhook.Report
}

func (a *oneAddress) handle(ctx context.Context, ev *webhook.Event) error {
	a.mu.Lock()
	a.events[ev.Provider] = append(a.events[ev.Provider], ev.Type)
	a.mu.Unlock()
	if ev.Type == authdecision.EventRequest {
		return authdecision.Decide(func(context.Context, *authdecision.Request) (authdecision.Decision, error) {
			return authdecision.Approve(), nil
		})(ctx, ev)
	}
	return answer(ctx, ev)
}

func (a *oneAddress) observe(_ context.Context, r webhook.Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.reports = append(a.reports, r)
}

// seen returns the types of a provider's events.
func (a *oneAddress) seen(provider string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.events[provider], " ")
}

func (a *oneAddress) refused() webhook.Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.reports[len(a.reports)-1]
}

// platforms are all of them, which push to one address.
type platforms struct {
	worldcard *worldcardtest.Server
	legacy    *legacytest.Server
	kazepay   *kazepaytest.Server
	uqpay     *uqpaytest.Server
	coshine   *coshinetest.Server
	unionpay  *unionpaytest.Server
	caller    *authdecision.Caller
}

// serveAll starts the merchant and the platforms. Types that callbacks do not name stand at
// the end of the one pattern's addresses.
func serveAll(t *testing.T) (*oneAddress, *platforms) {
	t.Helper()
	a, p := &oneAddress{events: map[string][]string{}}, &platforms{}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.url = server.URL + "/callbacks/"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	p.worldcard, err = worldcardtest.NewServer(worldcardtest.Config{})
	must(err)
	p.legacy, err = legacytest.NewServer(legacytest.Config{})
	must(err)
	p.kazepay, err = kazepaytest.NewServer(kazepaytest.Config{})
	must(err)
	p.uqpay, err = uqpaytest.NewServer(uqpaytest.Config{})
	must(err)
	p.coshine, err = coshinetest.NewServer(coshinetest.Config{Issuer: func(api coshine.API) string { return a.url + string(api) }})
	must(err)
	p.unionpay, err = unionpaytest.NewServer(unionpaytest.Config{WebhookURL: a.url})
	must(err)
	for _, s := range []interface{ Close() }{p.worldcard, p.legacy, p.kazepay, p.uqpay, p.coshine, p.unionpay} {
		t.Cleanup(s.Close)
	}
	own, err := authdecision.GenerateKey("merchant", "m@example.com")
	must(err)
	theirs, err := authdecision.GenerateKey("uqpay", "u@example.com")
	must(err)
	p.caller = &authdecision.Caller{URL: a.url, Key: theirs, MerchantKey: own.Public(), Window: 20 * time.Second}

	kp, up := p.kazepay.ClientConfig(), p.unionpay.ClientConfig()
	var handlers []*webhook.Handler
	for _, src := range []*webhook.Source{
		source(t)(worldcard.NewCallbacks(worldcard.CallbackConfig{
			PlatformKeys: []sign.PublicKey{p.worldcard.PlatformKey()}, AESKey: p.worldcard.AESKey(),
		})),
		source(t)(legacy.NewCallbacks(legacy.CallbackConfig{
			AppKey: p.legacy.AppKey(), AppSecrets: []sign.AppSecret{p.legacy.AppSecret()},
		})),
		source(t)(kazepay.NewCallbacks(kazepay.CallbackConfig{PlatformKeys: []sign.PublicKey{kp.PlatformKey}, PrivateKey: kp.PrivateKey})),
		source(t)(uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{p.uqpay.WebhookSecret()}})),
		source(t)(authdecision.NewCallbacks(authdecision.CallbackConfig{Key: own, PlatformKey: theirs.Public(), Window: 5 * time.Second})),
		source(t)(coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{p.coshine.IssuerToken()}, Deadline: 20 * time.Second})),
		source(t)(unionpay.NewCallbacks(unionpay.CallbackConfig{
			SignKey: up.SignKey, SignKeyID: up.SignKeyID, UPISignKeys: up.UPISignKeys, AppIDs: []string{up.AppID},
		})),
		source(t)(unionpay.NewCallbacks(unionpay.CallbackConfig{
			Profile: unionpay.ProfileU, SignKey: up.SignKey, SignKeyID: up.SignKeyID, UPISignKeys: up.UPISignKeys,
		})),
	} {
		handlers = append(handlers, webhook.NewHandler(src, a.handle, webhook.WithObserver(a.observe)))
	}
	a.handler, err = webhook.NewHandlers(handlers...)
	must(err)
	mux.Handle("/callbacks/{type...}", a.handler)
	return a, p
}

// post sends a callback over the network, and returns status and answer.
func (a *oneAddress) post(t *testing.T, r *http.Request, typ string) (int, string) {
	t.Helper()
	body := bodyOf(t, r)
	out, err := http.NewRequestWithContext(t.Context(), r.Method, a.url+typ, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out.Header = r.Header
	resp, err := http.DefaultClient.Do(out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestOneAddressForAllProviders: the callbacks of the platforms in memory reach their own
// source, each is answered in its own way, and nothing else is.
func TestOneAddressForAllProviders(t *testing.T) {
	t.Parallel()
	a, p := serveAll(t)
	umps := func() *http.Request {
		body, err := sign.UMPS{}.Sign(p.unionpay.Keys().UPISignPrivate(), []byte(`{"msgInfo":`+unionPayHead("GET_USER_ID")+`,"trxInfo":{"userAuthCode":"1"},`+
			`"certificateSignature":{"umpsSignCertID":"`+unionpaytest.UPISignKeyID+`","signature":"`+sign.UMPSPlaceholder+`"}}`))
		if err != nil {
			t.Fatal(err)
		}
		return httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	}
	for _, push := range []struct {
		provider, typ, answer string
		request               func() *http.Request
		seen                  string
	}{
		{"worldcard", "", "ok", func() *http.Request {
			return p.worldcard.SignCallback(map[string]any{"notify_type": worldcard.EventCardClosed, "card_id": "1", "card_status": "cancelled"})
		}, worldcard.EventCardClosed},
		{"legacy", legacy.EventCardDeposited, "ok", func() *http.Request {
			return p.legacy.SignCallback(&legacy.CardDeposited{OrderNo: "1", MerOrderNo: "m-1"})
		}, legacy.EventCardDeposited},
		{"kazepay", "", "SUCCESS", func() *http.Request {
			return p.kazepay.SignCallback(kazepaytest.Callback{Type: kazepay.EventActivationCodeSent, Content: map[string]any{"cardID": "1", "activationCode": "12345678"}})
		}, kazepay.EventActivationCodeSent},
		{"uqpay", "", "ok", func() *http.Request {
			return p.uqpay.SignCallback(map[string]any{
				"version": "V1.6.0", "event_name": "ISSUING", "event_type": uqpay.EventActivationCodeSent, "event_id": "e", "source_id": "s",
				"data": map[string]any{"card_id": "c", "activation_code": "12345678"},
			})
		}, uqpay.EventActivationCodeSent},
		{"unionpay", "", `"responseCode":"00"`, func() *http.Request {
			return p.unionpay.SignCallback(&unionpay.TokenStateChanged{Token: issuing.NewSecret("6299990000000000004"), State: unionpay.TokenStateSuspended})
		}, unionpay.EventTokenStateChanged},
		{"unionpay", "", `"appUserId":"user-1"`, umps, unionpay.EventTokenStateChanged + " " + unionpay.EventUserIDRequested},
		{"coshine", string(coshine.APIAuthorization), `"responseCode":"00"`, func() *http.Request {
			return p.coshine.SignCallback(coshinetest.Callback{API: coshine.APIAuthorization, Fields: map[string]any{"amount": "1.00"}})
		}, string(coshine.APIAuthorization)},
	} {
		status, text := a.post(t, push.request(), push.typ)
		if got := a.seen(push.provider); status != http.StatusOK || !strings.Contains(text, push.answer) || got != push.seen {
			t.Errorf("%s: %d %s, dispatched %q, want %q; %v", push.provider, status, text, got, push.seen, a.refused().Err)
		}
	}
	if decision, err := p.caller.Call(t.Context(), map[string]any{"transaction_id": "t-1", "card_id": "c"}); err != nil || decision.Code != authdecision.ResponseCodeApprove {
		t.Errorf("authdecision: %v, %v; %v", decision, err, a.refused().Err)
	}
	if reply, err := p.coshine.Ask(t.Context(), coshine.APIAuthorization, nil); err != nil || reply.Code != coshine.CodeSuccess {
		t.Errorf("coshine asks: %+v, %v", reply, err)
	}
}

// TestOneAddressRefuses: what is nobody's, and what another's form does not make
// authentic.
func TestOneAddressRefuses(t *testing.T) {
	t.Parallel()
	a, p := serveAll(t)
	plain := func(method, body string, header ...string) *http.Request {
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	dressed := p.legacy.SignCallback(&legacy.CardDeposited{OrderNo: "1"})
	dressed.Header.Set("X-Wk-Signature", strings.Repeat("0", 128))
	dressed.Header.Set("X-Wk-Timestamp", "1")
	for name, c := range map[string]struct {
		request  *http.Request
		status   int
		provider string
		err      error
	}{
		"nobody's":             {plain("POST", `{"a":1}`), 401, "", webhook.ErrUnrecognized},
		"no JSON":              {plain("POST", "hello"), 401, "", webhook.ErrUnrecognized},
		"empty":                {plain("POST", ""), 401, "", webhook.ErrUnrecognized},
		"a browser":            {plain("GET", ""), 405, "", webhook.ErrMethod},
		"a browser with a JWS": {plain("GET", "", "UPI-JWS", "x"), 405, "unionpay", webhook.ErrMethod},
		"too large":            {plain("POST", strings.Repeat("x", webhook.DefaultMaxBody+1)), 413, "", webhook.ErrTooLarge},
		"legacy's form":        {plain("POST", `{"appKey":"x","sign":"y"}`), 401, "legacy", webhook.ErrUnknownKey},
		"kazepay's form":       {plain("POST", `{"head":{},"body":{}}`), 401, "kazepay", webhook.ErrSignature},
		"unionpay's form":      {plain("POST", `{"certificateSignature":{}}`), 401, "unionpay", webhook.ErrSignature},
		"another's headers":    {dressed, 401, "uqpay", webhook.ErrSignature},
	} {
		status, text := a.post(t, c.request, "")
		if r := a.refused(); status != c.status || r.Provider != c.provider || !errors.Is(r.Err, c.err) || r.Hint() == "" {
			t.Errorf("%s: %d %s; %+v", name, status, text, r)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.events) > 0 {
		t.Error(a.events)
	}
}
