package kazepay_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// The platform in memory counts every operation under the name that hooks print.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{})
	server.Choose(func(string) issuingtest.Fault { return issuingtest.Refuse(400, `{"head":{"code":"FAKE_X"},"body":{}}`) })
	seen, all := map[string]int{}, 0
	client := newClient(t, server, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		seen[event.Op]++
		all++
	}))
	for _, c := range wireCases() {
		var info issuing.CallInfo
		if _, err := c.call(t.Context(), client, issuing.WithCallInfo(&info)); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
	if _, err := client.KYC.Upload(t.Context(), user(1).upload(picture(100))); err == nil {
		t.Error("KYC.Upload: no error")
	}
	for _, op := range slices.Sorted(maps.Keys(seen)) {
		if n := server.Requests(op); n != seen[op] {
			t.Errorf("%s: the platform counts %d requests, the hook %d", op, n, seen[op])
		}
	}
	if len(seen) != 20 || server.Requests("") != all {
		t.Errorf("%d operations, %d requests of %d", len(seen), server.Requests(""), all)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
