//go:build race

package uqpay_test

const raceEnabled = true
