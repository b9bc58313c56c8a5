package webhook_test

import (
	"crypto/rand"
	"testing"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// BenchmarkDeduper measures a claim and its end in a full memory deduper.
func BenchmarkDeduper(b *testing.B) {
	d := webhook.NewMemoryDeduper(0, 1000)
	ids := make([]string, 4096)
	for i := range ids {
		ids[i] = rand.Text()
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		id := ids[i%len(ids)]
		i++
		if _, err := d.Claim(b.Context(), id); err != nil {
			b.Fatal(err)
		}
		if err := d.Done(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}
