// Package uqpay is a client of UQPAY's Card Issuance API (v1.6 and the newer
// contract that its answers move to): cardholders, cards, balances, transfers,
// reports and the sandbox's simulator.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use. Its
// services follow the API: [Client.Cardholders], [Client.Products],
// [Client.Cards], [Client.Orders], [Client.Transactions], [Client.Balances] and
// their siblings.
//
// Most card operations are asynchronous: the answer names an order, an event or
// [OrderService.Order] says how it ended. [NewCallbacks] tells the
// package webhook how to turn callbacks into this package's event structs
// ([CardCreated] and its siblings), and the package uqpay/authdecision how to
// answer real-time authorization requests.
//
// Amounts go out as bare JSON numbers and come in as text, number, "" or null,
// exactly in both directions.
//
// # Authentication
//
// A [Config] holds the client id and the API key, for which the platform mints
// an access token of about 30 minutes. A new token ends every earlier one at
// once, so all calls of a client and its clones share one: concurrent callers
// wait for one renewal, each within its own context. Several clients or
// processes with the same credentials share it through a [TokenStore]. A token
// that the platform refuses as expired is renewed once per call; a refused
// address or permission never mints one.
//
// # Errors
//
// Every error of [New] and of a call is an [issuing.Error]. Test for its kind
// (errors.Is(err, issuing.ErrNotFound)) or for a code of the platform
// (errors.Is(err, uqpay.CodeCardNotFound)); the type of an error body and the
// fields that a cardholder lacks are in a [Problem].
//
// # Retries
//
// Every write has an idempotency key: issuing.WithIdempotencyKey, or a random
// UUID, one per call and the same in all its attempts. One of the merchant's
// own has 1 to 64 printable ASCII characters; the pages ask for a UUID, which
// is the safe choice. The key is in CallInfo.Key and in Error.Key. The
// platform keeps the first result of a key for 24 hours, a refusal included,
// so a new attempt after a refusal needs a new key, and an unclear one the
// old:
//
//	network failure, timeout     same key  repeated
//	500, 502, 503, 504, 429      same key  repeated, with growing waits
//	401, token expired           same key  new token, sent again once
//	400, still being processed   same key  waited for, up to 30 s
//	400, refused                 new key   never repeated
//
// What stays open is [issuing.ErrOutcomeUnknown], never a failure: call the
// method again with the same request and the key of the error, within 24 hours,
// to get its result. The [issuing.Unsettled] behind it names the operations that
// show it later.
//
// # Testing
//
// The package uqpaytest is the platform in memory: tokens, ledger, idempotency,
// callbacks, simulator and faults included.
package uqpay
