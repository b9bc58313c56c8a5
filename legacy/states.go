package legacy

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// transition is what a checked operation does to a card.
type transition[S comparable] struct {
	op   operation
	from S // it has not happened and may be repeated; without it, it is never repeated
	goal S // it has happened; without it, no status shows that
}

// The transitions of all products. The status of a locked VISA-H card is not
// documented. A card that is not closed yet may have a closure under way, so that
// closing is never repeated.
var (
	toMasterEFrozen = both(opMasterEFreeze, MasterECardStatusActivated, MasterECardStatusLost)
	toMasterEActive = both(opMasterEUnfreeze, MasterECardStatusLost, MasterECardStatusActivated)

	toVirtualLFrozen = both(opVirtualLFreeze, VirtualLCardStatusActive, VirtualLCardStatusFrozen)
	toVirtualLActive = both(opVirtualLUnfreeze, VirtualLCardStatusFrozen, VirtualLCardStatusActive)
	toVirtualLClosed = transition[VirtualLCardStatus]{op: opVirtualLClose, goal: VirtualLCardStatusCancelled}

	toVirtualPFrozen = both(opVirtualPFreeze, VirtualPCardStatusActive, VirtualPCardStatusFrozen)
	toVirtualPActive = both(opVirtualPUnfreeze, VirtualPCardStatusFrozen, VirtualPCardStatusActive)
	toVirtualPClosed = transition[VirtualPCardStatus]{op: opVirtualPClose, goal: VirtualPCardStatusInactive}
)

// visaHFreeze and visaHUnfreeze lack one end unless the status of a locked card is
// configured.
func (c Config) visaHFreeze() transition[VisaHCardStatus] {
	return both(opVisaHFreeze, VisaHCardStatusActivated, c.VisaHFrozenStatus)
}

func (c Config) visaHUnfreeze() transition[VisaHCardStatus] {
	return both(opVisaHUnfreeze, c.VisaHFrozenStatus, VisaHCardStatusActivated)
}

// both is a transition that the card's status shows from beginning to end.
func both[S comparable](op operation, from, goal S) transition[S] {
	return transition[S]{op, from, goal}
}

// errMoved is a card of which the status does not tell what became of an operation.
var errMoved = errors.New("the card's status does not tell")

// tell says what a card's status tells about a transition: result when it has
// happened, nil when it has not and may be repeated, and an error otherwise.
func tell[S comparable, T any](t transition[S], status S, result *T) (*T, error) {
	var none S
	switch {
	case status == none: // nor is it the missing end of a transition
		return nil, errMoved
	case status == t.goal:
		return result, nil
	case status == t.from:
		return nil, nil
	}
	return nil, errMoved
}

// cardState and virtualLState are what the checks of a transition read of a card,
// so that a field that does not decrypt is not in their way.
type (
	cardState[S any] struct {
		Status S `json:"status"`
	}
	visaHState    = cardState[VisaHCardStatus]
	virtualPState = cardState[VirtualPCardStatus]
	virtualLState struct {
		Status VirtualLCardStatus `json:"cardStatus"`
	}
)

func (s cardState[S]) status() S                   { return s.Status }
func (s virtualLState) status() VirtualLCardStatus { return s.Status }

// CardChange is what freezing, unfreezing and closing a card return.
type CardChange struct {
	CardNumber issuing.Secret // the card: PAN, or VIRTUAL-P's card id
	// MasterE is the card afterwards, which the platform answers for MASTER-E; nil
	// for the other products, of which it answers that it is done.
	MasterE *MasterECard
}

// moved looks a card up that was to move. query is the operation that reads it.
func moved[T interface{ status() S }, S comparable](c *Client, t transition[S], query operation,
) func(context.Context, sought) (*done, error) {
	return func(ctx context.Context, w sought) (*done, error) {
		state, err := call[T](ctx, c, query, cardNumberRequest{w.Reference}, nil)
		if err != nil {
			return nil, err
		}
		return tell(t, (*state).status(), &done{})
	}
}

// changed is such a look with the result that the methods return.
func changed[T any](look func(context.Context, sought) (*T, error)) func(context.Context, sought) (*CardChange, error) {
	return func(ctx context.Context, w sought) (*CardChange, error) {
		found, err := look(ctx, w)
		if found == nil || err != nil {
			return nil, err
		}
		card, _ := any(found).(*MasterECard)
		return &CardChange{CardNumber: w.Reference, MasterE: card}, nil
	}
}

// switched carries out a transition whose answer is true or false.
func switched[T interface{ status() S }, S comparable](ctx context.Context, c *Client, t transition[S],
	query operation, card issuing.Secret, opts []issuing.CallOption,
) (*CardChange, error) {
	if _, err := looked(ctx, c, t.op, cardNumberRequest{card}, moved[T](c, t, query), opts); err != nil {
		return nil, err
	}
	return &CardChange{CardNumber: card}, nil
}

// perform is call for an operation whose answer is true or false and that
// cannot be checked.
func perform(ctx context.Context, c *Client, o operation, in request, opts []issuing.CallOption) error {
	_, err := call[done](ctx, c, o, in, opts)
	return err
}

// done is the data of an operation that answers true or "succeed". false says
// that the platform did not do it; anything else says nothing.
type done struct{ text string }

// UnmarshalJSON keeps the literal.
func (d *done) UnmarshalJSON(data []byte) error {
	d.text = string(data)
	return nil
}

func (d *done) open(sign.AppSecret) error {
	switch d.text {
	case "true", `"true"`, `"succeed"`:
		return nil
	case "false", `"false"`:
		return &issuing.Error{Kind: issuing.ErrDeclined, Err: errors.New("the platform answered false")}
	}
	return errors.New("the answer's data is neither true nor false")
}
