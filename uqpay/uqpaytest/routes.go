package uqpaytest

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// operation is one row of the platform's table: the name that hooks and errors
// print, the request, and what carries it out with the server's lock held.
type operation struct {
	op, method, path string // the path with * for one segment
	run              handler
}

// handler carries a request out.
type handler func(*Server, *call) (any, *refusal)

// call is one request on its way through its operation.
type call struct {
	operation
	fields  // of the body
	r       *http.Request
	query   url.Values
	body    []byte
	id      string // in the path
	account string // whom it acts for

	smallest int // page_size
}

// route names a request and carries it out.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	o, id := find(r)
	return o.op, func() platform.Reply {
		c := &call{o, readFields(body), r, r.URL.Query(), body, id, MasterAccount, 1}
		s.mu.Lock()
		defer s.mu.Unlock()
		c.more = s.cfg.Variants.Values
		if c.op != "Cards.List" && c.op != "Accounts.List" {
			c.smallest = max(s.cfg.Variants.SmallestPage, 1)
		}
		answer, bad := s.answer(c)
		reply := s.reply(c.op, answer, bad)
		reply.Card = s.about(c.id, c.fields, answer)
		return reply
	}
}

// answer carries one request out.
func (s *Server) answer(c *call) (any, *refusal) {
	if bad := s.admit(c); bad != nil {
		return nil, bad
	}
	switch {
	case c.op == "" || oneOf(c.op, s.cfg.Variants.Retired...):
		return nil, noRoute(c.r)
	case c.op == opToken:
		return c.run(s, c)
	}
	if bad := cmp.Or(s.authenticate(c), wellFormed(c)); bad != nil {
		return nil, bad
	}
	if c.method == http.MethodGet {
		return c.run(s, c)
	}
	return s.once(c)
}

// noRoute refuses a path that does not exist, and in the account center a method that it
// does not have.
func noRoute(r *http.Request) *refusal {
	path := strings.TrimPrefix(r.URL.Path, basePath)
	if !strings.HasPrefix(path, "/v1/accounts") && !strings.HasPrefix(path, "/v1/files") {
		return refuse(http.StatusNotFound, uqpay.ErrorTypeNotFound, uqpay.CodeNotFound, "no such path")
	}
	for _, o := range routes {
		if _, ok := match(o.path, path); ok {
			return &refusal{http.StatusMethodNotAllowed, map[string]any{
				"code": http.StatusMethodNotAllowed, "message": "method not allowed",
			}}
		}
	}
	return &refusal{http.StatusNotFound, map[string]any{"code": http.StatusNotFound, "message": "page not found"}}
}

// on finds what the path names in a table.
func on[T ofAccount](in func(*Server) *table[T], run func(*Server, *call, T) (any, *refusal)) handler {
	return func(s *Server, c *call) (any, *refusal) {
		item, missing := in(s).find(c.account, c.id)
		if missing != nil {
			return nil, missing
		}
		return run(s, c, item)
	}
}

func cards(s *Server) *table[*card] { return &s.cards }

func holders(s *Server) *table[*holder] { return &s.holders }

func orders(s *Server) *table[*order] { return &s.orders }

func transactions(s *Server) *table[*transaction] { return &s.transactions }

// opToken mints a token, the one call without one.
const opToken = "Token"

// opUpload has a form for a body.
const opUpload = "Files.Upload"

