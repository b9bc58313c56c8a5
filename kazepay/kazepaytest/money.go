package kazepaytest

import (
	"cmp"
	"errors"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// currency is the only one that the pages describe.
const currency = issuing.CurrencyUSD

// merchant is the account of the merchant's balance.
var merchant = account("merchant", "")

func account(kind, owner string) ledger.Account {
	return ledger.Account{Kind: kind, Owner: owner, Currency: currency}
}

// topUp is one cardRecharge.
type topUp struct {
	id, requestNo string
	card          *card
	amount        issuing.Amount
	status        kazepay.TransactionStatus
	row           *transaction
	fails         bool // a test wants it to
}

// account holds the money of a top-up that is under way.
func (t *topUp) account() ledger.Account { return account("topup", t.id) }

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

func (s *Server) cardBalance(c *card, m *message) (any, *problem) {
	if failed := oneOf(m.fields, "currency", currency); failed != nil {
		return nil, failed
	}
	return map[string]any{
		"cardID": c.id, "currency": currency,
		"avaBalance": number(s.book.Balance(c.available())), "blockBalance": number(s.book.Balance(c.held())),
	}, nil
}

func (s *Server) recharge(c *card, m *message) (any, *problem) {
	amount, failed := rechargeAmount(m.fields)
	if failed = cmp.Or(oneOf(m.fields, "currency", currency), failed, c.rechargeable()); failed != nil {
		return nil, failed
	}
	t := &topUp{
		id: "LM" + s.seq.ID(19), requestNo: m.head.RequestNo, card: c, amount: amount,
		status: kazepay.TransactionStatusPending,
	}
	if s.book.Transfer(merchant, t.account(), amount, t.id) != nil {
		return nil, &problem{"FAKE_BALANCE_ERROR", "212", "balance not enough"}
	}
	t.row = &transaction{
		id: t.id, at: s.now(), amount: amount, shopAmount: amount, shopCurrency: currency,
		fee: issuing.NewAmount(0, 2), status: "Pending", typ: "topup", respCode: kazepay.RespCodeSuccess, topUp: true,
	}
	_, t.fails = s.failures.Take(opDeposit)
	c.transactions = append(c.transactions, t.row)
	s.topUps = append(s.topUps, t)
	s.later(func() { s.finishTopUp(t) })
	return map[string]any{
		"cardID": c.id, "currency": currency, "transactionId": t.id,
		"transactionStatus": t.status, "sendAmount": text(amount),
	}, nil
}

// rechargeAmount reads the amount of a top-up, a JSON number.
func rechargeAmount(f fields) (issuing.Amount, *problem) {
	amount, err := issuing.ParseAmount(string(f["amount"]))
	if err != nil || amount.Sign() <= 0 || amount.Scale() > 6 {
		return issuing.Amount(""), badField("amount is required and must be a number " +
			"greater than zero, of six decimals at most")
	}
	return amount, nil
}

// rechargeable refuses a top-up of a card that is not active; the first one makes
// a virtual card active.
func (c *card) rechargeable() *problem {
	if c.physical {
		return c.in(kazepay.CardStatusActive)
	}
	return c.in(kazepay.CardStatusActive, kazepay.CardStatusTBA)
}

// finishTopUp credits the card, or gives the money back when a test or the
// card's end wants the top-up to fail. The first one activates a virtual card.
func (s *Server) finishTopUp(t *topUp) {
	unusable := t.card.in(kazepay.CardStatusActive, kazepay.CardStatusInactive, kazepay.CardStatusTBA)
	if t.fails || unusable != nil {
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

// Deposit is a cardRecharge as the platform has it.
type Deposit struct {
	RequestNo     string                    // of the request
	TransactionID string                    // KazePay's id
	CardID        string                    // KazePay's card id
	Amount        issuing.Amount            // asked for
	Status        kazepay.TransactionStatus // PENDING, SUCCESS or FAILED
}

// Deposits returns all top-ups in the order in which they were received.
func (s *Server) Deposits() []Deposit {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Deposit, len(s.topUps))
	for i, t := range s.topUps {
		out[i] = Deposit{RequestNo: t.requestNo, TransactionID: t.id, CardID: t.card.id, Amount: t.amount, Status: t.status}
	}
	return out
}

func (s *Server) queryTransactions(c *card, m *message) (any, *problem) {
	size, badSize := integer(m.fields, "pageSize", 1, 100, 10)
	page, badPage := integer(m.fields, "pageNum", 1, 10, 1)
	from, badFrom := s.timeOf(m.fields, "transactionStartTime")
	to, badTo := s.timeOf(m.fields, "transactionEndTime")
	if failed := cmp.Or(optional(m.fields, "transactionId"), badSize, badPage, badFrom, badTo); failed != nil {
		return nil, failed
	}
	wanted, rows := m.Text("transactionId"), []map[string]any{}
	for _, t := range slices.Backward(c.transactions) {
		switch {
		case t.topUp && s.cfg.Quirks.HideDeposits, wanted != "" && wanted != t.id,
			!from.IsZero() && t.at.Before(from), !to.IsZero() && !t.at.Before(to):
			continue
		}
		rows = append(rows, s.row(c, t))
	}
	return platform.Page(rows, page, size), nil
}

// timeOf reads an optional time, the zero time when it is absent.
func (s *Server) timeOf(f fields, name string) (time.Time, *problem) {
	if _, present := f[name]; !present {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateTime, f.Text(name), s.cfg.Zone)
	if err != nil || len(f.Text(name)) != len(time.DateTime) {
		return time.Time{}, badField(name + " must be yyyy-MM-dd HH:mm:ss")
	}
	return at, nil
}

func (s *Server) row(c *card, t *transaction) map[string]any {
	return map[string]any{
		"cardID": c.id, "transactionId": t.id, "transactionTime": s.stamp(t.at),
		"cardCurrency": currency, "cardCurrencyAmt": number(t.amount),
		"transCurrency": t.shopCurrency, "transCurrencyAmt": number(t.shopAmount),
		"feeCurrency": currency, "fee": number(t.fee), "transStatus": t.status,
		"transType": t.typ, "merchantName": t.merchantName,
		"respCode": t.respCode, "respCodeDesc": describe(t.respCode),
	}
}

// describe returns the text of a response code.
func describe(c kazepay.RespCode) string {
	if c == kazepay.RespCodeSuccess {
		return "SUCCESS"
	}
	return c.Meaning()
}

// Balance returns what a card can spend, in USD; of a card that does not exist,
// nothing.
func (s *Server) Balance(cardID string) issuing.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[cardID]
	if c == nil {
		return issuing.Amount("")
	}
	return s.book.Balance(c.available())
}

// What levers return that are given the wrong thing.
var (
	errNoCard = errors.New("kazepaytest: no such card")
	errAmount = errors.New("kazepaytest: the amount is not positive")
	errEmail  = errors.New("kazepaytest: the email is not an address")
	errNoCode = errors.New("kazepaytest: no activation code was sent for this card")
)
