//go:build !long

package kazepay_test

// hostileAnswers are the mutated messages of a run; the long gate sends more.
const hostileAnswers = 300

// probeEvery is which of the 96 profiles are probed: every fifth has each choice in it.
const probeEvery = 5

// propertyDeposits are the top-ups of the property test.
const propertyDeposits = 300
