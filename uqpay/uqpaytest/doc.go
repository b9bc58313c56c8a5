// Package uqpaytest is UQPAY's issuing platform in memory: a server on loopback
// that behaves as the documents say, for tests, examples and trying things out,
// for clients in any language by way of examples/sandbox.
//
// # Overview
//
// [NewServer] starts it with fresh credentials; [Server.ClientConfig] is the
// configuration of a client for it. It serves all calls of the API and refuses
// what the platform refuses: a token without "Bearer ", a displaced one, a POST
// without an idempotency key, a key that was used for another request, an amount
// that is not a JSON number, a missing field, a value, form, length or date that the
// pages do not allow, a member or parameter that stands twice. Money is kept in double-entry
// books. Orders end after [Config.Delay] on its clock and push callbacks.
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
//	server, err := uqpaytest.NewServer(uqpaytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Callbacks
//
// Callbacks go to [Config.WebhookURL], signed. [Server.Emit] sends those that
// nothing on the platform brings about, such as one-time passwords;
// SetCallbackFault duplicates, reorders or forges them. [NewCallback] makes one of a
// typed event without a server, for tests of a handler.
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Cards.Deposit", issuingtest.DropAfter()). The
// names are those of the client's methods, and "Token". [Server.FailNext] lets a
// request through and its order fail; [Server.KeepInFlight] and [Server.EndToken]
// play what other requests do to one. Check at the end of a test reports books
// that do not balance, money that is not where its order or authorization says,
// and faults that never fired.
//
// # Variants
//
// Where the documents leave something open or tell it in two ways, [Config.Variants]
// turns the other one on: amounts as numbers, older envelopes of events, retired
// operations, further values of enumerations. [Server.SetAmounts] does so while the
// platform runs.
//
// # What no document says
//
// A callback is acknowledged by status 200 and otherwise sent again after 1, 5 and
// 30 minutes. A SHARE card with the limit 0 has no cap and cannot be recharged. A
// transaction must be in the card's currency. A network protection costs nothing.
// An error whose code is not published carries its type as the code. The amounts of
// a spending control and of a transfer may be strings besides numbers, the notes of an
// upload may stand in its form, and a simulated deposit may leave its account out,
// because libraries of UQPAY send them so. A body whose type is not JSON is refused with
// status 400. The PIN rules fail a PIN order, and the request under the
// contract of v1.6. A key whose first request never ended can be used again.
package uqpaytest
