package legacytest

import (
	"cmp"
	"regexp"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// application is one application for a card.
type application struct {
	*order
	product Product
	bin     string
	holder  holder
	card    *card // after success
}

func (a *application) fields() map[string]any {
	out := a.order.fields()
	out["cardNumber"], out["failReason"] = "", a.reason
	if a.card != nil {
		out["cardNumber"] = a.card.id
	}
	return out
}

// apply accepts an application; charge is the initial top-up.
func (s *Server) apply(f fields, a *application, charge issuing.Amount) (any, *problem) {
	failed := s.applications.fresh(f, "订单重复提交")
	if failed == nil {
		a.order, failed = s.newOrder(f, issuing.CurrencyUSD, charge)
	}
	if failed != nil {
		return nil, failed
	}
	s.applications.add(a)
	s.later(func() { s.finishApplication(a) })
	out := a.order.fields()
	if a.product == ProductVirtualP {
		out["cardNumber"] = ""
	}
	return out, nil
}

func (s *Server) finishApplication(a *application) {
	reason, _ := s.failures.Take(opApply[a.product])
	var account ledger.Account
	if reason == "" {
		a.card = s.issue(a.product, a.bin, a.holder)
		account = a.card.account
	}
	s.end(a.order, account, reason)
	notice := a.notice()
	if a.card != nil {
		notice["cardNumber"] = a.card.id
	}
	s.push(legacy.EventApplicationCompleted, a.notifyURL, orderRetries, notice)
	if a.card != nil && a.charge.Sign() > 0 {
		s.announce(a.card, s.record(a.card, recordTopUp, a.charge, "first recharge"))
	}
}

// holderOf reads whom a card is for; first and last are what the page calls the names.
func holderOf(f fields, first, last string) holder {
	birth := cmp.Or(f.Text("birthday"), f.Text("dateOfBirth"))
	return holder{f.Text(first), f.Text(last), f.Text("email"), f.Text("phone"), birth}
}

func (s *Server) kycQuery(f fields) (any, *problem) { return s.applications.query(f) }

func (s *Server) applyMasterE(f fields) (any, *problem) {
	failed := require(f, "merOrderNo", "firstName", "lastName", "firstNameEn", "lastNameEN", "countryCode", "phone",
		"email", "address", "certType", "idNumber", "idExpiryDate", "country", "birthday", "annualIncome", "occupation",
		"position")
	if failed == nil && !(legacy.MasterEIDType(f.Text("certType")).Known() &&
		legacy.Occupation(f.Text("occupation")).Known() && legacy.Position(f.Text("position")).Known()) {
		failed = bad("certType, occupation or position is not in its dictionary")
	}
	if failed = cmp.Or(failed, checkIdentity(f, string(legacy.MasterEIDTypePassport), "idExpiryDate", "birthday"),
		checkImages(f, "signImage")); failed != nil {
		return nil, failed
	}
	a := &application{product: ProductMasterE, holder: holderOf(f, "firstNameEn", "lastNameEN")}
	return s.apply(f, a, issuing.Amount(""))
}

func (s *Server) applyVisaH(f fields) (any, *problem) {
	failed := require(f, "merOrderNo", "firstName", "lastName", "countryCode", "phone", "email", "line1", "line2",
		"line3", "postalCode", "city", "addressCountry", "deliveryLine1", "deliveryLine2", "deliveryLine3",
		"deliveryPostalCode", "deliveryCity", "deliveryCountry", "certType", "country", "idNumber", "idIssuanceDate",
		"idExpiryDate")
	if failed == nil && !legacy.VisaHIDType(f.Text("certType")).Known() {
		failed = bad("certType is not in its dictionary")
	}
	failed = cmp.Or(failed, checkIdentity(f, string(legacy.VisaHIDTypePassport), "idIssuanceDate", "idExpiryDate"))
	if failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{product: ProductVisaH, holder: holderOf(f, "firstName", "lastName")}, issuing.Amount(""))
}

