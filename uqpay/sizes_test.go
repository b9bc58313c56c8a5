//go:build !long

package uqpay

// hostileAnswers are the mutated messages of a run; the long gate sends more.
const hostileAnswers = 300
