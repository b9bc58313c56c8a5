package uqpaytest

import (
	"cmp"
	"net/http"
	"strings"
	"time"
	"unicode"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

func createCardholder(s *Server, c *call) (any, *refusal) {
	h, bad := s.newHolder(c.account, c.fields, &uqpay.Product{})
	if bad != nil {
		return nil, bad
	}
	return holderChange(h), nil
}

// newHolder checks and stores a cardholder, one for a card with what the card's
// product asks for.
func (s *Server) newHolder(account string, f fields, p *uqpay.Product) (*holder, *refusal) {
	h := &holder{owned: owned{account}}
	f.require("email", "first_name", "last_name", "country_code", "phone_number")
	h.Email = issuing.Personal(f.text("email"))
	h.FirstName, h.LastName = issuing.Personal(f.personName("first_name")), issuing.Personal(f.personName("last_name"))
	h.CountryCode = f.country("country_code")
	h.PhoneNumber = issuing.Personal(f.text("phone_number"))
	s.readPerson(f, h)
	if a, ok := f.object("delivery_address"); ok {
		a.require("postal_code")
		h.DeliveryAddress = readAddress(a)
	}
	if bad := cmp.Or(f.refused(), s.checkHolder(h), insufficient(p, h), outsideRegion(p, h)); bad != nil {
		return nil, bad
	}
	h.ID, h.CreateTime = s.ids.UUID(), s.now()
	s.holders.add(h.ID, h)
	s.startKYC(h)
	return h, nil
}

// personName reads a part of a name.
func (f fields) personName(name string) string {
	f.short(name, 40)
	return f.ruled(name, "has a character that is not allowed", func(s string) bool {
		return strings.Trim(s, " ") == s && !strings.ContainsFunc(s, notInName)
	})
}

func notInName(r rune) bool {
	return r != ' ' && r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r)
}

// readPerson reads what KYC can ask for.
func (s *Server) readPerson(f fields, h *holder) {
	if text := f.short("date_of_birth", 10); text != "" {
		date, err := issuing.ParseDate(text)
		age := date.YearsBefore(issuing.DateOf(s.now().In(zone)))
		switch {
		case err != nil || date.String() != text:
			f.problem("date_of_birth", "must be yyyy-mm-dd")
		case age < 18 || age > 79:
			f.problem("date_of_birth", "the age must be between 18 and 79")
		}
		h.DateOfBirth = date
	}
	h.Gender = cmp.Or(uqpay.Gender(f.word("gender", "MALE", "FEMALE")), h.Gender)
	h.Nationality = cmp.Or(f.country("nationality"), h.Nationality)
	if a, ok := f.object("residential_address"); ok {
		h.ResidentialAddress = readAddress(a)
	}
	if i, ok := f.object("identity"); ok {
		i.require("type", "number", "front_file")
		if i.word("type", "ID_CARD", "PASSPORT") == "ID_CARD" {
			i.require("back_file")
		}
		i.text("number")
		i.file("front_file", maxRequest)
		i.file("back_file", maxRequest)
		i.file("hand_file", maxRequest)
		h.identity = true
	}
	if k, ok := f.object("kyc_verification"); ok {
		readVerification(k, h)
	}
	if f.Has("document") || f.Has("document_type") {
		f.require("document", "document_type")
	}
	f.file("document", 2<<20)
	f.word("document_type", "pdf", "png", "jpg", "jpeg")
}

// readVerification reads how a cardholder is verified.
func readVerification(k fields, h *holder) {
	k.require("method")
	h.method = uqpay.KYCMethod(k.word("method", "THIRD_PARTY", "SUMSUB_REDIRECT"))
	proof, given := k.object("kyc_proof")
	switch {
	case given:
		proof.require("provider", "reference_id")
		proof.word("provider", "SUMSUB", "MYINFO", "JUMIO", "DIDIT", "SHUFTI", "REGTANK")
		if h.proof = proof.short("reference_id", 64); len(h.proof) < 10 {
			proof.problem("reference_id", "must have 10 to 64 characters")
		}
	case h.method == uqpay.KYCMethodThirdParty:
		k.problem("kyc_proof", "is required")
	}
}

