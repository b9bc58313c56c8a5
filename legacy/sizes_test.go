//go:build !long

package legacy_test

// mutatedMessages are the mutated answers and callbacks of a run; the long gate sends more.
const mutatedMessages = 400
