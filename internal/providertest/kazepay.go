package providertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// KazePay is provider kazepay.
var KazePay = Provider{Name: "kazepay", Open: openKazePay}

// kazepayKeys are shared by all platforms: RSA keys are slow to make.
var kazepayKeys = sync.OnceValues(kazepaytest.NewKeys)

// kazepays is a KazePay platform with cards to try operations on.
type kazepays struct {
	t      testing.TB
	server *kazepaytest.Server
	client *kazepay.Client
	setUp  *kazepay.Client // without the test's options
	users  atomic.Int64
	card   string // its id
	pan    issuing.Secret
}

func openKazePay(t testing.TB, opts ...issuing.Option) *Bench {
	t.Helper()
	keys, err := kazepayKeys()
	check(t, err)
	server, err := kazepaytest.NewServer(kazepaytest.Config{
		Clock: issuingtest.NewClock(epoch), Keys: keys, WebhookURL: nobody,
	})
	check(t, err)
	t.Cleanup(server.Close)
	k := &kazepays{t: t, server: server}
	k.client, err = kazepay.New(server.ClientConfig(), patient(server.Clock(), opts)...)
	check(t, err)
	k.setUp, err = kazepay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	check(t, err)
	k.card = k.active()
	state, _ := server.Card(k.card)
	k.pan = state.CardNumber
	return &Bench{
		Platform: server.Platform, Server: server, Secrets: []string{server.MerchantPrivateKey().Reveal()},
		Do: func(ctx context.Context, out any, opts ...issuing.CallOption) error {
			return k.client.Do(ctx, "queryCard", map[string]string{"cardID": k.card}, out, opts...)
		},
		Refuse: k.refuse, Notify: k.buy, Ops: k.ops(), Lists: k.lists(),
		Settle: k.client.Settle, Operations: kazepay.Operations(),
		Stuck: map[string]func() (*silentKey, Call){
			"sealing": func() (*silentKey, Call) {
				s, key := stuckRSA(k.t)
				return s, k.with(key)
			},
			"opening": func() (*silentKey, Call) {
				s, key := openingOnly(k.t, server.MerchantPrivateKey())
				return s, k.with(key)
			},
		},
	}
}

// with is a read of a client with another key.
func (k *kazepays) with(key sign.PrivateKey) Call {
	cfg := k.server.ClientConfig()
	cfg.PrivateKey = key
	client, err := kazepay.New(cfg)
	check(k.t, err)
	return func(ctx context.Context, opts ...issuing.CallOption) error {
		_, err := client.Cards.CardID(ctx, k.pan, opts...)
		return err
	}
}

// active returns the id of an active card.
func (k *kazepays) active() string {
	n := k.users.Add(1)
	card, err := k.setUp.Virtual.Apply(k.t.Context(), kazepay.ApplyRequest{
		Email: issuing.Personal(fmt.Sprintf("user%d@example.com", n)), MobileNumber: issuing.Personal(fmt.Sprintf("15659%06d", n)),
		MobilePrefix: "60", CardBIN: "222929",
	})
	check(k.t, err)
	k.server.Clock().Advance(time.Second)
	return card.ID
}

// refuse has the next request of an operation refused, in the form that the pages
// show: KazePay does not sign failures.
func (k *kazepays) refuse(op, text string) {
	body, err := json.Marshal(map[string]any{
		"head": map[string]string{"code": "FAKE_REFUSED", "detail": text}, "body": struct{}{},
	})
	check(k.t, err)
	check(k.t, k.server.Inject(op, issuingtest.Refuse(http.StatusOK, string(body))))
}

// buy has a shop charge the card.
func (k *kazepays) buy() error {
	_, err := k.server.Purchase(k.card, issuing.NewAmount(1, 0), issuingtest.Merchant{Name: "shop"})
	return err
}

func (k *kazepays) ops() []Op {
	const pin = "493815"
	setPIN := func(ctx context.Context, pin string, opts ...issuing.CallOption) error {
		return k.client.Physical.SetPIN(ctx, k.card, issuing.NewSecret(pin), opts...)
	}
	return []Op{
		try(Op{Name: "Cards.CardID", Safety: transport.Read, Secrets: []string{k.pan.Reveal()}},
			k.client.Cards.CardID, always(k.pan), issuing.NewSecret("12")),
		try(Op{
			Name: "Cards.Deposit", Safety: transport.Once,
			Done: func() int { return len(k.server.Deposits()) },
		}, k.client.Cards.Deposit, always(k.deposit()), kazepay.DepositRequest{CardID: k.card}),
		try(Op{Name: "Cards.Freeze", Safety: transport.Once, Done: k.frozen, Look: "Cards.Card"},
			k.client.Cards.Freeze, k.active, ""),
		try(Op{Name: "Physical.SetPIN", Safety: transport.Once, Secrets: []string{pin}},
			bare(setPIN), always(pin), "12"),
		try(Op{Name: "KYC.Upload", Safety: transport.Once},
			k.client.KYC.Upload, k.upload, kazepay.UploadRequest{File: bytes.NewBufferString("no picture")}),
	}
}

// deposit is a top-up.
func (k *kazepays) deposit() kazepay.DepositRequest {
	return kazepay.DepositRequest{CardID: k.card, Amount: issuing.NewAmount(20, 0)}
}

// upload is a picture of which a client can read only once.
func (k *kazepays) upload() kazepay.UploadRequest {
	picture := bytes.NewBufferString("\xff\xd8\xff\xe0")
	picture.Write(bytes.Repeat([]byte{0x55}, 1000))
	return kazepay.UploadRequest{Email: "user1@example.com", MobileNumber: "15659000001", MobilePrefix: "60", File: picture}
}

// frozen counts frozen cards.
func (k *kazepays) frozen() int {
	n := 0
	for _, id := range k.server.Cards() {
		if card, _ := k.server.Card(id); card.Status == kazepay.CardStatusInactive {
			n++
		}
	}
	return n
}

func (k *kazepays) lists() []List {
	for range 2 {
		_, err := k.setUp.Cards.Deposit(k.t.Context(), k.deposit())
		check(k.t, err)
	}
	k.server.Clock().Advance(time.Second)
	return []List{{"Cards.Transactions", Placed, func(ctx context.Context) iter.Seq2[any, error] {
		return items(k.client.Cards.AllTransactions(ctx, kazepay.TransactionsRequest{CardID: k.card, PageSize: 1}))
	}}}
}
