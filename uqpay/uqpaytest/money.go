package uqpaytest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

var currencies = []issuing.Currency{issuing.CurrencySGD, issuing.CurrencyUSD, uqpay.XUSD}

func isCurrency(code string) bool { return oneOf(issuing.Currency(code), currencies...) }

func (s *Server) showBalance(account string, currency issuing.Currency) map[string]any {
	a := issuingAccount(account, currency)
	last := time.Time{}
	for _, e := range s.ledger.list {
		if e.account == account && e.Currency == currency {
			last = e.CreateTime
		}
	}
	return map[string]any{
		"balance_id": balanceID(a), "currency": currency, "available_balance": s.book.Balance(a),
		"margin_balance": issuing.NewAmount(0, 2), "frozen_balance": issuing.NewAmount(0, 2),
		"create_time": "2026-01-01T00:00:00+08:00", "last_trade_time": stamp(last), "balance_status": "ACTIVE",
	}
}

func getBalance(s *Server, c *call) (any, *refusal) {
	c.require("currency")
	currency := c.currency("currency")
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	if !slices.Contains(currencies, currency) {
		return nil, accountError("balance not found")
	}
	return s.showBalance(c.account, currency), nil
}

func listBalances(s *Server, c *call) (any, *refusal) {
	return paged(c, currencies, func(currency issuing.Currency) map[string]any {
		return s.showBalance(c.account, currency)
	})
}

func listLedger(s *Server, c *call) (any, *refusal) {
	within, bad := c.period()
	bad = cmp.Or(bad, c.one("transaction_type", isKnown[uqpay.LedgerType]),
		c.one("transaction_status", isKnown[uqpay.LedgerStatus]), c.one("currency", isCurrency))
	if bad != nil {
		return nil, bad
	}
	items := s.ledger.latest(c.account, func(e *entry) bool {
		return within(e.CreateTime) && c.fits("transaction_type", string(e.Type)) && c.fits("transaction_id", e.ID) &&
			c.fits("transaction_status", string(e.Status)) && c.fits("currency", string(e.Currency))
	})
	return paged(c, items, func(e *entry) map[string]any {
		return map[string]any{
			"transaction_id": e.ID, "short_transaction_id": e.ShortID, "account_id": e.AccountID, "balance_id": e.BalanceID,
			"transaction_type": e.Type, "currency": e.Currency, "amount": e.Amount, "ending_balance": e.EndingBalance,
			"create_time": stamp(e.CreateTime), "complete_time": stamp(e.CompleteTime), "transaction_status": e.Status,
			"description": e.Description,
		}
	})
}

func createTransfer(s *Server, c *call) (any, *refusal) {
	c.require("source_account_id", "destination_account_id", "currency", "amount")
	c.bare("amount")
	t := &uqpay.Transfer{
		ID: s.ids.UUID(), ShortID: s.shortID("T"), ReferenceID: s.shortID("R"),
		SourceAccountID: c.text("source_account_id"), DestinationAccountID: c.text("destination_account_id"),
		Currency: c.currency("currency"), Amount: c.amount("amount"),
		FeeAmount: issuing.NewAmount(0, 2), Remark: c.text("remark"),
		Status: uqpay.TransferStatusPending, CreateTime: s.now(), CreatorID: MasterAccount,
	}
	if bad := c.refused(); bad != nil {
		return nil, bad
	}
	for _, id := range []string{t.SourceAccountID, t.DestinationAccountID} {
		if account := s.connected(id); id != MasterAccount && (account == nil ||
			!slices.Contains(account.BusinessCodes, uqpay.BusinessCodeIssuing)) {
			return nil, subAccountNotFound()
		}
	}
	if t.SourceAccountID == t.DestinationAccountID {
		return nil, invalid("destination_account_id: is the source account")
	}
	under := account("transfer", t.ID, t.Currency)
	if s.move(issuingAccount(t.SourceAccountID, t.Currency), under, t.Amount, "transfer "+t.ID,
		uqpay.LedgerTypeTransferOut) != nil {
		return nil, accountError("insufficient balance")
	}
	s.transfers[t.ID] = t
	s.later(func() { s.endTransfer(t, under) })
	return map[string]any{"transfer_id": t.ID, "short_transaction_id": t.ShortID}, nil
}

