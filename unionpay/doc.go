// Package unionpay is a client of UnionPay International's Open API for token
// requestors: the Cardholder Account Management Service (CAMS), in which an
// issuer's app pushes a card as a token into a wallet or a merchant's account.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use.
// [Client.ATMs] finds ATMs and reports errors in their data, [Client.Tokens]
// requests, suspends, resumes and deletes tokens, [Client.Keys] exchanges keys.
// [Links] reads the push that an issuer's app sends through a URI, and builds the
// answer. [NewCallbacks] tells the package webhook how to read and answer the messages
// that UnionPay sends, such as [TokenStateChanged]; several token requestors, and keys that
// change without a restart, are [CallbackConfig.Lookup].
//
// UnionPay publishes one message of CAMS completely (ATM_FEEDBACK_INFORM), and
// of the others names and purposes. No service URL suffix is public: an operation
// without one in [Config.Paths] returns issuing.ErrNotConfigured, and
// [InferredPaths] has the guesses. What is inferred is a setting and says so;
// members that are not modelled go out and come in through Extra.
//
// # Authentication
//
// A [Config] holds the addresses, ids and keys that UnionPay and the token requestor
// exchanged; [ParseConfig] reads it from texts. In profile G, the default, every
// request carries a detached JWS (RS256) in the header UPI-JWS over its body, with a
// fresh UUID and timestamp per attempt. Every answer must carry one of UnionPay's; an
// answer that does not verify is an error. Card numbers and verification data are
// encrypted as compact JWE. Profile U, UMPS's own, puts the signature into the body;
// [Config.Profiles] selects it per message.
//
// # What is inferred
//
// Settings of [Config] take the place of what is inferred; testdata/inferred.csv lists all
// of it, and UnionPay's support centre or the first answer decides:
//
//   - [Config.Paths], [Config.Profiles], [Config.Shapes], [Config.BodyEncryption]: where a
//     message goes, how it is authenticated, arranged and encrypted.
//   - [Config.MessageNames], [Config.FieldNames], [Config.ActionNames],
//     [Config.IdentityField]: names. Code 30 says that one is wrong, and the answer's
//     errorDetail in CallInfo.Raw may say which.
//   - [Config.OptionalFields], [Config.AuthorizationForm]: what may be missing, and what
//     authorizationData looks like. [Config.Values] adds values of indicator fields.
//   - [Config.Codes]: codes that mean something else in the merchant's product.
//   - [LinkConfig]: which parts a link needs, their names and forms; no page shows a link.
//   - [CallbackConfig]: profile, shape, names and types of what UnionPay sends.
//
// # Errors
//
// Every error of [ParseConfig], [New], [NewLinks] and [NewCallbacks], of a call and of
// [Links] is an [issuing.Error]. Test for its kind
// (errors.Is(err, issuing.ErrDuplicate)) or for a response code
// (errors.Is(err, unionpay.CodeTokenAlreadyIssued)). The gateway's errorDetail is
// for debugging only and stands in CallInfo.Raw alone.
//
// # Retries
//
// Each method states its safety. Inquiries are repeated, each time as a message
// of its own. Token requests, reports and key exchanges are never repeated once
// they may have arrived. A state update reads the token before it repeats, where
// an inquiry is configured. Codes 04, 91, 92, 96, 98 and 99, an unsigned approval
// and an approval without a token leave the outcome open
// ([issuing.ErrOutcomeUnknown]). The [issuing.Unsettled] behind such an error says
// what settles it, [TokenService.TokenByRequest] for a token request where an
// inquiry is configured.
//
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept   method                 complete  told by
//	by key    Tokens.TokenByRequest
//	tokens    Tokens.Request         at once   TOKEN_STATE_NOTIFICATION
//	tokens    Tokens.Token
//	tokens    Tokens.TokenByRequest
//	tokens    Tokens.UpdateState     at once   TOKEN_STATE_NOTIFICATION; Tokens.Token
//	freeze    Tokens.Suspend         at once   TOKEN_STATE_NOTIFICATION; Tokens.Token
//	unfreeze  Tokens.Resume          at once   TOKEN_STATE_NOTIFICATION; Tokens.Token
//	close     Tokens.Delete          at once   TOKEN_STATE_NOTIFICATION; Tokens.Token
//
//	limit                               page     methods
//	msgID: 17 to 49 letters and digits  msgInfo  all writes
//
// # Settling
//
// [Client.Settle] finds out what became of a write that stayed open, from the error
// (issuing.PendingOf) or from the record that issuing.WithRecord keeps before it is sent.
// The table holds where the token inquiry, which is not documented for token requestors,
// has a path in [Config.Paths]. Without one, requests and updates of tokens are settled by
// nobody: [TokenStateChanged] tells of them. So are requests whose [Config.Shapes] is flat,
// since a flat message carries no msgID.
//
// By key: UnionPay is asked for the msgID of the request; its code 25 is an answer too,
// from a minute after the call on. By state: the token is read, which takes its number in
// issuing.WithReference; in the state that was asked for the update is done, in a state to
// start from absent, and in any other open; nobody can tell whether another request has
// moved the token since. By repeat: only sending it again settles it, and does no harm.
// "Sent again" says where issuing.WithResend may do that. [Operations] has the table as
// data.
//
//	operation             safety   settled by                  sent again
//	ATMs.Feedback         once     repeat                      yes
//	Keys.ConfirmReset     once     repeat                      yes
//	Keys.Exchange         once     repeat                      yes
//	Keys.InquireExchange  once     repeat                      yes
//	Tokens.Request        once     key: Tokens.TokenByRequest  no
//	Tokens.UpdateState    checked  state: Tokens.Token         yes
//
// # Testing
//
// The package unionpaytest is the gateway in memory, with an issuer that pushes
// cards; it signs and encrypts for real.
package unionpay
