//go:build unix && long

package main

import "time"

const (
	fleetOrders = 2000
	fleetLoad   = 3 * time.Minute
)
