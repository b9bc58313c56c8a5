package uqpay

import (
	"net/http"

	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// operation is one row of the operation table: all in which two methods differ.
type operation struct {
	name   string // service and method
	method string
	path   string // below the base URL, with placeholders
	safety transport.Safety
	traits trait
}

// trait is a set of what is special about an operation.
type trait int

const (
	list    trait = 1 << iota // page_size and page_number are always sent
	master                    // never on behalf of a connected account
	files                     // served by the file service
	sandbox                   // exists in the sandbox only
	fresh                     // reads by POST: a caller's key would return an old answer
)

func (o operation) has(t trait) bool { return o.traits&t != 0 }

// The 44 calls of the API.
//
// read asks only. keyed is recognised by its idempotency key, which the platform
// keeps for 24 hours: a repeat with the same key returns the first result.
// Uploading a stream that cannot be rewound is the one call that is sent once;
// its row says keyed, for all other uploads.
var (
	opToken    = operation{"Token", http.MethodPost, "/v1/connect/token", transport.Read, master}
	opAccounts = operation{"Accounts.List", http.MethodGet, "/v1/accounts", transport.Read, master | list}
	opAccount  = operation{"Accounts.Account", http.MethodGet, "/v1/accounts/{id}", transport.Read, master}

	opCardholderCreate = operation{"Cardholders.Create", http.MethodPost, "/v1/issuing/cardholders", transport.Keyed, 0}
	opCardholders      = operation{"Cardholders.List", http.MethodGet, "/v1/issuing/cardholders", transport.Read, list}
	opCardholder       = operation{"Cardholders.Cardholder", http.MethodGet, "/v1/issuing/cardholders/{id}", transport.Read, 0}
	opCardholderUpdate = operation{"Cardholders.Update", http.MethodPost, "/v1/issuing/cardholders/{id}", transport.Keyed, 0}

	opProducts = operation{"Products.List", http.MethodGet, "/v1/issuing/products", transport.Read, list}

	opCardCreate   = operation{"Cards.Create", http.MethodPost, "/v1/issuing/cards", transport.Keyed, 0}
	opCards        = operation{"Cards.List", http.MethodGet, "/v1/issuing/cards", transport.Read, list}
	opCard         = operation{"Cards.Card", http.MethodGet, "/v1/issuing/cards/{id}", transport.Read, 0}
	opCardUpdate   = operation{"Cards.Update", http.MethodPost, "/v1/issuing/cards/{id}", transport.Keyed, 0}
	opCardStatus   = operation{"Cards.SetStatus", http.MethodPost, "/v1/issuing/cards/{id}/status", transport.Keyed, 0}
	opCardSecure   = operation{"Cards.Secure", http.MethodGet, "/v1/issuing/cards/{id}/secure", transport.Read, 0}
	opCardPANToken = operation{"Cards.PANToken", http.MethodPost, "/v1/issuing/cards/{id}/token", transport.Keyed, 0}
	opCardRecharge = operation{"Cards.Recharge", http.MethodPost, "/v1/issuing/cards/{id}/recharge", transport.Keyed, 0}
	opCardWithdraw = operation{"Cards.Withdraw", http.MethodPost, "/v1/issuing/cards/{id}/withdraw", transport.Keyed, 0}
	opCardElevate  = operation{"Cards.ElevateLimit", http.MethodPost, "/v1/issuing/cards/{id}/elevate_limit", transport.Keyed, 0}
	opCardProtect  = operation{"Cards.Protect", http.MethodPost, "/v1/issuing/cards/{id}/risk", transport.Keyed, 0}
	opCardRelease  = operation{"Cards.Unprotect", http.MethodDelete, "/v1/issuing/cards/{id}/risk", transport.Keyed, 0}
	opCardAssign   = operation{"Cards.Assign", http.MethodPost, "/v1/issuing/cards/assign", transport.Keyed, 0}
	opCardActivate = operation{"Cards.Activate", http.MethodPost, "/v1/issuing/cards/activate", transport.Keyed, 0}
	opCardPIN      = operation{"Cards.SetPIN", http.MethodPost, "/v1/issuing/cards/pin", transport.Keyed, 0}
	opCardOldPIN   = operation{"Cards.ManagePIN", http.MethodPost, "/v1/issuing/cards/manage/pin", transport.Keyed, 0}
	opCardBulk     = operation{"Cards.Bulk", http.MethodPost, "/v1/issuing/cards/bulk", transport.Keyed, 0}
	opOrder        = operation{"Orders.Order", http.MethodGet, "/v1/issuing/cards/{card_order_id}/order", transport.Read, 0}

	opArts       = operation{"Arts.List", http.MethodGet, "/v1/issuing/cards/arts", transport.Read, 0}
	opArtDefault = operation{"Arts.SetDefault", http.MethodPost, "/v1/issuing/cards/arts/default", transport.Keyed, 0}

	opTransactions  = operation{"Transactions.List", http.MethodGet, "/v1/issuing/transactions", transport.Read, list}
	opTransaction   = operation{"Transactions.Transaction", http.MethodGet, "/v1/issuing/transactions/{id}", transport.Read, 0}
	opRefundRelease = operation{"Transactions.ReleaseRefund", http.MethodPost, "/v1/issuing/transactions/unsolicited_refund/release", transport.Keyed, 0}

	opBalance  = operation{"Balances.Balance", http.MethodPost, "/v1/issuing/balances", transport.Read, fresh}
	opBalances = operation{"Balances.List", http.MethodGet, "/v1/issuing/balances", transport.Read, list}
	opLedger   = operation{"Balances.Ledger", http.MethodGet, "/v1/issuing/balances/transactions", transport.Read, list}

	opTransferCreate = operation{"Transfers.Create", http.MethodPost, "/v1/issuing/transfers", transport.Keyed, 0}
	opTransfer       = operation{"Transfers.Transfer", http.MethodGet, "/v1/issuing/transfers/{id}", transport.Read, 0}

	opReportCreate   = operation{"Reports.Create", http.MethodPost, "/v1/issuing/reports", transport.Keyed, 0}
	opReportDownload = operation{"Reports.Download", http.MethodGet, "/v1/issuing/reports/{id}", transport.Read, 0}

	opBrands = operation{"Brands.List", http.MethodGet, "/v1/issuing/merchant_brands", transport.Read, list}

	opSimAuthorization = operation{"Simulator.Authorize", http.MethodPost, "/v1/simulation/issuing/authorization", transport.Keyed, sandbox}
	opSimReversal      = operation{"Simulator.Reverse", http.MethodPost, "/v1/simulation/issuing/reversal", transport.Keyed, sandbox}
	opSimDeposit       = operation{"Simulator.Deposit", http.MethodPost, "/v1/simulation/deposit", transport.Keyed, sandbox}

	opUpload    = operation{"Files.Upload", http.MethodPost, "/v1/files/upload", transport.Keyed, files}
	opFileLinks = operation{"Files.Links", http.MethodPost, "/v1/files/download_links", transport.Read, files | fresh}
)
