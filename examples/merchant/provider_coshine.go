package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// coshineAmount is the member of a load that holds its amount, which Coshine does not publish.
const coshineAmount = "amount"

// newCoshine speaks to Coshine's EastPay. It recognises no repeat that it publishes; its
// histories name the key, so that what is listed is done, and what is not stays open.
func newCoshine(cfg coshine.Config, inbound issuing.Secret, d webhook.Deduper, opts []issuing.Option) (*provider,
	error) {
	c, err := coshine.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{inbound}, Deduper: d})
	if err != nil {
		return nil, err
	}
	token := func(w work) coshine.CardToken { return coshine.CardToken(w.card.Card) }
	change := func(op string, do func(context.Context, work, ...issuing.CallOption) (*coshine.Ack, error)) *call {
		one := newCall(op, plain(func(w work) work { return w }),
			func(ctx context.Context, _ work, w work, opts ...issuing.CallOption) (*coshine.Ack, error) {
				return do(ctx, w, opts...)
			}, func(*coshine.Ack) evidence { return evidence{finding: foundDone} })
		one.alone = true
		return one
	}
	return &provider{
		name: "coshine", rows: byName(coshine.Operations()), settle: c.Settle, source: source, event: coshineEvent,
		answer: coshineFunctions().Handle,
		calls: map[kind]*call{
			kindApply: newCall("Cards.Apply", plain(func(w work) coshine.ApplyRequest {
				h := w.Request.Holder
				return coshine.ApplyRequest{
					CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCode(w.Request.Product),
					CustomerID: h.ID, CustIDType: coshine.CustIDTypeDefault, CustIDNo: h.Document.secret(),
				}
			}), method(c.Cards.Apply), func(a *coshine.Application) evidence {
				return evidence{finding: foundDone, id: a.CardApplyNo, result: result{
					Card: text(a.CardToken), ID: a.CardApplyNo, Expiry: string(a.ExpiryDate), CVV2: text(a.CVV2.Reveal()),
				}}
			}),
			kindActivate: newCall("Cards.Activate", plain(coshineActivation), method(c.Cards.Activate),
				func(*coshine.Ack) evidence { return evidence{finding: foundDone} }),
			kindDeposit: newCall("Cards.Deposit", plain(func(w work) coshine.TransactionRequest {
				return coshine.TransactionRequest{
					CardRef: coshine.ByToken(token(w)),
					Extra:   coshine.Extra{coshineAmount: w.Request.Amount},
				}
			}), method(c.Cards.Deposit), func(*coshine.Transaction) evidence { return evidence{finding: foundDone} }),
			kindFreeze: change("Cards.SetStatus", func(ctx context.Context, w work, opts ...issuing.CallOption) (*coshine.Ack,
				error) {
				return c.Cards.Freeze(ctx, token(w), opts...)
			}),
			kindUnfreeze: change("Cards.SetStatus", func(ctx context.Context, w work,
				opts ...issuing.CallOption) (*coshine.Ack, error) {
				return c.Cards.Unfreeze(ctx, token(w), opts...)
			}),
			kindClose: change("Cards.Close", func(ctx context.Context, w work, opts ...issuing.CallOption) (*coshine.Ack,
				error) {
				return c.Cards.Close(ctx, coshine.CloseRequest{CardToken: token(w)}, opts...)
			}),
		},
		listed: func(ctx context.Context, day period, cards iter.Seq2[*order, error]) iter.Seq2[listing, error] {
			return eachCard(cards, func(o *order) iter.Seq2[listing, error] {
				return coshineHistory(ctx, c, coshine.CardToken(o.Result.Card), day)
			})
		},
	}, nil
}

// coshineActivation proves the card by what its application said.
func coshineActivation(w work) coshine.ActivateRequest {
	h := w.Request.Holder
	return coshine.ActivateRequest{
		CardToken: coshine.CardToken(w.card.Card), ExpiryDate: coshine.Expiry(w.card.Expiry), CVV2: w.card.CVV2.secret(),
		CustomerID: h.ID, CustIDType: coshine.CustIDTypeDefault, CustIDNo: h.Document.secret(),
	}
}

// coshineHistory reads a card's loads of a day from its history. The daily files say the
// same; reconcileFile reads them.
func coshineHistory(ctx context.Context, c *coshine.Client, token coshine.CardToken, day period) iter.Seq2[listing,
	error] {
	return func(yield func(listing, error) bool) {
		history, err := c.Cards.Transactions(ctx, coshine.CardRequest{CardToken: token})
		if err != nil {
			yield(listing{}, err)
			return
		}
		for _, record := range history.Records {
			var line struct {
				TranID   string           `json:"tranId"`
				Type     string           `json:"tranType"`
				Amount   issuing.Amount   `json:"amount"`
				Currency issuing.Currency `json:"currency"`
				Date     string           `json:"tranDate"`
			}
			if err := json.Unmarshal([]byte(record.Raw.Reveal()), &line); err != nil {
				yield(listing{}, fmt.Errorf("coshine: a line of a history: %w", err))
				return
			}
			// Only the date is told: noon lies on no edge of the day.
			at, err := time.Parse("20060102", line.Date)
			if at = at.Add(12 * time.Hour); err != nil || !day.has(at) || line.Type != "" &&
				line.Type != string(coshine.APILoadFund) {
				continue
			}
			if !yield(listing{key: line.TranID, amount: line.Amount, currency: line.Currency, at: at, done: true}, nil) {
				return
			}
		}
	}
}

// coshineFunctions answer EastPay's questions. This service issues nothing that it would be
// asked to approve; what it has no function for is answered with 404.
func coshineFunctions() coshine.Functions {
	return coshine.Functions{
		TokenStateNotification: func(context.Context, *coshine.TokenStateNotification) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
		AuthorizationNotification: func(context.Context, *coshine.AuthorizationNotification) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
	}
}

// coshineEvent reads inbound requests, of which none is about an order.
func coshineEvent(*webhook.Event) told { return told{} }
