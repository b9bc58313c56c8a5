package provider

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// A checked operation that is broken off twice and looked up in between is one
// call: attempts, durations and hooks count over all of it.
func TestOneCallOverRounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{answers: []reply{{}, {502, "<html>"}, {200, "ok done"}}}
		var events []issuing.CallEvent
		c := core(t, n, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { events = append(events, e) }),
			issuing.WithRetryWait(time.Second, 10*time.Second))
		var info issuing.CallInfo
		looks := 0
		start := time.Now()
		out, err := Do(t.Context(), c, newCall(transport.Checked, &toy{}, issuing.WithCallInfo(&info)), func(context.Context, Sought) (*result, error) {
			looks++
			time.Sleep(time.Minute)
			return nil, nil
		})
		if err != nil || out.Value != "done" || looks != 2 {
			t.Fatalf("%+v, %v, %d looks", out, err, looks)
		}
		if info.Attempts != 3 || info.Duration != time.Since(start) || info.Duration < 2*time.Minute || info.RequestID != "r-3" || info.Settled {
			t.Errorf("%+v after %v", info, time.Since(start))
		}
		for i, e := range events {
			if e.Attempt != i+1 || e.Retry != (i < 2) {
				t.Errorf("event %d: %+v", i, e)
			}
		}
		if len(events) != 3 {
			t.Errorf("%d events", len(events))
		}
	})
}

func TestAgainGoesOnWithTheSameCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{answers: []reply{{307, "moved https://other.example/x"}, {401, "again"}, {409, "wait"}, {200, "ok done"}}}
		var retries []bool
		c := core(t, n, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { retries = append(retries, e.Retry) }))
		x := &toy{}
		start := time.Now()
		var info issuing.CallInfo
		out, err := Do[result](t.Context(), c, newCall(transport.Once, x, issuing.WithCallInfo(&info)), nil)
		if err != nil || out.Value != "done" || info.Attempts != 4 || x.seals != 3 || time.Since(start) != time.Second {
			t.Fatalf("%+v, %v, %+v, %d seals, %v", out, err, info, x.seals, time.Since(start))
		}
		if n.sent[1].url != "https://other.example/x" || n.sent[1].body != n.sent[0].body || n.sent[2].body == n.sent[1].body {
			t.Errorf("%v", n.sent)
		}
		if len(retries) != 4 || !retries[0] || !retries[1] || !retries[2] || retries[3] {
			t.Errorf("retries %v", retries)
		}
	})
}

// A read whose attempts have keys of their own is known by the last one's.
func TestKeyOfEachAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for answers, want := range map[*network]string{
			{answers: []reply{{}, {502, "<html>"}, {200, "ok done"}}}: "kr-3",
			{answers: []reply{{}}}:                        "kr-3",
			{answers: []reply{{200, "refused no"}}}:       "kr-1",
			{answers: []reply{{307, "again"}, {502, ""}}}: "kr-4",
		} {
			var info issuing.CallInfo
			_, err := Do[result](t.Context(), core(t, answers), newCall(transport.Read, &toy{keys: true}, issuing.WithCallInfo(&info)), nil)
			var e *issuing.Error
			if info.Key != want || (errors.As(err, &e) && e.Key != want) {
				t.Errorf("%v: %+v, %v", answers.answers, info, err)
			}
		}
	})
}

