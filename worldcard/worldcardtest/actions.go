package worldcardtest

import (
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// failing are the operations that [Server.FailNext] makes fail.
var failing = []string{opDeposit, opApply, opActivate}

// actions are WorldCard's rows of the table of actions.
func (s *Server) actions() []platform.Row {
	card := platform.Text("card", "1000000001", "WorldCard's id of the card").Among(s.cardIDs)
	return slices.Concat(s.cardRows(), s.otherRows(), platform.PurchaseRows(card, s.spendable, s.Purchase))
}

// cardRows are those of cards and tokens, and of their money.
func (s *Server) cardRows() []platform.Row {
	var (
		card = platform.Text("card", "1000000001", "WorldCard's id of the card").Among(s.cardIDs)
		tx   = platform.Text("transaction", "100000000003", "the authorization's id").Among(s.openTransactions)
		typ  = platform.OneOf("type", "the card's type", worldcard.CardTypeVirtualG, worldcard.CardTypeVirtualV,
			worldcard.CardTypeVirtualR, worldcard.CardTypePhysicalG)
		amount = platform.Money("amount", "100.00",
			"of the reserve's money, in USD; a physical card takes none").Optional()
		refunded = platform.Money("amount", "5.00", "in USD")
		shop     = platform.NewShop()
	)
	return []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "IssueCard",
			Doc:    "Makes a card without an application: a virtual one active, a physical one in its KYC review.",
			Params: platform.Params(typ, amount),
			Run: platform.Gives("card", func(in platform.Args) (string, error) {
				return s.IssueCard(typ.Get(in), amount.Get(in))
			})},
		{Name: "reveal-card", Group: "cards", Lever: "Card", Doc: "Reads a card's number.",
			Params: platform.Params(card),
			Run: platform.Gives("number", func(in platform.Args) (string, error) {
				c, _ := s.Card(s.keyOf(card.Get(in)))
				return c.Number.Reveal(), ensureCard(c.ID != "")
			})},
		platform.FundRow(s.Fund),
		{Name: "settle", Group: "money", Lever: "Settle", Doc: "Takes the money of an authorization.",
			Params: platform.Params(card, tx),
			Run: platform.Gives("transaction", func(in platform.Args) (string, error) {
				return s.Settle(card.Get(in), tx.Get(in))
			})},
		{Name: "reverse", Group: "money", Lever: "Reverse",
			Doc:    "Gives the money of an authorization back to the card.",
			Params: platform.Params(card, tx),
			Run: platform.Gives("transaction", func(in platform.Args) (string, error) {
				return s.Reverse(card.Get(in), tx.Get(in))
			})},
		{Name: "refund", Group: "money", Lever: "Refund", Doc: "Credits a card with a shop's refund.",
			Params: shop.After(card, refunded),
			Run: platform.Gives("transaction", func(in platform.Args) (string, error) {
				return s.Refund(card.Get(in), refunded.Get(in), shop.Get(in))
			})},
	}
}

// otherRows are those of holders, callbacks and answers.
func (s *Server) otherRows() []platform.Row {
	var (
		card     = platform.Text("card", "1000000001", "WorldCard's id of the card").Among(s.cardIDs)
		reviewed = platform.Text("card", "1000000001",
			"WorldCard's id of a physical card that waits for KYC").Among(s.waiting)
		reason    = platform.Text("reason", "document unreadable", "shown to the merchant").Optional()
		retry     = platform.Retry()
		challenge = platform.NewChallenge()
	)
	return []platform.Row{
		{Name: "approve-kyc", Group: "holders", Lever: "ApproveKYC", Doc: "Ends a KYC review with GREEN.",
			Params: platform.Params(reviewed),
			Run:    platform.Does(func(in platform.Args) error { return s.ApproveKYC(s.keyOf(reviewed.Get(in))) })},
		{Name: "reject-kyc", Group: "holders", Lever: "RejectKYC", Doc: "Ends a KYC review with RED.",
			Params: platform.Params(reviewed, reason, retry),
			Run: platform.Does(func(in platform.Args) error {
				return s.RejectKYC(s.keyOf(reviewed.Get(in)), reason.Get(in), platform.RetryOf(retry.Get(in)))
			})},
		{Name: "send-otp", Group: "holders", Lever: "SendOTP",
			Doc:    "Pushes a one-time password for a purchase (card_3ds).",
			Params: challenge.Code(card),
			Run:    platform.Does(func(in platform.Args) error { return s.SendOTP(card.Get(in), challenge.Get(in)) })},
		{Name: "forward-3ds", Group: "holders", Lever: "Forward3DS",
			Doc:    "Pushes the address of a 3-D Secure page (card_3ds).",
			Params: challenge.Page(card),
			Run:    platform.Does(func(in platform.Args) error { return s.Forward3DS(card.Get(in), challenge.Get(in)) })},
		{Name: "expire-kyc", Group: "holders", Lever: "ExpireKYC", Doc: "Ends the period that a KYC review may take.",
			Params: platform.Params(reviewed),
			Run:    platform.Does(func(in platform.Args) error { return s.ExpireKYC(s.keyOf(reviewed.Get(in))) })},
		platform.FailNextRow(failing, "channel closed", "shown to the merchant where the callback has room", s.FailNext),
		platform.EmitRow(worldcard.EventCardStateChanged, `{"card_id":"1000000001","status":3}`,
			func(typ string, content map[string]any) error { s.Emit(typ, content); return nil }),
	}
}

// IssueCard makes a card without an application of the merchant's, for what has no
// client: a virtual one is active and holds an amount of the reserve's, which may be
// nothing; a physical one waits for the verdict of its KYC review. No callback tells
// of it.
func (s *Server) IssueCard(typ worldcard.CardType, amount issuing.Amount) (cardID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(bins, func(b bin) bool { return b.typ == typ })
	physical := typ == worldcard.CardTypePhysicalG
	switch {
	case i < 0:
		return "", errNoType
	case amount.Sign() < 0 || physical && amount.Sign() != 0:
		return "", errAmount
	case physical && s.quota <= 0:
		return "", errNoQuota
	}
	f := fields{"first_name": []byte(`"Ada"`), "last_name": []byte(`"Lovelace"`)}
	f["merchant_card_id"] = platform.JSON("sandbox-" + s.seq.ID(6))
	if physical {
		s.quota--
		c := s.newCard(f, typ, bins[i], worldcard.CardStatusPendingKYC, 19)
		c.kyc.status = worldcard.KYCStatusPending
		s.keep(c)
		return c.id, nil
	}
	c := s.newCard(f, typ, bins[i], worldcard.CardStatusActive, 16)
	c.first = amount
	if amount.Sign() > 0 {
		if err := s.book.Transfer(reserve, c.available(), amount, c.id); err != nil {
			return "", err
		}
	}
	s.number(c)
	s.keep(c)
	return c.id, nil
}

func ensureCard(there bool) error {
	if there {
		return nil
	}
	return errNoCard
}

// ExpireKYC ends a KYC review for which the allowed period is over.
func (s *Server) ExpireKYC(merchantCardID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byKey[merchantCardID]
	if c == nil || c.status != worldcard.CardStatusPendingKYC {
		return errNoReview
	}
	s.expireKYC(c)
	return nil
}

// keyOf returns the merchant's id of a card, "" when there is none.
func (s *Server) keyOf(cardID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cards[cardID]; c != nil {
		return c.key
	}
	return ""
}

func (s *Server) spendable(cardID string) (issuing.Amount, error) {
	if s.keyOf(cardID) == "" {
		return issuing.Amount(""), errNoCard
	}
	return s.Balance(cardID), nil
}
