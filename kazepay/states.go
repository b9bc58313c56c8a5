package kazepay

import (
	"context"
	"errors"
	"slices"
)

// transition is what an operation does to a card.
type transition struct {
	goal states // it has happened
	from states // it has not
}

type states = []CardStatus

var (
	toFrozen = transition{states{CardStatusInactive}, states{CardStatusActive}}
	toActive = transition{states{CardStatusActive}, states{CardStatusInactive}}
	toClosed = transition{
		states{CardStatusCloseProcessing, CardStatusClosed}, states{CardStatusActive, CardStatusInactive, CardStatusTBA},
	}
	toActivated = transition{states{CardStatusActiveProcessing, CardStatusActive}, states{CardStatusTBA}}
)

// transitionOf is what a request does to a card; that of another one is none.
func transitionOf(in any) transition {
	switch r := in.(type) {
	case statusRequest:
		if r.Status == CardStatusInactive {
			return toFrozen
		}
		return toActive
	case activateRequest:
		return toActivated
	case cardRequest:
		return toClosed
	}
	return transition{}
}

// errMoved is a card of which the state does not tell what became of an operation.
var errMoved = errors.New("the card's state does not tell")

// look reads the card after an attempt that may have arrived. A card that has moved is
// the result, whoever moved it.
func (t transition) look(c *Client) func(context.Context, sought) (*CardChange, error) {
	return func(ctx context.Context, w sought) (*CardChange, error) {
		card, err := c.Cards.Card(ctx, w.Card)
		switch {
		case err != nil:
			return nil, err
		case slices.Contains(t.goal, card.Status.Normal()):
			return &CardChange{ID: w.Card, Status: card.Status}, nil
		case slices.Contains(t.from, card.Status.Normal()):
			return nil, nil
		}
		return nil, errMoved
	}
}
