package uqpaytest

import "github.com/issuing-sdk/issuing-go/uqpay"

func listTransactions(s *Server, c *call) (any, *refusal) {
	within, bad := c.period()
	if bad != nil {
		return nil, bad
	}
	items := s.transactions.latest(c.account, func(tx *transaction) bool {
		return c.fits("card_id", tx.CardID) && within(tx.Time)
	})
	return paged(c, items, showTransaction)
}

func getTransaction(_ *Server, _ *call, tx *transaction) (any, *refusal) {
	m := showTransaction(tx)
	m["settlement_status"] = tx.SettlementStatus
	return m, nil
}

func showTransaction(tx *transaction) map[string]any {
	return map[string]any{
		"card_id": tx.CardID, "card_number": tx.CardNumber, "cardholder_id": tx.CardholderID,
		"transaction_id": tx.ID, "short_transaction_id": tx.ShortID, "original_transaction_id": tx.OriginalID,
		"transaction_type": tx.Type, "transaction_fee": zero(tx.Fee), "transaction_fee_currency": tx.FeeCurrency,
		"fee_pass_through": tx.FeePassThrough, "card_available_balance": zero(tx.CardBalance), "description": tx.Description,
		"authorization_code": tx.AuthorizationCode, "billing_amount": zero(tx.BillingAmount),
		"billing_currency": tx.BillingCurrency, "transaction_amount": zero(tx.TransactionAmount),
		"transaction_currency": tx.TransactionCurrency, "transaction_status": tx.Status, "wallet_type": tx.WalletType,
		"transaction_time": stamp(tx.Time), "posted_time": stamp(tx.PostedTime), "merchant_data": merchant(tx.Merchant),
	}
}

func merchant(m uqpay.Merchant) map[string]any {
	return map[string]any{"category_code": m.CategoryCode, "city": m.City, "country": m.Country, "name": m.Name}
}

// showSimulated is the simulator's answer, which has the older name of the
// description.
func showSimulated(tx *transaction) map[string]any {
	m := showTransaction(tx)
	without(m, "short_transaction_id", "original_transaction_id", "transaction_fee", "transaction_fee_currency",
		"fee_pass_through", "wallet_type", "description")
	m["failure_reason"] = tx.Description
	return m
}

// transactionEvent is the data of issuing.transaction events.
func transactionEvent(tx *transaction) map[string]any {
	m := showTransaction(tx)
	m["card_number"] = maskedEvent(tx.card.pan)
	m["merchant_data"] = []any{merchant(tx.Merchant)}
	m["billing_amount"], m["transaction_amount"] = trimmed(tx.BillingAmount), trimmed(tx.TransactionAmount)
	m["transaction_fee"], m["card_available_balance"] = trimmed(tx.Fee), trimmed(tx.CardBalance)
	m["transaction_time"] = tx.Time.In(zone).Format("2006-01-02T15:04:05.999Z07:00")
	m["posted_time"] = tx.PostedTime.In(zone).Format("2006-01-02T15:04:05.999Z07:00")
	return m
}

func releaseRefund(s *Server, c *call) (any, *refusal) {
	c.require("related_transaction_id")
	tx, missing := s.transactions.find(c.account, c.text("related_transaction_id"))
	c.text("remark")
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if missing != nil || tx.Type != uqpay.TransactionTypeRefund {
		return nil, notFound("refund")
	}
	return map[string]any{"request_status": "SUCCESS"}, nil
}
