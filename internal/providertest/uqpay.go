package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// UQPAY is provider uqpay.
var UQPAY = Provider{Name: "uqpay", Open: openUQPAY}

// uqpays is a UQPAY platform with cards to try operations on.
type uqpays struct {
	t      testing.TB
	server *uqpaytest.Server
	client *uqpay.Client
	setUp  *uqpay.Client // without the test's options; both share a token
	cards  []string      // ids
	report string
}

func openUQPAY(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	unlimited := uqpaytest.Limits{}
	var trap atomic.Bool
	server, err := uqpaytest.NewServer(uqpaytest.Config{
		Clock: issuingtest.NewClock(epoch), Limits: &unlimited, WebhookURL: nobody,
		Authorize: func(context.Context, map[string]any) (string, error) {
			if trap.Load() {
				panic(http.ErrAbortHandler)
			}
			return "00", nil
		},
	})
	check(t, err)
	t.Cleanup(server.Close)
	u := &uqpays{t: t, server: server}
	u.setUp, err = uqpay.New(server.ClientConfig(), patient(server.Clock(), nil)...)
	check(t, err)
	u.client, err = u.setUp.Clone(opts...)
	check(t, err)
	u.furnish()
	token, err := u.setUp.Token(t.Context())
	check(t, err)
	return &Bench{
		Platform: server.Platform, Server: server,
		Secrets: []string{server.APIKey().Reveal(), server.WebhookSecret().Reveal(), token.Value.Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			return u.client.Do(ctx, "GET /v1/issuing/products", nil, out, opts...)
		},
		Refuse: u.refuse,
		Notify: func() error {
			server.Emit(string(uqpay.EventActivationCodeSent), u.cards[0], map[string]any{"card_id": u.cards[0]})
			return nil
		},
		Trap: func(ctx context.Context, opts ...issuing.CallOption) error {
			trap.Store(true)
			defer trap.Store(false)
			_, err := u.client.Simulator.Authorize(ctx, u.purchase(), opts...)
			return err
		},
		Ops: u.ops(), Lists: u.lists(),
		Settle: u.client.Settle, Operations: uqpay.Operations(),
	}
}

// furnish makes two cardholders with a card and a purchase each, and a report.
func (u *uqpays) furnish() {
	ctx := u.t.Context()
	for n := range 2 {
		holder, err := u.setUp.Cardholders.Create(ctx, uqpay.CreateCardholderRequest{
			Email: issuing.Personal(fmt.Sprintf("user%d@example.com", n)), FirstName: "Alex", LastName: "Chen", CountryCode: "SG",
			PhoneNumber: issuing.Personal(fmt.Sprintf("9123450%d", n)),
		})
		check(u.t, err)
		card, err := u.setUp.Cards.Apply(ctx, uqpay.ApplyRequest{
			Currency: issuing.CurrencyUSD, ProductID: uqpaytest.ProductSingle, CardholderID: holder.ID, Limit: issuing.NewAmount(100, 0),
		})
		check(u.t, err)
		u.cards = append(u.cards, card.CardID)
		u.server.Clock().Advance(time.Second)
		_, err = u.setUp.Simulator.Authorize(ctx, u.purchase())
		check(u.t, err)
	}
	report, err := u.setUp.Reports.Create(ctx, uqpay.ReportRequest{
		Type: uqpay.ReportTypeLedger, Start: epoch, End: epoch.Add(time.Hour),
	})
	check(u.t, err)
	u.report = report.ID
	u.server.Clock().Advance(time.Second)
}

// purchase is one in a shop.
func (u *uqpays) purchase() uqpay.AuthorizeRequest {
	return uqpay.AuthorizeRequest{
		CardID: u.cards[0], Amount: issuing.NewAmount(1, 0), Currency: issuing.CurrencyUSD, MerchantName: "Shop",
	}
}

// refuse has the next request of an operation refused.
func (u *uqpays) refuse(op, text string) {
	body, err := json.Marshal(map[string]any{
		"type": uqpay.ErrorTypeCard, "code": uqpay.ErrorTypeCard, "message": text,
	})
	check(u.t, err)
	check(u.t, u.server.Inject(op, issuingtest.Refuse(http.StatusBadRequest, string(body))))
}

func (u *uqpays) ops() []Op {
	const pin = "493815"
	c, card := u.client, u.cards[0]
	read := func(ctx context.Context, id string, opts ...issuing.CallOption) (*uqpay.Card, error) {
		return c.Cards.Card(ctx, id, opts...)
	}
	recharge := func(ctx context.Context, req uqpay.AmountRequest, opts ...issuing.CallOption) (*uqpay.Order, error) {
		return c.Cards.Deposit(ctx, card, req, opts...)
	}
	download := func(ctx context.Context, id string, opts ...issuing.CallOption) error {
		return c.Reports.Download(ctx, id, io.Discard, opts...)
	}
	return []Op{
		try(Op{Name: "Cards.Card", Safety: transport.Read}, read, always(card), ""),
		try(Op{Name: "Reports.Download", Safety: transport.Read}, bare(download), always(u.report), ""),
		try(Op{Name: "Cards.Deposit", Safety: transport.Keyed, Done: u.orders(uqpay.OrderTypeCardRecharge)},
			recharge, always(uqpay.AmountRequest{Amount: issuing.NewAmount(20, 0)}), uqpay.AmountRequest{}),
		try(Op{Name: "Cards.SetPIN", Safety: transport.Keyed, Secrets: []string{pin}, Done: u.orders(uqpay.OrderTypePINManagement)},
			c.Cards.SetPIN, func() uqpay.PINRequest { return u.pin(pin) }, uqpay.PINRequest{CardID: card}),
		try(Op{Name: "Files.Upload", Safety: transport.Once}, c.Files.Upload, func() uqpay.UploadRequest {
			return uqpay.UploadRequest{Name: "note.pdf", Content: bytes.NewBufferString("read once")}
		}, uqpay.UploadRequest{Content: bytes.NewBufferString("no name")}),
	}
}

// orders counts the orders of a type.
func (u *uqpays) orders(typ uqpay.OrderType) func() int {
	return func() int { return len(u.server.Orders(typ)) }
}

// pin sets a PIN, once the operation before has ended.
func (u *uqpays) pin(pin string) uqpay.PINRequest {
	u.server.Clock().Advance(time.Second)
	return uqpay.PINRequest{CardID: u.cards[1], PIN: issuing.NewSecret(pin)}
}

func (u *uqpays) lists() []List {
	c, one := u.client, uqpay.Paging{PageSize: 1}
	return []List{
		{"Accounts.List", Placed, func(ctx context.Context) iter.Seq2[any, error] { return items(c.Accounts.All(ctx, one)) }},
		{"Balances.List", Placed, func(ctx context.Context) iter.Seq2[any, error] { return items(c.Balances.All(ctx, one)) }},
		{"Balances.Ledger", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(c.Balances.AllLedger(ctx, uqpay.LedgerRequest{Paging: one}))
		}},
		{"Brands.List", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(c.Brands.All(ctx, uqpay.BrandsRequest{Paging: one, DisplayName: "Example"}))
		}},
		{"Cardholders.List", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(c.Cardholders.All(ctx, uqpay.CardholdersRequest{Paging: one}))
		}},
		{"Cards.List", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(c.Cards.All(ctx, uqpay.CardsRequest{Paging: one}))
		}},
		{"Products.List", Placed, func(ctx context.Context) iter.Seq2[any, error] { return items(c.Products.All(ctx, one)) }},
		{"Transactions.List", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(c.Transactions.All(ctx, uqpay.TransactionsRequest{Paging: one}))
		}},
	}
}
