// Package sqldedupe remembers in a database which webhook events were handled, so
// that several replicas of a program dispatch each event once, or have its effect
// once.
//
// # Which form
//
// Platforms deliver at least once: they send again until they hear an
// acknowledgement, and an acknowledgement can be lost. What a merchant can have beyond
// that is decided by where the claim of an event stands.
//
//   - Effectively once: [NewHandler] gives the function the transaction in which the
//     event is claimed. Claim and effect are committed together and the acknowledgement
//     follows, so that a crash, a failure of the database or a repeat at any moment
//     leaves either both or neither. It holds for what the function does in that
//     transaction, and for nothing else.
//   - At least once: a [Deduper] in a source's configuration claims before the function
//     and confirms behind it. A process that dies between its function's effect and the
//     confirmation has the event dispatched again. Use it where the effect is elsewhere,
//     and give that the event's id ([webhook.Event.ID]) where a second one would cost.
//
// Where the effect is in the database that this package uses, take the first. Where it
// is not, such as a call to a platform, put a job into a table in the transaction, and do
// it from there. The first example shows the transactional form, the second the plain
// one, the third a queue of sealed events.
//
// # Setup
//
// Every replica opens its own Deduper on the same table; sources of several providers
// may share one, because the provider stands before every id. [Deduper.Migrate] creates
// the table, or [Deduper.Schema] goes with your own migrations; [Deduper.Sweep], called
// from time to time, forgets what is older than [Config.Keep].
//
// The package brings no driver. The database must be the one that is written to: a
// read replica that lags behind shows states of the past. Set these in the address of
// the connection, so that who waits for another replica's transaction does not wait with
// a connection in his hands:
//
//   - PostgreSQL: lock_timeout=300
//   - MySQL, MariaDB: innodb_lock_wait_timeout=1
//   - SQLite (as modernc.org/sqlite spells it): _txlock=immediate,
//     _pragma=busy_timeout(5000), _pragma=journal_mode(WAL), _pragma=synchronous(FULL).
//     NORMAL is faster and loses acknowledged events in a power cut. With one connection
//     the function must use its transaction alone: db itself would wait for it.
//
// # Claims
//
// Delivery and event are one row, taken by one statement: of any number of simultaneous
// deliveries one is new. Another replica's waits for its COMMIT and finds the event
// handled; one in the same process is busy at once and uses no connection, so that
// repeats of a slow event do not take the pool from others. What waits too long, or loses a
// race for locks three times, is busy, and the platform sends again. Only SHA-256 digests
// of the names are stored, and answers to questions, sealed with [Config.AnswerKeys].
//
// Beside BEGIN and COMMIT the transactional form costs one statement, the plain form
// costs two. Transactions are READ COMMITTED. A database that hangs costs a delivery
// [Config.Timeout] at the claim and again at its end.
//
// # Leases
//
// In the plain form a process that dies leaves its claim behind. The claim lapses
// after [Config.Lease], and the next delivery is handled by whoever receives it; until then
// deliveries are busy. So the lease is shorter than the platform goes on sending: a source
// whose schedule it outlasts is refused when it is made. A lease cannot tell a dead
// process from a slow one: a function that runs longer may run twice at a time. The former
// owner's failure gives nothing back then, and its success counts, because the event has
// been handled. A Deduper never takes a claim from itself.
//
// Leases are compared with the clocks of the replicas ([Config.Now]), not of the database;
// keep them together to well within the lease. The transactional form needs none: there
// the lease bounds the transaction, which is rolled back then.
//
// What was handled and could not be stored, because the database went away in between, is
// remembered by the process, which stores it with the event's next delivery.
package sqldedupe
