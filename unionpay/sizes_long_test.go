//go:build long

package unionpay_test

// mutatedMessages are the mutated messages of a run.
const mutatedMessages = 3_000
