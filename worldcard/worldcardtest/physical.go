package worldcardtest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// kyc is the identity verification of a physical card's holder.
type kyc struct {
	status   worldcard.KYCStatus
	retry    bool
	answer   string
	reason   string
	reviewed time.Time
}

func (s *Server) applyPhysical(f fields) (any, *problem) {
	typ := worldcard.CardType(f.Text("card_type"))
	_, badDate := time.Parse(time.DateOnly, f.Text("birth_date"))
	b, found := findBIN(f.Text("card_bin_id"), worldcard.CardTypePhysicalG)
	if failed := cmp.Or(
		s.applicable(f), ensure(typ == worldcard.CardTypePhysicalG, worldcard.CodeUnsupportedCardType, ""),
		need(f, "first_name", "last_name", "telephone_country_code", "phone", "birth_date"),
		ensure(badDate == nil, worldcard.CodeDateFormat, ""), countries(f, "residence_country", "delivery_country"),
		english(f, "first_name", "last_name"), numbers(f, "telephone_country_code", "phone"), mail(f),
		ensure(found, worldcard.CodeBINNotFound, ""), ensure(s.quota > 0, worldcard.CodeInsufficientQuota, ""),
	); failed != nil {
		return nil, failed
	}
	s.quota--
	c := s.newCard(f, worldcard.CardTypePhysicalG, b, worldcard.CardStatusPendingKYC, 19)
	s.keep(c)
	s.host.Later(&s.mu, s.cfg.KYCTimeout, func() { s.expireKYC(c) })
	return map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_type": c.typ, "status": c.status,
		"created_at": s.stamp(c.created),
	}, nil
}

// english checks names, which the page wants in English.
func english(f fields, names ...string) *problem {
	for _, name := range names {
		if strings.ContainsFunc(f.Text(name), func(r rune) bool { return r > unicode.MaxASCII }) {
			return refusal(worldcard.CodeFieldValue, name+" is invalid")
		}
	}
	return nil
}

func (s *Server) physicalInfo(c *card, _ fields) (any, *problem) {
	return map[string]any{
		"card_id": c.id, "merchant_card_id": c.key, "card_type": c.typ, "status": c.status,
		"card_number": s.protect(c.number.Reveal()), "available_balance": s.book.Balance(c.available()).String(),
		"currency": currency, "created_at": s.stamp(c.created), "updated_at": s.stamp(c.updated),
	}, nil
}

func (s *Server) findPhysical(f fields) (*card, *problem) {
	c, failed := s.find(f)
	if failed == nil {
		failed = ensure(c.physical(), worldcard.CodeCardNotFound, "")
	}
	return c, failed
}

// sensitive reads a required field of exactly n digits, which comes in clear or encrypted
// once more.
func (s *Server) sensitive(f fields, name string, n int) (string, *problem) {
	if failed := need(f, name); failed != nil {
		return "", failed
	}
	v := f.Text(name)
	plain, err := s.aes.Open(v)
	if err == nil {
		v = string(plain)
	}
	if (err != nil && s.cfg.EncryptedFields) || len(v) != n || strings.Trim(v, "0123456789") != "" {
		return "", refusal(worldcard.CodeInvalidParameter, fmt.Sprintf("%s must be %d digits", name, n))
	}
	return v, nil
}

func (s *Server) assign(c *card, f fields) (any, *problem) {
	number, failed := s.sensitive(f, "card_number", 16)
	switch {
	case failed != nil:
		return nil, failed
	case c.status == worldcard.CardStatusPendingKYC:
		return fail(worldcard.CodeKYCNotCompleted, "")
	case c.status != worldcard.CardStatusPendingAssignment:
		return change(c), nil // a repeat returns the current status
	case s.numbers[platform.KeyOf(number)] != "":
		return fail(worldcard.CodeInvalidParameter, "card_number is used by another card")
	}
	c.number = issuing.NewSecret(number)
	s.numbers[platform.KeyOf(number)] = c.id
	c.move(worldcard.CardStatusPendingActivation, s.now())
	return change(c), nil
}

func change(c *card) map[string]any {
	return map[string]any{"card_id": c.id, "merchant_card_id": c.key, "status": c.status}
}

func (s *Server) activate(c *card, f fields) (any, *problem) {
	pin, failed := s.sensitive(f, "pin", 6)
	switch {
	case failed != nil:
		return nil, failed
	case c.status == worldcard.CardStatusActive:
		return change(c), nil
	case c.status != worldcard.CardStatusPendingActivation:
		return fail(worldcard.CodeInvalidOperation, "")
	}
	if !c.activating {
		c.activating = true
		s.later(func() { s.finishActivation(c, pin) })
	}
	return change(c), nil
}

