package issuingtest

import (
	"fmt"
	"io"
	"log/slog"
)

// Platform is what every platform in memory can do, whatever its protocol. The
// Server of each test package embeds one, so its methods are the server's:
// server.Inject, server.Check. A helper for tests of several providers takes a
// Platform and is handed server.Platform. It is safe for concurrent use.
//
// Operations are named as hooks and errors name them, by service and method of
// the client: "Cards.Deposit". The name "" stands for any operation.
type Platform struct{ backend Backend }

// Backend carries out what a [Platform] offers. The servers of this module have
// theirs; a test has no use for it.
type Backend interface {
	URL() string
	Clock() *Clock
	Close()
	Inject(op string, faults ...Fault) error
	Choose(choose func(op string) Fault)
	Requests(op string) int
	SetCallbackFault(f CallbackFault)
	ReleaseCallbacks()
	Deliveries() []Delivery
	Resend(id uint64) error
	Faults() map[string][]Fault
	ClearFaults(op string) error
	Observe(see func(Event))
	Operations() []string
	Actions() []Action
	State() State
	Check() error
}

// NewPlatform returns the platform that b carries out. The servers of this module
// call it.
func NewPlatform(b Backend) Platform { return Platform{b} }

// URL returns the server's address: http, loopback, a port.
func (p Platform) URL() string { return p.backend.URL() }

// Clock returns the platform's clock: the one of its configuration, or one that
// follows real time.
func (p Platform) Clock() *Clock { return p.backend.Clock() }

// Close stops the clock's jobs, callbacks and connections. It does not wait for
// requests that are being carried out.
func (p Platform) Close() { p.backend.Close() }

// Inject queues faults for the next requests of an operation, one each, in their
// order; "" is any operation, after the faults queued by name. A zero [Fault] in
// the queue lets one request pass. A name that is no operation of the platform's
// is an error, and queues nothing. A fault that no request has met is an error of
// [Platform.Check].
func (p Platform) Inject(op string, faults ...Fault) error { return p.backend.Inject(op, faults...) }

// Choose sets a function that picks the fault of every request for which none is
// queued; nil picks none. It is given the operation's name, "" for a request that
// fits no operation. It runs concurrently, with no lock of the platform's held: it
// can call the platform's methods, and take its time.
func (p Platform) Choose(choose func(op string) Fault) { p.backend.Choose(choose) }

// Requests returns how many requests of an operation have arrived, those that met
// a fault included; "" counts all, and those that fit no operation. For a name
// that is no operation of the platform's it returns -1, and Check reports the
// name.
func (p Platform) Requests(op string) int { return p.backend.Requests(op) }

// SetCallbackFault changes how later callbacks are delivered; the zero
// [CallbackFault] changes it back.
func (p Platform) SetCallbackFault(f CallbackFault) { p.backend.SetCallbackFault(f) }

// ReleaseCallbacks sends the callbacks that [CallbackFault.Hold] kept back, the
// latest first.
func (p Platform) ReleaseCallbacks() { p.backend.ReleaseCallbacks() }

// Deliveries returns the log of callback deliveries, oldest first. Of more than
// 10,000 the older half is forgotten.
func (p Platform) Deliveries() []Delivery { return p.backend.Deliveries() }

// Resend delivers a callback once more, by the id of one of its deliveries: signed
// anew, to the address that it had, and not repeated when it is not accepted. The
// last 1,000 callbacks can be sent again.
func (p Platform) Resend(id uint64) error { return p.backend.Resend(id) }

// Faults returns the faults that wait for a request, by operation.
func (p Platform) Faults() map[string][]Fault { return p.backend.Faults() }

// ClearFaults drops the faults that wait for requests of an operation; those that
// wait for any operation are under "".
func (p Platform) ClearFaults(op string) error { return p.backend.ClearFaults(op) }

// Observe has a function see every request when it has ended, and every delivery of
// a callback. It runs concurrently, with no lock of the platform's held, and holds up
// what it sees; it is never taken back.
func (p Platform) Observe(see func(Event)) { p.backend.Observe(see) }

// Operations returns the names of the platform's operations.
func (p Platform) Operations() []string { return p.backend.Operations() }

// Actions returns the table of what can be done to the platform.
func (p Platform) Actions() []Action { return p.backend.Actions() }

// State returns what the platform holds.
func (p Platform) State() State { return p.backend.State() }

// Check reports everything that should not be at the end of a test, all in one
// error: books that do not balance (money that a fault, a race or a repeat made
// or lost) and whatever else the provider's records must agree on; faults that
// were queued and never fired; names given to Requests that are no operation.
func (p Platform) Check() error { return p.backend.Check() }

// String returns the address alone: a platform holds keys and card numbers, which
// no log should show.
func (p Platform) String() string {
	if p.backend == nil {
		return "no platform"
	}
	return p.URL()
}

// Format prints what String returns for every verb.
func (p Platform) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue logs what String returns.
func (p Platform) LogValue() slog.Value { return slog.StringValue(p.String()) }
