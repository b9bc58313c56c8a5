package worldcard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

const otherCardNumber = "4000123412345678"

func assigning(d *desk, number string) worldcard.AssignRequest {
	return worldcard.AssignRequest{CardRef: d.physical, CardNumber: issuing.NewSecret(number)}
}

func activating(d *desk, pin string) worldcard.ActivateRequest {
	return worldcard.ActivateRequest{CardRef: d.physical, PIN: issuing.NewSecret(pin)}
}

// wantConflict fails unless err refuses a write unsent, with these words and no number.
func wantConflict(t *testing.T, err error, words string) {
	t.Helper()
	e := wantError(t, err, issuing.ErrConflict)
	if e.Attempts != 0 || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), cardNumber) {
		t.Errorf("%+v", e)
	}
	if _, open := issuing.PendingOf(err); open {
		t.Errorf("open: %v", err)
	}
}

// TestAssignAnotherNumber: the platform answers a second Assign with success, whatever its
// number is, and keeps the first.
func TestAssignAnotherNumber(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	assign(d)
	_, err := d.client.Physical.Assign(t.Context(), assigning(d, otherCardNumber))
	wantConflict(t, err, "ending in 1234")
	if n := d.server.Requests(opAssign); n != 1 {
		t.Errorf("%d were sent", n)
	}
	// The same number again is the platform's to answer, in this state and the next.
	change, err := d.client.Physical.Assign(t.Context(), assigning(d, cardNumber))
	if err != nil || change.Status != worldcard.CardStatusPendingActivation {
		t.Errorf("%+v, %v", change, err)
	}
	_, err = d.client.Physical.Activate(t.Context(), activating(d, cardPIN))
	d.must(err)
	d.server.Clock().Advance(time.Minute)
	change, err = d.client.Physical.Assign(t.Context(), assigning(d, cardNumber))
	if err != nil || change.Status != worldcard.CardStatusActive {
		t.Errorf("%+v, %v", change, err)
	}
	_, err = d.client.Physical.Assign(t.Context(), assigning(d, otherCardNumber))
	wantConflict(t, err, "ending in 1234")
	d.must(d.server.Check())
}

// TestAssignToACardThatWaitsForNone: a card that failed is answered with its status.
func TestAssignToACardThatWaitsForNone(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	_, err := d.client.Physical.Apply(t.Context(), physicalG("waits"))
	d.must(err)
	req := assigning(d, cardNumber)
	req.CardRef = worldcard.ByMerchantCardID("waits")
	_, err = d.client.Physical.Assign(t.Context(), req)
	wantError(t, err, worldcard.CodeKYCNotCompleted)
	_, err = d.client.KYC.Cancel(t.Context(), "waits")
	d.must(err)
	_, err = d.client.Physical.Assign(t.Context(), req)
	wantConflict(t, err, "failed")
	req.CardRef = worldcard.ByMerchantCardID("nobody's")
	_, err = d.client.Physical.Assign(t.Context(), req)
	wantError(t, err, issuing.ErrNotFound)
	if e := wantError(t, err, worldcard.CodeCardNotFound); e.Op != opAssign || e.Attempts != 0 {
		t.Errorf("%+v", e)
	}
}

// TestActivateAnActiveCard: the platform answers it with success and keeps the first PIN.
func TestActivateAnActiveCard(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	activate(d)
	before, _ := d.server.Card("pc")
	for _, pin := range []string{cardPIN, "246801"} { // nobody can tell the one from the other
		_, err := d.client.Physical.Activate(t.Context(), activating(d, pin))
		wantConflict(t, err, "SetPIN")
	}
	if after, _ := d.server.Card("pc"); !after.PIN.Equal(before.PIN) || d.server.Requests(opActivate) != 1 {
		t.Errorf("%d were sent", d.server.Requests(opActivate))
	}
}

// TestUnclearAttemptsOfTheSameCall: what an attempt of the call itself has done is its
// success, though the platform answers the next one with it.
func TestUnclearAttemptsOfTheSameCall(t *testing.T) {
	t.Parallel()
	for _, fault := range []issuingtest.Fault{
		issuingtest.DropAfter(), issuingtest.DropBefore(), issuingtest.BadGatewayAfter(),
	} {
		d := openDesk(t)
		inject(t, d.server, opAssign, fault)
		_, err := d.client.Physical.Assign(t.Context(), assigning(d, cardNumber))
		d.must(err)
		inject(t, d.server, opActivate, fault)
		_, err = d.client.Physical.Activate(t.Context(), activating(d, cardPIN))
		d.must(err)
		d.server.Clock().Advance(time.Minute)
		if card, _ := d.server.Card("pc"); card.PIN.Reveal() != cardPIN || card.Number.Reveal() != cardNumber {
			t.Errorf("the card is %v", card.Status)
		}
		d.must(d.server.Check())
	}
}