// endTransfer moves the money that is under way to its destination, or back.
func (s *Server) endTransfer(t *uqpay.Transfer, under ledger.Account) {
	t.CompleteTime = s.now()
	to, word, succeeded := t.DestinationAccountID, "succeeded", stamp(t.CompleteTime)
	t.Status = uqpay.TransferStatusCompleted
	if s.failing("Transfers.Create") {
		to, word, succeeded = t.SourceAccountID, "failed", ""
		t.Status = uqpay.TransferStatusFailed
	}
	_ = s.move(under, issuingAccount(to, t.Currency), t.Amount, "transfer "+t.ID, uqpay.LedgerTypeTransferIn)
	s.push(uqpay.EventTransferChanged, t.ID, map[string]any{
		"transfer_id": t.ID, "status": word, "previous_status": "pending", "source_account_id": t.SourceAccountID,
		"destination_account_id": t.DestinationAccountID, "currency": t.Currency, "amount": trimmed(t.Amount),
		"remark": t.Remark, "succeeded_at": succeeded, "create_time": stamp(t.CreateTime),
	})
}

func getTransfer(s *Server, c *call) (any, *refusal) {
	t, found := s.transfers[c.id]
	if !found {
		return nil, notFound("transfer")
	}
	return map[string]any{
		"transfer_id": t.ID, "reference_id": t.ReferenceID, "source_account_id": t.SourceAccountID,
		"destination_account_id": t.DestinationAccountID, "amount": t.Amount.String(), "fee_amount": t.FeeAmount.String(),
		"currency": t.Currency, "transfer_status": t.Status, "create_time": stamp(t.CreateTime),
		"complete_time": stamp(t.CompleteTime), "creator_id": t.CreatorID, "remark": t.Remark,
	}, nil
}

func listAccounts(s *Server, c *call) (any, *refusal) { return paged(c, s.accounts, showAccount) }

func getAccount(s *Server, c *call) (any, *refusal) {
	account := s.connected(c.id)
	if bad := c.one("business_code", isKnown[uqpay.BusinessCode]); bad != nil {
		return nil, bad
	}
	line := cmp.Or(uqpay.BusinessCode(c.query.Get("business_code")), uqpay.BusinessCodeBanking)
	if account == nil || !slices.Contains(account.BusinessCodes, line) {
		return nil, accountError("account not found")
	}
	return showAccount(*account), nil
}

func showAccount(a uqpay.Account) map[string]any {
	return map[string]any{
		"account_id": a.ID, "short_reference_id": a.ShortID, "business_code": a.BusinessCodes, "email": a.Email,
		"account_name": a.Name, "status": a.Status, "verification_status": a.VerificationStatus, "country": a.Country,
		"entity_type": a.EntityType, "business_details": map[string]any{"legal_entity_name": a.Name},
		"contact_details": map[string]any{"email": a.Contact.Email, "phone": a.Contact.Phone},
	}
}

func listProducts(s *Server, c *call) (any, *refusal) {
	return paged(c, s.products, func(p uqpay.Product) map[string]any {
		free := []any{}
		for _, m := range p.NoPINPaymentAmount {
			free = append(free, map[string]any{"amount": m.Amount.String(), "currency": m.Currency})
		}
		m := map[string]any{
			"product_id": p.ID, "mode_type": p.Mode, "card_bin": p.BIN, "card_form": p.Forms, "max_card_quota": p.MaxQuota,
			"card_scheme": p.Scheme, "card_currency": p.Currencies, "product_status": p.Status,
			"no_pin_payment_amount": free, "create_time": stamp(p.CreateTime), "update_time": stamp(p.UpdateTime),
			"kyc_level": p.KYCLevel,
		}
		if p.RequiredFields != nil {
			m["required_fields"] = p.RequiredFields
		}
		return m
	})
}

// brands are the merchant brands of the platform.
var brands = []uqpay.Brand{
	{MerchantCode: "MB0001", DisplayName: "Example Books"}, {MerchantCode: "MB0002", DisplayName: "Example Coffee"},
	{MerchantCode: "MB0003", DisplayName: "Sample Airlines"},
}

func listBrands(_ *Server, c *call) (any, *refusal) {
	name := strings.ToLower(c.query.Get("display_name"))
	if name == "" && c.fits("merchant_code", "") {
		return nil, invalid("display_name, merchant_code: at least one is required")
	}
	var items []uqpay.Brand
	for _, b := range brands {
		if strings.HasPrefix(strings.ToLower(b.DisplayName), name) && c.fits("merchant_code", b.MerchantCode) {
			items = append(items, b)
		}
	}
	return paged(c, items, func(b uqpay.Brand) map[string]any {
		return map[string]any{"merchant_code": b.MerchantCode, "display_name": b.DisplayName}
	})
}
