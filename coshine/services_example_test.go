package coshine_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// check ends an example that went wrong.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// usable applies for a card and activates it.
func usable(ctx context.Context, client *coshine.Client) coshine.CardToken {
	req := application("CIF1")
	card, err := client.Cards.Apply(ctx, req)
	check(err)
	_, err = client.Cards.Activate(ctx, activation(req, card))
	check(err)
	return card.CardToken
}

// A card is frozen, unfrozen and closed.
func ExampleCardService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	token := usable(ctx, client)
	_, err := client.Cards.Freeze(ctx, token)
	check(err)
	_, err = client.Cards.Unfreeze(ctx, token)
	check(err)
	_, err = client.Cards.Close(ctx, coshine.CloseRequest{CardToken: token})
	check(err)
	card, err := client.Cards.Card(ctx, coshine.CardRequest{CardToken: token})
	check(err)
	fmt.Println(client.CardState(card.CardStatus))
	// Output:
	// cancelled
}

// What a customer has.
func ExampleCustomerService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	usable(ctx, client)
	cards, err := client.Customers.Cards(ctx, coshine.CustomerRequest{CustomerID: "CIF1"})
	check(err)
	fmt.Println(len(cards.Cards), cards.Cards[0].CardFlag)
	// Output:
	// 1 V
}

// An account is linked to a card.
func ExampleAccountService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	linked, err := client.Accounts.Link(ctx, coshine.CardRequest{CardToken: usable(ctx, client)})
	check(err)
	fmt.Println(linked.ResponseCode)
	// Output:
	// code 00
}

// The platform's key encrypts PINs that the client is given in clear.
func ExamplePINService() {
	_, client, stop := sandbox()
	defer stop()
	key, err := client.PINs.Key(context.Background())
	check(err)
	public, err := key.PublicKey()
	check(err)
	fmt.Println(public.Bits() >= 2048)
	// Output:
	// true
}

// Money moves between two cards. Field names are the platform's in memory; Coshine tells
// you its own.
func ExampleTransactionService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	token := usable(ctx, client)
	amount := coshine.TransactionRequest{
		CardRef: coshine.ByToken(token), Extra: coshine.Extra{"amount": issuing.NewAmount(25_00, 2)},
	}
	_, err := client.Cards.Deposit(ctx, amount)
	check(err)
	purchase, err := client.Transactions.Purchase(ctx, amount)
	check(err)
	fmt.Println(purchase.ResponseCode)
	// Output:
	// code 00
}

// Coshine has not published where payment tokens are listed: the method says which
// setting it needs, and works when that is set.
func ExampleTokenService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	_, err := client.Tokens.List(ctx, coshine.TokensRequest{CardToken: "T1"})
	fmt.Println(errors.Is(err, issuing.ErrNotConfigured))
	fmt.Println(err)
	fmt.Println("sent:", server.Requests("Tokens.List"))
	// Output:
	// true
	// coshine Tokens.List: not configured: the path of TokenInquiry is not published: set Config.Paths["TokenInquiry"] to what Coshine told you
	// sent: 0
}

// The platform's tables and products.
func ExampleParameterService() {
	_, client, stop := sandbox()
	defer stop()
	products, err := client.Parameters.CardProducts(context.Background(), coshine.CardProductsRequest{})
	check(err)
	fmt.Println(len(products.Products) > 0)
	// Output:
	// true
}
