package issuingtest

import (
	"fmt"
	"testing"
	"time"
)

func TestFaultNames(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]Fault{
		"none":               {},
		"drop-before":        DropBefore(),
		"drop-after":         DropAfter(),
		"bad-gateway-before": BadGatewayBefore(),
		"bad-gateway-after":  BadGatewayAfter(),
		"rate-limited 7s":    RateLimited(7 * time.Second),
		"rate-limited":       RateLimited(0),
		"delay-before 1.5s":  DelayBefore(1500 * time.Millisecond),
		"delay-after 1ms":    DelayAfter(time.Millisecond),
		"truncate":           Truncate(),
		"replace":            Replace("a body that is not printed"),
		"refuse 503":         Refuse(503, "a body that is not printed"),
	} {
		if got := fmt.Sprint(f); got != want || f.String() != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if a, b := Refuse(503, "x"), Refuse(503, "x"); a != b || a == Refuse(503, "y") {
		t.Error("faults cannot be compared")
	}
}
