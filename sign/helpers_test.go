package sign_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
)

// rsaKey is made once; making one takes longer than all tests with it.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func privateKey(t testing.TB) sign.PrivateKey {
	t.Helper()
	key, err := sign.NewPrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// texts holds one key of each kind in each encoding, as DER.
type texts struct {
	pkcs1, pkcs8, pkix, pkcs1Public, certificate []byte // RSA
	sec1, ecPKCS8, ecPKIX, ecCertificate         []byte
	edPKCS8, edPKIX                              []byte
}

var keyTexts = sync.OnceValue(func() texts {
	must := func(der []byte, err error) []byte {
		if err != nil {
			panic(err)
		}
		return der
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	edPublic, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "acme"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0), // long expired
	}
	return texts{
		pkcs1:         x509.MarshalPKCS1PrivateKey(rsaKey()),
		pkcs8:         must(x509.MarshalPKCS8PrivateKey(rsaKey())),
		pkix:          must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey)),
		pkcs1Public:   x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey),
		certificate:   must(x509.CreateCertificate(rand.Reader, template, template, &rsaKey().PublicKey, rsaKey())),
		sec1:          must(x509.MarshalECPrivateKey(ec)),
		ecPKCS8:       must(x509.MarshalPKCS8PrivateKey(ec)),
		ecPKIX:        must(x509.MarshalPKIXPublicKey(&ec.PublicKey)),
		ecCertificate: must(x509.CreateCertificate(rand.Reader, template, template, &ec.PublicKey, ec)),
		edPKCS8:       must(x509.MarshalPKCS8PrivateKey(ed)),
		edPKIX:        must(x509.MarshalPKIXPublicKey(edPublic)),
	}
})

func pemText(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func base64Text(der []byte) string { return base64.StdEncoding.EncodeToString(der) }
