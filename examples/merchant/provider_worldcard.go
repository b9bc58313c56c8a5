package main

import (
	"context"
	"iter"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// newWorldCard speaks to WorldCard: virtual cards of the type that needs an e-mail address.
func newWorldCard(cfg worldcard.Config, platform []sign.PublicKey, d webhook.Deduper,
	opts []issuing.Option) (*provider, error) {
	c, err := worldcard.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := worldcard.NewCallbacks(worldcard.CallbackConfig{
		PlatformKeys: platform, AESKey: cfg.AESKey, AppID: cfg.AppID, Deduper: d,
	})
	if err != nil {
		return nil, err
	}
	ref := func(w work) worldcard.CardRef { return worldcard.ByCardID(string(w.card.Card)) }
	change := func(op string, do func(context.Context, worldcard.CardRef, ...issuing.CallOption) (*worldcard.CardChange,
		error),
		done worldcard.CardStatus) *call {
		one := newCall(op, plain(ref), method(do), func(x *worldcard.CardChange) evidence {
			if x.Status == done {
				return evidence{finding: foundDone}
			}
			return evidence{finding: foundAccepted}
		})
		one.alone = true
		return one
	}
	return &provider{
		name: "worldcard", rows: byName(worldcard.Operations()), settle: c.Settle, source: source, event: worldcardEvent,
		calls: map[kind]*call{
			kindApply: newCall("Virtual.Apply", plain(func(w work) worldcard.ApplyRequest {
				return worldcard.ApplyRequest{
					MerchantCardID: w.ID, CardType: worldcard.CardType(w.Request.Product), CardBINID: w.Request.BIN,
					FirstRechargeAmount: w.Request.Amount, Email: w.Request.Holder.Email,
				}
			}), method(c.Virtual.Apply), worldcardApplied),
			kindDeposit: newCall("Cards.Deposit", plain(func(w work) worldcard.DepositRequest {
				return worldcard.DepositRequest{
					CardRef: ref(w), MerchantTransactionID: w.ID, Amount: w.Request.Amount, Currency: w.Request.Currency,
				}
			}), method(c.Cards.Deposit), worldcardDeposited),
			kindFreeze:   change("Cards.Freeze", c.Cards.Freeze, worldcard.CardStatusFrozen),
			kindUnfreeze: change("Cards.Unfreeze", c.Cards.Unfreeze, worldcard.CardStatusActive),
			kindClose:    change("Cards.Close", c.Cards.Close, worldcard.CardStatusClosed),
		},
		listed: func(ctx context.Context, day period, cards iter.Seq2[*order, error]) iter.Seq2[listing, error] {
			return eachCard(cards, func(card *order) iter.Seq2[listing, error] {
				request := worldcard.DepositsRequest{CardRef: worldcard.ByCardID(string(card.Result.Card)), PageSize: 100}
				return listings(c.Cards.AllDeposits(ctx, request), func(d *worldcard.Deposit) (listing, bool) {
					return listing{
						key: d.MerchantTransactionID, amount: d.Amount, currency: d.Currency, at: d.CreatedAt,
						done: d.Status == worldcard.DepositStatusSuccess, failed: d.Status == worldcard.DepositStatusFailed,
					}, day.has(d.CreatedAt)
				})
			})
		},
	}, nil
}

func worldcardApplied(a *worldcard.Application) evidence {
	e := evidence{finding: foundAccepted, id: a.ID, result: result{Card: text(a.ID), Status: a.Status.String()}}
	switch a.Status {
	case worldcard.CardStatusActive:
		e.finding = foundDone
	case worldcard.CardStatusFailed:
		e.finding = foundRefused
	}
	return e
}

func worldcardDeposited(d *worldcard.Deposit) evidence {
	e := evidence{finding: foundAccepted, id: d.ID, result: result{ID: d.ID, Status: d.Status.String()}}
	switch d.Status {
	case worldcard.DepositStatusSuccess:
		e.finding = foundDone
	case worldcard.DepositStatusFailed:
		e.finding = foundRefused
	}
	return e
}

// worldcardEvent reads callbacks. Of a top-up WorldCard's own pages number the status in two
// ways, so that it is asked for.
func worldcardEvent(ev *webhook.Event) told {
	switch e := ev.Data.(type) {
	case *worldcard.CardOpened:
		t := told{order: e.MerchantCardID, evidence: evidence{id: e.CardID, result: result{Card: text(e.CardID)}}}
		switch e.Status {
		case worldcard.OpenEventStatusSuccess:
			t.evidence.finding = foundDone
		case worldcard.OpenEventStatusFailed:
			t.evidence.finding, t.evidence.note = foundRefused, e.FailureReason
		}
		return t
	case *worldcard.CardDeposited:
		return told{order: e.MerchantTransactionID, ask: true}
	case *worldcard.CardClosed:
		return told{cardID: e.CardID, kinds: []kind{kindClose}, evidence: evidence{finding: foundDone}}
	case *worldcard.CardStateChanged:
		state := strings.ToLower(string(e.CardState.Normal()))
		kinds := map[string]kind{"frozen": kindFreeze, "activated": kindUnfreeze, "cancelled": kindClose}
		if k, ok := kinds[state]; ok {
			return told{cardID: e.CardID, kinds: []kind{k}, ask: true} // it may tell of an earlier change
		}
	}
	return told{}
}
