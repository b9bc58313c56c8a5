package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// delivery is one request on its way through a handler, with all that is held for it.
type delivery struct {
	h      *Handler
	source *Source
	req    Request
	begun  time.Time
	report Report
	called bool // the function was
	loan   loan // of the handler's budget for bodies
	early  *early
	// Under a deadline:
	cancel context.CancelFunc
	over   sync.WaitGroup // done when the request has been answered and reported
	result Result         // of the function's goroutine, until ended
	closed atomic.Bool    // set by whichever comes first: the function's end in time, or the deadline
	ended  chan struct{}  // has an element when the function ended in time
}

// delivery begins with a copy of the request.
func (h *Handler) delivery(req *Request) *delivery {
	s := h.source
	d := &delivery{h: h, source: s, req: *req, begun: time.Now(), report: Report{Provider: s.provider}}
	s.complete(&d.req)
	return d
}

// bounded ends a context at the source's deadline, which began with the arrival.
// end is called when the request is over.
func (d *delivery) bounded(ctx context.Context) context.Context {
	if d.source.deadline == 0 {
		return ctx
	}
	ctx, d.cancel = context.WithDeadline(ctx, d.begun.Add(d.source.deadline))
	d.over.Add(1)
	return ctx
}

func (d *delivery) end() {
	if d.cancel != nil {
		d.cancel()
		d.over.Done()
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
	answer := d.source.answer(&d.req, result)
	if aborted(result.Err) {
		answer = Answer{Drop: true}
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
	if err := s.checkHead(ctx, &d.req); err != nil {
		return result, err
	}
	if err := read(); err != nil {
		return result, err
	}
	if result.Verified, err = s.scheme.Verify(ctx, &d.req); err != nil {
		return result, err
	}
	d.report.RequestID, d.report.Credential = result.Verified.RequestID, result.Verified.Credential
	result.Event, err = s.open(ctx, &d.req, result.Verified)
	return result, err
}

// process claims an event and runs the function for it.
func (d *delivery) process(ctx context.Context, result Result) Result {
	if d.source.deadline > 0 {
		return d.race(ctx, result)
	}
	return d.handle(ctx, result)
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

// race runs claims and function until the deadline and leaves them behind then, so
// that a store that hangs costs no more. The function goes on to hold its claims: a
// repeat that comes meanwhile is busy, and one that comes after its success is
// acknowledged.
func (d *delivery) race(ctx context.Context, result Result) Result {
	late := func(format string) Result {
		result.Event, result.Outcome, result.Err = nil, OutcomeLate, fmt.Errorf(format, ErrLate, ctx.Err())
		return result
	}
	if ctx.Err() != nil {
		// Nobody waits for the answer any more: what the function would hold or
		// book could not be told.
		return late("%w: the function was not called: %w")
	}
	d.result, d.ended = result, make(chan struct{}, 1)
	go d.decide(ctx)
	select {
	case <-d.ended:
	case <-ctx.Done():
		if d.closed.CompareAndSwap(false, true) {
			return late("%w: %w")
		}
		<-d.ended
	}
	return d.result
}

// decide is the function's goroutine. It begins with a small stack, which copying
// would grow: what it needs is in the delivery.
func (d *delivery) decide(ctx context.Context) {
	given := d.result
	d.result.Outcome, d.result.Err = OutcomeFailed, ErrPanic // of a function that ends its goroutine
	defer d.decided(ctx)
	d.result = d.handle(ctx, given)
}

// decided hands the result over, deferred by decide.
func (d *delivery) decided(ctx context.Context) {
	if v := recover(); v != nil { // the deduper's: nothing else would contain it here
		d.result.Outcome, d.result.Err = OutcomeFailed, panicked(v)
	}
	if ctx.Err() == nil && d.closed.CompareAndSwap(false, true) {
		d.ended <- struct{}{}
		return
	}
	if d.called {
		d.overtime(ctx, d.result)
	}
}

// overtime reports how a function ended that was left behind. Its answer is made
// for its code alone.
func (d *delivery) overtime(ctx context.Context, result Result) {
	late := delivery{h: d.h, begun: d.begun, report: Report{
		Provider: d.source.provider, Type: result.Event.Type, ID: result.Event.ID, RequestID: result.Verified.RequestID,
		Credential: result.Verified.Credential,
	}}
	result.Outcome = OutcomeOvertime
	late.concluded(result, d.overtimeAnswer(result))
	d.over.Wait() // what is reported first is that it was late
	late.observe(ctx)
}

// overtimeAnswer contains a panic of the scheme, which no request's goroutine
// would.
func (d *delivery) overtimeAnswer(result Result) (answer Answer) {
	defer func() { _ = recover() }()
	answer = d.source.scheme.Answer(&d.req, result)
	answer.Drop = true
	return answer
}

// observe tells the observer. Its panic must neither take an answer back nor end
// the process.
func (d *delivery) observe(ctx context.Context) {
	defer func() { _ = recover() }()
	d.h.observe(context.WithoutCancel(ctx), d.report)
}
