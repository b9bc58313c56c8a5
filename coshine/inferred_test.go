package coshine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// agreed are a platform's settings and what the client is told of them.
type agreed struct {
	platform coshinetest.Config
	unset    func(*coshine.Config) // back to what is inferred
	use      func(context.Context, testing.TB, *coshinetest.Server, *coshine.Client) error
}

func (a agreed) run(change func(*coshine.Config)) func(context.Context, testing.TB) error {
	return func(ctx context.Context, t testing.TB) error {
		cfg := a.platform
		if cfg.Paths == nil {
			cfg.Paths = testPaths()
		}
		server := startServer(t, cfg)
		settings := server.ClientConfig()
		change(&settings)
		client, err := coshine.New(settings, issuing.WithClock(server.Clock().Now), issuing.WithMaxAttempts(1))
		if err != nil {
			return err
		}
		return a.use(ctx, t, server, client)
	}
}

func (a agreed) turn() conform.Turn {
	return conform.Turn{Unset: a.run(a.unset), Set: a.run(func(*coshine.Config) {})}
}

// apply issues a card.
func apply(ctx context.Context, _ testing.TB, _ *coshinetest.Server, client *coshine.Client) error {
	_, err := client.Cards.Apply(ctx, application("CIF1"))
	return err
}

// load tops a card up by 12.50 and reads its balance.
func load(ctx context.Context, t testing.TB, server *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	req := money(card.CardToken, "12.50", coshinetest.FieldCurrency, issuing.CurrencyUSD)
	if _, err := client.Cards.Deposit(ctx, req); err != nil {
		return err
	}
	return conform.Differs("balance", server.Balance(card.CardToken).String(), "12.50")
}

// TestInferred turns every setting of what no page says: the platform is set to the other
// value, the client fails clearly, is configured, and works.
func TestInferred(t *testing.T) {
	t.Parallel()
	shared := testPaths()
	shared[coshine.APILoadFund], shared[coshine.APIWithdraw] = "/tranmgr/do?kind=fund", "/tranmgr/do?kind=fund"
	codes := map[coshine.API]string{coshine.APILoadFund: "LOAD", coshine.APIWithdraw: "DRAW"}
	turns := map[string]conform.Turn{
		"Config.BaseURL": agreed{unset: func(c *coshine.Config) { c.BaseURL = "" }, use: apply}.turn(),
		"Config.Paths":   agreed{unset: func(c *coshine.Config) { c.Paths = nil }, use: load}.turn(),
		"Config.OAuth.Serialization": agreed{
			coshinetest.Config{OAuth: true, Serialization: jose.JWESerializationJSON},
			func(c *coshine.Config) { c.OAuth.Serialization = 0 }, apply,
		}.turn(),
		"Config.OAuth.ContentType": agreed{
			coshinetest.Config{OAuth: true, BodyContentType: "application/jose+json"},
			func(c *coshine.Config) { c.OAuth.ContentType = "" }, apply,
		}.turn(),
		"Config.Zone":       agreed{coshinetest.Config{Zone: time.UTC}, func(c *coshine.Config) { c.Zone = nil }, apply}.turn(),
		"Config.TranCodes":  agreed{coshinetest.Config{TranCodes: codes}, func(c *coshine.Config) { c.TranCodes = nil }, load}.turn(),
		"Config.Amounts":    agreed{coshinetest.Config{Amounts: coshine.AmountFormMinor}, func(c *coshine.Config) { c.Amounts = 0 }, load}.turn(),
		"Config.Currencies": agreed{coshinetest.Config{Currencies: coshine.CurrencyFormNumeric}, func(c *coshine.Config) { c.Currencies = 0 }, load}.turn(),
		"Config.SharedPaths": agreed{
			coshinetest.Config{Paths: shared, TranCodes: codes}, func(c *coshine.Config) { c.SharedPaths = false }, both,
		}.turn(),
		"Config.CardStatus": agreed{
			coshinetest.Config{CardStatus: coshine.DialectPortal}, func(c *coshine.Config) { c.CardStatus = coshine.DialectReference }, readState,
		}.turn(),
		"Config.CardStatusLost": agreed{
			coshinetest.Config{CardStatusLost: coshine.LostMeaningBlocked}, func(c *coshine.Config) { c.CardStatusLost = 0 }, readFrozen,
		}.turn(),
		"Config.PIN": agreed{
			coshinetest.Config{PIN: sign.PINProfile{Padding: sign.PINPaddingOAEPSHA256, Plaintext: sign.PINPlaintextHex, Encoding: sign.PINEncodingHex}},
			func(c *coshine.Config) { c.PIN = coshine.InferredPIN() }, setPIN,
		}.turn(),
		"Config.EmptyPINKeyBody": agreed{
			coshinetest.Config{EmptyPINKeyBody: true}, func(c *coshine.Config) { c.EmptyPINKeyBody = false }, setPIN,
		}.turn(),
		"Config.HistoryTranID": agreed{
			coshinetest.Config{HistoryTranID: "serialNo"}, func(c *coshine.Config) { c.HistoryTranID = "" }, settled,
		}.turn(),
	}
	freeze := agreed{platform: coshinetest.Config{CardToken: "cardHandle"}, use: nil}
	turns["Extra[cardToken]"] = named(freeze, func(ctx context.Context, client *coshine.Client, card *coshine.Application, set bool) error {
		req := coshine.SetStatusRequest{CardToken: card.CardToken, CardOptFlag: coshine.CardOptFlagFreeze}
		if !set {
			_, err := client.Cards.SetStatus(ctx, req)
			return err
		}
		req.CardToken, req.Extra = "", coshine.Extra{"cardHandle": string(card.CardToken)}
		_, err := client.Cards.SetStatus(ctx, req)
		_, read := client.Cards.Card(ctx, coshine.CardRequest{Extra: req.Extra}) // which needs no name by itself
		return errors.Join(err, read)
	})
	turns["Extra[customerId]"] = named(agreed{platform: coshinetest.Config{CustomerID: "cif"}}, func(ctx context.Context, client *coshine.Client, _ *coshine.Application, set bool) error {
		req := coshine.CustomerRequest{CustomerID: "CIF1"}
		if set {
			req = coshine.CustomerRequest{Extra: coshine.Extra{"cif": "CIF1"}}
		}
		_, err := client.Customers.Accounts(ctx, req)
		return err
	})
	conform.Inferred(t, "testdata/inferred.csv", turns)
}

