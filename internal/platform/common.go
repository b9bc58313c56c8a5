package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// faultKinds are the faults by name.
var faultKinds = []issuingtest.FaultKind{
	issuingtest.FaultKindDropAfter, issuingtest.FaultKindDropBefore,
	issuingtest.FaultKindBadGatewayBefore, issuingtest.FaultKindBadGatewayAfter, issuingtest.FaultKindRateLimited,
	issuingtest.FaultKindDelayBefore, issuingtest.FaultKindDelayAfter, issuingtest.FaultKindTruncate,
	issuingtest.FaultKindReplace, issuingtest.FaultKindRefuse,
}

// anyOperation stands for "" in arguments.
const anyOperation = "any"

func operationOf(word string) string {
	if word == anyOperation {
		return ""
	}
	return word
}

// exampleOperation moves money, where the platform has one that does.
func (s *Server) exampleOperation() string {
	if slices.Contains(s.names, "Cards.Deposit") {
		return "Cards.Deposit"
	}
	return anyOperation
}

// operationWords are what the argument of an operation can be.
func (s *Server) operationWords() []string { return append(s.Operations(), anyOperation) }

// common are the rows that every platform has.
func (s *Server) common() []Row { return append(s.faultRows(), s.callbackRows()...) }

// faultRows are the rows of faults.
func (s *Server) faultRows() []Row {
	var (
		operation = Text("operation", s.exampleOperation(), `the operation's name, or "any"`).Of(s.operationWords)
		fault     = OneOf("fault", "what goes wrong", faultKinds...)
		times     = Whole("times", "1", "for how many requests; 1 when not given", 1, 1000).Optional()
		wait      = Wait("wait", "2s",
			"of rate-limited and the delays; a delay is of real time, on a turned clock too").Optional()
		status = Whole("status", "503", "of refuse", 200, 599).Optional()
		body   = Text("body", `{"maintenance":true}`, "of replace and refuse").Optional()
	)
	return []Row{
		{Name: "inject", Group: "faults", Lever: "Inject", Doc: "Has the next request of an operation go wrong.",
			Params: Params(operation, fault, times, wait, status, body),
			Run: Does(func(in Args) error {
				f := issuingtest.Fault{
					Kind: fault.Get(in), Wait: wait.Get(in), Status: status.Get(in), Body: body.Get(in),
				}
				if f.Kind == issuingtest.FaultKindRefuse && f.Status == 0 {
					f.Status = http.StatusServiceUnavailable
				}
				faults := make([]issuingtest.Fault, max(times.Get(in), 1))
				for i := range faults {
					faults[i] = f
				}
				return s.Inject(operationOf(operation.Get(in)), faults...)
			})},
		{Name: "clear-faults", Group: "faults", Lever: "ClearFaults",
			Doc:    "Drops the faults that wait for an operation.",
			Params: Params(operation),
			Run:    Does(func(in Args) error { return s.ClearFaults(operationOf(operation.Get(in))) })},
	}
}

// callbackRows are the rows of callbacks, clock and books.
func (s *Server) callbackRows() []Row {
	var (
		by       = Wait("by", "24h", "how far")
		callback = Whole("callback", "1", "the callback's id", 1, math.MaxInt32)
		hold     = Flag("hold", "false",
			"keep callbacks back until release-callbacks, which sends the latest first").Optional()
		duplicate = Flag("duplicate", "true", "send each twice").Optional()
		forge     = OneOf("forge", "change each on its way", forgeNothing, forgeBody, forgeHeaders).Optional()
	)
	return []Row{
		{Name: "set-callbacks", Group: "callbacks", Lever: "SetCallbackFault",
			Doc:    "Changes how later callbacks are delivered; without arguments as they should be.",
			Params: Params(hold, duplicate, forge),
			Run: Does(func(in Args) error {
				s.SetCallbackFault(issuingtest.CallbackFault{
					Hold: hold.Get(in), Duplicate: duplicate.Get(in), Forge: forgeries[forge.Get(in)],
				})
				return nil
			})},
		{Name: "release-callbacks", Group: "callbacks", Lever: "ReleaseCallbacks",
			Doc: "Sends the callbacks that were held back, the latest first.",
			Run: Does(func(Args) error { s.ReleaseCallbacks(); return nil })},
		{Name: "resend", Group: "callbacks", Lever: "Resend", Doc: "Delivers a callback once more, signed anew.",
			Params: Params(callback.Among(s.callbackIDs)),
			Run:    Does(func(in Args) error { return s.Resend(uint64(callback.Get(in))) })},
		{Name: "advance", Group: "clock", Lever: "Clock",
			Doc:    "Turns the clock and does what falls due on the way; a turn of more than five seconds goes on behind.",
			Params: Params(by),
			Run:    func(ctx context.Context, in Args) (Result, error) { return s.advance(ctx, by.Get(in)) }},
		{Name: "check", Group: "books", Lever: "Check",
			Doc: "Checks the books, and that every fault and failure has met its request.",
			Run: Does(func(Args) error { return s.Check() })},
	}
}

// Forgeries of callbacks, by name.
const (
	forgeNothing = "nothing"
	forgeBody    = "body"
	forgeHeaders = "headers"
)

var forgeries = map[string]func(http.Header, []byte) (http.Header, []byte){
	// The last letter or digit is changed, which leaves JSON and Base64 what they are.
	forgeBody: func(header http.Header, body []byte) (http.Header, []byte) {
		i := bytes.LastIndexFunc(body, func(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' })
		if i >= 0 {
			if body[i]++; body[i] == '9'+1 || body[i] == 'z'+1 {
				body[i] -= 2
			}
		}
		return header, body
	},
	forgeHeaders: func(_ http.Header, body []byte) (http.Header, []byte) { return http.Header{}, body },
}

// Bounds of turns of the clock that were asked for from outside: how long one is
// waited for, and how many can be under way.
const (
	turnWait = 5 * time.Second
	maxTurns = 100
)

// turns counts the turns of a clock that are under way.
type turns struct{ open atomic.Int64 }

// advance turns the clock. It does not wait for a turn behind another one, nor for
// a long one: a receiver of callbacks may be slow, or may have asked for the turn
// itself while it was answering.
func (s *Server) advance(ctx context.Context, by time.Duration) (Result, error) {
	open := s.turns.open.Add(1)
	if open > maxTurns {
		s.turns.open.Add(-1)
		return nil, fmt.Errorf("platform: %d turns of the clock are under way", maxTurns)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.turns.open.Add(-1)
		s.clock.Advance(by)
		s.tell(issuingtest.Event{Turned: s.clock.Now()})
	}()
	if open == 1 {
		timer := time.NewTimer(turnWait)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	select {
	case <-done:
		return Result{"now": s.clock.Now(), "turning": false}, nil
	default:
		return Result{"now": s.clock.Now(), "turning": true}, nil
	}
}

var errNoCallback = errors.New("platform: no callback of this id is kept; the last 1,000 are")
