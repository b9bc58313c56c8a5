package worldcard_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"testing"

	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// BenchmarkCallback measures what a callback costs beside the two
// primitives that it cannot do without.
func BenchmarkCallback(b *testing.B) {
	server, src := callbackPlatform(b, worldcardtest.Config{})
	payload := callbackPayloads(b)[4].payload // card_billing, the largest
	payload["notify_type"] = worldcard.EventCardBilled
	header, body := signed(b, server, payload)

	b.Run("bare VerifyPSS and GCM open", func(b *testing.B) {
		text, err := server.PlatformKey().MarshalText()
		if err != nil {
			b.Fatal(err)
		}
		block, _ := pem.Decode(text)
		parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			b.Fatal(err)
		}
		public, ok := parsed.(*rsa.PublicKey)
		if !ok {
			b.Fatalf("%T", parsed)
		}
		signature, err := base64.StdEncoding.DecodeString(header.Get("X-Signature"))
		if err != nil {
			b.Fatal(err)
		}
		sealed, err := base64.StdEncoding.DecodeString(string(body[len(`{"data":"`) : len(body)-len(`"}`)]))
		if err != nil {
			b.Fatal(err)
		}
		digest := sha256.Sum256([]byte(string(body) + header.Get("X-Timestamp") + header.Get("X-Nonce")))
		gcm := gcmOf(b, server.AESKeyText().Reveal())
		b.ReportAllocs()
		for b.Loop() {
			if err := rsa.VerifyPSS(public, crypto.SHA256, digest[:], signature, nil); err != nil {
				b.Fatal(err)
			}
			if _, err := gcm.Open(nil, sealed[:12], sealed[12:], nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Source.Parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			event, err := src.Parse(header, body)
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := event.Data.(*worldcard.CardBilled); !ok {
				b.Fatalf("%T", event.Data)
			}
		}
	})
}

func gcmOf(b *testing.B, text string) cipher.AEAD {
	b.Helper()
	key, err := hex.DecodeString(text)
	if err != nil {
		b.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		b.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		b.Fatal(err)
	}
	return gcm
}
