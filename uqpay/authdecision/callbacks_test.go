package authdecision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// keyPair makes the two sides' keys once.
var keyPair = sync.OnceValues(func() (keys [2]PrivateKey, err error) {
	for i, name := range []string{"Merchant", "Platform"} {
		if keys[i], err = generate(name, strings.ToLower(name)+"@example.com", minRSABits); err != nil {
			return keys, err
		}
	}
	return keys, nil
})

func pair(tb testing.TB) (merchant, platform PrivateKey) {
	tb.Helper()
	keys, err := keyPair()
	if err != nil {
		tb.Fatal(err)
	}
	return keys[0], keys[1]
}

const requestBody = `{"transaction_id":"550e8400-e29b-41d4-a716-446655440000","transaction_type":1000,"card_id":"card-1","processing_code":"00","billing_amount":"11.50","transaction_amount":10.10,"auth_amount":null,"date_of_transaction":"2025-11-14 15:07:25","billing_currency_code":"USD","transaction_currency_code":"SGD","card_balance":988.5,"merchant_name":"Test Merchant","merchant_category_code":5734,"wallet_type":"GOOGLE ECOMMERCE","retrieval_reference_number":"529430718653","novelty":{"a":[1]}}`

type fixture struct {
	h       *webhook.Handler
	server  *httptest.Server
	reports chan webhook.Report
}

// options are the source's, and what its handler takes.
type options struct {
	CallbackConfig
	Decide  Func
	Observe func(context.Context, webhook.Report)
}

func serve(tb testing.TB, change func(*options)) *fixture {
	tb.Helper()
	merchant, platform := pair(tb)
	f := &fixture{reports: make(chan webhook.Report, 100)}
	cfg := options{
		CallbackConfig: CallbackConfig{Key: merchant, PlatformKey: platform.Public(), Window: 5 * time.Second, Margin: time.Millisecond},
		Decide:         func(context.Context, *Request) (Decision, error) { return Approve(), nil },
		Observe:        func(_ context.Context, r webhook.Report) { f.reports <- r },
	}
	if change != nil {
		change(&cfg)
	}
	src, err := NewCallbacks(cfg.CallbackConfig)
	if err != nil {
		tb.Fatal(err)
	}
	f.h = webhook.NewHandler(src, Decide(cfg.Decide), webhook.WithObserver(cfg.Observe))
	f.server = httptest.NewServer(f.h)
	tb.Cleanup(f.server.Close)
	return f
}

func (f *fixture) post(tb testing.TB, body []byte) (*http.Response, error) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, f.server.URL, bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("x-request-id", "req-1")
	return f.server.Client().Do(req)
}

