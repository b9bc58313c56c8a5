package main

import (
	"cmp"
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// newUQPAY speaks to UQPAY, which recognises every repeat for 24 hours and answers with an
// order's number, by which its end is read.
func newUQPAY(cfg uqpay.Config, secret issuing.Secret, d webhook.Deduper, opts []issuing.Option) (*provider, error) {
	c, err := uqpay.New(cfg, opts...)
	if err != nil {
		return nil, err
	}
	source, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{secret}, Deduper: d})
	if err != nil {
		return nil, err
	}
	card := func(w work) string { return string(w.card.Card) }
	follow := func(ctx context.Context, w work) (evidence, error) {
		o, err := c.Orders.Order(ctx, w.Result.ID)
		if err != nil {
			return evidence{}, err
		}
		return uqpayOrder(o), nil
	}
	status := func(to uqpay.CardStatus) *call {
		one := newCall("Cards.SetStatus",
			plain(func(work) uqpay.SetStatusRequest { return uqpay.SetStatusRequest{Status: to} }),
			func(ctx context.Context, w work, r uqpay.SetStatusRequest, opts ...issuing.CallOption) (*uqpay.CardOrder, error) {
				return c.Cards.SetStatus(ctx, card(w), r, opts...)
			}, uqpayOrdered)
		one.alone, one.follow = true, follow
		return one
	}
	apply := newCall("Cards.Apply", plain(func(w work) uqpay.ApplyRequest {
		h := w.Request.Holder
		return uqpay.ApplyRequest{
			Currency: w.Request.Currency, ProductID: w.Request.Product, Limit: w.Request.Amount,
			CardholderFields: &uqpay.CardholderFields{
				Email: h.Email, FirstName: h.FirstName, LastName: h.LastName, CountryCode: h.Country, PhoneNumber: h.Phone,
			},
		}
	}), method(c.Cards.Apply), uqpayOrdered)
	apply.follow = follow
	deposit := newCall("Cards.Deposit", plain(func(w work) uqpay.AmountRequest {
		return uqpay.AmountRequest{Amount: w.Request.Amount}
	}), func(ctx context.Context, w work, r uqpay.AmountRequest, opts ...issuing.CallOption) (*uqpay.Order, error) {
		return c.Cards.Deposit(ctx, card(w), r, opts...)
	}, uqpayOrder)
	deposit.follow = follow
	return &provider{
		name: "uqpay", rows: byName(uqpay.Operations()), settle: c.Settle, source: source, event: uqpayEvent,
		calls: map[kind]*call{
			kindApply: apply, kindDeposit: deposit,
			kindFreeze: status(uqpay.CardStatusFrozen), kindUnfreeze: status(uqpay.CardStatusActive),
			kindClose: status(uqpay.CardStatusCancelled),
		},
		// The ledger names neither order nor card, so that each of our top-ups is asked for.
		asked: func(ctx context.Context, o *order) (listing, bool, error) { return uqpayListing(ctx, c, o) },
	}, nil
}

func uqpayListing(ctx context.Context, c *uqpay.Client, o *order) (listing, bool, error) {
	if o.PlatformID == "" {
		return listing{}, false, nil
	}
	got, err := c.Orders.Order(ctx, o.PlatformID)
	if err != nil {
		return listing{}, false, err
	}
	return listing{
		key: o.ID, amount: got.Amount, currency: got.Currency, at: got.CreateTime,
		done: uqpayStatus(got.Status) == foundDone, failed: uqpayStatus(got.Status) == foundRefused,
	}, true, nil
}

func uqpayStatus(s uqpay.OrderStatus) finding {
	switch s.Normal() {
	case uqpay.OrderStatusSuccess:
		return foundDone
	case uqpay.OrderStatusFailed:
		return foundRefused
	}
	return foundAccepted
}

func uqpayOrdered(o *uqpay.CardOrder) evidence {
	return evidence{
		finding: uqpayStatus(o.Status), id: o.ID, note: o.Message,
		result: result{Card: text(o.CardID), ID: o.ID, Status: string(o.Status)},
	}
}

func uqpayOrder(o *uqpay.Order) evidence {
	return evidence{
		finding: uqpayStatus(o.Status), id: o.ID, code: o.FailureCode,
		result: result{Card: text(o.CardID), ID: o.ID, Status: string(o.Status)},
	}
}

// uqpayEvent reads callbacks, which are signed with their time and name the order.
func uqpayEvent(ev *webhook.Event) told {
	said := func(base uqpay.EventBase, order, card string) told {
		t := told{platformID: cmp.Or(base.SourceID, order)}
		t.evidence = evidence{finding: foundDone, result: result{Card: text(card)}}
		if base.Failed() {
			t.evidence.finding = foundRefused
		}
		return t
	}
	switch e := ev.Data.(type) {
	case *uqpay.CardCreated:
		return said(e.EventBase, e.OrderID, e.CardID)
	case *uqpay.CardDeposited:
		return said(e.EventBase, e.OrderID, e.CardID)
	case *uqpay.CardStateChanged:
		return said(e.EventBase, "", e.CardID)
	}
	return told{}
}
