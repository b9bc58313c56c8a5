// Package unionpaytest is UnionPay's gateway for token requestors in memory: a
// server on loopback that behaves as the documents say where they speak, and as
// the SDK's reference says where they are silent, for tests, examples and trying
// things out.
//
// # Overview
//
// [NewServer] starts it; [Server.ClientConfig] is the configuration of a client
// for it. Signatures, JWE and the UMPS body signatures are real. A request goes
// through the gateway's fifteen steps: method, path, header, key, signature,
// time, path, replay, JSON, envelope, message id, fields, encryption, business
// rule. By default it refuses all that the profile does not produce;
// [Config.Lenient] is for experiments.
//
// # The issuer
//
// [Server.AddCard] and [Server.Push] play the issuer's app: they make the three
// Linking Card URIs, with an authorization that only the gateway can open.
// [Server.Suspend], [Server.Resume] and [Server.Delete] act on a token and send
// TOKEN_STATE_NOTIFICATION to [Config.WebhookURL]. [Server.CreationNotices] is
// what the issuer's backend was told.
//
// CAMS moves no money, so there is no book: [Server.Check] proves instead that
// no authorization led to two tokens and that every token's history is allowed.
//
// # Time
//
// The clock follows real time, or stands still until the test turns it. A client
// for a turned clock needs issuing.WithClock(clock.Now).
//
// # Faults
//
// [Server.Inject] and [Server.Choose] make requests fail on either side of the
// commit; [Server.Next] changes answers: code, signature, time, spelling.
package unionpaytest
