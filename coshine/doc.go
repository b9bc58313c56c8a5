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
// # What is inferred
//
// What the documents leave open is a setting, and [Config.Warnings] names those that are
// not set; testdata/inferred.csv lists all of it. Most is confirmed in the sandbox:
//
//   - [Config.Paths] for what is not published, [Config.TranCodes] and [Config.SharedPaths]
//     where one path serves several interfaces: ask Coshine, a wrong path can move money.
//   - [Config.CardStatus], the table of status letters: read a card before and after its
//     activation. [Config.CardStatusLost], whether L is a freeze as well: freeze it.
//   - [Config.Amounts] and [Config.Currencies], minor units and numbers or not: load a card
//     with 1.00 and read its balance.
//   - Extra, for fields that are not published; it may also hold those that are required by
//     inference alone, such as another name of cardToken.
//   - [Config.Values], for values of enumerations that the documents lack.
//   - [Config.PIN] and [Config.EmptyPINKeyBody]: reset the PIN of a test card. A profile has
//     the hash of OAEP's mask apart, which Java leaves at SHA-1.
//   - [Config.Zone], that of tranDate and tranTime: ask; [Reply.SentAt] is the platform's
//     clock, by which one's own is set.
//   - [Config.HistoryTranID], by which an open transaction is found again: read a history.
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
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept       method                 complete  told by
//	apply         Cards.Apply            at once
//	apply         Cards.ApplyCorporate   at once
//	activate      Cards.Activate         at once
//	PIN           PINs.Change            at once
//	PIN           PINs.Reset             at once
//	PIN           PINs.Verify            at once
//	PIN           PINs.Key
//	card          Cards.Card
//	secrets       Cards.Number
//	secrets       Cards.Secrets
//	balance       Cards.Balance
//	deposit       Cards.Deposit          at once
//	withdraw      Cards.Withdraw         at once
//	transactions  Cards.Transactions
//	tokens        Tokens.List
//	tokens        Tokens.ReplenishLUK
//	tokens        Tokens.Request
//	tokens        Tokens.UpdateMetadata
//	tokens        Tokens.UpdateState
//	freeze        Cards.Freeze           at once
//	unfreeze      Cards.Unfreeze         at once
//	close         Cards.Close            at once
//
//	limit                               page                   methods
//	tranId: 1 to 32 letters and digits  public request header  all writes
//	amount: at most 16 digits           data types             Cards.Deposit, Cards.Withdraw
//	                                                           Transactions.AdjustCredit
//	                                                           Transactions.AdjustDebit, Transactions.Block
//	                                                           Transactions.Charge, Transactions.Purchase
//	                                                           Transactions.Refund, Transactions.Reverse
//	                                                           Transactions.Transfer, Transactions.Unblock
//	                                                           Transactions.Verify
//
// # Settling
//
// [Client.Settle] finds out what became of a write that stayed open, from the error
// (issuing.PendingOf) or from the record that issuing.WithRecord keeps before it is sent.
// It asks on behalf of the same participant, branch and channel, and what it asks needs a
// path in [Config.Paths] where none is published; without one the outcome stays open.
//
// By history: a line of the card's histories that holds the tranId is the transaction,
// unless it contradicts the amount that was sent; a line with a code of refusal is a
// refused one. Nothing of a line is published: [Config.HistoryTranID] names the member, and
// [Reply.Decode] of the result reads the line. Lines of the same amount that name no tranId
// may be it or another: they are named in the error of the open outcome, and so are the
// cards that may have come of an application, which only a CardNumber of the request's own
// tells apart. No line proves nothing: it may be listed later, or on another page. The
// histories are asked by the card's token: what named its card by number stays open.
//
// By state: the card is read. It is done in the state that was asked for and absent in a
// state from before, at the time of the reading: nobody can tell whether somebody else has
// changed the card since. Where the letter of its status means two things, only
// [Config.CardStatus] tells which.
//
// By nobody: a person looks at the operations in brackets and asks Coshine with the tranId.
// Nothing is sent again, because Coshine does not publish that it recognises a repeat.
// [Operations] has the table as data, with the operations that take a write back.
//
//	operation                  safety  settled by                                             sent again
//	Accounts.Link              once    nobody (see Customers.Accounts)                        no
//	Accounts.SetStatus         once    nobody (see Customers.Accounts)                        no
//	Cards.Activate             once    state: Customers.Cards, Cards.Card                     no
//	Cards.Apply                once    history: Customers.Cards                               no
//	Cards.ApplyCorporate       once    nobody (see Customers.Cards)                           no
//	Cards.BlockNumber          once    nobody (see Cards.Card, Customers.Cards)               no
//	Cards.BusinessFlag         once    nobody                                                 no
//	Cards.Close                once    state: Cards.Card, Customers.Cards                     no
//	Cards.ConvertToDebit       once    nobody (see Customers.Cards)                           no
//	Cards.Deposit              once    history: Cards.Transactions, Cards.Authorizations      no
//	Cards.Face                 once    nobody                                                 no
//	Cards.GenerateDCVV         once    nobody (see Cards.Secrets)                             no
//	Cards.Register3DS          once    nobody                                                 no
//	Cards.Reissue              once    nobody (see Customers.Cards)                           no
//	Cards.Replace              once    nobody (see Customers.Cards)                           no
//	Cards.SetBusinessFlag      once    nobody (see Cards.BusinessFlag)                        no
//	Cards.SetExpiry            once    state: Cards.Card, Customers.Cards                     no
//	Cards.SetLimits            once    nobody                                                 no
//	Cards.SetStatus            once    state: Cards.Card, Customers.Cards                     no
//	Cards.SwitchBusiness       once    nobody (see Cards.BusinessFlag)                        no
//	Cards.Update               once    nobody (see Cards.Card, Customers.Cards)               no
//	Cards.UpdateBlacklist      once    nobody                                                 no
//	Cards.UpdatePlastic        once    nobody (see Cards.Card, Customers.Cards)               no
//	Cards.VerifyCVV2           once    nobody                                                 no
//	Cards.Withdraw             once    history: Cards.Transactions, Cards.Authorizations      no
//	Customers.Link             once    nobody (see Customers.Cards)                           no
//	Customers.Update           once    nobody                                                 no
//	PINs.Change                once    nobody                                                 no
//	PINs.Reset                 once    nobody                                                 no
//	PINs.Verify                once    nobody                                                 no
//	Tokens.ReplenishLUK        once    nobody                                                 no
//	Tokens.Request             once    nobody (see Tokens.List)                               no
//	Tokens.UpdateMetadata      once    nobody (see Tokens.List)                               no
//	Tokens.UpdateState         once    nobody (see Tokens.List)                               no
//	Transactions.AdjustCredit  once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.AdjustDebit   once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.Block         once    history: Cards.Authorizations, Cards.Transactions      no
//	Transactions.Charge        once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.DownloadFile  once    nobody                                                 no
//	Transactions.ISO8583       once    nobody (see Cards.Transactions, Cards.Authorizations)  no
//	Transactions.Purchase      once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.Refund        once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.Reverse       once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.Transfer      once    history: Cards.Transactions, Cards.Authorizations      no
//	Transactions.Unblock       once    history: Cards.Authorizations, Cards.Transactions      no
//	Transactions.Verify        once    history: Cards.Transactions, Cards.Authorizations      no
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
