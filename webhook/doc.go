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
// Method and size, key or credential, signature, age, decryption and decoding by the type field,
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
// # Several merchants, keys that change
//
// A source has fixed keys, or the function Lookup of its provider's CallbackConfig, which
// finds a credential while it runs: by the id that the callback names (X-App-Id of
// worldcard, appKey of legacy, head.sysId of kazepay, UPI-APPID of unionpay), or by the one
// that the address names, in a wildcard {credential} of its pattern or by
// [Source.ForCredential]. The address comes first, and has to tell for uqpay,
// authdecision, coshine and UnionPay's profile U, whose requests name nobody. An id
// only chooses the keys: these authenticate, open and answer, and claims begin with the
// credential's name, so that merchants share a [Deduper] and never an event.
// [Event.Credential] tells which it was.
//
// What keys alone tell apart, shared keys do not. Give merchants keys and secrets of their
// own: with one AES key for two of worldcard's, one private key for two of kazepay's or of
// authdecision's, or one secret or token for two others, a copy that names the other
// merchant is the other's callback. UnionPay signs for all with one key: in profile U,
// whose messages name neither receiver nor address, only what is encrypted tells.
//
// Answers of a Lookup are kept, at most 10,000 credentials:
//
//   - A credential counts for a minute. When a callback does not verify or open with it,
//     it is looked up again at once, every 5 seconds at most: a new key is in use within
//     5 seconds of its standing in the store, a withdrawn one for a minute at most, unless
//     look-ups fail. During a change of key the credential holds the old and the new.
//   - [ErrUnknownKey], wrapped or not, says that an id has none. It counts for 10 seconds and
//     refuses the callback, before its body is read where the head names it, and before a
//     key is used.
//   - Any other error, a panic, a credential that cannot be used, or no answer within 2
//     seconds (250 ms where there is one to go on with) is a failure. The last good
//     credential counts on for up to an hour, and is looked up every 5 seconds; without
//     one the platform is asked to send again.
//   - All callbacks of an id wait for one look-up. Its context ends after 2 seconds; one that
//     ignores that is left behind after 7.
//   - Ids that have no credential, which anybody can make up, cost at most 100 look-ups
//     a second, and 32 at once; beyond that the platform is asked to send again. They take no
//     room from credentials.
//
// An id that is not in the store exactly as it was asked for is none: a credential whose ID
// differs is refused, since databases compare more loosely than claims do. Claims that were
// made with fixed keys do not begin with a credential: change from one to the other when
// no callback is being repeated.
//
// Several providers share an address by [NewHandlers].
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
