package kazepaytest

import (
	"cmp"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
)

// user is known by the email; number and prefix are registered with it.
type user struct {
	email, number, prefix string
	kyc                   kazepay.KYCStatus // "" before a submission
	cards                 []*card
}

// registered refuses a request that does not name a user in the documented form, and
// somebody else's email or phone.
func (s *Server) registered(f fields) *problem {
	failed := cmp.Or(
		email(f), need(f, "mobileNumber", "mobilePrefix"), digits(f, "mobileNumber", 1, 20), digits(f, "mobilePrefix", 1, 20),
	)
	if failed != nil {
		return failed
	}
	address, number, prefix := f.Text("email"), f.Text("mobileNumber"), f.Text("mobilePrefix")
	if u := s.users[address]; u != nil {
		if u.number != number || u.prefix != prefix {
			return refusal("FAKE_USER_CONFLICT", "the email belongs to a user with another phone")
		}
		return nil
	}
	for _, u := range s.users {
		if u.number == number && u.prefix == prefix {
			return refusal("FAKE_USER_CONFLICT", "the phone belongs to another user")
		}
	}
	return nil
}

// register returns the user of a request that nothing refuses any more, a new one
// when nobody has the email.
func (s *Server) register(f fields) *user {
	address := f.Text("email")
	u := s.users[address]
	if u == nil {
		u = &user{email: address, number: f.Text("mobileNumber"), prefix: f.Text("mobilePrefix")}
		s.users[address] = u
	}
	return u
}

// holder returns the user whose email a request has.
func (s *Server) holder(f fields) (*user, *problem) {
	if failed := email(f); failed != nil {
		return nil, failed
	}
	u := s.users[f.Text("email")]
	if u == nil {
		return nil, notFound("no user has this email")
	}
	return u, nil
}

func (s *Server) fileUpload(m *message) (any, *problem) {
	failed := s.registered(m.fields)
	switch kind := m.file.kind; {
	case failed != nil:
		return nil, failed
	case kind != "image/png" && kind != "image/jpeg":
		return nil, badField("the picture is neither PNG nor JPEG")
	case m.file.size > s.cfg.MaxUpload:
		return nil, badField("the picture is too large")
	}
	m.file.id, m.file.email = s.ids.UUID(), s.register(m.fields).email
	s.files[m.file.id] = m.file
	return map[string]any{"fileId": m.file.id}, nil
}

// identity checks the first fifteen fields of a KYC submission.
func (s *Server) identity(f fields) *problem {
	failed := s.registered(f)
	if failed == nil {
		failed = cmp.Or(
			need(f, "firstName", "lastName", "addressLine", "city", "postCode", "state", "identificationNumber"),
			date(f, "dateOfBirth"), date(f, "identificationExpiryDate"),
			country(f, "countryCode"), country(f, "mobilePrefixCountry"),
			english(f),
			oneOf(f, "identificationType", append(slices.Clone(s.cfg.Values["identificationType"]),
				string(kazepay.IdentificationTypePassport), string(kazepay.IdentificationTypeIDCard))...),
		)
	}
	if failed == nil && utf8.RuneCountInString(f.Text("addressLine")) > 140 {
		failed = badField("addressLine has more than 140 characters")
	}
	return failed
}

// submit begins a review with pictures that were uploaded.
func (s *Server) submit(m *message) (any, *problem) {
	return s.submitted(m, "ImgFileId", func(name string) *problem {
		if failed := need(m.fields, name); failed != nil {
			return failed
		}
		if picture := s.files[m.Text(name)]; picture == nil || picture.email != m.Text("email") {
			return notFound(name + " is no file of this user's")
		}
		return nil
	})
}

// submitInline begins a review with pictures that came with it.
func (s *Server) submitInline(m *message) (any, *problem) {
	return s.submitted(m, "ImgBase64", func(name string) *problem {
		var p check.Problems
		media, _ := p.Base64(name, m.Text(name))
		if p.Any() || media != "image/jpeg" && media != "image/png" {
			return badField(name + " must be a data URI of a picture")
		}
		return nil
	})
}

// submitted begins a review of the sides that the document has, and of a back that none
// asks for; the parameter of each is its side and an ending, and is checked.
func (s *Server) submitted(m *message, ending string, check func(name string) *problem) (any, *problem) {
	if failed := s.identity(m.fields); failed != nil {
		return nil, failed
	}
	sides := []string{"front", "handheld"}
	if m.Text("identificationType") == string(kazepay.IdentificationTypeIDCard) || m.Has("back"+ending) {
		sides = append(sides, "back")
	}
	for _, side := range sides {
		if failed := check(side + ending); failed != nil {
			return nil, failed
		}
	}
	return map[string]any{"status": s.review(s.register(m.fields))}, nil
}

// link begins a review for which the holder sends the pictures on a page.
func (s *Server) link(m *message) (any, *problem) {
	if failed := s.identity(m.fields); failed != nil {
		return nil, failed
	}
	s.review(s.register(m.fields))
	return map[string]any{"kycUrl": "https://kyc.kazepay.invalid/" + s.ids.UUID()}, nil
}

func (s *Server) queryKYC(m *message) (any, *problem) {
	u, failed := s.holder(m.fields)
	if failed != nil {
		return nil, failed
	}
	return map[string]any{"status": cmp.Or(u.kyc, kazepay.KYCStatusWaiting)}, nil
}

// review begins a review, or begins it again after a rejection.
func (s *Server) review(u *user) kazepay.KYCStatus {
	if u.kyc == kazepay.KYCStatusPassed {
		return u.kyc
	}
	u.kyc = kazepay.KYCStatusWaiting
	if verdict := s.cfg.AutoKYC; verdict != "" {
		s.later(func() {
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

// ApproveKYC ends the review of a user, who is known by the email, with PASSED.
func (s *Server) ApproveKYC(email string) error {
	return s.verdict(email, kazepay.KYCStatusPassed, "")
}

// RejectKYC ends the review of a user, who is known by the email, with REJECTED and a
// reason, which may be empty. KazePay knows no refusal for good: a rejected user may
// submit again, so a retry that is forbidden is an error.
func (s *Server) RejectKYC(email, reason string, retry issuingtest.KYCRetry) error {
	if retry == issuingtest.KYCRetryForbidden {
		return errors.New("kazepaytest: a rejected user may always submit again")
	}
	return s.verdict(email, kazepay.KYCStatusRejected, reason)
}

func (s *Server) verdict(email string, status kazepay.KYCStatus, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[email]
	if u == nil || u.kyc != kazepay.KYCStatusWaiting {
		return errors.New("kazepaytest: no review of this user is waiting")
	}
	s.decide(u, status, reason)
	return nil
}
