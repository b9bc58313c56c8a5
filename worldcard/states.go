package worldcard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
)

// transition is what a checked operation does to a card.
type transition struct {
	op operation
	// read finds the card. Physical operations read the physical page alone: the
	// virtual one may know the card and still show no number before it is active.
	read func(context.Context, *Client, CardRef) (*Card, error)
	goal states // the operation has happened
	from states // it has not happened and may be repeated
	// before refuses what the platform would answer with success and not do.
	before func(context.Context, *Client, sought) error
	// numbers says that it gives the card a number, by which its own doing is told.
	numbers bool
}

type states = []CardStatus

var (
	toFrozen = transition{
		op: opFreeze, read: readCard, goal: states{CardStatusFrozen}, from: states{CardStatusActive},
	}
	toActive = transition{
		op: opUnfreeze, read: readCard, goal: states{CardStatusActive}, from: states{CardStatusFrozen},
	}
	toClosed = transition{
		op: opClose, read: readCard,
		goal: states{CardStatusClosing, CardStatusClosed}, from: states{CardStatusActive, CardStatusFrozen},
	}
	toAssigned = transition{
		op: opPhysicalAssign, read: readPhysical,
		goal: states{CardStatusPendingActivation, CardStatusActive}, from: states{CardStatusPendingAssignment},
		before: numberless, numbers: true,
	}
	// Activation is asynchronous: a card that still waits may have a request
	// under way, and a repeat with the same PIN is idempotent by its page.
	toActivated = transition{
		op: opPhysicalActivate, read: readPhysical,
		goal: states{CardStatusActive}, from: states{CardStatusPendingActivation},
		before: inactive,
	}
)

// errMoved is a card of which the state does not tell what became of an operation.
var errMoved = errors.New("the card's state does not tell")

// cardNumber is the name of the number that a card is to get, among a write's secrets.
const cardNumber = "card_number"

// otherNumber is a card that has another number than it was to get. As the verdict of a
// look it is errOther.
type otherNumber struct{ last4 string }

// Error shows the last four digits of the number that the card has.
func (o *otherNumber) Error() string { return "the card has another number, ending in " + o.last4 }

// Is reports whether it stands for target.
func (o *otherNumber) Is(target error) bool { return target == errOther }

// look reads the card after an attempt that may have arrived. A card that has
// moved is the result, one that has not may be moved again. One that was to get a number
// has moved by this request when it shows that number.
func (t transition) look(c *Client) func(context.Context, sought) (*CardChange, error) {
	return func(ctx context.Context, w sought) (*CardChange, error) {
		card, err := t.read(ctx, c, refOf(w))
		if err != nil {
			return nil, err
		}
		same := !t.numbers || w.Same(cardNumber, card.CardNumber)
		switch {
		case slices.Contains(t.goal, card.Status) && same:
			return &CardChange{ID: card.ID, MerchantCardID: card.MerchantCardID, Status: card.Status}, nil
		case !same && card.CardNumber.Last4() != "":
			return nil, &otherNumber{card.CardNumber.Last4()}
		case slices.Contains(t.from, card.Status):
			return nil, nil
		}
		return nil, errMoved
	}
}

// numberless refuses to give a number to a card that has another one, or that waits for none
// any more.
func numberless(ctx context.Context, c *Client, w sought) error {
	card, err := readPhysical(ctx, c, refOf(w))
	switch {
	case err != nil:
		return err
	case w.Same(cardNumber, card.CardNumber):
		return nil
	case card.CardNumber.Last4() != "":
		return conflict(&otherNumber{card.CardNumber.Last4()})
	case card.Status == CardStatusPendingAssignment, card.Status == CardStatusPendingKYC:
		return nil // the platform says by itself that KYC is not passed
	}
	return conflict(fmt.Errorf("the card is %v: it waits for no number, and shows none", card.Status))
}

// inactive refuses to activate a card that is active.
func inactive(ctx context.Context, c *Client, w sought) error {
	card, err := readPhysical(ctx, c, refOf(w))
	if err != nil || card.Status != CardStatusActive {
		return err
	}
	return conflict(errActive)
}

var errActive = errors.New("the card is active already and would keep its PIN, which SetPIN changes")

// conflict is a refusal of a write that the card's state does not allow.
func conflict(err error) error {
	return &refusal{Err: &issuing.Error{Kind: issuing.ErrConflict, Err: err}}
}

// readCard reads a card of either kind: the virtual page first, the physical page
// when that one does not know the card.
func readCard(ctx context.Context, c *Client, ref CardRef) (*Card, error) {
	card, err := c.Virtual.Card(ctx, ref)
	switch {
	case err == nil, errors.Is(err, errOtherCard), errors.Is(err, issuing.ErrUnavailable), ctx.Err() != nil:
		return card, err
	}
	physical, physicalErr := readPhysical(ctx, c, ref)
	if physicalErr != nil {
		return nil, errors.Join(err, physicalErr)
	}
	return physical, nil
}

// readPhysical reads a card by the physical page.
func readPhysical(ctx context.Context, c *Client, ref CardRef) (*Card, error) {
	physical, err := c.Physical.Card(ctx, ref)
	if err != nil {
		return nil, err
	}
	return &Card{
		ID: physical.ID, MerchantCardID: physical.MerchantCardID, CardType: physical.CardType,
		Status: physical.Status, CardNumber: physical.CardNumber,
	}, nil
}

// errNoID is a look-up that found the application and does not say which card came of it.
var errNoID = errors.New("the answer lacks the card's id")

// errOtherCard is an answer that must not settle anything.
var errOtherCard = errors.New("the answer is about another card")
