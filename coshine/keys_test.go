package coshine_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

func newECKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newRSAKey(t testing.TB, bits int) sign.PrivateKey {
	t.Helper()
	raw, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// parsePublic takes the RSA key out of a sign.PublicKey.
func parsePublic(t testing.TB, key sign.PublicKey) *rsa.PublicKey {
	t.Helper()
	text, err := key.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		t.Fatal("not an RSA key")
	}
	return public
}

// sprint prints a value in the most talkative ways of package fmt.
func sprint(v any) string { return fmt.Sprintf("%v %+v %#v %s", v, v, v, v) }
