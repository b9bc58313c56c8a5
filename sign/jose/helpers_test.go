package jose_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

func rsaPrivate(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode([]byte(upiFile(t, "private.pem")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

// upiKid is the certificate id of the vectors.
const upiKid = "20190411000000"

// upiFile reads a vector. The keys there are public: they sign nothing else.
func upiFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "unionpay", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func upiPrivate(t testing.TB) sign.PrivateKey {
	t.Helper()
	key, err := sign.ParsePrivateKey(upiFile(t, "private.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func upiPublic(t testing.TB) sign.PublicKey {
	t.Helper()
	key, err := sign.ParsePublicKey(upiFile(t, "public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func BenchmarkUPIJWEEncrypt(b *testing.B) {
	key := upiPublic(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (jose.UPIJWE{}).Encrypt(key, upiKid, []byte("6250945000000004")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUPIJWEDecrypt(b *testing.B) {
	keys, text := upiDecryptKeys(b), upiFile(b, "field.jwe")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (jose.UPIJWE{}).Decrypt(keys, text); err != nil {
			b.Fatal(err)
		}
	}
}
