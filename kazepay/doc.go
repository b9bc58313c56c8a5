// Package kazepay is a client of KazePay's merchant API: virtual and physical
// prepaid cards from application to closure.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use.
// [Client.Virtual] applies for virtual cards, [Client.KYC] verifies the holder
// of a physical card, [Client.Physical] binds and activates it, and
// [Client.Cards] reads, tops up, freezes and closes cards of both kinds.
//
// Applications, top-ups, activations and closures are asynchronous: the answer
// says that the request was accepted, a callback or a query says how it ended.
// [NewCallbacks] tells the package webhook how to turn callbacks into this
// package's event structs ([CardDeposited] and its siblings). Several merchants on one
// address, and keys that change without a restart, are [CallbackConfig.Lookup].
//
// # Authentication
//
// Every message is one JSON object. Its payload is signed with the merchant's
// RSA key, encrypted under a fresh AES key, and that key is wrapped for KazePay;
// answers and callbacks come the same way in the other direction. [ParseConfig] reads
// the keys from texts. Which algorithms these are is inferred, not published: [Config.Profile] holds the
// choice, and sign.DetectKazePayProfile settles it with one answer or callback of
// the sandbox. KazePay hands out [Config.BaseURL] and [Config.SysID].
//
// Weaknesses of the scheme: the head of a message is neither encrypted nor, as
// far as is known, signed, so nothing in it is relied on; ECB shows equal blocks;
// there is no timestamp, so callbacks need deduplication; failure answers are
// expected to be unsigned and rest on TLS (see [Config.SignedFailures]).
//
// # Errors
//
// Every error of [New], [ParseConfig] and a call is an [issuing.Error]. Test for its
// kind (errors.Is(err, issuing.ErrDeclined)) or for a code
// (errors.Is(err, kazepay.CodeInsufficientBalance)). KazePay publishes no list of
// codes, so most failures are issuing.ErrDeclined with KazePay's text. [Failure]
// stands behind a refusal, [issuing.Unsettled] behind an unknown outcome.
//
// # Retries
//
// Reads are repeated, each time with a new requestNo. Writes are repeated only
// when they provably never left: whether KazePay recognises a repeated requestNo
// is not documented. A write that may have arrived ends with
// [issuing.ErrOutcomeUnknown]; the error's Key is the requestNo, and
// [issuing.Unsettled] names the query that settles it. The requestNo has 1 to 24
// digits. The client draws one of 24, the time and ten random digits;
// issuing.WithIdempotencyKey sets that of a write, so that it can be stored beforehand,
// which does not make a repeat safe.
//
// # Testing
//
// The package kazepaytest is the platform in memory: envelopes, ledger, callbacks
// and faults included.
package kazepay
