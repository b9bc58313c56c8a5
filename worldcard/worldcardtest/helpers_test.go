package worldcardtest_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

func failNext(t testing.TB, server *worldcardtest.Server, op, reason string) {
	t.Helper()
	if err := server.FailNext(op, reason); err != nil {
		t.Fatal(err)
	}
}
