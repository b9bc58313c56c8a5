package coshine_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// The platform in memory counts every operation under the name that hooks print,
// the token endpoint included.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	seen, all := map[string]int{}, 0
	server, client := full(t, coshinetest.Config{OAuth: true}, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		seen[event.Op]++
		all++
	}))
	server.Choose(func(op string) issuingtest.Fault {
		if op == "OAuth.Token" {
			return issuingtest.Fault{}
		}
		return issuingtest.Refuse(400, `{"responseCode":"10"}`)
	})
	for api, call := range calls {
		if err := call(t.Context(), client); err == nil {
			t.Errorf("%s: no error", api)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(seen)) {
		if n := server.Requests(op); n != seen[op] {
			t.Errorf("%s: the platform counts %d requests, the hook %d", op, n, seen[op])
		}
	}
	if len(seen) != len(calls)+1 || seen["OAuth.Token"] != 1 || server.Requests("") != all {
		t.Errorf("%d operations for %d calls and a token, %d requests of %d", len(seen), len(calls), server.Requests(""), all)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
