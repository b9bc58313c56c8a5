package worldcard_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// The platform in memory counts every operation under the name that hooks print.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	server := startServer(t, worldcardtest.Config{})
	server.Choose(func(op string) issuingtest.Fault {
		if op == "Physical.Card" { // read before Assign and Activate
			return issuingtest.Replace(`{"code":0,"data":{"card_id":"1234567890123456789","status":7}}`)
		}
		return issuingtest.Refuse(400, `{"code":400,"message":"no"}`)
	})
	seen, all := map[string]int{}, 0
	client := newClient(t, server, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		seen[event.Op]++
		all++
	}))
	for _, c := range append(virtualCases(t), physicalCases(t)...) {
		if _, err := c.call(t.Context(), client); (err == nil) != (c.name == "Physical.Card") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(seen)) {
		if n := server.Requests(op); n != seen[op] {
			t.Errorf("%s: the platform counts %d requests, the hook %d", op, n, seen[op])
		}
	}
	if len(seen) != 18 || server.Requests("") != all {
		t.Errorf("%d operations, %d requests of %d", len(seen), server.Requests(""), all)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
