package uqpaytest

import (
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

func cardholderError(code uqpay.Code, message string) answer {
	return refusal(http.StatusBadRequest, uqpay.ErrorTypeCardholder, code, message)
}

func createCardholder(c *call) answer {
	f := c.read()
	h, a, refused := c.s.newHolder(c, f, nil)
	if refused {
		return a
	}
	return ok(holderChange(h))
}

// newHolder checks and stores a cardholder, one for a card with what the card's
// product asks for.
func (s *Server) newHolder(c *call, f fields, p *uqpay.Product) (*holder, answer, bool) {
	h := &holder{account: c.account}
	h.Email = f.text("email", true, 0)
	h.FirstName = f.text("first_name", true, 40)
	h.LastName = f.text("last_name", true, 40)
	h.CountryCode = f.country("country_code", true)
	h.PhoneNumber = f.text("phone_number", true, 0)
	for name, value := range map[string]string{"first_name": h.FirstName, "last_name": h.LastName} {
		if strings.Trim(value, " ") != value || strings.ContainsFunc(value, notInName) {
			f.problem(name, "has a character that is not allowed")
		}
	}
	s.readPerson(f, h)
	if a, ok := f.object("delivery_address"); ok {
		h.DeliveryAddress = readAddress(a)
		a.text("postal_code", true, 16)
	}
	if a, refused := f.refused(); refused {
		return nil, a, true
	}
	if a, refused := s.checkHolder(h, ""); refused {
		return nil, a, true
	}
	if a, refused := insufficient(p, h); refused {
		return nil, a, true
	}
	h.ID, h.CreateTime = newID(), s.now()
	s.state.holders[h.ID] = h
	s.state.holderIDs = append(s.state.holderIDs, h.ID)
	s.startKYC(h)
	return h, answer{}, false
}

func notInName(r rune) bool {
	return r != ' ' && r != '-' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < 0x80
}

// readPerson reads what KYC can ask for.
func (s *Server) readPerson(f fields, h *holder) {
	if text := f.text("date_of_birth", false, 10); text != "" {
		date, err := issuing.ParseDate(text)
		age := date.YearsBefore(issuing.DateOf(s.now().In(zone)))
		switch {
		case err != nil:
			f.problem("date_of_birth", "must be yyyy-mm-dd")
		case age < 18 || age > 79:
			f.problem("date_of_birth", "the age must be between 18 and 79")
		}
		h.DateOfBirth = date
	}
	if v := f.word("gender", false, "MALE", "FEMALE"); v != "" {
		h.Gender = uqpay.Gender(v)
	}
	if v := f.country("nationality", false); v != "" {
		h.Nationality = v
	}
	if a, ok := f.object("residential_address"); ok {
		h.ResidentialAddress = readAddress(a)
	}
	if i, ok := f.object("identity"); ok {
		typ := i.word("type", true, "ID_CARD", "PASSPORT")
		i.text("number", true, 0)
		i.file("front_file", true, 0)
		i.file("back_file", typ == "ID_CARD", 0)
		i.file("hand_file", false, 0)
		h.identity = true
	}
	if k, ok := f.object("kyc_verification"); ok {
		h.method = uqpay.KYCMethod(k.word("method", true, "THIRD_PARTY", "SUMSUB_REDIRECT"))
		proof, given := k.object("kyc_proof")
		switch {
		case given:
			proof.word("provider", true, "SUMSUB", "MYINFO", "JUMIO", "DIDIT", "SHUFTI", "REGTANK")
			if h.proof = proof.text("reference_id", true, 64); len(h.proof) < 10 {
				proof.problem("reference_id", "must have 10 to 64 characters")
			}
		case h.method == uqpay.KYCThirdParty:
			k.problem("kyc_proof", "is required")
		}
	}
	f.file("document", f.has("document_type"), 2<<20)
	f.word("document_type", f.has("document"), "pdf", "png", "jpg", "jpeg")
}

// readAddress reads a residential address, or one for deliveries.
func readAddress(a fields) *uqpay.Address {
	return &uqpay.Address{
		Country: a.country("country", true), City: a.text("city", true, 128), Line1: a.text("line1", true, 255),
		State: a.text("state", false, 128), District: a.text("district", false, 128),
		Line2: a.text("line2", false, 255), LineEN: a.text("line_en", false, 255), PostalCode: a.text("postal_code", false, 16),
	}
}

// checkHolder refuses bad or repeated addresses and phone numbers.
func (s *Server) checkHolder(h *holder, self string) (answer, bool) {
	if a, err := mail.ParseAddress(h.Email); err != nil || a.Address != h.Email {
		return invalid("email: is not an e-mail address"), true
	}
	phone := h.PhoneNumber
	digits := phone != "" && strings.Trim(phone, "0123456789") == ""
	if !digits || len(phone) < 5 || len(phone) > 15 ||
		(h.CountryCode == "SG" && (len(phone) != 8 || (phone[0] != '8' && phone[0] != '9'))) {
		return cardholderError(uqpay.CodeInvalidPhoneNumber, "phone number does not fit the country"), true
	}
	for _, other := range s.state.holders {
		if h.proof != "" && other.proof == h.proof && other.ID != self {
			return invalid("kyc_verification.kyc_proof.reference_id: is not unique"), true
		}
		if other.account != h.account || other.ID == self {
			continue
		}
		if strings.EqualFold(other.Email, h.Email) {
			return cardholderError(uqpay.CodeEmailDuplicated, "email already exists"), true
		}
		if other.PhoneNumber == phone && other.CountryCode == h.CountryCode {
			return cardholderError(uqpay.CodeInvalidPhoneNumber, "phone number already exists"), true
		}
	}
	return answer{}, false
}

// startKYC sets the status that the given data lead to.
func (s *Server) startKYC(h *holder) {
	before := h.Status
	switch {
	case h.method == uqpay.KYCSumsubRedirect:
		h.Status, h.IDVStatus = uqpay.CardholderStatusPending, uqpay.IDVPending
		h.VerificationURL = issuing.NewSecret("https://idv.example.com/" + newID())
		h.URLExpiresAt = s.now().Add(24 * time.Hour)
	case h.method == uqpay.KYCThirdParty:
		h.Status, h.IDVStatus = uqpay.CardholderStatusSuccess, uqpay.IDVPassed
	case h.identity && before != uqpay.CardholderStatusSuccess:
		h.Status = uqpay.CardholderStatusPending
		s.later(func() {
			if h.Status == uqpay.CardholderStatusPending {
				s.finishKYC(h, uqpay.CardholderStatusSuccess, "")
			}
		})
	case before == "":
		h.Status = uqpay.CardholderStatusSuccess
	}
}

// finishKYC ends a verification; the cards that wait for it go on.
func (s *Server) finishKYC(h *holder, status uqpay.CardholderStatus, reason string) {
	h.Status = status
	switch {
	case h.IDVStatus == "":
	case status == uqpay.CardholderStatusSuccess:
		h.IDVStatus = uqpay.IDVPassed
	case status == uqpay.CardholderStatusFailed:
		h.IDVStatus = uqpay.IDVFailed
	}
	s.push(uqpay.EventCardholderKYCChanged, h.ID, holderEvent(h, s.now(), reason))
}

func updateCardholder(c *call) answer {
	h, found := c.holder(c.id)
	if !found {
		return cardholderError(uqpay.Code(uqpay.ErrorTypeCardholder), "cardholder not found")
	}
	f := c.read()
	if f.has("first_name") || f.has("last_name") {
		return invalid("first_name, last_name: cannot be changed")
	}
	next := *h
	for name, target := range map[string]*string{
		"email": &next.Email, "phone_number": &next.PhoneNumber,
	} {
		if v := f.text(name, false, 0); v != "" {
			*target = v
		}
	}
	if v := f.country("country_code", false); v != "" {
		next.CountryCode = v
	}
	c.s.readPerson(f, &next)
	if a, refused := f.refused(); refused {
		return a
	}
	if a, refused := c.s.checkHolder(&next, h.ID); refused {
		return a
	}
	*h = next
	if f.has("identity") || f.has("kyc_verification") {
		c.s.startKYC(h)
	}
	c.s.push(uqpay.EventCardholderUpdated, h.ID, holderEvent(h, c.s.now(), ""))
	return ok(holderChange(h))
}

func getCardholder(c *call) answer {
	h, found := c.holder(c.id)
	if !found {
		return cardholderError(uqpay.Code(uqpay.ErrorTypeCardholder), "cardholder not found")
	}
	return ok(c.s.showHolder(h))
}

func listCardholders(c *call) answer {
	status := c.r.URL.Query().Get("cardholder_status")
	if status != "" && !uqpay.CardholderStatus(status).Known() {
		return invalid("cardholder_status: is not a status")
	}
	var items []*holder
	for _, id := range c.s.state.holderIDs {
		if h := c.s.state.holders[id]; h.account == c.account && (status == "" || string(h.Status) == status) {
			items = append(items, h)
		}
	}
	slices.Reverse(items)
	return paged(c.r.URL.Query(), items, c.s.showHolder)
}

// holder finds a cardholder of the call's account.
func (c *call) holder(id string) (*holder, bool) {
	h, ok := c.s.state.holders[id]
	return h, ok && h.account == c.account
}

func holderChange(h *holder) map[string]any {
	m := map[string]any{"cardholder_id": h.ID, "cardholder_status": h.Status}
	if !h.VerificationURL.IsZero() {
		m["idv_verification_url"], m["idv_url_expires_at"] = h.VerificationURL, stamp(h.URLExpiresAt)
	}
	return m
}

// cardsOf counts all cards of a cardholder.
func (s *Server) cardsOf(id string) int {
	n := 0
	for _, card := range s.state.cards {
		if card.Cardholder.ID == id {
			n++
		}
	}
	return n
}

func (s *Server) showHolder(h *holder) map[string]any {
	m := map[string]any{
		"cardholder_id": h.ID, "email": h.Email, "first_name": h.FirstName, "last_name": h.LastName,
		"country_code": h.CountryCode, "phone_number": h.PhoneNumber, "cardholder_status": h.Status,
		"number_of_cards": s.cardsOf(h.ID), "create_time": stamp(h.CreateTime),
	}
	if !h.DateOfBirth.IsZero() {
		m["date_of_birth"] = h.DateOfBirth.String()
	}
	if h.Gender != "" {
		m["gender"] = h.Gender
	}
	if h.Nationality != "" {
		m["nationality"] = h.Nationality
	}
	if h.ResidentialAddress != nil {
		m["residential_address"] = h.ResidentialAddress
	}
	if h.DeliveryAddress != nil {
		m["delivery_address"] = h.DeliveryAddress
	}
	if h.IDVStatus != "" {
		m["idv_status"] = h.IDVStatus
	}
	if !h.VerificationURL.IsZero() {
		m["idv_verification_url"], m["idv_url_expires_at"] = h.VerificationURL, stamp(h.URLExpiresAt)
	}
	return m
}

func holderEvent(h *holder, now time.Time, reason string) map[string]any {
	born := "0001-01-01"
	if !h.DateOfBirth.IsZero() {
		born = h.DateOfBirth.String()
	}
	m := map[string]any{
		"cardholder_id": h.ID, "cardholder_status": h.Status, "country_code": h.CountryCode,
		"create_time": stamp(h.CreateTime), "date_of_birth": born, "email": h.Email, "first_name": h.FirstName,
		"last_name": h.LastName, "idv_provider": "", "idv_status": h.IDVStatus, "nationality": h.Nationality,
		"phone_number": h.PhoneNumber, "update_time": stamp(now),
	}
	if reason != "" {
		m["reason"] = reason
	}
	return m
}
