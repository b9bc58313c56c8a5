package providertest

import (
	"context"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/acme/acmetest"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Acme is provider acme, the worked example.
var Acme = Provider{Name: "acme", Open: openAcme}

// acmes is an Acme platform with cards to try operations on.
type acmes struct {
	t      testing.TB
	server *acmetest.Server
	client *acme.Client
	setUp  *acme.Client // without the test's options
	card   acme.CardRef
	issued []acme.CardRef
	keys   keys
}

func openAcme(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	const secret = "acme-secret-of-the-suite"
	server, err := acmetest.NewServer(acmetest.Config{
		Secret: issuing.NewSecret(secret), Clock: issuingtest.NewClock(epoch), WebhookURL: nobody,
	})
	check(t, err)
	t.Cleanup(server.Close)
	a, cfg := &acmes{t: t, server: server}, acme.Config{BaseURL: server.URL(), Secret: issuing.NewSecret(secret)}
	a.client, err = acme.New(cfg, patient(server.Clock(), opts)...)
	check(t, err)
	a.setUp, err = acme.New(cfg, issuing.WithClock(server.Clock().Now))
	check(t, err)
	a.card = a.issue()
	return &Bench{
		Platform: server.Platform, Server: server, Secrets: []string{secret},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			return a.client.Do(ctx, "Cards.Card", a.card, out, opts...)
		},
		Refuse: func(op, text string) {
			body := platform.JSON(map[string]any{"message": text})
			check(t, server.Inject(op, issuingtest.Refuse(http.StatusConflict, string(body))))
		},
		Notify: a.topUp, Ops: a.ops(),
		Settle: a.client.Settle, Operations: acme.Operations(),
	}
}

// issue returns an active card.
func (a *acmes) issue() acme.CardRef {
	card := acme.CardRef{CardID: a.server.Issue()}
	a.issued = append(a.issued, card)
	return card
}

func (a *acmes) ops() []Op {
	const pin = "493815"
	return []Op{
		try(Op{Name: "Cards.Card", Safety: transport.Read}, a.client.Cards.Card, always(a.card), acme.CardRef{}),
		try(Op{Name: "Cards.Deposit", Safety: transport.Keyed, Look: "Cards.DepositByKey", Done: a.deposits},
			a.client.Cards.Deposit, a.deposit, acme.Deposit{CardID: a.card.CardID}),
		try(Op{Name: "Cards.Freeze", Safety: transport.Checked, Look: "Cards.Card", Done: a.frozen},
			a.client.Cards.Freeze, a.issue, acme.CardRef{}),
		try(Op{Name: "Cards.SetPIN", Safety: transport.Once, Secrets: []string{pin}},
			a.client.Cards.SetPIN, always(a.pin(pin)), a.pin("12")),
	}
}

// deposit is a top-up.
func (a *acmes) deposit() acme.Deposit {
	order := acme.OrderRef{OrderNo: a.keys.next()}
	return acme.Deposit{OrderRef: order, CardID: a.card.CardID, Amount: issuing.NewAmount(20, 0)}
}

func (a *acmes) pin(pin string) acme.SetPINRequest {
	return acme.SetPINRequest{CardRef: a.card, PIN: issuing.NewSecret(pin)}
}

// topUp has a card topped up.
func (a *acmes) topUp() error {
	_, err := a.setUp.Cards.Deposit(a.t.Context(), a.deposit())
	return err
}

// deposits counts the top-ups of the card by its balance: each is of twenty dollars.
func (a *acmes) deposits() int {
	card, err := a.setUp.Cards.Card(a.t.Context(), a.card)
	check(a.t, err)
	n := 0
	for left := card.Balance; left.Sign() > 0; left = left.Sub(issuing.NewAmount(20, 0)) {
		n++
	}
	return n
}

// frozen counts frozen cards.
func (a *acmes) frozen() int {
	n := 0
	for _, ref := range a.issued {
		card, err := a.setUp.Cards.Card(a.t.Context(), ref)
		check(a.t, err)
		if card.Frozen {
			n++
		}
	}
	return n
}
