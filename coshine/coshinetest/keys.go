package coshinetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"

	"github.com/issuing-sdk/issuing-go/sign"
)

// keyBits is the size of the platform's RSA keys.
const keyBits = 2048

// Keys are the key pairs of both sides. Making them takes a moment; servers of
// one test binary can share a set. It prints as "[redacted]".
type Keys struct{ k *keys }

type keys struct {
	platform *rsa.PrivateKey   // opens requests and PINs
	client   *rsa.PrivateKey   // opens answers
	server   *ecdsa.PrivateKey // signs access tokens
	caller   *ecdsa.PrivateKey // signs client assertions

	platformRSA, clientRSA sign.PrivateKey
	serverEC, callerEC     sign.ES256Key
}

// NewKeys makes a set of keys.
func NewKeys() (Keys, error) {
	k := new(keys)
	var err error
	for _, key := range []**rsa.PrivateKey{&k.platform, &k.client} {
		if *key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
			return Keys{}, err
		}
	}
	for _, key := range []**ecdsa.PrivateKey{&k.server, &k.caller} {
		if *key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return Keys{}, err
		}
	}
	for _, w := range []struct {
		key *rsa.PrivateKey
		to  *sign.PrivateKey
	}{{k.platform, &k.platformRSA}, {k.client, &k.clientRSA}} {
		if *w.to, err = sign.NewPrivateKey(w.key); err != nil {
			return Keys{}, err
		}
	}
	for _, w := range []struct {
		key *ecdsa.PrivateKey
		to  *sign.ES256Key
	}{{k.server, &k.serverEC}, {k.caller, &k.callerEC}} {
		if *w.to, err = sign.NewES256Key(w.key); err != nil {
			return Keys{}, err
		}
	}
	return Keys{k}, nil
}

// Format implements [fmt.Formatter] for every verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// MarshalText returns "[redacted]".
func (Keys) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// pinKeyText is the PIN key as PKIX PEM.
func (k *keys) pinKeyText() string {
	der, err := x509.MarshalPKIXPublicKey(&k.platform.PublicKey)
	if err != nil {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