// checkIdentity checks dates and the images that the kind of document needs;
// passport is the product's word for one.
func checkIdentity(f fields, passport string, dates ...string) *problem {
	var missing *problem
	switch {
	case f.Text("certType") == passport:
		missing = require(f, "passImage")
	case f.Text("country") == "156":
		missing = require(f, "faceImage", "backImage")
	}
	return cmp.Or(checkDates(f, dates...), missing, checkImages(f, "faceImage", "backImage", "passImage"))
}

func (s *Server) applyVirtualL(f fields) (any, *problem)        { return s.applyL(f, groupsChinese) }
func (s *Server) applyVirtualLEnglish(f fields) (any, *problem) { return s.applyL(f, groupsEnglish) }

// latin is what the pages call English characters.
var latin = regexp.MustCompile(`^[A-Za-z .'-]*$`)

// applyL takes the names of one edition only.
func (s *Server) applyL(f fields, groups []group) (any, *problem) {
	if failed := require(f, "merOrderNo", "cardType", "businessScene", "cardArea"); failed != nil {
		return nil, failed
	}
	i := slices.IndexFunc(groups, func(g group) bool {
		return g.scene == f.Text("businessScene") && g.area == f.Text("cardArea") && g.network == f.Text("cardType")
	})
	if i < 0 {
		return nil, bad("businessScene, cardArea and cardType are not in the BIN list of this language")
	}
	bin := cmp.Or(f.Text("cardHeader"), groups[i].bins[0])
	if !slices.Contains(groups[i].bins, bin) {
		return nil, bad("cardHeader is not in the BIN list")
	}
	charge, failed := readFirstRecharge(f, 0, issuing.NewAmount(10, 0))
	if failed == nil && !(latin.MatchString(f.Text("firstName")) && latin.MatchString(f.Text("lastName"))) {
		failed = bad("names must be in English characters")
	}
	if failed = cmp.Or(failed, checkDates(f, "birthday")); failed != nil {
		return nil, failed
	}
	a := &application{product: ProductVirtualL, bin: bin, holder: holderOf(f, "firstName", "lastName")}
	return s.apply(f, a, charge)
}

// readFirstRecharge returns the initial top-up, 10 when absent.
func readFirstRecharge(f fields, scale int, least issuing.Amount) (issuing.Amount, *problem) {
	if f["firstRecharge"] == nil {
		return issuing.NewAmount(10_00, 2), nil
	}
	amount, ok := readAmount(f, "firstRecharge")
	if !ok || amount.Scale() > scale || amount.Cmp(least) < 0 {
		return amount, bad("firstRecharge is not valid")
	}
	return truncate(amount, 2), nil
}

func (s *Server) applyVirtualP(f fields) (any, *problem) {
	if failed := require(f, "merOrderNo", "cardBin", "email"); failed != nil {
		return nil, failed
	}
	if !slices.ContainsFunc(virtualPNetworks, func(g group) bool { return slices.Contains(g.bins, f.Text("cardBin")) }) {
		return nil, bad("cardBin is not in the BIN list")
	}
	names := f.Text("firstName") + f.Text("lastName")
	if len(names) > 32 || !latin.MatchString(names) {
		return nil, bad("names must be English, 32 characters at most")
	}
	charge, failed := readFirstRecharge(f, 2, issuing.NewAmount(0, 0))
	if failed = cmp.Or(checkDates(f, "dateOfBirth"), failed); failed != nil {
		return nil, failed
	}
	a := &application{product: ProductVirtualP, bin: f.Text("cardBin"), holder: holderOf(f, "firstName", "lastName")}
	return s.apply(f, a, charge)
}

// Applications returns all applications in the order in which they were accepted.
func (s *Server) Applications() []legacy.Application {
	return listOf(s, &s.applications, func(a *application) legacy.Application {
		out := legacy.Application{
			MerOrderNo: a.merOrderNo, OrderNo: a.orderNo, Status: a.status, FailReason: a.reason,
			CreateTime: a.created, CompleteTime: a.completed,
		}
		if a.card != nil {
			out.CardNumber = issuing.NewSecret(a.card.id)
		}
		return out
	})
}
