package coshinetest

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
)

// Fields of rows 23 to 37 on this platform. Coshine has not published any: these
// names are a contract of this package, to be given in Extra, and prove nothing
// about Coshine's.
const (
	FieldAmount     = "amount"          // decimal in major units
	FieldCurrency   = "currency"        // ISO 4217 alphabetic
	FieldMemo       = "memo"            // text
	FieldOriginal   = "originalTranId"  // tranId of the transaction that is refunded, reversed or released
	FieldTargetCard = "targetCardToken" // of TransferFund; the source is cardToken
	FieldBalance    = "balance"         // in answers: what the card holds
	FieldHeld       = "held"            // in answers: what is blocked
	FieldKind       = "tranType"        // in histories: name of the interface
	FieldStatus     = "status"          // in histories and notifications: see StatusDone
)

// Statuses of a transaction on this platform.
const (
	StatusDone     = "DONE"     // carried out
	StatusReversed = "REVERSED" // carried out and taken back
)

// transaction is one transaction that was carried out.
type transaction struct {
	api      coshine.API
	tranID   string
	card     coshine.CardToken
	from, to ledger.Account
	amount   issuing.Amount
	memo     string
	at       time.Time
	reversed bool
	returned issuing.Amount // of a purchase: refunded so far; of a hold: released so far
}

func (t *transaction) status() string {
	if t.reversed {
		return StatusReversed
	}
	return StatusDone
}

// open is what a hold still holds.
func (t *transaction) open() issuing.Amount { return t.amount.Sub(t.returned) }

func (s *Server) record(t *transaction) object {
	return object{}.with(cmp.Or(s.cfg.HistoryTranID, "tranId"), t.tranID).with(FieldKind, t.api).
		with(FieldAmount, s.amount(t.amount)).with(FieldCurrency, s.currency()).
		with(FieldStatus, t.status()).with(FieldMemo, t.memo).
		with("tranDate", t.at.UTC().Format(dateLayout))
}

func (s *Server) account(token coshine.CardToken) ledger.Account {
	return ledger.Account{Kind: "card", Owner: string(token), Currency: s.cfg.Currency}
}

func (s *Server) world() ledger.Account { return ledger.World(s.cfg.Currency) }

// amountOf reads the amount of a request.
func (s *Server) amountOf(in *call) (issuing.Amount, *refusal) {
	amount, err := s.parseAmount(in.text(FieldAmount))
	currency := in.text(FieldCurrency)
	if err != nil || amount.Sign() <= 0 || amount.Scale() > 2 || len(amount.String()) > 17 ||
		(currency != "" && currency != s.currency()) {
		return issuing.Amount(""), badRequest
	}
	return amount, nil
}

