package coshinetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// answered sends a request and reports whether it was carried out.
func answered(t *testing.T, server *coshinetest.Server, r request) bool {
	t.Helper()
	_, code, _, err := send(t, server, r)
	if errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("the platform hangs")
	}
	return err == nil && code == "00"
}

// TestFunctionsOfTheTestLeaveNoLockHeld: one that panics or ends its goroutine
// costs the answer of its own request.
func TestFunctionsOfTheTestLeaveNoLockHeld(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(){
		"panic": func() { panic(http.ErrAbortHandler) }, "Goexit": runtime.Goexit,
	} {
		var ends atomic.Bool
		server := start(t, coshinetest.Config{
			NextCard: func(int) coshinetest.NewCard {
				if ends.Swap(false) {
					end()
				}
				return coshinetest.NewCard{}
			},
			Issuer: func(coshine.API) string {
				if ends.Swap(false) {
					end()
				}
				return ""
			},
		})
		ends.Store(true)
		if answered(t, server, applyFor(nil)) {
			t.Errorf("%s in NextCard: answered", name)
		}
		card := active(t, server)
		token := coshine.CardToken(fmt.Sprint(card["cardToken"]))
		load := good("/tranmgr/loadFund", map[string]any{"cardToken": token, "amount": "5.00"})
		ends.Store(true)
		if answered(t, server, load.with("tranId", "L1")) {
			t.Errorf("%s in Issuer: answered", name)
		}
		if !answered(t, server, load.with("tranId", "L2")) {
			t.Errorf("%s in Issuer: the next request fails", name)
		}
		// The issuer is told of what has been carried out: both loads have.
		if server.Booked("L1") != 1 || server.Booked("L2") != 1 || server.Balance(token).String() != "10.00" {
			t.Errorf("%s in Issuer: balance %s", name, server.Balance(token))
		}
		if err := server.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIssuerMayUseTheServer: its function runs with no lock of the platform's
// held.
func TestIssuerMayUseTheServer(t *testing.T) {
	t.Parallel()
	var server *coshinetest.Server
	var card map[string]any
	asked := 0
	server = start(t, coshinetest.Config{Issuer: func(coshine.API) string {
		if _, ok := server.Card(coshine.CardToken(fmt.Sprint(card["cardToken"]))); ok {
			asked++
		}
		return ""
	}})
	card = active(t, server)
	if !answered(t, server, good("/tranmgr/loadFund", map[string]any{"cardToken": card["cardToken"], "amount": "5.00"})) || asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestServerWithCardsPrintsItsAddressAlone(t *testing.T) {
	t.Parallel()
	for name, oauth := range map[string]bool{"static token": false, "OAuth": true} {
		server := start(t, coshinetest.Config{OAuth: oauth})
		client, err := coshine.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
		if err != nil {
			t.Fatal(err)
		}
		card, err := client.Cards.Apply(t.Context(), coshine.ApplyRequest{
			CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCodeSandboxVisa,
			CustomerID: "CIF1", CustIDType: coshine.CustIDTypeDefault, CustIDNo: issuing.NewSecret("E12345678"),
		})
		if err != nil {
			t.Fatal(err)
		}
		bearer := server.Received("Cards.Apply")[0].Bearer
		secrets := []string{bearer.Reveal(), server.Token().Reveal(), server.IssuerToken().Reveal(), card.CardNumber.Reveal(), "E12345678"}
		leaktest.Check(t, secrets, server)
		if got := fmt.Sprintf("%+v", server); got+"/card-api" != server.URL() {
			t.Errorf("%s: prints %q", name, got)
		}
	}
}

// TestNextCardCountsCards: what else the platform numbers in between does not
// count.
func TestNextCardCountsCards(t *testing.T) {
	t.Parallel()
	var asked []int
	server := start(t, coshinetest.Config{NextCard: func(n int) coshinetest.NewCard {
		asked = append(asked, n)
		return coshinetest.NewCard{CardToken: coshine.CardToken(fmt.Sprintf("T%d", n))}
	}})
	first := active(t, server)
	if !answered(t, server, good("/paramgr/generatePublicPinKey", nil)) {
		t.Error("no PIN key")
	}
	if second := active(t, server); first["cardToken"] != "T1" || second["cardToken"] != "T2" || fmt.Sprint(asked) != "[1 2]" {
		t.Errorf("%v for %v and %v", asked, first["cardToken"], second["cardToken"])
	}
}

func TestLeversTakeNamesOfInterfaces(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	for _, op := range []string{"", "LoadFund", "/tranmgr/loadFund", "Transactions.Nothing", "OAuth.Token", "Authentications.SendOTP"} {
		for name, err := range map[string]error{
			"FailNext": server.FailNext(op, "96"), "Redirect": server.Redirect(op, "/x"), "Disable": server.Disable(op), "Enable": server.Enable(op),
		} {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", op)) {
				t.Errorf("%s(%q): %v", name, op, err)
			}
		}
	}
	if err := server.Check(); err != nil {
		t.Errorf("refused levers left something: %v", err)
	}
	if err := errors.Join(server.Disable("Cards.Reissue"), server.FailNext("Cards.Reissue", "96"), server.Redirect("Cards.Deposit", "/x")); err != nil {
		t.Fatal(err)
	}
	err := server.Check()
	if err == nil || !strings.Contains(err.Error(), "FailNext for Cards.Reissue") || !strings.Contains(err.Error(), "Redirect of Cards.Deposit") {
		t.Errorf("what never fired: %v", err)
	}
	reissue := good("/cardmgr/cardReissue", map[string]any{"cardToken": active(t, server)["cardToken"]})
	codes := func(want string) {
		t.Helper()
		if _, code, _ := do(t, server, reissue); code != want {
			t.Errorf("%s, want %s", code, want)
		}
	}
	codes("10")
	if err := server.Enable("Cards.Reissue"); err != nil {
		t.Fatal(err)
	}
	codes("96")
	codes("00")
	if status, _, _ := do(t, server, good("/tranmgr/loadFund", nil)); status != http.StatusNotFound {
		t.Errorf("the redirect led to status %d", status)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// TestEncryptedAcknowledgementIsRead: in OAuth mode a notification that is
// answered with status 200 and another code is sent again, as without.
func TestEncryptedAcknowledgementIsRead(t *testing.T) {
	t.Parallel()
	for name, oauth := range map[string]bool{"plain": false, "encrypted": true} {
		var issuer *httptest.Server
		server := start(t, coshinetest.Config{OAuth: oauth, Issuer: func(coshine.API) string { return issuer.URL }})
		called := 0
		src, err := coshine.NewCallbacks(coshine.CallbackConfig{ParticipantID: server.ParticipantID(),
			Tokens: []issuing.Secret{server.IssuerToken()}, JWE: server.InboundJWE(), Now: server.Clock().Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		fns := coshine.Functions{TokenStateNotification: func(context.Context, *coshine.TokenStateNotification) (coshine.Answer, error) {
			if called++; called == 1 {
				return coshine.Refuse("96", "later"), nil
			}
			return coshine.Approve(), nil
		}}
		issuer = httptest.NewServer(webhook.NewHandler(src.ForType(string(coshine.APITokenStateNotification)), fns.Handle))
		t.Cleanup(issuer.Close)
		if err := server.Notify(coshine.APITokenStateNotification, map[string]any{"cardToken": "T1", "cardTokenState": "SUSPENDED"}); err != nil {
			t.Fatal(err)
		}
		server.Clock().Advance(time.Hour)
		if d := server.Deliveries(); len(d) != 2 || d[0].Accepted || !d[1].Accepted || d[0].Status != http.StatusOK {
			t.Errorf("%s: %v", name, d)
		}
	}
}

// TestIssuersAnswerMustBeAnObject: anything else is an error of Ask.
func TestIssuersAnswerMustBeAnObject(t *testing.T) {
	t.Parallel()
	answers := []string{`[]`, `{"responseCode":"00"}{}`, `{"responseCode":"00","responseCode":"99"}`, ``, `{"responseCode":"00"}`}
	next := 0
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, answers[next])
		next++
	}))
	t.Cleanup(issuer.Close)
	server := start(t, coshinetest.Config{Issuer: func(coshine.API) string { return issuer.URL }})
	for i, answer := range answers {
		reply, err := server.Ask(t.Context(), coshine.APIAuthorization, nil)
		if good := i == len(answers)-1; (err == nil) != good || (reply.Code == coshine.CodeSuccess) != good {
			t.Errorf("%s: %q, %v", answer, reply.Code, err)
		}
	}
}

// TestEveryTransactionIsAnnounced, the release of a hold included.
func TestEveryTransactionIsAnnounced(t *testing.T) {
	t.Parallel()
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"responseCode":"00"}`)
	}))
	t.Cleanup(issuer.Close)
	server := start(t, coshinetest.Config{Issuer: func(coshine.API) string { return issuer.URL }})
	card := active(t, server)["cardToken"]
	for _, step := range []request{
		good("/tranmgr/loadFund", map[string]any{"amount": "5.00"}).with("tranId", "L1"),
		good("/tranmgr/blockFund", map[string]any{"amount": "3.00"}).with("tranId", "H1"),
		good("/tranmgr/unblockFund", map[string]any{"originalTranId": "H1"}).with("tranId", "U1"),
	} {
		if !answered(t, server, step.with("cardToken", card)) {
			t.Errorf("%s was refused", step.path)
		}
	}
	server.Clock().Advance(time.Second)
	d := server.Deliveries()
	if len(d) != 3 {
		t.Fatalf("%d notifications", len(d))
	}
	for i, id := range []string{"L1", "H1", "U1"} {
		if !d[i].Accepted || !strings.Contains(string(d[i].Body), `"transactionId":"`+id+`"`) {
			t.Errorf("%d: %v", i, d[i])
		}
	}
}

// TestFaultsGoByName: a name is that of the client's method, and one that is none
// is refused.
func TestFaultsGoByName(t *testing.T) {
	t.Parallel()
	server := start(t, coshinetest.Config{})
	if server.Inject("LoadFund", issuingtest.DropAfter()) == nil || server.Inject("/tranmgr/loadFund", issuingtest.DropAfter()) == nil {
		t.Error("an unknown name was accepted")
	}
	if err := server.Inject("Cards.Deposit", issuingtest.DropBefore()); err != nil {
		t.Fatal(err)
	}
	card := active(t, server)["cardToken"]
	load := good("/tranmgr/loadFund", map[string]any{"cardToken": card, "amount": "5.00"})
	if answered(t, server, load) || !answered(t, server, load) {
		t.Error("the fault did not meet the first load")
	}
	if log := server.Received("Cards.Deposit"); len(log) != 1 || log[0].Op != "Cards.Deposit" || log[0].TranID != "TXN1" {
		t.Errorf("%d loads reached the platform", len(log))
	}
	if server.Requests("Cards.Deposit") != 2 || server.Requests("Cards.Apply") != 1 {
		t.Errorf("%d loads, %d applications", server.Requests("Cards.Deposit"), server.Requests("Cards.Apply"))
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
	if log := server.Received("LoadFund"); log != nil || server.Check() == nil {
		t.Error("a log under a wrong name passes")
	}
}
