// Package sqldedupe remembers in a database which webhook events were handled,
// so that several replicas of a program dispatch each event once.
//
// # Overview
//
// A [Deduper] is a [webhook.Deduper] over database/sql for PostgreSQL, MySQL (and
// MariaDB) and SQLite. Every replica opens its own on the same table and hands it
// to its sources, in the field Deduper of their configuration; sources of several
// providers may share one, because the provider stands before every id.
//
//	dedupe, err := sqldedupe.New(db, sqldedupe.Config{Dialect: sqldedupe.DialectPostgreSQL})
//	…
//	err = dedupe.Migrate(ctx) // or run dedupe.Schema() with your own migrations
//	…
//	src, err := worldcard.NewCallbacks(worldcard.CallbackConfig{…, Deduper: dedupe})
//
// The package brings no driver. The database must be the one that is written
// to: a read replica that lags behind shows states of the past. SQLite answers
// "database is locked" unless its busy timeout is set. The handler records an
// event as handled without a deadline of its own; limit statements in the driver.
//
// # Claims and leases
//
// A claim is one row, taken by one statement that the database serializes: of
// any number of simultaneous deliveries one gets [webhook.ClaimNew]. Events are
// stored as the SHA-256 of their id, together with a random name of the Deduper
// that claimed them; nothing of an event's content is stored.
//
// A process that dies between Claim and Done leaves its claim behind. It lapses
// after [Config.Lease], counted from the Claim, and the next delivery is
// handled by whoever receives it. Until then deliveries are answered as busy and
// the platform sends again, so the lease should be shorter than the platform's
// schedule of retries. A Deduper never takes a claim from itself: while a
// function of the same process still runs, further deliveries are busy however
// long it takes.
//
// # At least once
//
// A lease cannot tell a dead process from a slow one. When a function runs
// longer than the lease, another replica may run it for the same event at the
// same time; when a process dies, or the database fails, after the function
// acted and before Done was stored, the event is dispatched again. Delivery
// therefore is at least once, and exactly once whenever functions end within
// the lease and Done succeeds. Where a repeat would cost money, make the
// function's own effect idempotent under [webhook.Event.ID], in the same
// transaction as the effect if possible.
//
// After a lease lapsed, the former owner keeps half of its rights. Its Release
// does nothing, for the claim is another's. Its Done is stored, even over the
// running claim of another owner: the event has been handled, and further
// deliveries must not start again.
//
// Leases are compared with the clocks of the replicas ([Config.Now]), not of
// the database. Clocks that differ shorten or lengthen leases by as much; keep
// them together to well within the lease.
//
// # Forgetting
//
// Handled events are kept until [Deduper.Sweep] deletes those older than
// [Config.Keep]. Call it from time to time, from one replica or from all.
package sqldedupe
