package legacy_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

func TestKindsOfAnswers(t *testing.T) {
	t.Parallel()
	pan, pin := issuing.NewSecret("4242424242424242"), issuing.NewSecret("135790")
	const pathPIN = "/op/card/E/change/pin/secure"
	for _, tc := range []struct {
		name  string
		reply reply
		read  error // kind for a read
		once  error // kind for an operation that is sent once
		cause error // behind both, if any
	}{
		{"HTML", reply{200, "<html>login</html>"}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"empty", reply{200, ""}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"no status", reply{200, `{"msg":"ok","data":{}}`}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"success, then a refusal", reply{200, `{"status":200,"success":true,"data":true,"status":5102}`}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"a refusal, then success", reply{200, `{"status":5102,"status":200,"success":true,"data":true}`}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"no data", reply{200, success("null")}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"200 without success", reply{200, `{"status":200,"success":false,"msg":"x"}`}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"10 MB", reply{200, success(`"` + strings.Repeat("1", 10<<20) + `"`)}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, issuing.ErrTooLarge},
		{"a redirect", reply{http.StatusFound, ""}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, issuing.ErrRedirected},
		{"an amount of 1e400", reply{200, success(`{"orderNo":"9","merOrderNo":"d-1","amount":1e400}`)}, issuing.ErrBadResponse, issuing.ErrOutcomeUnknown, nil},
		{"HTML 502", reply{502, "<html>bad gateway</html>"}, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"502 with a success inside", reply{502, success("true")}, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"500", reply{200, refusedAs("500")}, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"5000", reply{200, refusedAs("5000")}, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"5006", reply{200, refusedAs("5006")}, issuing.ErrUnavailable, issuing.ErrOutcomeUnknown, nil},
		{"401", reply{401, refusedAs("401")}, issuing.ErrUnauthorized, issuing.ErrUnauthorized, legacy.CodeUnauthorized},
		{"HTML 403", reply{403, "<html>"}, issuing.ErrUnauthorized, issuing.ErrUnauthorized, nil},
		{"429", reply{429, "slow down"}, issuing.ErrRateLimited, issuing.ErrRateLimited, nil},
		{"5001", reply{200, refusedAs("5001")}, issuing.ErrInvalid, issuing.ErrInvalid, legacy.CodeInvalidParameters},
		{"5201 as text", reply{200, refusedAs(`"5201"`)}, issuing.ErrNotFound, issuing.ErrNotFound, legacy.CodeOrderNotFound},
		{"1004 of the newer envelope", reply{200, `{"code":1004,"message":"slow"}`}, issuing.ErrRateLimited, issuing.ErrRateLimited, legacy.CodeTooFrequent},
		{"an unknown code", reply{200, refusedAs("4711")}, issuing.ErrDeclined, issuing.ErrOutcomeUnknown, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s, client := scripted(t, map[string][]reply{pathQuery: {tc.reply}, pathPIN: {tc.reply}})
			_, readErr := client.Cards.DepositByKey(t.Context(), "d-1")
			onceErr := client.MasterE.SetPIN(t.Context(), pan, pin)
			want(t, readErr, tc.read)
			want(t, onceErr, tc.once)
			if tc.cause != nil && !errors.Is(readErr, tc.cause) {
				t.Errorf("the read's error does not carry %v: %v", tc.cause, readErr)
			}
			if s.count(pathPIN) != 1 {
				t.Errorf("the PIN was sent %d times", s.count(pathPIN))
			}
			for _, err := range []error{readErr, onceErr} {
				if text := err.Error(); len(text) > 1000 || strings.Contains(text, "<html>") || strings.Contains(text, "135790") {
					t.Errorf("the error quotes: %.200s", text)
				}
			}
		})
	}
}

// An answer about another card is none: an order is looked up, a card is not frozen by it.
func TestAnswersAboutAnotherCard(t *testing.T) {
	t.Parallel()
	const pathTopUp, other = "/api/card/top/up", `"4111111111111111"`
	card := issuing.NewSecret("4242424242424242")
	order := func(number string) string {
		return success(`{"merOrderNo":"d-1","orderNo":"9","status":1,"cardNumber":` + number + `}`)
	}
	for name, c := range map[string]struct {
		answer, looked string
		want           error
	}{
		"another card, and the order is ours":  {order(other), order(`"4242424242424242"`), nil},
		"another card, and so says the lookup": {order(other), order(other), issuing.ErrOutcomeUnknown},
		"the card masked":                      {order(`"424242******4242"`), refusedAs("5201"), nil},
		"no card":                              {order(`""`), refusedAs("5201"), nil},
	} {
		_, client := scripted(t, map[string][]reply{pathTopUp: {{200, c.answer}}, pathQuery: {{200, c.looked}}})
		d, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", card))
		if (c.want == nil) != (err == nil) || (err != nil && !errors.Is(err, c.want)) || (d != nil && d.CardNumber.Reveal() == "4111111111111111") {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	locked := reply{200, success(`{"cardNo":` + other + `,"status":5}`)}
	_, client := scripted(t, map[string][]reply{"/op/card/E/lock": {locked}, "/op/card/E/info": {locked}})
	_, err := client.MasterE.Freeze(t.Context(), card)
	want(t, err, issuing.ErrOutcomeUnknown)
	_, err = client.MasterE.Card(t.Context(), card)
	want(t, err, issuing.ErrBadResponse)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	visited := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	t.Cleanup(other.Close)
	server := httptest.NewServer(http.RedirectHandler(other.URL+"/stolen", http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	_, err := clientFor(t, server.URL).Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242")))
	want(t, err, issuing.ErrOutcomeUnknown)
	if visited {
		t.Error("the redirect was followed")
	}
}

func TestHostileTextsStayInTheirField(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`x","sign":"0`, "x&appSecret=y&amount=1", `\u0000`, "订单 🂡", "a=b&c", "\xff\xfe", "../x?y#z", `{"a":1}`, "<&>",
	} {
		r, client := record(t, refusedAs("5201"))
		_, err := client.Cards.DepositByKey(t.Context(), text)
		if strings.ToValidUTF8(text, "") != text {
			want(t, err, issuing.ErrInvalid)
			continue
		}
		want(t, err, issuing.ErrNotFound)
		requests := r.all()
		if len(requests) != 1 || requests[0].Path != pathQuery {
			t.Fatalf("%q: requests %+v", text, requests)
		}
		if body := sent(t, requests[0]); len(body) != 1 || len(body["merOrderNo"]) == 0 {
			t.Errorf("%q: body %v", text, body)
		}
	}
}

func TestCancelledContextIsNotAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	r, client := record(t, success(acceptedDeposit))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Cards.Deposit(ctx, depositRequest("d-1", issuing.NewSecret("4242424242424242")))
	if !errors.Is(err, context.Canceled) || errors.Is(err, issuing.ErrOutcomeUnknown) || len(r.all()) != 0 {
		t.Errorf("nothing was sent, yet: %v", err)
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL
	server.Close()
	_, err := clientFor(t, url).Transfers.Create(t.Context(), transferRequest("t-1"))
	e := want(t, err, issuing.ErrUnavailable)
	if errors.Is(err, issuing.ErrOutcomeUnknown) || e.Attempts != 3 {
		t.Errorf("the request never left: %v", err)
	}
}