// routes are matched in their order, so literal segments stand before ids.
var routes = []operation{
	{opToken, http.MethodPost, "/v1/connect/token", mint},
	{"Accounts.List", http.MethodGet, "/v1/accounts", listAccounts},
	{"Accounts.Account", http.MethodGet, "/v1/accounts/*", getAccount},

	{"Cardholders.Create", http.MethodPost, "/v1/issuing/cardholders", createCardholder},
	{"Cardholders.List", http.MethodGet, "/v1/issuing/cardholders", listCardholders},
	{"Cardholders.Cardholder", http.MethodGet, "/v1/issuing/cardholders/*", on(holders, getCardholder)},
	{"Cardholders.Update", http.MethodPost, "/v1/issuing/cardholders/*", on(holders, updateCardholder)},
	{"Products.List", http.MethodGet, "/v1/issuing/products", listProducts},

	{"Cards.Assign", http.MethodPost, "/v1/issuing/cards/assign", assignCard},
	{"Cards.Activate", http.MethodPost, "/v1/issuing/cards/activate", activateCard},
	{"Cards.SetPIN", http.MethodPost, "/v1/issuing/cards/pin", setPIN},
	{"Cards.ManagePIN", http.MethodPost, "/v1/issuing/cards/manage/pin", managePIN},
	{"Arts.List", http.MethodGet, "/v1/issuing/cards/arts", listArts},
	{"Arts.SetDefault", http.MethodPost, "/v1/issuing/cards/arts/default", setDefaultArt},
	{"Cards.Bulk", http.MethodPost, "/v1/issuing/cards/bulk", bulkCards},
	{"Cards.Apply", http.MethodPost, "/v1/issuing/cards", createCard},
	{"Cards.List", http.MethodGet, "/v1/issuing/cards", listCards},
	{"Cards.Card", http.MethodGet, "/v1/issuing/cards/*", on(cards, getCard)},
	{"Cards.Update", http.MethodPost, "/v1/issuing/cards/*", on(cards, updateCard)},
	{"Cards.SetStatus", http.MethodPost, "/v1/issuing/cards/*/status", on(cards, setCardStatus)},
	{"Cards.Secure", http.MethodGet, "/v1/issuing/cards/*/secure", on(cards, secureCard)},
	{"Cards.PANToken", http.MethodPost, "/v1/issuing/cards/*/token", on(cards, panToken)},
	{"Cards.Deposit", http.MethodPost, "/v1/issuing/cards/*/recharge", on(cards, rechargeCard)},
	{"Cards.Withdraw", http.MethodPost, "/v1/issuing/cards/*/withdraw", on(cards, withdrawCard)},
	{"Cards.ElevateLimit", http.MethodPost, "/v1/issuing/cards/*/elevate_limit", on(cards, elevateLimit)},
	{"Cards.Protect", http.MethodPost, "/v1/issuing/cards/*/risk", on(cards, protectCard)},
	{"Cards.Unprotect", http.MethodDelete, "/v1/issuing/cards/*/risk", on(cards, unprotectCard)},
	{"Orders.Order", http.MethodGet, "/v1/issuing/cards/*/order", on(orders, getOrder)},

	{"Transactions.List", http.MethodGet, "/v1/issuing/transactions", listTransactions},
	{"Transactions.ReleaseRefund", http.MethodPost, "/v1/issuing/transactions/unsolicited_refund/release", releaseRefund},
	{"Transactions.Transaction", http.MethodGet, "/v1/issuing/transactions/*", on(transactions, getTransaction)},
	{"Balances.Balance", http.MethodPost, "/v1/issuing/balances", getBalance},
	{"Balances.Ledger", http.MethodGet, "/v1/issuing/balances/transactions", listLedger},
	{"Balances.List", http.MethodGet, "/v1/issuing/balances", listBalances},
	{"Transfers.Create", http.MethodPost, "/v1/issuing/transfers", createTransfer},
	{"Transfers.Transfer", http.MethodGet, "/v1/issuing/transfers/*", getTransfer},
	{"Reports.Create", http.MethodPost, "/v1/issuing/reports", createReport},
	{"Reports.Download", http.MethodGet, "/v1/issuing/reports/*", downloadReport},
	{"Brands.List", http.MethodGet, "/v1/issuing/merchant_brands", listBrands},

	{"Simulator.Authorize", http.MethodPost, "/v1/simulation/issuing/authorization", simulateAuthorization},
	{"Simulator.Reverse", http.MethodPost, "/v1/simulation/issuing/reversal", simulateReversal},
	{"Simulator.FundBalance", http.MethodPost, "/v1/simulation/deposit", simulateFunding},
	{opUpload, http.MethodPost, "/v1/files/upload", uploadFile},
	{"Files.Links", http.MethodPost, "/v1/files/download_links", fileLinks},
}

func operations() []string {
	var names []string
	for _, o := range routes {
		names = append(names, o.op)
	}
	return names
}

// find returns the operation of a request and the id in its path; an operation
// without a name when there is none.
func find(r *http.Request) (o operation, id string) {
	path := strings.TrimPrefix(r.URL.Path, basePath)
	for _, o := range routes {
		if id, ok := match(o.path, path); ok && o.method == r.Method {
			return o, id
		}
	}
	return operation{}, ""
}

// match reports whether a path fits a pattern, and returns what stands there for
// the pattern's *: one segment.
func match(pattern, path string) (id string, ok bool) {
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return "", path == pattern
	}
	id, begins := strings.CutPrefix(path, before)
	id, ends := strings.CutSuffix(id, after)
	return id, begins && ends && id != "" && !strings.Contains(id, "/")
}
