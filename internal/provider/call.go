package provider

import (
	"context"
	"errors"
	"reflect"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Call is one logical call.
type Call struct {
	Op       Op
	Key      string                // the merchant's key, or what the call is about
	In       any                   // the request, whose secrets no error may quote
	Check    func(*check.Problems) // what is wrong with the request; nil is nothing
	Exchange Exchange              // the provider's protocol
	Out      any                   // where the result goes: a pointer, or nil
	Decode   Decode                // of what Open returns; not called without Out
	Options  []issuing.CallOption  // of the caller

	// Before is asked before the first attempt of a write that the platform answers with
	// success where it changes nothing. A *[Refusal] says that this is one; after any other
	// error that cannot be told. Neither is sent.
	Before func(context.Context, Sought) error
	// Confirm has the look asked after a success as well, because the answer does not say
	// what was asked for. [ErrOther] makes a refusal of it. A look that cannot tell takes
	// nothing from a success.
	Confirm bool

	look func(context.Context, Sought) (found bool, err error) // leaves what it found in Out
}

// Decode reads an answer's data into a result. Its errors are as those of
// [Exchange].Open.
type Decode func(ctx context.Context, data []byte, out any) error

// Look reads what a write would have left: its result when it has happened, nil
// when it has not, and an error when that cannot be told. [ErrOther] says that the
// key belongs to an operation with other contents. It asks for what is sought and for
// nothing else, so that Settle can look for it in another process.
type Look[T any] func(context.Context, Sought) (*T, error)

// ErrOther is a look-up's verdict: what stands under the key is another
// operation's.
var ErrOther = errors.New("the key belongs to an operation with other contents")

// ErrAstray is the error of an answer that is to another request than it came for. Its
// connection ends, because all that follows on it may be late by one.
var ErrAstray = errors.New("the answer is to another request")

// ErrIncomplete is the error of an answer that lacks its main field.
var ErrIncomplete = errors.New("the answer lacks the fields that identify its result")

// Result carries a call out and returns its result.
func Result[T any](ctx context.Context, c *Core, call Call) (*T, error) {
	out := new(T)
	call.Out = out
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return out, nil
}

// Do is Result for an operation with a look: an open outcome is looked up, and a
// checked operation that has not happened is tried again. A nil look is none.
func Do[T any](ctx context.Context, c *Core, call Call, look Look[T]) (*T, error) {
	out := new(T)
	call.Out = out
	if look != nil {
		call.look = func(ctx context.Context, sought Sought) (bool, error) {
			result, err := look(ctx, sought)
			if result != nil && err == nil {
				*out = *result
			}
			return result != nil && err == nil, err
		}
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return out, nil
}

// Do carries a call out whose result goes to call.Out.
func (c *Core) Do(ctx context.Context, call Call) error {
	r := c.run(call)
	ctx = r.begin(ctx)
	defer r.end(ctx)
	r.err = r.do(ctx)
	r.ended = true
	return r.err
}

// Check refuses a request that is not sent as it stands, such as that of a method
// which makes its result from other calls. It needs no Exchange.
func (c *Core) Check(ctx context.Context, call Call) error {
	r := c.run(call)
	if r.err = r.check(ctx); r.err != nil {
		r.ended = true
		r.end(r.begin(ctx))
	}
	return r.err
}

func (c *Core) run(call Call) *run {
	return &run{
		core: c, call: call, settings: issuing.NewCallSettings(call.Options...), began: time.Now(),
	}
}

// run is a call on its way.
type run struct {
	core     *Core
	call     Call
	settings issuing.CallSettings
	began    time.Time

	tc       transport.Call
	progress transport.Progress
	sealed   transport.Sealed // the last attempt
	resend   bool             // the next attempt repeats it as it was
	verdict  Verdict          // on the last answer
	resp     *transport.Response
	raw      []byte   // plaintext of resp
	refusal  *Refusal // what the last answer came to, if it was one
	earlier  bool     // an attempt before that answer may have been carried out
	settled  bool
	told     *Facts    // by the exchange
	sentAt   time.Time // just before the first attempt
	err      error     // how the call ended
	ended    bool      // it did, rather than panic
}

func (r *run) do(ctx context.Context) error {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.before(ctx); err != nil {
		return err
	}
	if err := r.record(ctx); err != nil {
		return err
	}
	for round := 1; ; round++ {
		err := r.attempt(ctx)
		again := false
		if err != nil {
			again, err = r.settle(ctx, round, err)
		}
		r.core.transport.Conclude(&r.progress, again)
		if !again {
			return err
		}
		if !transport.Pause(ctx, r.pause(round)) {
			return r.named(ctx, err)
		}
		clearResult(r.call.Out)
	}
}

// pause is the wait before the round after the given one: it doubles up to the
// longest.
func (r *run) pause(round int) time.Duration {
	settings := r.core.Settings()
	wait := settings.MinRetryWait
	for range round - 1 {
		wait = min(2*wait, settings.MaxRetryWait)
	}
	return wait
}

// check refuses a request, and a place for its result, that cannot be meant.
func (r *run) check(ctx context.Context) error {
	if !assignable(r.call.Out) && !without(ctx, mendOut) {
		// Found after the answer, this would make an open outcome of a success.
		return r.refused(&issuing.Error{Kind: issuing.ErrInvalid, Err: errors.New("out is not a pointer")})
	}
	p := check.Problems{Now: r.core.Now()}
	if r.call.Check != nil {
		r.call.Check(&p)
	}
	if p.Any() && !without(ctx, mendCheck) {
		return r.refused(p.Refusal())
	}
	return nil
}

// prepare checks and encodes the request, all before a key is touched.
func (r *run) prepare(ctx context.Context) error {
	if err := r.check(ctx); err != nil {
		return err
	}
	plan, err := r.call.Exchange.Encode(r.settings)
	if plan.Key != "" {
		r.call.Key = plan.Key
	}
	var refused *issuing.Error
	switch {
	case errors.As(err, &refused):
		return r.refused(refused)
	case err != nil:
		return r.refused(&issuing.Error{Kind: issuing.ErrInvalid, Err: err})
	}
	safety := r.call.Op.Safety
	switch {
	case plan.Once:
		safety = transport.Once
	case safety == transport.Keyed && r.call.Op.LookFirst:
		safety = transport.Checked // repeated after a look only
	}
	r.tc = transport.Call{
		Op: r.call.Op.Name, Method: plan.Method, URL: plan.URL, Template: plan.Template,
		Safety: safety, Key: r.call.Key, Progress: &r.progress,
		MaxResponse: plan.MaxResponse, Sink: plan.Sink, Seal: r.seal, Judge: r.judge,
	}
	return nil
}

// refused completes the error of a request that is not sent.
func (r *run) refused(e *issuing.Error) error {
	e.Provider, e.Op, e.Key = r.core.name, r.call.Op.Name, r.call.Key
	return e
}

// assignable reports whether a result can be decoded into out.
func assignable(out any) bool {
	if out == nil {
		return true
	}
	v := reflect.ValueOf(out)
	return v.Kind() == reflect.Pointer && !v.IsNil()
}

// clearResult takes back what an earlier answer left in out.
func clearResult(out any) {
	if out != nil {
		reflect.ValueOf(out).Elem().SetZero()
	}
}

func (r *run) seal(ctx context.Context, attempt int) (transport.Sealed, error) {
	if r.resend {
		r.resend = false
		return r.sealed, nil
	}
	var err error
	r.sealed, err = r.call.Exchange.Seal(ctx, attempt)
	if r.sealed.Key != "" {
		r.call.Key = r.sealed.Key
	}
	return r.sealed, err
}

func (r *run) judge(ctx context.Context, resp *transport.Response) transport.Judgement {
	r.verdict = r.call.Exchange.Judge(ctx, resp)
	if r.verdict.Maybe {
		resp.Maybe = true
	}
	if r.verdict.Again != nil {
		return transport.Final // the round ends here, and attempt goes on
	}
	return r.verdict.Judgement
}

// attempt makes attempts until an answer ends the round, and returns what came
// of it.
func (r *run) attempt(ctx context.Context) error {
	for {
		r.resp, r.raw, r.refusal, r.verdict = nil, nil, nil, Verdict{}
		resp, err := r.core.transport.Do(ctx, &r.tc)
		if err != nil {
			return r.failed(ctx, nil, asError(err))
		}
		again := r.verdict.Again
		if again == nil {
			r.resp = resp
			return r.open(ctx, resp)
		}
		r.core.transport.Conclude(&r.progress, true)
		if again.Wait > 0 && !transport.Pause(ctx, again.Wait) {
			r.resp = resp
			return r.open(ctx, resp)
		}
		if again.URL != "" {
			r.tc.URL = again.URL
		}
		r.resend = again.Same
	}
}

// open turns an answer into result or error.
func (r *run) open(ctx context.Context, resp *transport.Response) error {
	answer, err := r.call.Exchange.Open(ctx, resp)
	r.raw = answer.Raw
	if err == nil && r.call.Out != nil && r.call.Decode != nil {
		err = r.call.Decode(ctx, answer.Data, r.call.Out)
	}
	if err == nil {
		return r.confirm(ctx, resp)
	}
	if errors.Is(err, ErrAstray) {
		resp.HangUp()
	}
	if errors.As(err, &r.refusal) {
		r.earlier = r.progress.Maybe
		r.progress.Maybe = r.progress.Maybe || r.refusal.Maybe
		return r.failed(ctx, resp, r.refusal.Err)
	}
	// The platform carried the operation out, or somebody answered who did not
	// prove to be the platform: what became of it cannot be told.
	r.progress.Maybe = true
	e := &issuing.Error{Kind: issuing.ErrBadResponse, Err: err}
	switch {
	case errors.Is(err, ErrKey):
		e.Kind = issuing.ErrUnavailable
	case errors.Is(err, issuing.ErrSignature):
		e.Kind = issuing.ErrSignature
	}
	return r.failed(ctx, resp, e)
}
