// Package dump gives the module's keys to the dumpers and comparers of tests, which
// follow pointers by reflection. It is a module of its own, so that nobody else
// depends on them.
package dump
