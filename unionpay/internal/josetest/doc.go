// Package josetest compares UnionPay's JWS and JWE with the npm package jose, an
// implementation that shares nothing with ours. It is a module of its own, so
// that testing the SDK installs nothing: run
//
//	go -C unionpay/internal/josetest test ./...
//
// It skips without Node and npm, and where the package cannot be fetched.
package josetest
