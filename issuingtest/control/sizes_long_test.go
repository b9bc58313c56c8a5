//go:build long

package control

// How much the test of a loaded control sends at its full size.
const (
	loadRequests  = 100_000
	loadCallbacks = 50_000
)
