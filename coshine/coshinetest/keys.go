package coshinetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"

	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// keyBits is the size of the platform's RSA keys.
const keyBits = 2048

// Keys are the key pairs of both sides. Making them takes a moment; servers of
// one test binary can share a set. It prints as "[redacted]".
type Keys struct{ k *keys }

type keys struct {
	pin      func() *rsa.PrivateKey // the platform's, for PINs
	platform sign.PrivateKey        // the same, opens requests
	client   sign.PrivateKey        // opens answers
	server   sign.ES256Key          // signs access tokens
	caller   sign.ES256Key          // signs client assertions
}

// NewKeys makes a set of keys.
func NewKeys() (Keys, error) {
	k := new(keys)
	var errs [4]error
	var pin *rsa.PrivateKey
	pin, k.platform, errs[0] = newRSA()
	k.pin = platform.Hide(pin)
	_, k.client, errs[1] = newRSA()
	k.server, errs[2] = newEC()
	k.caller, errs[3] = newEC()
	if err := errors.Join(errs[:]...); err != nil {
		return Keys{}, err
	}
	return Keys{k}, nil
}

func newRSA() (*rsa.PrivateKey, sign.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, sign.PrivateKey{}, err
	}
	private, err := sign.NewPrivateKey(key)
	return key, private, err
}

func newEC() (sign.ES256Key, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return sign.ES256Key{}, err
	}
	return sign.NewES256Key(key)
}

// Format implements [fmt.Formatter] for every verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// MarshalText returns "[redacted]".
func (Keys) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// pinKeyText is the PIN key as PKIX PEM.
func (k *keys) pinKeyText() string {
	der, err := x509.MarshalPKIXPublicKey(&k.pin().PublicKey)
	if err != nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
