package coshine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

const inboundHeader = `"participantId":"100000","tranBranch":"300001","tranChnl":"09","tranCode":"0123456789012345678901234567890",` +
	`"tranDate":"20260420","tranTime":"143052","tranId":"IN1"`

var inboundToken = issuing.NewSecret("inbound-token")

// handlerOf serves all interfaces; the type is in the address.
func handlerOf(t testing.TB, cfg coshine.CallbackConfig, fns coshine.Functions, opts ...webhook.Option) *webhook.Handler {
	t.Helper()
	if cfg.Tokens == nil && cfg.Authenticate == nil {
		cfg.Tokens = []issuing.Secret{issuing.NewSecret("former-token"), inboundToken}
	}
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return epoch }
	}
	src, err := coshine.NewCallbacks(cfg)
	if err != nil {
		t.Fatal(err)
	}
	quiet := webhook.WithObserver(func(context.Context, webhook.Report) {})
	return webhook.NewHandler(src, fns.Handle, append([]webhook.Option{quiet}, opts...)...)
}

// at serves one interface under every address.
func at(api coshine.API, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.SetPathValue("type", string(api))
		h.ServeHTTP(w, r)
	})
}

// authentic is a request with a valid credential.
func authentic(body io.Reader) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/anything", body)
	r.Header.Set("Authorization", "Bearer "+inboundToken.Reveal())
	r.Header.Set("timestamp", "1776666652")
	return r
}

// post sends a body with a valid credential.
func post(h http.Handler, api coshine.API, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	at(api, h).ServeHTTP(w, authentic(strings.NewReader(body)))
	return w
}

func decideBy(fn func(context.Context) (coshine.Answer, error)) coshine.Functions {
	return coshine.Functions{
		Authorization: func(ctx context.Context, _ *coshine.AuthorizationRequest) (coshine.Answer, error) { return fn(ctx) },
	}
}

// TestInboundApprovesOnlyOnExplicitApproval runs everything a function can do.
func TestInboundApprovesOnlyOnExplicitApproval(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fn   func(context.Context) (coshine.Answer, error)
		want coshine.Code
	}{
		"approval":          {func(context.Context) (coshine.Answer, error) { return coshine.Approve(), nil }, "00"},
		"zero answer":       {func(context.Context) (coshine.Answer, error) { return coshine.Answer{}, nil }, "99"},
		"refusal":           {func(context.Context) (coshine.Answer, error) { return coshine.Refuse("51", "no money"), nil }, "51"},
		"refusal without":   {func(context.Context) (coshine.Answer, error) { return coshine.Refuse("", ""), nil }, "99"},
		"refusal with 00":   {func(context.Context) (coshine.Answer, error) { return coshine.Refuse("00", ""), nil }, "99"},
		"error":             {func(context.Context) (coshine.Answer, error) { return coshine.Approve(), errors.New("db down") }, "99"},
		"code as error":     {func(context.Context) (coshine.Answer, error) { return coshine.Approve(), coshine.CodeInvalidCardStatus }, "03"},
		"success as error":  {func(context.Context) (coshine.Answer, error) { return coshine.Approve(), coshine.CodeSuccess }, "99"},
		"panic":             {func(context.Context) (coshine.Answer, error) { panic("4220000000000001") }, "99"},
		"code of one digit": {func(context.Context) (coshine.Answer, error) { return coshine.Answer{Code: "0"}, nil }, "99"},
		"extra that clashes": {func(context.Context) (coshine.Answer, error) {
			return coshine.Answer{Code: "00", Extra: coshine.Extra{"responseCode": "00"}}, nil
		}, "99"},
		"extra that is no JSON": {func(context.Context) (coshine.Answer, error) {
			return coshine.Answer{Code: "00", Extra: coshine.Extra{"f": func() {}}}, nil
		}, "99"},
	} {
		var report webhook.Report
		observe := webhook.WithObserver(func(_ context.Context, r webhook.Report) { report = r })
		w := post(handlerOf(t, coshine.CallbackConfig{ParticipantID: "100000"}, decideBy(c.fn), observe), coshine.APIAuthorization, "{"+inboundHeader+"}")
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, `"responseCode":"`+string(c.want)+`"`) || strings.Count(body, "responseCode") != 1 {
			t.Errorf("%s: status %d, %s", name, w.Code, body)
		}
		if report.Code != string(c.want) || report.ID != "IN1" || report.Status != 200 || report.Type != string(coshine.APIAuthorization) {
			t.Errorf("%s: report %+v", name, report)
		}
		if strings.Contains(fmt.Sprint(report.Err), "4220000000000001") {
			t.Errorf("%s: the report shows what the function panicked with", name)
		}
	}
}

