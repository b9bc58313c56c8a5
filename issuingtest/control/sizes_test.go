//go:build !long

package control

// How much the test of a loaded control sends in the gate.
const (
	loadRequests  = 3_000
	loadCallbacks = 1_500
)
