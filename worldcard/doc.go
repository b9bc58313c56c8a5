// Package worldcard is a client of WorldCard's current Card API: virtual and
// physical cards from application to closure.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use. Its
// services follow the life of a card: [Client.Virtual] and [Client.Physical]
// apply for cards and read them, [Client.KYC] verifies the holder of a physical
// card, [Client.Cards] tops up, freezes, closes and lists transactions.
//
// Applications for virtual cards, activations, top-ups and closures are asynchronous: the
// answer says that the request was received, a callback says how it ended. [NewCallbacks] tells the
// package webhook how to turn callbacks into this package's event structs
// ([CardOpened] and its siblings). Several merchants on one address, and keys that change
// without a restart, are [CallbackConfig.Lookup].
//
// # Authentication
//
// A [Config] holds the base address and application id that WorldCard assigned,
// the merchant's RSA key and the shared AES key; [ParseConfig] reads it from
// texts. Every attempt of every request is encrypted (AES-256-GCM) and signed
// (RSA-PSS) anew, with its own nonce and timestamp. Answers are not signed by the platform;
// they rest on TLS.
//
// # What the pages leave open
//
// The pages contradict themselves in places, and are silent in others. What they show
// anywhere is read, what all of them agree on is sent, and what WorldCard alone can say is
// a setting. Ask before going live, and set what the answer says:
//
//	ask                                                        setting
//	the base address                                           Config.BaseURL
//	are pin and card_number encrypted again inside the body?   Config.EncryptFields
//	which codes do the pages leave out, such as "not ready"?   Config.Codes
//	which zone have times without one?                         Config.Zone, CallbackConfig.Zone
//	does notify_type stand inside of callbacks?                webhook.Source.ForType
//	how old and how far ahead can a callback be?               CallbackConfig.MaxAge, MaxAhead
//	when does the platform's key change?                       CallbackConfig.PlatformKeys
//
// To confirm one, make the call that it is about in the test environment: a wrong
// EncryptFields is refused by Assign, Activate and SetPIN, and [issuing.CallInfo] and
// webhook's Event.Raw hold codes and times as they came. testdata/inferred.csv lists all
// that is open, each with its setting or the reason why there is none, and a test turns
// every setting.
//
// # Errors
//
// Every error of [New] and of a call is an [issuing.Error]. Test for its kind
// (errors.Is(err, issuing.ErrNotFound)) or for a code of the platform
// (errors.Is(err, worldcard.CodeCardNotFound)). A code that neither the pages nor
// [Config.Codes] have says nothing definite, so it leaves a write open.
//
// What the pages' tables say of a request is checked before it is sent, all problems in one
// issuing.ErrInvalid that names the fields. What they leave to the platform is not, such as
// the least amount, of which they have three.
//
// # Retries
//
// Each method states its safety. Reads are repeated. Applications and top-ups
// are repeated under the merchant's own key and settled by a lookup when the
// platform answers that it knows the key; so is a refusal that may mean it, a
// conflict or a code that the platform does not document. Freeze, Unfreeze, Close, Assign and
// Activate read the card before they repeat. Whatever stays open is
// [issuing.ErrOutcomeUnknown], never a failure.
//
// The platform answers success to a number for a card that has one, and to the activation
// of an active card, and changes nothing. So Assign and Activate read the card before the
// first attempt as well, as a call of its own that observers see within theirs, and refuse
// what would be in vain with issuing.ErrConflict. Where the card cannot be read, nothing is
// sent.
//
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept       method                 complete  told by
//	KYC           KYC.Cancel             at once   card_open
//	KYC           KYC.Init               later     card_kyc; KYC.Status
//	KYC           KYC.Status
//	apply         Physical.Apply         at once
//	apply         Virtual.Apply          later     card_open; Virtual.Card
//	assign        Physical.Assign        at once
//	activate      Physical.Activate      later     card_open; Physical.Card
//	PIN           Physical.SetPIN        at once
//	card          Physical|Virtual.Card
//	secrets       Physical|Virtual.Card
//	balance       Physical|Virtual.Card
//	deposit       Cards.Deposit          later     card_deposit; Cards.DepositByKey
//	transactions  Cards.Transactions
//	by key        Cards.DepositByKey
//	freeze        Cards.Freeze           either    card_status_change; Virtual.Card, Physical.Card
//	unfreeze      Cards.Unfreeze         either    card_status_change; Virtual.Card, Physical.Card
//	close         Cards.Close            later     card_close; Virtual.Card, Physical.Card
//
//	limit                                         page                    methods
//	merchant_transaction_id: 1 to 128 characters  the client's own        Cards.Deposit
//	amount: at least 10 units                     Card Top-Up             Cards.Deposit
//	page_size: 1 to 100 entries                   Top-Up Records          Cards.Deposits
//	page_size: 1 to 100 entries                   Transaction Records     Cards.Transactions
//	pin: 6 digits                                 Activate, Change PIN    Physical.Activate, Physical.SetPIN
//	merchant_card_id: 1 to 128 characters         the client's own        Physical|Virtual.Apply
//	page_size: 1 to 100 entries                   Physical Card BIN List  Physical.BINs
//	first_recharge_amount: at least 10 units      Card Application        Virtual.Apply
//	page_size: 1 to 100 entries                   Card BIN List           Virtual.BINs
//
// # Settling
//
// [Client.Settle] finds out what became of a write that stayed open, from the error
// (issuing.PendingOf) or from the record that issuing.WithRecord keeps before it is sent.
// By key: the platform is asked for the merchant's id, and "not found" is an answer too,
// from a minute after the call on. By state: the card is read; in the state that was asked
// for it is done, in the state before it is absent, and in any other open; nobody can tell
// whether another request has moved the card since. By repeat: only sending it again
// settles it, which for a PIN overwrites whatever was set since. "Sent again" says where
// issuing.WithResend may do that. [Operations] has the table as data.
//
//	operation          safety   settled by                          sent again
//	Cards.Close        checked  state: Virtual.Card, Physical.Card  yes
//	Cards.Deposit      keyed    key: Cards.DepositByKey             yes
//	Cards.Freeze       checked  state: Virtual.Card, Physical.Card  yes
//	Cards.Unfreeze     checked  state: Virtual.Card, Physical.Card  yes
//	KYC.Cancel         keyed    repeat: Physical.Card               yes
//	Physical.Activate  checked  state: Physical.Card                yes
//	Physical.Apply     keyed    key: Physical.Card                  yes
//	Physical.Assign    checked  state: Physical.Card                yes
//	Physical.SetPIN    once     repeat                              yes
//	Virtual.Apply      keyed    key: Virtual.Card                   yes
//
// # Testing
//
// The package worldcardtest is the platform in memory, signatures, ledger,
// callbacks and faults included.
package worldcard
