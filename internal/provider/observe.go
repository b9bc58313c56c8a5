package provider

import (
	"context"
	"errors"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// begin tells the observers that the call begins, and returns its context.
func (r *run) begin(ctx context.Context) context.Context {
	for _, o := range r.core.Settings().Observers {
		if o.Start == nil {
			continue
		}
		begun := o.Start(ctx, issuing.CallStart{
			Provider: r.core.name, Op: r.call.Op.Name, Safety: r.call.Op.Safety.String(), Key: r.call.Key,
		})
		if begun != nil {
			ctx = begun
		}
	}
	return ctx
}

// end is where every call ends, one that was refused unsent or panicked included.
func (r *run) end(ctx context.Context) {
	if !r.ended {
		r.core.transport.Conclude(&r.progress, false) // an attempt that the panic ended
		r.err = issuing.ErrPanic
	}
	r.report(ctx)
	observers := r.core.Settings().Observers
	if len(observers) == 0 {
		return
	}
	end := r.outcome()
	for i := len(observers) - 1; i >= 0; i-- {
		if observers[i].End != nil {
			observers[i].End(ctx, end)
		}
	}
}

// outcome is what observers are told of the end.
func (r *run) outcome() issuing.CallEnd {
	end := issuing.CallEnd{
		Provider: r.core.name, Op: r.call.Op.Name, Safety: r.call.Op.Safety.String(), Key: r.call.Key,
		RequestID: r.progress.RequestID, Attempts: r.progress.Attempts, Settled: r.settled,
		Duration: time.Since(r.began), Err: r.err,
	}
	if r.resp != nil {
		end.Status, end.RequestID = r.resp.Status, r.resp.RequestID
	}
	var e *issuing.Error
	switch {
	case errors.As(r.err, &e):
		end.Kind, end.Code, end.Status = e.Kind, e.Code, e.Status
	case r.err != nil:
		end.Kind = r.err
	}
	var u *issuing.Unsettled
	if errors.As(r.err, &u) {
		end.Pending = &u.Pending
	}
	return end
}

// report fills the caller's CallInfo, if there is one, whatever became of the call.
func (r *run) report(ctx context.Context) {
	info := r.settings.Info
	if info == nil || (r.tc.Seal == nil && without(ctx, mendReport)) {
		return
	}
	*info = issuing.CallInfo{
		Provider: r.core.name, Op: r.call.Op.Name, Key: r.call.Key, RequestID: r.progress.RequestID,
		Attempts: r.progress.Attempts, Duration: time.Since(r.began), Settled: r.settled,
	}
	if without(ctx, mendDuration) {
		info.Duration = 0
	}
	if r.resp != nil {
		info.Status, info.RequestID = r.resp.Status, r.resp.RequestID
		info.Raw = issuing.NewSecret(string(r.raw))
	}
}
