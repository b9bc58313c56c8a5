package unionpay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// BenchmarkSeal is a token request from its struct to signed bytes. The metric
// x/bare compares it with the signature alone, taken in turns; it is the ratio of
// the fastest tenths, which a busy machine disturbs least.
func BenchmarkSeal(b *testing.B) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	private, err := sign.NewPrivateKey(key)
	if err != nil {
		b.Fatal(err)
	}
	client, err := New(Config{
		BaseURL: "https://gateway.example", AppID: "00520446", SignKey: private, SignKeyID: "1",
		UPISignKeys: map[string]sign.PublicKey{"2": private.Public()}, Paths: InferredPaths(),
	})
	if err != nil {
		b.Fatal(err)
	}
	req := TokenRequest{
		DeviceID: "00112233445566778899aabbccddeeff", IssuerID: "00010156", UseCases: []UseCase{UseCaseQRC},
		AuthorizationData: issuing.NewSecret(strings.Repeat("x", 700)),
		RiskInfo:          &RiskInfo{CaptureMethod: CaptureMethodUnknown, IPAddress: "203.0.113.7"},
	}
	digest := sha256.Sum256(make([]byte, 1000))
	ours, bare := make([]time.Duration, 0, 1<<16), make([]time.Duration, 0, 1<<16)
	b.ReportAllocs()
	for b.Loop() {
		start := time.Now()
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		x := &exchange{c: client, o: opTokenRequest, in: req}
		if _, err := x.Encode(issuing.CallSettings{IdempotencyKey: "A0052044620260101120000000001"}); err != nil {
			b.Fatal(err)
		}
		if _, err := x.Seal(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
		ours, bare = append(ours, time.Since(middle)), append(bare, middle.Sub(start))
	}
	slices.Sort(ours)
	slices.Sort(bare)
	b.ReportMetric(ours[len(ours)/10].Seconds()/bare[len(bare)/10].Seconds(), "x/bare")
}
