package legacytest

import (
	"cmp"
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

// What the pages of the applications take.
var (
	masterERules = orderRules.with(
		rule{optional, textForm, "cardNumber"},
		rule{mandatory, textForm, "firstName lastName address idNumber"}, // what lastName holds is not clear
		rule{mandatory, englishForm, "firstNameEn lastNameEN"},
		rule{mandatory, callingForm, "countryCode"},
		rule{mandatory, phoneForm, "phone"},
		rule{mandatory, emailForm, "email"},
		rule{mandatory, choice[legacy.MasterEIDType]("0, -1"), "certType"},
		rule{mandatory, dateForm, "idExpiryDate birthday"},
		rule{mandatory, numericCountry, "country"},
		rule{mandatory, amountForm, "annualIncome"},
		rule{mandatory, choice[legacy.Occupation]("1 to 17"), "occupation"},
		rule{mandatory, choice[legacy.Position]("1 to 3"), "position"},
		rule{optional, imageForm, "faceImage backImage passImage signImage"})
	visaHRules = orderRules.with(
		rule{optional, textForm, "cardNumber"},
		rule{mandatory, englishForm, "firstName lastName"},
		rule{mandatory, callingForm, "countryCode"},
		rule{mandatory, phoneForm, "phone"},
		rule{mandatory, textForm, "line1 line2 line3 postalCode city idNumber"},
		rule{mandatory, textForm, "deliveryLine1 deliveryLine2 deliveryLine3 deliveryPostalCode deliveryCity"},
		rule{mandatory, emailForm, "email"},
		rule{mandatory, numericCountry, "addressCountry deliveryCountry country"},
		rule{mandatory, choice[legacy.VisaHIDType]("0, 1"), "certType"},
		rule{mandatory, dateForm, "idIssuanceDate idExpiryDate"},
		rule{optional, imageForm, "faceImage backImage passImage"})
	virtualLRules = orderRules.with(
		rule{mandatory, textForm, "cardType businessScene cardArea"},
		rule{optional, decimal(0, "must be an integer"), "firstRecharge"},
		rule{optional, textForm, "cardHeader"},
		rule{optional, englishForm, "firstName lastName"},
		rule{optional, emailForm, "email"},
		rule{optional, dateForm, "birthday"})
	virtualPRules = orderRules.with(
		rule{mandatory, textForm, "cardBin"},
		rule{optional, centsForm, "firstRecharge"},
		rule{optional, callingForm, "phoneCode"},
		rule{optional, phoneForm, "phone"},
		rule{optional, textForm, "state city addressLine1 addressLine2 postalCode"},
		rule{mandatory, emailForm, "email"},
		rule{optional, englishForm, "firstName lastName"},
		rule{optional, dateForm, "dateOfBirth"},
		rule{optional, alpha2Country, "country"})
)

func (s *Server) applyMasterE(f fields) (any, *problem) {
	if failed := checkIdentity(f, string(legacy.MasterEIDTypePassport)); failed != nil {
		return nil, failed
	}
	a := &application{product: ProductMasterE, holder: holderOf(f, "firstNameEn", "lastNameEN")}
	return s.apply(f, a, issuing.Amount(""))
}

func (s *Server) applyVisaH(f fields) (any, *problem) {
	if failed := checkIdentity(f, string(legacy.VisaHIDTypePassport)); failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{product: ProductVisaH, holder: holderOf(f, "firstName", "lastName")}, issuing.Amount(""))
}

// checkIdentity checks that the images are there that the kind of document needs;
// passport is the product's word for one.
func checkIdentity(f fields, passport string) *problem {
	switch {
	case f.Text("certType") == passport:
		return require(f, "passImage")
	case f.Text("country") == "156":
		return require(f, "faceImage", "backImage")
	}
	return nil
}

func (s *Server) applyVirtualL(f fields) (any, *problem)        { return s.applyL(f, groupsChinese) }
func (s *Server) applyVirtualLEnglish(f fields) (any, *problem) { return s.applyL(f, groupsEnglish) }

// applyL takes the names of one edition only.
func (s *Server) applyL(f fields, groups []group) (any, *problem) {
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
	charge, failed := readFirstRecharge(f, issuing.NewAmount(10, 0))
	if failed != nil {
		return nil, failed
	}
	a := &application{product: ProductVirtualL, bin: bin, holder: holderOf(f, "firstName", "lastName")}
	return s.apply(f, a, charge)
}

// readFirstRecharge returns the initial top-up, 10 when absent.
func readFirstRecharge(f fields, least issuing.Amount) (issuing.Amount, *problem) {
	if f.Text("firstRecharge") == "" {
		return issuing.NewAmount(10_00, 2), nil
	}
	amount := readAmount(f, "firstRecharge")
	if amount.Cmp(least) < 0 {
		return amount, bad("firstRecharge must be at least " + least.String())
	}
	return truncate(amount, 2), nil
}

func (s *Server) applyVirtualP(f fields) (any, *problem) {
	if !slices.ContainsFunc(virtualPNetworks, func(g group) bool { return slices.Contains(g.bins, f.Text("cardBin")) }) {
		return nil, bad("cardBin is not in the BIN list")
	}
	if len(f.Text("firstName")+f.Text("lastName")) > 32 {
		return nil, bad("firstName and lastName have more than 32 characters together")
	}
	country, state := f.Text("country"), f.Text("state")
	if (country == "US" || country == "CA") && state != "" && !stateForm.fits(state) {
		return nil, bad("state must be a code of two letters for US and CA")
	}
	charge, failed := readFirstRecharge(f, issuing.NewAmount(0, 0))
	if failed != nil {
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
