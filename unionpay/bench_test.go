package unionpay_test

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func BenchmarkParseLink(b *testing.B) {
	server := startServer(b, unionpaytest.Config{Clock: issuingtest.NewClock(epoch)})
	push, err := server.Push(unionpaytest.PushRequest{})
	if err != nil {
		b.Fatal(err)
	}
	links := newLinks(b, server.Clock().Now, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := links.Parse(push.Routes[0].URI.Reveal()); err != nil {
			b.Fatal(err)
		}
	}
}