func sealed(tb testing.TB, body string) []byte {
	tb.Helper()
	merchant, _ := pair(tb)
	out, err := seal(merchant.Public(), []byte(body), time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestDecides(t *testing.T) {
	t.Parallel()
	var got *Request
	f := serve(t, func(c *options) {
		c.Decide = func(_ context.Context, req *Request) (Decision, error) {
			got = req
			return Decision{Code: ResponseCodeInsufficientFunds, Reference: "ref-1"}, nil
		}
	})
	resp, err := f.post(t, sealed(t, requestBody))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" ||
		!bytes.HasPrefix(body, []byte("-----BEGIN PGP MESSAGE-----")) {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	_, platform := pair(t)
	plain, err := open(platform, body, time.Now())
	want := `{"transaction_id":"550e8400-e29b-41d4-a716-446655440000","response_code":"51","partner_reference_id":"ref-1"}`
	if err != nil || string(plain) != want {
		t.Errorf("answer %s, %v", plain, err)
	}
	if r := <-f.reports; r.Outcome != webhook.OutcomeHandled || r.Code != string(ResponseCodeInsufficientFunds) || r.RequestID != "req-1" || r.Err != nil {
		t.Errorf("report %+v", r)
	}
	if got.RequestID != "req-1" || got.BillingAmount.String() != "11.50" || got.TransactionAmount.String() != "10.10" ||
		!got.AuthAmount.IsZero() || got.CardBalance.String() != "988.5" || got.MerchantCategory != "5734" ||
		got.Type != TransactionTypeAuthorization || got.TransactionCurrency != "SGD" || got.WalletType != "GOOGLE ECOMMERCE" ||
		got.Time.UTC().Format(time.DateTime) != "2025-11-14 07:07:25" {
		t.Errorf("request %+v", got)
	}
}

// A member that cannot be read costs itself; one that no decision can do without
// declines, and nobody is asked.
func TestOddMembers(t *testing.T) {
	t.Parallel()
	_, platform := pair(t)
	for _, c := range []struct {
		name, from, to string
		code           ResponseCode
		problem        string // of a request that reaches the function
	}{
		{"an odd city", `"transaction_id"`, `"merchant_city":{"a":1},"transaction_id"`, ResponseCodeApprove, "merchant_city"},
		{"an odd time", `"date_of_transaction":"`, `"date_of_transaction":"soon","x":"`, ResponseCodeApprove, "date_of_transaction"},
		{"an odd amount", `"billing_amount":"11.50"`, `"billing_amount":"N/A"`, ResponseCodeDecline, ""},
		{"an amount twice", `"billing_amount":"11.50"`, `"billing_amount":"1150","billing_amount":"11.50"`, ResponseCodeDecline, ""},
		{"a city twice", `"transaction_id"`, `"merchant_city":"A","merchant_city":"B","transaction_id"`, ResponseCodeApprove, "merchant_city"},
		{"an odd card", `"card_id":"`, `"card_id":{"a":1},"x":"`, ResponseCodeDecline, ""},
		{"an odd type", `"transaction_type":1000`, `"transaction_type":[1000]`, ResponseCodeDecline, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			asked := make(chan *Request, 1)
			f := serve(t, func(o *options) {
				o.Decide = func(_ context.Context, req *Request) (Decision, error) { asked <- req; return Approve(), nil }
			})
			odd := strings.Replace(requestBody, c.from, c.to, 1)
			if odd == requestBody {
				t.Fatal("nothing is odd")
			}
			resp, err := f.post(t, sealed(t, odd))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, _ := io.ReadAll(resp.Body)
			plain, err := open(platform, body, time.Now())
			if err != nil || !strings.Contains(string(plain), `"response_code":"`+string(c.code)+`"`) {
				t.Errorf("answer %s, %v", plain, err)
			}
			report := <-f.reports
			switch {
			case c.problem == "" && (len(asked) != 0 || !errors.Is(report.Err, ErrRequest) || report.Code != string(c.code)):
				t.Errorf("asked %d times, report %+v", len(asked), report)
			case c.problem == "":
			default:
				if req := <-asked; len(req.Problems) != 1 || req.Problems[0].Member != c.problem || report.Err != nil {
					t.Errorf("problems %+v, report %+v", req.Problems, report)
				}
			}
		})
	}
}

// Every member but the id can be odd without the others being lost.
func TestEveryOddMember(t *testing.T) {
	t.Parallel()
	var whole map[string]json.RawMessage
	if err := json.Unmarshal([]byte(requestBody), &whole); err != nil {
		t.Fatal(err)
	}
	decode := func(members map[string]json.RawMessage) (map[string]any, []string, error) {
		var told []string
		text, _ := json.Marshal(members)
		req, err := decodeRequest(text, nil, func(member, _ string) { told = append(told, member) })
		if err != nil {
			return nil, told, err
		}
		plain, _ := (wire.Codec{}).Marshal(req)
		out := map[string]any{}
		return out, told, json.Unmarshal(plain, &out)
	}
	want, told, err := decode(whole)
	if err != nil || len(told) != 0 {
		t.Fatal(told, err)
	}
	for member := range whole {
		for _, value := range []string{`{}`, `{"a":1}`, `[]`, `[1]`, `true`, `12`, `1e999`, `""`, `"x"`, `null`} {
			members := maps.Clone(whole)
			members[member] = json.RawMessage(value)
			got, told, err := decode(members)
			if member == "transaction_id" {
				continue
			}
			if err != nil || len(told) > 1 || len(told) == 1 && told[0] != member {
				t.Errorf("%s %s: %q, %v", member, value, told, err)
			}
			for name, other := range want {
				if name != member && got[name] != other {
					t.Errorf("%s %s: %s is %v, want %v", member, value, name, got[name], other)
				}
			}
		}
	}
}

// A byte order mark is no part of the armor, nor of the JSON in it.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	const bom = "\ufeff"
	merchant, _ := pair(t)
	plain, err := open(merchant, append([]byte(bom), sealed(t, bom+requestBody)...), time.Now())
	if err != nil || string(plain) != bom+requestBody {
		t.Fatalf("%q, %v", plain, err)
	}
	if req, err := decodeRequest(plain, nil, nil); err != nil || req.TransactionID != "550e8400-e29b-41d4-a716-446655440000" {
		t.Errorf("%+v, %v", req, err)
	}
	if _, err := open(merchant, append([]byte(bom+bom), sealed(t, requestBody)...), time.Now()); err == nil {
		t.Error("two marks are skipped")
	}
}

// TestDrops asserts that whatever goes wrong ends in a broken connection, never
// in an answer.
func TestDrops(t *testing.T) {
	t.Parallel()
	good := sealed(t, requestBody)
	_, platform := pair(t)
	foreign, err := seal(platform.Public(), []byte(requestBody), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Clone(good)
	altered[len(altered)/2] ^= 1
	decide := func(d Decision, err error) func(*options) {
		return func(c *options) { c.Decide = func(context.Context, *Request) (Decision, error) { return d, err } }
	}
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		change func(*options)
		body   []byte
		want   error
	}{
		"plaintext":         {nil, []byte(requestBody), ErrDecrypt},
		"empty":             {nil, nil, ErrDecrypt},
		"foreign key":       {nil, foreign, ErrDecrypt},
		"altered":           {nil, altered, ErrDecrypt},
		"cut":               {nil, good[:len(good)-60], ErrDecrypt},
		"too large":         {nil, bytes.Repeat([]byte("a"), MaxMessage+1), issuing.ErrTooLarge},
		"bomb":              {nil, sealed(t, strings.Repeat(" ", MaxMessage)+requestBody), ErrDecrypt},
		"not JSON":          {nil, sealed(t, "hello"), ErrRequest},
		"no transaction id": {nil, sealed(t, `{"card_id":"1"}`), ErrRequest},
		"error":             {decide(Approve(), boom), good, boom},
		"zero decision":     {decide(Decision{}, nil), good, ErrNoDecision},
		"odd code":          {decide(Decision{Code: "approve"}, nil), good, ErrNoDecision},
		"not allowed":       {func(c *options) { c.Allow = func(*webhook.Request) bool { return false } }, good, ErrNotAllowed},
		"panic": {func(c *options) {
			c.Decide = func(context.Context, *Request) (Decision, error) { panic("merchant's bug") }
		}, good, webhook.ErrPanic},
		"late": {func(c *options) {
			c.Window, c.Margin = 50*time.Millisecond, time.Millisecond
			c.Decide = func(ctx context.Context, _ *Request) (Decision, error) { <-ctx.Done(); return Approve(), nil }
		}, good, webhook.ErrLate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, c.change)
			resp, err := f.post(t, c.body)
			if err == nil {
				_ = resp.Body.Close()
				t.Fatalf("answered with status %d", resp.StatusCode)
			}
			r := <-f.reports
			if r.Outcome == webhook.OutcomeOvertime { // of the function that was left behind, which may come first
				r = <-f.reports
			}
			if !errors.Is(r.Err, c.want) || r.Outcome.Acknowledged() || r.Status != 0 {
				t.Errorf("report %+v", r)
			}
		})
	}
}

