//go:build long

package worldcard_test

// mutatedMessages are the mutated messages of a run.
const mutatedMessages = 3_000
