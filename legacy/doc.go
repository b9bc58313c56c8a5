// Package legacy is a client of WorldCard's previous API: the four card products
// MASTER-E, VISA-H, VIRTUAL-L and VIRTUAL-P, applications for them (KYC), top-ups,
// and remittances (Transfer V4). For new integrations use the package worldcard.
//
// # Overview
//
// Make one [Client] with [New] and keep it; it is safe for concurrent use. Cards of
// every product are applied for with [Client.Applications] and topped up with
// [Client.Cards]; [Client.MasterE], [Client.VisaH], [Client.VirtualL] and
// [Client.VirtualP] manage the cards of one product. [Client.Transfers] quotes,
// sends and queries remittances, of which [Client.Reference] reads what they can
// be made of.
//
// Cards are named by their number, so it is an [issuing.Secret] everywhere, and so
// is the card id of VIRTUAL-P, which looks like one. Errors about a card are keyed
// by its last four digits. Orders (applications, top-ups, remittances) have two
// numbers: the merchant's own, MerOrderNo, which is drawn by the merchant, of at most
// 128 characters without control characters, unique; and the platform's,
// OrderNo, whose form is not documented. Events have an ID
// (webhook.Event.ID) that two deliveries of one event share.
//
// # Authentication
//
// A [Config] holds the base address, the appKey and the appSecret. Every attempt
// of every request carries its own nonce, timestamp and signature: the MD5 of the
// sorted parameters and the secret. PINs and card data are AES-ECB fields under the
// same secret. Both schemes are weak and kept for compatibility; answers are not
// signed at all. What protects an integration is TLS.
//
// # What the pages leave open
//
// The pages contradict themselves in places and are silent in others. What is sent is what
// all of them agree on, and what is read is what any of them shows. Where a choice remains,
// it is a setting, to be confirmed with WorldCard before going live:
//
//   - [Config.Paths]: a VIRTUAL-L card is closed at VIRTUAL-P's path, as its page says.
//     Close one in the test environment.
//   - [Config.Zone] and [CallbackConfig.Zone]: times without a zone are read as UTC+8, which
//     order numbers show. Place an order and compare its CreateTime with the clock.
//   - [Config.Values]: what is in no closed list of the pages, and countries and codes of
//     another form than their examples, are refused unsent until this has them.
//   - [Config.Refusals]: which codes say that no order was placed. Ask which codes but 5101
//     and 5102 are final; until then such an answer is [issuing.ErrOutcomeUnknown].
//   - [Config.VisaHFrozenStatus]: lock a VISA-H card and read its status; until it is set, an
//     unclear Freeze or Unfreeze stays open.
//   - [CallbackConfig.Names]: an example has a type of VIRTUAL-P's callbacks, "3ds", that the
//     list does not have. Events of the type webhook.Unknown tell of it.
//
// Which fields of a remittance depend on others is the platform's to judge, for the same
// reason. The whole list, with the reason where there is no setting, is in
// testdata/inferred.csv.
//
// # Errors
//
// Every error of a call, of [New], [ParseConfig] and an iterator is an
// [issuing.Error]. Test for its kind (errors.Is(err, issuing.ErrNotFound)) or for a
// code of the platform (errors.Is(err, legacy.CodeOrderNotFound)). A callback that is
// refused has the errors of package webhook.
//
// Creating an order ends with success, [CodeInsufficientReserve] or
// [CodeDuplicateOrder]. [CodeUnauthorized], [CodeForbidden] and [CodeTooManyRequests] under
// the HTTP status of the same number came before any order, and a refusal of parameters
// (kind [issuing.ErrInvalid]) is told when a look-up finds no order as well. Whatever else
// comes back, 500 and 5000 included, says nothing about the order, and is
// [issuing.ErrOutcomeUnknown] with the merchant's order number as its key, unless a look-up
// has settled it.
//
// # Retries
//
// Each method states its safety. Reads are repeated. Top-ups and remittances are
// looked up by the merchant's order number after every unclear attempt, and sent
// again under the same number only when the platform does not know it;
// applications are looked up and never sent again. Freeze, Unfreeze, Close and
// SetDailyLimits read the card before anything is repeated. SetPIN and ReplyOOB
// are sent once.
//
// # Capabilities
//
// What the client offers in the field's terms, when it is complete and what tells so. Where
// it is complete later, or either (the answer's state says which), the events tell its end,
// and the reads behind them show it; nothing is said where no page does. [Operations] has
// all of it as data, and its CheckKey holds a key against its form.
//
//	concept       method                                        complete  told by
//	KYC           VirtualP.UploadDocument                       later
//	apply         Applications.ApplyMasterE                     either    kyc; Applications.ApplicationByKey
//	apply         Applications.ApplyVirtualL                    either    kyc; Applications.ApplicationByKey
//	apply         Applications.ApplyVirtualP                    either    kyc; Applications.ApplicationByKey
//	apply         Applications.ApplyVisaH                       either    kyc; Applications.ApplicationByKey
//	PIN           MasterE|VisaH.SetPIN                          at once
//	card          MasterE|VirtualL|VirtualP|VisaH.Card
//	secrets       MasterE|VirtualL|VirtualP|VisaH.Card
//	balance       MasterE|VirtualL|VirtualP|VisaH.Card
//	deposit       Cards.Deposit                                 either    deposit; Cards.DepositByKey
//	transactions  MasterE|VirtualL|VirtualP|VisaH.Transactions
//	by key        Applications.ApplicationByKey
//	by key        Cards.DepositByKey
//	by key        Transfers.TransferByKey
//	freeze        MasterE|VirtualL|VirtualP|VisaH.Freeze        at once
//	unfreeze      MasterE|VirtualL|VirtualP|VisaH.Unfreeze      at once
//	close         VirtualL.Close                                later     virtual_l_close; VirtualL.Card
//	close         VirtualP.Close                                later     DeleteCard; VirtualP.Card
//	              Transfers.Create                              later     transfer; Transfers.TransferByKey
//
//	limit                                       page                        methods
//	merOrderNo: 1 to 128 characters             the client's own            Applications.ApplyMasterE
//	                                                                        Applications.ApplyVirtualL
//	                                                                        Applications.ApplyVirtualP
//	                                                                        Applications.ApplyVisaH, Cards.Deposit
//	                                                                        Transfers.Create
//	firstRecharge: at least 10 units            VIRTUAL-L                   Applications.ApplyVirtualL
//	firstName, lastName: at most 32 characters  VIRTUAL-P                   Applications.ApplyVirtualP
//	amount (virtual card): at least 20 units    Top-Up                      Cards.Deposit
//	amount (physical card): at least 200 units  Top-Up                      Cards.Deposit
//	pin: 6 digits                               PIN pages                   MasterE|VisaH.SetPIN
//	unformattedNote: at most 64 characters      Create Order                Transfers.Create
//	from, to: at most 3 months                  Query Transaction Records   VirtualL|VirtualP.Transactions
//	image: at most 1048576 bytes                Submit Cardholder Document  VirtualP.UploadDocument
//
// # Settling
//
// [Client.Settle] finds out what became of a write that stayed open, from the error
// (issuing.PendingOf) or from the record that issuing.WithRecord keeps before it is sent.
// By key: the platform is asked for the order number, and "not found" is an answer too,
// from a minute after the call on. By state: the card is read, for which Settle wants its
// number (issuing.WithReference); in the state that was asked for it is done, in the state
// before it is absent, unless the row is never sent again, and in any other open; nobody
// can tell whether another request has moved the card since. By nobody: ask WorldCard.
// "Sent again" says where issuing.WithResend may do that. [Operations] has the table as
// data.
//
//	operation                     safety   settled by                          sent again
//	Applications.ApplyMasterE     once     key: Applications.ApplicationByKey  no
//	Applications.ApplyVirtualL    once     key: Applications.ApplicationByKey  no
//	Applications.ApplyVirtualP    once     key: Applications.ApplicationByKey  no
//	Applications.ApplyVisaH       once     key: Applications.ApplicationByKey  no
//	Cards.Deposit                 keyed    key: Cards.DepositByKey             yes
//	MasterE.Freeze                checked  state: MasterE.Card                 yes
//	MasterE.SetDailyLimits        checked  state: MasterE.Card                 yes
//	MasterE.SetPIN                once     nobody                              no
//	MasterE.Unfreeze              checked  state: MasterE.Card                 yes
//	Transfers.Create              keyed    key: Transfers.TransferByKey        yes
//	VirtualL.Close                checked  state: VirtualL.Card                no
//	VirtualL.Freeze               checked  state: VirtualL.Card                yes
//	VirtualL.SimulateOTP          once     nobody                              no
//	VirtualL.SimulateTransaction  once     nobody (see VirtualL.Transactions)  no
//	VirtualL.Unfreeze             checked  state: VirtualL.Card                yes
//	VirtualP.Close                checked  state: VirtualP.Card                no
//	VirtualP.Freeze               checked  state: VirtualP.Card                yes
//	VirtualP.Unfreeze             checked  state: VirtualP.Card                yes
//	VirtualP.UploadDocument       keyed    repeat                              yes
//	VisaH.Freeze                  checked  state: VisaH.Card                   yes
//	VisaH.ReplyOOB                once     nobody (see VisaH.Transactions)     no
//	VisaH.SetPIN                  once     nobody                              no
//	VisaH.SimulateOOB             once     nobody                              no
//	VisaH.Unfreeze                checked  state: VisaH.Card                   yes
//
// # Callbacks
//
// [NewCallbacks] tells the package webhook how to turn callbacks into this
// package's event structs ([CardDeposited] and its siblings). They carry
// neither a timestamp nor a nonce, so confirm money with a query before acting on
// it. Several merchants on one address, and secrets that change without a restart, are
// [CallbackConfig.Lookup].
//
// # Testing
//
// The package legacytest is the platform in memory, signatures, ledger, callbacks
// and faults included.
package legacy
