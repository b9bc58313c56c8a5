package worldcard

import (
	"context"
	"errors"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// transition is what a checked operation does to a card.
type transition struct {
	operation
	goal []CardStatus // the operation has happened
	from []CardStatus // it has not happened and may be repeated

	// physical operations read the physical page alone: the virtual one may know
	// the card and still show no number before it is active.
	physical bool
}

var (
	toFrozen = transition{opFreeze,
		[]CardStatus{CardStatusFrozen}, []CardStatus{CardStatusActive}, false}
	toActive = transition{opUnfreeze,
		[]CardStatus{CardStatusActive}, []CardStatus{CardStatusFrozen}, false}
	toClosed = transition{opClose,
		[]CardStatus{CardStatusClosing, CardStatusClosed}, []CardStatus{CardStatusActive, CardStatusFrozen}, false}
	toAssigned = transition{opPhysicalAssign,
		[]CardStatus{CardStatusPendingActivation, CardStatusActive}, []CardStatus{CardStatusPendingAssignment}, true}
	// Activation is asynchronous: a card that still waits may have a request
	// under way, and a repeat with the same PIN is idempotent by its page.
	toActivated = transition{opPhysicalActivate,
		[]CardStatus{CardStatusActive}, []CardStatus{CardStatusPendingActivation}, true}
)

// checked sends a request that moves a card to another state. After an attempt
// that may have arrived it reads the card: a card that has moved is the result, a
// card that has not moves on with another attempt, and anything else leaves the
// outcome unknown. same, if set, decides whether the card that has moved did so
// by this request.
func checked(ctx context.Context, c *Client, t transition, ref CardRef, in validator,
	same func(*Card) bool, opts []issuing.CallOption,
) (*CardChange, error) {
	cs := issuing.NewCallSettings(opts...)
	if err := c.check(t.operation, ref.key(), in, cs); err != nil {
		return nil, err
	}
	if cs.Info == nil {
		cs.Info = new(issuing.CallInfo)
	}
	settings := c.transport.Settings()
	sent := 0
	for attempt := 1; ; attempt++ {
		out := new(CardChange)
		_, err := c.exchange(ctx, &t.operation, ref.key(), in, out, cs)
		// Each exchange reports its own attempts; the caller made one call.
		sent += cs.Info.Attempts
		cs.Info.Attempts = sent
		var e *issuing.Error
		if errors.As(err, &e) {
			e.Attempts = sent
		}
		if err == nil || !errors.Is(err, issuing.ErrOutcomeUnknown) {
			if err != nil && attempt > 1 {
				// A refusal of the repeat says nothing about the first attempt.
				return c.changed(ctx, t, ref, same, cs, err)
			}
			return result(out, err)
		}
		card, readErr := c.readCard(ctx, ref, t.physical)
		switch {
		case readErr != nil:
			return nil, err
		case slices.Contains(t.goal, card.Status) && (same == nil || same(card)):
			return settled(card, cs), nil
		case !slices.Contains(t.from, card.Status) || attempt >= settings.MaxAttempts:
			return nil, err
		}
		if !transport.Pause(ctx, settings.MinRetryWait) {
			return nil, err
		}
	}
}

// changed settles a repeat that was refused: the first attempt may have moved
// the card, which is then the reason for the refusal.
func (c *Client) changed(ctx context.Context, t transition, ref CardRef, same func(*Card) bool,
	cs issuing.CallSettings, refusal error,
) (*CardChange, error) {
	card, err := c.readCard(ctx, ref, t.physical)
	if err == nil && slices.Contains(t.goal, card.Status) && (same == nil || same(card)) {
		return settled(card, cs), nil
	}
	var e *issuing.Error
	if errors.As(refusal, &e) {
		return nil, transport.Unknown(e)
	}
	return nil, refusal
}

func settled(card *Card, cs issuing.CallSettings) *CardChange {
	if cs.Info != nil {
		cs.Info.Settled = true
	}
	return &CardChange{ID: card.ID, MerchantCardID: card.MerchantCardID, Status: card.Status}
}

func result[T any](out *T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// readCard reads a card of either kind: the virtual page first, the physical
// page when that one does not know the card.
func (c *Client) readCard(ctx context.Context, ref CardRef, physicalOnly bool) (*Card, error) {
	var err error
	if !physicalOnly {
		var card *Card
		if card, err = c.Virtual.Card(ctx, ref); err == nil || errors.Is(err, issuing.ErrUnavailable) || ctx.Err() != nil {
			if err == nil && !ref.names(card.ID, card.MerchantCardID) {
				err = errOtherCard
			}
			return card, err
		}
	}
	physical, physicalErr := c.Physical.Card(ctx, ref)
	if physicalErr != nil {
		return nil, errors.Join(err, physicalErr)
	}
	if !ref.names(physical.ID, physical.MerchantCardID) {
		return nil, errOtherCard
	}
	return &Card{
		ID: physical.ID, MerchantCardID: physical.MerchantCardID, CardType: physical.CardType,
		Status: physical.Status, CardNumber: physical.CardNumber,
	}, nil
}

// errOtherCard is an answer that must not settle anything.
var errOtherCard = errors.New("the answer is about another card")
