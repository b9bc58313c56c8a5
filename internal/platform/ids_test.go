package platform

import (
	"testing"

	"github.com/google/uuid"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	seeded, again, other, random := NewIDs("7"), NewIDs("7"), NewIDs("8"), NewIDs("")
	seen := map[string]bool{}
	for range 100 {
		id := seeded.UUID()
		if got := again.UUID(); got != id {
			t.Errorf("the same seed gives %s and %s", id, got)
		}
		for _, id := range []string{id, other.UUID(), random.UUID(), new(IDs).UUID()} {
			u, err := uuid.Parse(id)
			if err != nil || u.Version() != 4 || u.Variant() != uuid.RFC4122 || seen[id] {
				t.Errorf("%s: %v, version %d, seen before: %t", id, err, u.Version(), seen[id])
			}
			seen[id] = true
		}
	}
}
