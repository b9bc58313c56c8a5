//go:build !long

package issuing_test

// reconciled is how many entries each side has.
const reconciled = 100_000
