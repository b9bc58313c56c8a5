package coshine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// TestAnswersBecomeErrors says for every kind of answer what a read and a write
// make of it, and how often a read is tried.
func TestAnswersBecomeErrors(t *testing.T) {
	t.Parallel()
	const echo = `{"tranId":"TXN1","responseCode":"`
	unknown := issuing.ErrOutcomeUnknown
	for name, c := range map[string]struct {
		status      int
		body        string
		read, write error
		code        error
		attempts    int64 // of the read
	}{
		"invalid participant":     {200, echo + `01"}`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, coshine.CodeInvalidParticipant, 1},
		"invalid card number":     {200, echo + `02"}`, issuing.ErrNotFound, issuing.ErrNotFound, coshine.CodeInvalidCardNumber, 1},
		"invalid card status":     {200, echo + `03"}`, issuing.ErrConflict, issuing.ErrConflict, coshine.CodeInvalidCardStatus, 1},
		"invalid card token":      {200, echo + `04"}`, issuing.ErrNotFound, issuing.ErrNotFound, coshine.CodeInvalidCardToken, 1},
		"restricted":              {200, echo + `10"}`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, coshine.CodeRestricted, 1},
		"PIN block":               {200, echo + `24"}`, issuing.ErrInvalid, issuing.ErrInvalid, coshine.CodePINBlockFormat, 1},
		"wrong PIN":               {200, echo + `55"}`, issuing.ErrDeclined, issuing.ErrDeclined, coshine.CodeInvalidPIN, 1},
		"unexpected error":        {200, echo + `99"}`, issuing.ErrUnavailable, unknown, nil, 1},
		"funds, inferred":         {200, echo + `51"}`, issuing.ErrInsufficientFunds, issuing.ErrInsufficientFunds, coshine.CodeInsufficientFunds, 1},
		"unknown code":            {200, echo + `Z7"}`, issuing.ErrDeclined, unknown, nil, 1},
		"a word":                  {200, echo + `ok"}`, issuing.ErrDeclined, unknown, nil, 1},
		"numeric code":            {200, `{"tranId":"TXN1","responseCode":24}`, issuing.ErrInvalid, issuing.ErrInvalid, coshine.CodePINBlockFormat, 1},
		"system malfunction":      {200, echo + `96"}`, issuing.ErrUnavailable, unknown, nil, 1},
		"number 0":                {200, `{"tranId":"TXN1","responseCode":0}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is an empty object": {200, `{"tranId":"TXN1","responseCode":{}}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is an empty list":   {200, `{"tranId":"TXN1","responseCode":[]}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is minus one":       {200, `{"tranId":"TXN1","responseCode":-1}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is minus zero":      {200, `{"tranId":"TXN1","responseCode":-0}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is signs":           {200, `{"tranId":"TXN1","responseCode":"-0"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is brackets":        {200, `{"tranId":"TXN1","responseCode":"[]"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"four zeros":              {200, echo + `0000"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"code is an object":       {200, `{"tranId":"TXN1","responseCode":{"code":"00"}}`, issuing.ErrBadResponse, unknown, nil, 3},
		"400, long code":          {400, echo + `E400"}`, issuing.ErrInvalid, issuing.ErrInvalid, nil, 1},
		"success, then declined":  {200, echo + `00","responseCode":"51"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"declined, then success":  {200, echo + `51","responseCode":"00"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"no code":                 {200, `{"tranId":"TXN1"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"null code":               {200, `{"tranId":"TXN1","responseCode":null}`, issuing.ErrBadResponse, unknown, nil, 3},
		"other tranId":            {200, `{"tranId":"TXN2","responseCode":"00"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"other tranId, refusal":   {200, `{"tranId":"TXN2","responseCode":"03"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"empty":                   {200, ``, issuing.ErrBadResponse, unknown, nil, 3},
		"HTML":                    {200, `<html>`, issuing.ErrBadResponse, unknown, nil, 3},
		"array":                   {200, `[` + echo + `00"}]`, issuing.ErrBadResponse, unknown, nil, 3},
		"deep":                    {200, strings.Repeat(`{"a":`, 20_000), issuing.ErrBadResponse, unknown, nil, 3},
		"list that is none":       {200, echo + `00","recordList":7}`, issuing.ErrBadResponse, nil, nil, 1},
		"created":                 {201, echo + `00"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"400, success":            {400, echo + `00"}`, issuing.ErrBadResponse, unknown, nil, 3},
		"400":                     {400, ``, issuing.ErrInvalid, issuing.ErrInvalid, nil, 1},
		"400, declined":           {400, echo + `77"}`, issuing.ErrDeclined, issuing.ErrDeclined, coshine.Code("77"), 1},
		"400, open":               {400, echo + `99"}`, issuing.ErrUnavailable, unknown, nil, 1},
		"429, open":               {429, echo + `96"}`, issuing.ErrUnavailable, unknown, nil, 3},
		"403, open":               {403, echo + `99"}`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, nil, 1},
		"401":                     {401, `denied`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, nil, 1},
		"403":                     {403, echo + `03"}`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, coshine.CodeInvalidCardStatus, 1},
		"404":                     {404, `<html>`, issuing.ErrNotConfigured, issuing.ErrNotConfigured, nil, 1},
		"500":                     {500, ``, issuing.ErrUnavailable, unknown, nil, 3},
		"500 with a code":         {500, echo + `03"}`, issuing.ErrUnavailable, unknown, nil, 3},
		"502":                     {502, `<html>`, issuing.ErrUnavailable, unknown, nil, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			t.Cleanup(server.Close)
			client, err := coshine.New(coshine.Config{BaseURL: server.URL, ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("the-token")},
				issuing.WithRetryWait(1, 2))
			if err != nil {
				t.Fatal(err)
			}
			check := func(what string, err, kind error) {
				t.Helper()
				var e *issuing.Error
				if kind == nil {
					if err != nil && !errors.Is(err, issuing.ErrBadResponse) {
						t.Errorf("%s: %v", what, err)
					}
					return
				}
				if !errors.Is(err, kind) || !errors.As(err, &e) || e.Status != c.status || e.Key != "TXN1" || e.Provider != "coshine" {
					t.Errorf("%s: %v", what, err)
				}
				if c.code != nil && kind != unknown && !errors.Is(err, c.code) {
					t.Errorf("%s: not the code %v: %v", what, c.code, err)
				}
				if c.status == 404 && !strings.Contains(err.Error(), "mgr/") {
					t.Errorf("%s: the error does not name the path: %v", what, err)
				}
				if strings.Contains(err.Error(), "the-token") || strings.Contains(err.Error(), server.URL) {
					t.Errorf("%s: the error shows too much: %v", what, err)
				}
			}
			_, err = client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "C1"}, withID("TXN1"))
			check("read", err, c.read)
			if asked.Load() != c.attempts {
				t.Errorf("the read was tried %d times, want %d", asked.Load(), c.attempts)
			}
			asked.Store(0)
			_, err = client.Cards.Close(t.Context(), coshine.CloseRequest{CardToken: "T1"}, withID("TXN1"))
			check("write", err, c.write)
			if asked.Load() != 1 {
				t.Errorf("the write was sent %d times", asked.Load())
			}
		})
	}
}

// TestSuccessWithoutTheCardIsOpen: an application that was accepted and does not
// say which card was made must not look like a failure.
func TestSuccessWithoutTheCardIsOpen(t *testing.T) {
	t.Parallel()
	client, _ := captureWith(t, `{"tranId":"{id}","responseCode":"00","cardApplyNo":"AP1"}`, coshine.Config{})
	_, err := client.Cards.Apply(t.Context(), application("C1"), withID("TXN1"))
	var open *issuing.Unsettled
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) || open.Inquiry[0] != "Customers.Cards" || open.Reversal != "" {
		t.Errorf("got %v", err)
	}
}

// TestCountedRecordsMustBeThere: a list that is missing or has another name must
// not read as "the customer has no card", after which a merchant would apply
// again. Where the list's name is only inferred, the count stays readable.
func TestCountedRecordsMustBeThere(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"", `,"recordList":null`, `,"cards":[{"cardToken":"T1"}]`} {
		client, _ := captureWith(t, `{"tranId":"{id}","responseCode":"00","recordNum":"1"`+list+`}`, coshine.Config{})
		_, cards := client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "C1"}, withID("TXN1"))
		_, tokens := client.Tokens.List(t.Context(), coshine.TokensRequest{CardToken: "T1"}, withID("TXN1"))
		_, items := client.Parameters.DropDownList(t.Context(), coshine.DropDownListRequest{Name: coshine.DropDownNameCardProd}, withID("TXN1"))
		_, products := client.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}, withID("TXN1"))
		for i, err := range []error{cards, tokens, items, products} {
			if !errors.Is(err, issuing.ErrBadResponse) || !strings.Contains(err.Error(), "counts records") {
				t.Errorf("%s, list %d: %v", list, i, err)
			}
		}
		history, err := client.Cards.Transactions(t.Context(), coshine.CardRequest{CardToken: "T1"}, withID("TXN1"))
		if err != nil || history.RecordNum != 1 {
			t.Errorf("history: %+v, %v", history, err)
		}
	}
}

