package unionpay_test

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// TestNothingPrintsSecrets fills every exported type that holds a secret, and
// prints it in every way there is.
func TestNothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	const secret = "6250945000000004"
	for _, zero := range []any{
		unionpay.TokenRequest{}, unionpay.CVM{}, unionpay.HCEInfo{}, unionpay.Token{}, unionpay.UpdateStateRequest{},
		unionpay.TokenChange{}, unionpay.TokenQuery{}, unionpay.TokenStateChanged{}, unionpay.ConsumerIdentity{},
		unionpay.UserIDRequested{}, unionpay.TransactionReported{}, unionpay.Link{}, unionpay.Feedback{}, unionpay.ATM{},
		unionpay.Page[unionpay.ATM]{}, unionpay.CitiesAndBanks{}, unionpay.KeyExchange{}, unionpay.KeyInquiry{}, unionpay.KeyReset{},
		unionpaytest.TokenRecord{}, unionpaytest.Push{}, unionpaytest.Route{},
	} {
		leaktest.Check(t, []string{secret}, leaktest.Fill(t, secret, zero))
	}
}

// TestClientsPrintNoKeys prints configuration, client and gateway.
func TestClientsPrintNoKeys(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	if _, err := client.Tokens.Request(t.Context(), pushed(t, server, "")); err != nil {
		t.Fatal(err)
	}
	secrets := []string{server.Tokens()[0].Token.Reveal()}
	for _, pem := range []issuing.Secret{server.Keys().SignPEM(), server.Keys().DecryptPEM()} {
		secrets = append(secrets, pem.Reveal()[100:164])
	}
	leaktest.Check(t, secrets, client, server.ClientConfig(), server, server.Keys(), server.Tokens())
}
