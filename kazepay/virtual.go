package kazepay

import (
	"cmp"
	"context"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// VirtualService applies for virtual cards. Everything after the application is
// in [CardService].
type VirtualService struct{ c *Client }

// ApplyRequest is an application for a virtual card. KazePay gives no lengths;
// this package takes 255 characters for email and numbers, 128 for the rest.
type ApplyRequest struct {
	// Email of the user. Required. It must not be taken by another user; the
	// user is known by it from then on.
	Email issuing.Personal `json:"email"`
	// MobileNumber of the user, digits without the dialling code. Required. It
	// must not be taken by another user.
	MobileNumber issuing.Personal `json:"mobileNumber"`
	// MobilePrefix is the dialling code, digits without +, such as 86. Required.
	MobilePrefix string `json:"mobilePrefix"`
	// CardBIN is one of the BINs that KazePay agreed on, such as 222929.
	// Required.
	CardBIN string `json:"cardBin"`
	// CardLevel is optional; KazePay takes 01, the one documented level, when it is
	// empty.
	CardLevel string `json:"cardLevel,omitzero"`
}

func (r ApplyRequest) validate(p *check.Problems) {
	checkUser(p, string(r.Email), string(r.MobileNumber), r.MobilePrefix)
	p.Text("cardBin", r.CardBIN, maxID)
	checkDigits(p, "cardBin", r.CardBIN)
	p.OptionalText("cardLevel", r.CardLevel, maxID)
}

// checkUser checks the three fields that register a user.
func checkUser(p *check.Problems, email, number, prefix string) {
	checkEmail(p, email)
	p.Text("mobileNumber", number, maxText)
	checkDigits(p, "mobileNumber", number)
	p.Text("mobilePrefix", prefix, maxText)
	checkDigits(p, "mobilePrefix", prefix)
}

func checkEmail(p *check.Problems, email string) {
	p.Text("email", email, maxText)
	p.Email("email", email)
}

// checkDigits reports a text with anything but decimal digits; an empty one
// passes.
func checkDigits(p *check.Problems, field, value string) {
	if strings.Trim(value, "0123456789") != "" {
		p.Add(field, "must have digits only, without + and spaces")
	}
}

// Application is the state of an application for a virtual card.
type Application struct {
	ID     string     `json:"cardID"` // KazePay's card id, used in all later calls
	Status CardStatus `json:"status"` // AUDITING at first
}

func (a *Application) incomplete() bool { return a.ID == "" || !sound(a.ID) }

func (a *Application) card() string { return a.ID }

// Apply (createCard) applies for a virtual card. The answer's status is
// AUDITING; [CardStateChanged], [VirtualService.Application] or
// [VirtualService.Await] tell how it goes on. Upstream charges a fee for an
// application.
//
// Safety: once; the key is the requestNo, 1 to 24 digits. KazePay has no lookup by it and
// no list of cards, so [Client.Settle] cannot tell: on issuing.ErrOutcomeUnknown wait for
// the callback about the new card, or ask KazePay's support with the error's Key.
func (s *VirtualService) Apply(
	ctx context.Context, req ApplyRequest, opts ...issuing.CallOption,
) (*Application, error) {
	return call[Application](ctx, s.c, opApply, req, opts)
}

// applicationState is the answer to createCardQuery. Its fields are not
// published, so one of the two will do.
type applicationState Application

func (a *applicationState) incomplete() bool {
	return a.ID == "" && a.Status == "" || !sound(a.ID)
}

func (a *applicationState) card() string { return a.ID }

// Application (createCardQuery) reads the state of an application. The fields of
// the answer are inferred; issuing.CallInfo.Raw holds all of it. An answer
// without the card id gets the one that was asked for.
//
// Safety: read.
func (s *VirtualService) Application(
	ctx context.Context, cardID string, opts ...issuing.CallOption,
) (*Application, error) {
	a, err := call[applicationState](ctx, s.c, opApplication, cardRequest{cardID}, opts)
	if err != nil {
		return nil, err
	}
	a.ID = cmp.Or(a.ID, cardID)
	return (*Application)(a), nil
}

// Await asks for an application until KazePay is no longer working on it: the
// card is active, refused, or awaits activation by its first top-up
// ([CardStatusTBA]). It waits two seconds, then longer up to a minute; the
// context bounds it: the last answer comes with an error of kind issuing.ErrCanceled.
//
// Safety: read.
func (s *VirtualService) Await(ctx context.Context, cardID string, opts ...issuing.CallOption) (*Application, error) {
	return poll(ctx, "Virtual.Await", func() (*Application, bool, error) {
		a, err := s.Application(ctx, cardID, opts...)
		return a, err == nil && !a.Status.Waiting(), err
	})
}