// TestReadsDrawANewTranID: every try of a read has its own, unless the caller
// gave one.
func TestReadsDrawANewTranID(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	inject(t, server, "Parameters.CardProducts", issuingtest.BadGatewayBefore(), issuingtest.DropAfter())
	var info issuing.CallInfo
	if _, err := client.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}, issuing.WithCallInfo(&info)); err != nil {
		t.Fatal(err)
	}
	log := server.Received("Parameters.CardProducts")
	if len(log) != 2 || log[0].TranID == log[1].TranID || info.Attempts != 3 || info.Key != log[1].TranID {
		t.Errorf("%d requests reached the platform, %+v", len(log), info)
	}
	inject(t, server, "Parameters.CardProducts", issuingtest.DropAfter())
	if _, err := client.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}, withID("MINE")); err != nil {
		t.Fatal(err)
	}
	log = server.Received("Parameters.CardProducts")
	if len(log) != 4 || log[2].TranID != "MINE" || log[3].TranID != "MINE" {
		t.Errorf("the caller's tranId changed: %s", log[len(log)-1].TranID)
	}
}

// TestHooksSeeNoSecretAndNoValue: events carry the path of the interface.
func TestHooksSeeNoSecretAndNoValue(t *testing.T) {
	t.Parallel()
	var events []issuing.CallEvent
	_, client := full(t, coshinetest.Config{}, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }))
	activeCard(t, client, "C1")
	if len(events) != 2 || events[0].Op != "Cards.Apply" || events[0].Template != "/cardmgr/cardApply" || events[0].Kind != nil {
		t.Errorf("%+v", events)
	}
}