// readAddress reads a residential address, or one for deliveries.
func readAddress(a fields) *uqpay.Address {
	a.require("country", "city", "line1")
	return &uqpay.Address{
		Country: a.country("country"), City: issuing.Personal(a.short("city", 128)),
		Line1: issuing.Personal(a.short("line1", 255)),
		State: a.short("state", 128), District: a.short("district", 128),
		Line2: issuing.Personal(a.short("line2", 255)), LineEN: issuing.Personal(a.short("line_en", 255)),
		PostalCode: issuing.Personal(a.short("postal_code", 16)),
	}
}

// checkHolder refuses bad or repeated addresses and phone numbers.
func (s *Server) checkHolder(h *holder) *refusal {
	if !check.ValidEmail(string(h.Email)) {
		return invalid("email: is not an e-mail address")
	}
	refusePhone := func(message string) *refusal {
		return refuse(http.StatusBadRequest, uqpay.ErrorTypeCardholder, uqpay.CodeInvalidPhoneNumber, message)
	}
	phone := h.PhoneNumber
	if !s.phoneFits(h.CountryCode, string(phone)) {
		return refusePhone("phone number does not fit the country")
	}
	for _, other := range s.holders.list {
		switch {
		case other.ID == h.ID:
		case h.proof != "" && other.proof == h.proof:
			return invalid("kyc_verification.kyc_proof.reference_id: is not unique")
		case !other.belongsTo(h.account):
		case strings.EqualFold(string(other.Email), string(h.Email)):
			return refuse(http.StatusBadRequest, uqpay.ErrorTypeCardholder, uqpay.CodeEmailDuplicated, "email already exists")
		case other.PhoneNumber == phone && other.CountryCode == h.CountryCode:
			return refusePhone("phone number already exists")
		}
	}
	return nil
}

// phoneFits applies the one rule of a country that the guide has, and a form to others.
func (s *Server) phoneFits(country, phone string) bool {
	if s.cfg.Variants.Phones == PhoneFormInternational {
		number, plus := strings.CutPrefix(phone, "+")
		if country == "SG" {
			_, plus = strings.CutPrefix(number, "65")
		}
		return plus && strings.Trim(number, "0123456789") == ""
	}
	if strings.Trim(phone, "0123456789") != "" || len(phone) < 5 || len(phone) > 15 {
		return false
	}
	return country != "SG" || len(phone) == 8 && (phone[0] == '8' || phone[0] == '9')
}

// outsideRegion refuses a cardholder whose region a product does not serve.
func outsideRegion(p *uqpay.Product, h *holder) *refusal {
	for _, rule := range uqpay.RegionRules() {
		switch {
		case rule.BIN != p.BIN:
		case h.ResidentialAddress != nil && !oneOf(h.ResidentialAddress.Country, rule.Residences...):
			return invalid("residential_address.country: is not served by the card product")
		case oneOf(h.Nationality, rule.RefusedNationalities...):
			return invalid("nationality: is not served by the card product")
		}
	}
	return nil
}

// startKYC sets the status that the given data lead to.
func (s *Server) startKYC(h *holder) {
	switch {
	case h.method == uqpay.KYCMethodSumsubRedirect:
		h.Status, h.IDVStatus = uqpay.CardholderStatusPending, uqpay.IDVStatusPending
		h.VerificationURL = issuing.NewSecret("https://idv.example.com/" + s.ids.UUID())
		h.URLExpiresAt = s.now().Add(24 * time.Hour)
	case h.method == uqpay.KYCMethodThirdParty:
		h.Status, h.IDVStatus = uqpay.CardholderStatusSuccess, uqpay.IDVStatusPassed
	case h.identity && h.Status != uqpay.CardholderStatusSuccess:
		h.Status = uqpay.CardholderStatusPending
		s.later(func() {
			if h.Status == uqpay.CardholderStatusPending {
				s.finishKYC(h, uqpay.CardholderStatusSuccess, "")
			}
		})
	case h.Status == "":
		h.Status = uqpay.CardholderStatusSuccess
	}
}

