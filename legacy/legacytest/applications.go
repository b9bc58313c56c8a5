package legacytest

import (
	"regexp"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// application is one application for a card.
type application struct {
	order
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
	if s.applications.byMer[f.text("merOrderNo")] != nil {
		return fail(legacy.CodeDuplicateOrder, "订单重复提交")
	}
	o, failed := s.newOrder(f, issuing.USD, charge)
	if failed != nil {
		return nil, failed
	}
	a.order = o
	s.applications.add(a)
	s.clock.After(s.cfg.Delay, func() { s.finishApplication(a) })
	out := a.order.fields()
	if a.product == VirtualP {
		out["cardNumber"] = ""
	}
	return out, nil
}

func (s *Server) finishApplication(a *application) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason := s.takeFailure(failApplication); reason != "" {
		s.release(&a.order, reason)
	} else {
		a.card = s.issue(a.product, a.bin, a.holder)
		s.succeed(&a.order, a.card.account())
	}
	notice := a.notice()
	if a.card != nil {
		notice["cardNumber"] = a.card.id
	}
	s.push(legacy.NotifyKYC, a.notifyURL, kycRetries, notice)
	if a.card != nil && a.charge.Sign() > 0 {
		s.announce(a.card, a.card.record(s, recordTopUp, a.charge, "first recharge", ""))
	}
}

func (s *Server) kycQuery(f fields) (any, *problem) {
	a, failed := s.applications.find(f)
	if failed != nil {
		return nil, failed
	}
	return a.fields(), nil
}

func (s *Server) applyMasterE(f fields) (any, *problem) {
	if failed := f.require("merOrderNo", "firstName", "lastName", "firstNameEn", "lastNameEN", "countryCode", "phone",
		"email", "address", "certType", "idNumber", "idExpiryDate", "country", "birthday", "annualIncome", "occupation",
		"position"); failed != nil {
		return nil, failed
	}
	if !legacy.MasterEIDType(f.text("certType")).Known() || !legacy.Occupation(f.text("occupation")).Known() ||
		!legacy.Position(f.text("position")).Known() {
		return invalid("certType, occupation or position is not in its dictionary")
	}
	if failed := f.identity(legacy.MasterEIDType(f.text("certType")) == legacy.MasterEIDTypePassport,
		[]string{"idExpiryDate", "birthday"}, "signImage"); failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{
		product: MasterE,
		holder:  holder{f.text("firstNameEn"), f.text("lastNameEN"), f.text("email"), f.text("phone"), f.text("birthday")},
	}, issuing.Amount{})
}

func (s *Server) applyVisaH(f fields) (any, *problem) {
	if failed := f.require("merOrderNo", "firstName", "lastName", "countryCode", "phone", "email", "line1", "line2",
		"line3", "postalCode", "city", "addressCountry", "deliveryLine1", "deliveryLine2", "deliveryLine3",
		"deliveryPostalCode", "deliveryCity", "deliveryCountry", "certType", "country", "idNumber", "idIssuanceDate",
		"idExpiryDate"); failed != nil {
		return nil, failed
	}
	if !legacy.VisaHIDType(f.text("certType")).Known() {
		return invalid("certType is not in its dictionary")
	}
	if failed := f.identity(legacy.VisaHIDType(f.text("certType")) == legacy.VisaHIDTypePassport,
		[]string{"idIssuanceDate", "idExpiryDate"}); failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{
		product: VisaH,
		holder:  holder{f.text("firstName"), f.text("lastName"), f.text("email"), f.text("phone"), ""},
	}, issuing.Amount{})
}

// identity checks dates and the images that the kind of document needs.
func (f fields) identity(passport bool, dates []string, more ...string) *problem {
	for _, name := range dates {
		if _, ok := f.date(name); !ok {
			return &problem{legacy.CodeInvalidParameters, name + " must have the form yyyy-MM-dd"}
		}
	}
	needed := []string{"faceImage", "backImage"}
	if passport {
		needed = []string{"passImage"}
	}
	if passport || f.text("country") == "156" {
		if failed := f.require(needed...); failed != nil {
			return failed
		}
	}
	return f.images(append([]string{"faceImage", "backImage", "passImage"}, more...)...)
}

