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
	toMasterEFrozen = transition[MasterECardStatus]{
		op: opMasterEFreeze, from: MasterECardStatusActivated, goal: MasterECardStatusLost,
	}
	toMasterEActive = transition[MasterECardStatus]{
		op: opMasterEUnfreeze, from: MasterECardStatusLost, goal: MasterECardStatusActivated,
	}

	toVisaHFrozen = transition[VisaHCardStatus]{op: opVisaHFreeze, from: VisaHCardStatusActivated}
	toVisaHActive = transition[VisaHCardStatus]{op: opVisaHUnfreeze, goal: VisaHCardStatusActivated}

	toVirtualLFrozen = transition[VirtualLCardStatus]{
		op: opVirtualLFreeze, from: VirtualLCardStatusActive, goal: VirtualLCardStatusFrozen,
	}
	toVirtualLActive = transition[VirtualLCardStatus]{
		op: opVirtualLUnfreeze, from: VirtualLCardStatusFrozen, goal: VirtualLCardStatusActive,
	}
	toVirtualLClosed = transition[VirtualLCardStatus]{op: opVirtualLClose, goal: VirtualLCardStatusCancelled}

	toVirtualPFrozen = transition[VirtualPCardStatus]{
		op: opVirtualPFreeze, from: VirtualPCardStatusActive, goal: VirtualPCardStatusFrozen,
	}
	toVirtualPActive = transition[VirtualPCardStatus]{
		op: opVirtualPUnfreeze, from: VirtualPCardStatusFrozen, goal: VirtualPCardStatusActive,
	}
	toVirtualPClosed = transition[VirtualPCardStatus]{op: opVirtualPClose, goal: VirtualPCardStatusInactive}
)

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

// switched carries out a transition whose answer is true or false. status reads
// the card.
func switched[S comparable](ctx context.Context, c *Client, t transition[S], card issuing.Secret,
	status func(context.Context, issuing.Secret) (S, error), opts []issuing.CallOption,
) error {
	_, err := looked(ctx, c, t.op, cardNumberRequest{card}, func(ctx context.Context) (*done, error) {
		s, err := status(ctx, card)
		if err != nil {
			return nil, err
		}
		return tell(t, s, &done{})
	}, opts)
	return err
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
