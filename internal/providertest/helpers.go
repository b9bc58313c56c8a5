package providertest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// epoch is when the platforms' clocks start.
var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

// nobody is an address where nobody listens, for callbacks.
const nobody = "http://127.0.0.1:1/callbacks"

// patient puts the test's options behind those that every client of a platform
// needs: its clock, and waits that cost nothing.
func patient(clock *issuingtest.Clock, opts []issuing.Option) []issuing.Option {
	return append([]issuing.Option{
		issuing.WithClock(clock.Now), issuing.WithRetryWait(time.Millisecond, 2*time.Millisecond),
	}, opts...)
}

// check fails the test at an error.
func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keys makes keys of a merchant's own, each once.
type keys struct{ last atomic.Int64 }

func (k *keys) next() string { return fmt.Sprintf("key-%d", k.last.Add(1)) }
