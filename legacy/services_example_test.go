package legacy_test

import (
	"context"
	"fmt"
	"log"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// An application ends later: its notification or a look at it by the merchant's number
// brings the card.
func ExampleApplicationService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	applied, err := client.Applications.ApplyVirtualP(ctx, legacy.VirtualPApplication{
		MerOrderNo: "card-001", CardBIN: "537100", FirstRecharge: issuing.NewAmount(25, 0), Email: "john@example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(applied.Status)
	server.Clock().Advance(time.Minute)
	done, err := client.Applications.ApplicationByKey(ctx, "card-001")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done.Status, done.CardNumber)
	// Output:
	// processing
	// success [redacted]
}

// Freezing answers the card, and is undone by Unfreeze.
func ExampleMasterEService_Freeze() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	card := server.IssueCard(legacytest.ProductMasterE)
	frozen, err := client.MasterE.Freeze(ctx, card)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(frozen.MasterE.Status)
	active, err := client.MasterE.Unfreeze(ctx, card)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(active.MasterE.Status)
	// Output:
	// reported lost
	// activated
}

// VISA-H pages by offset; the iterator goes on until an answer is not full.
func ExampleVisaHService_AllTransactions() {
	server, client, stop := sandbox()
	defer stop()
	card := server.IssueCard(legacytest.ProductVisaH)
	if _, err := server.Purchase(card, issuing.NewAmount(12_34, 2), issuingtest.Merchant{Name: "Corner Books"}); err != nil {
		log.Fatal(err)
	}
	req := legacy.VisaHTransactionsRequest{
		CardNumber: card, PageSize: 10,
		From: issuing.NewDate(2026, time.April, 1), To: issuing.NewDate(2026, time.April, 2),
	}
	for transaction, err := range client.VisaH.AllTransactions(context.Background(), req) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(transaction.Type == legacy.VisaHTransactionTypePurchase, transaction.AcquirerAmount, transaction.CardAcceptorName)
	}
	// Output:
	// true 12.34 Corner Books
}

// Closing says that the request was accepted.
func ExampleVirtualPService_Close() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	cardID := server.IssueCard(legacytest.ProductVirtualP)
	if _, err := client.VirtualP.Close(ctx, cardID); err != nil {
		log.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	card, err := client.VirtualP.Card(ctx, cardID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(card.Status)
	// Output:
	// Inactive
}

// A remittance is quoted, sent under the merchant's own number, and looked up by it.
func ExampleTransferService() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	quote, err := client.Transfers.Quote(ctx, legacy.QuoteRequest{
		SourceCurrency: issuing.CurrencyUSD,
		Country:        "USA", Business: legacy.BusinessB2B, Type: legacy.ChannelWire, TargetCurrency: issuing.CurrencyUSD,
	})
	if err != nil {
		log.Fatal(err)
	}
	charge, err := quote.Charge(issuing.NewAmount(1000, 0))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("costs", charge.Total)
	sent, err := client.Transfers.Create(ctx, legacy.TransferRequest{
		MerOrderNo: "remittance-001", SourceCurrency: issuing.CurrencyUSD, SendAmount: issuing.NewAmount(1000, 0),
		Country: "USA", Business: legacy.BusinessB2B, Type: legacy.ChannelWire, Currency: issuing.CurrencyUSD,
		AccountNumber: issuing.NewSecret("543435"), SWIFTCode: "CHASUS33",
		Recipient: legacy.Recipient{TargetAddressLine: "1", TargetAddressCity: "NY", TargetCompanyName: "Books"},
		Sender: legacy.Sender{
			SourceCountry: "HKG", SourceAddressLine: "1", SourceAddressCity: "HK", SourceAddressCountry: "HKG",
			SourceCompanyName: "Paper", SourceCompanyTradingName: "Paper",
		},
		RemittancePurpose: "001-01", SourceOfFunds: "01", Relationship: "01",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sent.Status)
	server.Clock().Advance(time.Minute)
	done, err := client.Transfers.TransferByKey(ctx, "remittance-001")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done.Status)
	// Output:
	// costs 1029.0000
	// processing
	// success
}

// What a remittance can be made of is asked for step by step.
func ExampleReferenceService() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	countries, err := client.Reference.TargetCountries(ctx)
	if err != nil {
		log.Fatal(err)
	}
	channels, err := client.Reference.Channels(ctx, countries[0].Code)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(countries[0].Code, channels[0].Type)
	// Output:
	// CHN bank_account
}
