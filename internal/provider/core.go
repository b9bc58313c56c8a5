package provider

import (
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
)

// Core is what a client of any provider stands on. It is immutable and safe for
// concurrent use.
type Core struct {
	name      string
	transport *transport.Client
	keys      chan struct{} // one for each use of a key that is under way
	prints    *digester
}

// Fingerprint makes a text of data that nobody can make without the merchant's
// credentials, and always the same one. It may use the key, which may be slow or fail.
type Fingerprint func(data []byte) (string, error)

// New returns a core that names the provider in errors and events, when validate finds
// nothing wrong with the provider's configuration. print is the credentials'.
func New(name string, validate func(*check.Problems), print Fingerprint, opts ...issuing.Option) (*Core, error) {
	var p check.Problems
	if validate(&p); p.Any() {
		return nil, p.Err(name, "New")
	}
	settings, err := issuing.NewSettings(opts...)
	if err != nil {
		return nil, err
	}
	return &Core{name, transport.New(name, settings), make(chan struct{}, maxKeyUses), &digester{print: print}}, nil
}

// With returns a core with further options applied to this one's. They have the
// same keys, so what bounds their use is one.
func (c *Core) With(opts ...issuing.Option) (*Core, error) {
	settings, err := c.Settings().With(opts...)
	if err != nil {
		return nil, err
	}
	return &Core{c.name, transport.New(c.name, settings), c.keys, c.prints}, nil
}

// Settings returns what the options set.
func (c *Core) Settings() issuing.Settings { return c.transport.Settings() }

// Now returns the time of the client's clock.
func (c *Core) Now() time.Time { return c.Settings().Now() }
