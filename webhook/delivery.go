package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// delivery is one request on its way through a handler.
type delivery struct {
	h      *Handler
	source *Source
	req    *Request
	begun  time.Time
	report Report
	ended  chan struct{} // closed when the request has been answered and reported, under a deadline
}

func (h *Handler) delivery(req *Request) *delivery {
	begun := time.Now()
	return &delivery{
		h: h, source: h.source, req: h.source.request(req), begun: begun, report: Report{Provider: h.source.provider},
	}
}

// bounded ends a context at the source's deadline, which began with the arrival.
// The function it returns is called when the request is over.
func (d *delivery) bounded(ctx context.Context) (_ context.Context, over func()) {
	if d.source.deadline == 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithDeadline(ctx, d.begun.Add(d.source.deadline))
	d.ended = make(chan struct{})
	return ctx, func() {
		cancel()
		close(d.ended)
	}
}

// run takes the request all the way; read gets its body when its head has been
// checked. The report is complete afterwards.
func (d *delivery) run(ctx context.Context, read func() error) Answer {
	result, err := d.admit(ctx, read)
	switch {
	case err == nil:
		d.report.Type, d.report.ID = result.Event.Type, result.Event.ID
		result = d.process(ctx, result)
	case errors.Is(err, issuing.ErrUnavailable):
		result.Outcome, result.Err = OutcomeFailed, err
	default:
		result.Outcome, result.Err = OutcomeRefused, err
	}
	answer := d.source.scheme.Answer(d.req, result)
	if aborted(result.Err) {
		answer = Answer{Drop: true}
	}
	if !answer.Drop && (answer.Status < 200 || answer.Status > 599) {
		err := answer.Err // the scheme could make none
		answer = StandardAnswer(Result{Outcome: OutcomeFailed})
		answer.Err = err
	}
	d.concluded(result, answer)
	return answer
}

func (d *delivery) concluded(result Result, answer Answer) {
	r := &d.report
	r.Outcome, r.Err, r.Code = result.Outcome, cmp.Or(result.Err, answer.Err), answer.Code
	r.Duration = time.Since(d.begun)
	if !answer.Drop {
		r.Status = answer.Status
	}
}

// admit takes a request from its method to its decoded event.
func (d *delivery) admit(ctx context.Context, read func() error) (result Result, err error) {
	s := d.source
	if d.req.Method != "" && d.req.Method != http.MethodPost {
		return result, ErrMethod
	}
	if s.precheck != nil {
		if err := s.precheck(ctx, d.req); err != nil {
			return result, err
		}
	}
	if err := read(); err != nil {
		return result, err
	}
	if result.Verified, err = s.scheme.Verify(ctx, d.req); err != nil {
		return result, err
	}
	d.report.RequestID = result.Verified.RequestID
	result.Event, err = s.open(ctx, d.req, result.Verified)
	return result, err
}

// process claims an event and runs the function for it.
func (d *delivery) process(ctx context.Context, result Result) Result {
	c := &claims{deduper: d.source.deduper, prefix: d.source.provider + "/"}
	handed := false // the claims, to what runs the function
	defer func() {
		if !handed {
			c.release(context.WithoutCancel(ctx))
		}
	}()
	if result.Outcome, result.Err = c.take(ctx, result.Verified, result.Event); result.Outcome != "" {
		return result
	}
	handed = true
	if d.source.deadline > 0 {
		return d.race(ctx, result, c)
	}
	return d.call(ctx, result, c)
}

// call runs the function and ends the claims: they are given back whatever
// happens, unless the event was handled.
func (d *delivery) call(ctx context.Context, result Result, c *claims) Result {
	keep := context.WithoutCancel(ctx)
	defer c.release(keep)
	err := d.invoke(ctx, result.Event)
	switch {
	case err == nil:
		result.Outcome = OutcomeHandled
	case errors.Is(err, ErrDuplicate):
		result.Outcome = OutcomeDuplicate
	default:
		result.Outcome, result.Err = OutcomeFailed, err
		return result
	}
	// The function has acted: from here on the event must not be dispatched
	// again, so the client's going away no longer matters.
	if err := c.done(keep); err != nil {
		result.Outcome, result.Err = OutcomeFailed, err
	}
	return result
}

// invoke calls the function, through the source's dispatch when it has one, and
// contains its panic.
func (d *delivery) invoke(ctx context.Context, event *Event) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	if d.source.dispatch != nil {
		return d.source.dispatch(ctx, event, d.h.fn)
	}
	return d.h.fn(ctx, event)
}

// race runs the function until the deadline and leaves it behind then. The
// function goes on to hold its claims: a repeat that comes meanwhile is busy, and
// one that comes after its success is acknowledged.
func (d *delivery) race(ctx context.Context, result Result, c *claims) Result {
	late := result
	late.Event, late.Outcome = nil, OutcomeLate
	if ctx.Err() != nil {
		// Nobody waits for the answer any more: what the function would hold or
		// book could not be told.
		c.release(context.WithoutCancel(ctx))
		late.Err = fmt.Errorf("%w: the function was not called: %w", ErrLate, ctx.Err())
		return late
	}
	var closed atomic.Bool // set by whichever comes first: the function's end in time, or the deadline
	ended := make(chan Result, 1)
	go func() {
		out := result
		out.Outcome, out.Err = OutcomeFailed, ErrPanic // of a function that ends its goroutine
		defer func() {
			if v := recover(); v != nil { // the deduper's: nothing else would contain it here
				out.Outcome, out.Err = OutcomeFailed, panicked(v)
			}
			if ctx.Err() == nil && closed.CompareAndSwap(false, true) {
				ended <- out
				return
			}
			d.overtime(ctx, out)
		}()
		out = d.call(ctx, result, c)
	}()
	select {
	case out := <-ended:
		return out
	case <-ctx.Done():
		if !closed.CompareAndSwap(false, true) {
			return <-ended
		}
		late.Err = fmt.Errorf("%w: %w", ErrLate, ctx.Err())
		return late
	}
}

// overtime reports how a function ended that was left behind. Its answer is made
// for its code alone.
func (d *delivery) overtime(ctx context.Context, result Result) {
	late := delivery{h: d.h, begun: d.begun, report: Report{
		Provider: d.source.provider, Type: result.Event.Type, ID: result.Event.ID, RequestID: result.Verified.RequestID,
	}}
	result.Outcome = OutcomeOvertime
	late.concluded(result, d.overtimeAnswer(result))
	<-d.ended // what is reported first is that it was late
	late.observe(ctx)
}

// overtimeAnswer contains a panic of the scheme, which no request's goroutine
// would.
func (d *delivery) overtimeAnswer(result Result) (answer Answer) {
	defer func() { _ = recover() }()
	answer = d.source.scheme.Answer(d.req, result)
	answer.Drop = true
	return answer
}

// observe tells the observer. Its panic must neither take an answer back nor end
// the process.
func (d *delivery) observe(ctx context.Context) {
	defer func() { _ = recover() }()
	d.h.observe(context.WithoutCancel(ctx), d.report)
}
