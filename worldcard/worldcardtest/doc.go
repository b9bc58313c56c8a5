// Package worldcardtest is WorldCard's Card API in memory: a server on loopback
// that behaves as the documents say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with fresh keys; [Server.ClientConfig] is the
// configuration of a client for it. It verifies every request in the seven steps
// of the platform's signature page, keeps the merchant's reserve, the cards,
// top-ups, transactions and KYC reviews in double-entry books ([Server.Check]),
// and works asynchronously: issuing, topping up, closing and activating take
// [Config.Delay] on its clock.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := worldcardtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
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
// 200 and the body "ok".
//
// # Faults
//
// [Server.Inject] and [Server.Choose] make requests fail on either side of the
// commit; [Server.SetCallbackFault] duplicates, reorders or forges callbacks.
package worldcardtest
