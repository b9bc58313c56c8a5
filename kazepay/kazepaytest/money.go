package kazepaytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// currency is the only one that the pages describe.
const currency = issuing.USD

// merchant is the account of the merchant's balance.
var merchant = ledger.Account{Kind: "merchant", Currency: currency}

// topUp is one cardRecharge.
type topUp struct {
	id, requestNo string
	card          *card
	amount        issuing.Amount
	status        kazepay.TransactionStatus
	row           *transaction
}

// account holds the money of a top-up that is under way.
func (t *topUp) account() ledger.Account {
	return ledger.Account{Kind: "topup", Owner: t.id, Currency: currency}
}

// transaction is one row of a card.
type transaction struct {
	id, merchantName   string
	at                 time.Time
	amount, shopAmount issuing.Amount // negative for spending
	fee                issuing.Amount // negative
	shopCurrency       issuing.Currency
	status             kazepay.TransactionStatus
	typ                kazepay.TransactionType
	respCode           kazepay.RespCode
	topUp              bool
	hold               issuing.Amount // held by an authorisation that is open
}

// needCurrency checks the currency, which is marked required.
func needCurrency(f fields) *problem {
	if failed := f.need("currency"); failed != nil {
		return failed
	}
	if f.text("currency") != string(currency) {
		return badField("currency must be USD")
	}
	return nil
}

func (s *Server) cardBalance(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed == nil {
		failed = needCurrency(f)
	}
	if failed != nil {
		return nil, failed
	}
	return map[string]any{
		"cardID": c.id, "currency": string(currency),
		"avaBalance": number(s.book.Balance(c.available())), "blockBalance": number(s.book.Balance(c.held())),
	}, nil
}

func (s *Server) recharge(f fields, m *message) (any, *problem) {
	c, failed := s.find(f)
	if failed == nil {
		failed = needCurrency(f)
	}
	if failed != nil {
		return nil, failed
	}
	digits, ok := f["amount"].(json.Number)
	if !ok {
		return nil, badField("amount is required and must be a number")
	}
	amount, err := issuing.ParseAmount(digits.String())
	if err != nil || amount.Sign() <= 0 || amount.Scale() > 6 {
		return nil, badField("amount must be greater than zero")
	}
	if c.status != kazepay.CardStatusActive && (c.status != kazepay.CardStatusTBA || c.physical) {
		return nil, badState("the card is " + string(c.status))
	}
	t := &topUp{
		id: "LM" + s.nextID(19), requestNo: m.head.RequestNo, card: c, amount: amount,
		status: kazepay.TransactionStatusPending,
	}
	if s.book.Transfer(merchant, t.account(), amount, t.id) != nil {
		return nil, &problem{"FAKE_BALANCE_ERROR", "212", "balance not enough"}
	}
	t.row = &transaction{
		id: t.id, at: s.now(), amount: amount, shopAmount: amount, shopCurrency: currency,
		fee: issuing.NewAmount(0, 2), status: "Pending", typ: "topup", respCode: kazepay.RespSuccess, topUp: true,
	}
	c.transactions = append(c.transactions, t.row)
	s.topUps = append(s.topUps, t)
	s.clock.After(s.cfg.Delay, func() { s.finishTopUp(t) })
	return map[string]any{
		"cardID": c.id, "currency": string(currency), "transactionId": t.id,
		"transactionStatus": string(t.status), "sendAmount": text(amount),
	}, nil
}

// finishTopUp credits the card, or gives the money back when a test or the
// card's end wants the top-up to fail. The first one activates a virtual card.
func (s *Server) finishTopUp(t *topUp) {
	s.mu.Lock()
	defer s.mu.Unlock()
	usable := t.card.status == kazepay.CardStatusActive || t.card.status == kazepay.CardStatusInactive ||
		t.card.status == kazepay.CardStatusTBA
	if s.failTopUps > 0 || !usable {
		s.failTopUps = max(s.failTopUps-1, 0)
		_ = s.book.Transfer(t.account(), merchant, t.amount, t.id)
		t.status, t.row.status = kazepay.TransactionStatusFailed, "FAILED"
	} else {
		_ = s.book.Transfer(t.account(), t.card.available(), t.amount, t.id)
		t.status, t.row.status = kazepay.TransactionStatusSuccess, "SUCCESS"
		if t.card.status == kazepay.CardStatusTBA {
			s.move(t.card, kazepay.CardStatusActive, "")
		}
	}
	s.pushTopUp(t)
}

// TopUp is a cardRecharge as the platform has it.
type TopUp struct {
	RequestNo     string                    // of the request
	TransactionID string                    // KazePay's id
	CardID        string                    // KazePay's card id
	Amount        issuing.Amount            // asked for
	Status        kazepay.TransactionStatus // PENDING, SUCCESS or FAILED
}

// TopUps returns all top-ups in the order in which they were received.
func (s *Server) TopUps() []TopUp {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]TopUp, len(s.topUps))
	for i, t := range s.topUps {
		out[i] = TopUp{RequestNo: t.requestNo, TransactionID: t.id, CardID: t.card.id, Amount: t.amount, Status: t.status}
	}
	return out
}

