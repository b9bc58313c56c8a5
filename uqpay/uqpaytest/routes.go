package uqpaytest

import (
	"net/http"
	"strings"
)

const opToken = "Token"

// route is one call of the API, under the name of the client's method.
type route struct {
	op     string
	method string
	path   string // with * for one segment
	master bool   // never on behalf of a connected account
	run    func(*call) answer
}

// routes are matched in their order, so literal segments stand before ids.
var routes = []route{
	{opToken, http.MethodPost, "/v1/connect/token", true, nil},
	{"Accounts.List", http.MethodGet, "/v1/accounts", true, listAccounts},
	{"Accounts.Account", http.MethodGet, "/v1/accounts/*", true, getAccount},

	{"Cardholders.Create", http.MethodPost, "/v1/issuing/cardholders", false, createCardholder},
	{"Cardholders.List", http.MethodGet, "/v1/issuing/cardholders", false, listCardholders},
	{"Cardholders.Cardholder", http.MethodGet, "/v1/issuing/cardholders/*", false, getCardholder},
	{"Cardholders.Update", http.MethodPost, "/v1/issuing/cardholders/*", false, updateCardholder},
	{"Products.List", http.MethodGet, "/v1/issuing/products", false, listProducts},

	{"Cards.Assign", http.MethodPost, "/v1/issuing/cards/assign", false, assignCard},
	{"Cards.Activate", http.MethodPost, "/v1/issuing/cards/activate", false, activateCard},
	{"Cards.SetPIN", http.MethodPost, "/v1/issuing/cards/pin", false, setPIN},
	{"Cards.ManagePIN", http.MethodPost, "/v1/issuing/cards/manage/pin", false, managePIN},
	{"Arts.List", http.MethodGet, "/v1/issuing/cards/arts", false, listArts},
	{"Arts.SetDefault", http.MethodPost, "/v1/issuing/cards/arts/default", false, setDefaultArt},
	{"Cards.Bulk", http.MethodPost, "/v1/issuing/cards/bulk", false, bulkCards},
	{"Cards.Create", http.MethodPost, "/v1/issuing/cards", false, createCard},
	{"Cards.List", http.MethodGet, "/v1/issuing/cards", false, listCards},
	{"Cards.Card", http.MethodGet, "/v1/issuing/cards/*", false, getCard},
	{"Cards.Update", http.MethodPost, "/v1/issuing/cards/*", false, updateCard},
	{"Cards.SetStatus", http.MethodPost, "/v1/issuing/cards/*/status", false, setCardStatus},
	{"Cards.Secure", http.MethodGet, "/v1/issuing/cards/*/secure", false, secureCard},
	{"Cards.PANToken", http.MethodPost, "/v1/issuing/cards/*/token", false, panToken},
	{"Cards.Recharge", http.MethodPost, "/v1/issuing/cards/*/recharge", false, rechargeCard},
	{"Cards.Withdraw", http.MethodPost, "/v1/issuing/cards/*/withdraw", false, withdrawCard},
	{"Cards.ElevateLimit", http.MethodPost, "/v1/issuing/cards/*/elevate_limit", false, elevateLimit},
	{"Cards.Protect", http.MethodPost, "/v1/issuing/cards/*/risk", false, protectCard},
	{"Cards.Unprotect", http.MethodDelete, "/v1/issuing/cards/*/risk", false, unprotectCard},
	{"Orders.Order", http.MethodGet, "/v1/issuing/cards/*/order", false, getOrder},

	{"Transactions.List", http.MethodGet, "/v1/issuing/transactions", false, listTransactions},
	{"Transactions.ReleaseRefund", http.MethodPost, "/v1/issuing/transactions/unsolicited_refund/release", false, releaseRefund},
	{"Transactions.Transaction", http.MethodGet, "/v1/issuing/transactions/*", false, getTransaction},
	{"Balances.Balance", http.MethodPost, "/v1/issuing/balances", false, getBalance},
	{"Balances.Ledger", http.MethodGet, "/v1/issuing/balances/transactions", false, listLedger},
	{"Balances.List", http.MethodGet, "/v1/issuing/balances", false, listBalances},
	{"Transfers.Create", http.MethodPost, "/v1/issuing/transfers", false, createTransfer},
	{"Transfers.Transfer", http.MethodGet, "/v1/issuing/transfers/*", false, getTransfer},
	{"Reports.Create", http.MethodPost, "/v1/issuing/reports", false, createReport},
	{"Reports.Download", http.MethodGet, "/v1/issuing/reports/*", false, downloadReport},
	{"Brands.List", http.MethodGet, "/v1/issuing/merchant_brands", false, listBrands},

	{"Simulator.Authorize", http.MethodPost, "/v1/simulation/issuing/authorization", false, simulateAuthorization},
	{"Simulator.Reverse", http.MethodPost, "/v1/simulation/issuing/reversal", false, simulateReversal},
	{"Simulator.Deposit", http.MethodPost, "/v1/simulation/deposit", false, simulateDeposit},
	{"Files.Upload", http.MethodPost, "/v1/files/upload", false, uploadFile},
	{"Files.Links", http.MethodPost, "/v1/files/download_links", false, fileLinks},
}

// match finds the route of a request and the ids in its path.
func match(r *http.Request) (*route, []string) {
	path := strings.TrimPrefix(r.URL.Path, "/api")
	segments := strings.Split(path, "/")
	for i := range routes {
		if routes[i].method != r.Method {
			continue
		}
		if ids, ok := matches(routes[i].path, segments); ok {
			return &routes[i], ids
		}
	}
	return nil, nil
}

func matches(pattern string, segments []string) (ids []string, ok bool) {
	want := strings.Split(pattern, "/")
	if len(want) != len(segments) {
		return nil, false
	}
	for i, w := range want {
		switch {
		case w == "*" && segments[i] != "":
			ids = append(ids, segments[i])
		case w != segments[i]:
			return nil, false
		}
	}
	return ids, true
}

// opOf names the operation of a request, for faults and counts.
func opOf(r *http.Request) string {
	if rt, _ := match(r); rt != nil {
		return rt.op
	}
	return r.URL.Path
}
