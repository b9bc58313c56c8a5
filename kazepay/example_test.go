package kazepay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

func Example() {
	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
	server, err := kazepaytest.NewServer(kazepaytest.Config{Clock: clock}) // the platform in memory
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := kazepay.New(server.ClientConfig(), issuing.WithClock(clock.Now))
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	application, err := client.Virtual.Apply(ctx, kazepay.ApplyRequest{
		Email: "ada@example.com", MobileNumber: "108248888", MobilePrefix: "60", CardBIN: "222929",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("applied:", application.Status)
	clock.Advance(time.Second)
	application, err = client.Virtual.Await(ctx, application.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("issued:", application.Status)

	deposit, err := client.Cards.Deposit(ctx, kazepay.DepositRequest{
		CardID: application.ID, Amount: issuing.NewAmount(50_00, 2),
	})
	if errors.Is(err, issuing.ErrOutcomeUnknown) {
		log.Fatal("ask, never repeat: ", err) // the error names the query that settles it
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("top-up:", deposit.SendAmount, deposit.Currency, deposit.Status)
	clock.Advance(time.Second)
	card, err := client.Cards.Card(ctx, application.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("card:", card.CardNumber, card.Status)
	// Output:
	// applied: AUDITING
	// issued: ACTIVE
	// top-up: 50.00 USD PENDING
	// card: [redacted] ACTIVE
}

// One message of KazePay's tells which profile it uses: an answer that does not
// verify yet ([kazepay.Unverified]), or a callback.
func ExampleConfig_profile() {
	server, err := kazepaytest.NewServer(kazepaytest.Config{Profile: sign.Profile{Mode: sign.ModeCBCKeyIV, Hash: sign.SignatureHashSHA256}})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	callback, err := io.ReadAll(server.SignCallback(kazepaytest.Callback{
		Type: kazepay.EventKYCReviewed, Content: map[string]any{"email": "ada@example.com", "status": "PASSED"},
	}).Body)
	if err != nil {
		log.Fatal(err)
	}

	cfg := server.ClientConfig()
	profiles, err := sign.DetectKazePayProfile(cfg.PrivateKey, cfg.PlatformKey, callback)
	if err != nil || len(profiles) != 1 {
		log.Fatal("no profile fits, or several do: ", profiles, err)
	}
	cfg.Profile = profiles[0]
	fmt.Println(cfg.Profile)
	// Output:
	// Cipher=AES-128 Mode=CBC-key-IV Padding=PKCS7 Payload=json KeyText=base64 Wrap=PKCS1v15 MGF1=same Hash=SHA-256 Scheme=PKCS1v15 Signed=plaintext
}

// Where nobody says which profile KazePay uses, a probe asks: one harmless read after
// the other, a second apart, each sealed under the next candidate.
func ExampleProbe() {
	server, err := kazepaytest.NewServer(kazepaytest.Config{Profile: sign.Profile{
		Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1, KeyText: sign.KeyTextHex, Hash: sign.SignatureHashSHA256,
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	cfg := server.ClientConfig()
	cfg.Profile = sign.Profile{} // as it is, unless somebody says otherwise
	result, err := kazepay.Probe(context.Background(), cfg, kazepay.ProbeConfig{
		Interval: time.Millisecond, // of a platform in memory; zero is a second
		Progress: func(a kazepay.ProbeAttempt) {
			if a.Number%10 == 0 {
				fmt.Println(a)
			}
		},
	})
	if errors.Is(err, kazepay.ErrNoProfile) {
		log.Fatal("send KazePay this list: ", result)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result)
	// Output:
	//  10. sign.Profile{KeyText: sign.KeyTextHex}: status 200, code "FAKE_SIGN_ERROR", "the message does not open or verify"
	//  20. sign.Profile{KeyText: sign.KeyTextASCII, Wrap: sign.KeyWrapOAEPSHA256, Hash: sign.SignatureHashSHA256}: status 200, code "FAKE_SIGN_ERROR", "the message does not open or verify"
	// Profile: sign.Profile{KeyText: sign.KeyTextHex, Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1, Hash: sign.SignatureHashSHA256} // found with request 23
}

// Operations that KazePay publishes to its customers only go the same way.
func ExampleClient_Do() {
	var client *kazepay.Client // from New
	var balance struct {
		Available issuing.Amount   `json:"availableAmount"`
		Currency  issuing.Currency `json:"currency"`
	}
	call := func(ctx context.Context) error {
		return client.Do(ctx, "theApiCodeOfThePage", map[string]any{"currency": "USD"}, &balance)
	}
	_ = call
}
