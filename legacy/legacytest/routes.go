package legacytest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// route names a request and carries it out. What cannot be read has no parameters,
// and the name of its path's last row.
func (s *Server) route(r *http.Request, body []byte) (op string, run func() platform.Reply) {
	f, err := platform.ReadFields(body)
	if err != nil {
		f = nil
	}
	for _, o := range routes {
		if s.path(o) == r.URL.Path && (o.fits == nil || o.fits(s, f)) {
			return o.op, func() platform.Reply { return s.handle(o, r, f, len(body)) }
		}
	}
	return "", func() platform.Reply { return envelope(legacy.CodeNotFound, "Resource Not Found", nil) }
}

// path is where an operation is: the documented path, or the configured one. The English
// edition of an operation that has two is behind /en of the other.
func (s *Server) path(o operation) string {
	own, ok := s.cfg.Paths[o.op]
	switch {
	case !ok:
		return o.path
	case strings.HasSuffix(o.path, "/en"):
		return own + "/en"
	}
	return own
}

// handle carries one request out.
func (s *Server) handle(o operation, r *http.Request, f fields, size int) platform.Reply {
	var data any
	var about string
	failed := s.verify(o, r, f, size)
	if failed == nil {
		failed = o.takes.check(f, s.cfg.Values)
	}
	if failed == nil {
		data, about, failed = s.run(o, f)
	}
	end := cmp.Or(failed, &problem{code: legacy.CodeSuccess, message: "操作成功"})
	reply := envelope(end.code, end.message, data)
	if s.cfg.NewEnvelope && strings.HasPrefix(o.path, "/api/v1/") {
		reply = newEnvelope(end.code, end.message, data)
	}
	reply.Card = about
	if failed != nil {
		return refused(reply, failed)
	}
	return reply
}

// run carries an operation out with the server's lock held, and says which card it
// was about.
func (s *Server) run(o operation, f fields) (data any, about string, failed *problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, failed = o.run(s, f)
	return data, s.about(f, data), failed
}

// operation is one row of the platform's table.
type operation struct {
	op, path string // op is the name that hooks and errors print
	takes    rules
	run      func(*Server, fields) (any, *problem)
	unsigned []string                   // parameters that the page keeps out of the signature
	fits     func(*Server, fields) bool // of a row before others of its path: whether a request is its
}

// onCard returns an operation on the card of a product that a request names.
func onCard(p Product, run func(*Server, fields, *card) (any, *problem)) func(*Server, fields) (any, *problem) {
	return func(s *Server, f fields) (any, *problem) {
		c, failed := s.find(f, p)
		if failed != nil {
			return nil, failed
		}
		return run(s, f, c)
	}
}

// onList returns an operation on the records of a card that a request names, the
// latest first, and the size of a page.
func onList(p Product, run func(fields, *card, []*record, int) (any, *problem)) func(*Server, fields) (any, *problem) {
	return onCard(p, func(_ *Server, f fields, c *card) (any, *problem) {
		records, size, failed := c.listed(f)
		if failed != nil {
			return nil, failed
		}
		return run(f, c, records, size)
	})
}

// byOrderNo tells the queries by the platform's number from those by the
// merchant's.
func byOrderNo(_ *Server, f fields) bool { return f.Text("orderNo") != "" }

// ofVirtualL tells the closures of VIRTUAL-L cards from those of VIRTUAL-P cards.
func ofVirtualL(s *Server, f fields) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.card(f.Text("cardNumber"))
	return c != nil && c.product == ProductVirtualL
}

// The operations that [Server.FailNext] makes fail.
const (
	opDeposit  = "Cards.Deposit"
	opTransfer = "Transfers.Create"
)

// opApply are the applications by product.
var opApply = map[Product]string{
	ProductMasterE: "Applications.ApplyMasterE", ProductVisaH: "Applications.ApplyVisaH",
	ProductVirtualL: "Applications.ApplyVirtualL", ProductVirtualP: "Applications.ApplyVirtualP",
}

var failing = append(slices.Sorted(maps.Values(opApply)), opDeposit, opTransfer)

// Parameters that the pages keep out of the signature.
var (
	documentImages = []string{"faceImage", "backImage"}
	visaHImages    = append(slices.Clone(documentImages), "passImage")
	masterEImages  = append(slices.Clone(visaHImages), "signImage")
)

// tf is where the paths of remittances begin.
const tf = "/api/v1/legacy/tf/v4/"

