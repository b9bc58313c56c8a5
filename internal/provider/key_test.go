package provider

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// A use of a key that takes longer than the call has is left behind; it ends by
// itself.
func TestUseKey(t *testing.T) {
	t.Parallel()
	broken := errors.New("the HSM is gone")
	for name, tt := range map[string]struct {
		takes   time.Duration
		before  bool // the context has ended before
		end     func(context.Context) (context.Context, context.CancelFunc)
		fails   error
		panics  bool
		want    []error // what errors.Is finds; none is success
		wantNot []error
		took    time.Duration
	}{
		"quick":                    {takes: time.Second, took: time.Second},
		"an error of its own":      {takes: time.Second, fails: broken, want: []error{broken}, wantNot: []error{ErrKey}, took: time.Second},
		"slower than the deadline": {takes: time.Hour, end: deadline(3 * time.Second), want: []error{ErrKey, context.DeadlineExceeded}, took: 3 * time.Second},
		"slower than an attempt":   {takes: time.Hour, want: []error{ErrKey, context.DeadlineExceeded}, took: 10 * time.Second},
		"cancelled": {takes: time.Hour, end: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		}, want: []error{ErrKey, context.Canceled}, took: 2 * time.Second},
		"ended before": {before: true, end: deadline(0), want: []error{ErrKey, context.DeadlineExceeded}},
		"panics":       {takes: time.Second, panics: true, want: []error{ErrKey}, took: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := core(t, &network{}, issuing.WithTimeout(10*time.Second))
				ctx := t.Context()
				if tt.end != nil {
					var cancel context.CancelFunc
					ctx, cancel = tt.end(ctx)
					defer cancel()
				}
				start := time.Now()
				var asked atomic.Bool
				got, err := UseKey(ctx, c, func() (string, error) {
					asked.Store(true)
					time.Sleep(tt.takes)
					if tt.panics {
						panic("s3cret")
					}
					return "signature", tt.fails
				})
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if (err == nil) != (tt.want == nil) || err == nil && got != "signature" || err != nil && strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%q, %v", got, err)
				}
				for _, want := range tt.want {
					if !errors.Is(err, want) {
						t.Errorf("%v is not %v", err, want)
					}
				}
				for _, not := range tt.wantNot {
					if errors.Is(err, not) {
						t.Errorf("%v is %v", err, not)
					}
				}
				if asked.Load() == tt.before {
					t.Errorf("asked: %t", asked.Load())
				}
				time.Sleep(tt.takes)
				synctest.Wait()
				if n := len(c.keys); n != 0 {
					t.Errorf("%d uses are left", n)
				}
			})
		})
	}
}

func deadline(d time.Duration) func(context.Context) (context.Context, context.CancelFunc) {
	return func(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithTimeout(ctx, d) }
}

// What is left behind is bounded, for a client and all that With makes of it: a
// further use waits within its own context, and is told why it was in vain.
func TestUsesOfKeyAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := core(t, &network{})
		var asked atomic.Int64
		sign := func(c *Core, within time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			_, err := UseKey(ctx, c, func() (int, error) { asked.Add(1); time.Sleep(time.Minute); return 0, nil })
			return err
		}
		for range maxKeyUses {
			if err := sign(c, time.Millisecond); !errors.Is(err, ErrKey) {
				t.Fatal(err)
			}
		}
		clone, err := c.With(issuing.WithTimeout(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err = sign(clone, time.Second)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "256 uses of it are under way") || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if n := asked.Load(); n != maxKeyUses {
			t.Errorf("asked %d times", n)
		}
		if err := sign(clone, time.Hour); err != nil {
			t.Errorf("when the others have ended: %v", err)
		}
	})
}

// slowKey is a toy whose attempts are sealed, and whose answers are opened, with a
// key that takes its time.
type slowKey struct {
	toy
	c          *Core
	seal, open time.Duration
}

func (x *slowKey) Seal(ctx context.Context, attempt int) (transport.Sealed, error) {
	if _, err := UseKey(ctx, x.c, after(x.seal)); err != nil {
		return transport.Sealed{}, &issuing.Error{Kind: issuing.ErrUnavailable, Err: err}
	}
	return x.toy.Seal(ctx, attempt)
}

func (x *slowKey) Open(ctx context.Context, r *transport.Response) (Answer, error) {
	if _, err := UseKey(ctx, x.c, after(x.open)); err != nil {
		return Answer{Raw: r.Body}, err
	}
	return x.toy.Open(ctx, r)
}

func after(d time.Duration) func() (int, error) {
	return func() (int, error) { time.Sleep(d); return 0, nil }
}

// A slow key ends a call as the network does: before the request leaves, nothing
// was sent; after the answer has come, a write stays open.
func TestSlowKeyInCall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		seal, open time.Duration
		safety     transport.Safety
		caller     time.Duration // the caller's deadline; 0 is none
		sent       int
		kind       error
		took       time.Duration
	}{
		"sealing, the caller's deadline":       {time.Hour, 0, transport.Once, 3 * time.Second, 0, issuing.ErrCanceled, 3 * time.Second},
		"sealing, the attempt's":               {time.Hour, 0, transport.Once, 0, 0, issuing.ErrUnavailable, issuing.DefaultTimeout},
		"opening a read, the caller's":         {0, time.Hour, transport.Read, 3 * time.Second, 1, issuing.ErrCanceled, 3 * time.Second},
		"opening a read, without a deadline":   {0, time.Hour, transport.Read, 0, 1, issuing.ErrUnavailable, issuing.DefaultTimeout},
		"opening a write, the caller's":        {0, time.Hour, transport.Once, 3 * time.Second, 1, issuing.ErrOutcomeUnknown, 3 * time.Second},
		"opening a write, without a deadline":  {0, time.Hour, transport.Keyed, 0, 1, issuing.ErrOutcomeUnknown, issuing.DefaultTimeout},
		"slow on both sides, and still enough": {time.Second, time.Second, transport.Once, 3 * time.Second, 1, nil, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{answers: []reply{{http.StatusOK, "ok v"}}}
				c := core(t, n)
				ctx := t.Context()
				if tt.caller > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.caller)
					defer cancel()
				}
				call := newCall(tt.safety, nil)
				call.Exchange = &slowKey{c: c, seal: tt.seal, open: tt.open}
				start := time.Now()
				_, err := Result[result](ctx, c, call)
				if took := time.Since(start); took != tt.took || len(n.sent) != tt.sent {
					t.Errorf("took %v and sent %d, want %v and %d", took, len(n.sent), tt.took, tt.sent)
				}
				if tt.kind == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				wantKind(t, err, tt.kind)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v hides the deadline", err)
				}
				time.Sleep(2 * time.Hour)
			})
		})
	}
}
