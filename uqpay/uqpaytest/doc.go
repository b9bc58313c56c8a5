// Package uqpaytest is UQPAY's issuing platform in memory: for tests of a
// merchant's integration, for the examples, and for clients in any language by
// way of examples/sandbox.
//
// It serves all calls of the API over HTTP on a loopback address and refuses
// what the platform refuses: a token without "Bearer ", a displaced one, a POST
// without an idempotency key, a key that was used for another request, an amount
// that is not a JSON number, a missing field. Money is kept in a double-entry
// book that [Server.Check] proves. Orders end after [Config.Delay] on the
// platform's clock and push signed callbacks.
//
// What no document says, it decides as follows. A callback is acknowledged by
// status 200 and otherwise sent again after 1, 5 and 30 minutes. A SHARE card
// with the limit 0 has no cap and cannot be recharged. A transaction must be in
// the card's currency. A network protection costs nothing. An error whose code
// is not published carries its type as the code.
package uqpaytest
