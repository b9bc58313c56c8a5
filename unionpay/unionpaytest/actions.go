package unionpaytest

import (
	"context"
	"encoding/json"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// cardWords are the statuses of a card by name.
var cardWords = map[string]CardStatus{
	"normal": CardStatusNormal, "lost": CardStatusLost, "stolen": CardStatusStolen, "expired": CardStatusExpired,
	"restricted": CardStatusRestricted,
}

// behaviourWords are behaviours by name, for the row of Next.
var behaviourWords = map[string]Behaviour{
	"unsigned": {Unsigned: true}, "wrong-signature": {WrongSignature: true}, "stale-time": {StaleTime: true},
	"other-uuid": {OtherUUID: true}, "standard-base64": {StandardBase64: true}, "request-path": {ReqPath: true},
	"bare-401": {Bare401: true}, "extra-members": {ExtraMembers: true}, "capital-m": {CapitalM: true},
	"encrypted-token": {EncryptToken: true}, "encrypted-body": {EncryptBody: true}, "other-message": {OtherMsgID: true},
	"no-token": {NoToken: true}, "new-values": {NewValues: true},
}

// actions are UnionPay's rows of the table of actions. Money moves elsewhere: what
// this gateway knows of a purchase is the notification of it.
func (s *Server) actions() []platform.Row { return append(s.cardRows(), s.otherRows()...) }

// cardRows are those of cards and tokens, and of their money.
func (s *Server) cardRows() []platform.Row {
	var (
		status = platform.OneOf("status", "what the issuer knows of the card", "normal", "lost", "stolen", "expired",
			"restricted")
		card   = platform.Text("card", "CARD-000001", "the issuer's id of the card").Among(s.cardIDs)
		pushed = platform.Text("card", "CARD-000001",
			"the issuer's id of the card; a new one when not given").Optional().Among(s.cardIDs)
		origin = platform.OneOf("origin", "where the cardholder is", OriginIOS, OriginAndroid, OriginWeb).Optional()
		token  = platform.Text("token", "1000000001", "the token's reference").Among(s.liveTokens)
		held   = platform.Text("token", "1000000001", "the reference of a suspended token").Among(s.suspendedTokens)
	)
	return []platform.Row{
		{Name: "issue-card", Group: "cards", Lever: "AddCard", Doc: "Has the issuer issue a card.",
			Params: platform.Params(status),
			Run: platform.Gives("card", func(in platform.Args) (string, error) {
				return s.AddCard(cardWords[status.Get(in)]), nil
			})},
		{Name: "reveal-card", Group: "cards", Lever: "PAN", Doc: "Reads a card's number.",
			Params: platform.Params(card),
			Run: platform.Gives("number", func(in platform.Args) (string, error) {
				number := s.PAN(card.Get(in))
				if number.IsZero() {
					return "", errNoCard
				}
				return number.Reveal(), nil
			})},
		{Name: "set-card-status", Group: "cards", Lever: "SetCardStatus",
			Doc:    "Changes what the issuer knows of a card.",
			Params: platform.Params(card, status),
			Run: platform.Does(func(in platform.Args) error {
				return s.SetCardStatus(card.Get(in), cardWords[status.Get(in)])
			})},
		{Name: "push-card", Group: "tokens", Lever: "Push",
			Doc:    "Has the issuer push a card to the token requestor, and answers the links that it opens.",
			Params: platform.Params(pushed, origin),
			Run: func(_ context.Context, in platform.Args) (platform.Result, error) {
				return pushResult(s.Push(PushRequest{CardID: pushed.Get(in), Origin: origin.Get(in)}))
			}},
		{Name: "suspend-token", Group: "tokens", Lever: "Suspend",
			Doc:    "Has the issuer suspend a token and notifies the requestor.",
			Params: platform.Params(token),
			Run:    platform.Does(func(in platform.Args) error { return s.Suspend(token.Get(in)) })},
		{Name: "resume-token", Group: "tokens", Lever: "Resume",
			Doc:    "Has the issuer resume a token and notifies the requestor.",
			Params: platform.Params(held),
			Run:    platform.Does(func(in platform.Args) error { return s.Resume(held.Get(in)) })},
		{Name: "delete-token", Group: "tokens", Lever: "Delete",
			Doc:    "Has the issuer delete a token and notifies the requestor.",
			Params: platform.Params(token),
			Run:    platform.Does(func(in platform.Args) error { return s.Delete(token.Get(in)) })},
	}
}

// otherRows are those of holders, callbacks and answers.
func (s *Server) otherRows() []platform.Row {
	var (
		operation = platform.Text("operation", "Tokens.Request", "the operation's name").Of(operationNames)
		behaviour = platform.OneOf("behaviour", "how the answer is changed",
			"wrong-signature", "unsigned", "stale-time", "other-uuid", "standard-base64", "request-path", "bare-401",
			"extra-members", "capital-m", "encrypted-token", "encrypted-body", "other-message", "no-token",
			"new-values")
		code    = platform.Text("code", "71", "a response code of a failure")
		message = platform.OneOf("message", "the type of the message",
			unionpay.EventTransactionReported, unionpay.EventTokenStateChanged, unionpay.EventUserIDRequested)
		info = platform.Object("info",
			`{"token":"6299990000000000017","transAmount":"12.50","transCurrency":"702"}`, "its trxInfo")
	)
	return []platform.Row{
		{Name: "notify", Group: "callbacks", Lever: "Notify",
			Doc:    "Sends a message to the token requestor, such as a purchase with a token.",
			Params: platform.Params(message, info),
			Run: platform.Does(func(in platform.Args) error {
				return s.Notify(unionpay.MessageType(message.Get(in)), json.RawMessage(platform.JSON(info.Get(in))))
			})},
		{Name: "fail-next", Group: "faults", Lever: "FailNext",
			Doc:    "Refuses the next request of an operation with a response code.",
			Params: platform.Params(operation, code),
			Run:    platform.Does(func(in platform.Args) error { return s.FailNext(operation.Get(in), code.Get(in)) })},
		{Name: "change-answer", Group: "faults", Lever: "Next",
			Doc:    "Changes the next answer to an operation, such as its signature.",
			Params: platform.Params(operation, behaviour),
			Run: platform.Does(func(in platform.Args) error {
				return s.Next(operation.Get(in), behaviourWords[behaviour.Get(in)])
			})},
	}
}

// pushResult is a push as a row answers it: the links are what the cardholder's
// device gets, authorization included.
func pushResult(push *Push, err error) (platform.Result, error) {
	if err != nil {
		return nil, err
	}
	links := map[string]string{}
	for _, route := range push.Routes {
		links[string(route.Scenario)] = route.URI.Reveal()
	}
	return platform.Result{"push": push.PushID, "card": push.CardID, "links": links}, nil
}
