package providertest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// faults are what a network and a tired platform do.
var faults = []issuingtest.Fault{
	issuingtest.DropBefore(), issuingtest.DropAfter(), issuingtest.BadGatewayBefore(), issuingtest.BadGatewayAfter(),
	issuingtest.RateLimited(0), issuingtest.Truncate(), issuingtest.Replace(""), issuingtest.Replace("{}"),
	issuingtest.Replace("<html></html>"), issuingtest.Replace(`{"code":"","message":null}`),
	issuingtest.Refuse(http.StatusServiceUnavailable, "{}"), issuingtest.Refuse(http.StatusBadRequest, "[]"),
	issuingtest.Refuse(http.StatusFound, ""), issuingtest.Refuse(http.StatusForbidden, "{}"),
}

// hostile are answers that nobody should send.
var hostile = []issuingtest.Fault{
	issuingtest.Replace(strings.Repeat("[", 100_000)),
	issuingtest.Replace("\x00\xff\xfe"), issuingtest.Replace("null"), issuingtest.Replace("7"),
	issuingtest.Replace(`{"code":{},"data":[[]],"head":7,"body":"","msgResponse":[],"responseCode":1e9,"status":true}`),
}

// huge is an answer over every limit. It is slow, so one operation gets it.
var huge = issuingtest.Replace(strings.Repeat(" ", transport.DefaultMaxResponse+1))

// sequences are faults of one call's attempts, of which the later ones say nothing
// about the first.
var sequences = [][]issuingtest.Fault{
	{issuingtest.DropAfter(), issuingtest.RateLimited(0)},
	{issuingtest.DropAfter(), issuingtest.Refuse(http.StatusBadRequest, "[]")},
	{issuingtest.Truncate(), issuingtest.DropBefore(), issuingtest.Refuse(http.StatusForbidden, "{}")},
	{issuingtest.BadGatewayBefore(), issuingtest.BadGatewayAfter(), issuingtest.RateLimited(0)},
}

// script gives a call's attempts their faults.
type script struct {
	name   string
	choose func(op Op) func(name string) issuingtest.Fault
}

// scripts are each fault once, at every attempt, and at every attempt of whatever
// else the call asks for as well; each hostile answer once; and the sequences.
func scripts() []script {
	var out []script
	for _, fault := range faults {
		out = append(out, inTurn(fault))
		out = append(out, script{fmt.Sprint(fault, " always"), func(op Op) func(string) issuingtest.Fault {
			return func(name string) issuingtest.Fault {
				if name != op.Name {
					return issuingtest.Fault{}
				}
				return fault
			}
		}})
		out = append(out, script{fmt.Sprint(fault, " everywhere"), func(Op) func(string) issuingtest.Fault {
			return func(string) issuingtest.Fault { return fault }
		}})
	}
	for _, fault := range hostile {
		out = append(out, inTurn(fault))
	}
	for _, sequence := range sequences {
		out = append(out, inTurn(sequence...))
	}
	return out
}

// inTurn gives the first attempts of an operation a fault each.
func inTurn(sequence ...issuingtest.Fault) script {
	return script{fmt.Sprint(sequence), func(op Op) func(string) issuingtest.Fault {
		var n atomic.Int64
		return func(name string) issuingtest.Fault {
			if name != op.Name || int(n.Add(1)) > len(sequence) {
				return issuingtest.Fault{}
			}
			return sequence[n.Load()-1]
		}
	}}
}

