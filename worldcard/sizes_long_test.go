//go:build long

package worldcard_test

// mutatedMessages are the mutated messages of a run.
const mutatedMessages = 3_000

// Calls of the property test.
const (
	propertyApplications = 2_000
	propertyDeposits     = 10_000
)
