package kazepay_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/kazepay"
)

func BenchmarkDecodeNotification(b *testing.B) {
	n := notifications()[2]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kazepay.DecodeNotification(n.kind, []byte(n.payload), nil); err != nil {
			b.Fatal(err)
		}
	}
}
