package worldcardtest

import (
	"cmp"
	"errors"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// deposit is one top-up.
type deposit struct {
	id, key string
	card    *card
	amount  issuing.Amount
	status  worldcard.DepositStatus
	created time.Time
	ended   time.Time
	reason  string
}

// account holds the money of a top-up that is under way.
func (d *deposit) account() ledger.Account { return account("deposit", d.id) }

func (s *Server) depositFields(d *deposit) map[string]any {
	return map[string]any{
		"transaction_id": d.id, "card_id": d.card.id, "merchant_card_id": d.card.key,
		"merchant_transaction_id": d.key, "amount": d.amount.String(), "currency": currency,
		"status": d.status, "created_at": s.stamp(d.created),
	}
}

func (s *Server) deposit(c *card, f fields) (any, *problem) {
	key := f.Text("merchant_transaction_id")
	amount, badAmount := readAmount(f, "amount")
	supported := f.Text("currency") == "" || f.Text("currency") == string(currency)
	if failed := cmp.Or(
		need(f, "merchant_transaction_id"), ensure(s.deposits[key] == nil, worldcard.CodeDuplicateOrder, ""),
		badAmount, ensure(supported, worldcard.CodeFieldValue, "currency is not supported"),
		ensure(c.status == worldcard.CardStatusActive, worldcard.CodeCardDisabled, ""),
	); failed != nil {
		return nil, failed
	}
	d := &deposit{
		id: s.seq.ID(10), key: key, card: c, amount: amount,
		status: worldcard.DepositStatusProcessing, created: s.now(),
	}
	if s.book.Transfer(reserve, d.account(), amount, d.id) != nil {
		return fail(worldcard.CodeInsufficientReserve, "")
	}
	s.deposits[key] = d
	s.ordered = append(s.ordered, d)
	s.later(func() { s.finishDeposit(d) })
	return s.depositFields(d), nil
}

// finishDeposit credits the card, or gives the money back when a test or the
// card's end wants the top-up to fail.
func (s *Server) finishDeposit(d *deposit) {
	d.ended = s.now()
	d.reason, _ = s.failures.Take(opDeposit)
	if d.reason == "" && d.card.status != worldcard.CardStatusActive && d.card.status != worldcard.CardStatusFrozen {
		d.reason = "card is closed"
	}
	if d.reason != "" {
		_ = s.book.Transfer(d.account(), reserve, d.amount, d.id)
		d.status = worldcard.DepositStatusFailed
	} else {
		_ = s.book.Transfer(d.account(), d.card.available(), d.amount, d.id)
		d.status = worldcard.DepositStatusSuccess
	}
	s.pushDeposit(d)
}

func (s *Server) depositList(c *card, f fields) (any, *problem) {
	// The key is an index; a list without it shows the latest first.
	candidates := s.ordered
	if key := f.Text("merchant_transaction_id"); key != "" {
		candidates = nil
		if d := s.deposits[key]; d != nil {
			candidates = []*deposit{d}
		}
	}
	var list []map[string]any
	for _, d := range slices.Backward(candidates) {
		if d.card == c && (f.Text("transaction_id") == "" || f.Text("transaction_id") == d.id) {
			list = append(list, s.depositFields(d))
		}
	}
	return paged(f, list)
}

// Deposits returns all top-ups in the order in which they were received.
func (s *Server) Deposits() []worldcard.Deposit {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]worldcard.Deposit, len(s.ordered))
	for i, d := range s.ordered {
		out[i] = worldcard.Deposit{
			ID: d.id, CardID: d.card.id, MerchantCardID: d.card.key, MerchantTransactionID: d.key,
			Amount: d.amount, Currency: currency, Status: d.status, CreatedAt: d.created,
		}
	}
	return out
}

// transaction is one spending transaction.
type transaction struct {
	id     string
	typ    worldcard.TransactionType
	status worldcard.TransactionStatus
	amount issuing.Amount
	shop   issuingtest.Merchant
	at     time.Time
	reason string
	open   bool // an authorization that was neither settled nor reversed
}

// Errors of the methods that play the card scheme.
var (
	errNoCard        = errors.New("worldcardtest: no such card")
	errNoTransaction = errors.New("worldcardtest: no such open authorization")
	errAmount        = errors.New("worldcardtest: the amount is not positive")
	errClosed        = errors.New("worldcardtest: the card is closed")
	errNoType        = errors.New("worldcardtest: no such type of card")
	errNoQuota       = errors.New("worldcardtest: no physical card is left in the quota")
)

