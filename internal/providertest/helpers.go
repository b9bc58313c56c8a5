package providertest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// epoch is when the platforms' clocks start.
var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

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

// worldcardKeys are shared by all platforms: RSA keys are slow to make.
var worldcardKeys = sync.OnceValues(worldcardtest.NewKeys)
