// Package kazepaytest is KazePay's merchant API in memory: a server on loopback
// that behaves as its pages say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with fresh keys; [Server.ClientConfig] is the
// configuration of a client for it. It checks every request in this order: JSON
// shape, system id, version, repeated requestNo, envelope, operation, payload.
// It keeps the merchant's balance, users, pictures, KYC reviews, cards, top-ups
// and transactions in double-entry books ([Server.Check]) and works
// asynchronously: applications, activations, top-ups and closures take
// [Config.Delay] on its clock.
//
// What KazePay does not publish is invented here and looks like it: codes begin
// with FAKE_, and a client must not learn them. What the pages contradict is a
// switch in [Quirks].
//
// # People
//
// What people do, test methods do: [Server.DecideKYC] reviews a holder,
// [Server.Purchase], [Server.Settle] and [Server.Reverse] play shops,
// [Server.PrintCard] makes a plastic card with a number for ucardAssign. The
// number of the published sample, 4937240800070604, is in stock from the start.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := kazepaytest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := kazepaytest.NewServer(kazepaytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// # Callbacks
//
// Callbacks go to [Config.WebhookURL] or the address that setWebhookUrl set, if
// it is on loopback, sealed like answers, and are sent again after 1, 2, 4, 8 and
// 16 minutes until they are acknowledged with status 200 and one of the forms of
// webhook.KazePayAck.
//
// # Faults
//
// [Server.Inject] and [Server.Choose] make requests fail on either side of the
// commit, by apiCode; [Server.SetCallbackFault] duplicates, reorders or forges
// callbacks.
package kazepaytest