// routes are the operations.
var routes = []operation{
	{
		op: "MasterE.Card", path: "/op/card/E/info", takes: cardRules,
		run: onCard(ProductMasterE, (*Server).masterEInfo),
	},
	{op: "MasterE.Freeze", path: "/op/card/E/lock", takes: cardRules, run: onCard(ProductMasterE, (*Server).freeze)},
	{
		op: "MasterE.Unfreeze", path: "/op/card/E/un/lock", takes: cardRules,
		run: onCard(ProductMasterE, (*Server).unfreeze),
	},
	{
		op: "MasterE.SetPIN", path: "/op/card/E/change/pin/secure", takes: pinRules,
		run: onCard(ProductMasterE, (*Server).setPIN),
	},
	{
		op: "MasterE.SetDailyLimits", path: "/op/card/E/set/daily/limit", takes: limitRules,
		run: onCard(ProductMasterE, (*Server).masterELimits),
	},
	{
		op: "MasterE.LatestTransactions", path: "/op/card/E/transaction", takes: latestRules,
		run: onList(ProductMasterE, masterETransactions),
	},
	{
		op: "MasterE.Transactions", path: "/op/card/E/transaction/page", takes: tokenRules,
		run: onList(ProductMasterE, masterEPage),
	},

	{
		op: "VisaH.Card", path: "/op/card/H/balance", takes: cardRules,
		run: onCard(ProductVisaH, (*Server).visaHBalance),
	},
	{op: "VisaH.Freeze", path: "/op/card/H/lock", takes: cardRules, run: onCard(ProductVisaH, (*Server).freeze)},
	{
		op: "VisaH.Unfreeze", path: "/op/card/H/un/lock", takes: cardRules,
		run: onCard(ProductVisaH, (*Server).unfreeze),
	},
	{
		op: "VisaH.SetPIN", path: "/op/card/H/change/pin/secure", takes: pinRules,
		run: onCard(ProductVisaH, (*Server).setPIN),
	},
	{
		op: "VisaH.Transactions", path: "/op/card/H/transactions", takes: offsetRules,
		run: onList(ProductVisaH, visaHTransactions),
	},
	{
		op: "VisaH.ReplyOOB", path: "/op/card/H/oob", takes: replyRules,
		run: onCard(ProductVisaH, (*Server).visaHReply),
	},
	{
		op: "VisaH.SimulateOOB", path: "/op/card/H/oob/simulate", takes: cardRules,
		run: onCard(ProductVisaH, (*Server).visaHSimulate),
	},

	{op: "VirtualL.BINs", path: "/op/card/L/head", run: (*Server).virtualLHead},
	{op: "VirtualL.BINs", path: "/op/card/L/head/en", run: (*Server).virtualLHeadEnglish},
	{
		op: "VirtualL.Card", path: "/op/card/L/info", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).virtualLInfo),
	},
	{
		op: "VirtualL.Freeze", path: "/op/card/L/lock", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).freeze),
	},
	{
		op: "VirtualL.Unfreeze", path: "/op/card/L/un/lock", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).unfreeze),
	},
	{
		op: "VirtualL.Close", path: "/op/card/P/close", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).closeCard), fits: ofVirtualL,
	},
	{
		op: "VirtualL.Transactions", path: "/op/card/L/transaction", takes: pageRules,
		run: onList(ProductVirtualL, virtualTransactions),
	},
	{
		op: "VirtualL.SimulateOTP", path: "/op/card/L/simulation/otp", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).virtualLSimulateOTP),
	},
	{
		op: "VirtualL.SimulateTransaction", path: "/op/card/L/simulation/transaction", takes: cardRules,
		run: onCard(ProductVirtualL, (*Server).virtualLSimulate),
	},

	{op: "VirtualP.BINs", path: "/op/card/P/bin", run: (*Server).virtualPBINs},
	{
		op: "VirtualP.Card", path: "/op/card/P/info/v2", takes: cardRules,
		run: onCard(ProductVirtualP, (*Server).virtualPInfo),
	},
	{
		op: "VirtualP.Freeze", path: "/op/card/P/lock", takes: cardRules,
		run: onCard(ProductVirtualP, (*Server).freeze),
	},
	{
		op: "VirtualP.Unfreeze", path: "/op/card/P/un/lock", takes: cardRules,
		run: onCard(ProductVirtualP, (*Server).unfreeze),
	},
	{
		op: "VirtualP.Close", path: "/op/card/P/close", takes: cardRules,
		run: onCard(ProductVirtualP, (*Server).closeCard),
	},
	{
		op: "VirtualP.UploadDocument", path: "/op/card/P/document", takes: documentRules,
		run: (*Server).virtualPDocument, unsigned: documentImages,
	},
	{
		op: "VirtualP.Transactions", path: "/op/card/P/transaction", takes: cursorRules,
		run: onList(ProductVirtualP, virtualTransactions),
	},

	{op: opDeposit, path: "/api/card/top/up", takes: topUpRules, run: (*Server).topUp},
	{
		op: "Cards.DepositByOrderNo", path: "/api/card/top/up/query", takes: queryRules,
		run: (*Server).topUpQuery, fits: byOrderNo,
	},
	{op: "Cards.DepositByKey", path: "/api/card/top/up/query", takes: queryRules, run: (*Server).topUpQuery},

	{
		op: "Applications.ApplyMasterE", path: "/api/card/kyc/apply/master/E", takes: masterERules,
		run: (*Server).applyMasterE, unsigned: masterEImages,
	},
	{
		op: "Applications.ApplyVisaH", path: "/api/card/kyc/apply/visa/H", takes: visaHRules,
		run: (*Server).applyVisaH, unsigned: visaHImages,
	},
	{
		op: "Applications.ApplyVirtualL", path: "/api/card/kyc/apply/virtual/L", takes: virtualLRules,
		run: (*Server).applyVirtualL,
	},
	{
		op: "Applications.ApplyVirtualL", path: "/api/card/kyc/apply/virtual/L/en", takes: virtualLRules,
		run: (*Server).applyVirtualLEnglish,
	},
	{
		op: "Applications.ApplyVirtualP", path: "/api/card/kyc/apply/virtual/P", takes: virtualPRules,
		run: (*Server).applyVirtualP,
	},
	{
		op: "Applications.ApplicationByOrderNo", path: "/api/card/kyc/query", takes: queryRules,
		run: (*Server).kycQuery, fits: byOrderNo,
	},
	{op: "Applications.ApplicationByKey", path: "/api/card/kyc/query", takes: queryRules, run: (*Server).kycQuery},

	{op: "Transfers.Quote", path: tf + "quotes", takes: quoteRules, run: (*Server).quotes},
	{op: opTransfer, path: tf + "order/create", takes: transferRules, run: (*Server).transferCreate},
	{
		op: "Transfers.TransferByOrderNo", path: tf + "order/query", takes: queryRules,
		run: (*Server).transferQuery, fits: byOrderNo,
	},
	{op: "Transfers.TransferByKey", path: tf + "order/query", takes: queryRules, run: (*Server).transferQuery},

	{op: "Reference.BusinessModes", path: tf + "business", takes: bothRules, run: reference("business")},
	{op: "Reference.SourceCountries", path: tf + "sourceCountry", run: reference("countries")},
	{op: "Reference.TargetCountries", path: tf + "countries", run: reference("countries")},
	{op: "Reference.Channels", path: tf + "target/types", takes: countryRules, run: reference("options")},
	{
		op: "Reference.ChannelCountries", path: tf + "type/countries", takes: channelRules,
		run: reference("countries"),
	},
	{op: "Reference.Currencies", path: tf + "currency/partner", takes: bothRules, run: reference("options")},
	{op: "Reference.Banks", path: tf + "banks", takes: countryRules, run: reference("banks")},
	{op: "Reference.Branches", path: tf + "branch", takes: branchRules, run: reference("branches")},
	{op: "Reference.States", path: tf + "states", takes: countryRules, run: reference("states")},
	{op: "Reference.Cities", path: tf + "city/code", takes: cityRules, run: reference("cities")},
	{op: "Reference.Relationships", path: tf + "relationship/code", run: reference("relationships")},
	{
		op: "Reference.RemittancePurposes", path: tf + "remittancePurpose/code", takes: purposeRules,
		run: reference("purposes"),
	},
	{
		op: "Reference.SourcesOfFunds", path: tf + "sourceOfFunds/code", takes: fundsRules,
		run: reference("funds"),
	},
	{op: "Reference.Occupations", path: tf + "occupation/code", run: reference("occupations")},
}

func operations() []string {
	var names []string
	for _, o := range routes {
		names = append(names, o.op)
	}
	return names
}
