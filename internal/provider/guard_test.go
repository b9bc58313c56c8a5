package provider

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// TestBefore: what is asked before a write keeps it from being sent and recorded.
func TestBefore(t *testing.T) {
	t.Parallel()
	code := errors.New("code 7")
	inVain := &Refusal{Err: &issuing.Error{Kind: issuing.ErrConflict, Err: errors.New("in vain")}}
	unknownCard := &issuing.Error{Kind: issuing.ErrNotFound, Code: code, Message: "no 493815"}
	for _, tt := range []struct {
		name  string
		err   error
		again bool // a pending is sent again
		kind  error
		says  string
	}{
		{"it changes something", nil, false, nil, ""},
		{"it changes nothing", inVain, false, issuing.ErrConflict, "in vain"},
		{"nobody answers", &issuing.Error{Kind: issuing.ErrUnavailable}, false, issuing.ErrUnavailable, "was not sent"},
		{"what is read is refused", unknownCard, false, issuing.ErrNotFound, "[redacted]"},
		{"it was looked up just now", errors.New("never asked"), true, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{answers: []reply{{200, "ok done"}}}
				recorded, asked := 0, 0
				var info issuing.CallInfo
				record := func(context.Context, issuing.Pending) error { recorded++; return nil }
				c := core(t, n, issuing.WithRecord(record))
				call := newCall(transport.Checked, &toy{}, issuing.WithCallInfo(&info))
				call.Exchange = deed{&toy{}, func(f *Facts) { f.Payload = []byte("x") }}
				if tt.again {
					call.Options = append(call.Options, sentAgain(t, c, call))
				}
				call.Before = func(_ context.Context, s Sought) error {
					if asked++; s.Op != "Cards.Deposit" || s.Key != "order-1" {
						t.Errorf("%+v", s)
					}
					return tt.err
				}
				_, err := Result[result](t.Context(), c, call)
				if (asked == 0) != tt.again {
					t.Errorf("asked %d times", asked)
				}
				if tt.kind == nil {
					if err != nil || len(n.sent) != 1 {
						t.Errorf("%v, %d sent", err, len(n.sent))
					}
					return
				}
				e := wantKind(t, err, tt.kind)
				if len(n.sent) != 0 || recorded != 0 || e.Attempts+info.Attempts != 0 || e.Op != call.Op.Name || info.Op != e.Op {
					t.Errorf("%d sent, %d recorded: %+v, %+v", len(n.sent), recorded, e, info)
				}
				if text := err.Error(); !strings.Contains(text, tt.says) || strings.Contains(text, "493815") {
					t.Errorf("%q does not say %q", text, tt.says)
				}
			})
		})
	}
}

// sentAgain is the option of a call that sends its pending again.
func sentAgain(t *testing.T, c *Core, call Call) issuing.CallOption {
	t.Helper()
	r := c.run(call)
	digest, err := c.digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := r.pending(digest)
	return issuing.CallOptionFunc(func(cs *issuing.CallSettings) { cs.Resend = &before })
}

// TestConfirm: a look after a success can refuse it, and never make it a failure by failing.
func TestConfirm(t *testing.T) {
	t.Parallel()
	lost := []reply{{}, {200, "ok done"}}
	for _, tt := range []struct {
		name    string
		answers []reply
		looks   []error // nil is that it has happened, absent that it has not
		kind    error
	}{
		{"confirmed", nil, []error{nil}, nil},
		{"nobody answers", nil, []error{&issuing.Error{Kind: issuing.ErrUnavailable}}, nil},
		{"not to be told", nil, []error{errors.New("moved")}, nil},
		{"not there yet", nil, []error{errAbsent}, nil},
		{"another", nil, []error{ErrOther}, issuing.ErrConflict},
		{"another after an unclear attempt", lost, []error{errAbsent, ErrOther, ErrOther}, issuing.ErrOutcomeUnknown},
		{"after an unclear attempt", lost, []error{errAbsent, nil}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answers := tt.answers
				if answers == nil {
					answers = []reply{{200, "ok done"}}
				}
				n, looks := &network{answers: answers}, 0
				var info issuing.CallInfo
				call := newCall(transport.Checked, &toy{}, issuing.WithCallInfo(&info))
				call.Confirm = true
				out, err := Do(t.Context(), core(t, n), call, func(context.Context, Sought) (*result, error) {
					looks++
					switch e := tt.looks[looks-1]; e {
					case nil:
						return &result{"done"}, nil
					case errAbsent:
						return nil, nil
					default:
						return nil, e
					}
				})
				want := len(answers)
				if looks != len(tt.looks) || len(n.sent) != want || info.Attempts != want || info.Settled {
					t.Errorf("%d looks, %d sent, %+v", looks, len(n.sent), info)
				}
				if tt.kind != nil {
					wantKind(t, err, tt.kind)
				} else if err != nil || out.Value != "done" {
					t.Errorf("%+v, %v", out, err)
				}
			})
		})
	}
}

var errAbsent = errors.New("absent")