// TestAssignInARace: a number that another call gave the card after it was read is told, and
// after an unclear attempt it leaves the call open.
func TestAssignInARace(t *testing.T) {
	t.Parallel()
	lost := []issuingtest.Fault{issuingtest.DropBefore()}
	for name, c := range map[string]struct {
		faults []issuingtest.Fault
		kind   error
		says   string
	}{
		"a success":                {nil, issuing.ErrConflict, "ending in 1234"},
		"after an unclear attempt": {lost, issuing.ErrOutcomeUnknown, "ending in 1234"},
		"where nobody can read on": {nil, nil, ""},
	} {
		d := openDesk(t)
		raced := false
		racing := newClient(t, d.server, issuing.WithObserver(issuing.Observer{
			StartAttempt: func(ctx context.Context, a issuing.AttemptStart) context.Context {
				if a.Op == opAssign && !raced {
					raced = true
					assign(d)
					inject(t, d.server, opAssign, c.faults...)
				}
				if c.kind == nil && a.Op == opAssign {
					d.server.Choose(func(op string) issuingtest.Fault {
						if op == opAssign {
							return issuingtest.Fault{}
						}
						return issuingtest.DropBefore()
					})
				}
				return ctx
			},
		}))
		_, err := racing.Physical.Assign(t.Context(), assigning(d, otherCardNumber))
		if c.kind == nil {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if e := wantError(t, err, c.kind); !strings.Contains(err.Error(), c.says) || e.Attempts != 1 {
			t.Errorf("%s: %+v", name, e)
		}
		if p, open := issuing.PendingOf(err); open {
			pendingtest.With(t, d.client).Settle(p, issuing.VerdictOpen, c.says)
		}
	}
}

// TestNothingIsSentUnread: where the card cannot be read nothing is sent or recorded, and
// the one report of the call says so.
func TestNothingIsSentUnread(t *testing.T) {
	t.Parallel()
	const other = `{"code":0,"data":{"card_id":"7","status":2}}`
	for op, call := range map[string]func(*desk, *worldcard.Client, context.Context, ...option) error{
		opAssign: func(d *desk, c *worldcard.Client, ctx context.Context, opts ...option) error {
			_, err := c.Physical.Assign(ctx, assigning(d, cardNumber), opts...)
			return err
		},
		opActivate: func(d *desk, c *worldcard.Client, ctx context.Context, opts ...option) error {
			_, err := c.Physical.Activate(ctx, activating(d, cardPIN), opts...)
			return err
		},
	} {
		for name, c := range map[string]struct {
			fault issuingtest.Fault
			kind  error
			ended bool
		}{
			"no answer":    {issuingtest.DropBefore(), issuing.ErrUnavailable, false},
			"rate limited": {issuingtest.RateLimited(0), issuing.ErrRateLimited, false},
			"unauthorized": {worldcardtest.Refuse(worldcard.CodeUnauthorized, "no"), issuing.ErrUnauthorized, false},
			"other card":   {issuingtest.Replace(other), issuing.ErrBadResponse, false},
			"ended":        {issuingtest.DropBefore(), issuing.ErrCanceled, true},
		} {
			d := openDesk(t)
			records, ends := 0, map[string]issuing.CallEnd{}
			client := newClient(t, d.server, issuing.WithObserver(issuing.Observer{
				End: func(_ context.Context, end issuing.CallEnd) { ends[end.Op] = end },
			}), issuing.WithRecord(func(context.Context, issuing.Pending) error { records++; return nil }))
			ctx, cancel := context.WithCancel(t.Context())
			d.server.Choose(func(string) issuingtest.Fault {
				if c.ended {
					cancel()
				}
				return c.fault
			})
			var info issuing.CallInfo
			err := call(d, client, ctx, issuing.WithCallInfo(&info))
			cancel()
			e := wantError(t, err, c.kind)
			sent := d.server.Requests(op)
			if _, open := issuing.PendingOf(err); open || e.Op != op || e.Attempts != 0 || sent != 0 || records != 0 {
				t.Errorf("%s, %s: %+v, %d sent, %d recorded", op, name, e, sent, records)
			}
			if info.Op != op || info.Attempts != 0 || info.Status != 0 || len(ends) != 2 || ends[op].Attempts != 0 ||
				!errors.Is(ends[op].Err, err) || ends[op].Kind != c.kind || ends["Physical.Card"].Attempts == 0 {
				t.Errorf("%s, %s: %+v, %+v", op, name, info, ends)
			}
		}
	}
}

// TestReadsAreCallsOfTheirOwn: observers see the reading within the write, whose attempts
// are its own, and a caller's options are the write's alone.
func TestReadsAreCallsOfTheirOwn(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	var seen []string
	client := newClient(t, d.server, issuing.WithObserver(issuing.Observer{
		Start: func(ctx context.Context, c issuing.CallStart) context.Context {
			seen = append(seen, "start "+c.Op)
			return nil
		},
		StartAttempt: func(ctx context.Context, a issuing.AttemptStart) context.Context {
			seen = append(seen, "send "+a.Op)
			return nil
		},
		End: func(_ context.Context, end issuing.CallEnd) {
			seen = append(seen, "end "+end.Op)
			if end.Attempts != 1 || end.Settled {
				t.Errorf("%+v", end)
			}
		},
	}))
	const reading = "start Physical.Card, send Physical.Card, end Physical.Card, "
	saw := func(err error, info issuing.CallInfo, op, want string) {
		t.Helper()
		if got := strings.Join(seen, ", "); err != nil || got != want || info.Op != op || info.Attempts != 1 {
			t.Errorf("%v\n%s, want\n%s\n%+v", err, got, want, info)
		}
		seen = nil
	}
	var info issuing.CallInfo
	_, err := client.Physical.Assign(t.Context(), assigning(d, cardNumber), issuing.WithCallInfo(&info))
	saw(err, info, opAssign, "start Physical.Assign, "+reading+"send Physical.Assign, "+reading+"end Physical.Assign")
	_, err = client.Physical.Activate(t.Context(), activating(d, cardPIN), issuing.WithCallInfo(&info))
	saw(err, info, opActivate, "start Physical.Activate, "+reading+"send Physical.Activate, end Physical.Activate")
}