// TestInboundEchoesTheHeader compares a whole answer.
func TestInboundEchoesTheHeader(t *testing.T) {
	t.Parallel()
	handler := handlerOf(t, coshine.CallbackConfig{}, coshine.Functions{
		BalanceInquiry: func(_ context.Context, r *coshine.RemoteBalanceRequest) (coshine.Answer, error) {
			var more struct {
				Account string `json:"account"`
			}
			if err := r.Decode(&more); err != nil || more.Account != "A1" {
				t.Errorf("decoded %+v, %v", more, err)
			}
			if at, ok := r.At(); !ok || !at.Equal(epoch) {
				t.Errorf("time %v, %t", at, ok)
			}
			a := coshine.Approve()
			a.Extra = coshine.Extra{"balance": issuing.NewAmount(12345, 2)}
			return a, nil
		},
	})
	for _, before := range []string{"", "\ufeff", " \r\n"} {
		w := post(handler, coshine.APIRemoteBalanceInquiry, before+`{"account":"A1",`+inboundHeader+`}`)
		want := "{" + inboundHeader + `,"responseCode":"00","responseDesc":"Success","balance":"123.45"}`
		if w.Body.String() != want {
			t.Errorf("%q: want %s\ngot  %s", before, want, w.Body)
		}
		if w.Header().Get("timestamp") != "1776666652" || w.Header().Get("Content-Type") != "application/json; charset=UTF-8" {
			t.Errorf("%q: headers %v", before, w.Header())
		}
	}
}

// TestInboundRefuses lists what never reaches a function.
func TestInboundRefuses(t *testing.T) {
	t.Parallel()
	var called atomic.Int64
	handler := handlerOf(t, coshine.CallbackConfig{
		ParticipantID: "100000", MaxBody: 1 << 10, MaxAge: 5 * time.Minute, Paths: map[coshine.API]string{coshine.APIAuthorization: "/auth"},
	}, decideBy(func(context.Context) (coshine.Answer, error) {
		called.Add(1)
		return coshine.Approve(), nil
	}))
	good := "{" + inboundHeader + "}"
	for name, c := range map[string]struct {
		method, path, auth, timestamp, body string
		status                              int
		code                                string
	}{
		"unknown path":         {"POST", "/other", "Bearer inbound-token", "1776666652", good, 404, ""},
		"not a POST":           {"GET", "/auth", "Bearer inbound-token", "1776666652", good, 404, ""},
		"no credential":        {"POST", "/auth", "", "1776666652", good, 401, ""},
		"other scheme":         {"POST", "/auth", "Basic inbound-token", "1776666652", good, 401, ""},
		"empty bearer":         {"POST", "/auth", "Bearer  ", "1776666652", good, 401, ""},
		"wrong token":          {"POST", "/auth", "Bearer inbound-tokeN", "1776666652", good, 403, ""},
		"prefix of the token":  {"POST", "/auth", "Bearer inbound", "1776666652", good, 403, ""},
		"no timestamp":         {"POST", "/auth", "Bearer inbound-token", "", good, 400, ""},
		"timestamp of letters": {"POST", "/auth", "Bearer inbound-token", "now", good, 400, ""},
		"old timestamp":        {"POST", "/auth", "Bearer inbound-token", "1776666000", good, 400, ""},
		"future timestamp":     {"POST", "/auth", "Bearer inbound-token", "1776667652", good, 400, ""},
		"huge timestamp":       {"POST", "/auth", "Bearer inbound-token", "9999999999999999999", good, 400, ""},
		"too large":            {"POST", "/auth", "Bearer inbound-token", "1776666652", strings.Repeat(" ", 2000) + good, 413, ""},
		"no body":              {"POST", "/auth", "Bearer inbound-token", "1776666652", "", 400, ""},
		"array":                {"POST", "/auth", "Bearer inbound-token", "1776666652", "[" + good + "]", 400, ""},
		"broken JSON":          {"POST", "/auth", "Bearer inbound-token", "1776666652", good[:40], 400, ""},
		"no public header":     {"POST", "/auth", "Bearer inbound-token", "1776666652", "{}", 400, ""},
		"member twice":         {"POST", "/auth", "Bearer inbound-token", "1776666652", `{"amount":"1.00",` + inboundHeader + `,"amount":"9.00"}`, 400, ""},
		"header twice":         {"POST", "/auth", "Bearer inbound-token", "1776666652", `{` + inboundHeader + `,"tranId":"IN2"}`, 400, ""},
		"list in the header":   {"POST", "/auth", "Bearer inbound-token", "1776666652", strings.Replace(good, `"IN1"`, `["IN1"]`, 1), 400, ""},
		"endless tranId":       {"POST", "/auth", "Bearer inbound-token", "1776666652", strings.Replace(good, `"IN1"`, `"`+strings.Repeat("1", 65)+`"`, 1), 400, ""},
		"other participant":    {"POST", "/auth", "Bearer inbound-token", "1776666652", strings.Replace(good, "100000", "100001", 1), 200, "01"},
		"no participant":       {"POST", "/auth", "Bearer inbound-token", "1776666652", strings.Replace(good, "100000", "", 1), 200, "01"},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Authorization", c.auth)
		r.Header.Set("timestamp", c.timestamp)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status || (c.code != "") != strings.Contains(w.Body.String(), `"responseCode":"`+c.code+`"`) {
			t.Errorf("%s: status %d, %s", name, w.Code, w.Body)
		}
	}
	if called.Load() != 0 {
		t.Errorf("the function was called %d times", called.Load())
	}
	r := httptest.NewRequest(http.MethodPost, "/auth", strings.NewReader(good))
	r.Header.Set("Authorization", "bearer former-token")
	r.Header.Set("timestamp", "1776666652")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != 200 || called.Load() != 1 {
		t.Errorf("a good request with the former token: %d", w.Code)
	}
}

