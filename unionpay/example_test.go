package unionpay_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// sandbox starts a gateway in memory, on a clock that stands still, and makes a
// client for it.
func sandbox() (*unionpaytest.Server, *unionpay.Client, func()) {
	shared, err := keys() // so that not every example draws its own
	if err != nil {
		log.Fatal(err)
	}
	gateway, err := unionpaytest.NewServer(unionpaytest.Config{Clock: issuingtest.NewClock(epoch), Keys: shared})
	if err != nil {
		log.Fatal(err)
	}
	client, err := unionpay.New(gateway.ClientConfig(), issuing.WithClock(gateway.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return gateway, client, gateway.Close
}

// The first call: where cash can be drawn in Singapore.
func Example() {
	cfg, err := unionpay.ParseConfig(unionpay.ConfigTexts{
		BaseURL: os.Getenv("UNIONPAY_BASE_URL"), AppID: os.Getenv("UNIONPAY_APP_ID"),
		SignKey: issuing.NewSecret(os.Getenv("UNIONPAY_SIGN_KEY")), SignKeyID: os.Getenv("UNIONPAY_SIGN_KEY_ID"),
		UPISignKeys: map[string]string{os.Getenv("UNIONPAY_UPI_SIGN_KEY_ID"): os.Getenv("UNIONPAY_UPI_SIGN_KEY")},
		Paths:       unionpay.InferredPaths(), // have them confirmed
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := unionpay.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	for atm, err := range client.ATMs.All(context.Background(), unionpay.ListRequest{CountryCode: "702"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(atm.ID, atm.BankName, atm.Address)
	}
}

// The ATMs around a place, and a report that one of them is not there.
func ExampleATMService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	page, err := client.ATMs.Nearby(ctx, unionpay.NearbyRequest{Longitude: "+103.8519", Latitude: "+1.2902"})
	if err != nil {
		log.Fatal(err)
	}
	for _, atm := range page.List {
		fmt.Println(atm.ID, atm.Address, atm.Distance)
	}
	atm := page.List[0]
	_, err = client.ATMs.Feedback(ctx, unionpay.FeedbackRequest{
		ATMID: atm.ID, CountryCode: atm.CountryCode, CityName: atm.CityName, BankName: atm.BankName,
		Address: atm.Address, ReportReason: unionpay.ReportReasonNoATM,
	})
	fmt.Println("reported:", err == nil)
	// Output:
	// ATM-000123 1 Example Road 0
	// ATM-000124 5 Orchard Example 2692
	// reported: true
}

// A card that an issuer pushes, from the link to the token.
func ExampleTokenService_Request() {
	gateway, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	links, err := unionpay.NewLinks(unionpay.LinkConfig{
		TRID: gateway.AppID(), Now: gateway.Clock().Now,
		Callbacks: map[string][]string{unionpaytest.DefaultIssuerID: {"https://issuer.example/cams"}},
	})
	if err != nil {
		log.Fatal(err)
	}

	// The issuer's app opens our site with a link.
	push, err := gateway.Push(unionpaytest.PushRequest{})
	if err != nil {
		log.Fatal(err)
	}
	link, err := links.Parse(push.Routes[0].URI.Reveal())
	if err != nil {
		log.Fatal(err)
	}
	// The logged-in user confirms; then the push is taken, once.
	if err := links.Accept(link); err != nil {
		log.Fatal(err)
	}
	token, err := client.Tokens.Request(ctx, unionpay.TokenRequest{
		DeviceID: "00112233445566778899aabbccddeeff", IssuerID: link.IssuerID, AuthorizationData: link.AuthData,
		UseCases: []unionpay.UseCase{unionpay.UseCaseQRC},
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		var e *issuing.Error
		errors.As(err, &e)
		token, err = client.Tokens.TokenByRequest(ctx, e.Key)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.State, token.MaskedPAN, token.Token)
	// Output: ACTIVE 625094******0019 [redacted]
}

// A token through its states. An answer that is lost is settled by the token's state.
func ExampleTokenService_Suspend() {
	gateway, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	push, err := gateway.Push(unionpaytest.PushRequest{})
	if err != nil {
		log.Fatal(err)
	}
	token, err := client.Tokens.Request(ctx, unionpay.TokenRequest{
		DeviceID: "00112233445566778899aabbccddeeff", AuthorizationData: push.AuthData,
	})
	if err != nil {
		log.Fatal(err)
	}

	ref := unionpay.TokenRef{DeviceID: token.DeviceID, Token: token.Token}
	if err := gateway.Inject("Tokens.UpdateState", issuingtest.DropAfter()); err != nil {
		log.Fatal(err)
	}
	var info issuing.CallInfo
	change, err := client.Tokens.Suspend(ctx, ref, issuing.WithCallInfo(&info))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.State, "settled by a look:", info.Settled)
	if change, err = client.Tokens.Resume(ctx, ref); err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.State)
	if change, err = client.Tokens.Delete(ctx, ref); err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.State, "for good:", change.State.Terminal())
	// Output:
	// SUSPENDED settled by a look: true
	// ACTIVE
	// DELETED for good: true
}

// Our keys are announced. What UnionPay answers of its own is confirmed on another way
// before it is used: the keys that it replaces authenticate it.
func ExampleKeyService() {
	gateway, client, stop := sandbox()
	defer stop()
	signing, err := gateway.Keys().Sign().Public().MarshalText()
	if err != nil {
		log.Fatal(err)
	}
	encryption, err := gateway.Keys().Decrypt().Public().MarshalText()
	if err != nil {
		log.Fatal(err)
	}
	answer, err := client.Keys.Exchange(context.Background(), unionpay.KeyExchangeRequest{
		SignCertID: unionpaytest.SignKeyID, SignPublicKey: string(signing),
		EncCertID: unionpaytest.DecryptKeyID, EncPublicKey: string(encryption),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("UnionPay signs with", answer.SignCertID, "and wants encrypted for", answer.EncCertID)
	// Output: UnionPay signs with 1555570302 and wants encrypted for 20180507002
}
