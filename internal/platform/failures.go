package platform

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Failures are the operations that a test wants to fail for a reason of the
// platform's own, after it took the request: a top-up that its channel refuses.
type Failures struct {
	ops   []string
	queue Queue[string]
}

// NewFailures returns the failures of a platform that knows how to fail ops.
func NewFailures(ops ...string) *Failures { return &Failures{ops: ops} }

// Add makes the next op fail; several queue up. An empty reason is "failed". An
// operation that cannot fail by itself is refused.
func (f *Failures) Add(op, reason string) error {
	if !slices.Contains(f.ops, op) {
		return fmt.Errorf("platform: %q has no failure of its own; there are %s", op, strings.Join(f.ops, ", "))
	}
	if reason == "" {
		reason = "failed"
	}
	f.queue.Add(op, reason)
	return nil
}

// Take returns why the operation that runs now is to fail.
func (f *Failures) Take(op string) (reason string, fails bool) { return f.queue.Take(op) }

// Check reports failures that nothing has met: a test that misses what it is after.
func (f *Failures) Check() error {
	var left []string
	for op, reasons := range f.queue.Left() {
		left = append(left, fmt.Sprintf("%d of %s", len(reasons), op))
	}
	if len(left) == 0 {
		return nil
	}
	sort.Strings(left)
	return fmt.Errorf("platform: failures that never happened: %s", strings.Join(left, ", "))
}
