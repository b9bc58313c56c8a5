package uqpaytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// purchase is what the simulator is asked for.
type purchase struct {
	card     *card
	amount   issuing.Amount
	merchant uqpay.Merchant
	declined bool // as it was asked for
}

func simulateAuthorization(s *Server, c *call) (any, *refusal) {
	c.require("card_id", "transaction_amount", "transaction_currency", "merchant_name", "merchant_category_code")
	n, missing := s.cards.find(c.account, c.text("card_id"))
	p := purchase{card: n, amount: c.amount("transaction_amount")}
	currency := c.currency("transaction_currency")
	p.merchant.Name = c.text("merchant_name")
	// Some of UQPAY's libraries can ask for a decline; its page cannot.
	p.declined = c.word("transaction_status", "APPROVED", "DECLINED") == "DECLINED"
	// One of UQPAY's samples has the category as a number.
	if string(c.Fields["merchant_category_code"]) == uqpay.SimulatorMCC {
		c.Fields["merchant_category_code"] = []byte(`"` + uqpay.SimulatorMCC + `"`)
	}
	p.merchant.CategoryCode = c.word("merchant_category_code", uqpay.SimulatorMCC)
	switch {
	case *c.wrong != "":
		return nil, c.refused()
	case missing != nil || n.BIN != uqpay.SimulatorBIN ||
		oneOf(n.Status, uqpay.CardStatusCancelled, uqpay.CardStatusPreCancel):
		return nil, flat("Card does not exists")
	case currency != n.Currency:
		return nil, invalid("transaction_currency: is not the card's currency")
	}
	return showSimulated(s.authorize(c.r.Context(), p)), nil
}

// authorize has a shop ask for a card's money: the platform's rules decide, then the
// merchant, then the card's balance.
func (s *Server) authorize(ctx context.Context, p purchase) *transaction {
	n := p.card
	tx := s.newTransaction(uqpay.TransactionTypeAuthorization, p)
	reason := s.decline(p)
	if reason == "" && s.cfg.Authorize != nil {
		if reason = s.askMerchant(ctx, p, tx); reason == "" {
			reason = s.decline(p) // the card may have changed while the merchant decided
		}
	}
	memo := "transaction " + tx.ID
	if reason == "" && s.move(n.money(), hold(tx.ID, n.Currency), p.amount, memo, uqpay.LedgerTypeAuthorization) != nil {
		reason = "1016 - Insufficient funds"
	}
	s.decide(tx, p, reason)
	return tx
}

// Purchase has a shop ask for a card's money, in the card's currency, as the simulator's
// authorization does, for any card. Config.Authorize decides as well. A declined one is
// recorded and announced too.
func (s *Server) Purchase(
	cardID string, amount issuing.Amount, shop issuingtest.Merchant,
) (issuingtest.Authorization, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.cards.byID[cardID]
	if !ok || amount.Sign() <= 0 {
		return issuingtest.Authorization{}, fmt.Errorf("uqpaytest: no card %q, or no positive amount", cardID)
	}
	p := purchase{card: n, amount: amount, merchant: uqpay.Merchant{Name: shop.Name, CategoryCode: shop.MCC}}
	tx := s.authorize(context.Background(), p)
	approved := tx.Status == uqpay.TransactionStatusApproved
	return issuingtest.Authorization{ID: tx.ID, Approved: approved, Reason: tx.Description}, nil
}

// decide finishes an authorization and tells the merchant.
func (s *Server) decide(tx *transaction, p purchase, reason string) {
	if reason == "" {
		tx.Status, tx.BillingAmount = uqpay.TransactionStatusApproved, p.amount
		tx.SettlementStatus = uqpay.SettlementStatusUnsettled
		tx.AuthorizationCode = fmt.Sprintf("W%05X", s.seq.Next()*7919%0xfffff)
	} else {
		tx.Status, tx.BillingAmount = uqpay.TransactionStatusDeclined, issuing.NewAmount(0, 0)
		tx.SettlementStatus, tx.Description = uqpay.SettlementStatusNotApplicable, reason
	}
	s.publish(tx, uqpay.EventAuthorization, tx.BillingAmount)
	if reason == "" {
		s.endOneTime(tx.card, uqpay.AutoCancelTriggerOnAuth)
	}
}

// endOneTime cancels a card that a transaction of this kind ends.
func (s *Server) endOneTime(n *card, at uqpay.AutoCancelTrigger) {
	if n.trigger == at && n.Status == uqpay.CardStatusActive {
		id := s.ids.UUID()
		s.cancel(n, id)
		s.push(uqpay.EventCardStateSucceeded, id, s.statusEvent(n))
	}
}

