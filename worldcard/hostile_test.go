package worldcard_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	const pan = "4111111111111111"
	for _, c := range []struct {
		name   string
		status int
		answer string
		read   error // kind for a read
		write  error // kind for a write
		cause  error // behind both, if any
	}{
		{"html", 200, "<html>login</html>", issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"empty", 200, "", issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"no code", 200, `{"message":"success","data":{}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"code is a word", 200, `{"code":"fine","data":{}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"success, then a refusal", 200, `{"code":0,"data":{"card_id":"1"},"code":10031}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"a refusal, then success", 200, `{"code":10031,"code":0,"data":{"card_id":"1","transaction_id":"1","merchant_transaction_id":"tx-1"}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"array", 200, `[]`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"deep", 200, strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"deep data", 200, `{"code":0,"data":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"10 MB", 200, `{"code":0,"data":{"card_id":"` + strings.Repeat("1", 10<<20) + `"}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, issuing.ErrTooLarge},
		{"amount 1e400", 200, `{"code":0,"data":{"card_id":"1","transaction_id":"1","amount":1e400,"available_balance":1e400}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"amount NaN", 200, `{"code":0,"data":{"card_id":"1","transaction_id":"1","amount":"NaN","available_balance":"NaN"}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"2 MB of digits", 200, `{"code":0,"data":{"card_id":"1","transaction_id":"1","amount":` + strings.Repeat("9", 2<<20) + `,"available_balance":` + strings.Repeat("9", 2<<20) + `}}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"no result", 200, `{"code":0,"data":null}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"undecryptable data", 200, `{"code":0,"data":"` + strings.Repeat("QUJD", 20) + `"}`, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"html 502", 502, "<html>bad gateway</html>", issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"500 with code", 500, `{"code":500,"message":"Internal Server Error"}`, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, worldcard.CodeInternalError},
		{"500 with code 0", 500, `{"code":0,"data":{"card_id":"1"}}`, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"html 403", 403, "<html>blocked</html>", issuing.ErrUnauthorized, issuing.ErrUnauthorized, nil},
		{"401", 401, `{"code":401,"message":"Signature verification failed"}`, issuing.ErrUnauthorized, issuing.ErrUnauthorized, worldcard.CodeUnauthorized},
		{"429", 429, "slow down", issuing.ErrRateLimited, issuing.ErrRateLimited, nil},
		{"not found", 200, `{"code":10001,"message":"Card does not exist"}`, issuing.ErrNotFound, issuing.ErrNotFound, worldcard.CodeCardNotFound},
		{"unknown code", 200, `{"code":19999,"message":"new"}`, issuing.ErrDeclined, issuing.ErrOutcomeUnknown, nil},
		{"a card number in the message", 200, `{"code":10018,"message":"card ` + pan + ` is used"}`, issuing.ErrInvalid, issuing.ErrInvalid, nil},
		{"replayed nonce", 401, `{"code":401,"message":"Request already processed (duplicate nonce)"}`, issuing.ErrUnauthorized, issuing.ErrOutcomeUnknown, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			t.Cleanup(server.Close)
			client := (&wireServer{Server: server}).client(t, issuing.WithMaxAttempts(2))
			_, readErr := client.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
			_, writeErr := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
				CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx-1", Amount: issuing.NewAmount(10, 0),
			})
			onceErr := client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{
				CardRef: worldcard.ByCardID("1"), PIN: issuing.NewSecret("135790"),
			})
			wantError(t, readErr, c.read)
			e := wantError(t, writeErr, c.write)
			if e.Key != "tx-1" {
				t.Errorf("the write's error carries the key %q", e.Key)
			}
			if c.cause != nil && !errors.Is(readErr, c.cause) {
				t.Errorf("the read's error does not carry %v: %v", c.cause, readErr)
			}
			for _, err := range []error{readErr, writeErr, onceErr} {
				if err == nil {
					continue
				}
				if errors.Is(err, issuing.ErrOutcomeUnknown) && (errors.Is(err, issuing.ErrDeclined) || errors.Is(err, issuing.ErrUnavailable)) {
					t.Errorf("an open outcome also reads as a failure: %v", err)
				}
				for _, secret := range []string{pan, "135790", aesKeyText, "<html>"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error holds %q: %v", secret, err)
					}
				}
				if len(err.Error()) > 1000 {
					t.Errorf("the error has %d characters", len(err.Error()))
				}
			}
		})
	}
}

func TestRedirectIsRefusedAndLeaksNothing(t *testing.T) {
	t.Parallel()
	var visited bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	t.Cleanup(other.Close)
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.RedirectHandler(other.URL+"/stolen", status))
		t.Cleanup(server.Close)
		client := (&wireServer{Server: server}).client(t)
		_, err := client.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrBadResponse)
		wantError(t, err, issuing.ErrRedirected)
		_, err = client.Cards.Freeze(t.Context(), worldcard.ByCardID("1"))
		wantError(t, err, issuing.ErrOutcomeUnknown)
		wantError(t, err, issuing.ErrRedirected)
	}
	if visited {
		t.Error("the redirect was followed")
	}
}

func TestHostileIDsStayInTheBody(t *testing.T) {
	t.Parallel()
	const id = "../x?y#z\"},{"
	server := newWireServer(t, http.StatusOK, `{"code":0,"data":{"status":6}}`)
	if _, err := server.client(t).Cards.Freeze(t.Context(), worldcard.ByCardID(id)); err != nil {
		t.Fatal(err)
	}
	if server.path != "/api/v1/card/freeze" {
		t.Errorf("path %s", server.path)
	}
	got, ok := decode(t, server.payload).(map[string]any)
	if !ok || got["card_id"] != id || len(got) != 1 {
		t.Errorf("payload %v", got)
	}
}

func TestCancelledContextIsNotAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusOK, `{"code":0}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := server.client(t).Cards.Deposit(ctx, worldcard.DepositRequest{
		CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(10, 0),
	})
	wantError(t, err, context.Canceled)
	if errors.Is(err, issuing.ErrOutcomeUnknown) || len(server.nonces) != 0 {
		t.Errorf("nothing was sent, yet: %v", err)
	}
}

func TestEveryAttemptIsSealedAnew(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusServiceUnavailable, "down")
	_, err := server.client(t, issuing.WithMaxAttempts(4)).Virtual.Card(t.Context(), worldcard.ByCardID("1"))
	e := wantError(t, err, issuing.ErrUnavailable)
	if e.Attempts != 4 || len(server.nonces) != 4 {
		t.Fatalf("%d attempts reported, %d arrived", e.Attempts, len(server.nonces))
	}
	seen := map[string]bool{}
	for i := range server.nonces {
		if seen[server.nonces[i]] || seen[server.bodies[i]] {
			t.Error("a nonce or an envelope was used twice")
		}
		seen[server.nonces[i]], seen[server.bodies[i]] = true, true
	}
	if e.RequestID != server.nonces[3] {
		t.Errorf("request id %q is not the last attempt's nonce", e.RequestID)
	}
}
