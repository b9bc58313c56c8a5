package providertest

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// Legacy is provider legacy.
var Legacy = Provider{Name: "legacy", Open: openLegacy}

// legacies is a legacy platform with cards to try operations on.
type legacies struct {
	t      testing.TB
	server *legacytest.Server
	client *legacy.Client
	setUp  *legacy.Client // without the test's options
	keys   keys

	virtual, visaH  issuing.Secret // cards
	freezing, froze []issuing.Secret
	last            issuing.Secret // of toFreeze
}

func openLegacy(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	server, err := legacytest.NewServer(legacytest.Config{Clock: issuingtest.NewClock(epoch), WebhookURL: nobody})
	check(t, err)
	t.Cleanup(server.Close)
	l := &legacies{t: t, server: server}
	l.client, err = legacy.New(server.ClientConfig(), patient(server.Clock(), opts)...)
	check(t, err)
	l.setUp, err = legacy.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	check(t, err)
	l.virtual, l.visaH = server.IssueCard(legacytest.ProductVirtualP), server.IssueCard(legacytest.ProductVisaH)
	return &Bench{
		Platform: server.Platform, Server: server, Secrets: []string{server.AppSecretText().Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			return l.client.Do(ctx, "/op/card/P/bin", nil, out, opts...)
		},
		Refuse: l.refuse,
		Notify: func() error { return l.buy(l.virtual) },
		Ops:    l.ops(), Lists: l.lists(),
		Settle: l.client.Settle, Operations: legacy.Operations(),
		Reference: map[string]func() issuing.Secret{
			"VirtualP.Freeze": func() issuing.Secret { return l.last },
		},
	}
}

// refuse has the next request of an operation refused.
func (l *legacies) refuse(op, text string) {
	body, err := json.Marshal(map[string]any{
		"data": nil, "msg": text, "status": legacy.CodeInvalidParameters, "success": false,
	})
	check(l.t, err)
	check(l.t, l.server.Inject(op, issuingtest.Refuse(http.StatusOK, string(body))))
}

// buy has a shop charge a card.
func (l *legacies) buy(card issuing.Secret) error {
	_, err := l.server.Purchase(card, issuing.NewAmount(1, 0), issuingtest.Merchant{Name: "shop"})
	return err
}

func (l *legacies) ops() []Op {
	const pin = "493815"
	pan := l.visaH.Reveal()
	setPIN := func(ctx context.Context, pin string, opts ...issuing.CallOption) error {
		return l.client.VisaH.SetPIN(ctx, l.visaH, issuing.NewSecret(pin), opts...)
	}
	return []Op{
		try(Op{Name: "VirtualP.Card", Safety: transport.Read},
			l.client.VirtualP.Card, always(l.virtual), issuing.Secret{}),
		try(Op{
			Name: "Cards.Deposit", Safety: transport.Keyed, Look: "Cards.DepositByKey", Secrets: []string{pan},
			Keyed: func(key string) Call {
				req := l.deposit()
				req.MerOrderNo = key
				return call(l.client.Cards.Deposit, req)
			},
			Done: func() int { return len(l.server.Deposits()) },
		}, l.client.Cards.Deposit, l.deposit, legacy.DepositRequest{MerOrderNo: "none", CardNumber: l.visaH}),
		try(Op{Name: "VirtualP.UploadDocument", Safety: transport.Keyed},
			bare(l.client.VirtualP.UploadDocument), always(legacy.DocumentRequest{
				CardNumber: l.virtual, IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("\xff\xd8 front"),
			}), legacy.DocumentRequest{CardNumber: l.virtual}),
		try(Op{Name: "VirtualP.Freeze", Safety: transport.Checked, Look: "VirtualP.Card", Done: l.frozen},
			l.client.VirtualP.Freeze, l.toFreeze, issuing.Secret{}),
		try(Op{
			Name: "Applications.ApplyVirtualP", Safety: transport.Once, Look: "Applications.ApplicationByKey",
			Keyed: func(key string) Call {
				req := l.application()
				req.MerOrderNo = key
				return call(l.client.Applications.ApplyVirtualP, req)
			},
			Done: func() int { return len(l.server.Applications()) },
		}, l.client.Applications.ApplyVirtualP, l.application, legacy.VirtualPApplication{MerOrderNo: "none"}),
		try(Op{Name: "VisaH.SetPIN", Safety: transport.Once, Secrets: []string{pin, pan}},
			bare(setPIN), always(pin), "12"),
	}
}

// deposit is a top-up.
func (l *legacies) deposit() legacy.DepositRequest {
	return legacy.DepositRequest{MerOrderNo: l.keys.next(), CardNumber: l.visaH, Amount: issuing.NewAmount(200_50, 2)}
}

// application is one for a card with money on it.
func (l *legacies) application() legacy.VirtualPApplication {
	return legacy.VirtualPApplication{
		MerOrderNo: l.keys.next(), CardBIN: "537100", FirstRecharge: issuing.NewAmount(10, 0), Email: "x@example.com",
		FirstName: "Dennis", LastName: "Huang", Country: "US", State: "WA",
	}
}

// toFreeze returns a card that is active.
func (l *legacies) toFreeze() issuing.Secret {
	card := l.server.IssueCard(legacytest.ProductVirtualP)
	l.freezing, l.last = append(l.freezing, card), card
	return card
}

// frozen counts the cards of toFreeze that are frozen.
func (l *legacies) frozen() int {
	var active []issuing.Secret
	for _, id := range l.freezing {
		card, err := l.setUp.VirtualP.Card(l.t.Context(), id)
		check(l.t, err)
		if card.Status == legacy.VirtualPCardStatusFrozen {
			l.froze = append(l.froze, id)
		} else {
			active = append(active, id)
		}
	}
	l.freezing = active
	return len(l.froze)
}

func (l *legacies) lists() []List {
	first, last := issuing.NewDate(2026, 3, 1), issuing.NewDate(2026, 4, 30)
	masterE, virtualL := l.server.IssueCard(legacytest.ProductMasterE), l.server.IssueCard(legacytest.ProductVirtualL)
	for _, card := range []issuing.Secret{masterE, l.visaH, virtualL, l.virtual} {
		check(l.t, l.buy(card))
		check(l.t, l.buy(card))
	}
	virtual := legacy.VirtualTransactionsRequest{PageSize: 1, From: first, To: last}
	return []List{
		{"MasterE.Transactions", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(l.client.MasterE.AllTransactions(ctx, legacy.MasterETransactionsRequest{CardNumber: masterE, PageSize: 1}))
		}},
		{"VisaH.Transactions", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			return items(l.client.VisaH.AllTransactions(ctx, legacy.VisaHTransactionsRequest{
				CardNumber: l.visaH, PageSize: 1, From: first, To: last,
			}))
		}},
		{"VirtualL.Transactions", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			req := virtual
			req.CardNumber = virtualL
			return items(l.client.VirtualL.AllTransactions(ctx, req))
		}},
		{"VirtualP.Transactions", Placed, func(ctx context.Context) iter.Seq2[any, error] {
			req := virtual
			req.CardNumber = l.virtual
			return items(l.client.VirtualP.AllTransactions(ctx, req))
		}},
	}
}
