package crash

import (
	"context"
	"fmt"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

var banks = map[string]func(*testing.T) *bank{
	"worldcard": openWorldCard, "legacy": openLegacy, "kazepay": openKazePay, "uqpay": openUQPAY,
	"coshine": openCoshine, "unionpay": openUnionPay,
}

var tellers = map[string]func(setup) (*teller, error){
	"worldcard": tellWorldCard, "legacy": tellLegacy, "kazepay": tellKazePay, "uqpay": tellUQPAY,
	"coshine": tellCoshine, "unionpay": tellUnionPay,
}

var operations = map[string]func() []issuing.Operation{
	"worldcard": worldcard.Operations, "legacy": legacy.Operations, "kazepay": kazepay.Operations,
	"uqpay": uqpay.Operations, "coshine": coshine.Operations, "unionpay": unionpay.Operations,
}

// amount is what each call moves, onto a card that holds opening.
var amount, opening = issuing.NewAmount(20_50, 2), issuing.NewAmount(100, 0)

func key(i int) string { return fmt.Sprintf("call-%04d", i) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cards issues one for each call.
func cards[T any](t *testing.T, issue func() (T, error), text func(T) string) (all []string) {
	t.Helper()
	for range calls {
		card, err := issue()
		check(t, err)
		all = append(all, text(card))
	}
	return all
}

// count is how many of the platform's orders are about a call's card.
func count[T any](orders []T, mine func(T) bool) (n int) {
	for _, o := range orders {
		if mine(o) {
			n++
		}
	}
	return n
}

// times is how often an amount went onto a card.
func times(balance, before issuing.Amount) int {
	gained := balance.Sub(before)
	for n := range 10 {
		if gained.Equal(amount.Mul(issuing.NewAmount(int64(n), 0))) {
			return n
		}
	}
	return -1
}

func revealed(texts map[string]issuing.Secret) map[string]string {
	all := map[string]string{}
	for name, text := range texts {
		all[name] = text.Reveal()
	}
	return all
}

func openWorldCard(t *testing.T) *bank {
	keys, err := worldcardtest.NewKeys()
	check(t, err)
	s, err := worldcardtest.NewServer(worldcardtest.Config{Keys: keys})
	check(t, err)
	texts := revealed(keys.Texts())
	texts["url"], texts["app"] = s.URL(), s.AppID()
	issue := func() (string, error) { return s.IssueCard(worldcard.CardTypeVirtualG, opening) }
	all := cards(t, issue, func(id string) string { return id })
	return &bank{
		platform: s.Platform, close: s.Close, op: "Cards.Deposit", setup: setup{"worldcard", texts, all},
		booked: func(i int) int {
			return count(s.Deposits(), func(d worldcard.Deposit) bool { return d.CardID == all[i] })
		},
		paid: func(i int) int { return times(s.Balance(all[i]), opening) },
	}
}

func tellWorldCard(s setup) (*teller, error) {
	cfg, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: s.Texts["url"], AppID: s.Texts["app"], PrivateKey: issuing.NewSecret(s.Texts["merchant"]),
		AESKey: issuing.NewSecret(s.Texts["aes"]),
	})
	if err != nil {
		return nil, err
	}
	c, err := worldcard.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	request := func(i int) worldcard.DepositRequest {
		return worldcard.DepositRequest{CardRef: worldcard.ByCardID(s.Cards[i]), MerchantTransactionID: key(i), Amount: amount}
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Cards.Deposit(ctx, request(i), opts...)
			return err
		},
		settle: c.Settle, request: func(i int) any { return request(i) },
	}, nil
}

func openLegacy(t *testing.T) *bank {
	s, err := legacytest.NewServer(legacytest.Config{})
	check(t, err)
	issue := func() (issuing.Secret, error) { return s.IssueCard(legacytest.ProductVirtualP), nil }
	all := cards(t, issue, issuing.Secret.Reveal)
	texts := map[string]string{"url": s.URL(), "app": s.ClientConfig().AppKey, "secret": s.AppSecretText().Reveal()}
	before := s.Balance(issuing.NewSecret(all[0]))
	return &bank{
		platform: s.Platform, close: s.Close, op: "Cards.Deposit", setup: setup{"legacy", texts, all},
		booked: func(i int) int {
			return count(s.Deposits(), func(d legacy.Deposit) bool { return d.CardNumber.Reveal() == all[i] })
		},
		paid: func(i int) int { return times(s.Balance(issuing.NewSecret(all[i])), before) },
	}
}

