// Package worldcardtest is WorldCard's Card API in memory: a server on loopback
// that behaves as the documents say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with fresh keys; [Server.ClientConfig] is the
// configuration of a client for it. It verifies every request in the seven steps
// of the platform's signature page, keeps the merchant's reserve, the cards,
// top-ups, transactions and KYC reviews in double-entry books, and works
// asynchronously: issuing, topping up, closing and activating take [Config.Delay]
// on its clock.
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
//	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Callbacks
//
// Callbacks go to [Config.WebhookURL], encrypted, signed with milliseconds, and
// are sent again on the documented schedule until they are answered with status
// 200 and the body "ok". SetCallbackFault duplicates, reorders or forges them,
// with [ForgeSignature] for example.
// [NewCallback] makes one of a typed event without a server, for tests of a handler.
//
// # What the pages leave open
//
// [Config] sets the other side of what the pages contradict themselves on:
// EncryptedFields, Zone, CardData, LongSalt, NoNotifyType, BlockedWord, RejectionStays.
// [Server.ClientConfig] follows what a client has to be told of.
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Cards.Deposit", issuingtest.DropAfter()). The
// names are those of the client's methods. [Refuse] answers with a code of the
// platform's. [Server.FailNext] lets a request through and
// what comes of it fail. Check at the end of a test reports books that do not
// balance, and faults that never fired.
package worldcardtest
