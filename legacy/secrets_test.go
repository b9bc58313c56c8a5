package legacy_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "4815162342108"
	for _, zero := range []any{
		legacy.DepositRequest{}, legacy.Deposit{}, legacy.Application{}, legacy.MasterEApplication{}, legacy.VisaHApplication{},
		legacy.MasterECard{}, legacy.DailyLimitsRequest{}, legacy.MasterETransactionsRequest{}, legacy.VisaHCard{},
		legacy.VisaHTransactionsRequest{}, legacy.VirtualLCard{}, legacy.VirtualTransactionsRequest{}, legacy.VirtualPCard{},
		legacy.VirtualPCardInfo{}, legacy.DocumentRequest{}, legacy.VirtualPTransaction{}, legacy.Page[legacy.VirtualPTransaction]{},
		legacy.TransferRequest{}, legacy.Recipient{}, legacy.Sender{}, legacy.Transfer{}, legacy.TransferExtra{},
		legacy.ApplicationCompleted{}, legacy.TransferCompleted{}, legacy.OOBRequested{}, legacy.VirtualLBilled{},
		legacy.VirtualLClosed{}, legacy.VirtualLChallenged{}, legacy.VirtualPBilled{}, legacy.VirtualPClosed{},
		legacy.VirtualPChallenged{}, legacy.VirtualPForwarded{},
	} {
		leaktest.Check(t, []string{secret}, leaktest.Fill(t, secret, zero))
	}
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductVirtualP)
	leaktest.Check(t, []string{server.AppSecretText().Reveal()}, server.ClientConfig(), client)
	full, err := client.VirtualP.Card(t.Context(), card)
	if err != nil {
		t.Fatal(err)
	}
	leaktest.Check(t, []string{card.Reveal(), full.CardInfo.CardNumber.Reveal()}, full)
}

// TestErrorsHoldNoCardNumber makes every operation fail with an answer that quotes
// the card number, and looks at errors, CallInfo and hook events.
func TestErrorsHoldNoCardNumber(t *testing.T) {
	t.Parallel()
	const pan = "4242424242424242"
	body := fmt.Sprintf(`{"data":null,"msg":"card %s is unknown (4242 4242 4242 4242)","status":5001,"success":false}`, pan)
	r, base := record(t, body)
	var events []string
	client, err := base.Clone(issuing.WithHook(hookInto(&events)))
	if err != nil {
		t.Fatal(err)
	}
	card := issuing.NewSecret(pan)
	for _, c := range everyCall(client, card, card, card, card) {
		err := c.run(t.Context())
		if err == nil {
			t.Errorf("%s: no error", c.op)
			continue
		}
		var e *issuing.Error
		if !errors.As(err, &e) || e.Op == "" {
			t.Errorf("%s: %T", c.op, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, e, e); strings.Contains(text, pan) || strings.Contains(text, "4242 4242") {
			t.Errorf("%s: the error quotes the card number: %s", c.op, text)
		}
	}
	if strings.Contains(strings.Join(events, " "), pan) {
		t.Error("an event quotes the card number")
	}
	if len(events) < len(r.all()) {
		t.Errorf("%d events for %d requests", len(events), len(r.all()))
	}
}

func TestErrorsOfHostileAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"deep":      strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"truncated": `{"data":{"merOrderNo":"x`,
		"a number":  `7`,
		"null":      `null`,
		"huge code": `{"status":99999999999999999999}`,
		"text code": `{"status":"ok"}`,
		"binary":    "\x00\xff\xfe",
		"too large": strings.Repeat(" ", 5<<20),
	} {
		for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
			_, client := scripted(t, map[string][]reply{pathQuery: {{status, body}}, pathDeposit: {{status, body}}})
			if _, err := client.Cards.DepositByKey(t.Context(), "d-1"); err == nil {
				t.Errorf("%s as %d: a read succeeded", name, status)
			}
			if _, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242"))); !errors.Is(err, issuing.ErrOutcomeUnknown) {
				t.Errorf("%s as %d: a creation gave %v", name, status, err)
			}
		}
	}
}
