package unionpay_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// Example takes a card that an issuer pushes from the link to the token.
func Example() {
	ctx := context.Background()
	gateway, err := unionpaytest.NewServer(unionpaytest.Config{Clock: issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer gateway.Close()
	// For UnionPay: unionpay.Config{BaseURL: …, AppID: …, SignKey: …, Paths: …}.
	client, err := unionpay.New(gateway.ClientConfig(), issuing.WithClock(gateway.Clock().Now))
	if err != nil {
		fmt.Println(err)
		return
	}
	links, err := unionpay.NewLinks(unionpay.LinkConfig{
		TRID: gateway.AppID(), Now: gateway.Clock().Now,
		Callbacks: map[string][]string{unionpaytest.DefaultIssuerID: {"https://issuer.example/cams"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// The issuer's app opens our site with a link.
	push, err := gateway.Push(unionpaytest.PushRequest{})
	if err != nil {
		fmt.Println(err)
		return
	}
	link, err := links.Parse(push.Routes[0].URI.Reveal())
	if err != nil {
		fmt.Println(err)
		return
	}
	// The logged-in user confirms; then the push is taken, once.
	if err := links.Accept(link); err != nil {
		fmt.Println(err)
		return
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
		fmt.Println(err)
		return
	}
	fmt.Println(token.State, token.MaskedPAN, token.Token)
	// Output: ACTIVE 625094******0019 [redacted]
}
