package provider

import "context"

// mend names one thing that the core does for all providers. A test runs the
// suite of checks with one of them switched off, to prove that the check which
// guards it would fail for every provider.
type mend int

const (
	mendOut      mend = iota + 1 // a result that cannot be decoded into is refused unsent
	mendCheck                    // what breaks a rule is refused unsent
	mendReport                   // a refused request fills CallInfo
	mendAttempts                 // attempts are counted over the whole call
	mendDuration                 // durations are of the whole call
	mendRedact                   // the request's secrets leave the platform's words
)

type mendKey struct{}

// without reports whether m is switched off. It travels in the context, so that
// nothing outside a test's own calls can switch anything off.
func without(ctx context.Context, m mend) bool { return ctx.Value(mendKey{}) == m }
