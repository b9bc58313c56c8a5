// Package coshinetest is Coshine's EastPay platform in memory: an HTTP server on
// loopback that behaves as Coshine's documents say, for tests, examples and
// trying things out.
//
// # Overview
//
// [NewServer] starts it; [Server.ClientConfig] is the configuration of a client
// for it. It checks credentials and the public header in the documented order,
// issues cards, opens PIN blocks, keeps money in double-entry books, and with
// [Config.OAuth] signs tokens and encrypts bodies. [Server.Ask] and
// [Server.Notify] call the issuer as EastPay does.
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
// # What is not published
//
// Interfaces whose path Coshine has not published are mounted only where
// [Config.Paths] says, so that no test proves a guessed path right. Where nothing
// is published about behaviour, the platform makes a choice that Config can
// switch. The fields of rows 23 to 37 are this package's own: see [FieldAmount]
// and its siblings.
//
// The platform does not recognise a repeated tranId: Coshine publishes nothing
// about it, so a client that repeats a money call by itself moves money twice
// here, and [Server.Booked] shows it.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := issuingtest.NewClock(time.Date(2026, 4, 20, 6, 30, 52, 0, time.UTC))
//	server, err := coshinetest.NewServer(coshinetest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Callbacks
//
// Notifications go to the address of [Config.Issuer] and are sent again on the
// schedule of [Config.Retries] until they are answered with status 200 and the
// code "00". SetCallbackFault duplicates, reorders or forges them. [NewCallback] makes
// one, or a question, of a typed event without a server, for tests of a handler.
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Cards.Deposit",
// issuingtest.DropAfter()). The names are those of the client's methods, and
// "OAuth.Token" for the token endpoint; [Server.Received] shows the requests by
// them. [Server.FailNext] answers with a code of the platform's,
// [Server.Redirect] with 307, and [Server.Disable] takes an operation away. Check
// at the end of a test reports books that do not balance, and faults that never
// fired.
package coshinetest
