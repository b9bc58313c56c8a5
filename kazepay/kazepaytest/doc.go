// Package kazepaytest is KazePay's merchant API in memory: a server on loopback
// that behaves as its pages say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with fresh keys; [Server.ClientConfig] is the
// configuration of a client for it. It checks every request in this order: JSON
// shape, system id, version, repeated requestNo, envelope, operation, payload.
// It keeps the merchant's reserve, users, pictures, KYC reviews, cards, top-ups
// and transactions in double-entry books and works asynchronously: applications,
// activations, top-ups and closures take [Config.Delay] on its clock.
//
// What KazePay does not publish is invented here and looks like it: codes begin
// with FAKE_, and a client must not learn them. What the pages contradict is a
// switch in [Quirks].
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
// # People
//
// What people do, test methods do: [Server.ApproveKYC] and [Server.RejectKYC] review a
// holder; [Server.Purchase] and [Server.PurchaseAt], [Server.Settle], [Server.Reverse]
// and [Server.Refund] play shops; [Server.SendOTP] sends a holder's one-time code;
// [Server.Fund] pays into the merchant's reserve; [Server.PrintCard] makes a plastic
// card with a number for ucardAssign. The number of the published sample,
// 4937240800070604, is in stock from the start.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := kazepaytest.NewServer(kazepaytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// A client for a turned clock needs issuing.WithClock(clock.Now).
//
// # Callbacks
//
// Callbacks go to [Config.WebhookURL] or the address that setWebhookUrl set, which
// must be on loopback, sealed like answers, and are sent again after 1, 2, 4, 8 and
// 16 minutes until they are acknowledged with status 200 and one of the forms of
// kazepay.CallbackAck. SetCallbackFault duplicates, reorders or forges them, with
// [ForgeSignature] for example. [Server.SignCallback] makes a sample for a test of
// one's own handler, and [NewCallback] one of a typed event without a server.
//
// # Faults
//
// Inject and Choose make requests fail on either side of the commit, by the name
// of the operation: server.Inject("Cards.Deposit", issuingtest.DropAfter()). The
// names are those of the client's methods; a request that two of them send under
// one apiCode is told by its payload, and one whose payload does not open has the
// name of the first. [Server.FailNext] lets a request through and what comes of it
// fail. Check at the end of a test reports books that do not balance, and faults and
// failures that never fired.
package kazepaytest
