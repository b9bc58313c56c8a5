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
// answer real-time authorization requests. Several master accounts, and secrets that
// change without a restart, are [CallbackConfig.Lookup].
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
// processes with the same credentials share it through a [TokenStore]; package
// [github.com/issuing-sdk/issuing-go/uqpay/sqltoken] has one over database/sql. A
// token that the platform refuses is replaced once per call, in whatever words that
// comes but the two that name another cause; [Client.DropToken] does so by hand.
//
// # What is inferred
//
// Where the pages, the newer contract and UQPAY's own libraries differ, answers are read in
// every form, and requests go out as the pages say; testdata/inferred.csv lists what is left
// to decide. [Config.Values] adds values that UQPAY has told and no page lists, which would
// be refused before sending; [Config.Zone] is the zone of times without one;
// [Config.OnBehalfOf] takes the account's id or its short reference. [RegionRules] is data:
// the platform decides whom a product serves. The platform in memory has the other forms
// and rules as uqpaytest.Variants, to try a program against them.
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
// What stays open is [issuing.ErrOutcomeUnknown], never a failure.
//
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept       method                 complete  told by
//	KYC           Cardholders.Create     at once   cardholder.kyc.status_changed
//	KYC           Cardholders.Update     at once   cardholder.updated, cardholder.kyc.status_changed
//	apply         Cards.Apply            later     card.create.succeeded, .failed; Orders.Order
//	assign        Cards.Assign           later     card.activation.code, card.create.succeeded; Orders.Order
//	activate      Cards.Activate         later     card.activation.status; Cards.Card
//	PIN           Cards.ManagePIN        later     Orders.Order
//	PIN           Cards.SetPIN           either    Orders.Order
//	card          Cards.Card
//	secrets       Cards.Secure
//	balance       Cards.Card
//	deposit       Cards.Deposit          later     card.recharge.succeeded, .failed; Orders.Order
//	withdraw      Cards.Withdraw         later     card.withdraw.succeeded, .failed; Orders.Order
//	transactions  Transactions.List
//	by key        Orders.Order
//	freeze        Cards.Freeze           later     card.status.update.succeeded, .failed; Orders.Order, Cards.Card
//	unfreeze      Cards.Unfreeze         later     card.status.update.succeeded, .failed; Orders.Order, Cards.Card
//	close         Cards.Close            later     card.status.update.succeeded, .failed; Orders.Order, Cards.Card
//	              Cards.Bulk             later     issuing.report.succeeded; Reports.Download
//	              Cards.ElevateLimit     later     card.elevate_limit.succeeded, .failed
//	              Cards.Protect          later     card.risk_control.network_protection.enrolled
//	              Cards.Unprotect        later     card.risk_control.network_protection.removed
//	              Cards.Update           later     card.update.succeeded, .failed; Orders.Order
//	              Reports.Create         later     issuing.report.created; Reports.Download
//	              Simulator.FundBalance  later
//	              Transfers.Create       later     issuing.transfer.status_changed; Transfers.Transfer
//
//	limit                                                page                methods
//	page_size: 10 to 100 entries                         list pages          Accounts|Balances|Brands|Cardholders.List
//	                                                                         Balances.Ledger, Products|Transactions.List
//	idempotency key: 1 to 64 printable ASCII characters  Integration FAQ     all writes
//	start_time, end_time: at most 90 days                list pages          Balances.Ledger, Transactions.List
//	pin: 6 digits                                        card PIN            Cards.Activate, Cards.ManagePIN, Cards.SetPIN
//	limit_amount (USD, XUSD): at most 80000 units        Elevate Card Limit  Cards.ElevateLimit
//	limit_amount (SGD): at most 100000 units             Elevate Card Limit  Cards.ElevateLimit
//	page_size: 1 to 100 entries                          List Cards          Cards.List
//	file: at most 20971520 bytes                         Upload File         Files.Upload
//	notes: at most 50 characters                         Upload File         Files.Upload
//
// # Settling
//
// [Client.Settle] finds out what became of a write that stayed open, from the error
// (issuing.PendingOf) or from the record that issuing.WithRecord keeps before it is sent.
// UQPAY publishes no inquiry by idempotency key. By repeat: sending the same again under
// the same key within 24 hours (issuing.WithResend) returns the first result, a refusal
// included, or carries the operation out for the first time; after that, only a pending
// that holds the order's id, which a callback may have told, is settled, and otherwise the
// operations named show a person what may have come of it. By state: the card or the
// default art is read; in the state that was asked for it is done, and in any other
// nothing is told, so that a repeat settles it as well. [Operations] has the table as data.
//
//	operation                   safety  settled by                      sent again
//	Arts.SetDefault             keyed   state: Arts.List                for 24 hours
//	Cardholders.Create          keyed   repeat: Cardholders.List        for 24 hours
//	Cardholders.Update          keyed   repeat: Cardholders.Cardholder  for 24 hours
//	Cards.Activate              keyed   state: Cards.Card               for 24 hours
//	Cards.Apply                 keyed   repeat: Cards.List              for 24 hours
//	Cards.Assign                keyed   repeat: Cards.List              for 24 hours
//	Cards.Bulk                  keyed   repeat                          for 24 hours
//	Cards.Deposit               keyed   repeat: Balances.Ledger         for 24 hours
//	Cards.ElevateLimit          keyed   repeat                          for 24 hours
//	Cards.ManagePIN             keyed   repeat                          for 24 hours
//	Cards.PANToken              keyed   nobody                          no
//	Cards.Protect               keyed   repeat                          for 24 hours
//	Cards.SetPIN                keyed   repeat                          for 24 hours
//	Cards.SetStatus             keyed   state: Cards.Card               for 24 hours
//	Cards.Unprotect             keyed   repeat                          for 24 hours
//	Cards.Update                keyed   repeat: Cards.Card              for 24 hours
//	Cards.Withdraw              keyed   repeat: Balances.Ledger         for 24 hours
//	Files.Upload                keyed   nobody                          no
//	Reports.Create              keyed   repeat                          for 24 hours
//	Simulator.Authorize         keyed   repeat: Transactions.List       for 24 hours
//	Simulator.FundBalance       keyed   repeat                          for 24 hours
//	Simulator.Reverse           keyed   repeat: Transactions.List       for 24 hours
//	Transactions.ReleaseRefund  keyed   repeat: Balances.Ledger         for 24 hours
//	Transfers.Create            keyed   repeat: Balances.Ledger         for 24 hours
//
// # Testing
//
// The package uqpaytest is the platform in memory: tokens, ledger, idempotency,
// callbacks, simulator and faults included.
package uqpay
