package unionpay

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// BenchmarkSeal is a token request from its struct to signed bytes, beside the signature
// alone.
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
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x := &exchange{c: client, o: opTokenRequest, in: req}
			if _, err := x.Encode(issuing.CallSettings{IdempotencyKey: "A0052044620260101120000000001"}); err != nil {
				b.Fatal(err)
			}
			if _, err := x.Seal(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
