package webhook

import "context"

// claims are the ids that one delivery holds in the deduper.
type claims struct {
	deduper  Deduper
	provider string // begins each
	held     []string
}

// take claims a delivery and its event together. The outcome is "" when all of
// it is held now. What a known event came under is remembered as well.
func (c *claims) take(ctx context.Context, v Verified, event *Event) (Outcome, error) {
	for _, id := range v.Once {
		if outcome, err := c.once(ctx, id); outcome != "" {
			return outcome, err
		}
	}
	if event.Question {
		return "", nil // a repeat needs its answer as well
	}
	for _, id := range v.Claims {
		if outcome, err := c.claim(ctx, id); outcome != "" {
			return outcome, err
		}
	}
	if event.ID == "" {
		return "", nil
	}
	outcome, err := c.claim(ctx, "event/"+event.ID)
	if outcome == OutcomeDuplicate {
		// A known event under a new nonce: remember the nonce as well.
		err = c.done(ctx)
	}
	return outcome, err
}

// once notes an id that must be new.
func (c *claims) once(ctx context.Context, id string) (Outcome, error) {
	outcome, err := c.claim(ctx, id)
	switch outcome {
	case "":
		if err := c.done(ctx); err != nil {
			return OutcomeFailed, err
		}
		return "", nil
	case OutcomeDuplicate, OutcomeBusy:
		return OutcomeRefused, ErrReplay
	}
	return outcome, err
}

func (c *claims) claim(ctx context.Context, id string) (Outcome, error) {
	id = c.provider + "/" + id
	state, err := c.deduper.Claim(ctx, id)
	switch {
	case err != nil:
		return OutcomeFailed, err
	case state == ClaimDone:
		return OutcomeDuplicate, nil
	case state == ClaimBusy:
		return OutcomeBusy, nil
	}
	c.held = append(c.held, id)
	return "", nil
}

// done marks all held claims as handled, the last one, the event's, first. Like
// release it does so when the request is over as well.
func (c *claims) done(ctx context.Context) error {
	if len(c.held) == 0 {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	for len(c.held) > 0 {
		last := len(c.held) - 1
		if err := c.deduper.Done(ctx, c.held[last]); err != nil {
			return err
		}
		c.held = c.held[:last]
	}
	return nil
}

// release gives back what is still held.
func (c *claims) release(ctx context.Context) {
	if len(c.held) == 0 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	for _, id := range c.held {
		_ = c.deduper.Release(ctx, id)
	}
	c.held = nil
}
