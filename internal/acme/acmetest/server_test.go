package acmetest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme/acmetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
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

// send posts a body whose stamp and path need not agree, and returns status and
// answer.
func send(t *testing.T, server *acmetest.Server, path, stamp, body string) (int, string) {
	t.Helper()
	key, err := sign.NewHMACKey(issuing.NewSecret(secret))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := sign.SignHMAC512(key, []byte(body), stamp)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"X-Stamp": {stamp}, "X-Signature": {signature}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func TestVerify(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	body, now := fmt.Sprintf(`{"card_id":%q}`, server.Issue()), server.Clock().Now()
	stamp := func(at time.Time, nonce, path string) string { return fmt.Sprintf("%d %s %s", at.Unix(), nonce, path) }
	for _, tt := range []struct {
		name, stamp string
		status      int
		code        string
	}{
		{"good", stamp(now, "n-1", "/Cards.Card"), 200, ""},
		{"the same again", stamp(now, "n-1", "/Cards.Card"), 401, "replayed"},
		{"its nonce at another time", stamp(now.Add(time.Second), "n-1", "/Cards.Card"), 401, "replayed"},
		{"another operation's", stamp(now, "n-2", "/Cards.Freeze"), 401, "signature"},
		{"too old", stamp(now.Add(-5*time.Minute), "n-3", "/Cards.Card"), 401, "signature"},
		{"too far ahead", stamp(now.Add(5*time.Minute), "n-4", "/Cards.Card"), 401, "signature"},
		{"just in time", stamp(now.Add(-5*time.Minute+time.Second), "n-5", "/Cards.Card"), 200, ""},
		{"no stamp", "", 401, "signature"},
		{"no nonce", fmt.Sprint(now.Unix()), 401, "signature"},
		{"no time", "today n-6 /Cards.Card", 401, "signature"},
	} {
		status, answer := send(t, server, "/Cards.Card", tt.stamp, body)
		if status != tt.status || (tt.code != "" && !strings.Contains(answer, `"code":"`+tt.code+`"`)) {
			t.Errorf("%s: %d %s, want %d %s", tt.name, status, answer, tt.status, tt.code)
		}
	}
}

// What is not an object, names no card or breaks a documented rule is refused with
// a status of its own, and nothing is booked.
func TestRules(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	card, frozen := server.Issue(), server.Issue()
	n := 0
	try := func(path, body string) int {
		n++
		status, _ := send(t, server, path, fmt.Sprintf("%d n-%d %s", server.Clock().Now().Unix(), n, path), body)
		return status
	}
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
		{"/Cards.Deposits", fmt.Sprintf(`{"card_id":%q,"page":1}`, card), 200},
		{"/Cards.Deposits", fmt.Sprintf(`{"card_id":%q,"page":0}`, card), 400},
		{"/Cards.Deposits", fmt.Sprintf(`{"card_id":%q}`, card), 400},
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
