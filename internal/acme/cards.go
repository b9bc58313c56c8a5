package acme

import (
	"context"
	"iter"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/pages"
)

// CardService holds Acme's operations. Amounts are US dollars.
type CardService struct{ c *Client }

// CardRef names a card.
type CardRef struct {
	CardID string `json:"card_id"` // Acme's, at most 32 characters
}

func (r CardRef) key() string                { return r.CardID }
func (r CardRef) validate(p *check.Problems) { p.Text("card_id", r.CardID, 32) }

// CardStatus is the state of a card.
type CardStatus string

// States of a card.
const (
	CardStatusActive CardStatus = "active"
	CardStatusFrozen CardStatus = "frozen" // takes no deposits
)

// Card is a card.
type Card struct {
	CardRef
	Status  CardStatus     `json:"status"`
	Balance issuing.Amount `json:"balance"`
}

// Card reads a card. Safety: read.
func (s *CardService) Card(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*Card, error) {
	return call[Card](ctx, s.c, opCard, card, nil, opts)
}

// Freeze blocks a card. Safety: checked; it is read before it is frozen again.
func (s *CardService) Freeze(ctx context.Context, card CardRef, opts ...issuing.CallOption) (*Card, error) {
	return call(ctx, s.c, opFreeze, card, func(ctx context.Context) (*Card, error) {
		found, err := s.Card(ctx, card)
		if err != nil || found.Status != CardStatusFrozen {
			return nil, err
		}
		return found, nil
	}, opts)
}

// SetPINRequest gives a card a PIN.
type SetPINRequest struct {
	CardRef
	PIN issuing.Secret `json:"pin"` // four to six digits
}

func (r SetPINRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	p.Digits("pin", r.PIN, 4, 6)
}

// SetPIN gives a card a PIN. Safety: once; setting the same again settles it.
func (s *CardService) SetPIN(ctx context.Context, req SetPINRequest, opts ...issuing.CallOption) (*Card, error) {
	return call[Card](ctx, s.c, opSetPIN, req, nil, opts)
}

// Deposit is a top-up, as it is asked for and as it was carried out.
type Deposit struct {
	CardRef
	OrderNo string         `json:"order_no"` // the merchant's own, at most 32 characters, used once
	Amount  issuing.Amount `json:"amount"`   // at most two decimals
}

func (d Deposit) key() string { return d.OrderNo }
func (d Deposit) validate(p *check.Problems) {
	d.CardRef.validate(p)
	p.Text("order_no", d.OrderNo, 32)
	p.Amount("amount", d.Amount, 2)
}

// Deposit tops a card up. Safety: keyed by OrderNo, and looked up in the list.
func (s *CardService) Deposit(ctx context.Context, req Deposit, opts ...issuing.CallOption) (*Deposit, error) {
	return call(ctx, s.c, opDeposit, req, func(ctx context.Context) (*Deposit, error) {
		for d, err := range s.AllDeposits(ctx, req.CardRef) {
			if err == nil && d.OrderNo == req.OrderNo && !d.Amount.Equal(req.Amount) {
				err = errOther
			}
			if err != nil || d.OrderNo == req.OrderNo {
				return d, err
			}
		}
		return nil, nil
	}, opts)
}

// DepositsRequest selects a page of a card's deposits.
type DepositsRequest struct {
	CardRef
	Page int `json:"page"` // from 1
}

// DepositPage is a part of a list, the oldest first.
type DepositPage struct {
	Items  []Deposit `json:"items"`
	Number int       `json:"page"`
	Size   int       `json:"size"`
	Total  int       `json:"total"` // deposits in all pages
}

// Deposits returns a page of a card's deposits. Safety: read.
func (s *CardService) Deposits(
	ctx context.Context, req DepositsRequest, opts ...issuing.CallOption,
) (*DepositPage, error) {
	return call[DepositPage](ctx, s.c, opDeposits, req, nil, opts)
}

// AllDeposits iterates over a card's deposits.
func (s *CardService) AllDeposits(
	ctx context.Context, card CardRef, opts ...issuing.CallOption,
) iter.Seq2[*Deposit, error] {
	return pages.Numbered(1, func(number int) (pages.Page[Deposit], error) {
		page, err := s.Deposits(ctx, DepositsRequest{card, number}, opts...)
		if err != nil {
			return pages.Page[Deposit]{}, err
		}
		return pages.Page[Deposit](*page), nil
	})
}
