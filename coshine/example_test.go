package coshine_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// sandbox starts a platform in memory with the inferred paths, and makes a client
// for it.
func sandbox() (*coshinetest.Server, *coshine.Client, func()) {
	keys, err := sharedKeys()
	if err != nil {
		log.Fatal(err)
	}
	server, err := coshinetest.NewServer(coshinetest.Config{Keys: keys, Clock: issuingtest.NewClock(epoch), Paths: coshine.InferredPaths()})
	if err != nil {
		log.Fatal(err)
	}
	client, err := coshine.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		log.Fatal(err)
	}
	return server, client, server.Close
}

// The first call: the cards of a customer.
func Example() {
	cfg, err := coshine.ParseConfig(coshine.ConfigTexts{
		BaseURL: coshine.SandboxURL, ParticipantID: os.Getenv("COSHINE_PARTICIPANT_ID"),
		TranBranch: os.Getenv("COSHINE_TRAN_BRANCH"), Token: issuing.NewSecret(os.Getenv("COSHINE_TOKEN")),
	})
	if err != nil {
		log.Fatal(err)
	}
	cfg.CardStatus = coshine.DialectReference
	client, err := coshine.New(cfg)
	if err != nil {
		log.Fatal(err)
	}
	list, err := client.Customers.Cards(context.Background(), coshine.CustomerRequest{CustomerID: "CIF1"})
	if err != nil {
		log.Fatal(err)
	}
	for _, card := range list.Cards {
		fmt.Println(card.CardToken, card.CardFlag, client.CardState(card.CardStatus))
	}
}

// A card is inactive until it is activated with what the application answered.
func ExampleCardService_Apply() {
	_, client, stop := sandbox()
	defer stop()
	ctx := context.Background()

	req := coshine.ApplyRequest{
		CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCodeSandboxVisa,
		CustomerID: "CIF1", CustIDType: coshine.CustIDTypeDefault, CustIDNo: issuing.NewSecret("E12345678"),
	}
	card, err := client.Cards.Apply(ctx, req)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Cards.Activate(ctx, coshine.ActivateRequest{
		CardToken: card.CardToken, ExpiryDate: card.ExpiryDate, CVV2: card.CVV2,
		CustomerID: req.CustomerID, CustIDType: req.CustIDType, CustIDNo: req.CustIDNo,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("card", card.CardNumber, "ending in", card.CardNumber.Last4(), "expires", card.ExpiryDate)
	// Output:
	// card [redacted] ending in 0014 expires 2904
}

// A load whose answer is lost stays open: the history shows whether it was
// carried out, and only then it may be reversed. Field names are the platform's
// in memory; Coshine tells you its own.
func ExampleCardService_Deposit() {
	server, client, stop := sandbox()
	defer stop()
	ctx := context.Background()
	req := application("CIF1")
	card, err := client.Cards.Apply(ctx, req)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.Cards.Activate(ctx, activation(req, card)); err != nil {
		log.Fatal(err)
	}

	if err := server.Inject("Cards.Deposit", issuingtest.DropAfter()); err != nil {
		log.Fatal(err)
	}
	tranID := coshine.NewTranID(epoch) // store it before the money moves
	_, err = client.Cards.Deposit(ctx, coshine.TransactionRequest{
		CardRef: coshine.ByToken(card.CardToken), Extra: coshine.Extra{"amount": issuing.NewAmount(100_00, 2)},
	}, coshine.WithHeader(coshine.Header{TranID: tranID}))

	var open *issuing.Unsettled
	fmt.Println("open:", errors.Is(err, issuing.ErrOutcomeUnknown), errors.As(err, &open) && open.Key == tranID)
	fmt.Println("look it up with", open.Inquiry, "and take it back with", open.Reversal)
	history, err := client.Cards.Transactions(ctx, coshine.CardRequest{CardToken: card.CardToken})
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range history.Records {
		var tx struct {
			TranID string         `json:"tranId"`
			Amount issuing.Amount `json:"amount"`
		}
		if err := record.Decode(&tx); err != nil {
			log.Fatal(err)
		}
		fmt.Println("carried out:", tx.TranID == tranID, tx.Amount)
	}
	// Output:
	// open: true true
	// look it up with [Cards.Transactions Cards.Authorizations] and take it back with Transactions.Reverse
	// carried out: true 100.00
}

// The availability of an interface is data.
func ExampleClient_Availability() {
	_, client, stop := sandbox()
	defer stop()
	for _, api := range []coshine.API{coshine.APIReversal, coshine.APIPINReset, coshine.APIBlacklistUpdate} {
		prepaid, debit, _ := client.Availability(api)
		fmt.Printf("%s: prepaid %s, debit %s\n", api, prepaid, debit)
	}
	// Output:
	// Reversal: prepaid M, debit NA
	// PINReset: prepaid O, debit M
	// BlacklistUpdate: prepaid NA, debit NA
}

// A reconciliation file is read record by record.
func ExampleNewFileReader() {
	file, err := os.Open("CAPTUREDP3000012026042001.csv")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	reader, err := coshine.NewFileReader(file, coshine.LayoutCapture)
	if err != nil {
		log.Fatal(err)
	}
	for record, err := range reader.All() {
		if err != nil {
			log.Fatal(err) // names line and column
		}
		fmt.Println(record.TransactionID, record.SettlementAmount, record.SettlementCurrency)
	}
}
