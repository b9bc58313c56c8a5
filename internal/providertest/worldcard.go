package providertest

import (
	"context"
	"iter"
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
	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: issuingtest.NewClock(epoch), Keys: keys})
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
		Ops: w.ops(), Lists: w.lists(),
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
	deposit := func(ctx context.Context, amount issuing.Amount, opts []issuing.CallOption) error {
		_, err := w.client.Cards.Deposit(ctx, worldcard.DepositRequest{
			CardRef: w.card, MerchantTransactionID: w.keys.next(), Amount: amount,
		}, opts...)
		return err
	}
	read := func(ctx context.Context, ref worldcard.CardRef, opts []issuing.CallOption) error {
		_, err := w.client.Virtual.Card(ctx, ref, opts...)
		return err
	}
	changePIN := func(ctx context.Context, pin string, opts []issuing.CallOption) error {
		return w.client.Physical.ChangePIN(ctx, worldcard.ChangePINRequest{CardRef: w.physical, PIN: issuing.NewSecret(pin)}, opts...)
	}
	return []Op{
		{
			Name: "Virtual.Card", Safety: transport.Read,
			Call: func(ctx context.Context, opts ...issuing.CallOption) error { return read(ctx, w.card, opts) },
			Invalid: func(ctx context.Context, opts ...issuing.CallOption) error {
				return read(ctx, worldcard.CardRef{}, opts)
			},
		},
		{
			Name: "Cards.Deposit", Safety: transport.Keyed, Look: "Cards.Deposits",
			Call: func(ctx context.Context, opts ...issuing.CallOption) error {
				return deposit(ctx, issuing.NewAmount(20, 0), opts)
			},
			Invalid: func(ctx context.Context, opts ...issuing.CallOption) error {
				return deposit(ctx, issuing.Amount{}, opts)
			},
			Done: func() int { return len(w.server.Deposits()) },
		},
		{
			Name: "Cards.Freeze", Safety: transport.Checked, Look: "Virtual.Card",
			Call: w.freeze, Done: w.frozen,
			Invalid: func(ctx context.Context, opts ...issuing.CallOption) error {
				_, err := w.client.Cards.Freeze(ctx, worldcard.CardRef{}, opts...)
				return err
			},
		},
		{
			Name: "Physical.ChangePIN", Safety: transport.Once, Secrets: []string{pin},
			Call:    func(ctx context.Context, opts ...issuing.CallOption) error { return changePIN(ctx, pin, opts) },
			Invalid: func(ctx context.Context, opts ...issuing.CallOption) error { return changePIN(ctx, "12", opts) },
		},
	}
}

// freeze freezes a card of its own.
func (w *worldcards) freeze(ctx context.Context, opts ...issuing.CallOption) error {
	_, err := w.client.Cards.Freeze(ctx, w.virtual(), opts...)
	return err
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

func (w *worldcards) lists() []List {
	return []List{
		{"Virtual.BINs", func(ctx context.Context) iter.Seq2[any, error] {
			return Items(w.client.Virtual.AllBINs(ctx, worldcard.BINsRequest{PageSize: 1}))
		}},
		{"Cards.Deposits", func(ctx context.Context) iter.Seq2[any, error] {
			return Items(w.client.Cards.AllDeposits(ctx, worldcard.DepositsRequest{CardRef: w.card, PageSize: 1}))
		}},
		{"Cards.Transactions", func(ctx context.Context) iter.Seq2[any, error] {
			return Items(w.client.Cards.AllTransactions(ctx, w.card))
		}},
	}
}