// decline applies the platform's own rules; "" passes.
func (s *Server) decline(p purchase) string {
	n := p.card
	limit := issuing.Amount("")
	for _, control := range n.SpendingControls {
		limit = control.Amount
	}
	if s.now().Before(n.elevatedTo) {
		limit = n.elevated
	}
	switch {
	case p.declined:
		return "1005 - Do not honor"
	case n.Status != uqpay.CardStatusActive:
		return "1103 - Card is not active"
	case !n.ExpiryAt.IsZero() && !s.now().Before(n.ExpiryAt):
		return "1101 - Card has expired"
	case n.protection.Status == uqpay.ProtectionStatusEnrolled:
		return "1141 - Network protection"
	case !limit.IsZero() && p.amount.Cmp(limit) > 0:
		return "1061 - Exceeds the limit per transaction"
	case slices.Contains(n.RiskControls.BlockedMCC, p.merchant.CategoryCode),
		len(n.RiskControls.AllowedMCC) > 0 && !slices.Contains(n.RiskControls.AllowedMCC, p.merchant.CategoryCode):
		return "1058 - MCC not allowed"
	case s.available(n).Cmp(p.amount) < 0:
		return "1016 - Insufficient funds"
	}
	return ""
}

// askMerchant has the merchant decide, without the server's lock: the merchant's
// function may call the platform, or never return.
func (s *Server) askMerchant(ctx context.Context, p purchase, tx *transaction) string {
	n := p.card
	request := map[string]any{
		"transaction_id": tx.ID, "transaction_type": 1000, "card_id": n.ID, "processing_code": "00",
		"billing_amount": p.amount, "transaction_amount": p.amount, "auth_amount": p.amount,
		"date_of_transaction":   s.now().In(zone).Format(time.DateTime),
		"billing_currency_code": n.Currency, "transaction_currency_code": n.Currency, "auth_currency_code": n.Currency,
		"card_balance": s.available(n), "merchant_id": "000000000012345", "merchant_name": p.merchant.Name,
		"merchant_category_code": p.merchant.CategoryCode, "merchant_city": "", "merchant_country": "SG",
		"terminal_id": "00000001", "pos_entry_mode": "01", "pos_condition_code": "08", "pos_env": "R", "eci": "02",
		"pin_entry_capability": "2", "retrieval_reference_number": "529430718653", "system_trace_audit_number": "000653",
		"acquiring_institution_country_code": "702", "acquiring_institution_id": "000001", "wallet_type": "",
	}
	s.mu.Unlock()
	defer s.mu.Lock()
	code, err := s.cfg.Authorize(ctx, request)
	switch {
	case err != nil && s.cfg.DefaultApprove:
	case err != nil:
		return "1091 - No decision in time"
	case code != "00":
		return "10" + code[:min(len(code), 2)] + " - Declined by the merchant"
	}
	return ""
}

// newTransaction stores a transaction of a card.
func (s *Server) newTransaction(typ uqpay.TransactionType, p purchase) *transaction {
	n, now := p.card, s.now()
	tx := &transaction{owned: owned{n.account}, card: n, Transaction: uqpay.Transaction{
		ID: s.ids.UUID(), ShortID: s.shortID("T"), CardID: n.ID, CardNumber: uqpay.MaskedNumber(masked(n.pan)),
		CardholderID: n.holder.ID, Type: typ, Status: uqpay.TransactionStatusPending,
		BillingCurrency: n.Currency, TransactionAmount: p.amount, TransactionCurrency: n.Currency,
		Fee: issuing.NewAmount(0, 2), FeeCurrency: n.Currency, FeePassThrough: uqpay.FlagNo,
		Time: now, PostedTime: now, Merchant: p.merchant,
	}}
	s.transactions.add(tx.ID, tx)
	return tx
}

func simulateReversal(s *Server, c *call) (any, *refusal) {
	c.require("transaction_id")
	original, missing := s.transactions.find(c.account, c.text("transaction_id"))
	switch {
	case *c.wrong != "":
		return nil, c.refused()
	case missing != nil || original.Type != uqpay.TransactionTypeAuthorization:
		return nil, invalid("transaction_id: no such authorization")
	case original.SettlementStatus != uqpay.SettlementStatusUnsettled:
		return nil, invalid("transaction_id: the authorization cannot be reversed")
	}
	tx, err := s.takeBack(original)
	if err != nil {
		return nil, failure()
	}
	return showSimulated(tx), nil
}

// takeBack returns an authorization's money to its card and tells the merchant.
func (s *Server) takeBack(original *transaction) (*transaction, error) {
	n := original.card
	tx := s.follow(original, uqpay.TransactionTypeReversal, original.BillingAmount)
	if err := s.move(hold(original.ID, n.Currency), n.money(), original.BillingAmount, "transaction "+tx.ID,
		uqpay.LedgerTypeReversal); err != nil {
		return nil, err
	}
	original.SettlementStatus = uqpay.SettlementStatusNotApplicable
	s.publish(tx, uqpay.EventReversal, original.BillingAmount.Neg())
	return tx, nil
}

// Reverse has a shop take an authorization back, as the simulator's reversal does. One
// that has settled cannot be; see [Server.Refund].
func (s *Server) Reverse(transactionID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	original, found := s.transactions.byID[transactionID]
	if !found || original.SettlementStatus != uqpay.SettlementStatusUnsettled {
		return fmt.Errorf("uqpaytest: transaction %q cannot be reversed", transactionID)
	}
	_, err := s.takeBack(original)
	return err
}

