// Package decimals holds amounts against two decimal libraries: the same results, and
// what they cost in one run. It is a module of its own, so that nobody else depends on
// them.
package decimals