// TestInboundDeadline: a function that hangs is refused in time and not waited
// for.
func TestInboundDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := handlerOf(t, coshine.CallbackConfig{Now: time.Now}, decideBy(func(ctx context.Context) (coshine.Answer, error) {
			<-ctx.Done()
			time.Sleep(10 * time.Second)
			return coshine.Approve(), nil
		}))
		start := time.Now()
		w := post(handler, coshine.APIAuthorization, "{"+inboundHeader+"}")
		if took := time.Since(start); took != coshine.DefaultCallbackDeadline {
			t.Errorf("answered after %v", took)
		}
		if !strings.Contains(w.Body.String(), `"responseCode":"99"`) {
			t.Errorf("%s", w.Body)
		}
		time.Sleep(time.Minute) // of the bubble's time: the late function ends
	})
}

// TestSendOTPTakesBothForms: the SMS-OTP webhook without a public header, and
// the catalogue's interface with one.
func TestSendOTPTakesBothForms(t *testing.T) {
	t.Parallel()
	var got coshine.SendOTPRequest
	handler := handlerOf(t, coshine.CallbackConfig{ParticipantID: "100000"}, coshine.Functions{
		SendOTP: func(_ context.Context, r *coshine.SendOTPRequest) (coshine.Answer, error) {
			got = *r
			return coshine.Answer{Code: coshine.CodeSuccess, Description: "sent", TraceID: "trace-1"}, nil
		},
	})
	fields := `"acsTransId":"acs-1","acquirerBin":"422000","validTime":"180000","verifyCode":"918273","cardToken":"9000000000000000001",` +
		`"last4Digits":"0001","merchant":"Shop","amount":"12345","currency":"840","otpType":"S"`
	w := post(handler, coshine.APISendOTP, "{"+fields+"}")
	if want := `{"traceId":"trace-1","returnCode":"00","retrunMsg":"sent"}`; w.Body.String() != want {
		t.Errorf("webhook form: want %s\ngot  %s", want, w.Body)
	}
	if got.VerifyCode.Reveal() != "918273" || got.Life() != 3*time.Minute || got.CardToken != "9000000000000000001" || got.OTPType != coshine.OTPTypeSMS {
		t.Errorf("decoded %+v", got)
	}
	if amount, err := got.Amount.Amount(2); err != nil || amount.String() != "123.45" {
		t.Errorf("amount %s, %v", amount, err)
	}
	w = post(handler, coshine.APISendOTP, "{"+inboundHeader+","+fields+"}")
	if want := "{" + inboundHeader + `,"responseCode":"00","responseDesc":"sent"}`; w.Body.String() != want {
		t.Errorf("catalogue's form: want %s\ngot  %s", want, w.Body)
	}
}

