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
	// Open starts a platform, whose clock is turned and whose callbacks go nowhere,
	// and a client of it with the options; its retries wait next to nothing.
	Open func(t testing.TB, opts ...issuing.Option) *Bench
}

// Bench is a platform with a client.
type Bench struct {
	Platform issuingtest.Platform
	Server   any // the platform's server, for what it prints
	Ops      []Op
	Lists    []List
	// Do calls an operation that the client does not know.
	Do func(ctx context.Context, out any, opts ...issuing.CallOption) error
	// Refuse has the platform answer the next request of an operation with a
	// refusal in its own form, signed where it signs, that holds the text.
	Refuse func(op, text string)
	// Bare calls an operation that is not configured with a request that is not
	// valid. Nil where everything is configured.
	Bare func(ctx context.Context, opts ...issuing.CallOption) error
	// Secrets are the platform's and the client's own: keys, tokens.
	Secrets []string
}

// Op is an operation with a request to try it with.
type Op struct {
	Name   string
	Safety transport.Safety
	// Call carries out a valid request, another one each time.
	Call func(ctx context.Context, opts ...issuing.CallOption) error
	// Invalid is Call with a request that is refused before it is sent.
	Invalid func(ctx context.Context, opts ...issuing.CallOption) error
	// Done counts how often the platform has carried it out. Nil for a read, and
	// where the platform keeps no count.
	Done func() int
	// Look is the operation that settles it, "" for none.
	Look string
	// Secrets are those of Call's request: a PIN, PAN, CVV or one-time password.
	Secrets []string
}

// List is a list with an iterator over all of it.
type List struct {
	Op  string
	All func(ctx context.Context) iter.Seq2[any, error]
}

// Items adapts an iterator of a client to a List's.
func Items[T any](items iter.Seq2[T, error]) iter.Seq2[any, error] {
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
