// Package issuingtest is what the platforms in memory have in common: a clock
// that a test turns, faults, callbacks that go wrong, counts and checks. The
// platforms themselves are in the test packages of the providers, such as
// worldcard/worldcardtest; the Server of each embeds a [Platform], so that all of
// this page is found on every one of them.
//
// # Overview
//
//	clock := issuingtest.NewClock(time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC))
//	server, err := worldcardtest.NewServer(worldcardtest.Config{Clock: clock})
//	…
//	defer server.Close()
//	client, err := worldcard.New(server.ClientConfig(), issuing.WithClock(clock.Now))
//	…
//	err = server.Inject("Cards.Deposit", issuingtest.DropAfter()) // carried out, not answered
//	…
//	clock.Advance(time.Minute) // what is due within a minute happens now, callbacks included
//	err = server.Check()       // the books balance, the fault fired
//
// # Time
//
// A [Clock] stands still until [Clock.Advance] turns it, or follows real time.
// Everything that a platform does later, it does on its clock: issuing a card,
// sending a callback again after four hours.
//
// # Faults
//
// A [Fault] is one misbehaviour for one request. [Platform.Inject] queues faults
// for an operation; [Platform.Choose] asks a function of the test for each
// request. Operations have the names that hooks and errors print, such as
// "Cards.Deposit"; a name that is none is refused.
//
//	before the request is carried out   after it was carried out
//	DropBefore                          DropAfter
//	BadGatewayBefore                    BadGatewayAfter
//	DelayBefore                         DelayAfter
//	RateLimited, Refuse                 Truncate, Replace
//
// # Callbacks
//
// [Platform.SetCallbackFault] duplicates, holds back or forges callbacks
// ([CallbackFault]); [Platform.ReleaseCallbacks] sends what was held back;
// [Platform.Deliveries] is the log of what was sent and answered ([Delivery]).
//
// [Platform.Resend] delivers one once more.
//
// # Actions, state and requests
//
// Everything that can be done to a platform is a row of its table of actions too
// ([Platform.Actions]): name, documentation, parameters, function. Go tests call the
// method; package issuingtest/control and the program examples/sandbox serve the rows
// to testers and programs in any language. [Platform.State] lists cards, holders,
// balances, orders, transactions and tokens in the same words for all six.
// [Platform.Observe] shows every request with its verdict: of a refused one, which
// check it did not pass and what would have passed.
//
// # Checks
//
// [Platform.Check] at the end of a test finds money that was made or lost, a fault
// that never fired and a count that was asked for under a wrong name: a test that
// misses what it is after fails instead of passing.
//
// # Panics
//
// A function of the test (in Choose, in CallbackFault, in a Config) that panics or
// calls t.FailNow costs its own request or delivery and leaves no lock held, so the
// platform can still be used and closed. A clock that follows real time runs its
// jobs on goroutines of its own, where a panic ends the program.
package issuingtest