// everyFault: whatever happens on the way, a success has happened, a definite
// failure has not, and nothing happens twice.
func everyFault(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	first := slices.IndexFunc(b.Ops, func(op Op) bool { return op.Done != nil })
	for i, op := range b.Ops {
		plan := scripts()
		if i == first {
			plan = append(plan, inTurn(huge))
		}
		for _, s := range plan {
			call, before := op.Ready(), op.done()
			b.Platform.Choose(s.choose(op))
			var info issuing.CallInfo
			err := call(ctx, issuing.WithCallInfo(&info))
			b.Platform.Choose(nil)
			what := fmt.Sprintf("%s (%v), %s: %v", op.Name, op.Safety, s.name, err)
			wantHonest(t, what, op, info, err)
			if op.Done == nil {
				continue
			}
			done := op.Done() - before
			switch {
			case done > 1:
				t.Errorf("%s: carried out %d times", what, done)
			case err == nil && done != 1:
				t.Errorf("%s: reported as done", what)
			case err != nil && !errors.Is(err, issuing.ErrOutcomeUnknown) && done != 0:
				t.Errorf("%s: reported as failed, and done", what)
			}
		}
	}
	if err := b.Platform.Check(); err != nil {
		t.Error(err)
	}
}

// wantHonest checks what the end of a call says about itself.
func wantHonest(t testing.TB, what string, op Op, info issuing.CallInfo, err error) {
	t.Helper()
	var e *issuing.Error
	switch {
	case err == nil:
		return
	case !errors.As(err, &e) || e.Op != op.Name || e.Attempts != info.Attempts || e.Key != info.Key:
		t.Errorf("%s: an error of another call than %+v", what, info)
	case op.Safety == transport.Read && errors.Is(err, issuing.ErrOutcomeUnknown):
		t.Errorf("%s: a read has no outcome", what)
	}
	if strings.Contains(err.Error(), "://") {
		t.Errorf("%s: an address is printed", what)
	}
	if !errors.Is(err, issuing.ErrOutcomeUnknown) {
		return
	}
	var u *issuing.Unsettled
	if !errors.As(err, &u) || u.Key == "" || u.Key != info.Key || (len(u.Inquiry) == 0 && u.Note == "") {
		t.Errorf("%s: nothing says how to settle it", what)
	}
	for _, definite := range []error{
		issuing.ErrInvalid, issuing.ErrUnauthorized, issuing.ErrNotFound, issuing.ErrDuplicate, issuing.ErrConflict,
		issuing.ErrInsufficientFunds, issuing.ErrDeclined, issuing.ErrRateLimited, issuing.ErrUnavailable,
	} {
		if errors.Is(err, definite) {
			t.Errorf("%s: open, and %v", what, definite)
		}
	}
}

// maxPages is more requests than any list of the platforms in memory needs.
const maxPages = 1000

// listsEnd: a list ends on a platform that pages, and again when it is ranged over a
// second time, and on one that answers the same page for ever. Where an answer tells
// which page it is, the last ends with an error, because it would repeat items.
func listsEnd(ctx context.Context, t testing.TB, p Provider) {
	network := &stuck{}
	b := p.Open(t, issuing.WithHTTPClient(&http.Client{Transport: network}))
	if len(b.Lists) == 0 {
		t.Skip("no lists with an iterator")
	}
	for _, list := range b.Lists {
		network.turn(switchedOff)
		all := list.All(ctx)
		items, err := drain(t, list, all, network)
		if n := network.requests(); err != nil || items < 2 || (list.Pages != Whole && n < 2) {
			t.Errorf("%s: %d items in %d requests, %v", list.Op, items, n, err)
		}
		if again, err := drain(t, list, all, network); err != nil || again != items {
			t.Errorf("%s, ranged over again: %d items of %d, %v", list.Op, again, items, err)
		}
		network.turn(switchedOn)
		items, err = drain(t, list, list.All(ctx), network)
		if items == 0 || (list.Pages == Placed) != errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("%s, the same page for ever: %d items, %v", list.Op, items, err)
		}
	}
}

// drain reads a list to its end.
func drain(t testing.TB, list List, all iter.Seq2[any, error], network *stuck) (items int, last error) {
	t.Helper()
	for _, err := range all {
		if last != nil {
			t.Errorf("%s: goes on after %v", list.Op, last)
		}
		if last = err; err == nil {
			items++
		}
		if items > 100*maxPages || network.requests() > maxPages {
			t.Fatalf("%s: %d items and no end", list.Op, items)
		}
	}
	return items, last
}
