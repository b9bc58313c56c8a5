package legacytest

import (
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// actions are this API's rows of the table of actions. Requests name cards by their
// number; rows name them by the number of their issue, which is no secret.
func (s *Server) actions() []platform.Row {
	var (
		card     = platform.Text("card", "1", "the card's id in the state").Among(s.cardIDs(anyCard))
		virtualP = platform.Text("card", "1", "the id in the state of a VIRTUAL-P card").Among(s.cardIDs(isVirtualP))
		record   = platform.Text("transaction", "1000000000002", "the purchase's id").Among(s.openRecords)
		product  = platform.OneOf("product", "the card's product",
			ProductVirtualP, ProductVirtualL, ProductMasterE, ProductVisaH)
		amount    = platform.Money("amount", "100.00", "of the reserve's money, in the card's currency").Optional()
		loaded    = platform.Money("amount", "50.00", "in the card's currency")
		challenge = platform.NewChallenge()
	)
	rows := []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "IssueCard", Doc: "Makes an active card without an application.",
			Params: platform.Params(product, amount),
			Run: platform.Gives("card", func(in platform.Args) (string, error) {
				return s.issueLoaded(product.Get(in), amount.Get(in))
			})},
		{Name: "reveal-card", Group: "cards", Lever: "IssueCard",
			Doc:    "Reads what requests name a card by: its number, or VIRTUAL-P's card id.",
			Params: platform.Params(card),
			Run: platform.Gives("number", func(in platform.Args) (string, error) {
				number := s.numberOf(card.Get(in))
				if number.IsZero() {
					return "", errNoCard
				}
				return number.Reveal(), nil
			})},
		{Name: "issue-foreign-card", Group: "cards", Lever: "IssueForeignCard",
			Doc: "Makes a VIRTUAL-P card of another merchant's: a document upload for it is refused with 5011.",
			Run: platform.Gives("card", func(platform.Args) (string, error) { return s.refOf(s.IssueForeignCard()), nil })},
		{Name: "load-card", Group: "money", Lever: "LoadCard",
			Doc:    "Moves money from the reserve to a card, without an order.",
			Params: platform.Params(card, loaded),
			Run:    platform.Does(func(in platform.Args) error { return s.LoadCard(s.numberOf(card.Get(in)), loaded.Get(in)) })},
		platform.FundRow(s.Fund),
		{Name: "settle", Group: "money", Lever: "Settle",
			Doc:    "Settles a purchase: a VISA-H transaction shows its amount from then on.",
			Params: platform.Params(card, record),
			Run:    platform.Does(func(in platform.Args) error { return s.Settle(s.numberOf(card.Get(in)), record.Get(in)) })},
		{Name: "send-otp", Group: "holders", Lever: "SendOTP", Doc: "Pushes a one-time password for a VIRTUAL-P card.",
			Params: challenge.Code(virtualP),
			Run: platform.Does(func(in platform.Args) error {
				return s.SendOTP(s.numberOf(virtualP.Get(in)), challenge.Get(in))
			})},
		{Name: "forward-3ds", Group: "holders", Lever: "Forward3DS",
			Doc:    "Pushes the address of a 3-D Secure page for a VIRTUAL-P card.",
			Params: challenge.Page(virtualP),
			Run: platform.Does(func(in platform.Args) error {
				return s.Forward3DS(s.numberOf(virtualP.Get(in)), challenge.Get(in))
			})},
		platform.FailNextRow(failing, "channel closed", "shown to the merchant", s.FailNext),
		platform.EmitRow(legacy.EventVirtualLClosed, `{"cardNumber":"5371000000000018","recordNo":"1"}`, s.Emit),
	}
	return append(rows, platform.PurchaseRows(card, s.spendable,
		func(id string, amount issuing.Amount, shop issuingtest.Merchant) (issuingtest.Authorization, error) {
			return s.Purchase(s.numberOf(id), amount, shop)
		})...)
}

// LoadCard moves money from the reserve to a card, in the card's currency: without an
// order, a fee or a callback, for cards that [Server.IssueCard] made empty.
func (s *Server) LoadCard(cardNumber issuing.Secret, amount issuing.Amount) error {
	if amount.Sign() <= 0 {
		return errors.New("legacytest: the amount is not positive")
	}
	err := errNoCard
	_ = s.with(cardNumber, func(c *card) {
		err = s.book.Transfer(reserve(c.currency), c.account, amount, "load of card "+c.account.Owner)
	})
	return err
}

// issueLoaded makes a card that holds an amount and returns its id in the state.
func (s *Server) issueLoaded(product Product, amount issuing.Amount) (string, error) {
	number := s.IssueCard(product)
	if amount.Sign() != 0 {
		if err := s.LoadCard(number, amount); err != nil {
			return "", err
		}
	}
	return s.refOf(number), nil
}

func (s *Server) spendable(id string) (issuing.Amount, error) {
	number := s.numberOf(id)
	if number.IsZero() {
		return issuing.Amount(""), errNoCard
	}
	return s.Balance(number), nil
}

// refOf returns a card's id in the state.
func (s *Server) refOf(cardNumber issuing.Secret) (id string) {
	_ = s.with(cardNumber, func(c *card) { id = c.account.Owner })
	return id
}

// numberOf returns what requests name the card by that has this id in the state,
// nothing when there is none.
func (s *Server) numberOf(id string) issuing.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cards {
		if c.account.Owner == id {
			return issuing.NewSecret(c.id)
		}
	}
	return issuing.Secret{}
}
