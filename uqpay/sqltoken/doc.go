// Package sqltoken keeps UQPAY's access token in a database, so that all processes with
// the same credentials share it: UQPAY knows one token at a time, and a new one ends the
// one before for everybody.
//
// # Setup
//
// Every process opens a [Store] on the same table and gives it to its client:
//
//	store, err := sqltoken.New(db, sqltoken.Config{
//		Dialect: sqldedupe.DialectPostgreSQL, Credential: clientID, Keys: []sign.AESKey{key},
//	})
//	…
//	client, err := uqpay.New(uqpay.Config{…, Tokens: store})
//
// [Store.Migrate] creates the table, or [Store.Schema] goes with your own migrations. The
// package brings no driver. The database must be the one that is written to.
//
// # How it is kept
//
// One row per credential. Who renews the token takes a lease on the row with one
// statement, and holds no transaction and no connection while UQPAY is asked; the others
// look again every few milliseconds until the lease is given back, and find the new
// token. A process that dies with the lease holds the others up until it lapses
// ([Config.Lease]). Clocks of the processes may differ by up to [MaxSkew].
//
// The token is sealed with [Config.Keys]: it is as secret as the API key. One that no key
// opens counts as none, and a new one is minted.
//
// # Testing
//
// The nested module sqltest runs processes against real databases.
package sqltoken
