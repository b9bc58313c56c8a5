package uqpay

import (
	"net/http"

	issuing "github.com/issuing-sdk/issuing-go"
)

// trait is a set of what is special about an operation.
type trait int

const (
	plain trait = 0 // nothing

	list    trait = 1 << iota // page_size and page_number are always sent
	master                    // never on behalf of a connected account
	files                     // served by the file service
	sandbox                   // exists in the sandbox only
	fresh                     // reads by POST: a caller's key would return an old answer
	opaque                    // the body of a success may be anything
	literal                   // the path stands as it is sent
)

// The methods of rows.
const get, post, remove = http.MethodGet, http.MethodPost, http.MethodDelete

// How open outcomes are settled: all by the same key, and most of them by what
// else shows them.
var (
	nothing   = byNone() // a read leaves none open
	byKey     = again()
	byCard    = again("Cards.Card")
	byLedger  = again("Balances.Ledger")
	byStatus  = byState("Cards.Card")
	byDefault = byState("Arts.List")
	byStream  = byNobody("upload it again: a file that nothing refers to has no effect")
	byAnother = byNobody("make another one: a token works once and for 60 seconds")
)

// idempotencyKey is the key of all writes. The pages ask for a UUID; UQPAY's own tools say
// that any text of 64 characters is taken.
var idempotencyKey = issuing.KeyForm{
	Field: "idempotency key", Characters: issuing.CharactersASCII, Min: 1, Max: maxKey, Drawn: true,
	Source: "Integration FAQ",
}

// What the pages limit. Rates are none of it: two generations of numbers are published.
var (
	entries  = issuing.Limit{Field: "page_size", Min: 10, Max: maxPageSize, Unit: "entries", Source: "list pages"}
	cardSize = issuing.Limit{Field: "page_size", Min: 1, Max: maxPageSize, Unit: "entries", Source: "List Cards"}
	span     = issuing.Limit{Field: "start_time, end_time", Max: maxSpan, Unit: "days", Source: "list pages"}
	pinLimit = issuing.Limit{Field: "pin", Min: pinDigits, Max: pinDigits, Unit: "digits", Source: "card PIN"}
	dollars  = issuing.Limit{Field: "limit_amount (USD, XUSD)", Max: 80_000, Unit: "units", Source: "Elevate Card Limit"}
	singDs   = issuing.Limit{Field: "limit_amount (SGD)", Max: 100_000, Unit: "units", Source: "Elevate Card Limit"}
	fileSize = issuing.Limit{Field: "file", Max: MaxUpload, Unit: "bytes", Source: "Upload File"}
	notes    = issuing.Limit{Field: "notes", Max: maxUploadNotes, Unit: "characters", Source: "Upload File"}
)

// What the rows offer, and when they are complete.
var (
	asPaged     = capability{}.Limited(entries)
	asSetting   = capability{}.AtOnce()
	asLater     = capability{}.Later()
	asBulk      = capability{}.Later(EventReportSucceeded).Shown("Reports.Download")
	asCard      = offering(issuing.ConceptCard).And(issuing.ConceptBalance, "")
	asList      = offering(issuing.ConceptTransactions).Limited(entries, span)
	asByKey     = offering(issuing.ConceptByKey)
	asSecrets   = offering(issuing.ConceptSecrets)
	asPIN       = offering(issuing.ConceptPIN).Either().Shown("Orders.Order").Limited(pinLimit)
	asOldPIN    = offering(issuing.ConceptPIN).Later().Shown("Orders.Order").Limited(pinLimit)
	asKYC       = offering(issuing.ConceptKYC).AtOnce(EventCardholderKYCChanged)
	asKYCUpdate = offering(issuing.ConceptKYC).AtOnce(EventCardholderUpdated, EventCardholderKYCChanged)
	asApply     = order(issuing.ConceptApply, EventCardCreateSucceeded, EventCardCreateFailed)
	asUpdate    = capability{}.Later(EventCardUpdateSucceeded, EventCardUpdateFailed).Shown("Orders.Order")
	asStates    = capability{}.And(issuing.ConceptFreeze, "Cards.Freeze").
			And(issuing.ConceptUnfreeze, "Cards.Unfreeze").And(issuing.ConceptClose, "Cards.Close").
			Later(EventCardStateSucceeded, EventCardStateFailed).Shown("Orders.Order", "Cards.Card")
	asDeposit   = order(issuing.ConceptDeposit, EventCardDepositSucceeded, EventCardDepositFailed)
	asWithdraw  = order(issuing.ConceptWithdraw, EventCardWithdrawSucceeded, EventCardWithdrawFailed)
	asElevate   = capability{}.Later(EventCardElevateLimitSucceeded, EventCardElevateLimitFailed).Limited(dollars, singDs)
	asAssign    = order(issuing.ConceptAssign, EventActivationCodeSent, EventCardCreateSucceeded)
	asCards     = capability{}.Limited(cardSize)
	asProtect   = capability{}.Later(EventProtectionEnrolled)
	asUnprotect = capability{}.Later(EventProtectionRemoved)
	asLedger    = capability{}.Limited(entries, span)
	asTransfer  = capability{}.Later(EventTransferChanged).Shown("Transfers.Transfer")
	asReport    = capability{}.Later(EventReportCreated).Shown("Reports.Download")
	asUpload    = asSetting.Limited(fileSize, notes)
	asAuthorize = capability{}.AtOnce(EventAuthorization)
	asReverse   = capability{}.AtOnce(EventReversal)
	asActivate  = offering(issuing.ConceptActivate).Later(EventCardActivated).Shown("Cards.Card").Limited(pinLimit)
)

