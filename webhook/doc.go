// Package webhook authenticates the callbacks of card platforms and decodes
// them into the typed events of the provider packages.
//
// A [Source] knows one provider's rules; a [Handler] serves it over HTTP;
// [Source.Parse] does the same for bytes that arrived some other way. Give them
// the raw body, as it came: a decoded and re-encoded one does not verify.
//
// # Order of checks
//
// Method and size, key, signature, age, then the claim in the [Deduper], then
// decryption and decoding by the type field, then the merchant's function.
// Nothing is decoded before it is authenticated, and a failed check is answered
// without saying which one it was.
//
// # Delivery
//
// Platforms deliver at least once and in any order. An event that was handled
// is acknowledged and not dispatched again; an event whose function fails, or
// that is being handled right now, is answered so that the platform sends it
// again. A callback tells that something happened: where money depends on it,
// ask the platform before acting, as the events' documentation says.
package webhook