// TestDropsWithoutAConnection: where the connection cannot be closed, the answer
// is no plain 200 either.
func TestDropsWithoutAConnection(t *testing.T) {
	t.Parallel()
	f := serve(t, nil)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(requestBody))
	w := httptest.NewRecorder()
	f.h.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Body.Len() != 0 {
		t.Errorf("%d %q", w.Code, w.Body.String())
	}
	server := httptest.NewUnstartedServer(f.h)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	f.server = server
	resp, err := f.post(t, []byte("junk"))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.ProtoMajor != 2 || resp.StatusCode == http.StatusOK {
		t.Errorf("%s %d", resp.Proto, resp.StatusCode)
	}
	if resp, err = f.post(t, sealed(t, requestBody)); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
}

func TestRepeatsAskOnce(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := 0
	f := serve(t, func(c *options) {
		c.Decide = func(context.Context, *Request) (Decision, error) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			return Decline(""), nil
		}
	})
	merchant, platform := pair(t)
	caller := &Caller{URL: f.server.URL, Key: platform, MerchantKey: merchant.Public(), Window: 20 * time.Second, Client: f.server.Client()}
	request := map[string]any{"transaction_id": "t-1", "billing_amount": "1"}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			a, err := caller.Call(t.Context(), request)
			if err != nil || a.Code != "" && a.TransactionID != "t-1" {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	// Nothing asks the function from here on, so its lock can stay taken.
	request["billing_amount"] = "1000"
	if _, err := caller.Call(t.Context(), request); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("another amount under the same id: %v", err)
	}
}

