//go:build long

package sqltest

import "time"

// Sizes of the long form.
const (
	contested  = 1000 // events that all goroutines claim at the same time
	raced      = 300  // events of the transactional form
	deliveries = 64   // of each at once
	// Of the replicas:
	fleetEvents  = 20_000 // on PostgreSQL
	fewerEvents  = 4000   // on MariaDB and on SQLite
	killEvery    = 4 * time.Second
	databaseAway = 10 * time.Second
)
