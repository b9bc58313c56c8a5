//go:build !long

package worldcard_test

// mutatedMessages are the mutated messages of a run; the long gate sends more.
const mutatedMessages = 300

// Calls of the property test.
const (
	propertyApplications = 400
	propertyDeposits     = 1_500
)
