package kazepay_test

import (
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

const leaked = "4937240800070604"

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	for _, zero := range []any{
		kazepay.Card{}, kazepay.CardNumberID{}, kazepay.AssignRequest{}, kazepay.SubmitRequest{}, kazepay.SubmitInlineRequest{},
		kazepay.Identity{}, kazepay.Link{}, kazepay.Failure{}, kazepay.Unverified{}, kazepay.VerificationCode{}, kazepay.CardStatusChanged{},
		kazepay.TransactionCreated{}, kazepay.CardDeposited{}, kazepay.CardClosed{}, kazepay.ActivationCodeSent{},
		kazepaytest.CardState{}, issuing.CallInfo{}, sign.Envelope{},
	} {
		filled := leaktest.Fill(t, leaked, zero)
		leaktest.Check(t, []string{leaked}, filled)
	}
}

func TestNoConfigurationPrintsAKey(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	key := server.MerchantPrivateKey().Reveal()
	// The middle of the key's PEM is in none of the public texts.
	part := key[400:432]
	leaktest.Check(t, []string{part}, server.ClientConfig(), *client, serverKeys(), kazepaytest.Config{Keys: serverKeys()})
}

func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	pan := issuing.NewSecret(leaked)
	server.Inject("ucardAssign", kazepaytest.DropAfter())
	_, unclear := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "a@b.example", CardNumber: pan})
	_, refused := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "a@b.example", CardNumber: pan})
	_, unknown := client.Cards.CardID(t.Context(), pan)
	_, invalid := client.Cards.CardID(t.Context(), issuing.NewSecret(leaked+leaked))
	_, image := kazepay.InlineImage([]byte(leaked))
	for _, err := range []error{unclear, refused, unknown, invalid, image} {
		var e *issuing.Error
		if !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		leaktest.Check(t, []string{leaked}, e)
	}
}
