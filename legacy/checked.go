package legacy

import (
	"context"
	"errors"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// progress says what reading a card tells about a change of it.
type progress int

const (
	cannotTell progress = iota // neither that it happened nor that a repeat is safe
	happened
	notYet // it has not happened and may be repeated
)

// checked sends a request that changes a card. After an attempt that may have
// arrived it reads the card: a change that has happened is the result, one that
// has not is tried again, and anything else leaves the outcome unknown.
func checked[T any](ctx context.Context, c *Client, o operation, card issuing.Secret, in validator,
	read func(context.Context) (progress, *T, error), opts []issuing.CallOption,
) (*T, error) {
	if err := in.validate(o.name, c.now()); err != nil {
		return nil, err
	}
	cs := issuing.NewCallSettings(opts...)
	settings := c.transport.Settings()
	for attempt := 1; ; attempt++ {
		out := new(T)
		_, err := c.exchange(ctx, &o, card.Last4(), in, out, cs)
		if err == nil {
			return out, nil
		}
		open := errors.Is(err, issuing.ErrOutcomeUnknown)
		if attempt == 1 && !open {
			return nil, err
		}
		state, result, readErr := read(ctx)
		switch {
		case readErr == nil && state == happened:
			if cs.Info != nil {
				cs.Info.Settled = true
			}
			return result, nil
		case readErr != nil, state != notYet, !open, attempt >= settings.MaxAttempts:
			return nil, unknown(err)
		}
		if !pause(ctx, settings, attempt) {
			return nil, unknown(err)
		}
	}
}

// switched is checked for an operation whose answer is true or false.
func switched(ctx context.Context, c *Client, o operation, card issuing.Secret,
	read func(context.Context) (progress, error), opts []issuing.CallOption,
) error {
	_, err := checked(ctx, c, o, card, cardNumberRequest{CardNumber: card}, func(ctx context.Context) (progress, *done, error) {
		state, err := read(ctx)
		return state, &done{}, err
	}, opts)
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

// perform is call for an operation whose answer is true or false and that
// cannot be checked.
func perform(ctx context.Context, c *Client, o operation, key string, in validator, opts []issuing.CallOption) error {
	_, err := call[done](ctx, c, o, key, in, opts)
	return err
}
