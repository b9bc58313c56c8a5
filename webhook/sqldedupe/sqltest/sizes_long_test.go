//go:build long

package sqltest

// Sizes of the long form.
const (
	contested  = 1000 // events that all goroutines claim at the same time
	raced      = 300  // events of the transactional form
	deliveries = 64   // of each at once
)
