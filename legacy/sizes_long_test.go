//go:build long

package legacy_test

// mutatedMessages are the mutated answers and callbacks of a run.
const mutatedMessages = 4000
