//go:build race

package sqltest

// SQLite, translated from C, is some thirty times slower under the race
// detector.
const contested = 200
