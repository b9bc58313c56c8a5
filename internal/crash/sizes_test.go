//go:build !long

package crash

// calls is how many money calls each provider gets.
const calls = 200
