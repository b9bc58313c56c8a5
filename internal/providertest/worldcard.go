package providertest

import (
	"context"
	"iter"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// WorldCard is provider worldcard.
var WorldCard = Provider{Name: "worldcard", Open: openWorldCard}

// worldcardKeys are shared by all platforms: RSA keys are slow to make.
var worldcardKeys = sync.OnceValues(worldcardtest.NewKeys)

// worldcards is a WorldCard platform with cards to try operations on.
type worldcards struct {
	t        testing.TB
	server   *worldcardtest.Server
	client   *worldcard.Client
	card     worldcard.CardRef
	physical worldcard.CardRef
	setUp    *worldcard.Client // without the test's options
	keys     keys
}

func openWorldCard(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	keys, err := worldcardKeys()
	check(t, err)
	server, err := worldcardtest.NewServer(worldcardtest.Config{
		Clock: issuingtest.NewClock(epoch), Keys: keys, WebhookURL: nobody,
	})
	check(t, err)
	t.Cleanup(server.Close)
	w := &worldcards{t: t, server: server}
	w.client, err = worldcard.New(server.ClientConfig(), patient(server.Clock(), opts)...)
	check(t, err)
	w.setUp, err = worldcard.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	check(t, err)
	w.card, w.physical = w.virtual(), w.activated()
	return &Bench{
		Platform: server.Platform, Server: server,
		Secrets: []string{server.AESKeyText().Reveal(), server.MerchantPrivateKey().Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			return w.client.Do(ctx, "/api/v1/card/virtual/bin/list", nil, out, opts...)
		},
		Refuse: func(op, text string) {
			check(t, server.Inject(op, worldcardtest.Refuse(worldcard.CodeInvalidParameter, text)))
		},
		Notify: w.buy, Ops: w.ops(), Lists: w.lists(),
		Settle: w.client.Settle, Operations: worldcard.Operations(),
		Stuck: map[string]func() (*silentKey, Call){"signing": w.stuck},
	}
}

// stuck is a client whose key does not answer.
func (w *worldcards) stuck() (*silentKey, Call) {
	s, key := stuckRSA(w.t)
	cfg := w.server.ClientConfig()
	cfg.PrivateKey = key
	client, err := worldcard.New(cfg)
	check(w.t, err)
	return s, func(ctx context.Context, opts ...issuing.CallOption) error {
		return client.Do(ctx, "/api/v1/card/virtual/bin/list", nil, nil, opts...)
	}
}

// virtual returns an active virtual card.
func (w *worldcards) virtual() worldcard.CardRef {
	key := w.keys.next()
	_, err := w.setUp.Virtual.Apply(w.t.Context(), worldcard.ApplyRequest{
		MerchantCardID: key, CardType: worldcard.CardTypeVirtualR, CardBINID: "2",
		FirstRechargeAmount: issuing.NewAmount(100, 0), Email: "a@example.com",
	})
	check(w.t, err)
	w.server.Clock().Advance(time.Minute)
	return worldcard.ByMerchantCardID(key)
}

// activated returns an active physical card.
func (w *worldcards) activated() worldcard.CardRef {
	c, ctx, key := w.setUp, w.t.Context(), w.keys.next()
	_, err := c.Physical.Apply(ctx, worldcard.PhysicalApplyRequest{
		MerchantCardID: key, CardBINID: "12", FirstName: "SAN", LastName: "ZHANG",
		TelephoneCountryCode: "86", Phone: "13800138000", BirthDate: issuing.NewDate(1990, time.January, 15),
	})
	check(w.t, err)
	_, err = c.KYC.Init(ctx, key)
	check(w.t, err)
	check(w.t, w.server.ApproveKYC(key))
	ref := worldcard.ByMerchantCardID(key)
	_, err = c.Physical.Assign(ctx, worldcard.AssignRequest{CardRef: ref, CardNumber: issuing.NewSecret("4929420573595709")})
	check(w.t, err)
	_, err = c.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: issuing.NewSecret("271828")})
	check(w.t, err)
	w.server.Clock().Advance(time.Minute)
	return ref
}

func (w *worldcards) ops() []Op {
	const pin = "493815"
	return []Op{
		try(Op{Name: "Virtual.Card", Safety: transport.Read},
			w.client.Virtual.Card, always(w.card), worldcard.CardRef{}),
		try(Op{
			Name: "Cards.Deposit", Safety: transport.Keyed, Look: "Cards.Deposits",
			Keyed: func(key string) Call {
				req := w.deposit()
				req.MerchantTransactionID = key
				return call(w.client.Cards.Deposit, req)
			},
			Done: func() int { return len(w.server.Deposits()) },
		}, w.client.Cards.Deposit, w.deposit, worldcard.DepositRequest{CardRef: w.card, MerchantTransactionID: "none"}),
		try(Op{Name: "Cards.Freeze", Safety: transport.Checked, Look: "Virtual.Card", Done: w.frozen},
			w.client.Cards.Freeze, w.virtual, worldcard.CardRef{}),
		try(Op{Name: "Physical.SetPIN", Safety: transport.Once, Secrets: []string{pin}},
			bare(w.client.Physical.SetPIN), always(w.pin(pin)), w.pin("12")),
	}
}

// deposit is a top-up.
func (w *worldcards) deposit() worldcard.DepositRequest {
	return worldcard.DepositRequest{CardRef: w.card, MerchantTransactionID: w.keys.next(), Amount: issuing.NewAmount(20, 0)}
}

func (w *worldcards) pin(pin string) worldcard.SetPINRequest {
	return worldcard.SetPINRequest{CardRef: w.physical, PIN: issuing.NewSecret(pin)}
}

// frozen counts frozen cards.
func (w *worldcards) frozen() int {
	n := 0
	for _, card := range w.server.Cards() {
		if card.Status == worldcard.CardStatusFrozen {
			n++
		}
	}
	return n
}

// buy has a shop charge a card.
func (w *worldcards) buy() error {
	_, err := w.server.Purchase(w.server.Cards()[0].ID, issuing.NewAmount(1, 0), issuingtest.Merchant{})
	return err
}

func (w *worldcards) lists() []List {
	for range 2 {
		_, err := w.setUp.Cards.Deposit(w.t.Context(), w.deposit())
		check(w.t, err)
		check(w.t, w.buy())
	}
	return []List{
		{"Virtual.BINs", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(w.client.Virtual.AllBINs(ctx, worldcard.BINsRequest{PageSize: 1}))
		}},
		{"Cards.Deposits", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(w.client.Cards.AllDeposits(ctx, worldcard.DepositsRequest{CardRef: w.card, PageSize: 1}))
		}},
		{"Cards.Transactions", Whole, func(ctx context.Context) iter.Seq2[any, error] {
			return items(w.client.Cards.AllTransactions(ctx, w.card))
		}},
	}
}
