package main

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// newLegacy speaks to WorldCard's previous system: cards of the product VIRTUAL-P, whose
// handle is as secret as a number.
func newLegacy(cfg legacy.Config, d webhook.Deduper, opts []issuing.Option) (*provider, error) {
	c, err := legacy.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := legacy.NewCallbacks(legacy.CallbackConfig{
		AppKey: cfg.AppKey, AppSecrets: []sign.AppSecret{cfg.AppSecret}, Deduper: d,
	})
	if err != nil {
		return nil, err
	}
	number := func(w work) issuing.Secret { return w.card.Card.secret() }
	change := func(op string, do func(context.Context, issuing.Secret, ...issuing.CallOption) (*legacy.CardChange,
		error)) *call {
		one := newCall(op, plain(number), method(do),
			func(*legacy.CardChange) evidence { return evidence{finding: foundDone} })
		one.alone, one.reference = true, number
		return one
	}
	return &provider{
		name: "legacy", rows: byName(legacy.Operations()), settle: c.Settle, source: source, event: legacyEvent,
		calls: map[kind]*call{
			kindApply: newCall("Applications.ApplyVirtualP", plain(func(w work) legacy.VirtualPApplication {
				h := w.Request.Holder
				return legacy.VirtualPApplication{
					MerOrderNo: w.ID, CardBIN: w.Request.BIN, FirstRecharge: w.Request.Amount,
					Email: h.Email, FirstName: h.FirstName, LastName: h.LastName,
				}
			}), method(c.Applications.ApplyVirtualP), legacyApplied),
			kindDeposit: newCall("Cards.Deposit", plain(func(w work) legacy.DepositRequest {
				return legacy.DepositRequest{CardNumber: number(w), MerOrderNo: w.ID, Amount: w.Request.Amount}
			}), method(c.Cards.Deposit), legacyDeposited),
			kindFreeze:   change("VirtualP.Freeze", c.VirtualP.Freeze),
			kindUnfreeze: change("VirtualP.Unfreeze", c.VirtualP.Unfreeze),
			kindClose:    change("VirtualP.Close", c.VirtualP.Close),
		},
		// There is no list of top-ups: each of ours is asked for, so that none of theirs is missed
		// that we know of, and nothing tells of one that we do not.
		listed: nil,
		asked: func(ctx context.Context, o *order) (listing, bool, error) {
			d, err := c.Cards.DepositByKey(ctx, o.ID)
			if errors.Is(err, issuing.ErrNotFound) {
				return listing{}, false, nil
			}
			if err != nil {
				return listing{}, false, err
			}
			return listing{
				key: d.MerOrderNo, amount: d.Amount, currency: o.Request.Currency, at: d.CreateTime,
				done: d.Status == legacy.OrderStatusSuccess, failed: d.Status == legacy.OrderStatusFailed,
			}, true, nil
		},
	}, nil
}

func legacyStatus(s legacy.OrderStatus) finding {
	switch s {
	case legacy.OrderStatusSuccess:
		return foundDone
	case legacy.OrderStatusFailed:
		return foundRefused
	}
	return foundAccepted
}

func legacyApplied(a *legacy.Application) evidence {
	return evidence{
		finding: legacyStatus(a.Status), id: a.OrderNo, note: a.FailReason,
		result: result{Card: text(a.CardNumber.Reveal()), Status: a.Status.String()},
	}
}

func legacyDeposited(d *legacy.Deposit) evidence {
	return evidence{finding: legacyStatus(d.Status), id: d.OrderNo, result: result{ID: d.OrderNo,
		Status: d.Status.String()}}
}

// legacyEvent reads callbacks, which anybody who has seen one can send again: they have the
// platform asked, and prove nothing.
func legacyEvent(ev *webhook.Event) told {
	switch e := ev.Data.(type) {
	case *legacy.ApplicationCompleted:
		return told{order: e.MerOrderNo, ask: true}
	case *legacy.CardDeposited:
		return told{order: e.MerOrderNo, ask: true}
	}
	return told{}
}
