package issuing_test

import (
	"fmt"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Which of my providers can withdraw money from a card, when is it there, and what settles
// a withdrawal of which the answer is lost?
func ExampleOperation() {
	all := slices.Concat(worldcard.Operations(), legacy.Operations(), kazepay.Operations(),
		uqpay.Operations(), coshine.Operations(), unionpay.Operations())
	for _, o := range all {
		method := o.Method(issuing.ConceptWithdraw)
		if method == "" {
			continue
		}
		fmt.Printf("%s: %s, complete %s\n", o.Provider, method, o.Completion)
		if len(o.Events) > 0 {
			fmt.Println("  told by", strings.Join(o.Events, ", "))
		}
		fmt.Printf("  key: %s\n  settled by %s: %s\n", o.Key, o.SettledBy, strings.Join(o.Inquiry, ", "))
		if o.Resend {
			fmt.Println("  may be sent again for", o.Window)
		}
	}
	// Output:
	// uqpay: Cards.Withdraw, complete later
	//   told by card.withdraw.succeeded, card.withdraw.failed
	//   key: 1 to 64 printable ASCII characters
	//   settled by repeat: Balances.Ledger
	//   may be sent again for 24h0m0s
	// coshine: Cards.Withdraw, complete at once
	//   key: 1 to 32 letters and digits
	//   settled by history: Cards.Transactions, Cards.Authorizations
}

// A key is held against its form before it is stored: the client would refuse it too.
func ExampleOperation_CheckKey() {
	for _, o := range unionpay.Operations() {
		if o.Name == "Tokens.Request" {
			fmt.Println(o.CheckKey("order-4711"))
		}
	}
	// Output:
	// unionpay Tokens.Request: invalid request: msgID needs 17 to 49 letters and digits
}
