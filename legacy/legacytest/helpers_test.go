package legacytest_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

func failNext(t testing.TB, server *legacytest.Server, op, reason string) {
	t.Helper()
	if err := server.FailNext(op, reason); err != nil {
		t.Fatal(err)
	}
}

func just[T any](_ T, err error) error { return err }
