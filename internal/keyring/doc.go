// Package keyring keeps the credentials that a merchant's function looks up, one for
// each id, for a while, and makes a [webhook.Scheme] of them: each request is
// authenticated, opened and answered with the credential that it names. It knows no
// provider.
package keyring
