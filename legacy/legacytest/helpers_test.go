package legacytest_test

import (
	"maps"
	"slices"
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

// sortedNames are the names of parameters in order.
func sortedNames(params map[string]any) []string { return slices.Sorted(maps.Keys(params)) }
