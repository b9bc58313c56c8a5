package sign_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// payload has the size of a request to issue a card.
var payload = []byte(`{"fields":"` + strings.Repeat("x", 1000) + `"}`)

// BenchmarkSend compares what one attempt costs with the signature alone.
func BenchmarkSend(b *testing.B) {
	b.Run("bare rsa.SignPSS", func(b *testing.B) {
		key := rsaKey() // made before the clock runs
		digest := sha256.Sum256(payload)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: 32}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("SealBody and SignPSS", func(b *testing.B) {
		key, aes := privateKey(b), aesKey(b)
		b.ReportAllocs()
		for b.Loop() {
			body, err := aes.SealBody(payload)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := sign.SignPSS(key, body, pssTime, pssNonce); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReceive compares what one callback costs with the bare primitives.
func BenchmarkReceive(b *testing.B) {
	aes := aesKey(b)
	body, err := aes.SealBody(payload)
	if err != nil {
		b.Fatal(err)
	}
	signature, err := sign.SignPSS(privateKey(b), body, pssTime, pssNonce)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bare rsa.VerifyPSS and GCM", func(b *testing.B) {
		aead := bare(b)
		raw, err := base64.StdEncoding.DecodeString(signature)
		if err != nil {
			b.Fatal(err)
		}
		sealed, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(string(body), `{"data":"`), `"}`))
		if err != nil {
			b.Fatal(err)
		}
		digest := sha256.Sum256(message(body))
		b.ReportAllocs()
		for b.Loop() {
			if err := rsa.VerifyPSS(&rsaKey().PublicKey, crypto.SHA256, digest[:], raw, nil); err != nil {
				b.Fatal(err)
			}
			if _, err := aead.Open(nil, sealed[:12], sealed[12:], nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("VerifyPSS and OpenBody", func(b *testing.B) {
		public := privateKey(b).Public()
		b.ReportAllocs()
		for b.Loop() {
			if err := sign.VerifyPSS(public, signature, body, pssTime, pssNonce); err != nil {
				b.Fatal(err)
			}
			if _, err := aes.OpenBody(body); err != nil {
				b.Fatal(err)
			}
		}
	})
}
