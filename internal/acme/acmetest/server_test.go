package acmetest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme/acmetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

const secret = "acme-secret-0001"

func newServer(t *testing.T) *acmetest.Server {
	t.Helper()
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	server, err := acmetest.NewServer(acmetest.Config{Secret: issuing.NewSecret(secret), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

// send posts a body and returns the status of the answer.
func send(t *testing.T, server *acmetest.Server, path, authorization, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	body := fmt.Sprintf(`{"card_id":%q}`, server.Issue())
	for authorization, status := range map[string]int{
		"Bearer " + secret: 200, "Bearer " + secret + "x": 401, "Bearer ": 401, secret: 401, "": 401,
	} {
		for _, path := range []string{"/Cards.Card", "/Cards.Freeze", "/Cards.DepositByKey"} {
			want := status
			if want == 200 && path == "/Cards.DepositByKey" {
				want = 404
			}
			if got := send(t, server, path, authorization, body); got != want {
				t.Errorf("%s, %q: %d, want %d", path, authorization, got, want)
			}
		}
	}
}

// What is not an object, names no card or breaks a documented rule is refused with
// a status of its own, and nothing is booked.
func TestRules(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	card, frozen := server.Issue(), server.Issue()
	try := func(path, body string) int { return send(t, server, path, "Bearer "+secret, body) }
	if status := try("/Cards.Freeze", fmt.Sprintf(`{"card_id":%q}`, frozen)); status != 200 {
		t.Fatal(status)
	}
	deposit := func(card, orderNo, amount string) string {
		return fmt.Sprintf(`{"card_id":%q,"order_no":%q,"amount":%s}`, card, orderNo, amount)
	}
	for _, tt := range []struct {
		path, body string
		status     int
	}{
		{"/Cards.Deposit", deposit(card, "o-1", `"5.00"`), 200},
		{"/Cards.Deposit", deposit(card, "o-1", `"5.00"`), 409},
		{"/Cards.Deposit", deposit(frozen, "o-1", `"5.00"`), 409},
		{"/Cards.Deposit", deposit(frozen, "o-2", `"5.00"`), 409},
		{"/Cards.Deposit", deposit("card-9", "o-2", `"5.00"`), 404},
		{"/Cards.Deposit", deposit(card, "", `"5.00"`), 400},
		{"/Cards.Deposit", deposit(card, strings.Repeat("9", 33), `"5.00"`), 400},
		{"/Cards.Deposit", deposit(card, "o-2", `"5.001"`), 400},
		{"/Cards.Deposit", deposit(card, "o-2", `"0"`), 400},
		{"/Cards.Deposit", deposit(card, "o-2", `"-5.00"`), 400},
		{"/Cards.Deposit", deposit(card, "o-2", `5`), 400},
		{"/Cards.SetPIN", fmt.Sprintf(`{"card_id":%q,"pin":"4938"}`, card), 200},
		{"/Cards.SetPIN", fmt.Sprintf(`{"card_id":%q,"pin":"493"}`, card), 400},
		{"/Cards.SetPIN", fmt.Sprintf(`{"card_id":%q,"pin":"49a8"}`, card), 400},
		{"/Cards.DepositByKey", `{"order_no":"o-1"}`, 200},
		{"/Cards.DepositByKey", `{"order_no":"o-2"}`, 404},
		{"/Cards.DepositByKey", fmt.Sprintf(`{"card_id":%q}`, card), 404},
		{"/Cards.Card", `{"card_id":"card-1","card_id":"card-2"}`, 400},
		{"/Cards.Card", `null`, 400},
		{"/Cards.Card", `{}`, 404},
		{"/Cards.Nowhere", `{}`, 404},
	} {
		if status := try(tt.path, tt.body); status != tt.status {
			t.Errorf("%s %s: %d, want %d", tt.path, tt.body, status, tt.status)
		}
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	if _, err := acmetest.NewServer(acmetest.Config{}); err == nil {
		t.Error("a platform without a secret")
	}
}
