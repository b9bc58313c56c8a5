package provider

import (
	"context"
	"errors"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// before asks whether the write changes anything, within the call and its deadline: what
// is read for it is a call of its own, and no attempt of this one. A pending that is sent
// again was looked up just now, and what it finds may be its own doing.
func (r *run) before(ctx context.Context) error {
	if r.call.Before == nil || r.settings.Resend != nil {
		return nil
	}
	err := r.call.Before(ctx, r.sought())
	if err == nil {
		return nil
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return r.refused(refusal.Err)
	}
	read := asError(err)
	e := &issuing.Error{
		Kind: read.Kind, Code: read.Code,
		Err: fmt.Errorf("it was not sent, because what it would change could not be read: %w", err),
	}
	redact(e, r.call.In)
	return r.refused(e)
}

// confirm looks at what a success has left behind.
func (r *run) confirm(ctx context.Context, resp *transport.Response) error {
	if !r.call.Confirm || r.call.look == nil {
		return nil
	}
	_, err := r.call.look(ctx, r.sought())
	if !errors.Is(err, ErrOther) {
		return nil
	}
	return r.failed(ctx, resp, &issuing.Error{Kind: issuing.ErrConflict, Err: err})
}
