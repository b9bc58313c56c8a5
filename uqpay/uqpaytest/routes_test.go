package uqpaytest

import "testing"

// TestServesEveryCall: the 44 calls of the API, each under a name of its own.
func TestServesEveryCall(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, r := range routes {
		names[r.op] = true
	}
	if len(routes) != 44 || len(names) != 44 {
		t.Errorf("%d routes, %d names", len(routes), len(names))
	}
}