// follow makes the transaction that follows another.
func (s *Server) follow(original *transaction, typ uqpay.TransactionType, amount issuing.Amount) *transaction {
	tx := s.newTransaction(typ, purchase{card: original.card, amount: amount, merchant: original.Merchant})
	tx.OriginalID, tx.Status, tx.BillingAmount = original.ID, uqpay.TransactionStatusApproved, amount
	tx.AuthorizationCode, tx.SettlementStatus = original.AuthorizationCode, uqpay.SettlementStatusNotApplicable
	return tx
}

// publish books what a transaction did to the card's consumption and tells the
// merchant.
func (s *Server) publish(tx *transaction, event string, consumed issuing.Amount) {
	tx.card.ConsumedAmount = zero(tx.card.ConsumedAmount).Add(consumed)
	tx.CardBalance = s.available(tx.card)
	s.push(event, tx.ID, transactionEvent(tx))
}

// Settle has a shop collect an authorization with its final amount. A difference
// is credited or debited and reported as a settlement credit or debit.
func (s *Server) Settle(transactionID string, amount issuing.Amount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx, found := s.transactions.byID[transactionID]
	if !found || tx.SettlementStatus != uqpay.SettlementStatusUnsettled || amount.Sign() <= 0 {
		return fmt.Errorf("uqpaytest: transaction %q cannot settle", transactionID)
	}
	n := tx.card
	held, memo := hold(tx.ID, n.Currency), "settlement of "+tx.ID
	difference := amount.Sub(tx.BillingAmount)
	more, from, to := difference, n.money(), held
	event, typ, kind := uqpay.EventSettlementDebit, uqpay.TransactionTypeSettlementDebit, uqpay.LedgerTypeSettlementDebit
	if difference.Sign() < 0 {
		more, from, to = difference.Neg(), held, n.money()
		event, typ = uqpay.EventSettlementCredit, uqpay.TransactionTypeSettlementCredit
		kind = uqpay.LedgerTypeSettlementCredit
	}
	if err := s.move(from, to, more, memo, kind); err != nil {
		return err
	}
	if err := s.move(held, ledger.World(n.Currency), amount, memo, uqpay.LedgerTypeOther); err != nil {
		return err
	}
	tx.SettlementStatus = uqpay.SettlementStatusSettled
	if difference.Sign() != 0 {
		s.publish(s.follow(tx, typ, difference), event, difference)
	}
	s.endOneTime(n, uqpay.AutoCancelTriggerOnCapture)
	return nil
}

// Refund has a shop give back a part of a settled purchase.
func (s *Server) Refund(transactionID string, amount issuing.Amount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	original, found := s.transactions.byID[transactionID]
	if !found || original.SettlementStatus != uqpay.SettlementStatusSettled || amount.Sign() <= 0 {
		return fmt.Errorf("uqpaytest: transaction %q cannot be refunded", transactionID)
	}
	n := original.card
	tx := s.follow(original, uqpay.TransactionTypeRefund, amount)
	if err := s.move(ledger.World(n.Currency), n.money(), amount, "refund "+tx.ID,
		uqpay.LedgerTypeIssuingRefund); err != nil {
		return err
	}
	s.publish(tx, uqpay.EventRefund, amount.Neg())
	return nil
}

func isSWIFT(code string) bool {
	return (len(code) == 8 || len(code) == 11) && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func simulateFunding(s *Server, c *call) (any, *refusal) {
	c.require("amount", "currency", "sender_swift_code")
	if s.cfg.Variants.Deposit == DepositFormAccount {
		c.require("account_id")
	}
	account, amount, currency := cmp.Or(c.text("account_id"), c.account), c.amount("amount"), c.currency("currency")
	swift := c.ruled("sender_swift_code", "must be a SWIFT code of 8 or 11 characters", isSWIFT)
	c.country("sender_country")
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if account != MasterAccount && s.connected(account) == nil {
		return nil, accountError("account not found")
	}
	// The sandbox's deposits wait for UQPAY's staff, who take as long as
	// everything else does here.
	banking := ledger.Account{Kind: "banking", Owner: account, Currency: currency}
	s.later(func() { _ = s.book.Transfer(ledger.World(banking.Currency), banking, amount, "deposit") })
	return map[string]any{
		"deposit_id": s.ids.UUID(), "short_reference_id": s.shortID("D"), "amount": amount.String(), "currency": currency,
		"deposit_status": "PENDING", "create_time": stamp(s.now()), "complete_time": "",
		"receiver_account_number": c.text("receiver_account_number"),
		"sender": map[string]any{
			"sender_name": c.text("sender_name"), "sender_country": c.text("sender_country"),
			"sender_account_number": c.text("sender_account_number"), "sender_swift_code": swift,
		},
	}, nil
}
