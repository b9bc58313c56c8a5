package webhook_test

import (
	"context"
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
	handled := func(context.Context) ([]byte, error) { return nil, nil }
	b.ReportAllocs()
	for b.Loop() {
		id := ids[i%len(ids)]
		i++
		if _, _, err := d.Do(b.Context(), webhook.Claims{Event: id, Delivery: id}, handled); err != nil {
			b.Fatal(err)
		}
	}
}
