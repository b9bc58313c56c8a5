package uqpaytest

import (
	"errors"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// amountForms are the forms of amounts by the names of the action's argument.
var amountForms = map[string]AmountForm{"text": AmountFormText, "number": AmountFormNumber, "page": AmountFormPage}

// sampleID has the form of all ids.
const sampleID = "1c0f3f62-5b0e-4c52-9d35-6d0a4a1b8f01"

// actions are UQPAY's rows of the table of actions.
func (s *Server) actions() []platform.Row {
	card := platform.Text("card", sampleID, "UQPAY's id of the card").Among(s.cardIDs)
	return slices.Concat(s.cardRows(), s.otherRows(), platform.PurchaseRows(card, s.spendable, s.Purchase))
}

// cardRows are those of cards and tokens, and of their money.
func (s *Server) cardRows() []platform.Row {
	var (
		open    = platform.Text("transaction", sampleID, "the authorization's id").Among(s.openTransactions)
		settled = platform.Text("transaction", sampleID,
			"the id of an authorization that has settled").Among(s.settledTransactions)
		product = platform.OneOf("product", "the product that the card is of", ProductSingle, ProductShare, ProductPhysical)
		loaded  = platform.Money("amount", "100.00",
			"of the account's balance, in USD; a SHARE card takes none").Optional()
		amount   = platform.Money("amount", "12.50", "the final amount, in the card's currency")
		refunded = platform.Money("amount", "5.00", "in the card's currency")
	)
	return []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "IssueCard",
			Doc:    "Makes an active card with a cardholder of its own, without an order.",
			Params: platform.Params(product, loaded),
			Run: platform.Gives("card", func(in platform.Args) (string, error) {
				return s.IssueCard(product.Get(in), loaded.Get(in))
			})},
		{Name: "print-card", Group: "cards", Lever: "Inventory",
			Doc: "Reads the number of a plastic card that waits to be assigned.",
			Run: platform.Gives("card-number", func(platform.Args) (string, error) {
				waiting := s.Inventory()
				if len(waiting) == 0 {
					return "", errors.New("uqpaytest: no plastic card waits")
				}
				return waiting[0].Reveal(), nil
			})},
		platform.FundRow(s.Fund),
		{Name: "settle", Group: "money", Lever: "Settle",
			Doc:    "Has a shop collect an authorization with its final amount.",
			Params: platform.Params(open, amount),
			Run:    platform.Does(func(in platform.Args) error { return s.Settle(open.Get(in), amount.Get(in)) })},
		{Name: "reverse", Group: "money", Lever: "Reverse", Doc: "Has a shop take an authorization back.",
			Params: platform.Params(open),
			Run:    platform.Does(func(in platform.Args) error { return s.Reverse(open.Get(in)) })},
		{Name: "refund", Group: "money", Lever: "Refund", Doc: "Has a shop give back a part of a settled purchase.",
			Params: platform.Params(settled, refunded),
			Run:    platform.Does(func(in platform.Args) error { return s.Refund(settled.Get(in), refunded.Get(in)) })},
	}
}