func (s *Server) queryTransactions(f fields, _ *message) (any, *problem) {
	c, failed := s.find(f)
	if failed != nil {
		return nil, failed
	}
	if failed := f.optional("transactionId"); failed != nil {
		return nil, failed
	}
	size, failed := f.integer("pageSize", 1, 100, 10)
	if failed != nil {
		return nil, failed
	}
	page, failed := f.integer("pageNum", 1, 10, 1)
	if failed != nil {
		return nil, failed
	}
	from, to, failed := s.timeWindow(f)
	if failed != nil {
		return nil, failed
	}
	rows := []map[string]any{}
	for i := len(c.transactions) - 1; i >= 0; i-- {
		t := c.transactions[i]
		switch {
		case t.topUp && s.cfg.Quirks.HideTopUps,
			f.text("transactionId") != "" && f.text("transactionId") != t.id,
			!from.IsZero() && t.at.Before(from), !to.IsZero() && !t.at.Before(to):
			continue
		}
		rows = append(rows, s.row(c, t))
	}
	first := min((page-1)*size, len(rows))
	return rows[first:min(first+size, len(rows))], nil
}

func (s *Server) row(c *card, t *transaction) map[string]any {
	return map[string]any{
		"cardID": c.id, "transactionId": t.id, "transactionTime": s.stamp(t.at),
		"cardCurrency": string(currency), "cardCurrencyAmt": number(t.amount),
		"transCurrency": string(t.shopCurrency), "transCurrencyAmt": number(t.shopAmount),
		"feeCurrency": string(currency), "fee": number(t.fee), "transStatus": string(t.status),
		"transType": string(t.typ), "merchantName": t.merchantName,
		"respCode": string(t.respCode), "respCodeDesc": describe(t.respCode),
	}
}

// describe returns the text of a response code.
func describe(c kazepay.RespCode) string {
	if c == kazepay.RespSuccess {
		return "SUCCESS"
	}
	return c.Meaning()
}

// Spending is what a shop asks for.
type Spending struct {
	MerchantName string           // the shop
	Amount       issuing.Amount   // in USD, positive
	Fee          issuing.Amount   // in USD, positive; unset is none
	ShopCurrency issuing.Currency // empty is USD
	ShopAmount   issuing.Amount   // in ShopCurrency, positive; unset is Amount
}

// Purchase authorises spending and returns the id of its transaction, which is
// declined when the card is not active or does not hold amount and fee.
func (s *Server) Purchase(cardID string, p Spending) (transactionID string, approved bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil || p.Amount.Sign() <= 0 || p.Fee.Sign() < 0 {
		return "", false, errors.New("kazepaytest: no such card, or no positive amount")
	}
	if p.ShopCurrency == "" {
		p.ShopCurrency = currency
	}
	if p.ShopAmount.IsZero() {
		p.ShopAmount = p.Amount
	}
	fee := p.Fee
	if fee.IsZero() {
		fee = issuing.NewAmount(0, 2)
	}
	t := &transaction{
		id: uuid.NewString(), merchantName: p.MerchantName, at: s.now(), amount: p.Amount.Neg(),
		shopAmount: p.ShopAmount.Neg(), shopCurrency: p.ShopCurrency, fee: fee.Neg(),
		status: "Pending", typ: "Expenditure", respCode: kazepay.RespSuccess, hold: p.Amount.Add(fee),
	}
	switch {
	case c.status != kazepay.CardStatusActive:
		t.respCode = kazepay.RespCardAbnormal
	case s.book.Transfer(c.available(), c.held(), t.hold, t.id) != nil:
		t.respCode = kazepay.RespInsufficientBalance
	}
	if t.respCode != kazepay.RespSuccess {
		t.status, t.hold = "DECLINED", issuing.Amount{}
	}
	c.transactions = append(c.transactions, t)
	s.pushTransaction(c, t)
	return t.id, t.respCode == kazepay.RespSuccess, nil
}

// Settle takes the money of an authorised transaction.
func (s *Server) Settle(cardID, transactionID string) error {
	return s.end(cardID, transactionID, ledger.World(currency), "posted")
}

// Reverse gives the money of an authorised transaction back to the card, or to
// the merchant when the card is being closed or closed.
func (s *Server) Reverse(cardID, transactionID string) error {
	return s.end(cardID, transactionID, ledger.Account{}, "vodi")
}

// end releases the hold of a transaction.
func (s *Server) end(cardID, transactionID string, to ledger.Account, status kazepay.TransactionStatus) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return errors.New("kazepaytest: no such card")
	}
	for _, t := range c.transactions {
		if t.id != transactionID || t.hold.Sign() <= 0 {
			continue
		}
		if to == (ledger.Account{}) {
			to = c.available()
			if c.status == kazepay.CardStatusCloseProcessing || c.status == kazepay.CardStatusClosed {
				to = merchant
			}
		}
		if err := s.book.Transfer(c.held(), to, t.hold, t.id); err != nil {
			return fmt.Errorf("kazepaytest: %w", err)
		}
		t.hold, t.status = issuing.Amount{}, status
		s.pushTransaction(c, t)
		return nil
	}
	return errors.New("kazepaytest: no authorised transaction of this id")
}
