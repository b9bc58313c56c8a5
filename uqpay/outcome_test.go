package uqpay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// unread is content that does not rewind.
type unread struct{ io.Reader }

func (unread) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		return 0, errors.New("a pipe")
	}
	return offset, nil
}

// TestRefusedBeforeItIsSent: whatever refuses a request before it is sent fills
// the caller's CallInfo, and validation comes before a missing setting.
func TestRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	cfg := stubConfig()
	cfg.BaseURL = "https://api.uqpay.com./api" // production, and no file service known for it
	c, err := uqpay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, io.EOF
	})}))
	if err != nil {
		t.Fatal(err)
	}
	sandbox := stubClient(t, roundTrip(func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, io.EOF
	}))
	type opts = []issuing.CallOption
	file := func(content io.Reader) uqpay.UploadRequest {
		return uqpay.UploadRequest{Name: "a.pdf", Content: content}
	}
	for op, calls := range map[string]map[error]func(context.Context, opts) error{
		"Cards.Deposit": {issuing.ErrInvalid: func(ctx context.Context, o opts) error {
			return ignore(c.Cards.Deposit(ctx, "c", uqpay.AmountRequest{}, o...))
		}},
		"Cards.SetStatus": {issuing.ErrInvalid: func(ctx context.Context, o opts) error {
			return ignore(c.Cards.Freeze(ctx, "c", append(o, issuing.WithIdempotencyKey(strings.Repeat("k", 65)))...))
		}},
		"Cards.Card": {issuing.ErrInvalid: func(ctx context.Context, o opts) error {
			return ignore(c.Cards.Card(ctx, "..", o...))
		}},
		"Cards.Apply": {issuing.ErrInvalid: func(ctx context.Context, o opts) error {
			req := uqpay.ApplyRequest{Currency: issuing.CurrencyUSD, ProductID: "p", CardholderID: "h"}
			return ignore(c.Cards.Apply(ctx, req, append(o, uqpay.OnBehalfOf("a b"))...))
		}},
		"Simulator.Reverse": {
			issuing.ErrInvalid:       func(ctx context.Context, o opts) error { return ignore(c.Simulator.Reverse(ctx, "", o...)) },
			issuing.ErrNotConfigured: func(ctx context.Context, o opts) error { return ignore(c.Simulator.Reverse(ctx, "t", o...)) },
		},
		"Files.Upload": {
			issuing.ErrInvalid: func(ctx context.Context, o opts) error {
				return ignore(c.Files.Upload(ctx, uqpay.UploadRequest{}, o...))
			},
			issuing.ErrNotConfigured: func(ctx context.Context, o opts) error {
				return ignore(c.Files.Upload(ctx, file(strings.NewReader("x")), o...))
			},
			issuing.ErrTooLarge: func(ctx context.Context, o opts) error {
				return ignore(sandbox.Files.Upload(ctx, file(strings.NewReader(strings.Repeat("x", uqpay.MaxUpload+1))), o...))
			},
		},
		"Files.Links": {issuing.ErrNotConfigured: func(ctx context.Context, o opts) error {
			return ignore(c.Files.Links(ctx, []string{"f"}, o...))
		}},
		"Reports.Download": {issuing.ErrInvalid: func(ctx context.Context, o opts) error {
			return c.Reports.Download(ctx, "r", nil, o...)
		}},
		"Do": {issuing.ErrInvalid: func(ctx context.Context, o opts) error { return c.Do(ctx, "POST v1/x", nil, nil, o...) }},
	} {
		for kind, do := range calls {
			info := issuing.CallInfo{Op: "an earlier call", Attempts: 7, Status: 200}
			err := do(t.Context(), opts{issuing.WithCallInfo(&info)})
			if !errors.Is(err, kind) || info.Op != op || info.Attempts != 0 || info.Status != 0 {
				t.Errorf("%s, %v: %v, %+v", op, kind, err, info)
			}
		}
	}
	if err := ignore(sandbox.Files.Upload(t.Context(), file(unread{strings.NewReader("x")}))); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("content that does not rewind: %v", err)
	}
}

