// Coshine takes a card of Coshine's EastPay platform through its whole life:
// application, activation, PIN, load, balance, freeze, replacement, cancellation.
//
//	go run ./examples/coshine
//	go run ./examples/coshine -oauth
//
// It needs no network, no keys and no arguments: it starts the platform in memory
// and talks to it over HTTP on loopback. With -oauth it gets its access tokens with
// signed assertions and encrypts every body.
//
// With -live and COSHINE_BASE_URL in the environment the same program talks to the
// real platform, after a confirmation. It then needs COSHINE_PARTICIPANT_ID,
// COSHINE_TRAN_BRANCH, COSHINE_TOKEN and COSHINE_CARD_PROD_CODE, and issues a card.
// Steps whose path or PIN format Coshine has not published are skipped there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/examples/internal/start"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], start.Terminal{Reader: os.Stdin, Writer: os.Stdout}, os.Getenv)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "coshine:", err)
		os.Exit(1)
	}
}

// tour holds what the steps share.
type tour struct {
	out      io.Writer
	client   *coshine.Client
	product  coshine.CardProdCode
	customer string
	idNo     issuing.Secret
	card     *coshine.Application
	token    coshine.CardToken // the valid one; a replacement changes it
	counter  int
}

// onPlatform is what the program does with real money.
var onPlatform = start.Live{
	Address: "COSHINE_BASE_URL", Account: "COSHINE_PARTICIPANT_ID",
	Moves: "applies for a card, loads 100 and closes it, as far as paths are configured",
}

func run(ctx context.Context, args []string, out io.ReadWriter, environment func(string) string) error {
	flags := flag.NewFlagSet("coshine", flag.ContinueOnError)
	oauth := flags.Bool("oauth", false, "use access tokens and encrypted bodies (platform in memory only)")
	getenv, err := onPlatform.Environment(flags, args, out, environment)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	t := &tour{
		out: out, product: coshine.CardProdCodeSandboxVisa, idNo: issuing.NewSecret("E12345678"),
		customer: "CIF" + time.Now().UTC().Format("20060102150405"),
	}
	closeAll, err := t.connect(getenv, *oauth)
	if err != nil {
		return err
	}
	defer closeAll()
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"application", t.apply}, {"activation", t.activate}, {"card list", t.list}, {"PIN", t.pin}, {"load", t.load},
		{"balance", t.balance}, {"freeze", t.freeze}, {"replacement", t.replace}, {"cancellation", t.cancel},
	} {
		if err := step.do(ctx); err != nil {
			if !errors.Is(err, issuing.ErrNotConfigured) {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			t.step("Skipped the %s: Coshine has not published what it needs", step.name)
		}
	}
	t.step("Done")
	return nil
}

func (t *tour) step(format string, args ...any) {
	t.counter++
	fmt.Fprintf(t.out, "%2d. "+format+"\n", append([]any{t.counter}, args...)...)
}

// connect starts the platform in memory, or takes the real one's credentials
// from the environment.
func (t *tour) connect(getenv func(string) string, oauth bool) (func(), error) {
	if base := getenv("COSHINE_BASE_URL"); base != "" {
		if code := getenv("COSHINE_CARD_PROD_CODE"); code != "" {
			t.product = coshine.CardProdCode(code)
		}
		client, err := coshine.New(coshine.Config{
			BaseURL: base, ParticipantID: getenv("COSHINE_PARTICIPANT_ID"), TranBranch: getenv("COSHINE_TRAN_BRANCH"),
			Token: issuing.NewSecret(getenv("COSHINE_TOKEN")),
		})
		t.client = client
		return func() {}, err
	}
	server, err := coshinetest.NewServer(coshinetest.Config{OAuth: oauth, Paths: coshine.InferredPaths()})
	if err != nil {
		return nil, err
	}
	if t.client, err = coshine.New(server.ClientConfig()); err != nil {
		server.Close()
		return nil, err
	}
	mode := "static token, plain bodies"
	if oauth {
		mode = "OAuth 2.0 with signed assertions, encrypted bodies"
	}
	t.step("Platform in memory: %s", mode)
	return server.Close, nil
}

func (t *tour) apply(ctx context.Context) (err error) {
	t.card, err = t.client.Cards.Apply(ctx, coshine.ApplyRequest{
		CardFlag: coshine.CardFlagVirtual, CardProdCode: t.product, CardEmbossName: "TEST HOLDER",
		CustomerID: t.customer, CustIDType: coshine.CustIDTypeDefault, CustIDNo: t.idNo,
		CustName: "Test Holder", CustMobile: "+6591234567", CustEmail: "test@example.com",
	})
	if err != nil {
		return err
	}
	t.token = t.card.CardToken
	t.step("Application %s: card %v ending in %s, expiry %s, CVV2 %v", t.card.CardApplyNo,
		t.card.CardNumber, t.card.CardNumber.Last4(), t.card.ExpiryDate, t.card.CVV2)
	return nil
}

