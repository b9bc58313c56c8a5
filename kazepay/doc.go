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
// the keys from texts. Which algorithms these are is inferred, not published:
// [Config.Profile] holds the choice. A platform with another one cannot open a request,
// and answers it unsigned, so that no answer says what is wrong: [Probe] tries candidates
// from the sending side, one harmless read each, until an answer opens. Where an answer
// or callback is at hand, sign.DetectKazePayProfile tells the profile from it. KazePay
// hands out [Config.BaseURL] and [Config.SysID].
//
// Weaknesses of the scheme: the head of a message is neither encrypted nor, as
// far as is known, signed, so nothing in it is relied on; ECB shows equal blocks;
// there is no timestamp, so callbacks need deduplication; failure answers are
// expected to be unsigned and rest on TLS (see [Config.SignedFailures]).
//
// # What is inferred
//
// What no page says is a setting; testdata/inferred.csv lists all of it, each with its
// setting or the reason why there is none. In the order in which a merchant meets it:
//
//   - [Config.Paths] and [Config.ContentType], where messages go and as what: KazePay hands
//     them out with the address.
//   - [Config.Profile], the algorithms: [Probe] finds it, and prints the setting. What no
//     choice foresees goes into sign.ProfileHooks, which a probe can try as well.
//   - [Config.RequestNo], the form of message numbers.
//   - [Config.Codes], what a code of failure means. One that nobody knows is
//     issuing.ErrDeclined, with KazePay's text: enter it once KazePay has said whether
//     anything was carried out.
//   - [Config.Values], kinds of documents that KazePay takes and its page does not list.
//   - [Config.Zone], the zone of times: buy something in the sandbox and compare.
//   - [Config.Upload], the form of a picture's message, told by the first upload that passes.
//   - [CallbackConfig]: Form for callbacks that are signed only or plain, Names and Fields
//     for their types and members, Ack for what acknowledges one. The first callback shows
//     all of them; one that fits no setting reaches the merchant as webhook.Unknown, or its
//     refusal is reported.
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
// issuing.WithIdempotencyKey sets that of a write, which does not make a repeat safe.
//
// An answer is held against its request. In three of the published samples the head
// repeats the requestNo, in the others it has one of KazePay's own, so that a strange one
// is accepted; but one that another message of this client had is the answer to that
// message. Of the payload, what repeats the request has to agree: the card, the currency,
// the card number, the address. An answer that does not leaves a write open, and is never
// its result. What is left: where KazePay numbers its answers itself, nothing in those to
// Apply, Upload, Submit, Link, Assign, SetPIN and KYC.Status tells whose they are, nor
// which of two top-ups of one card.
//
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept       method              complete  told by
//	KYC           KYC.Link            later     KYC_RESULT; KYC.Status
//	KYC           KYC.Submit          later     KYC_RESULT; KYC.Status
//	KYC           KYC.SubmitInline    later     KYC_RESULT; KYC.Status
//	KYC           KYC.Status
//	KYC           KYC.Upload          at once
//	apply         Virtual.Apply       later     CARD_STATUS_CHANGE; Virtual.Application, Cards.Card
//	assign        Physical.Assign     either    CARD_STATUS_CHANGE; Cards.CardID
//	activate      Physical.Activate   later     CARD_STATUS_CHANGE; Cards.Card
//	PIN           Physical.SetPIN     at once
//	card          Cards.Card
//	secrets       Cards.Card
//	balance       Cards.Balance
//	deposit       Cards.Deposit       either    CARD_RECHARGE_RESULT; Cards.Transactions
//	transactions  Cards.Transactions
//	freeze        Cards.Freeze        either    CARD_STATUS_CHANGE; Cards.Card
//	unfreeze      Cards.Unfreeze      either    CARD_STATUS_CHANGE; Cards.Card
//	close         Cards.Close         later     CARD_CLOSE_RESULT, CARD_STATUS_CHANGE; Cards.Card
//
//	limit                                page                     methods
//	requestNo: 1 to 24 digits            the client's own         all writes
//	pageSize: 1 to 100 entries           Query Card Transactions  Cards.Transactions
//	pageNum: 1 to 10 pages               Query Card Transactions  Cards.Transactions
//	addressLine: at most 140 characters  Submit KYC information   KYC.Submit, KYC.SubmitInline
//	pin: 6 digits                        Set Card Pin             Physical.SetPIN
//
// # Settling
//
// [Client.Settle] tells what became of a write that ended with [issuing.ErrOutcomeUnknown],
// or of which only the record of [issuing.WithRecord] is left. [Operations] is its table:
//
//	operation          safety  settled by                                  sent again
//	Cards.Close        once    state: Cards.Card                           no
//	Cards.Deposit      once    history: Cards.Transactions, Cards.Balance  no
//	Cards.Freeze       once    state: Cards.Card                           no
//	Cards.Unfreeze     once    state: Cards.Card                           no
//	KYC.Link           once    nobody (see KYC.Status)                     no
//	KYC.Submit         once    state: KYC.Status                           no
//	KYC.SubmitInline   once    state: KYC.Status                           no
//	KYC.Upload         once    nobody                                      no
//	Physical.Activate  once    state: Cards.Card                           no
//	Physical.Assign    once    state: Cards.CardID, Cards.Card             no
//	Physical.SetPIN    once    nobody                                      no
//	Virtual.Apply      once    nobody                                      no
//	Webhooks.SetURL    once    state: Webhooks.URL                         no
//
// Nothing is sent again under the same requestNo, because no page says what a repeat does.
// What "nobody" settles stays open; the note in its row says what a person, or the next
// call, can do.
//
// A state proves what holds now, whoever brought it about: a card that is frozen counts as
// frozen by the write. One that is still as before is absent, and the write may be called
// anew after [issuing.Settlement.AbsentSince]; one in any other state is open. Assign and
// Submit need what no record holds, the card number and the email
// ([issuing.WithReference]), and are done or open, never absent.
//
// A top-up is the hard one. Transactions carry no requestNo, no field of the merchant's and
// no zone, and upstream says that top-ups are not among them. So that no line fits proves
// nothing, and one that fits in card, amount and day may be another top-up: Settle leaves it
// open and names the lines. It becomes provable when the merchant knows the card's other
// top-ups, from its own ledger: with [issuing.WithOthers], which gives their ids, the one
// line that is left over is this top-up, done, or refused where it failed. Top up a card
// once at a time to be able to say so. A top-up that was lost stays open; the card's balance
// before and after, which the merchant may know, or KazePay's support tells.
//
// # Testing
//
// The package kazepaytest is the platform in memory: envelopes, ledger, callbacks
// and faults included.
package kazepay
