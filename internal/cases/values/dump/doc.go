// Package dump gives the module's keys and types to whatever prints: package fmt, logs,
// templates and encoders, and the dumpers and comparers of tests, which follow pointers
// by reflection. Nothing shows a secret.
package dump
