//go:build long

package uqpay

// hostileAnswers are the mutated messages of a run.
const hostileAnswers = 3000
