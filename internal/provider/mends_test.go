package provider_test

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/internal/providertest"
)

// guards names, for each thing that the core does for all providers, the check of
// the suite that fails without it.
var guards = map[string]string{
	"out":      "a result that is no pointer is refused unsent",
	"check":    "a refused request fills CallInfo and is not sent",
	"report":   "a refused request fills CallInfo and is not sent",
	"attempts": "three attempts are three everywhere, and durations are of the whole call",
	"duration": "three attempts are three everywhere, and durations are of the whole call",
	"redact":   "a refusal that quotes the request's secrets prints none",
}

// TestEachMendIsGuarded switches off what the core does, one thing at a time, and
// wants the check that guards it to fail for every provider.
func TestEachMendIsGuarded(t *testing.T) {
	t.Parallel()
	if got, want := slices.Sorted(maps.Keys(guards)), slices.Sorted(maps.Keys(provider.Mends)); !slices.Equal(got, want) {
		t.Fatalf("guards for %v, mends %v", got, want)
	}
	for name, guard := range guards {
		i := slices.IndexFunc(providertest.Checks, func(c providertest.Check) bool { return c.Name == guard })
		if i < 0 {
			t.Fatalf("no check %q", guard)
		}
		for _, p := range providertest.Providers {
			t.Run(name+"/"+p.Name, func(t *testing.T) {
				t.Parallel()
				ctx := provider.Without(t.Context(), provider.Mends[name])
				if said := failures(ctx, t, providertest.Checks[i], p); len(said) == 0 {
					t.Errorf("without it, %q still holds", guard)
				}
			})
		}
	}
}

// failures runs a check and returns what it says against the provider.
func failures(ctx context.Context, t *testing.T, c providertest.Check, p providertest.Provider) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx, r, p)
	}()
	<-done
	return r.said
}

// recorder is a testing.TB that keeps failures to itself.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (r *recorder) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, text)
}

func (r *recorder) Error(args ...any)                 { r.note(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.note(fmt.Sprintf(format, args...)) }

func (r *recorder) Fatal(args ...any) {
	r.note(fmt.Sprint(args...))
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.note(fmt.Sprintf(format, args...))
	runtime.Goexit()
}
