package kazepay

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// PhysicalService binds printed cards to users: verify the holder with
// [KYCService], assign, activate, set the PIN. Everything after that is in
// [CardService].
type PhysicalService struct{ c *Client }

// Lengths of card numbers and PINs.
const (
	minPANDigits = 12
	maxPANDigits = 19
	pinDigits    = 6
)

// AssignRequest binds a printed card to a user.
type AssignRequest struct {
	// Email of the user, at most 255 characters. Required.
	Email issuing.Personal `json:"email"`
	// CardNumber is the full number printed on the card, 12 to 19 digits.
	// Required.
	CardNumber issuing.Secret `json:"cardNumber"`
	// AutoActivate has KazePay activate the card by itself, and
	// [PhysicalService.Activate] must not be called then. False is sent as well.
	AutoActivate bool `json:"autoActive"`
}

func (r AssignRequest) validate(p *check.Problems) {
	checkEmail(p, string(r.Email))
	p.Digits("cardNumber", r.CardNumber, minPANDigits, maxPANDigits)
}

// Assignment is a card that was bound to a user. It says nothing of the card's
// status: read it with [CardService.Card].
type Assignment struct {
	CardID string `json:"cardID"` // KazePay's card id, used in all later calls
}

func (a *Assignment) incomplete() bool { return a.CardID == "" }

// Assign (ucardAssign) binds a printed card to a user.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. On
// issuing.ErrOutcomeUnknown look the number up with [CardService.CardID] and compare the holder of [CardService.Card].
func (s *PhysicalService) Assign(
	ctx context.Context, req AssignRequest, opts ...issuing.CallOption,
) (*Assignment, error) {
	return call[Assignment](ctx, s.c, opAssign, req, opts)
}

// activateRequest activates an assigned card.
type activateRequest struct {
	cardRequest
	ActivationCode issuing.Secret `json:"activationCode"`
}

func (r activateRequest) validate(p *check.Problems) {
	r.cardRequest.validate(p)
	p.Text("activationCode", r.ActivationCode.Reveal(), maxID)
}

// Activate (ucardActive) activates an assigned card whose holder has passed KYC.
// The code comes once, in a message of KazePay's ([ActivationCodeSent]), and
// cannot be fetched again. The answer's status is ACTIVE_PROCESSING; the card is
// usable when [CardService.Card] says ACTIVE.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. On
// issuing.ErrOutcomeUnknown read the card with [CardService.Card].
func (s *PhysicalService) Activate(
	ctx context.Context, cardID string, activationCode issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	return call[CardChange](ctx, s.c, opActivate, activateRequest{cardRequest{cardID}, activationCode}, opts)
}

// pinRequest sets a PIN.
type pinRequest struct {
	cardRequest
	PIN issuing.Secret `json:"pin"`
}

func (r pinRequest) validate(p *check.Problems) {
	r.cardRequest.validate(p)
	p.Digits("pin", r.PIN, pinDigits, pinDigits)
}

// SetPIN (cardSetPin) sets the PIN, exactly six digits, of an active card.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. A PIN cannot be read back; on
// issuing.ErrOutcomeUnknown set the same PIN again.
func (s *PhysicalService) SetPIN(
	ctx context.Context, cardID string, pin issuing.Secret, opts ...issuing.CallOption,
) error {
	_, err := call[struct{}](ctx, s.c, opSetPIN, pinRequest{cardRequest{cardID}, pin}, opts)
	return err
}
