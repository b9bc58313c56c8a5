package worldcard

import (
	"context"
	"errors"
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
}

type states = []CardStatus

var (
	toFrozen = transition{opFreeze, readCard, states{CardStatusFrozen}, states{CardStatusActive}}
	toActive = transition{opUnfreeze, readCard, states{CardStatusActive}, states{CardStatusFrozen}}
	toClosed = transition{
		opClose, readCard,
		states{CardStatusClosing, CardStatusClosed}, states{CardStatusActive, CardStatusFrozen},
	}
	toAssigned = transition{
		opPhysicalAssign, readPhysical,
		states{CardStatusPendingActivation, CardStatusActive}, states{CardStatusPendingAssignment},
	}
	// Activation is asynchronous: a card that still waits may have a request
	// under way, and a repeat with the same PIN is idempotent by its page.
	toActivated = transition{
		opPhysicalActivate, readPhysical, states{CardStatusActive}, states{CardStatusPendingActivation},
	}
)

// errMoved is a card of which the state does not tell what became of an operation.
var errMoved = errors.New("the card's state does not tell")

// cardNumber is the name of the number that a card is to get, among a write's secrets.
const cardNumber = "card_number"

// look reads the card after an attempt that may have arrived. A card that has
// moved is the result, one that has not may be moved again. One that was to get a number
// has moved by this request when it shows that number.
func (t transition) look(c *Client) func(context.Context, sought) (*CardChange, error) {
	return func(ctx context.Context, w sought) (*CardChange, error) {
		card, err := t.read(ctx, c, refOf(w))
		if err != nil {
			return nil, err
		}
		same := t.op.name != opPhysicalAssign.name || w.Same(cardNumber, card.CardNumber)
		switch {
		case slices.Contains(t.goal, card.Status) && same:
			return &CardChange{ID: card.ID, MerchantCardID: card.MerchantCardID, Status: card.Status}, nil
		case slices.Contains(t.from, card.Status):
			return nil, nil
		}
		return nil, errMoved
	}
}

// move carries a transition out for a request that is the card's reference alone.
func (c *Client) move(ctx context.Context, t transition, card CardRef, opts []issuing.CallOption) (*CardChange, error) {
	return looked(ctx, c, t.op, card, t.look(c), opts)
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

// errOtherCard is an answer that must not settle anything.
var errOtherCard = errors.New("the answer is about another card")
