// Package bench measures ours beside the libraries that do the same work, and beside the
// steps that a provider's document gives, written down as a merchant would. It is a
// module of its own, so that nobody else depends on them. internal/cmd/bench makes a
// table of these and of the packages' own benchmarks.
package bench
