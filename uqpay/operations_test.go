package uqpay_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// The platform in memory counts every operation under the name that hooks print.
func TestPlatformNamesOperationsAsHooksDo(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	s.Choose(func(op string) issuingtest.Fault {
		if op == "Token" {
			return issuingtest.Fault{}
		}
		return issuingtest.Refuse(400, `{"type":"card_error","code":"card_error","message":"no"}`)
	})
	seen, all := map[string]int{}, 0
	c := newClient(t, s, issuing.WithHook(func(_ context.Context, event issuing.CallEvent) {
		seen[event.Op]++
		all++
	}))
	calls := wireCalls(t)
	maps.DeleteFunc(calls, func(line string, _ func(context.Context, client) error) bool {
		return strings.Contains(line, "/v1/new/")
	})
	calls["upload"] = func(ctx context.Context, c client) error {
		return ignore(c.Files.Upload(ctx, uqpay.UploadRequest{Name: "a.pdf", Content: strings.NewReader("x")}))
	}
	for line, do := range calls {
		if err := do(t.Context(), c); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
	for _, op := range slices.Sorted(maps.Keys(seen)) {
		if n := s.Requests(op); n != seen[op] {
			t.Errorf("%s: the platform counts %d requests, the hook %d", op, n, seen[op])
		}
	}
	if len(seen) != 44 || s.Requests("") != all {
		t.Errorf("%d operations, %d requests of %d", len(seen), s.Requests(""), all)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
