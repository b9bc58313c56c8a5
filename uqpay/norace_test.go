//go:build !race

package uqpay_test

const raceEnabled = false