// otherRows are those of holders, callbacks and answers.
func (s *Server) otherRows() []platform.Row {
	var (
		card    = platform.Text("card", sampleID, "UQPAY's id of the card").Among(s.cardIDs)
		holder  = platform.Text("holder", sampleID, "UQPAY's id of the cardholder").Among(s.holderIDs)
		reason  = platform.Text("reason", "document unreadable", "shown to the merchant").Optional()
		retry   = platform.Retry()
		repeats = platform.Whole("repeats", "1", "how many repeats of every key", 0, 1000)
		amounts = platform.OneOf("amounts", "the form", "page", "text", "number")
		typ     = platform.Text("type", uqpay.EventHolderChallenged, "the event's type")
		source  = platform.Text("source", sampleID, "the event's source_id")
		data    = platform.Object("data", `{"otp":"135790"}`, "the event's data")
		otp     = platform.NewChallenge()
	)
	return []platform.Row{
		{Name: "approve-kyc", Group: "holders", Lever: "ApproveKYC",
			Doc:    "Ends the verification of a cardholder with SUCCESS.",
			Params: platform.Params(holder),
			Run:    platform.Does(func(in platform.Args) error { return s.ApproveKYC(holder.Get(in)) })},
		{Name: "reject-kyc", Group: "holders", Lever: "RejectKYC",
			Doc:    "Ends the verification of a cardholder with INCOMPLETE, or with FAILED where no retry is allowed.",
			Params: platform.Params(holder, reason, retry),
			Run: platform.Does(func(in platform.Args) error {
				return s.RejectKYC(holder.Get(in), reason.Get(in), platform.RetryOf(retry.Get(in)))
			})},
		{Name: "send-otp", Group: "holders", Lever: "SendOTP",
			Doc:    "Sends a one-time password for an online payment (card.3ds.otp).",
			Params: otp.Code(card),
			Run:    platform.Does(func(in platform.Args) error { return s.SendOTP(card.Get(in), otp.Get(in)) })},
		{Name: "emit", Group: "callbacks", Lever: "Emit", Doc: "Sends a callback of any type with any data.",
			Params: platform.Params(typ, source, data),
			Run: platform.Does(func(in platform.Args) error {
				s.Emit(typ.Get(in), source.Get(in), data.Get(in))
				return nil
			})},
		{Name: "end-token", Group: "faults", Lever: "EndToken",
			Doc: "Ends the present access token, as a mint by somebody else would.",
			Run: platform.Does(func(platform.Args) error { s.EndToken(); return nil })},
		{Name: "set-amounts", Group: "faults", Lever: "SetAmounts",
			Doc: "Changes the form of amounts in answers: as texts, as numbers, or as numbers of the simulator alone, " +
				"which older libraries of UQPAY read.",
			Params: platform.Params(amounts),
			Run:    platform.Does(func(in platform.Args) error { s.SetAmounts(amountForms[amounts.Get(in)]); return nil })},
		{Name: "keep-in-flight", Group: "faults", Lever: "KeepInFlight",
			Doc:    "Answers repeats of later idempotency keys as if the first request were being processed.",
			Params: platform.Params(repeats),
			Run:    platform.Does(func(in platform.Args) error { s.KeepInFlight(repeats.Get(in)); return nil })},
		platform.FailNextRow(failing, "pin_rejected", "the failure code of a PIN order; other orders give none", s.FailNext),
	}
}

// IssueCard makes an active card of a product, in USD and of the master account, with a
// cardholder of its own, for what has no client: without an order and without a
// callback. A SINGLE card holds an amount of the account's balance, which may be
// nothing; a SHARE card has none of its own.
func (s *Server) IssueCard(productID string, amount issuing.Amount) (cardID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.product(productID)
	switch {
	case p == nil:
		return "", errors.New("uqpaytest: no such product")
	case amount.Sign() < 0 || amount.Sign() > 0 && p.Mode == uqpay.ModeShare:
		return "", errors.New("uqpaytest: the card cannot hold this amount")
	case amount.Cmp(s.book.Balance(issuingAccount(MasterAccount, issuing.CurrencyUSD))) > 0:
		return "", errors.New("uqpaytest: the account does not hold this amount")
	}
	h := &holder{owned: owned{MasterAccount}}
	h.ID, h.Status, h.CreateTime = s.ids.UUID(), uqpay.CardholderStatusSuccess, s.now()
	h.FirstName, h.LastName, h.CountryCode = "Ada", "Lovelace", "SG"
	h.Email = issuing.Personal(fmt.Sprintf("ada%d@example.com", s.seq.Next()))
	h.PhoneNumber = issuing.Personal(s.seq.ID(8))
	s.holders.add(h.ID, h)
	n := &card{owned: owned{MasterAccount}}
	n.ProductID, n.Mode, n.BIN, n.Currency, n.Limit = p.ID, p.Mode, p.BIN, issuing.CurrencyUSD, zero(amount)
	n.UsageType, n.FormFactor = uqpay.UsageTypeNormal, uqpay.FormFactorVirtual
	if p.ID == ProductPhysical {
		n.FormFactor = uqpay.FormFactorPhysical
	}
	s.issue(n, h, ledger.PAN(p.BIN, s.seq.Next(), 16))
	n.Status = uqpay.CardStatusActive
	return n.ID, s.move(issuingAccount(MasterAccount, n.Currency), n.money(), amount, "issue of "+n.ID,
		uqpay.LedgerTypeCardRecharge)
}

func (s *Server) spendable(cardID string) (issuing.Amount, error) {
	left := s.Balance(cardID)
	if left.IsZero() {
		return left, fmt.Errorf("uqpaytest: no card %q", platform.Redact(cardID))
	}
	return left, nil
}
