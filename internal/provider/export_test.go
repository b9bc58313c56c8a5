package provider

import "context"

// Mends are what can be switched off, by name.
var Mends = map[string]mend{
	"out": mendOut, "check": mendCheck, "report": mendReport,
	"attempts": mendAttempts, "duration": mendDuration, "redact": mendRedact,
}

// Without returns a context in whose calls m is switched off.
func Without(ctx context.Context, m mend) context.Context {
	return context.WithValue(ctx, mendKey{}, m)
}
