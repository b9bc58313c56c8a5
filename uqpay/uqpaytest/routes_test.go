package uqpaytest

import (
	"slices"
	"testing"
)

// TestServesEveryCall: the 44 calls of the API, each under a name of its own.
func TestServesEveryCall(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(slices.Values(operations()))
	if len(names) != 44 || len(slices.Compact(names)) != 44 {
		t.Errorf("%d operations: %q", len(names), names)
	}
}
