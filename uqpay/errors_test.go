package uqpay_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// script answers calls one after the other, the last answer for ever, and
// records the keys that came.
type script struct {
	answers []scripted
	keys    []string
	calls   int
}

type scripted struct {
	status int
	body   string
	err    error
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if isMint(r) {
		return answerTo(r, 200, tokenBody), nil
	}
	a := s.answers[min(s.calls, len(s.answers)-1)]
	s.calls++
	s.keys = append(s.keys, r.Header.Get("x-idempotency-key"))
	if a.err != nil {
		return nil, a.err
	}
	return answerTo(r, a.status, a.body), nil
}

const (
	inFlight = `{"code":200,"message":"Request is processing, please try again later"}`
	orderOK  = `{"card_id":"c","card_order_id":"o-1","order_status":"PENDING","amount":"5.00"}`
)

// TestRetryTable is the table of what is sent again.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	ok := scripted{200, orderOK, nil}
	for name, c := range map[string]struct {
		first []scripted
		calls int
		want  error // nil is success
		code  error
	}{
		"network":               {[]scripted{{err: broken}, ok}, 2, nil, nil},
		"500":                   {[]scripted{{500, `{"type":"api_error","code":"api_error","message":"x"}`, nil}, ok}, 2, nil, nil},
		"502 html":              {[]scripted{{502, `<html>`, nil}, ok}, 2, nil, nil},
		"503":                   {[]scripted{{503, ``, nil}, ok}, 2, nil, nil},
		"504":                   {[]scripted{{504, ``, nil}, ok}, 2, nil, nil},
		"429":                   {[]scripted{{429, `{"code":"too_many_requests","message":"x"}`, nil}, ok}, 2, nil, nil},
		"401 expired":           {[]scripted{{401, `{"error":"token expired"}`, nil}, ok}, 2, nil, nil},
		"in flight":             {[]scripted{{400, inFlight, nil}, {400, inFlight, nil}, {400, inFlight, nil}, {400, inFlight, nil}, {400, inFlight, nil}, ok}, 6, nil, nil},
		"in flight, typed":      {[]scripted{{409, `{"type":"idempotency_error","code":"x","message":"Request is processing"}`, nil}, ok}, 2, nil, nil},
		"garbled success":       {[]scripted{{200, `{"card_id":`, nil}, ok}, 2, nil, nil},
		"empty success":         {[]scripted{{200, ``, nil}, ok}, 2, nil, nil},
		"refused":               {[]scripted{{400, `{"type":"card_error","code":"card_not_found","message":"x"}`, nil}}, 1, issuing.ErrNotFound, uqpay.CodeCardNotFound},
		"404":                   {[]scripted{{404, `{"type":"not_found","code":"not_found","message":"x"}`, nil}}, 1, issuing.ErrNotFound, uqpay.CodeNotFound},
		"403":                   {[]scripted{{403, `{"type":"unauthorized_error","code":"forbidden","message":"x"}`, nil}}, 1, issuing.ErrUnauthorized, uqpay.CodeForbidden},
		"funds":                 {[]scripted{{400, `{"type":"account_error","code":"novel","message":"Insufficient balance"}`, nil}}, 1, issuing.ErrInsufficientFunds, uqpay.Code("novel")},
		"validation":            {[]scripted{{400, `{"type":"invalid_request_error","code":"invalid_request_error","message":"amount: x"}`, nil}}, 1, issuing.ErrInvalid, uqpay.CodeInvalidRequest},
		"key mismatch":          {[]scripted{{400, `{"type":"idempotency_error","code":"idempotency_error","message":"x"}`, nil}}, 1, issuing.ErrDuplicate, nil},
		"409":                   {[]scripted{{409, `{"code":"key_conflict","message":"x"}`, nil}}, 1, issuing.ErrDuplicate, uqpay.CodeKeyConflict},
		"unclear, then refused": {[]scripted{{err: broken}, {400, `{"type":"account_error","code":"novel","message":"no"}`, nil}}, 2, issuing.ErrDeclined, nil},
		"unclear, then mismatch": {[]scripted{{err: broken}, {400, `{"type":"idempotency_error","code":"idempotency_error","message":"x"}`, nil}},
			2, issuing.ErrOutcomeUnknown, nil},
		"unclear, then 403": {[]scripted{{err: broken}, {403, `{"type":"unauthorized_error","code":"forbidden","message":"x"}`, nil}},
			2, issuing.ErrOutcomeUnknown, nil},
		"unclear, then account": {[]scripted{{err: broken}, {400, `{"type":"account_error","code":"sub_account_not_found","message":"x"}`, nil}},
			2, issuing.ErrOutcomeUnknown, nil},
		"unclear, then no route": {[]scripted{{err: broken}, {404, `{"type":"not_found","code":"not_found","message":"x"}`, nil}},
			2, issuing.ErrOutcomeUnknown, nil},
		"in flight, novel type":   {[]scripted{{400, `{"type":"novel","code":"x","message":"Request is processing"}`, nil}, ok}, 2, nil, nil},
		"in flight under 200":     {[]scripted{{200, inFlight, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"unclear, then 429":       {[]scripted{{err: broken}, {429, `{"code":"too_many_requests","message":"x"}`, nil}}, 3, issuing.ErrOutcomeUnknown, nil},
		"network for good":        {[]scripted{{err: broken}}, 3, issuing.ErrOutcomeUnknown, nil},
		"500 for good":            {[]scripted{{500, `{"type":"api_error","code":"api_error","message":"x"}`, nil}}, 3, issuing.ErrOutcomeUnknown, nil},
		"429 for good":            {[]scripted{{429, `{"code":"too_many_requests","message":"x"}`, nil}}, 3, issuing.ErrRateLimited, uqpay.CodeTooManyRequests},
		"garbled for good":        {[]scripted{{200, `<html>`, nil}}, 3, issuing.ErrOutcomeUnknown, nil},
		"success without id":      {[]scripted{{200, `{}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"error under 200":         {[]scripted{{200, `{"code":"card_not_found","message":"x"}`, nil}}, 1, issuing.ErrNotFound, uqpay.CodeCardNotFound},
		"unknown error under 200": {[]scripted{{200, `{"code":"novel","message":"x"}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"a number under 200":      {[]scripted{{200, `{"code":0,"message":"success","data":{"card_order_id":"o-1"}}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"200 under 200":           {[]scripted{{200, `{"code":200,"message":"OK"}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"SUCCESS under 200":       {[]scripted{{200, `{"code":"SUCCESS","message":"ok","data":{}}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"api error under 200":     {[]scripted{{200, `{"code":"api_error","message":"x"}`, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
		"redirect":                {[]scripted{{302, ``, nil}}, 1, issuing.ErrOutcomeUnknown, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: c.first}
			client := stubClient(t, s)
			var info issuing.CallInfo
			o, err := client.Cards.Deposit(t.Context(), "c", uqpay.AmountRequest{Amount: amount(t, "5")}, issuing.WithCallInfo(&info))
			if s.calls != c.calls || info.Attempts != c.calls {
				t.Errorf("%d calls, %d attempts, want %d", s.calls, info.Attempts, c.calls)
			}
			for _, key := range s.keys {
				if key != s.keys[0] || key != info.Key || len(key) != 36 {
					t.Errorf("keys %q, info %q", s.keys, info.Key)
				}
			}
			if c.want == nil {
				if err != nil || o.ID != "o-1" {
					t.Errorf("%+v, %v", o, err)
				}
				return
			}
			var e *issuing.Error
			if !errors.Is(err, c.want) || !errors.As(err, &e) || e.Key != info.Key || e.Op != "Cards.Deposit" {
				t.Fatalf("got %v", err)
			}
			if c.code != nil && !errors.Is(err, c.code) {
				t.Errorf("code: %v", err)
			}
			for _, kind := range []error{issuing.ErrInvalid, issuing.ErrNotFound, issuing.ErrDeclined, issuing.ErrUnauthorized,
				issuing.ErrDuplicate, issuing.ErrInsufficientFunds, issuing.ErrRateLimited, issuing.ErrUnavailable, issuing.ErrBadResponse} {
				if errors.Is(c.want, issuing.ErrOutcomeUnknown) && errors.Is(err, kind) {
					t.Errorf("an open outcome is called %v", kind)
				}
			}
		})
	}
}

// TestErrorBodies: the five forms of error bodies end in one typed error.
func TestErrorBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status  int
		body    string
		kind    error
		code    uqpay.Code
		typ     uqpay.ErrorType
		message string
	}{
		"typed":         {400, `{"type":"card_error","code":"card_not_found","message":"card not found or deactivated"}`, issuing.ErrNotFound, "card_not_found", "card_error", "card not found or deactivated"},
		"flat":          {400, `{"code":200,"message":"Card does not exists"}`, issuing.ErrNotFound, "200", "", "Card does not exists"},
		"rate limit":    {429, `{"code":"too_many_requests","message":"Too many requests"}`, issuing.ErrRateLimited, "too_many_requests", "", "Too many requests"},
		"auth layer":    {401, `{"error":"ip not allowed"}`, issuing.ErrUnauthorized, "", "", "ip not allowed"},
		"proxy":         {503, `<html>Service unavailable</html>`, issuing.ErrUnavailable, "", "", ""},
		"empty":         {404, ``, issuing.ErrNotFound, "", "", ""},
		"no such order": {400, `{"type":"card_error","code":"card_error","message":"card order not found"}`, issuing.ErrNotFound, "card_error", "card_error", "card order not found"},
		"unknown type":  {400, `{"type":"payout_error","code":"x","message":"m"}`, issuing.ErrDeclined, "x", "payout_error", "m"},
		"foreign JSON":  {400, `[1,2]`, issuing.ErrInvalid, "", "", ""},
		"odd members":   {400, `{"type":["a"],"code":{"b":1},"message":7,"missing_fields":"none"}`, issuing.ErrInvalid, "", "", "7"},
		"card number":   {400, `{"type":"card_error","code":"x","message":"card 4096360812345678 is bad"}`, issuing.ErrDeclined, "x", "card_error", "card [redacted] is bad"},
	} {
		client := stubClient(t, &script{answers: []scripted{{c.status, c.body, nil}}}, issuing.WithMaxAttempts(1))
		_, err := client.Cards.Card(t.Context(), "c")
		var e *issuing.Error
		if !errors.As(err, &e) || !errors.Is(e.Kind, c.kind) || e.Status != c.status || e.Message != c.message {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var code uqpay.Code
		_ = errors.As(err, &code)
		var problem *uqpay.Problem
		typ := uqpay.ErrorType("")
		if errors.As(err, &problem) {
			typ = problem.Type
		}
		if code != c.code || typ != c.typ {
			t.Errorf("%s: code %q type %q", name, code, typ)
		}
	}
}

func TestMissingFields(t *testing.T) {
	t.Parallel()
	client := stubClient(t, &script{answers: []scripted{{400, `{"type":"cardholder_error","code":"kyc_insufficient","message":"m","missing_fields":[
		{"name":"nationality","type":"string","required":true,"description":"d"},
		{"name":"residential_address","type":"object","required":true,"description":"d","fields":[{"name":"city","type":"string","required":false,"description":"c"}]}]}`, nil}}})
	_, err := client.Cards.Apply(t.Context(), uqpay.ApplyRequest{Currency: issuing.CurrencyUSD, ProductID: "p", CardholderID: "h"})
	var problem *uqpay.Problem
	if !errors.Is(err, uqpay.CodeKYCInsufficient) || !errors.As(err, &problem) {
		t.Fatal(err)
	}
	want := []uqpay.RequiredField{
		{Name: "nationality", Type: "string", Required: true, Description: "d"},
		{Name: "residential_address", Type: "object", Required: true, Description: "d", Fields: []uqpay.RequiredField{
			{Name: "city", Type: "string", Description: "c"},
		}},
	}
	if diff := cmp.Diff(want, problem.MissingFields); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(err.Error(), "missing nationality, residential_address") {
		t.Errorf("%v", err)
	}
}

// TestErrorUnderStatus200: what has a code and a message is no empty list.
func TestErrorUnderStatus200(t *testing.T) {
	t.Parallel()
	refused := stubClient(t, &script{answers: []scripted{{200, `{"code":"forbidden","message":"no"}`, nil}}})
	empty := stubClient(t, &script{answers: []scripted{{200, `{"total_pages":0,"total_items":0,"data":null}`, nil}}})
	ctx := t.Context()
	for name, do := range map[string]func(*uqpay.Client) error{
		"list":       func(c *uqpay.Client) error { return ignore(c.Cards.List(ctx, uqpay.CardsRequest{})) },
		"cardholder": func(c *uqpay.Client) error { return ignore(c.Cardholders.Cardholder(ctx, "h")) },
		"arts":       func(c *uqpay.Client) error { return ignore(c.Arts.List(ctx, "")) },
		"links":      func(c *uqpay.Client) error { return ignore(c.Files.Links(ctx, []string{"f"})) },
	} {
		if err := do(refused); !errors.Is(err, uqpay.CodeForbidden) {
			t.Errorf("%s: %v", name, err)
		}
		if err := do(empty); err != nil {
			t.Errorf("%s without items: %v", name, err)
		}
	}
}

// TestInFlightPatience: an operation that stays under way is waited for half a
// minute, then its outcome is open.
func TestInFlightPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []scripted{{400, inFlight, nil}}}
		client := stubClient(t, s, issuing.WithRetryWait(250*time.Millisecond, 5*time.Second))
		begun := time.Now()
		_, err := client.Cards.Freeze(t.Context(), "c")
		if d := time.Since(begun); d < 25*time.Second || d > 40*time.Second || !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("after %v: %v", d, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun = time.Now()
		_, err = client.Cards.Freeze(ctx, "c")
		if d := time.Since(begun); d > 2*time.Second || !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("with a deadline, after %v: %v", d, err)
		}
	})
}

// TestKeys: a caller's key is sent as it is, one that cannot be is refused.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := &script{answers: []scripted{{200, orderOK, nil}}}
	client := stubClient(t, s)
	key := strings.Repeat("k", 64)
	if _, err := client.Cards.Freeze(t.Context(), "c", issuing.WithIdempotencyKey(key)); err != nil || s.keys[0] != key {
		t.Errorf("%q, %v", s.keys, err)
	}
	for _, bad := range []string{key + "k", "a b", "a\r\nb", "é"} {
		if _, err := client.Cards.Freeze(t.Context(), "c", issuing.WithIdempotencyKey(bad)); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s.answers = []scripted{{200, `{"balance_id":"b","currency":"USD","available_balance":"1"}`, nil}}
	for range 2 {
		if _, err := client.Balances.Balance(t.Context(), issuing.CurrencyUSD, issuing.WithIdempotencyKey("mine")); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.keys); s.keys[n-1] == "mine" || s.keys[n-1] == s.keys[n-2] {
		t.Errorf("a balance was asked for with the keys %q", s.keys[1:])
	}
	s.answers = []scripted{{200, `{"card_id":"c"}`, nil}}
	if _, err := client.Cards.Card(t.Context(), "c"); err != nil || s.keys[len(s.keys)-1] != "" {
		t.Errorf("a read has the key %q, %v", s.keys[len(s.keys)-1], err)
	}
	if s.calls != 4 {
		t.Errorf("%d calls", s.calls)
	}
}

// TestErrorsAreShort: hostile error bodies do not fill logs.
func TestErrorsAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	body := fmt.Sprintf(`{"type":%q,"code":%q,"message":%q,"missing_fields":[{"name":%q}]}`, long, long, long, long)
	client := stubClient(t, &script{answers: []scripted{{400, body, nil}}})
	_, err := client.Cards.Card(t.Context(), "c")
	if n := len(err.Error()); n > 1000 {
		t.Errorf("an error of %d bytes", n)
	}
}
