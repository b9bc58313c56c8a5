//go:build unix && !long

package main

import "time"

// The gate's size of the fleet; the tag long has the full one.
const (
	fleetOrders = 300
	fleetLoad   = 30 * time.Second // over which they are placed
)
