package platform

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/issuing-sdk/issuing-go/internal/nearest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// maxMisused bounds the wrong names that Check reports.
const maxMisused = 20

// script is what the test wants of requests to come, and the count of those that
// came.
type script struct {
	names  []string // of the operations, sorted
	faults Queue[issuingtest.Fault]

	mu      sync.Mutex
	choose  func(op string) issuingtest.Fault
	counts  map[string]int
	misused []string
}

func newScript(operations []string) *script {
	names := slices.Compact(slices.Sorted(slices.Values(operations)))
	return &script{names: names, counts: map[string]int{}}
}

// Names returns what name says of each of a platform's operations, for
// [Config.Operations].
func Names[O any](operations iter.Seq[O], name func(O) string) []string {
	var names []string
	for o := range operations {
		names = append(names, name(o))
	}
	return names
}

// knows reports whether op stands for operations of the platform's.
func (s *script) knows(op string) bool {
	_, found := slices.BinarySearch(s.names, op)
	return op == "" || found
}

// Inject queues faults for the next requests of an operation.
func (s *script) Inject(op string, faults ...issuingtest.Fault) error {
	if !s.knows(op) {
		return s.unknown(op)
	}
	s.faults.Add(op, faults...)
	return nil
}

func (s *script) unknown(op string) error {
	return fmt.Errorf("issuingtest: no operation %q%s; there are %s",
		op, nearest.Hint(op, s.names), strings.Join(s.names, ", "))
}

// Operations returns the names of the platform's operations, sorted.
func (s *script) Operations() []string { return slices.Clone(s.names) }

// Faults returns the faults that wait, by operation.
func (s *script) Faults() map[string][]issuingtest.Fault { return s.faults.Left() }

// ClearFaults drops the faults that wait for an operation.
func (s *script) ClearFaults(op string) error {
	if !s.knows(op) {
		return s.unknown(op)
	}
	s.faults.Clear(op)
	return nil
}

// Choose sets the function that picks the fault of a request.
func (s *script) Choose(choose func(op string) issuingtest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.choose = choose
}

// Requests returns how many requests of an operation arrived, -1 for none of the
// platform's.
func (s *script) Requests(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.knows(op) {
		s.misuse(fmt.Sprintf("Requests was asked for %q", op))
		return -1
	}
	return s.counts[op]
}

// misuse keeps what is wrong with a name, for Check.
func (s *script) misuse(what string) {
	if len(s.misused) < maxMisused && !slices.Contains(s.misused, what) {
		s.misused = append(s.misused, what)
	}
}

// fault counts a request and returns its fault. The test's own function runs
// without the lock: it may take its time, ask for counts, or never return.
func (s *script) fault(op string) issuingtest.Fault {
	choose := s.count(op)
	for _, queue := range slices.Compact([]string{op, ""}) {
		if fault, queued := s.faults.Take(queue); queued {
			return fault
		}
	}
	if choose == nil {
		return issuingtest.Fault{}
	}
	return choose(op)
}

func (s *script) count(op string) (choose func(op string) issuingtest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[""]++
	if !s.knows(op) {
		s.misuse(fmt.Sprintf("the platform named a request %q", op))
	} else if op != "" {
		s.counts[op]++
	}
	return s.choose
}

// problems lists the faults that no request has met, and the wrong names.
func (s *script) problems() []error {
	var out []error
	left := s.faults.Left()
	for _, op := range slices.Sorted(maps.Keys(left)) {
		name := op
		if op == "" {
			name = "any operation"
		}
		out = append(out, fmt.Errorf("issuingtest: injected for %s and never fired: %v", name, left[op]))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range s.misused {
		out = append(out, fmt.Errorf("issuingtest: %s, which is no operation", what))
	}
	return out
}