// Purchase authorizes a purchase on a card: the amount moves from the available
// to the frozen balance. It is declined when the card is not active or the
// balance does not cover it; a declined authorization is recorded as well. Both
// push card_billing. The amount is in USD and positive.
func (s *Server) Purchase(
	cardID string, amount issuing.Amount, shop issuingtest.Merchant,
) (issuingtest.Authorization, error) {
	var reason string
	id, err := s.record(cardID, func(c *card) (*transaction, error) {
		if amount.Sign() <= 0 {
			return nil, errAmount
		}
		t := s.newTransaction(worldcard.TransactionTypeAuthorization, amount, shop)
		switch {
		case c.status != worldcard.CardStatusActive:
			t.reason = "card is not active"
		case s.book.Transfer(c.available(), c.held(), amount, t.id) != nil:
			t.reason = "insufficient balance"
		}
		if reason = t.reason; reason != "" {
			t.status = worldcard.TransactionStatusDeclined
		}
		t.open = reason == ""
		return t, nil
	})
	return issuingtest.Authorization{ID: id, Approved: err == nil && reason == "", Reason: reason}, err
}

// Settle takes the money of an authorization.
func (s *Server) Settle(cardID, transactionID string) (settlementID string, err error) {
	return s.conclude(cardID, transactionID, worldcard.TransactionTypeSettlement, func(*card) ledger.Account {
		return ledger.World(currency)
	})
}

// Reverse gives the money of an authorization back to the card.
func (s *Server) Reverse(cardID, transactionID string) (reversalID string, err error) {
	return s.conclude(cardID, transactionID, worldcard.TransactionTypeReversal, (*card).available)
}

func (s *Server) conclude(
	cardID, transactionID string, typ worldcard.TransactionType, to func(*card) ledger.Account,
) (string, error) {
	return s.record(cardID, func(c *card) (*transaction, error) {
		for _, t := range c.txs {
			if t.id == transactionID && t.open {
				next := s.newTransaction(typ, t.amount, t.shop)
				if err := s.book.Transfer(c.held(), to(c), t.amount, next.id); err != nil {
					return nil, err
				}
				t.open = false
				return next, nil
			}
		}
		return nil, errNoTransaction
	})
}

// Refund credits a card with a shop's refund. A card that has failed or is
// closed takes none.
func (s *Server) Refund(cardID string, amount issuing.Amount, shop issuingtest.Merchant) (refundID string, err error) {
	return s.record(cardID, func(c *card) (*transaction, error) {
		if c.status.Terminal() {
			return nil, errClosed
		}
		t := s.newTransaction(worldcard.TransactionTypeRefund, amount, shop)
		if err := s.book.Transfer(ledger.World(currency), c.available(), amount, t.id); err != nil {
			return nil, err
		}
		return t, nil
	})
}

// record runs one transaction on a card, records and announces it.
func (s *Server) record(cardID string, run func(*card) (*transaction, error)) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return "", errNoCard
	}
	t, err := run(c)
	if t == nil {
		return "", err
	}
	c.txs = append(c.txs, t)
	s.pushBilling(c, t)
	return t.id, err
}

func (s *Server) newTransaction(
	typ worldcard.TransactionType, amount issuing.Amount, shop issuingtest.Merchant,
) *transaction {
	return &transaction{
		id: s.seq.ID(12), typ: typ, status: worldcard.TransactionStatusComplete,
		amount: amount, shop: shop, at: s.now(),
	}
}

func (s *Server) transactionList(c *card, f fields) (any, *problem) {
	var list []map[string]any
	for _, t := range slices.Backward(c.txs) {
		settled, settledCurrency := "", ""
		if t.typ == worldcard.TransactionTypeSettlement {
			settled, settledCurrency = t.amount.String(), string(currency)
		}
		list = append(list, map[string]any{
			"transaction_id": t.id, "card_id": c.id, "merchant_card_id": c.key,
			"transaction_amount": t.amount.String(), "transaction_currency": currency,
			"billing_amount": t.amount.String(), "billing_currency": currency,
			"settlement_amount": settled, "settlement_currency": settledCurrency,
			"transaction_type": t.typ, "transaction_status": t.status, "transaction_time": s.stamp(t.at),
			"merchant_name": t.shop.Name, "merchant_id": t.shop.ID, "merchant_category_code": t.shop.MCC,
			"merchant_country": t.shop.Country, "merchant_city": t.shop.City,
		})
	}
	return paged(f, list)
}
