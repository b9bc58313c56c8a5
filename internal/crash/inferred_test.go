package crash

import (
	"context"
	"fmt"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// The providers of which most paths are inferred, and without keys of the merchant's.

func tranID(i int) string { return fmt.Sprintf("CALL%04d", i) }

func openCoshine(t *testing.T) *bank {
	s, err := coshinetest.NewServer(coshinetest.Config{Paths: coshine.InferredPaths()})
	check(t, err)
	c, err := coshine.New(s.ClientConfig())
	check(t, err)
	issue := func() (*coshine.Application, error) {
		req := coshine.ApplyRequest{
			CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCodeSandboxVisa,
			CustomerID: "C1", CustIDType: coshine.CustIDTypeDefault, CustIDNo: issuing.NewSecret("E12345678"),
		}
		card, err := c.Cards.Apply(t.Context(), req)
		if err == nil {
			_, err = c.Cards.Activate(t.Context(), coshine.ActivateRequest{
				CardToken: card.CardToken, ExpiryDate: card.ExpiryDate, CVV2: card.CVV2,
				CustomerID: req.CustomerID, CustIDType: req.CustIDType, CustIDNo: req.CustIDNo,
			})
		}
		return card, err
	}
	all := cards(t, issue, func(card *coshine.Application) string { return string(card.CardToken) })
	texts := map[string]string{"url": s.URL(), "token": s.Token().Reveal(), "id": s.ParticipantID(), "branch": s.TranBranch()}
	return &bank{
		platform: s.Platform, close: s.Close, op: "Cards.Deposit", setup: setup{"coshine", texts, all},
		booked: func(i int) int { return s.Booked(tranID(i)) },
		paid:   func(i int) int { return times(s.Balance(coshine.CardToken(all[i])), issuing.NewAmount(0, 0)) },
	}
}

func tellCoshine(s setup) (*teller, error) {
	cfg, err := coshine.ParseConfig(coshine.ConfigTexts{
		BaseURL: s.Texts["url"], ParticipantID: s.Texts["id"], TranBranch: s.Texts["branch"],
		Token: issuing.NewSecret(s.Texts["token"]),
	})
	if err != nil {
		return nil, err
	}
	cfg.Paths = coshine.InferredPaths()
	c, err := coshine.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	request := func(i int) coshine.TransactionRequest {
		return coshine.TransactionRequest{
			CardRef: coshine.ByToken(coshine.CardToken(s.Cards[i])), Extra: coshine.Extra{coshinetest.FieldAmount: amount},
		}
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Cards.Deposit(ctx, request(i), append(opts, issuing.WithIdempotencyKey(tranID(i)))...)
			return err
		},
		settle: c.Settle, request: func(i int) any { return request(i) },
	}, nil
}

// openUnionPay has tokens for money: a card of the bank's is an issuer's push.
func openUnionPay(t *testing.T) *bank {
	keys, err := unionpaytest.NewKeys()
	check(t, err)
	s, err := unionpaytest.NewServer(unionpaytest.Config{Keys: keys, AuthorizationLife: time.Hour})
	check(t, err)
	pushes := map[string]int{} // the calls that they are for
	issue := func() (issuing.Secret, error) {
		push, err := s.Push(unionpaytest.PushRequest{})
		if err == nil {
			pushes[push.PushID] = len(pushes)
		}
		return push.AuthData, err
	}
	all := cards(t, issue, issuing.Secret.Reveal)
	public, err := keys.UPISign().MarshalText()
	check(t, err)
	texts := map[string]string{
		"url": s.URL(), "app": s.ClientConfig().AppID, "key": keys.SignPEM().Reveal(), "upi": string(public),
	}
	made := func(i int) int {
		return count(s.Tokens(), func(token unionpaytest.TokenRecord) bool { return pushes[token.PushID] == i })
	}
	return &bank{
		platform: s.Platform, close: s.Close, op: "Tokens.Request", setup: setup{"unionpay", texts, all},
		booked: made, paid: made,
	}
}

func tellUnionPay(s setup) (*teller, error) {
	cfg, err := unionpay.ParseConfig(unionpay.ConfigTexts{
		BaseURL: s.Texts["url"], AppID: s.Texts["app"], SignKey: issuing.NewSecret(s.Texts["key"]),
		SignKeyID:   unionpaytest.SignKeyID,
		UPISignKeys: map[string]string{unionpaytest.UPISignKeyID: s.Texts["upi"]}, Paths: unionpay.InferredPaths(),
	})
	if err != nil {
		return nil, err
	}
	c, err := unionpay.New(cfg, options()...)
	if err != nil {
		return nil, err
	}
	request := func(i int) unionpay.TokenRequest {
		return unionpay.TokenRequest{DeviceID: "device", AuthorizationData: issuing.NewSecret(s.Cards[i])}
	}
	return &teller{
		send: func(ctx context.Context, i int, opts ...issuing.CallOption) error {
			_, err := c.Tokens.Request(ctx, request(i), append(opts, issuing.WithIdempotencyKey(fmt.Sprintf("A%028d", i)))...)
			return err
		},
		settle: c.Settle, request: func(i int) any { return request(i) },
	}, nil
}
