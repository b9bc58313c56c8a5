package legacy_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// The platform in memory counts every operation under the name that hooks print.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	seen, all := map[string]int{}, 0
	server, client := platform(t, legacytest.Config{}, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		seen[event.Op]++
		all++
	}))
	const refusal = `{"data":null,"msg":"no","status":5001,"success":false}`
	server.Choose(func(string) issuingtest.Fault { return issuingtest.Refuse(200, refusal) })
	calls := append(everyCall(client, server.IssueCard(legacytest.ProductMasterE), server.IssueCard(legacytest.ProductVisaH),
		server.IssueCard(legacytest.ProductVirtualL), server.IssueCard(legacytest.ProductVirtualP)),
		call{"Cards.DepositByOrderNo", func(ctx context.Context) error { return just(client.Cards.DepositByOrderNo(ctx, "1")) }},
		call{"Applications.ApplicationByOrderNo", func(ctx context.Context) error { return just(client.Applications.ApplicationByOrderNo(ctx, "1")) }},
		call{"Transfers.TransferByOrderNo", func(ctx context.Context) error { return just(client.Transfers.TransferByOrderNo(ctx, "1")) }})
	for _, c := range calls {
		if err := c.run(t.Context()); err == nil || seen[c.op] == 0 {
			t.Errorf("%s: %v, %d hook events", c.op, err, seen[c.op])
		}
	}
	for _, op := range slices.Sorted(maps.Keys(seen)) {
		if n := server.Requests(op); n != seen[op] {
			t.Errorf("%s: the platform counts %d requests, the hook %d", op, n, seen[op])
		}
	}
	if len(seen) != 56 || server.Requests("") != all {
		t.Errorf("%d operations, %d requests of %d", len(seen), server.Requests(""), all)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