// TestEnds: what an end of a call is worth for each safety.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		safety  transport.Safety
		answers []reply
		refusal Refusal
		kind    error
		sent    int
	}{
		{"a refusal is one", transport.Once, []reply{{200, "refused no"}}, Refusal{}, issuing.ErrDeclined, 1},
		{"a broken once is open", transport.Once, []reply{{}}, Refusal{}, issuing.ErrOutcomeUnknown, 1},
		{"a broken read is unavailable", transport.Read, []reply{{}}, Refusal{}, issuing.ErrUnavailable, 3},
		{"a refused repeat is open", transport.Keyed, []reply{{}, {200, "refused no"}}, Refusal{}, issuing.ErrOutcomeUnknown, 2},
		{"a refused repeat is the result", transport.Keyed, []reply{{}, {200, "refused no"}}, Refusal{Final: true}, issuing.ErrDeclined, 2},
		{"a refusal nobody signed is open", transport.Once, []reply{{200, "refused no"}}, Refusal{Maybe: true}, issuing.ErrOutcomeUnknown, 1},
		{"a strange success is open", transport.Once, []reply{{200, "strange"}}, Refusal{}, issuing.ErrOutcomeUnknown, 1},
		{"a strange success of a read is bad", transport.Read, []reply{{200, "strange"}}, Refusal{}, issuing.ErrBadResponse, 1},
		{"a success without its main field is open", transport.Keyed, []reply{{200, "ok"}}, Refusal{}, issuing.ErrOutcomeUnknown, 1},
		{"one under way is open", transport.Keyed, []reply{{409, "wait"}}, Refusal{}, issuing.ErrOutcomeUnknown, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{answers: tt.answers}
				var info issuing.CallInfo
				_, err := Do[result](t.Context(), core(t, n), newCall(tt.safety, &toy{refusal: tt.refusal}, issuing.WithCallInfo(&info)), nil)
				e := wantKind(t, err, tt.kind)
				if len(n.sent) != tt.sent || e.Attempts != tt.sent || info.Attempts != tt.sent || e.Op != "Cards.Deposit" || e.Key != "order-1" || info.Key != "order-1" {
					t.Errorf("sent %d, %+v, %+v", len(n.sent), e, info)
				}
				var u *issuing.Unsettled
				if open := errors.Is(err, issuing.ErrOutcomeUnknown); open != errors.As(err, &u) || (open && (u.Key != "order-1" || len(u.Inquiry) != 1)) {
					t.Errorf("unsettled %+v of %v", u, err)
				}
				if errors.Is(err, issuing.ErrOutcomeUnknown) && errors.Is(err, issuing.ErrDeclined) {
					t.Errorf("%v reads as a definite failure", err)
				}
			})
		})
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	there := func() (*result, error) { return &result{"there"}, nil }
	absent := func() (*result, error) { return nil, nil }
	other := func() (*result, error) { return nil, ErrOther }
	silent := func() (*result, error) { return nil, &issuing.Error{Kind: issuing.ErrUnavailable} }
	duplicate := func() (*result, error) { return nil, &issuing.Error{Kind: issuing.ErrDuplicate} }
	for _, tt := range []struct {
		name    string
		safety  transport.Safety
		first   bool // Op.LookFirst
		answers []reply
		refusal Refusal
		look    func() (*result, error)
		kind    error // nil is a settled success
		sent    int
	}{
		{"found after a break", transport.Once, false, []reply{{}}, Refusal{}, there, nil, 1},
		{"absent is not repeated once", transport.Once, false, []reply{{}}, Refusal{}, absent, issuing.ErrOutcomeUnknown, 1},
		{"checked is repeated to the end", transport.Checked, false, []reply{{}}, Refusal{}, absent, issuing.ErrOutcomeUnknown, 3},
		{"keyed repeats before it looks", transport.Keyed, false, []reply{{}}, Refusal{}, absent, issuing.ErrOutcomeUnknown, 3},
		{"look first repeats after each look", transport.Keyed, true, []reply{{}}, Refusal{}, absent, issuing.ErrOutcomeUnknown, 3},
		{"a lasting answer is not asked for again", transport.Keyed, true, []reply{{}, {502, "x"}}, Refusal{Lasting: true}, absent, issuing.ErrOutcomeUnknown, 2},
		{"a refused repeat is looked up", transport.Checked, false, []reply{{}, {200, "refused no"}}, Refusal{}, absent, issuing.ErrOutcomeUnknown, 2},
		{"another's key", transport.Keyed, false, []reply{{}}, Refusal{}, other, issuing.ErrOutcomeUnknown, 3},
		{"the look's own duplicate is none of ours", transport.Keyed, false, []reply{{}}, Refusal{}, duplicate, issuing.ErrOutcomeUnknown, 3},
		{"nobody answers the look", transport.Checked, false, []reply{{}}, Refusal{}, silent, issuing.ErrOutcomeUnknown, 1},
		{"a plain refusal is not looked up", transport.Keyed, false, []reply{{200, "refused no"}}, Refusal{}, there, issuing.ErrDeclined, 1},
		{"refused before anything and absent", transport.Keyed, true, []reply{{200, "refused no"}}, Refusal{Maybe: true, Absent: true, Lasting: true}, absent, issuing.ErrDeclined, 1},
		{"refused before anything, once and absent", transport.Once, false, []reply{{200, "refused no"}}, Refusal{Maybe: true, Absent: true}, absent, issuing.ErrDeclined, 1},
		{"refused before anything and there", transport.Keyed, true, []reply{{200, "refused no"}}, Refusal{Maybe: true, Absent: true}, there, nil, 1},
		{"refused before anything and silent", transport.Keyed, true, []reply{{200, "refused no"}}, Refusal{Maybe: true, Absent: true}, silent, issuing.ErrOutcomeUnknown, 1},
		{"refused before anything, after a break", transport.Keyed, true, []reply{{}, {200, "refused no"}}, Refusal{Maybe: true, Absent: true, Lasting: true}, absent, issuing.ErrOutcomeUnknown, 2},
		{"ambiguous and there", transport.Keyed, false, []reply{{200, "refused no"}}, Refusal{Ambiguous: true}, there, issuing.ErrDuplicate, 1},
		{"ambiguous and absent", transport.Keyed, false, []reply{{200, "refused no"}}, Refusal{Ambiguous: true}, absent, issuing.ErrDeclined, 1},
		{"ambiguous and silent", transport.Keyed, false, []reply{{200, "refused no"}}, Refusal{Ambiguous: true}, silent, issuing.ErrOutcomeUnknown, 1},
		{"ambiguous without a key is not looked up", transport.Checked, false, []reply{{200, "refused no"}}, Refusal{Ambiguous: true}, there, issuing.ErrDeclined, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{answers: tt.answers}
				var info issuing.CallInfo
				call := newCall(tt.safety, &toy{refusal: tt.refusal}, issuing.WithCallInfo(&info))
				call.Op.LookFirst = tt.first
				out, err := Do(t.Context(), core(t, n), call, func(context.Context, Sought) (*result, error) { return tt.look() })
				if tt.kind == nil {
					if err != nil || out.Value != "there" || !info.Settled {
						t.Fatalf("%+v, %v, %+v", out, err, info)
					}
				} else if e := wantKind(t, err, tt.kind); e.Attempts != tt.sent || info.Settled {
					t.Errorf("%+v, %+v", e, info)
				}
				if len(n.sent) != tt.sent {
					t.Errorf("sent %d, want %d", len(n.sent), tt.sent)
				}
			})
		})
	}
}

