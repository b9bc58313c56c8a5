// Package webhook is the one way in: it authenticates the callbacks of card
// platforms and decodes them into typed events. It knows no provider.
//
// # Overview
//
// webhook verifies and decodes; worldcard.NewCallbacks tells it how. A [Source]
// knows one provider's rules and remembers what was handled; a [Handler] serves it
// over HTTP; [Source.Parse] does the same for bytes that arrived some other way.
// Give them the raw body, as it came: a decoded and re-encoded one does not verify.
//
//	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{…})
//	…
//	http.Handle("POST /callbacks/worldcard/{type}", webhook.NewHandler(src, handle))
//
// Sources come from the providers' packages, beside the structs of their events:
//
//   - [github.com/issuing-sdk/issuing-go/worldcard.NewCallbacks]
//   - [github.com/issuing-sdk/issuing-go/legacy.NewCallbacks]
//   - [github.com/issuing-sdk/issuing-go/kazepay.NewCallbacks]
//   - [github.com/issuing-sdk/issuing-go/uqpay.NewCallbacks]
//   - [github.com/issuing-sdk/issuing-go/uqpay/authdecision.NewCallbacks], for
//     UQPAY's real-time decisions
//   - [github.com/issuing-sdk/issuing-go/unionpay.NewCallbacks], for messages
//     that get a signed answer
//   - [github.com/issuing-sdk/issuing-go/coshine.NewCallbacks], for what EastPay
//     asks of the issuer
//
// # Order of checks
//
// Method and size, key, signature, age, decryption and decoding by the type field,
// then the claims of the delivery and its event in the [Deduper], then the
// merchant's function, then the provider's own acknowledgement. Nothing is decoded
// before it is authenticated, but where a provider signs the plaintext, as KazePay
// does; a refusal does not say which check it was.
//
// # Delivery
//
// Platforms deliver at least once and in any order: they send again until they hear
// an acknowledgement. An event that was handled is acknowledged and not dispatched
// again; an event whose function fails, or that is being handled right now, is answered
// so that the platform sends it again.
//
// That is at least once for the function too: a process can die after the function
// acted and before that was recorded, and sees the event once more. Effectively once
// takes a claim that is committed together with the effect, in one transaction:
// [github.com/issuing-sdk/issuing-go/webhook/sqldedupe.NewHandler] gives the function that
// transaction. Where the effect is elsewhere, give it the event's id where a second one
// would cost money.
//
// A callback tells that something happened: where money depends on it, ask the
// platform before acting, as the events' documentation says.
//
// # Queues
//
// Platforms give up on slow answers, so work goes into a queue. An event goes there
// sealed: a [Sealer] makes a text of it, under a key of the merchant's, and the same
// typed event of the text in another process. JSON of an event is redacted, and is
// refused as an event.
//
// # Questions
//
// Some requests want more than an acknowledgement: a decision, a user's id. They
// come as events with [Event.Question] set; the function writes its answer into
// their data, as its type's documentation says, and the source seals it. Sources that
// keep answers ([WithAnswers]) give repeats the first one, from every process that
// shares their deduper.
//
// # A provider of one's own
//
// [NewSource] makes a source of a [Scheme]: three methods that authenticate, decode
// and answer. Claims, limits, deadlines, panics and reports are the same for all.
package webhook
