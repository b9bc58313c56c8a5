//go:build long

package kazepay_test

// hostileAnswers are the mutated messages of a run.
const hostileAnswers = 3000

// probeEvery is which of the 96 profiles are probed: all.
const probeEvery = 1

// propertyDeposits are the top-ups of the property test.
const propertyDeposits = 1_000