func TestRefusedUnsent(t *testing.T) {
	t.Parallel()
	notConfigured := &issuing.Error{Kind: issuing.ErrNotConfigured, Err: errors.New("no path")}
	for _, tt := range []struct {
		name   string
		change func(*Call)
		kind   error
	}{
		{"no name", func(c *Call) { c.Check = request{}.validate }, issuing.ErrInvalid},
		{"no name and no path", func(c *Call) { c.Check = request{}.validate; c.Exchange = &toy{encode: notConfigured} }, issuing.ErrInvalid},
		{"no path", func(c *Call) { c.Exchange = &toy{encode: notConfigured} }, issuing.ErrNotConfigured},
		{"not encodable", func(c *Call) { c.Exchange = &toy{encode: errors.New("a channel")} }, issuing.ErrInvalid},
		{"out is no pointer", func(c *Call) { c.Out = result{} }, issuing.ErrInvalid},
		{"out is a nil pointer", func(c *Call) { c.Out = (*result)(nil) }, issuing.ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := &network{answers: []reply{{200, "ok done"}}}
			info := issuing.CallInfo{Provider: "stale", Attempts: 7, Settled: true}
			call := newCall(transport.Once, &toy{}, issuing.WithCallInfo(&info))
			tt.change(&call)
			e := wantKind(t, core(t, n).Do(t.Context(), call), tt.kind)
			if len(n.sent) != 0 || e.Attempts != 0 || e.Provider != "acme" || e.Op != "Cards.Deposit" {
				t.Errorf("sent %d, %+v", len(n.sent), e)
			}
			if info.Provider != "acme" || info.Attempts != 0 || info.Settled || info.Key != "order-1" || info.Op != "Cards.Deposit" {
				t.Errorf("%+v", info)
			}
		})
	}
}

// TestCancelledWaits: the context's end shows in the chain wherever it ends the
// call, and ends it at once.
func TestCancelledWaits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		answers []reply
		look    Look[result]
	}{
		{"between rounds", []reply{{}}, func(context.Context, Sought) (*result, error) { return nil, nil }},
		{"in the look", []reply{{}}, func(ctx context.Context, _ Sought) (*result, error) {
			<-ctx.Done()
			return nil, &issuing.Error{Kind: issuing.ErrUnavailable, Err: ctx.Err()}
		}},
		{"in a wait of the protocol's", []reply{{409, "wait"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				start := time.Now()
				_, err := Do(ctx, core(t, &network{answers: tt.answers}), newCall(transport.Checked, &toy{}), tt.look)
				wantKind(t, err, issuing.ErrOutcomeUnknown)
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 100*time.Millisecond {
					t.Errorf("%v after %v", err, time.Since(start))
				}
				if strings.Contains(err.Error(), "\n") {
					t.Errorf("%q", err)
				}
			})
		})
	}
}
