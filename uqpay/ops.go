package uqpay

import "net/http"

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

// The 44 calls of the API.
//
// read asks only. keyed is recognised by its idempotency key, which the platform
// keeps for 24 hours: a repeat with the same key returns the first result.
// Uploading a stream that cannot be rewound is the one call that is sent once;
// its row says keyed, for all other uploads.
var (
	opToken    = op("Token", post, "/v1/connect/token", read, master, nothing)
	opAccounts = op("Accounts.List", get, "/v1/accounts", read, master|list, nothing)
	opAccount  = op("Accounts.Account", get, "/v1/accounts/{id}", read, master, nothing)

	opCardholderCreate = op("Cardholders.Create", post, "/v1/issuing/cardholders", keyed, plain, again("Cardholders.List"))
	opCardholders      = op("Cardholders.List", get, "/v1/issuing/cardholders", read, list, nothing)
	opCardholder       = op("Cardholders.Cardholder", get, "/v1/issuing/cardholders/{id}", read, plain, nothing)
	opCardholderUpdate = op("Cardholders.Update", post, "/v1/issuing/cardholders/{id}", keyed, plain,
		again("Cardholders.Cardholder"))

	opProducts = op("Products.List", get, "/v1/issuing/products", read, list, nothing)

	opCardApply    = op("Cards.Apply", post, "/v1/issuing/cards", keyed, plain, again("Cards.List"))
	opCards        = op("Cards.List", get, "/v1/issuing/cards", read, list, nothing)
	opCard         = op("Cards.Card", get, "/v1/issuing/cards/{id}", read, plain, nothing)
	opCardUpdate   = op("Cards.Update", post, "/v1/issuing/cards/{id}", keyed, plain, byCard)
	opCardStatus   = op("Cards.SetStatus", post, "/v1/issuing/cards/{id}/status", keyed, plain, byStatus)
	opCardSecure   = op("Cards.Secure", get, "/v1/issuing/cards/{id}/secure", read, plain, nothing)
	opCardPANToken = op("Cards.PANToken", post, "/v1/issuing/cards/{id}/token", keyed, plain, byAnother)
	opCardDeposit  = op("Cards.Deposit", post, "/v1/issuing/cards/{id}/recharge", keyed, plain, byLedger)
	opCardWithdraw = op("Cards.Withdraw", post, "/v1/issuing/cards/{id}/withdraw", keyed, plain, byLedger)
	opCardElevate  = op("Cards.ElevateLimit", post, "/v1/issuing/cards/{id}/elevate_limit", keyed, plain, byKey)
	opCardProtect  = op("Cards.Protect", post, "/v1/issuing/cards/{id}/risk", keyed, plain, byKey)
	opCardRelease  = op("Cards.Unprotect", remove, "/v1/issuing/cards/{id}/risk", keyed, plain, byKey)
	opCardAssign   = op("Cards.Assign", post, "/v1/issuing/cards/assign", keyed, plain, again("Cards.List"))
	opCardActivate = op("Cards.Activate", post, "/v1/issuing/cards/activate", keyed, plain, byStatus)
	opCardPIN      = op("Cards.SetPIN", post, "/v1/issuing/cards/pin", keyed, plain, byKey)
	opCardOldPIN   = op("Cards.ManagePIN", post, "/v1/issuing/cards/manage/pin", keyed, plain, byKey)
	opCardBulk     = op("Cards.Bulk", post, "/v1/issuing/cards/bulk", keyed, plain, byKey)
	opOrder        = op("Orders.Order", get, "/v1/issuing/cards/{card_order_id}/order", read, plain, nothing)

	opArts       = op("Arts.List", get, "/v1/issuing/cards/arts", read, plain, nothing)
	opArtDefault = op("Arts.SetDefault", post, "/v1/issuing/cards/arts/default", keyed, plain, byDefault)

	opTransactions  = op("Transactions.List", get, "/v1/issuing/transactions", read, list, nothing)
	opTransaction   = op("Transactions.Transaction", get, "/v1/issuing/transactions/{id}", read, plain, nothing)
	opRefundRelease = op("Transactions.ReleaseRefund", post, "/v1/issuing/transactions/unsolicited_refund/release", keyed,
		plain, byLedger)

	opBalance  = op("Balances.Balance", post, "/v1/issuing/balances", read, fresh, nothing)
	opBalances = op("Balances.List", get, "/v1/issuing/balances", read, list, nothing)
	opLedger   = op("Balances.Ledger", get, "/v1/issuing/balances/transactions", read, list, nothing)

	opTransferCreate = op("Transfers.Create", post, "/v1/issuing/transfers", keyed, plain, byLedger)
	opTransfer       = op("Transfers.Transfer", get, "/v1/issuing/transfers/{id}", read, plain, nothing)

	opReportCreate   = op("Reports.Create", post, "/v1/issuing/reports", keyed, plain, byKey)
	opReportDownload = op("Reports.Download", get, "/v1/issuing/reports/{id}", read, opaque, nothing)

	opBrands = op("Brands.List", get, "/v1/issuing/merchant_brands", read, list, nothing)

	opSimAuthorization = op("Simulator.Authorize", post, "/v1/simulation/issuing/authorization", keyed, sandbox,
		again("Transactions.List"))
	opSimReversal = op("Simulator.Reverse", post, "/v1/simulation/issuing/reversal", keyed, sandbox,
		again("Transactions.List"))
	opSimFundBalance = op("Simulator.FundBalance", post, "/v1/simulation/deposit", keyed, sandbox, byKey)

	opUpload    = op("Files.Upload", post, "/v1/files/upload", keyed, files, byStream)
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
