// Package coshinetest is Coshine's EastPay platform in memory: an HTTP server on
// loopback that behaves as Coshine's documents say, for tests of an integration.
//
// It checks credentials and the public header in the documented order, issues
// cards, opens PIN blocks, keeps money in double-entry books that always
// balance, and in OAuth mode signs tokens and encrypts bodies. [Server.Inject]
// and [Server.Choose] make it misbehave, [Server.Redirect] answers 307, and
// [Server.Ask] and [Server.Notify] call the issuer as EastPay does.
//
// Interfaces whose path Coshine has not published are mounted only where
// [Config.Paths] says, so that no test proves a guessed path right. Where nothing
// is published about behaviour, the platform makes a choice that Config can
// switch. The fields of rows 23 to 37 are this package's own: see [FieldAmount]
// and its siblings.
//
// The platform does not recognise a repeated tranId: Coshine publishes nothing
// about it, so a client that repeats a money call by itself moves money twice
// here, and [Server.Booked] shows it.
package coshinetest
