package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// claims returns what a delivery is claimed by. ok is false for what nothing
// identifies, and for questions whose answers nobody keeps.
func (s *Source) claims(v Verified, event *Event) (c Claims, ok bool) {
	c.Once = v.Once
	owner := s.owner(v.Credential)
	if v.Delivery != "" {
		c.Delivery = owner + "/delivery/" + v.Delivery
	}
	key, kind := event.ID, "/event/"
	if event.Question { // its id may be of another kind than those of events
		key, kind = "", "/question/"
		if s.answers != nil {
			key = s.answers.Key(event)
		}
	}
	switch {
	case key != "":
		c.Event = owner + kind + key
	case !event.Question || v.Once: // else a repeat needs its answer as well
		c.Event = c.Delivery
	}
	return c, c.Event != ""
}

// owner begins the names of claims and positions: two credentials' events are never
// one. The credential is escaped, so that no id can end in another's names.
func (s *Source) owner(credential string) string {
	if credential == "" {
		return s.provider
	}
	return s.provider + "/credential/" + url.PathEscape(credential)
}

// deduper is the handler's, or its source's.
func (d *delivery) deduper() Deduper {
	if d.h.deduper != nil {
		return d.h.deduper
	}
	return d.source.deduper
}

// A repeat of a question that is being answered waits for the answer, as long as
// its deadline allows: what is asked once is not answered twice, in no replica.
const (
	firstWait = 10 * time.Millisecond
	lastWait  = 160 * time.Millisecond
)

// handle claims an event and calls the function for what is new.
func (d *delivery) handle(ctx context.Context, result Result) Result {
	c, ok := d.source.claims(result.Verified, result.Event)
	if !ok {
		_, result.Err = d.call(ctx, &result)
		return result
	}
	deduper := d.deduper()
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		state, answer, err := deduper.Do(ctx, c, func(ctx context.Context) ([]byte, error) { return d.call(ctx, &result) })
		if state != ClaimBusy || err != nil || !result.Event.Question || !d.waits(ctx, wait) {
			d.claimed(&result, state, answer, err)
			return result
		}
	}
}

// waits waits where there is a deadline that ends it, and reports whether there is
// time left.
func (d *delivery) waits(ctx context.Context, wait time.Duration) bool {
	if d.source.deadline == 0 || d.source.answers == nil {
		return false
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// errNotCalled is a deduper's fault.
var errNotCalled = errors.New("webhook: the deduper did not call the function of a new event")

// claimed concludes what the deduper said. The function's own outcome stands where
// it was called.
func (d *delivery) claimed(result *Result, state Claim, answer []byte, err error) {
	switch {
	case err != nil:
		result.Outcome, result.Err = OutcomeFailed, err
	case d.called:
	case state == ClaimBusy:
		result.Outcome = OutcomeBusy
	case state == ClaimReplay:
		result.Outcome, result.Err = OutcomeRefused, ErrReplay
	case state != ClaimDone:
		result.Outcome, result.Err = OutcomeFailed, errNotCalled
	case result.Event.Question && d.source.answers != nil:
		result.Outcome, result.Err = OutcomeDuplicate, d.source.answers.Give(result.Event, answer)
		if result.Err != nil {
			result.Outcome = OutcomeFailed
		}
	default:
		result.Outcome = OutcomeDuplicate
	}
}

// call calls the function and says what became of the event, and for a question
// what it was answered. An error gives the claim back.
func (d *delivery) call(ctx context.Context, result *Result) (answer []byte, err error) {
	if d.source.deadline > 0 && ctx.Err() != nil { // while it was being claimed
		return nil, fmt.Errorf("%w: the function was not called: %w", ErrLate, ctx.Err())
	}
	d.called = true
	current, err := d.current(ctx, result.Event)
	if current && err == nil {
		err = d.invoke(ctx, result.Event)
	}
	result.Outcome = OutcomeHandled
	if errors.Is(err, ErrDuplicate) {
		result.Outcome, err = OutcomeDuplicate, nil
	}
	if err == nil && result.Event.Question && d.source.answers != nil {
		answer, err = d.source.answers.Keep(result.Event)
	}
	if err != nil {
		result.Outcome, result.Err = OutcomeFailed, err
	}
	return answer, err
}