// parseAmount reads an amount in the platform's form.
func (s *Server) parseAmount(text string) (issuing.Amount, error) {
	if s.cfg.Amounts != coshine.AmountFormMinor {
		return issuing.ParseAmount(text)
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	return issuing.NewAmount(minor, s.exponent()), err
}

func (s *Server) exponent() uint8 {
	n, _ := s.cfg.Currency.Exponent()
	return uint8(n) //nolint:gosec // ISO 4217 has exponents of 0 to 4
}

// amount writes an amount in the platform's form.
func (s *Server) amount(a issuing.Amount) any {
	if s.cfg.Amounts != coshine.AmountFormMinor {
		return a
	}
	minor, err := a.MinorUnits(int(s.exponent()))
	if err != nil {
		return a
	}
	return strconv.FormatInt(minor, 10)
}

// currency is that of all cards, in the platform's form.
func (s *Server) currency() string {
	if number, ok := s.cfg.Currency.Number(); ok && s.cfg.Currencies == coshine.CurrencyFormNumeric {
		return number
	}
	return string(s.cfg.Currency)
}

// carry moves money, records it as a transaction of c and has the issuer told. A
// frozen card is not debited.
func (s *Server) carry(in *call, c *card, from, to ledger.Account, amount issuing.Amount) (object, *refusal) {
	if from == s.account(c.token) && c.blocked {
		return nil, wrongStatus
	}
	t := &transaction{
		api: in.api, tranID: in.text("tranId"), card: c.token, from: from, to: to, amount: amount,
		memo: in.text(FieldMemo), at: s.now(), returned: issuing.NewAmount(0, 2),
	}
	switch err := s.book.Transfer(from, to, amount, t.tranID); {
	case errors.Is(err, ledger.ErrInsufficient):
		return nil, refuse(s.cfg.FundsCode)
	case err != nil:
		return nil, unexpected
	}
	s.trans = append(s.trans, t)
	if s.byTran[t.tranID] == nil {
		s.byTran[t.tranID] = t
	}
	// The names of these two fields are this package's own.
	in.notice = object{{"transactionId", t.tranID}, {FieldStatus, t.status()}}
	return object{{FieldAmount, s.amount(amount)}, {FieldCurrency, s.currency()}}, nil
}

// move carries the amount of a request between two accounts.
func (s *Server) move(in *call, from, to ledger.Account) (object, *refusal) {
	amount, refused := s.amountOf(in)
	if refused != nil {
		return nil, refused
	}
	return s.carry(in, in.card, from, to, amount)
}

func (s *Server) credit(in *call) (object, *refusal) {
	return s.move(in, s.world(), s.account(in.card.token))
}

func (s *Server) debit(in *call) (object, *refusal) {
	return s.move(in, s.account(in.card.token), s.world())
}

func (s *Server) serviceCharge(in *call) (object, *refusal) {
	return s.move(in, s.account(in.card.token), ledger.Account{Kind: "fees", Currency: s.cfg.Currency})
}

// blockFund gives every hold an account of its own, also those whose requests had
// the same tranId.
func (s *Server) blockFund(in *call) (object, *refusal) {
	return s.move(in, s.account(in.card.token), ledger.Account{Kind: "hold", Owner: s.seq.ID(12),
		Currency: s.cfg.Currency})
}

func (s *Server) transferFund(in *call) (object, *refusal) {
	target := s.cards[coshine.CardToken(in.text(FieldTargetCard))]
	switch {
	case target == nil:
		return nil, unknownToken
	case target == in.card:
		return nil, badRequest
	case target.state != coshine.CardStateActive:
		return nil, wrongStatus
	}
	return s.move(in, s.account(in.card.token), s.account(target.token))
}

// original finds the transaction that a request refers to, and its card.
func (s *Server) original(in *call, apis ...coshine.API) (*transaction, *card, *refusal) {
	t := s.byTran[in.text(FieldOriginal)]
	if t == nil || t.reversed || !slices.Contains(apis, t.api) {
		return nil, nil, unexpected
	}
	return t, s.cards[t.card], nil
}

// refund gives back a purchase, in full or in part.
func (s *Server) refund(in *call) (object, *refusal) {
	t, c, refused := s.original(in, coshine.APIPurchase)
	if refused != nil {
		return nil, refused
	}
	amount, refused := s.amountOf(in)
	if refused != nil {
		return nil, refused
	}
	return s.giveBack(in, c, t, t.from, amount)
}

// unblockFund releases a hold; without an amount what is left of it.
func (s *Server) unblockFund(in *call) (object, *refusal) {
	t, c, refused := s.original(in, coshine.APIBlockFund)
	if refused != nil {
		return nil, refused
	}
	amount := t.open()
	if in.text(FieldAmount) != "" {
		if amount, refused = s.amountOf(in); refused != nil {
			return nil, refused
		}
	}
	// The card may have been renewed since.
	return s.giveBack(in, c, t, s.account(c.token), amount)
}

// giveBack returns a part of a purchase or of a hold, and no more than is left.
func (s *Server) giveBack(
	in *call, c *card, t *transaction, to ledger.Account, amount issuing.Amount,
) (object, *refusal) {
	if amount.Sign() <= 0 || amount.Cmp(t.open()) > 0 {
		return nil, badRequest
	}
	out, refused := s.carry(in, c, t.to, to, amount)
	if refused == nil {
		t.returned = t.returned.Add(amount)
	}
	return out, refused
}

// reverse takes back a load, withdrawal, transfer or purchase, once and in full.
func (s *Server) reverse(in *call) (object, *refusal) {
	t, c, refused := s.original(in, coshine.APILoadFund, coshine.APIWithdraw, coshine.APITransferFund, coshine.APIPurchase)
	if refused != nil {
		return nil, refused
	}
	if t.returned.Sign() > 0 {
		return nil, badRequest
	}
	out, refused := s.carry(in, c, t.to, t.from, t.amount)
	t.reversed = refused == nil
	return out, refused
}

func (s *Server) balance(in *call) (object, *refusal) {
	held := issuing.NewAmount(0, 2)
	for _, t := range s.trans {
		if t.api == coshine.APIBlockFund && t.card == in.card.token {
			held = held.Add(t.open())
		}
	}
	return object{
		{FieldBalance, s.amount(s.Balance(in.card.token))}, {FieldHeld, s.amount(held)}, {FieldCurrency, s.currency()},
	}, nil
}

func (s *Server) history(in *call) (object, *refusal) {
	return s.records(in, func(coshine.API) bool { return true })
}

func (s *Server) authorizations(in *call) (object, *refusal) {
	return s.records(in, func(api coshine.API) bool {
		return api == coshine.APIBlockFund || api == coshine.APIPurchase || api == coshine.APIWithdraw
	})
}

// records lists a card's transactions, those that credit it included.
func (s *Server) records(in *call, want func(coshine.API) bool) (object, *refusal) {
	var out []object
	for _, t := range s.trans {
		if (t.card == in.card.token || t.to == s.account(in.card.token)) && want(t.api) {
			out = append(out, s.record(t))
		}
	}
	return list(out), nil
}

// Balance returns what a card holds, without what is blocked.
func (s *Server) Balance(token coshine.CardToken) issuing.Amount {
	return s.book.Balance(s.account(token))
}

// Booked returns how often a tranId has moved money. More than once means that
// a client repeated a call.
func (s *Server) Booked(tranID string) int { return s.Bookings()[tranID] }

// Bookings returns how often each tranId has moved money.
func (s *Server) Bookings() map[string]int {
	out := map[string]int{}
	for _, e := range s.book.Entries() {
		out[e.Memo]++
	}
	return out
}
