package coshinetest

import (
	"context"
	"errors"
	"strconv"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/platform"
)

// actions are Coshine's rows of the table of actions. A purchase is an operation of
// the API, Transactions.Purchase; what the platform does by itself is to ask the
// issuer, and to notify it.
func (s *Server) actions() []platform.Row { return append(s.cardRows(), s.otherRows()...) }

// cardRows are those of cards and tokens, and of their money.
func (s *Server) cardRows() []platform.Row {
	var (
		token = platform.Text("token", "1", "the payment token's id in the state").Among(s.payTokenIDs)
		state = platform.OneOf("state", "the token's new state",
			coshine.TokenStateSuspended, coshine.TokenStateActive, coshine.TokenStateDeleted)
		customer = platform.Text("customer", "CIF1", "the issuer's customerId")
		loaded   = platform.Money("amount", "100.00", "what the card holds, in the platform's currency").Optional()
		card     = platform.Text("card", "90000000000007000001", "the card's token").Among(s.cardIDs)
	)
	return []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "IssueCard",
			Doc:    "Makes an active virtual card without an application.",
			Params: platform.Params(customer, loaded),
			Run: platform.Gives("card", func(in platform.Args) (coshine.CardToken, error) {
				return s.IssueCard(customer.Get(in), loaded.Get(in))
			})},
		{Name: "reveal-card", Group: "cards", Lever: "Card", Doc: "Reads a card's number.",
			Params: platform.Params(card),
			Run: platform.Gives("number", func(in platform.Args) (string, error) {
				c, ok := s.Card(coshine.CardToken(card.Get(in)))
				if !ok {
					return "", errors.New("coshinetest: no card with this token")
				}
				return c.Number.Reveal(), nil
			})},
		{Name: "request-token", Group: "tokens", Lever: "IssueToken",
			Doc:    "Makes a payment token for a card, as a wallet that asks for one does.",
			Params: platform.Params(card),
			Run: platform.Gives("token", func(in platform.Args) (string, error) {
				if _, err := s.IssueToken(coshine.CardToken(card.Get(in))); err != nil {
					return "", err
				}
				return s.payTokenIDs()[0], nil
			})},
		{Name: "change-token-state", Group: "tokens", Lever: "ChangeTokenState",
			Doc:    "Plays UMPS: changes a payment token's state and notifies the issuer.",
			Params: platform.Params(token, state),
			Run: platform.Does(func(in platform.Args) error {
				return s.ChangeTokenState(s.tokenNumber(token.Get(in)), state.Get(in))
			})},
	}
}

// otherRows are those of holders, callbacks and answers.
func (s *Server) otherRows() []platform.Row {
	var (
		operation = platform.Text("operation", "Cards.Deposit", "the operation's name").Of(operations)
		code      = platform.Text("code", string(coshine.CodeInsufficientFunds), "the response code")
		location  = platform.Text("location", "/moved/cardmgr/cardApply", "where to, perhaps relative")
		asked     = platform.OneOf("interface", "what the issuer is asked", coshine.APIAuthorization, coshine.APISendOTP)
		told      = platform.Text("interface", string(coshine.APIAuthorizationNotification), "what the issuer is told")
		fields    = platform.Object("fields", `{"transAmount":"12.50"}`, "what follows the public header").Optional()
		otp       = platform.Object("fields", `{"phone":"85291234567","otp":"135790"}`, "the whole body")
	)
	return []platform.Row{
		{Name: "ask-issuer", Group: "callbacks", Lever: "Ask",
			Doc:    "Asks the issuer for an authorization or to send a one-time password, and waits for the answer.",
			Params: platform.Params(asked, fields),
			Run: func(ctx context.Context, in platform.Args) (platform.Result, error) {
				return answered(s.Ask(ctx, asked.Get(in), fields.Get(in)))
			}},
		{Name: "send-otp", Group: "holders", Lever: "AskOTPWebhook",
			Doc:    "Has the issuer send a one-time password, in the form of the SMS-OTP webhook.",
			Params: platform.Params(otp),
			Run: func(ctx context.Context, in platform.Args) (platform.Result, error) {
				return answered(s.AskOTPWebhook(ctx, otp.Get(in)))
			}},
		{Name: "notify", Group: "callbacks", Lever: "Notify",
			Doc:    "Sends the issuer a notification and repeats it until it is acknowledged.",
			Params: platform.Params(told, fields),
			Run:    platform.Does(func(in platform.Args) error { return s.Notify(coshine.API(told.Get(in)), fields.Get(in)) })},
		{Name: "fail-next", Group: "faults", Lever: "FailNext",
			Doc:    "Answers the next request of an operation with a code instead of carrying it out.",
			Params: platform.Params(operation, code),
			Run: platform.Does(func(in platform.Args) error {
				return s.FailNext(operation.Get(in), coshine.Code(code.Get(in)))
			})},
		{Name: "redirect", Group: "faults", Lever: "Redirect",
			Doc:    "Answers the next request of an operation with 307.",
			Params: platform.Params(operation, location),
			Run:    platform.Does(func(in platform.Args) error { return s.Redirect(operation.Get(in), location.Get(in)) })},
		{Name: "disable", Group: "faults", Lever: "Disable",
			Doc:    "Has an operation answered as what is not opened to the issuer.",
			Params: platform.Params(operation),
			Run:    platform.Does(func(in platform.Args) error { return s.Disable(operation.Get(in)) })},
		{Name: "enable", Group: "faults", Lever: "Enable", Doc: "Opens an operation that was disabled.",
			Params: platform.Params(operation),
			Run:    platform.Does(func(in platform.Args) error { return s.Enable(operation.Get(in)) })},
		{Name: "revoke-tokens", Group: "faults", Lever: "RevokeTokens", Doc: "Makes every access token invalid.",
			Run: platform.Does(func(platform.Args) error { s.RevokeTokens(); return nil })},
	}
}

// answered is what the issuer answered.
func answered(reply IssuerReply, err error) (platform.Result, error) {
	return platform.Result{"status": reply.Status, "code": reply.Code}, err
}

// IssueCard makes an active virtual card of a customer without an application of the
// issuer's, for what has no client. It holds an amount, which may be nothing.
func (s *Server) IssueCard(customerID string, amount issuing.Amount) (coshine.CardToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if amount.Sign() < 0 {
		return "", errors.New("coshinetest: the amount is negative")
	}
	n, now := s.seq.Next(), s.now()
	c := &card{
		applyNo: "AP" + day(now) + strconv.FormatUint(n, 10), number: pan(n), expiry: expiry(now, 3),
		flag: coshine.CardFlagVirtual, prodCode: "2201", customer: customerID, idType: "P", openDate: day(now),
		idNo: issuing.NewSecret("E12345678"), state: coshine.CardStateActive,
	}
	s.add(c)
	if amount.Sign() == 0 {
		return c.token, nil
	}
	return c.token, s.book.Transfer(s.world(), s.account(c.token), amount, "issue of "+string(c.token))
}

// IssueToken makes a payment token for a card and returns its number.
func (s *Server) IssueToken(token coshine.CardToken) (issuing.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.cards[token]
	if c == nil || c.state != coshine.CardStateActive {
		return issuing.Secret{}, errors.New("coshinetest: no active card with this token")
	}
	return s.newPayToken(c, "", "").number, nil
}