// order is what is offered by an order, whose end two events tell.
func order(concept issuing.Concept, succeeded, failed string) capability {
	return offering(concept).Later(succeeded, failed).Shown("Orders.Order")
}

// with returns the row with what it offers; one without is a speciality.
func (o operation) with(offers capability) operation { o.offers = offers; return o }

// The 44 calls of the API.
//
// read asks only. keyed is recognised by its idempotency key, which the platform
// keeps for 24 hours: a repeat with the same key returns the first result.
// Uploading a stream that cannot be rewound is the one call that is sent once;
// its row says keyed, for all other uploads.
var (
	opToken    = op("Token", post, "/v1/connect/token", read, master, nothing)
	opAccounts = op("Accounts.List", get, "/v1/accounts", read, master|list, nothing).with(asPaged)
	opAccount  = op("Accounts.Account", get, "/v1/accounts/{id}", read, master, nothing)

	opCardholderCreate = op("Cardholders.Create", post, "/v1/issuing/cardholders", keyed, plain,
		again("Cardholders.List")).with(asKYC)
	opCardholders      = op("Cardholders.List", get, "/v1/issuing/cardholders", read, list, nothing).with(asPaged)
	opCardholder       = op("Cardholders.Cardholder", get, "/v1/issuing/cardholders/{id}", read, plain, nothing)
	opCardholderUpdate = op("Cardholders.Update", post, "/v1/issuing/cardholders/{id}", keyed, plain,
		again("Cardholders.Cardholder")).with(asKYCUpdate)

	opProducts = op("Products.List", get, "/v1/issuing/products", read, list, nothing).with(asPaged)

	opCardApply    = op("Cards.Apply", post, "/v1/issuing/cards", keyed, plain, again("Cards.List")).with(asApply)
	opCards        = op("Cards.List", get, "/v1/issuing/cards", read, list, nothing).with(asCards)
	opCard         = op("Cards.Card", get, "/v1/issuing/cards/{id}", read, plain, nothing).with(asCard)
	opCardUpdate   = op("Cards.Update", post, "/v1/issuing/cards/{id}", keyed, plain, byCard).with(asUpdate)
	opCardStatus   = op("Cards.SetStatus", post, "/v1/issuing/cards/{id}/status", keyed, plain, byStatus).with(asStates)
	opCardSecure   = op("Cards.Secure", get, "/v1/issuing/cards/{id}/secure", read, plain, nothing).with(asSecrets)
	opCardPANToken = op("Cards.PANToken", post, "/v1/issuing/cards/{id}/token", keyed, plain, byAnother).with(asSetting)
	opCardDeposit  = op("Cards.Deposit", post, "/v1/issuing/cards/{id}/recharge", keyed, plain, byLedger).with(asDeposit)
	opCardWithdraw = op("Cards.Withdraw", post, "/v1/issuing/cards/{id}/withdraw", keyed, plain, byLedger).with(asWithdraw)
	opCardElevate  = op("Cards.ElevateLimit", post, "/v1/issuing/cards/{id}/elevate_limit", keyed, plain,
		byKey).with(asElevate)
	opCardProtect  = op("Cards.Protect", post, "/v1/issuing/cards/{id}/risk", keyed, plain, byKey).with(asProtect)
	opCardRelease  = op("Cards.Unprotect", remove, "/v1/issuing/cards/{id}/risk", keyed, plain, byKey).with(asUnprotect)
	opCardAssign   = op("Cards.Assign", post, "/v1/issuing/cards/assign", keyed, plain, again("Cards.List")).with(asAssign)
	opCardActivate = op("Cards.Activate", post, "/v1/issuing/cards/activate", keyed, plain, byStatus).with(asActivate)
	opCardPIN      = op("Cards.SetPIN", post, "/v1/issuing/cards/pin", keyed, plain, byKey).with(asPIN)
	opCardOldPIN   = op("Cards.ManagePIN", post, "/v1/issuing/cards/manage/pin", keyed, plain, byKey).with(asOldPIN)
	opCardBulk     = op("Cards.Bulk", post, "/v1/issuing/cards/bulk", keyed, plain, byKey).with(asBulk)
	opOrder        = op("Orders.Order", get, "/v1/issuing/cards/{card_order_id}/order", read, plain, nothing).with(asByKey)

	opArts       = op("Arts.List", get, "/v1/issuing/cards/arts", read, plain, nothing)
	opArtDefault = op("Arts.SetDefault", post, "/v1/issuing/cards/arts/default", keyed, plain, byDefault).with(asSetting)

	opTransactions  = op("Transactions.List", get, "/v1/issuing/transactions", read, list, nothing).with(asList)
	opTransaction   = op("Transactions.Transaction", get, "/v1/issuing/transactions/{id}", read, plain, nothing)
	opRefundRelease = op("Transactions.ReleaseRefund", post, "/v1/issuing/transactions/unsolicited_refund/release", keyed,
		plain, byLedger).with(asSetting)

	opBalance  = op("Balances.Balance", post, "/v1/issuing/balances", read, fresh, nothing)
	opBalances = op("Balances.List", get, "/v1/issuing/balances", read, list, nothing).with(asPaged)
	opLedger   = op("Balances.Ledger", get, "/v1/issuing/balances/transactions", read, list, nothing).with(asLedger)

	opTransferCreate = op("Transfers.Create", post, "/v1/issuing/transfers", keyed, plain, byLedger).with(asTransfer)
	opTransfer       = op("Transfers.Transfer", get, "/v1/issuing/transfers/{id}", read, plain, nothing)

	opReportCreate   = op("Reports.Create", post, "/v1/issuing/reports", keyed, plain, byKey).with(asReport)
	opReportDownload = op("Reports.Download", get, "/v1/issuing/reports/{id}", read, opaque, nothing)

	opBrands = op("Brands.List", get, "/v1/issuing/merchant_brands", read, list, nothing).with(asPaged)

	opSimAuthorization = op("Simulator.Authorize", post, "/v1/simulation/issuing/authorization", keyed, sandbox,
		again("Transactions.List")).with(asAuthorize)
	opSimReversal = op("Simulator.Reverse", post, "/v1/simulation/issuing/reversal", keyed, sandbox,
		again("Transactions.List")).with(asReverse)
	opSimFundBalance = op("Simulator.FundBalance", post, "/v1/simulation/deposit", keyed, sandbox, byKey).with(asLater)

	opUpload    = op("Files.Upload", post, "/v1/files/upload", keyed, files, byStream).with(asUpload)
	opFileLinks = op("Files.Links", post, "/v1/files/download_links", read, files|fresh, nothing)
)

// table is all of them.
func table() []operation {
	return []operation{
		opToken, opAccounts, opAccount, opCardholderCreate, opCardholders, opCardholder, opCardholderUpdate,
		opProducts, opCardApply, opCards, opCard, opCardUpdate, opCardStatus, opCardSecure, opCardPANToken,
		opCardDeposit, opCardWithdraw, opCardElevate, opCardProtect, opCardRelease, opCardAssign, opCardActivate,
		opCardPIN, opCardOldPIN, opCardBulk, opOrder, opArts, opArtDefault, opTransactions, opTransaction,
		opRefundRelease, opBalance, opBalances, opLedger, opTransferCreate, opTransfer, opReportCreate,
		opReportDownload, opBrands, opSimAuthorization, opSimReversal, opSimFundBalance, opUpload, opFileLinks,
	}
}