func (t *tour) activate(ctx context.Context) error {
	_, err := t.client.Cards.Activate(ctx, coshine.ActivateRequest{
		CardToken: t.token, ExpiryDate: t.card.ExpiryDate, CVV2: t.card.CVV2,
		CustomerID: t.customer, CustIDType: coshine.CustIDTypeDefault, CustIDNo: t.idNo,
	})
	if err == nil {
		t.step("Activation: accepted")
	}
	return err
}

// list reads the customer's cards and follows the one that is not cancelled.
func (t *tour) list(ctx context.Context) error {
	list, err := t.client.Customers.Cards(ctx, coshine.CustomerRequest{CustomerID: t.customer})
	if err != nil {
		return err
	}
	for _, card := range list.Cards {
		masked := card.CardNumber.Reveal()
		t.step("Card list: [redacted] ending in %s is %v, block status %s", masked[max(len(masked)-4, 0):],
			t.client.CardState(card.CardStatus), card.BlockStatus)
		if !card.CardStatus.Terminal() {
			t.token = card.CardToken
		}
	}
	return nil
}

func (t *tour) pin(ctx context.Context) error {
	card, first, second := coshine.ByToken(t.token), issuing.NewSecret("147258"), issuing.NewSecret("963852")
	if _, err := t.client.PINs.Reset(ctx, coshine.PINResetRequest{CardRef: card, NewPIN: first}); err != nil {
		return err
	}
	if _, err := t.client.PINs.Change(ctx, coshine.PINChangeRequest{CardRef: card, PIN: first, NewPIN: second}); err != nil {
		return err
	}
	_, err := t.client.PINs.Verify(ctx, coshine.PINVerifyRequest{CardRef: card, PIN: first})
	if !errors.Is(err, coshine.CodeInvalidPIN) {
		return fmt.Errorf("the old PIN should be wrong: %w", err)
	}
	t.step("PIN %v set, changed to %v; the old one is refused: %s", first, second, coshine.CodeInvalidPIN.Meaning())
	return nil
}

// load stores the tranId before the money moves, so that the load can be found
// whatever happens.
func (t *tour) load(ctx context.Context) error {
	tranID := coshine.NewTranID(time.Now())
	_, err := t.client.Cards.Deposit(ctx, coshine.TransactionRequest{
		CardRef: coshine.ByToken(t.token),
		Extra:   coshine.Extra{coshinetest.FieldAmount: issuing.NewAmount(100_00, 2), coshinetest.FieldMemo: "first load"},
	}, coshine.WithHeader(coshine.Header{TranID: tranID}))
	var open *issuing.Unsettled
	if errors.As(err, &open) {
		return fmt.Errorf("look %s up with %v before anything else: %w", open.Key, open.Inquiry, err)
	}
	if err == nil {
		t.step("Load: 100.00 under tranId %s", tranID)
	}
	return err
}

func (t *tour) balance(ctx context.Context) error {
	reply, err := t.client.Cards.Balance(ctx, coshine.TransactionRequest{CardRef: coshine.ByToken(t.token)})
	if err != nil {
		return err
	}
	var account struct {
		Balance  issuing.Amount   `json:"balance"`
		Currency issuing.Currency `json:"currency"`
	}
	if err := reply.Decode(&account); err != nil {
		return err
	}
	t.step("Balance: %s %s", account.Balance, account.Currency)
	return nil
}

func (t *tour) freeze(ctx context.Context) error {
	if _, err := t.client.Cards.Freeze(ctx, t.token); err != nil {
		return err
	}
	t.step("Freeze: accepted")
	if err := t.list(ctx); err != nil {
		return err
	}
	if _, err := t.client.Cards.Unfreeze(ctx, t.token); err != nil {
		return err
	}
	t.step("Unfreeze: accepted")
	return nil
}

// replace reads the cards again, instead of assuming which token is valid.
func (t *tour) replace(ctx context.Context) error {
	_, err := t.client.Cards.Replace(ctx, coshine.ReplaceRequest{
		CardToken: t.token, ReasonCode: coshine.ReplReasonDamaged,
	})
	if err != nil {
		return err
	}
	t.step("Replacement: accepted")
	if err := t.list(ctx); err != nil {
		return err
	}
	if err := t.balance(ctx); !errors.Is(err, issuing.ErrNotConfigured) {
		return err
	}
	return nil
}

func (t *tour) cancel(ctx context.Context) error {
	if _, err := t.client.Cards.Close(ctx, coshine.CloseRequest{CardToken: t.token}); err != nil {
		return err
	}
	t.step("Cancellation: accepted")
	return t.list(ctx)
}
