// Package legacytest is WorldCard's previous API in memory: a server on loopback
// that behaves as the documents say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with a fresh appSecret; [Server.ClientConfig] is the
// configuration of a client for it. It verifies the signature of every request over
// the text that stands in it, refuses parameters that are missing or of another type or form
// than the operation's page has them, keeps reserve, cards,
// top-ups and remittances in double-entry books, and works asynchronously: top-ups,
// applications, remittances and closures take [Config.Delay] on its clock.
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
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := legacytest.NewServer(legacytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Callbacks
//
// Top-ups, applications and remittances are announced to the notifyUrl of their
// request, everything else to the addresses of [Config.Webhooks] or
// [Config.WebhookURL]. A notifyUrl must be on loopback, or on the host and port of one of
// those: other callbacks are in the log of deliveries, and are not sent. Only VIRTUAL-P's
// callbacks name their type. Each page's own
// retry schedule holds until an answer has status 200 and the body "ok": one-time
// passwords and out-of-band confirmations are sent once. SetCallbackFault
// duplicates, reorders or forges callbacks, with [ForgeContent] for example.
// [NewCallback] makes one of a typed event without a server, for tests of a handler.
//
// # What the documents leave open
//
// A bad signature is answered with HTTP and status 401, an unknown card and every
// malformed parameter with 5001, which names it. [Config.Paths], [Config.Zone] and
// [Config.Values] set otherwise what the client infers. No nonce and no timestamp is refused, because no
// rule is documented for them. A repeated order number is refused for applications
// too. A card number that comes with an application is ignored. A VISA-H top-up is
// in the balance at once, and its record in the list, where the real platform takes
// until the next day.
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Cards.Deposit", issuingtest.DropAfter()). The
// names are those of the client's methods. Where two methods share a path, the
// request tells them apart: a query with an orderNo is "Cards.DepositByOrderNo",
// one without is "Cards.DepositByKey"; a closure is "VirtualL.Close" when the card
// is one of VIRTUAL-L, else "VirtualP.Close". [Answer] carries out and answers with
// a status of the platform's own. [Server.FailNext] lets a request through and has
// the order that comes of it fail. Check at the end of a test reports books that do
// not balance, and faults and failures that never fired.
package legacytest
