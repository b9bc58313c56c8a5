//go:build !long

package sqltest

import "time"

// Sizes of the gate.
const (
	contested  = 150 // events that all goroutines claim at the same time
	raced      = 25  // events of the transactional form
	deliveries = 8   // of each at once
	// Of the replicas:
	fleetEvents  = 5000 // on PostgreSQL
	fewerEvents  = 900  // on MariaDB and on SQLite
	killEvery    = 2 * time.Second
	databaseAway = 10 * time.Second
)
