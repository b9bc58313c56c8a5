package legacytest_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// failNext makes an operation's next order fail.
func failNext(t testing.TB, server *legacytest.Server, op, reason string) {
	t.Helper()
	if err := server.FailNext(op, reason); err != nil {
		t.Fatal(err)
	}
}

// just drops a method's result.
func just[T any](_ T, err error) error { return err }

// pathCreate is where remittances are created.
const pathCreate = "/api/v1/legacy/tf/v4/order/create"
