// Package values has every type that the published packages export, and makes a full
// value of each, for the tests below it: stores writes them through the codecs of
// document stores and databases, and dump prints them in every way that a program or
// a failing test does. It is a module of its own, so that nobody else depends on the
// drivers and dumpers.
package values

//go:generate go run ../../cmd/valuetypes
