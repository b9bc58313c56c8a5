// Package ledger is the in-memory issuer that all platforms in memory stand on:
// double-entry books that always balance, and test card numbers. Each platform
// adds its protocol and its states.
package ledger