// TestDoOut: a result that cannot be decoded into is refused before the call,
// because the operation would be carried out and its outcome called open.
func TestDoOut(t *testing.T) {
	t.Parallel()
	s := &script{answers: []scripted{{200, orderOK, nil}}}
	c := stubClient(t, s)
	for _, out := range []any{uqpay.Order{}, (*uqpay.Order)(nil), map[string]any{}} {
		if err := c.Do(t.Context(), "POST /v1/x", nil, out); !errors.Is(err, issuing.ErrInvalid) || s.calls != 0 {
			t.Errorf("%T: %v after %d calls", out, err, s.calls)
		}
	}
	var order uqpay.Order
	if err := c.Do(t.Context(), "POST /v1/{x}", nil, &order); err != nil || order.ID != "o-1" {
		t.Errorf("%+v, %v", order, err)
	}
}

// TestSecretsAreNotQuoted: a platform that quotes what it was sent puts no secret
// into an error.
func TestSecretsAreNotQuoted(t *testing.T) {
	t.Parallel()
	secrets := []string{"493815", "271828", "api-key-secret"}
	secret := issuing.NewSecret
	for name, echo := range map[string]func(r *http.Request, body string) *http.Response{
		"refusal": func(r *http.Request, body string) *http.Response {
			return answerTo(r, 400, fmt.Sprintf(`{"type":"card_error","code":%q,"message":%q}`, body, body))
		},
		"status 200": func(r *http.Request, body string) *http.Response {
			return answerTo(r, 200, fmt.Sprintf(`{"code":"x","message":%q}`, body))
		},
		"unclear": func(r *http.Request, body string) *http.Response {
			return answerTo(r, 500, fmt.Sprintf(`{"type":"api_error","code":"api_error","message":%q}`, body))
		},
		"request id": func(r *http.Request, body string) *http.Response {
			resp := answerTo(r, 400, `{"type":"card_error","code":"x","message":"m"}`)
			resp.Header.Set("X-Request-Id", body)
			return resp
		},
	} {
		c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if isMint(r) {
				return answerTo(r, 200, tokenBody), nil
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			return echo(r, string(body)), nil
		}))
		_, err := c.Cards.SetPIN(t.Context(), uqpay.PINRequest{
			CardID: "c", PIN: secret("493815"), OldPIN: secret("271828"), Action: uqpay.PINActionUpdate,
		})
		wantNoSecret(t, name, err, secrets)
	}
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return answerTo(r, 401, fmt.Sprintf(`{"error":"no client has the key %s"}`, r.Header.Get("x-api-key"))), nil
	}))
	_, err := c.Cards.Card(t.Context(), "c")
	wantNoSecret(t, "mint", err, secrets)
}

func wantNoSecret(t *testing.T, name string, err error, secrets []string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	for ; err != nil; err = errors.Unwrap(err) {
		text += fmt.Sprintf(" %v %+v", err, err)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s: the error quotes %s: %s", name, secret, text)
		}
	}
}

