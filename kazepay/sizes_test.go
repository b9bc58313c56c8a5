//go:build !long

package kazepay_test

// hostileAnswers are the mutated messages of a run; the long gate sends more.
const hostileAnswers = 1000
