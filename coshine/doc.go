// Package coshine is a client of Coshine's EastPay card-issuing API: all 48
// interfaces of its catalogue, the interfaces of later editions, what EastPay
// sends to the issuer, and the reconciliation files.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use. Its
// services are [Client.Customers], [Client.Accounts], [Client.Cards], [Client.PINs],
// [Client.Transactions], [Client.Tokens] and [Client.Parameters]. Methods have the names
// that other providers' clients use; the catalogue's stands in the first sentence of each
// and as a constant ([APILoadFund] for [CardService.Deposit]). What EastPay asks the
// issuer comes in through [NewCallbacks].
// [Catalogue] lists the rows with their availability for prepaid and debit
// programmes.
//
// Coshine publishes part of its API openly. Where the path of an interface is
// not published, its method returns [issuing.ErrNotConfigured] until
// [Config.Paths] supplies it; [InferredPaths] returns guesses, which are never a
// default. Where fields are not published, the request carries them in Extra and
// the documentation says "inferred".
//
// # Authentication
//
// A [Config] holds the participant, branch and static bearer token that Coshine
// assigned. With [Config.OAuth] the client gets short-lived tokens with ES256
// client assertions instead and encrypts every body (RSA-OAEP-256, A128GCM).
//
// # Errors
//
// Every error of [New] and of a call is an [issuing.Error]. Test for its kind
// (errors.Is(err, issuing.ErrNotFound)) or for a response code
// (errors.Is(err, coshine.CodeInvalidCardNumber)). Its Key is the tranId: 1 to 32
// letters and digits that the client draws, for a write once and for a read per attempt,
// unless [WithHeader] or issuing.WithIdempotencyKey brings one that was stored before.
//
// HTTP 400 without a code is [issuing.ErrInvalid]; one of Coshine's pages uses it
// for a declined payment as well, so do not take it for a programming error
// only. HTTP 404 is [issuing.ErrNotConfigured]: the platform has nothing at the
// path that is configured.
//
// # Retries
//
// Reads are repeated, each time under a new tranId. Writes are never repeated
// once they may have left: Coshine publishes nothing about repeated tranIds.
// Whatever stays open is [issuing.ErrOutcomeUnknown] with an [issuing.Unsettled]
// cause that names the inquiry, and for money the reversal, by which to settle it.
//
// # Inbound
//
// [NewCallbacks] tells the package webhook how to check, decode and answer what
// EastPay asks of the issuer: one-time passwords, out-of-band authentication, token
// states and, when the issuer holds the balance, authorizations. [Functions] are
// the issuer's answers. Several participants, and tokens and keys that change without a
// restart, are [CallbackConfig.Lookup]. [NewFileReader] reads the daily reconciliation files.
//
// # Testing
//
// The package coshinetest is the platform in memory: credentials, JWE, PIN
// keys, ledger, redirects, inbound calls and faults included.
package coshine
