package kazepaytest

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/kazepay"
)

// user is known by the email; number and prefix are registered with it.
type user struct {
	email, number, prefix string
	kyc                   kazepay.KYCStatus // "" before a submission
	cards                 []*card
}

// register returns the user of a request, a new one when nobody has the email or
// the phone. Somebody else's email or phone is refused.
func (s *Server) register(f fields) (*user, *problem) {
	if failed := f.need("email", "mobileNumber", "mobilePrefix"); failed != nil {
		return nil, failed
	}
	for _, name := range []string{"mobileNumber", "mobilePrefix"} {
		if failed := f.digits(name, 1, 20); failed != nil {
			return nil, failed
		}
	}
	email, number, prefix := f.text("email"), f.text("mobileNumber"), f.text("mobilePrefix")
	if !strings.Contains(email, "@") {
		return nil, badField("email is not an address")
	}
	if u := s.users[email]; u != nil {
		if u.number != number || u.prefix != prefix {
			return nil, refusal("FAKE_USER_CONFLICT", "the email belongs to a user with another phone")
		}
		return u, nil
	}
	for _, u := range s.users {
		if u.number == number && u.prefix == prefix {
			return nil, refusal("FAKE_USER_CONFLICT", "the phone belongs to another user")
		}
	}
	u := &user{email: email, number: number, prefix: prefix}
	s.users[email] = u
	return u, nil
}

func (s *Server) fileUpload(f fields, m *message) (any, *problem) {
	u, failed := s.register(f)
	if failed != nil {
		return nil, failed
	}
	if kind := m.file.kind; kind != "image/png" && kind != "image/jpeg" {
		return nil, badField("the picture is neither PNG nor JPEG")
	}
	if m.file.size > s.cfg.MaxUpload {
		return nil, badField("the picture is too large")
	}
	m.file.id, m.file.email = uuid.NewString(), u.email
	s.files[m.file.id] = m.file
	return map[string]any{"fileId": m.file.id}, nil
}

// identity checks the first fifteen fields of a KYC submission and returns the
// user.
func (s *Server) identity(f fields) (*user, *problem) {
	u, failed := s.register(f)
	if failed != nil {
		return nil, failed
	}
	failed = f.need("mobilePrefixCountry", "firstName", "lastName", "addressLine", "city", "countryCode",
		"postCode", "state", "identificationType", "identificationNumber")
	if failed != nil {
		return nil, failed
	}
	for _, name := range []string{"dateOfBirth", "identificationExpiryDate"} {
		if failed := f.date(name); failed != nil {
			return nil, failed
		}
	}
	if len(f.text("addressLine")) > 140 {
		return nil, badField("addressLine has more than 140 characters")
	}
	for _, name := range []string{"countryCode", "mobilePrefixCountry"} {
		if len(f.text(name)) != 2 {
			return nil, badField(name + " must have two letters")
		}
	}
	if t := f.text("identificationType"); t != "PASSPORT" && t != "ID_CARD" {
		return nil, badField("identificationType must be PASSPORT or ID_CARD")
	}
	return u, nil
}

// setUcardKyc takes both forms and tells them by their fields.
func (s *Server) setUcardKyc(f fields, _ *message) (any, *problem) {
	u, failed := s.identity(f)
	if failed != nil {
		return nil, failed
	}
	inline := f.text("frontImgBase64") != ""
	sides := []string{"front", "handheld"}
	if f.text("identificationType") == "ID_CARD" {
		sides = append(sides, "back")
	}
	for _, side := range sides {
		if inline {
			failed = checkInline(f, side+"ImgBase64")
		} else {
			failed = s.checkFile(f, side+"ImgFileId", u)
		}
		if failed != nil {
			return nil, failed
		}
	}
	return map[string]any{"status": string(s.review(u))}, nil
}

func checkInline(f fields, name string) *problem {
	v := f.text(name)
	if !strings.HasPrefix(v, "data:image/jpeg;base64,") && !strings.HasPrefix(v, "data:image/png;base64,") {
		return badField(name + " must be a data URI of a picture")
	}
	return nil
}

func (s *Server) checkFile(f fields, name string, u *user) *problem {
	if failed := f.need(name); failed != nil {
		return failed
	}
	if picture := s.files[f.text(name)]; picture == nil || picture.email != u.email {
		return notFound(name + " is no file of this user's")
	}
	return nil
}

// review begins a review, or begins it again after a rejection.
func (s *Server) review(u *user) kazepay.KYCStatus {
	if u.kyc == kazepay.KYCStatusPassed {
		return u.kyc
	}
	u.kyc = kazepay.KYCStatusWaiting
	if verdict := s.cfg.AutoKYC; verdict != "" {
		s.clock.After(s.cfg.Delay, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if u.kyc == kazepay.KYCStatusWaiting {
				s.decide(u, verdict, "")
			}
		})
	}
	return u.kyc
}

// decide ends a review. Cards that activate by themselves start now.
func (s *Server) decide(u *user, verdict kazepay.KYCStatus, reason string) {
	u.kyc = verdict
	s.pushKYC(u, reason)
	if verdict != kazepay.KYCStatusPassed {
		return
	}
	for _, c := range u.cards {
		if c.auto && c.status == kazepay.CardStatusTBA {
			s.startActivation(c)
		}
	}
}

// DecideKYC ends the review of a user with PASSED or REJECTED; a rejection can
// have a reason.
func (s *Server) DecideKYC(email string, verdict kazepay.KYCStatus, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[email]
	if u == nil || u.kyc != kazepay.KYCStatusWaiting {
		return fmt.Errorf("kazepaytest: no review of this user is waiting")
	}
	if !verdict.Terminal() {
		return fmt.Errorf("kazepaytest: %s is no verdict", verdict)
	}
	s.decide(u, verdict, reason)
	return nil
}

func (s *Server) setUserKyc(f fields, _ *message) (any, *problem) {
	u, failed := s.identity(f)
	if failed != nil {
		return nil, failed
	}
	s.review(u)
	return map[string]any{"kycUrl": "https://kyc.kazepay.invalid/" + uuid.NewString()}, nil
}

func (s *Server) queryKYC(f fields, _ *message) (any, *problem) {
	if failed := f.need("email"); failed != nil {
		return nil, failed
	}
	u := s.users[f.text("email")]
	if u == nil {
		return nil, notFound("no user has this email")
	}
	status := u.kyc
	if status == "" {
		status = kazepay.KYCStatusWaiting
	}
	return map[string]any{"status": string(status)}, nil
}
