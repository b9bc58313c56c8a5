package coshinetest

import (
	"errors"
	"fmt"
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
	target   coshine.CardToken // of a transfer
	amount   issuing.Amount
	currency issuing.Currency
	memo     string
	at       time.Time
	reversed bool
	refunded issuing.Amount // of a purchase: given back so far
	released issuing.Amount // of a hold: released so far
	seq      int
}

func (t *transaction) status() string {
	if t.reversed {
		return StatusReversed
	}
	return StatusDone
}

// open is what a hold still holds.
func (t *transaction) open() issuing.Amount { return t.amount.Sub(t.released) }

// hold is the account of a blocked amount. The sequence keeps holds apart whose
// requests had the same tranId.
func (t *transaction) hold() ledger.Account {
	return ledger.Account{Kind: "hold", Owner: fmt.Sprintf("%s/%d", t.tranID, t.seq), Currency: t.currency}
}

func (s *Server) account(c *card) ledger.Account {
	return ledger.Account{Kind: "card", Owner: string(c.token), Currency: s.cfg.Currency}
}

func (s *Server) fees() ledger.Account {
	return ledger.Account{Kind: "fees", Currency: s.cfg.Currency}
}

// amountOf reads the amount of a request.
func (s *Server) amountOf(in fields) (issuing.Amount, bool) {
	amount, err := issuing.ParseAmount(in.text(FieldAmount))
	currency := in.text(FieldCurrency)
	ok := err == nil && amount.Sign() > 0 && amount.Scale() <= 2 && len(amount.String()) <= 17 &&
		(currency == "" || currency == string(s.cfg.Currency))
	return amount, ok
}

// book moves money and records the transaction. A frozen card is not debited.
func (s *Server) carry(api coshine.API, in fields, c *card, from, to ledger.Account, amount issuing.Amount) (*transaction, result) {
	tranID := in.text("tranId")
	s.seq++
	t := &transaction{
		api: api, tranID: tranID, card: c.token, amount: amount, currency: s.cfg.Currency,
		memo: in.text(FieldMemo), at: s.now(), seq: s.seq, refunded: issuing.NewAmount(0, 2), released: issuing.NewAmount(0, 2),
	}
	if to.Kind == "hold" {
		to = t.hold()
	}
	if from == s.account(c) && c.blocked {
		return nil, wrongStatus()
	}
	switch err := s.book.Transfer(from, to, amount, tranID); {
	case errors.Is(err, ledger.ErrInsufficient):
		return nil, fail(s.cfg.FundsCode)
	case err != nil:
		return nil, fail(coshine.CodeUnexpected)
	}
	s.trans = append(s.trans, t)
	if s.byTran[tranID] == nil {
		s.byTran[tranID] = t
	}
	s.notifyTransaction(t)
	return t, success(object{}.with(FieldAmount, amount).with(FieldCurrency, string(s.cfg.Currency)))
}

// move is a transaction between a card and one other account.
func (s *Server) move(api coshine.API, in fields, other func(*card) ledger.Account, debit bool) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	amount, ok := s.amountOf(in)
	if !ok {
		return badRequest()
	}
	from, to := other(c), s.account(c)
	if debit {
		from, to = to, from
	}
	_, r := s.carry(api, in, c, from, to, amount)
	return r
}

func (s *Server) world(*card) ledger.Account { return ledger.World(s.cfg.Currency) }

func (s *Server) loadFund(in fields) result {
	return s.move(coshine.APILoadFund, in, s.world, false)
}

func (s *Server) withdraw(in fields) result {
	return s.move(coshine.APIWithdraw, in, s.world, true)
}

func (s *Server) purchase(in fields) result {
	return s.move(coshine.APIPurchase, in, s.world, true)
}

func (s *Server) debit(in fields) result {
	return s.move(coshine.APIDebitAdjustment, in, s.world, true)
}

func (s *Server) credit(in fields) result {
	return s.move(coshine.APICreditAdjustment, in, s.world, false)
}

func (s *Server) serviceCharge(in fields) result {
	return s.move(coshine.APIServiceCharge, in, func(*card) ledger.Account { return s.fees() }, true)
}

func (s *Server) blockFund(in fields) result {
	return s.move(coshine.APIBlockFund, in, func(*card) ledger.Account {
		return ledger.Account{Kind: "hold", Currency: s.cfg.Currency}
	}, true)
}

func (s *Server) transferFund(in fields) result {
	source, refused := s.usable(in)
	if source == nil {
		return refused
	}
	target := s.cards[coshine.CardToken(in.text(FieldTargetCard))]
	switch {
	case target == nil:
		return noCard(true)
	case target == source:
		return badRequest()
	case target.state != coshine.CardStateActive:
		return wrongStatus()
	}
	amount, ok := s.amountOf(in)
	if !ok {
		return badRequest()
	}
	t, r := s.carry(coshine.APITransferFund, in, source, s.account(source), s.account(target), amount)
	if t != nil {
		t.target = target.token
	}
	return r
}

