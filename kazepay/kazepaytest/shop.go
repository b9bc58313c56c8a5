package kazepaytest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// Price is what a purchase costs, for [Server.PurchaseAt].
type Price struct {
	Amount       issuing.Amount   // in USD, positive
	Fee          issuing.Amount   // in USD, on top of Amount; unset is none
	ShopCurrency issuing.Currency // the shop's; empty is USD
	ShopAmount   issuing.Amount   // what the shop asks for, in its currency; unset is Amount
}

// Purchase asks for a card's money in a shop: the amount, in USD and positive, moves
// from the available to the held balance. It is declined when the card is not active
// or does not hold the amount. Either way it is recorded and pushed
// (TRANSACTION_CREATED). Of the shop, KazePay shows the name.
func (s *Server) Purchase(
	cardID string, amount issuing.Amount, shop issuingtest.Merchant,
) (issuingtest.Authorization, error) {
	return s.PurchaseAt(cardID, Price{Amount: amount}, shop)
}

// PurchaseAt is [Server.Purchase] with a fee, or in a shop abroad.
func (s *Server) PurchaseAt(cardID string, p Price, shop issuingtest.Merchant) (issuingtest.Authorization, error) {
	p.ShopCurrency = cmp.Or(p.ShopCurrency, currency)
	if p.ShopAmount.IsZero() {
		p.ShopAmount = p.Amount
	}
	if p.Fee.IsZero() {
		p.Fee = issuing.NewAmount(0, 2)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	switch {
	case c == nil:
		return issuingtest.Authorization{}, errNoCard
	case p.Amount.Sign() <= 0 || p.ShopAmount.Sign() <= 0 || p.Fee.Sign() < 0:
		return issuingtest.Authorization{}, errAmount
	}
	t := &transaction{
		id: s.ids.UUID(), merchantName: shop.Name, at: s.now(), amount: p.Amount.Neg(),
		shopAmount: p.ShopAmount.Neg(), shopCurrency: p.ShopCurrency, fee: p.Fee.Neg(),
		status: "Pending", typ: "Expenditure", respCode: kazepay.RespCodeSuccess, hold: p.Amount.Add(p.Fee),
	}
	switch {
	case c.status != kazepay.CardStatusActive:
		t.respCode = kazepay.RespCodeCardAbnormal
	case s.book.Transfer(c.available(), c.held(), t.hold, t.id) != nil:
		t.respCode = kazepay.RespCodeInsufficientBalance
	}
	answer := issuingtest.Authorization{ID: t.id, Approved: t.respCode == kazepay.RespCodeSuccess}
	if !answer.Approved {
		t.status, t.hold, answer.Reason = "DECLINED", issuing.Amount(""), describe(t.respCode)
	}
	c.transactions = append(c.transactions, t)
	s.pushTransaction(c, t)
	return answer, nil
}

// Settle takes the money of an authorised transaction: it is posted under its id.
func (s *Server) Settle(cardID, transactionID string) error {
	return s.end(cardID, transactionID, "posted", func(*card) ledger.Account { return ledger.World(currency) })
}

// Reverse gives the money of an authorised transaction back to the card, or to
// the merchant when the card is being closed or closed.
func (s *Server) Reverse(cardID, transactionID string) error {
	return s.end(cardID, transactionID, "vodi", (*card).refunded)
}

// refunded holds what comes back to a card: it, or the merchant after its end.
func (c *card) refunded() ledger.Account {
	if c.in(kazepay.CardStatusCloseProcessing, kazepay.CardStatusClosed) == nil {
		return merchant
	}
	return c.available()
}

// end releases the hold of a transaction.
func (s *Server) end(
	cardID, transactionID string, status kazepay.TransactionStatus, to func(*card) ledger.Account,
) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return errNoCard
	}
	i := slices.IndexFunc(c.transactions, func(t *transaction) bool {
		return t.id == transactionID && t.hold.Sign() > 0
	})
	if i < 0 {
		return errors.New("kazepaytest: no authorised transaction of this id")
	}
	t := c.transactions[i]
	if err := s.book.Transfer(c.held(), to(c), t.hold, t.id); err != nil {
		return fmt.Errorf("kazepaytest: %w", err)
	}
	t.hold, t.status = issuing.Amount(""), status
	s.pushTransaction(c, t)
	return nil
}

// Refund has a shop give back an amount, in USD and positive: a transaction of its own
// that credits the card, or the merchant when the card is being closed or closed.
func (s *Server) Refund(cardID string, amount issuing.Amount, shop issuingtest.Merchant) (refundID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	switch {
	case c == nil:
		return "", errNoCard
	case amount.Sign() <= 0:
		return "", errAmount
	}
	t := &transaction{
		id: s.ids.UUID(), merchantName: shop.Name, at: s.now(), amount: amount,
		shopAmount: amount, shopCurrency: currency, fee: issuing.NewAmount(0, 2),
		status: "posted", typ: "refund", respCode: kazepay.RespCodeSuccess,
	}
	if err := s.book.Transfer(ledger.World(currency), c.refunded(), amount, t.id); err != nil {
		return "", fmt.Errorf("kazepaytest: %w", err)
	}
	c.transactions = append(c.transactions, t)
	s.pushTransaction(c, t)
	return t.id, nil
}
