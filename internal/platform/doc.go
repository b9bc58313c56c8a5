// Package platform is the HTTP side that the platforms in memory share: a
// loopback server with bounded requests, faults on demand, and the delivery of
// callbacks with retries on the platform's clock. The provider's protocol is in
// the *test packages.
package platform
