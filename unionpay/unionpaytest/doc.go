// Package unionpaytest is UnionPay's gateway for token requestors in memory: a
// server on loopback that behaves as the documents say where they speak, and as
// the SDK's reference says where they are silent, for tests, examples and trying
// things out.
//
// # Overview
//
// [NewServer] starts it; [Server.ClientConfig] is the configuration of a client
// for it. Signatures, JWE and the UMPS body signatures are real. A request goes
// through the gateway's fifteen steps: method, path, header, key, signature,
// time, path, replay, JSON, envelope, message id, fields, encryption, business
// rule. By default it refuses all that the profile does not produce;
// [Config.Lenient] is for experiments.
//
// A [Server] embeds what all platforms in memory have in common: address, clock,
// faults, counts, callbacks, checks. Its methods and types, field by field, are in
// package [github.com/issuing-sdk/issuing-go/issuingtest]:
//
//   - [github.com/issuing-sdk/issuing-go/issuingtest.Platform]: URL, Clock, Close,
//     Inject, Choose, Requests, SetCallbackFault, ReleaseCallbacks, Deliveries, Check
//   - [github.com/issuing-sdk/issuing-go/issuingtest.Clock]: NewClock, Now, Advance
//   - [github.com/issuing-sdk/issuing-go/issuingtest.Fault]: DropBefore, DropAfter,
//     BadGatewayBefore, BadGatewayAfter, RateLimited, DelayBefore, DelayAfter,
//     Truncate, Replace, Refuse
//   - [github.com/issuing-sdk/issuing-go/issuingtest.CallbackFault]: Duplicate,
//     Hold, Forge
//   - [github.com/issuing-sdk/issuing-go/issuingtest.Delivery]: what was sent and
//     answered
//
// # The issuer
//
// [Server.AddCard] and [Server.Push] play the issuer's app: they make the three
// Linking Card URIs, with an authorization that only the gateway can open.
// [Server.Suspend], [Server.Resume] and [Server.Delete] act on a token and send
// TOKEN_STATE_NOTIFICATION to [Config.WebhookURL]; [Server.Notify] sends any message,
// and [Server.SignCallback] makes one without sending it, as [NewCallback] does without
// a server. [Server.CreationNotices] is what the issuer's backend was told.
//
// CAMS moves no money, so there is no book: Check proves instead that no
// authorization led to two tokens and that every token's history is allowed.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := unionpaytest.NewServer(unionpaytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Tokens.Request", issuingtest.DropAfter()). The
// names are those of the client's methods; Suspend, Resume and Delete are
// "Tokens.UpdateState", an inquiry that names a token is "Tokens.Token", one that names
// the request for it "Tokens.TokenByRequest", and a message of Client.Do is what it is
// on the wire. [Server.FailNext] refuses a request with a code, and [Server.Next]
// changes answers: code, signature, time, spelling. Check at the end of a test reports
// what it proves, and faults and behaviours that never happened.
package unionpaytest