func tellLegacy(s setup) (*teller, error) {
	cfg, err := legacy.ParseConfig(legacy.ConfigTexts{
		BaseURL: s.Texts["url"], AppKey: s.Texts["app"], AppSecret: issuing.NewSecret(s.Texts["secret"]),
	})
	if err != nil {
		return nil, err
	}
	c, err := legacy.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	request := func(i int) legacy.DepositRequest {
		return legacy.DepositRequest{CardNumber: issuing.NewSecret(s.Cards[i]), MerOrderNo: key(i), Amount: amount}
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Cards.Deposit(ctx, request(i), opts...)
			return err
		},
		settle: c.Settle, request: func(i int) any { return request(i) },
	}, nil
}

func openUQPAY(t *testing.T) *bank {
	s, err := uqpaytest.NewServer(uqpaytest.Config{Reserve: issuing.NewAmount(10_000_000, 0), Limits: &uqpaytest.Limits{}})
	check(t, err)
	issue := func() (string, error) { return s.IssueCard(uqpaytest.ProductSingle, opening) }
	all := cards(t, issue, func(id string) string { return id })
	cfg := s.ClientConfig()
	texts := map[string]string{"url": cfg.BaseURL, "client": cfg.ClientID, "key": cfg.APIKey.Reveal()}
	return &bank{
		platform: s.Platform, close: s.Close, op: "Cards.Deposit", setup: setup{"uqpay", texts, all},
		booked: func(i int) int {
			return count(s.Orders(uqpay.OrderTypeCardRecharge), func(o uqpay.Order) bool { return o.CardID == all[i] })
		},
		paid: func(i int) int { return times(s.Balance(all[i]), opening) },
	}
}

func tellUQPAY(s setup) (*teller, error) {
	cfg, err := uqpay.ParseConfig(uqpay.ConfigTexts{
		BaseURL: s.Texts["url"], ClientID: s.Texts["client"], APIKey: issuing.NewSecret(s.Texts["key"]),
	})
	if err != nil {
		return nil, err
	}
	c, err := uqpay.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Cards.Deposit(ctx, s.Cards[i], uqpay.AmountRequest{Amount: amount}, opts...)
			return err
		},
		settle: c.Settle, request: func(int) any { return uqpay.AmountRequest{Amount: amount} },
	}, nil
}

func openKazePay(t *testing.T) *bank {
	keys, err := kazepaytest.NewKeys()
	check(t, err)
	s, err := kazepaytest.NewServer(kazepaytest.Config{Keys: keys})
	check(t, err)
	all := cards(t, func() (string, error) { return s.IssueCard("ada@example.com", opening) }, func(id string) string { return id })
	texts := revealed(keys.Texts())
	public, err := s.PlatformKey().MarshalText()
	check(t, err)
	texts["url"], texts["sysid"], texts["platform"] = s.URL(), s.SysID(), string(public)
	return &bank{
		platform: s.Platform, close: s.Close, op: "Cards.Deposit", setup: setup{"kazepay", texts, all},
		booked: func(i int) int {
			return count(s.Deposits(), func(d kazepaytest.Deposit) bool { return d.CardID == all[i] })
		},
		paid: func(i int) int { return times(s.Balance(all[i]), opening) },
	}
}

// tellKazePay settles with what the merchant's ledger says: each card has one top-up.
func tellKazePay(s setup) (*teller, error) {
	cfg, err := kazepay.ParseConfig(kazepay.ConfigTexts{
		BaseURL: s.Texts["url"], SysID: s.Texts["sysid"], PrivateKey: issuing.NewSecret(s.Texts["merchant"]),
		PlatformKey: s.Texts["platform"],
	})
	if err != nil {
		return nil, err
	}
	c, err := kazepay.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	request := func(i int) kazepay.DepositRequest {
		return kazepay.DepositRequest{CardID: s.Cards[i], Amount: amount}
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Cards.Deposit(ctx, request(i), opts...)
			return err
		},
		settle: c.Settle, request: func(i int) any { return request(i) }, opts: []issuing.SettleOption{issuing.WithOthers()},
	}, nil
}