// finishActivation ends an activation; a failure leaves the card as it was and
// is announced by nothing.
func (s *Server) finishActivation(c *card, pin string) {
	c.activating = false
	if _, failed := s.failures.Take(opActivate); failed {
		return
	}
	c.pin = issuing.NewSecret(pin)
	c.move(worldcard.CardStatusActive, s.now())
	s.pushCardOpen(c, "")
}

func (s *Server) setPIN(c *card, f fields) (any, *problem) {
	pin, failed := s.sensitive(f, "pin", 6)
	if failed != nil {
		return nil, failed
	}
	if c.status != worldcard.CardStatusActive {
		return fail(worldcard.CodeInvalidOperation, "")
	}
	c.pin = issuing.NewSecret(pin)
	return nil, nil
}

// findKYC returns the card of a KYC request, which names it by the merchant's id
// only.
func (s *Server) findKYC(f fields) (*card, *problem) {
	c := s.byKey[f.Text("merchant_card_id")]
	found := c != nil && c.physical() && worldcard.CardType(f.Text("card_type")) == c.typ
	return c, cmp.Or(need(f, "merchant_card_id", "card_type"), ensure(found, worldcard.CodeOrderNotFound, ""))
}

func (s *Server) kycInit(c *card, _ fields) (any, *problem) {
	if c.status != worldcard.CardStatusPendingKYC || (c.kyc.status == worldcard.KYCStatusRejected && !c.kyc.retry) {
		return fail(worldcard.CodeKYCNotAllowed, "")
	}
	c.kyc.status = worldcard.KYCStatusPending
	return map[string]any{
		"access_token": "_act-sbx-" + s.seq.ID(16), "external_user_id": c.id, "status": c.kyc.status,
	}, nil
}

func (s *Server) kycStatus(c *card, _ fields) (any, *problem) {
	data := map[string]any{"status": c.kyc.status, "retry_allowed": c.kyc.retry}
	if !c.kyc.reviewed.IsZero() {
		data["review_answer"], data["reviewed_at"] = c.kyc.answer, s.stamp(c.kyc.reviewed)
	}
	return data, nil
}

func (s *Server) kycCancel(c *card, _ fields) (any, *problem) {
	if c.status == worldcard.CardStatusPendingKYC {
		s.failPhysical(c, "cancelled by the merchant")
	}
	return map[string]any{"status": c.status}, nil
}

// failPhysical ends an application for good: the quota comes back and card_open
// announces it.
func (s *Server) failPhysical(c *card, reason string) {
	s.quota++
	c.move(worldcard.CardStatusFailed, s.now())
	s.pushCardOpen(c, reason)
}

func (s *Server) expireKYC(c *card) {
	if c.status != worldcard.CardStatusPendingKYC {
		return
	}
	c.kyc = kyc{status: worldcard.KYCStatusRejected, answer: "RED", reason: "KYC timeout", reviewed: s.now()}
	s.pushKYC(c)
	s.failPhysical(c, "KYC timeout")
}

// errNoReview is returned for a card whose KYC cannot be reviewed now.
var errNoReview = errors.New("worldcardtest: the card is not waiting for a KYC review")

// ApproveKYC is the review's verdict GREEN: the card moves to pending assignment
// and card_kyc announces it. It also overrides a rejection while the card still
// waits.
func (s *Server) ApproveKYC(merchantCardID string) error {
	return s.review(merchantCardID, kyc{status: worldcard.KYCStatusApproved, answer: "GREEN"})
}

// RejectKYC is the review's verdict RED. With a retry the card goes on waiting;
// without it the application fails (see Config.RejectionStays).
func (s *Server) RejectKYC(merchantCardID, reason string, retry issuingtest.KYCRetry) error {
	return s.review(merchantCardID, kyc{status: worldcard.KYCStatusRejected, answer: "RED", retry: bool(retry),
		reason: reason})
}

func (s *Server) review(merchantCardID string, verdict kyc) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byKey[merchantCardID]
	if c == nil || c.status != worldcard.CardStatusPendingKYC || c.kyc.status == worldcard.KYCStatusNotStarted {
		return errNoReview
	}
	verdict.reviewed = s.now()
	c.kyc = verdict
	s.pushKYC(c)
	switch {
	case verdict.status == worldcard.KYCStatusApproved:
		c.move(worldcard.CardStatusPendingAssignment, s.now())
	case !verdict.retry && !s.cfg.RejectionStays:
		s.failPhysical(c, verdict.reason)
	}
	return nil
}
