package uqpay

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func settingsForTest(tb testing.TB) issuing.Settings {
	tb.Helper()
	settings, err := issuing.NewSettings()
	if err != nil {
		tb.Fatal(err)
	}
	return settings
}