// TestEndedContextIsNotAnUnknownOutcome: what was never sent is not open.
func TestEndedContextIsNotAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Cards.Deposit(ctx, money("T1", "1.00"))
	if err == nil || errors.Is(err, issuing.ErrOutcomeUnknown) || server.Requests("") != 0 {
		t.Errorf("%d requests, %v", server.Requests(""), err)
	}
}

// FuzzAnswer feeds answers to a read and a write: no panic, and no success
// without the code "00" and the echo.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"tranId":"TXN1","responseCode":"00","recordList":[{"cardToken":"T"}]}`, `{"tranId":"TXN1","responseCode":"99"}`,
		`{"tranId":"TXN1","responseCode":"00","cardList":{"a":1}}`, `{"responseCode":{}}`, ``, `{"tranId":`, `"00"`, `{"tranId":"TXN1","responseCode":"00","recordNum":"x"}`,
	} {
		f.Add(200, seed)
	}
	f.Add(307, "")
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 100 || status > 999 {
			return
		}
		client, err := coshine.New(coshine.Config{BaseURL: "https://api.example.com", ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t")},
			issuing.WithMaxAttempts(1), issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				return answer(status, body), nil
			})}))
		if err != nil {
			t.Fatal(err)
		}
		list, err := client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "C"}, withID("TXN1"))
		if err == nil && (list.ResponseCode != coshine.CodeSuccess || list.TranID != "TXN1" || status != 200) {
			t.Errorf("a success without its marks: %+v", list.Reply)
		}
		if _, err = client.Cards.Reissue(t.Context(), someCard, withID("TXN1")); err == nil && status != 200 {
			t.Errorf("a success with status %d", status)
		}
	})
}