// TestOneReportPerAnswer: a decision in time is not reported as late as well.
func TestOneReportPerAnswer(t *testing.T) {
	t.Parallel()
	f := serve(t, nil)
	merchant, platform := pair(t)
	caller := &Caller{URL: f.server.URL, Key: platform, MerchantKey: merchant.Public(), Window: 20 * time.Second, Client: f.server.Client()}
	const calls = 30
	for i := range calls {
		if _, err := caller.Call(t.Context(), map[string]any{"transaction_id": fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	// Close waits for the requests, and a decision is settled before its answer.
	f.server.Close()
	if len(f.reports) != calls {
		t.Errorf("%d reports of %d calls", len(f.reports), calls)
	}
	for range min(calls, len(f.reports)) {
		if r := <-f.reports; r.Outcome != webhook.OutcomeHandled || r.Err != nil {
			t.Errorf("%+v", r)
		}
	}
}

// TestRestart: a decision outlives the process that made it, with its reference, and
// answers its own request alone.
func TestRestart(t *testing.T) {
	t.Parallel()
	store := webhook.NewMemoryDeduper(0, 0)
	merchant, platform := pair(t)
	request := map[string]any{"transaction_id": "t-1", "billing_amount": "1"}
	reference := strings.Repeat("reference ", 1000) // the pages give no limit
	asked := 0
	for _, decision := range []Decision{{Code: ResponseCodeInsufficientFunds, Reference: reference}, Approve()} {
		f := serve(t, func(c *options) {
			c.Deduper = store
			c.Decide = func(context.Context, *Request) (Decision, error) { asked++; return decision, nil }
		})
		caller := &Caller{URL: f.server.URL, Key: platform, MerchantKey: merchant.Public(), Window: 20 * time.Second, Client: f.server.Client()}
		a, err := caller.Call(t.Context(), request)
		if err != nil || a.Code != ResponseCodeInsufficientFunds || a.Reference != reference {
			t.Errorf("%+v, %v", a, err)
		}
		other := map[string]any{"transaction_id": "t-1", "billing_amount": "1000"}
		if _, err := caller.Call(t.Context(), other); !errors.Is(err, ErrNoAnswer) {
			t.Errorf("another amount under the same id: %v", err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	merchant, platform := pair(t)
	good := CallbackConfig{Key: merchant, PlatformKey: platform.Public(), Window: time.Second}
	for name, change := range map[string]func(*CallbackConfig){
		"no key":          func(c *CallbackConfig) { c.Key = PrivateKey{} },
		"no platform key": func(c *CallbackConfig) { c.PlatformKey = PublicKey{} },
		"own key twice":   func(c *CallbackConfig) { c.PlatformKey = merchant.Public() },
		"no window":       func(c *CallbackConfig) { c.Window = 0 },
		"long window":     func(c *CallbackConfig) { c.Window = 6 * time.Second },
		"no time left":    func(c *CallbackConfig) { c.Margin = time.Second },
		"negative margin": func(c *CallbackConfig) { c.Margin = -time.Second },
	} {
		cfg := good
		change(&cfg)
		if _, err := NewCallbacks(cfg); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewCallbacks(good); err != nil || good.budget() != 800*time.Millisecond {
		t.Errorf("budget %v, %v", good.budget(), err)
	}
	if Decide(nil) != nil {
		t.Error("a function out of nothing, which a handler would not refuse")
	}
}
