package kazepaytest

import (
	"context"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// actions are KazePay's rows of the table of actions.
func (s *Server) actions() []platform.Row {
	card := platform.Text("card", "10001", "KazePay's id of the card").Among(s.Cards)
	return slices.Concat(s.cardRows(), s.moneyRows(), s.otherRows(), platform.PurchaseRows(card, s.spendable, s.Purchase))
}

// cardRows are those of cards.
func (s *Server) cardRows() []platform.Row {
	var (
		card    = platform.Text("card", "10001", "KazePay's id of the card").Among(s.Cards)
		plastic = platform.Text("card", "10001", "KazePay's id of a printed card").Among(s.plasticIDs)
		email   = platform.Text("email", "ada@example.com", "whom the card is for; a user that nobody knows is made")
		loaded  = platform.Money("amount", "100.00", "of the merchant's money, in USD").Optional()
	)
	return []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "IssueCard",
			Doc:    "Makes an active virtual card without an application, and has the user's KYC review wait.",
			Params: platform.Params(email, loaded),
			Run: platform.Gives("card", func(in platform.Args) (string, error) {
				return s.IssueCard(email.Get(in), loaded.Get(in))
			})},
		{Name: "reveal-card", Group: "cards", Lever: "Card", Doc: "Reads a card's number.",
			Params: platform.Params(card),
			Run: platform.Gives("number", func(in platform.Args) (string, error) {
				c, ok := s.Card(card.Get(in))
				if !ok {
					return "", errNoCard
				}
				return c.CardNumber.Reveal(), nil
			})},
		{Name: "print-card", Group: "cards", Lever: "PrintCard",
			Doc: "Makes a plastic card; the number that is printed on it is what ucardAssign takes.",
			Run: platform.Gives("card-number", func(platform.Args) (string, error) { return s.PrintCard().Reveal(), nil })},
		{Name: "activation-code", Group: "cards", Lever: "ActivationCode",
			Doc:    "Reads the code that was sent for a printed card.",
			Params: platform.Params(plastic),
			Run: platform.Gives("code", func(in platform.Args) (string, error) {
				code := s.ActivationCode(plastic.Get(in))
				if code.IsZero() {
					return "", errNoCode
				}
				return code.Reveal(), nil
			})},
	}
}

// moneyRows are those of money.
func (s *Server) moneyRows() []platform.Row {
	var (
		card = platform.Text("card", "10001", "KazePay's id of the card").Among(s.Cards)
		tx   = platform.Text("transaction", "5f9c1de2-3c5c-4d0e-8a53-6c70e52d9f1b",
			"the authorisation's id").Among(s.openTransactions)
		amount   = platform.Money("amount", "12.50", "in USD")
		refunded = platform.Money("amount", "5.00", "in USD")
		fee      = platform.Money("fee", "0.50", "in USD, on top").Optional()
		abroad   = platform.Currency("shop-currency", "EUR", "the shop's currency").Optional()
		asked    = platform.Money("shop-amount", "11.40", "what the shop asks for in its currency").Optional()
		shop     = platform.NewShop()
	)
	return []platform.Row{
		platform.FundRow(s.Fund),
		{Name: "purchase-abroad", Group: "money", Lever: "PurchaseAt",
			Doc:    "Has a shop ask for a card's money with a fee, or in its own currency.",
			Params: shop.After(card, amount, fee, abroad, asked),
			Run: func(_ context.Context, in platform.Args) (platform.Result, error) {
				a, err := s.PurchaseAt(card.Get(in), Price{
					Amount: amount.Get(in), Fee: fee.Get(in), ShopCurrency: abroad.Get(in), ShopAmount: asked.Get(in),
				}, shop.Get(in))
				return platform.Result{"transaction": a.ID, "approved": a.Approved, "reason": a.Reason}, err
			}},
		{Name: "settle", Group: "money", Lever: "Settle", Doc: "Takes the money of an authorised transaction.",
			Params: platform.Params(card, tx),
			Run:    platform.Does(func(in platform.Args) error { return s.Settle(card.Get(in), tx.Get(in)) })},
		{Name: "reverse", Group: "money", Lever: "Reverse", Doc: "Gives the money of an authorised transaction back.",
			Params: platform.Params(card, tx),
			Run:    platform.Does(func(in platform.Args) error { return s.Reverse(card.Get(in), tx.Get(in)) })},
		{Name: "refund", Group: "money", Lever: "Refund", Doc: "Has a shop give back an amount.",
			Params: shop.After(card, refunded),
			Run: platform.Gives("transaction", func(in platform.Args) (string, error) {
				return s.Refund(card.Get(in), refunded.Get(in), shop.Get(in))
			})},
	}
}

// otherRows are those of holders, callbacks and answers.
func (s *Server) otherRows() []platform.Row {
	var (
		card     = platform.Text("card", "10001", "KazePay's id of the card").Among(s.Cards)
		reviewed = platform.Text("email", "ada@example.com", "the email of a user whose review waits").Among(s.waiting)
		reason   = platform.Text("reason", "document unreadable", "shown to the merchant").Optional()
		otp      = platform.NewChallenge()
	)
	return []platform.Row{
		{Name: "approve-kyc", Group: "holders", Lever: "ApproveKYC", Doc: "Ends a user's review with PASSED.",
			Params: platform.Params(reviewed),
			Run:    platform.Does(func(in platform.Args) error { return s.ApproveKYC(reviewed.Get(in)) })},
		{Name: "reject-kyc", Group: "holders", Lever: "RejectKYC",
			Doc:    "Ends a user's review with REJECTED; the user may submit again.",
			Params: platform.Params(reviewed, reason),
			Run:    platform.Does(func(in platform.Args) error { return s.RejectKYC(reviewed.Get(in), reason.Get(in), true) })},
		{Name: "send-otp", Group: "holders", Lever: "SendOTP", Doc: "Pushes a one-time code for a purchase.",
			Params: otp.Code(card),
			Run:    platform.Does(func(in platform.Args) error { return s.SendOTP(card.Get(in), otp.Get(in)) })},
		platform.FailNextRow(failing(), "the review failed", "shown where the answer has room", s.FailNext),
		platform.EmitRow(kazepay.EventCardStateChanged, `{"userBankcardId":10001,"status":"FROZEN"}`,
			func(typ string, content map[string]any) error { s.Emit(typ, content); return nil }),
	}
}

// IssueCard makes an active virtual card without an application of the merchant's, for
// what has no client: it holds an amount of the merchant's money, in USD, which may be
// nothing. The user is known by the email; one that nobody knows is made. A review of
// the user that has not passed waits for a verdict. No callback tells of it.
func (s *Server) IssueCard(email string, amount issuing.Amount) (cardID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !check.ValidEmail(email):
		return "", errEmail
	case amount.Sign() < 0 || amount.Cmp(s.book.Balance(merchant)) > 0:
		return "", errAmount
	}
	u := s.users[email]
	if u == nil {
		u = &user{email: email, number: s.seq.ID(10), prefix: "1"}
		s.users[email] = u
	}
	if u.kyc != kazepay.KYCStatusPassed {
		u.kyc = kazepay.KYCStatusWaiting
	}
	c := s.newCard(u, s.freshNumber(s.cfg.BINs[0]), kazepay.CardStatusActive)
	if amount.Sign() > 0 {
		err = s.book.Transfer(merchant, c.available(), amount, c.id)
	}
	return c.id, err
}

func (s *Server) spendable(cardID string) (issuing.Amount, error) {
	c, ok := s.Card(cardID)
	if !ok {
		return issuing.Amount(""), errNoCard
	}
	return c.Available, nil
}
