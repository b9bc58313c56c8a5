//go:build !long

package sqltest

// Sizes of the gate.
const (
	contested  = 150 // events that all goroutines claim at the same time
	raced      = 25  // events of the transactional form
	deliveries = 8   // of each at once
)
