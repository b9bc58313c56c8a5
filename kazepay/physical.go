package kazepay

import (
	"context"
	"errors"
	"strings"

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

// The secrets of writes that their look-ups compare.
const (
	secretEmail = "email" // in lower case
	secretURL   = "url"
)

func (r AssignRequest) facts(f *facts) {
	f.Reference = r.CardNumber
	f.Secret(secretEmail, emailSecret(r.Email))
}

// emailSecret is an address as it is compared: platforms change its case.
func emailSecret(email issuing.Personal) issuing.Secret {
	return issuing.NewSecret(strings.ToLower(strings.TrimSpace(string(email))))
}

// Assignment is a card that was bound to a user. It says nothing of the card's
// status: read it with [CardService.Card].
type Assignment struct {
	CardID string `json:"cardID"` // KazePay's card id, used in all later calls
}

func (a *Assignment) incomplete() bool { return a.CardID == "" || !sound(a.CardID) }

// Assign (ucardAssign) binds a printed card to a user.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. After an unclear attempt the
// number is looked up: a card whose holder has the request's email is the result. On
// issuing.ErrOutcomeUnknown give the pending, with the number (issuing.WithReference), to
// [Client.Settle], which looks again. What it does not find, or finds with another holder,
// stays open: KazePay publishes no code for a number that it does not know.
func (s *PhysicalService) Assign(
	ctx context.Context, req AssignRequest, opts ...issuing.CallOption,
) (*Assignment, error) {
	return looked(ctx, s.c, opAssign, req, s.assigned, opts)
}

// errOtherHolder is a card of which the holder does not tell what became of an assignment.
var errOtherHolder = errors.New("the card's holder is not known to be the one that it was to get")

// assigned looks a card up by its number, which is the reference.
func (s *PhysicalService) assigned(ctx context.Context, w sought) (*Assignment, error) {
	id, err := s.c.Cards.CardID(ctx, w.Reference)
	if err != nil {
		return nil, err
	}
	card, err := s.c.Cards.Card(ctx, id.CardID)
	switch {
	case err != nil:
		return nil, err
	case card.HolderEmail == "" || !w.Same(secretEmail, emailSecret(card.HolderEmail)):
		return nil, errOtherHolder
	}
	return &Assignment{CardID: id.CardID}, nil
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
// Safety: once; the key is the requestNo, 1 to 24 digits. After an unclear attempt, and
// after an answer that names another card, as KazePay's own sample does ([Config.Warn]),
// the card is read: one that is being activated, or is active, is the result. On
// issuing.ErrOutcomeUnknown give the pending to [Client.Settle], which reads it again.
func (s *PhysicalService) Activate(
	ctx context.Context, cardID string, activationCode issuing.Secret, opts ...issuing.CallOption,
) (*CardChange, error) {
	in := activateRequest{cardRequest{cardID}, activationCode}
	return looked(ctx, s.c, opActivate, in, toActivated.look(s.c), opts)
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
// Safety: once; the key is the requestNo, 1 to 24 digits. A PIN cannot be read back, so
// [Client.Settle] cannot tell; on issuing.ErrOutcomeUnknown set the same PIN again, as a
// new call.
func (s *PhysicalService) SetPIN(
	ctx context.Context, cardID string, pin issuing.Secret, opts ...issuing.CallOption,
) error {
	_, err := call[struct{}](ctx, s.c, opSetPIN, pinRequest{cardRequest{cardID}, pin}, opts)
	return err
}
