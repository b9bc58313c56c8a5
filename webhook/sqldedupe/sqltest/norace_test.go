//go:build !race

package sqltest

// contested is how many ids all goroutines claim at the same time.
const contested = 2000