// TestOpenOutcomesSayHowTheySettle: every write whose outcome is open names its
// key, and what settles it.
func TestOpenOutcomesSayHowTheySettle(t *testing.T) {
	t.Parallel()
	c := stubClient(t, &script{answers: []scripted{{err: errors.New("connection reset")}}}, issuing.WithMaxAttempts(1))
	ctx, five := t.Context(), uqpay.AmountRequest{Amount: amount(t, "5")}
	pin := issuing.NewSecret("493815")
	const byKey = "the same request with the same key"
	for want, err := range map[string]error{
		"Cards.Apply: Cards.List":                     ignore(c.Cards.Apply(ctx, uqpay.ApplyRequest{Currency: issuing.CurrencyUSD, ProductID: "p", CardholderID: "h"})),
		"Cards.Deposit: Balances.Ledger":              ignore(c.Cards.Deposit(ctx, "c", five)),
		"Cards.Withdraw: Balances.Ledger":             ignore(c.Cards.Withdraw(ctx, "c", five)),
		"Cards.SetStatus: Cards.Card":                 ignore(c.Cards.Close(ctx, "c")),
		"Cards.SetPIN: ":                              ignore(c.Cards.SetPIN(ctx, uqpay.PINRequest{CardID: "c", PIN: pin})),
		"Cards.Unprotect: ":                           ignore(c.Cards.Unprotect(ctx, "c")),
		"Cardholders.Update: Cardholders.Cardholder":  ignore(c.Cardholders.Update(ctx, "h", uqpay.UpdateCardholderRequest{Email: "a@example.com"})),
		"Transactions.ReleaseRefund: Balances.Ledger": ignore(c.Transactions.ReleaseRefund(ctx, uqpay.ReleaseRefundRequest{TransactionID: "t"})),
		"Do: ": c.Do(ctx, "DELETE /v1/x", nil, nil),
	} {
		var e *issuing.Error
		var open *issuing.Unsettled
		if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &e) || !errors.As(err, &open) {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if got := e.Op + ": " + strings.Join(open.Inquiry, " "); got != want || open.Key != e.Key || len(open.Key) != 36 {
			t.Errorf("got %s with the key %q, want %s with %q", got, open.Key, want, e.Key)
		}
		if !strings.Contains(err.Error(), byKey) {
			t.Errorf("%s: %v", want, err)
		}
	}
	var open *issuing.Unsettled
	if _, err := c.Cards.PANToken(ctx, "c"); !errors.As(err, &open) || strings.Contains(err.Error(), byKey) {
		t.Errorf("a token that works once: %v", err)
	}
	if err := c.Do(ctx, "PUT /v1/x", nil, nil); !errors.As(err, &open) || strings.Contains(err.Error(), byKey) {
		t.Errorf("a method that knows no repeats: %v", err)
	}
}

// TestInFlightIsNeverFailed: an operation that is under way is open, whatever else
// the answer says; when the caller's time ends the wait, the error says so.
func TestInFlightIsNeverFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, typ := range []string{"", "card_error", "account_error", "idempotency_error", "novel"} {
			s := &script{answers: []scripted{{400, `{"type":"` + typ + `","code":"x","message":"Request is processing"}`, nil}}}
			c := stubClient(t, s, issuing.WithRetryWait(time.Second, 5*time.Second))
			var info issuing.CallInfo
			_, err := c.Cards.Freeze(t.Context(), "c", issuing.WithCallInfo(&info))
			if !errors.Is(err, issuing.ErrOutcomeUnknown) || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%q: %v", typ, err)
			}
			if info.Duration < 30*time.Second || info.Attempts != s.calls {
				t.Errorf("%q: %v, %d attempts of %d", typ, info.Duration, info.Attempts, s.calls)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			_, err = c.Cards.Freeze(ctx, "c", issuing.WithCallInfo(&info))
			cancel()
			if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.Is(err, context.DeadlineExceeded) || info.Attempts != 2 || info.Status != 400 {
				t.Errorf("%q, with a deadline: %v, %+v", typ, err, info)
			}
		}
	})
}

// TestAttemptsOverWaits: hooks, CallInfo and errors count the attempts of one call
// over its retries, its waits in flight and its new token.
func TestAttemptsOverWaits(t *testing.T) {
	t.Parallel()
	var retries []bool
	var attempts []int
	hook := issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		if e.Op != "Token" {
			retries, attempts = append(retries, e.Retry), append(attempts, e.Attempt)
		}
	})
	s := &script{answers: []scripted{
		{502, "<html>", nil},
		{401, `{"error":"token expired"}`, nil},
		{400, inFlight, nil},
		{403, `{"type":"unauthorized_error","code":"forbidden","message":"x"}`, nil},
	}}
	c := stubClient(t, s, hook)
	var info issuing.CallInfo
	_, err := c.Cards.Freeze(t.Context(), "c", issuing.WithCallInfo(&info))
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, issuing.ErrOutcomeUnknown) || e.Attempts != 4 || info.Attempts != 4 || s.calls != 4 {
		t.Errorf("%v, %+v", err, info)
	}
	if !slices.Equal(attempts, []int{1, 2, 3, 4}) || !slices.Equal(retries, []bool{true, true, true, false}) {
		t.Errorf("hooks saw the attempts %v with %v", attempts, retries)
	}
}
