package uqpay_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// check ends an example that went wrong.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// issued makes a cardholder and a card with 20 US dollars on it.
func issued(ctx context.Context, server *uqpaytest.Server, client *uqpay.Client) (cardID, orderID string) {
	holder, err := client.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
		Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", PhoneNumber: "91234567",
	})
	check(err)
	order, err := client.Cards.Apply(ctx, uqpay.ApplyRequest{
		Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: holder.ID, Limit: issuing.NewAmount(20_00, 2),
	})
	check(err)
	server.Clock().Advance(time.Minute)
	return order.CardID, order.ID
}

// Accounts that the master account can act for: all calls of a client with OnBehalfOf,
// or one call with the option of that name.
func ExampleAccountService() {
	_, client, stop := sandbox()
	defer stop()
	for account, err := range client.Accounts.All(context.Background(), uqpay.Paging{}) {
		check(err)
		fmt.Println(account.EntityType, account.BusinessCodes)
	}
	// Output:
	// COMPANY [ISSUING]
	// COMPANY [BANKING]
}

// The design of a card.
func ExampleArtService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	arts, err := client.Arts.List(ctx, "")
	check(err)
	chosen, err := client.Arts.SetDefault(ctx, arts.List[1].ID)
	check(err)
	fmt.Println(chosen.ID == arts.List[1].ID)
	// Output:
	// true
}

// What the account can spend, and the movements behind it.
func ExampleBalanceService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	issued(ctx, server, client)
	balance, err := client.Balances.Balance(ctx, issuing.CurrencyUSD)
	check(err)
	fmt.Println(balance.Available, balance.Currency)
	for entry, err := range client.Balances.AllLedger(ctx, uqpay.LedgerRequest{}) {
		check(err)
		fmt.Println(entry.Type, entry.Amount)
		break
	}
	// Output:
	// 99980.00 USD
	// CARD_RECHARGE -20.00
}

// Brands of shops, for rules about them.
func ExampleBrandService() {
	_, client, stop := sandbox()
	defer stop()
	for brand, err := range client.Brands.All(context.Background(), uqpay.BrandsRequest{DisplayName: "Example"}) {
		check(err)
		fmt.Println(brand.MerchantCode, brand.DisplayName)
		break
	}
	// Output:
	// MB0001 Example Books
}

// A cardholder is verified by UQPAY; the platform in memory plays the reviewer.
func ExampleCardholderService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	created, err := client.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
		Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", PhoneNumber: "91234567",
	})
	check(err)
	fmt.Println(created.Status)
	check(server.RejectKYC(created.ID, "the picture is blurred", issuingtest.KYCRetryAllowed))
	holder, err := client.Cardholders.Cardholder(ctx, created.ID)
	check(err)
	fmt.Println(holder.Status)
	// Output:
	// SUCCESS
	// INCOMPLETE
}

// A document is read while it is sent; a link to it works for a while.
func ExampleFileService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	file, err := client.Files.Upload(ctx, uqpay.UploadRequest{Name: "passport.pdf", Content: strings.NewReader("%PDF-1.7 …")})
	check(err)
	links, err := client.Files.Links(ctx, []string{file.ID})
	check(err)
	fmt.Println(file.Name, len(links.Files))
	// Output:
	// passport.pdf 1
}

// What became of a card's order.
func ExampleOrderService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	_, orderID := issued(ctx, server, client)
	order, err := client.Orders.Order(ctx, orderID)
	check(err)
	fmt.Println(order.Type, order.Status)
	// Output:
	// CREATE_CARD SUCCESS
}

// What cards the account can issue.
func ExampleProductService() {
	_, client, stop := sandbox()
	defer stop()
	for product, err := range client.Products.All(context.Background(), uqpay.Paging{}) {
		check(err)
		fmt.Println(product.BIN, product.Mode, product.KYCLevel)
	}
	// Output:
	// 40963608 SINGLE SIMPLIFIED
	// 40963608 SHARE SIMPLIFIED
	// 46651711 SINGLE ENHANCED
	// 49372410 SINGLE SIMPLIFIED
	// 40433705 SINGLE STANDARD
}

// A report is ordered, announced by issuing.report.succeeded, and downloaded.
func ExampleReportService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	day := server.Clock().Now()
	report, err := client.Reports.Create(ctx, uqpay.ReportRequest{
		Type: uqpay.ReportTypeLedger, Start: day.AddDate(0, 0, -1), End: day,
	})
	check(err)
	server.Clock().Advance(time.Minute)
	var content bytes.Buffer
	check(client.Reports.Download(ctx, report.ID, &content))
	fmt.Println(content.Len() > 0)
	// Output:
	// true
}

// In the sandbox a shop is played, and the balance is filled.
func ExampleSimulatorService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	cardID, _ := issued(ctx, server, client)
	authorization, err := client.Simulator.Authorize(ctx, uqpay.AuthorizeRequest{
		CardID: cardID, Amount: issuing.NewAmount(5, 0), Currency: issuing.CurrencyUSD, MerchantName: "Corner Books",
	})
	check(err)
	reversal, err := client.Simulator.Reverse(ctx, authorization.ID)
	check(err)
	funding, err := client.Simulator.FundBalance(ctx, uqpay.FundBalanceRequest{
		AccountID: uqpaytest.MasterAccount, Amount: issuing.NewAmount(100, 0), Currency: issuing.CurrencyUSD, SenderSWIFT: "WELGBE22",
	})
	check(err)
	fmt.Println(authorization.Status, reversal.Type, funding.Status)
	// Output:
	// APPROVED REVERSAL PENDING
}

// Transactions of all cards, newest first.
func ExampleTransactionService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	cardID, _ := issued(ctx, server, client)
	_, err := server.Purchase(cardID, issuing.NewAmount(5, 0), issuingtest.Merchant{Name: "Corner Books", MCC: "5942"})
	check(err)
	for transaction, err := range client.Transactions.All(ctx, uqpay.TransactionsRequest{CardID: cardID}) {
		check(err)
		fmt.Println(transaction.Type, transaction.Status, transaction.BillingAmount, transaction.Merchant.Name)
	}
	// Output:
	// AUTHORIZATION APPROVED 5 Corner Books
}

// Money goes from one account to another.
func ExampleTransferService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	sent, err := client.Transfers.Create(ctx, uqpay.TransferRequest{
		SourceAccountID: uqpaytest.MasterAccount, DestinationAccountID: uqpaytest.SubAccount,
		Currency: issuing.CurrencyUSD, Amount: issuing.NewAmount(50, 0),
	})
	check(err)
	server.Clock().Advance(time.Minute)
	transfer, err := client.Transfers.Transfer(ctx, sent.ID)
	check(err)
	fmt.Println(transfer.Status, transfer.Amount, server.AccountBalance(uqpaytest.SubAccount, issuing.CurrencyUSD))
	// Output:
	// COMPLETED 50.00 50.00
}
