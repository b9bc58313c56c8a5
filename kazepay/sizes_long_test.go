//go:build long

package kazepay_test

// hostileAnswers are the mutated messages of a run.
const hostileAnswers = 3000
