package main

import (
	"context"
	"fmt"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// newKazePay speaks to KazePay. It recognises no repeat and looks nothing up by the
// merchant's key: a top-up that was lost is found in a list, and only where every other one
// of the card is known, so that they go one at a time.
func newKazePay(cfg kazepay.Config, d webhook.Deduper, opts []issuing.Option) (*provider, error) {
	c, err := kazepay.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey, SysID: cfg.SysID, Profile: cfg.Profile,
		Zone: cfg.Zone, Deduper: d,
	})
	if err != nil {
		return nil, err
	}
	card := func(w work) string { return string(w.card.Card) }
	change := func(op string, do func(context.Context, string, ...issuing.CallOption) (*kazepay.CardChange, error),
		done kazepay.CardStatus) *call {
		one := newCall(op, plain(card), method(do), func(x *kazepay.CardChange) evidence {
			if x.Status.Normal() == done {
				return evidence{finding: foundDone}
			}
			return evidence{finding: foundAccepted}
		})
		one.alone = true
		return one
	}
	apply := newCall("Virtual.Apply", plain(func(w work) kazepay.ApplyRequest {
		h := w.Request.Holder
		return kazepay.ApplyRequest{Email: h.Email, MobileNumber: h.Phone, MobilePrefix: h.PhonePrefix,
			CardBIN: w.Request.BIN}
	}), method(c.Virtual.Apply), kazepayApplied)
	apply.follow = func(ctx context.Context, w work) (evidence, error) {
		a, err := c.Virtual.Application(ctx, string(w.Result.Card))
		if err != nil {
			return evidence{}, err
		}
		return kazepayApplied(a), nil
	}
	deposit := newCall("Cards.Deposit", plain(func(w work) kazepay.DepositRequest {
		return kazepay.DepositRequest{CardID: card(w), Amount: w.Request.Amount, Currency: w.Request.Currency}
	}), method(c.Cards.Deposit), func(d *kazepay.Deposit) evidence {
		return evidence{finding: kazepayStatus(d.Status), id: d.ID, result: result{ID: d.ID, Status: string(d.Status)}}
	})
	deposit.alone, deposit.lists = true, true
	deposit.follow = func(ctx context.Context, w work) (evidence, error) { return kazepayDeposit(ctx, c, w) }
	return &provider{
		name: "kazepay", rows: byName(kazepay.Operations()), settle: c.Settle, source: source, event: kazepayEvent,
		calls: map[kind]*call{
			kindApply: apply, kindDeposit: deposit,
			kindFreeze:   change("Cards.Freeze", c.Cards.Freeze, kazepay.CardStatusInactive),
			kindUnfreeze: change("Cards.Unfreeze", c.Cards.Unfreeze, kazepay.CardStatusActive),
			kindClose:    change("Cards.Close", c.Cards.Close, kazepay.CardStatusClosed),
		},
		listed: func(ctx context.Context, day period, cards iter.Seq2[*order, error]) iter.Seq2[listing, error] {
			return eachCard(cards, func(o *order) iter.Seq2[listing, error] {
				request := kazepay.TransactionsRequest{CardID: string(o.Result.Card), From: day.from, To: day.to, PageSize: 100}
				return listings(c.Cards.AllTransactions(ctx, request), func(t *kazepay.Transaction) (listing, bool) {
					return listing{
						id: t.ID, amount: t.CardAmount, currency: t.CardCurrency, at: t.Time,
						done: kazepayStatus(t.Status) == foundDone, failed: kazepayStatus(t.Status) == foundRefused,
					}, t.Type.Normal() == kazepay.TransactionTypeTopUp && day.has(t.Time)
				})
			})
		},
	}, nil
}

func kazepayApplied(a *kazepay.Application) evidence {
	e := evidence{finding: foundAccepted, id: a.ID, result: result{Card: text(a.ID), Status: string(a.Status)}}
	switch a.Status.Normal() {
	case kazepay.CardStatusActive, kazepay.CardStatusTBA:
		e.finding = foundDone
	case kazepay.CardStatusAuditNotPass:
		e.finding = foundRefused
	}
	return e
}

func kazepayStatus(s kazepay.TransactionStatus) finding {
	switch s.Normal() {
	case kazepay.TransactionStatusSuccess, kazepay.TransactionStatusApproved, kazepay.TransactionStatusPosted:
		return foundDone
	case kazepay.TransactionStatusFailed, kazepay.TransactionStatusDeclined, kazepay.TransactionStatusVoid:
		return foundRefused
	}
	return foundAccepted
}

// kazepayDeposit reads a top-up that was accepted, by KazePay's id.
func kazepayDeposit(ctx context.Context, c *kazepay.Client, w work) (evidence, error) {
	request := kazepay.TransactionsRequest{CardID: string(w.card.Card), TransactionID: w.Result.ID}
	for t, err := range c.Cards.AllTransactions(ctx, request) {
		if err != nil {
			return evidence{}, err
		}
		if t.ID == w.Result.ID {
			return evidence{finding: kazepayStatus(t.Status), result: result{Status: string(t.Status)}}, nil
		}
	}
	return evidence{}, fmt.Errorf("top-up %s is not listed yet", w.Result.ID)
}

// kazepayEvent reads callbacks. On a top-up's alone no money is booked, as KazePay's page
// wants it; those of a card that no order names yet wait.
func kazepayEvent(ev *webhook.Event) told {
	switch e := ev.Data.(type) {
	case *kazepay.CardDeposited:
		if e.TransactionID == "" {
			return told{cardID: e.CardID, kinds: []kind{kindDeposit}, ask: true}
		}
		return told{platformID: e.TransactionID, kinds: []kind{kindDeposit}, ask: true}
	case *kazepay.CardClosed:
		return told{cardID: e.CardID, kinds: []kind{kindClose}, ask: true}
	case *kazepay.CardStateChanged:
		return told{cardID: e.CardID, kinds: []kind{kindApply, kindFreeze, kindUnfreeze, kindClose}, ask: true}
	}
	return told{}
}
