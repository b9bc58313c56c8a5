package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// childVariable makes the test's program a child.
const childVariable = "ISSUING_CRASH_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// teller is a provider's client in a child.
type teller struct {
	send    func(ctx context.Context, i int, opts ...issuing.CallOption) error
	settle  func(ctx context.Context, p issuing.Pending, opts ...issuing.SettleOption) (issuing.Settlement, error)
	request func(i int) any // of send, for sending again
	opts    []issuing.SettleOption
}

func child() error {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return err
	}
	t, err := tellers[o.Setup.Provider](o.Setup)
	if err != nil {
		return err
	}
	if o.Mode == "send" {
		return t.work(o.From, o.To)
	}
	for i, text := range o.Pendings {
		var p issuing.Pending
		if err := json.Unmarshal(text, &p); err != nil {
			return err
		}
		opts := slices.Clone(t.opts)
		if o.Mode == "resend" {
			opts = append(opts, issuing.WithResend(t.request(i)))
		}
		got, err := t.settle(context.Background(), p, opts...)
		l := line{Call: i, Result: got.Verdict.String()}
		if err != nil {
			l.Error = err.Error()
		}
		if got.Verdict == issuing.VerdictDone && got.Result == nil {
			l.Error = "done without a result"
		}
		tell(l)
	}
	return nil
}

// work makes the calls, each recorded with the parent before it is sent. The pipe keeps
// what was written to it when this process is killed.
func (t teller) work(from, to int) error {
	for i := from; i < to; i++ {
		err := t.send(context.Background(), i, issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
			text, err := json.Marshal(p)
			if err == nil {
				tell(line{Call: i, Kept: text})
			}
			return err
		}))
		l := line{Call: i, Ended: "refused"}
		switch {
		case err == nil:
			l.Ended = "ok"
		case errors.Is(err, issuing.ErrOutcomeUnknown):
			l.Ended = "open"
		case errors.Is(err, issuing.ErrInvalid), errors.Is(err, issuing.ErrNotConfigured):
			return err // of the test's own making
		}
		tell(l)
	}
	return nil
}

func tell(l line) {
	text, _ := json.Marshal(l)
	_, _ = os.Stdout.Write(append(text, '\n')) // whole: the pipe takes a line of this size at once
}

// options are those of a child's client: it waits next to nothing, and gives up soon.
func options() []issuing.Option {
	return []issuing.Option{
		issuing.WithRetryWait(time.Millisecond, 2*time.Millisecond), issuing.WithTimeout(20 * time.Second),
		issuing.WithMaxAttempts(2),
	}
}
