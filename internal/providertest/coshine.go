package providertest

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Coshine is provider coshine, with access tokens and encrypted bodies.
var Coshine = Provider{Name: "coshine", Open: openCoshine, Clear: openClearCoshine}

// coshineKeys are shared by all platforms: RSA keys are slow to make.
var coshineKeys = sync.OnceValues(coshinetest.NewKeys)

// coshines is a Coshine platform with a card to try operations on.
type coshines struct {
	t      testing.TB
	server *coshinetest.Server
	client *coshine.Client
	setUp  *coshine.Client // without the test's options; both share a token
	card   *coshine.Application
}

// startCoshine starts a platform with an active card. The configuration says how it is
// authorized.
func startCoshine(t testing.TB, cfg coshinetest.Config, opts []issuing.Option) *coshines {
	t.Helper()
	keys, err := coshineKeys()
	check(t, err)
	cfg.Clock, cfg.Keys, cfg.Paths = issuingtest.NewClock(epoch), keys, coshine.InferredPaths()
	server, err := coshinetest.NewServer(cfg)
	check(t, err)
	t.Cleanup(server.Close)
	c := &coshines{t: t, server: server}
	c.setUp, err = coshine.New(server.ClientConfig(), patient(server.Clock(), nil)...)
	check(t, err)
	c.client, err = c.setUp.Clone(opts...)
	check(t, err)
	c.card = c.active()
	return c
}

// openClearCoshine is with the static token, which encrypts nothing.
func openClearCoshine(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	c := startCoshine(t, coshinetest.Config{}, opts)
	return &Bench{Platform: c.server.Platform, Server: c.server, Ops: c.ops()}
}

func openCoshine(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	var trap atomic.Bool
	c := startCoshine(t, coshinetest.Config{
		OAuth: true, Issuer: func(coshine.API) string { return nobody },
		NextCard: func(int) (card coshinetest.NewCard) {
			if trap.Load() {
				panic(http.ErrAbortHandler)
			}
			return card
		},
	}, opts)
	server := c.server
	bare := c.load(c.unconfigured(opts), nil)
	return &Bench{
		Platform: server.Platform, Server: server,
		Secrets: []string{server.IssuerToken().Reveal(), c.access(), c.card.CardNumber.Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			path := coshine.InferredPaths()[coshine.APIBalanceInquiry]
			return c.client.Do(ctx, path, map[string]any{"cardToken": c.card.CardToken}, out, opts...)
		},
		Refuse: c.refuse, Bare: &bare,
		Notify: func() error { return server.Notify(coshine.APIAuthorizationNotification, nil) },
		Trap: func(ctx context.Context, opts ...issuing.CallOption) error {
			trap.Store(true)
			defer trap.Store(false)
			_, err := c.client.Cards.Apply(ctx, coshineApplication(), opts...)
			return err
		},
		Ops: c.ops(), Settle: c.client.Settle, Operations: coshine.Operations(),
		Stuck: map[string]func() (*silentKey, Call){
			"assertions": func() (*silentKey, Call) {
				s, key := stuckES256(c.t)
				return s, c.with(func(o *coshine.OAuth) { o.Key = key })
			},
			"opening": func() (*silentKey, Call) {
				s, key := stuckRSA(c.t)
				return s, c.with(func(o *coshine.OAuth) { o.DecryptionKey = key })
			},
		},
	}
}

// with is a read of a client with other keys.
func (c *coshines) with(change func(*coshine.OAuth)) Call {
	cfg := c.server.ClientConfig()
	change(cfg.OAuth)
	client, err := coshine.New(cfg, issuing.WithClock(c.server.Clock().Now))
	check(c.t, err)
	return func(ctx context.Context, opts ...issuing.CallOption) error {
		_, err := client.Cards.Card(ctx, coshine.CardRequest{CardToken: c.card.CardToken}, opts...)
		return err
	}
}

