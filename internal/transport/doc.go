// Package transport is the one way over HTTP for every provider: attempts,
// limits, classification and hooks. It knows no provider.
//
// go-retryablehttp runs the attempts. Below its retry loop sits a RoundTripper
// that calls [Call.Seal] for each attempt, so that every attempt carries a
// fresh nonce, timestamp, envelope and signature, then reads the whole answer
// within its limit and has [Call.Judge] say what it means. What may be repeated
// is decided by the call's [Safety] alone.
package transport