// finishKYC ends a verification; the cards that wait for it go on.
func (s *Server) finishKYC(h *holder, status uqpay.CardholderStatus, reason string) {
	h.Status, h.reason = status, reason
	if h.IDVStatus != "" {
		h.IDVStatus = cmp.Or(map[uqpay.CardholderStatus]uqpay.IDVStatus{
			uqpay.CardholderStatusSuccess: uqpay.IDVStatusPassed, uqpay.CardholderStatusFailed: uqpay.IDVStatusFailed,
		}[status], h.IDVStatus)
	}
	s.push(uqpay.EventCardholderKYCChanged, h.ID, holderEvent(h, s.now(), reason))
}

func updateCardholder(s *Server, c *call, h *holder) (any, *refusal) {
	if c.Has("first_name") || c.Has("last_name") {
		return nil, invalid("first_name, last_name: cannot be changed")
	}
	next := *h
	next.Email = cmp.Or(issuing.Personal(c.text("email")), h.Email)
	next.PhoneNumber = cmp.Or(issuing.Personal(c.text("phone_number")), h.PhoneNumber)
	next.CountryCode = cmp.Or(c.country("country_code"), h.CountryCode)
	s.readPerson(c.fields, &next)
	if bad := cmp.Or(c.refused(), s.checkHolder(&next)); bad != nil {
		return nil, bad
	}
	*h = next
	if c.Has("identity") || c.Has("kyc_verification") {
		s.startKYC(h)
	}
	s.push(uqpay.EventCardholderUpdated, h.ID, holderEvent(h, s.now(), ""))
	return holderChange(h), nil
}

func getCardholder(s *Server, _ *call, h *holder) (any, *refusal) { return s.showHolder(h), nil }

func listCardholders(s *Server, c *call) (any, *refusal) {
	if bad := c.one("cardholder_status", isKnown[uqpay.CardholderStatus]); bad != nil {
		return nil, bad
	}
	items := s.holders.latest(c.account, func(h *holder) bool { return c.fits("cardholder_status", string(h.Status)) })
	return paged(c, items, s.showHolder)
}

func holderChange(h *holder) map[string]any {
	return withVerification(map[string]any{"cardholder_id": h.ID, "cardholder_status": h.Status}, h)
}

// withVerification adds where a cardholder goes to be verified.
func withVerification(m map[string]any, h *holder) map[string]any {
	if !h.VerificationURL.IsZero() {
		m["idv_verification_url"], m["idv_url_expires_at"] = h.VerificationURL, stamp(h.URLExpiresAt)
	}
	return m
}

// cardsOf counts all cards of a cardholder.
func (s *Server) cardsOf(h *holder) int {
	return len(s.cards.latest(h.account, func(n *card) bool { return n.holder == h }))
}

func (s *Server) showHolder(h *holder) map[string]any {
	m := eventHolder(h)
	without(m, "reason")
	if zone := s.cfg.Variants.ZonelessTimes; zone != nil {
		m["create_time"] = h.CreateTime.In(zone).Format(time.DateTime)
	}
	if h.ResidentialAddress == nil && s.cfg.Variants.Unset != UnsetFormMixed {
		m["residential_address"] = nil
	}
	m["country_code"], m["phone_number"], m["number_of_cards"] = h.CountryCode, h.PhoneNumber, s.cardsOf(h)
	set(m, "date_of_birth", h.DateOfBirth.String())
	set(m, "gender", h.Gender)
	set(m, "nationality", h.Nationality)
	set(m, "residential_address", h.ResidentialAddress)
	set(m, "delivery_address", h.DeliveryAddress)
	set(m, "idv_status", h.IDVStatus)
	return withVerification(m, h)
}

func holderEvent(h *holder, now time.Time, reason string) map[string]any {
	m := eventHolder(h)
	m["country_code"], m["phone_number"], m["nationality"] = h.CountryCode, h.PhoneNumber, h.Nationality
	m["date_of_birth"], m["update_time"] = birthday(h), stamp(now)
	m["idv_provider"], m["idv_status"] = "", h.IDVStatus
	without(m, "reason")
	set(m, "reason", reason)
	return m
}