// original finds the transaction that a request refers to.
func (s *Server) original(in fields, apis ...coshine.API) (*transaction, *card, result) {
	t := s.byTran[in.text(FieldOriginal)]
	if t == nil || t.reversed {
		return nil, nil, fail(coshine.CodeUnexpected)
	}
	for _, api := range apis {
		if t.api == api {
			return t, s.cards[t.card], result{}
		}
	}
	return nil, nil, fail(coshine.CodeUnexpected)
}

// refund gives back a purchase, in full or in part.
func (s *Server) refund(in fields) result {
	t, c, refused := s.original(in, coshine.APIPurchase)
	if t == nil {
		return refused
	}
	amount, ok := s.amountOf(in)
	if !ok || t.refunded.Add(amount).Cmp(t.amount) > 0 {
		return badRequest()
	}
	_, r := s.carry(coshine.APIRefund, in, c, ledger.World(s.cfg.Currency), s.account(c), amount)
	if r.ok() {
		t.refunded = t.refunded.Add(amount)
	}
	return r
}

// reverse takes back a load, withdrawal, transfer or purchase, once and in full.
func (s *Server) reverse(in fields) result {
	t, c, refused := s.original(in, coshine.APILoadFund, coshine.APIWithdraw, coshine.APITransferFund, coshine.APIPurchase)
	if t == nil {
		return refused
	}
	if t.refunded.Sign() > 0 {
		return badRequest()
	}
	from, to := ledger.World(s.cfg.Currency), s.account(c)
	switch t.api {
	case coshine.APILoadFund:
		from, to = to, from
	case coshine.APITransferFund:
		from = s.account(s.cards[t.target])
	}
	_, r := s.carry(coshine.APIReversal, in, c, from, to, t.amount)
	if r.ok() {
		t.reversed = true
	}
	return r
}

// unblockFund releases a hold; without an amount what is left of it.
func (s *Server) unblockFund(in fields) result {
	t, c, refused := s.original(in, coshine.APIBlockFund)
	if t == nil {
		return refused
	}
	amount := t.open()
	if in.text(FieldAmount) != "" {
		var ok bool
		if amount, ok = s.amountOf(in); !ok {
			return badRequest()
		}
	}
	if amount.Sign() <= 0 || amount.Cmp(t.open()) > 0 {
		return badRequest()
	}
	hold := t.hold()
	if err := s.book.Transfer(hold, s.account(c), amount, in.text("tranId")); err != nil {
		return fail(coshine.CodeUnexpected)
	}
	t.released = t.released.Add(amount)
	s.seq++
	release := &transaction{
		api: coshine.APIUnblockFund, tranID: in.text("tranId"), card: t.card, amount: amount, currency: s.cfg.Currency,
		memo: in.text(FieldMemo), at: s.now(), seq: s.seq, refunded: issuing.NewAmount(0, 2), released: issuing.NewAmount(0, 2),
	}
	s.trans = append(s.trans, release)
	if s.byTran[release.tranID] == nil {
		s.byTran[release.tranID] = release
	}
	return success(object{}.with(FieldAmount, amount))
}

func (s *Server) balance(in fields) result {
	c, refused := s.find(in)
	if c == nil {
		return refused
	}
	held := issuing.NewAmount(0, 2)
	for _, t := range s.trans {
		if t.api == coshine.APIBlockFund && t.card == c.token {
			held = held.Add(t.open())
		}
	}
	return success(object{}.with(FieldBalance, s.book.Balance(s.account(c))).with(FieldHeld, held).
		with(FieldCurrency, string(s.cfg.Currency)))
}

func (s *Server) history(in fields) result { return s.list(in, func(coshine.API) bool { return true }) }

func (s *Server) authorizations(in fields) result {
	return s.list(in, func(api coshine.API) bool {
		return api == coshine.APIBlockFund || api == coshine.APIPurchase || api == coshine.APIWithdraw
	})
}

func (s *Server) list(in fields, want func(coshine.API) bool) result {
	c, refused := s.find(in)
	if c == nil {
		return refused
	}
	var list []object
	for _, t := range s.trans {
		if (t.card == c.token || t.target == c.token) && want(t.api) {
			list = append(list, t.record())
		}
	}
	return success(object{}.list(list))
}

func (t *transaction) record() object {
	return object{}.with("tranId", t.tranID).with(FieldKind, string(t.api)).with(FieldAmount, t.amount).
		with(FieldCurrency, string(t.currency)).with(FieldStatus, t.status()).with(FieldMemo, t.memo).
		with("tranDate", t.at.UTC().Format("20060102"))
}

// Balance returns what a card holds, without what is blocked.
func (s *Server) Balance(token coshine.CardToken) issuing.Amount {
	return s.book.Balance(ledger.Account{Kind: "card", Owner: string(token), Currency: s.cfg.Currency})
}

// Booked returns how often a tranId has moved money. More than once means that
// a client repeated a call.
func (s *Server) Booked(tranID string) int {
	n := 0
	for _, e := range s.book.Entries() {
		if e.Memo == tranID {
			n++
		}
	}
	return n
}

// Bookings returns how often each tranId has moved money.
func (s *Server) Bookings() map[string]int {
	out := map[string]int{}
	for _, e := range s.book.Entries() {
		out[e.Memo]++
	}
	return out
}