// named makes the turn of a name that goes into Extra.
func named(a agreed, use func(ctx context.Context, client *coshine.Client, card *coshine.Application, set bool) error) conform.Turn {
	run := func(set bool) func(context.Context, testing.TB) error {
		a := a
		a.use = func(ctx context.Context, t testing.TB, _ *coshinetest.Server, client *coshine.Client) error {
			return use(ctx, client, activeCard(t, client, "CIF1"), set)
		}
		return a.run(func(*coshine.Config) {})
	}
	return conform.Turn{Unset: run(false), Set: run(true)}
}

// both calls two interfaces of one path.
func both(ctx context.Context, t testing.TB, server *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	if _, err := client.Cards.Deposit(ctx, money(card.CardToken, "12.50")); err != nil {
		return err
	}
	if _, err := client.Cards.Withdraw(ctx, money(card.CardToken, "2.50")); err != nil {
		return err
	}
	return conform.Differs("balance", server.Balance(card.CardToken).String(), "10.00")
}

func readState(ctx context.Context, t testing.TB, _ *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	info, err := client.Cards.Card(ctx, coshine.CardRequest{CardToken: card.CardToken})
	if err != nil {
		return err
	}
	return conform.Differs("state", client.CardState(info.CardStatus), coshine.CardStateActive)
}

// readFrozen reads a card that is frozen and was never reported lost, by the platform's
// table of letters and by its own.
func readFrozen(ctx context.Context, t testing.TB, _ *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	if _, err := client.Cards.Freeze(ctx, card.CardToken); err != nil {
		return err
	}
	info, err := client.Cards.Card(ctx, coshine.CardRequest{CardToken: card.CardToken})
	if err != nil {
		return err
	}
	list, err := client.Parameters.DropDownList(ctx, coshine.DropDownListRequest{Name: coshine.DropDownNameCardStatus})
	if err != nil {
		return err
	}
	for _, item := range list.Items {
		if item.Code == string(info.CardStatus) {
			return conform.Differs("state", client.CardState(info.CardStatus).String(), item.Value)
		}
	}
	return errors.New("the letter is in no table")
}

func setPIN(ctx context.Context, t testing.TB, _ *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	_, err := client.PINs.Reset(ctx, coshine.PINResetRequest{CardRef: coshine.ByToken(card.CardToken), NewPIN: firstPIN})
	return err
}

// settled loses the answer to a deposit and has it looked up.
func settled(ctx context.Context, t testing.TB, server *coshinetest.Server, client *coshine.Client) error {
	card := activeCard(t, client, "CIF1")
	inject(t, server, "Cards.Deposit", issuingtest.DropAfter())
	_, err := client.Cards.Deposit(ctx, money(card.CardToken, "12.50"))
	pending, ok := issuing.PendingOf(err)
	if !ok {
		return errors.New("nothing is pending")
	}
	got, err := client.Settle(ctx, pending)
	if err != nil {
		return err
	}
	return conform.Differs("verdict", got.Verdict, issuing.VerdictDone)
}

// TestSentAt: an answer says when it was produced.
func TestSentAt(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	got, err := client.Cards.Apply(t.Context(), application("CIF1"))
	if err != nil || !got.SentAt.Equal(server.Clock().Now().Truncate(time.Second)) {
		t.Errorf("%v, %v", got, err)
	}
}
