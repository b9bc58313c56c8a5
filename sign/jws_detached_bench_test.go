package sign_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// benchBody has the size of a token request.
var benchBody = []byte(`{"trxInfo":"` + strings.Repeat("x", 1000) + `"}`)

// BenchmarkSignUPI is what signing a request costs; BenchmarkBareRS256 is the
// primitive alone.
func BenchmarkSignUPI(b *testing.B) {
	key := upiPrivate(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sign.SignUPI(key, upiVectors[0].header, benchBody); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareRS256(b *testing.B) {
	key := rsaPrivate(b)
	digest := sha256.Sum256(benchBody)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyUPI(b *testing.B) {
	v := upiVectors[0]
	verifier, jws, body := v.verifier(b), upiFile(b, v.jws), []byte(upiFile(b, v.body))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := verifier.Verify(jws, body, v.want); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBareVerifyRS256(b *testing.B) {
	key := rsaPrivate(b)
	digest := sha256.Sum256(benchBody)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
			b.Fatal("does not verify")
		}
	}
}

func BenchmarkSignUMPS(b *testing.B) {
	key, message := upiPrivate(b), []byte(upiFile(b, "umps.json"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (sign.UMPS{}).Sign(key, message); err != nil {
			b.Fatal(err)
		}
	}
}