// unconfigured returns a client to whom no path was told.
func (c *coshines) unconfigured(opts []issuing.Option) *coshine.Client {
	cfg := c.server.ClientConfig()
	cfg.Paths = nil
	client, err := coshine.New(cfg, patient(c.server.Clock(), opts)...)
	check(c.t, err)
	return client
}

// access returns the access token that the clients share.
func (c *coshines) access() string {
	received := c.server.Received("")
	return received[len(received)-1].Bearer.Reveal()
}

// coshineApplication is one for a virtual card.
func coshineApplication() coshine.ApplyRequest {
	return coshine.ApplyRequest{
		CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCodeSandboxVisa, CardEmbossName: "TEST HOLDER",
		CustomerID: "C0000001", CustIDType: coshine.CustIDTypeDefault, CustIDNo: issuing.NewSecret("E12345678"),
		CustName: "Test Holder", CustMobile: "+6591234567", CustEmail: "test@example.com",
	}
}

// active returns an active card.
func (c *coshines) active() *coshine.Application {
	ctx, req := c.t.Context(), coshineApplication()
	card, err := c.setUp.Cards.Apply(ctx, req)
	check(c.t, err)
	_, err = c.setUp.Cards.Activate(ctx, coshine.ActivateRequest{
		CardToken: card.CardToken, ExpiryDate: card.ExpiryDate, CVV2: card.CVV2,
		CustomerID: req.CustomerID, CustIDType: req.CustIDType, CustIDNo: req.CustIDNo,
	})
	check(c.t, err)
	return card
}

// refuse has the next request of an operation refused, in an encrypted answer.
func (c *coshines) refuse(op, text string) {
	plain, err := json.Marshal(map[string]any{"responseCode": coshine.CodeInvalidPIN, "responseDesc": text})
	check(c.t, err)
	oauth := c.server.ClientConfig().OAuth
	sealed, err := jose.SealJWE(oauth.DecryptionKey.Public(), "", oauth.Serialization, plain)
	check(c.t, err)
	check(c.t, c.server.Inject(op, issuingtest.Refuse(http.StatusBadRequest, sealed)))
}

func (c *coshines) ops() []Op {
	const pin = "493815"
	token, cvv := c.card.CardToken, c.card.CVV2.Reveal()
	return []Op{
		try(Op{Name: "Cards.Card", Safety: transport.Read},
			c.client.Cards.Card, always(coshine.CardRequest{CardToken: token}), coshine.CardRequest{}),
		c.load(c.client, c.booked),
		try(Op{Name: "PINs.Reset", Safety: transport.Once, Secrets: []string{pin}},
			c.client.PINs.Reset, always(c.newPIN(pin)), c.newPIN("1")),
		try(Op{Name: "Cards.VerifyCVV2", Safety: transport.Once, Secrets: []string{cvv}},
			c.client.Cards.VerifyCVV2, always(coshine.VerifyCVV2Request{CardToken: token, CVV2: c.card.CVV2}),
			coshine.VerifyCVV2Request{CardToken: token}),
	}
}

// load is the operation that loads money onto the card.
func (c *coshines) load(client *coshine.Client, done func() int) Op {
	return try(Op{Name: "Cards.Deposit", Safety: transport.Once, Done: done},
		client.Cards.Deposit, always(coshine.TransactionRequest{
			CardRef: coshine.ByToken(c.card.CardToken), Extra: coshine.Extra{coshinetest.FieldAmount: issuing.NewAmount(20, 0)},
		}), coshine.TransactionRequest{})
}

// booked counts how often money has moved.
func (c *coshines) booked() int {
	n := 0
	for _, times := range c.server.Bookings() {
		n += times
	}
	return n
}

func (c *coshines) newPIN(pin string) coshine.PINResetRequest {
	return coshine.PINResetRequest{CardRef: coshine.ByToken(c.card.CardToken), NewPIN: issuing.NewSecret(pin)}
}