func (s *Server) applyVirtualL(f fields) (any, *problem) { return s.applyL(f, groupsChinese) }
func (s *Server) applyVirtualLEnglish(f fields) (any, *problem) {
	return s.applyL(f, groupsEnglish)
}

// latin is what the pages call English characters.
var latin = regexp.MustCompile(`^[A-Za-z .'-]*$`)

// applyL takes the names of one edition only.
func (s *Server) applyL(f fields, groups []group) (any, *problem) {
	if failed := f.require("merOrderNo", "cardType", "businessScene", "cardArea"); failed != nil {
		return nil, failed
	}
	i := slices.IndexFunc(groups, func(g group) bool {
		return g.scene == f.text("businessScene") && g.area == f.text("cardArea") && g.network == f.text("cardType")
	})
	if i < 0 {
		return invalid("businessScene, cardArea and cardType are not in the BIN list of this language")
	}
	bin := groups[i].bins[0]
	if header := f.text("cardHeader"); header != "" {
		if !slices.Contains(groups[i].bins, header) {
			return invalid("cardHeader is not in the BIN list")
		}
		bin = header
	}
	charge, failed := f.firstRecharge(0, issuing.NewAmount(10, 0))
	if failed != nil {
		return nil, failed
	}
	if !latin.MatchString(f.text("firstName")) || !latin.MatchString(f.text("lastName")) {
		return invalid("names must be in English characters")
	}
	if failed := f.dates("birthday"); failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{
		product: VirtualL, bin: bin,
		holder: holder{f.text("firstName"), f.text("lastName"), f.text("email"), "", f.text("birthday")},
	}, charge)
}

// firstRecharge returns the initial top-up, 10 when absent.
func (f fields) firstRecharge(scale int, least issuing.Amount) (issuing.Amount, *problem) {
	if f["firstRecharge"] == nil {
		return issuing.NewAmount(10_00, 2), nil
	}
	amount, ok := f.amount("firstRecharge")
	if !ok || amount.Scale() > scale || amount.Cmp(least) < 0 {
		return amount, &problem{legacy.CodeInvalidParameters, "firstRecharge is not valid"}
	}
	return truncate(amount, 2), nil
}

func (s *Server) applyVirtualP(f fields) (any, *problem) {
	if failed := f.require("merOrderNo", "cardBin", "email"); failed != nil {
		return nil, failed
	}
	known := slices.ContainsFunc(virtualPNetworks, func(g group) bool { return slices.Contains(g.bins, f.text("cardBin")) })
	if !known {
		return invalid("cardBin is not in the BIN list")
	}
	names := f.text("firstName") + f.text("lastName")
	if len(names) > 32 || !latin.MatchString(names) {
		return invalid("names must be English, 32 characters at most")
	}
	if failed := f.dates("dateOfBirth"); failed != nil {
		return nil, failed
	}
	charge, failed := f.firstRecharge(2, issuing.NewAmount(0, 0))
	if failed != nil {
		return nil, failed
	}
	return s.apply(f, &application{
		product: VirtualP, bin: f.text("cardBin"),
		holder: holder{f.text("firstName"), f.text("lastName"), f.text("email"), f.text("phone"), f.text("dateOfBirth")},
	}, charge)
}

// Applications returns all applications in the order in which they were accepted.
func (s *Server) Applications() []legacy.Application {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]legacy.Application, len(s.applications.list))
	for i, a := range s.applications.list {
		out[i] = legacy.Application{
			MerOrderNo: a.merOrderNo, OrderNo: a.orderNo, Status: a.status, FailReason: a.reason,
			CreateTime: a.created, CompleteTime: a.completed,
		}
		if a.card != nil {
			out[i].CardNumber = issuing.NewSecret(a.card.id)
		}
	}
	return out
}