func TestMinorUnitsRefuseWhatIsNoAmount(t *testing.T) {
	t.Parallel()
	for _, text := range []coshine.MinorUnits{"", "1.5", "-1", "1e3", "12345678901234567890", "12 "} {
		if a, err := text.Amount(2); err == nil {
			t.Errorf("%q is %s", text, a)
		}
	}
	if _, err := coshine.MinorUnits("1").Amount(9); err == nil {
		t.Error("nine decimals")
	}
}

// TestCallbackConfigIsChecked: nobody gets in by an empty setting.
func TestCallbackConfigIsChecked(t *testing.T) {
	t.Parallel()
	check := func(context.Context, issuing.Secret) error { return nil }
	token := []issuing.Secret{inboundToken}
	short := newRSAKey(t, 1024)
	weak := coshine.JWE{DecryptionKey: short, PlatformKey: short.Public()}
	for name, c := range map[string]struct {
		cfg  coshine.CallbackConfig
		want string
	}{
		"nothing":          {coshine.CallbackConfig{}, "Tokens"},
		"empty token":      {coshine.CallbackConfig{Tokens: []issuing.Secret{inboundToken, {}}}, "Tokens[1]"},
		"blank token":      {coshine.CallbackConfig{Tokens: []issuing.Secret{issuing.NewSecret(" ")}}, "Tokens[0]"},
		"token with line":  {coshine.CallbackConfig{Tokens: []issuing.Secret{issuing.NewSecret("token\n")}}, "Tokens[0]"},
		"JWE keys":         {coshine.CallbackConfig{Tokens: token, JWE: &weak}, "at least 2048 are needed; JWE.DecryptionKey has 1024 bits"},
		"JWE form":         {coshine.CallbackConfig{Tokens: token, JWE: &coshine.JWE{Serialization: 7}}, "JWE.Serialization"},
		"both":             {coshine.CallbackConfig{Tokens: token, Authenticate: check}, "Authenticate"},
		"no JWE keys":      {coshine.CallbackConfig{Tokens: token, JWE: &coshine.JWE{}}, "JWE.DecryptionKey"},
		"negative":         {coshine.CallbackConfig{Tokens: token, Deadline: -1}, "Deadline"},
		"path of nobody":   {coshine.CallbackConfig{Tokens: token, Paths: map[coshine.API]string{"Nothing": "/a"}}, "Paths[Nothing]"},
		"path given twice": {coshine.CallbackConfig{Tokens: token, Paths: map[coshine.API]string{coshine.APISendOTP: "/a", coshine.APIAuthorization: "/a"}}, "Paths[SendOTP]"},
		"path without /":   {coshine.CallbackConfig{Tokens: token, Paths: map[coshine.API]string{coshine.APIAuthorization: "a"}}, "Paths[Authorization]"},
		"outbound in path": {coshine.CallbackConfig{Tokens: token, Paths: map[coshine.API]string{coshine.APILoadFund: "/a"}}, "Paths[LoadFund]"},
	} {
		if _, err := coshine.NewCallbacks(c.cfg); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlatformAsksTheIssuer runs all inbound interfaces from the platform in
// memory, in both ways to authenticate.
func TestPlatformAsksTheIssuer(t *testing.T) {
	t.Parallel()
	for name, oauth := range map[string]bool{"plain": false, "encrypted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int64
			ok := func() (coshine.Answer, error) { seen.Add(1); return coshine.Approve(), nil }
			mux := http.NewServeMux()
			issuer := httptest.NewServer(mux)
			t.Cleanup(issuer.Close)
			server, client := full(t, coshinetest.Config{OAuth: oauth, Issuer: func(api coshine.API) string { return issuer.URL + "/" + string(api) }})
			src, err := coshine.NewCallbacks(coshine.CallbackConfig{ParticipantID: server.ParticipantID(),
				JWE: server.InboundJWE(), Now: server.Clock().Now,
				Authenticate: func(_ context.Context, token issuing.Secret) error {
					if !token.Equal(server.IssuerToken()) {
						return errors.New("unknown token")
					}
					return nil
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			fns := coshine.Functions{
				SendOTP:                func(context.Context, *coshine.SendOTPRequest) (coshine.Answer, error) { return ok() },
				VerifyOTP:              func(context.Context, *coshine.VerifyOTPRequest) (coshine.Answer, error) { return ok() },
				StartOOBAuthen:         func(context.Context, *coshine.StartOOBAuthenRequest) (coshine.Answer, error) { return ok() },
				OOBResultInquiry:       func(context.Context, *coshine.OOBResultInquiryRequest) (coshine.Answer, error) { return ok() },
				Authorization:          func(context.Context, *coshine.AuthorizationRequest) (coshine.Answer, error) { return ok() },
				BalanceInquiry:         func(context.Context, *coshine.RemoteBalanceRequest) (coshine.Answer, error) { return ok() },
				Clearing:               func(context.Context, *coshine.ClearingRequest) (coshine.Answer, error) { return ok() },
				TokenStateNotification: func(context.Context, *coshine.TokenStateNotification) (coshine.Answer, error) { return ok() },
				AuthorizationNotification: func(_ context.Context, n *coshine.AuthorizationNotification) (coshine.Answer, error) {
					if n.DedupeKey() == "" || n.TranID == "" {
						return coshine.Answer{}, errors.New("no key")
					}
					return ok()
				},
			}
			asked := []coshine.API{
				coshine.APISendOTP, coshine.APIVerifyOTP, coshine.APIStartOOBAuthen, coshine.APIOOBResultInquiry,
				coshine.APIAuthorization, coshine.APIRemoteBalanceInquiry, coshine.APIClearing,
			}
			for _, api := range append(asked, coshine.APITokenStateNotification, coshine.APIAuthorizationNotification) {
				mux.Handle("/"+string(api), webhook.NewHandler(src.ForType(string(api)), fns.Handle))
			}
			for _, api := range asked {
				reply, err := server.Ask(t.Context(), api, map[string]any{"acsTransId": "acs-1"})
				if err != nil || reply.Status != 200 || reply.Code != coshine.CodeSuccess {
					t.Errorf("%s: %d %q, %v", api, reply.Status, reply.Code, err)
				}
			}
			reply, err := server.AskOTPWebhook(t.Context(), map[string]any{"acsTransId": "acs-2", "verifyCode": issuing.NewSecret("123456")})
			if err != nil || reply.Code != coshine.CodeSuccess || !strings.Contains(reply.Raw.Reveal(), "returnCode") {
				t.Errorf("webhook: %+v, %v", reply, err)
			}
			card := activeCard(t, client, "C1")
			if _, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "1.00")); err != nil {
				t.Fatal(err)
			}
			if err := server.Notify(coshine.APITokenStateNotification, map[string]any{"cardTokenState": "SUSPENDED"}); err != nil {
				t.Fatal(err)
			}
			server.Clock().Advance(time.Hour)
			deliveries := server.Deliveries()
			if len(deliveries) != 2 || !deliveries[0].Accepted || !deliveries[1].Accepted || seen.Load() != 10 {
				t.Errorf("%d deliveries, %d calls", len(deliveries), seen.Load())
			}
		})
	}
}

// TestNotificationIsSentUntilAcknowledged turns the clock through the schedule.
func TestNotificationIsSentUntilAcknowledged(t *testing.T) {
	t.Parallel()
	var fail atomic.Int64
	fail.Store(2)
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if fail.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"responseCode":"00"}`)
	}))
	t.Cleanup(issuer.Close)
	server, client := full(t, coshinetest.Config{Issuer: func(coshine.API) string { return issuer.URL }})
	card := activeCard(t, client, "C1")
	if _, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "1.00")); err != nil {
		t.Fatal(err)
	}
	start := server.Clock().Now()
	server.Clock().Advance(24 * time.Hour)
	var at []time.Duration
	for _, d := range server.Deliveries() {
		at = append(at, d.At.Sub(start))
	}
	if len(at) != 3 || at[0] != 0 || at[1] != time.Minute || at[2] != 6*time.Minute {
		t.Errorf("delivered at %v", at)
	}
}
