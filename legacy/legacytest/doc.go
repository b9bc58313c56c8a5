// Package legacytest is WorldCard's previous API in memory: a server on loopback
// that behaves as the documents say, for tests, examples and trying things out.
//
// # Overview
//
// [NewServer] starts it with a fresh appSecret; [Server.ClientConfig] is the
// configuration of a client for it. It verifies the signature of every request over
// the text that stands in it, enforces the required fields, keeps reserve, cards,
// top-ups and remittances in double-entry books ([Server.Check]), and works
// asynchronously: top-ups, applications, remittances and closures take
// [Config.Delay] on its clock.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it:
//
//	clock := legacytest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := legacytest.NewServer(legacytest.Config{Clock: clock})
//	…
//	clock.Advance(time.Minute) // everything due by then happens now
//
// # Callbacks
//
// Top-ups, applications and remittances are announced to the notifyUrl of their
// request, everything else to the addresses of [Config.Webhooks] or
// [Config.WebhookURL]. Only VIRTUAL-P's callbacks name their type. Each page's own
// retry schedule holds until an answer has status 200 and the body "ok": one-time
// passwords and out-of-band confirmations are sent once.
//
// # What the documents leave open
//
// A bad signature is answered with HTTP and status 401, an unknown card and every
// malformed parameter with 5001. No nonce and no timestamp is refused, because no
// rule is documented for them. A repeated order number is refused for applications
// too. A card number that comes with an application is ignored. A VISA-H top-up is
// in the balance at once, and its record in the list, where the real platform takes
// until the next day.
//
// # Faults
//
// [Server.Inject] and [Server.Choose] make requests fail on either side of the
// commit, with [Answer] by a status of the platform's own; [Server.SetCallbackFault]
// duplicates, reorders or forges callbacks.
package legacytest
