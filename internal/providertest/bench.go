// Package providertest is one table of checks that every provider's client and
// platform in memory must pass. A provider adds itself with a [Provider]; a fault
// that was mended for one is a row here, and so is mended for all.
package providertest

import (
	"context"
	"iter"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// Provider is one provider under test.
type Provider struct {
	Name string
	// Open starts a platform, whose clock is turned and whose callbacks reach
	// nobody, and a client of it with the options; its retries wait next to
	// nothing.
	Open func(t testing.TB, opts ...issuing.Option) *Bench
	// Clear is Open in a way of the provider's in which the answers' bodies stand as they
	// are; nil where they do so by Open already, or always are sealed. It needs Ops alone.
	Clear func(t testing.TB, opts ...issuing.Option) *Bench
}

// Bench is a platform with a client.
type Bench struct {
	Platform issuingtest.Platform
	Server   any  // the platform's server, for what it prints
	Ops      []Op // at least one of every safety that the provider has
	Lists    []List
	// Do calls an operation that the client does not know.
	Do func(ctx context.Context, out any, opts ...issuing.CallOption) error
	// Refuse has the platform answer the next request of an operation with a
	// refusal in its own form, signed where it signs, that holds the text.
	Refuse func(op, text string)
	// Settle is the client's.
	Settle func(context.Context, issuing.Pending, ...issuing.SettleOption) (issuing.Settlement, error)
	// Operations are the package's.
	Operations []issuing.Operation
	// Reference is what the last call of an operation was about, where that is a secret
	// and settling it needs it.
	Reference map[string]func() issuing.Secret
	// Bare is an operation of a client that it is not configured for. Nil where
	// every operation has a published path.
	Bare *Op
	// Notify has something happen of which the platform tells the merchant at
	// once.
	Notify func() error
	// Trap calls an operation in the course of which a function of the platform's
	// configuration panics. Nil where requests reach no such function.
	Trap Call
	// Stuck are clients with a key that does not answer, by what they need it for,
	// each with a read. Nil where nothing is signed or opened with a key that could
	// be elsewhere.
	Stuck map[string]func() (*silentKey, Call)
	// Secrets are the platform's and the client's own: keys, tokens.
	Secrets []string
}

// Call is one use of a client.
type Call = func(ctx context.Context, opts ...issuing.CallOption) error

// Op is an operation with requests to try it with.
type Op struct {
	Name   string
	Safety transport.Safety
	// Ready makes a valid request, another one each time, and returns the call that
	// sends it.
	Ready func() Call
	// Keyed is Ready with the merchant's key, where the request has it; nil where
	// issuing.WithIdempotencyKey gives it.
	Keyed func(key string) Call
	// Invalid sends a request that is refused before it is sent.
	Invalid Call
	// Done counts how often the platform has carried it out. Nil for a read, and
	// where the platform keeps no count.
	Done func() int
	// Look is the operation that settles it, "" for none.
	Look string
	// Secrets are those of Ready's request: a PIN, PAN, CVV or one-time password.
	Secrets []string
}

// Call carries out a valid request.
func (op Op) Call(ctx context.Context, opts ...issuing.CallOption) error {
	return op.Ready()(ctx, opts...)
}

// done counts how often the platform has carried the operation out, as far as it
// keeps count.
func (op Op) done() int {
	if op.Done == nil {
		return 0
	}
	return op.Done()
}

// method is a method of a client: a request in, a result out.
type method[R, T any] = func(context.Context, R, ...issuing.CallOption) (T, error)

// try gives an operation its calls: of a client's method, with a valid request,
// made afresh for each, and with one that is refused.
func try[R, T any](op Op, send method[R, T], valid func() R, invalid R) Op {
	op.Ready = func() Call { return call(send, valid()) }
	op.Invalid = call(send, invalid)
	return op
}

// call sends a request.
func call[R, T any](send method[R, T], req R) Call {
	return func(ctx context.Context, opts ...issuing.CallOption) error {
		_, err := send(ctx, req, opts...)
		return err
	}
}

// bare is a method of a client that returns an error only.
func bare[R any](send func(context.Context, R, ...issuing.CallOption) error) method[R, struct{}] {
	return func(ctx context.Context, req R, opts ...issuing.CallOption) (struct{}, error) {
		return struct{}{}, send(ctx, req, opts...)
	}
}

// always is a request that can be sent any number of times.
func always[R any](req R) func() R { return func() R { return req } }

// List is a list of at least two items with an iterator over all of it.
type List struct {
	Op    string
	Pages Pages
	All   func(ctx context.Context) iter.Seq2[any, error]
}

// Pages says how a List comes.
type Pages int

// How lists come.
const (
	Whole  Pages = iota // on one page, where its size cannot be chosen
	Placed              // on several pages; one that comes again is noticed
)

// items adapts an iterator of a client to a List's.
func items[T any](items iter.Seq2[T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for item, err := range items {
			if !yield(item, err) {
				return
			}
		}
	}
}

// op returns the first operation of a safety, or nil.
func (b *Bench) op(safety transport.Safety) *Op {
	for i := range b.Ops {
		if b.Ops[i].Safety == safety {
			return &b.Ops[i]
		}
	}
	return nil
}
