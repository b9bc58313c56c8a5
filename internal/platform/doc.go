// Package platform is what the servers of the platforms in memory call: a loopback
// server with bounded requests that counts them and carries faults out, the
// delivery of callbacks with retries on the platform's clock, the rows of the table
// of actions with parameters that have types, and the pieces of state and message that
// most of them need. What tests see of it is in package
// issuingtest; each provider's protocol and rules are in its own test package.
package platform
