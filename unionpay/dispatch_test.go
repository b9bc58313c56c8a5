package unionpay

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

// TestKeyOfTokenNamesPrintsNothing: with it, a name of a token can be undone.
func TestKeyOfTokenNamesPrintsNothing(t *testing.T) {
	t.Parallel()
	const key = "ABCDEFGHIJKLMNOPQRSTUVWX23"
	s := &callbackScheme{secret: func() string { return key }}
	leaktest.Check(t, []string{key}, s, *s)
}

// TestRecentIsBounded: what was asked for last stays.
func TestRecentIsBounded(t *testing.T) {
	t.Parallel()
	r := newRecent[string, int](2)
	*r.entry("a") = 1
	*r.entry("b") = 2
	*r.entry("a") += 10
	*r.entry("c") = 3 // b goes
	if len(r.known) != 2 || r.order.Len() != 2 {
		t.Errorf("%d values in %d places", len(r.known), r.order.Len())
	}
	if a, b := *r.entry("a"), *r.entry("b"); a != 11 || b != 0 {
		t.Errorf("a is %d and b %d, want 11 and 0", a, b)
	}
}
