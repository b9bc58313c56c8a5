package providertest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// silentKey is a key of the merchant's in a service that does not answer before it is
// told to.
type silentKey struct {
	public crypto.PublicKey
	asked  chan struct{} // receives at each use
	answer chan struct{} // closed to let them end
	signer crypto.Signer // signs all the same; nil for none
}

var errStuck = errors.New("the key service is gone")

func newSilent(t testing.TB, public crypto.PublicKey) *silentKey {
	s := &silentKey{public: public, asked: make(chan struct{}, 16), answer: make(chan struct{})}
	t.Cleanup(func() { close(s.answer) })
	return s
}

// Public implements crypto.Signer and crypto.Decrypter.
func (s *silentKey) Public() crypto.PublicKey { return s.public }

// Sign implements crypto.Signer.
func (s *silentKey) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.signer != nil {
		return s.signer.Sign(random, digest, opts)
	}
	return s.use()
}

// Decrypt implements crypto.Decrypter.
func (s *silentKey) Decrypt(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) { return s.use() }

func (s *silentKey) use() ([]byte, error) {
	s.asked <- struct{}{}
	<-s.answer
	return nil, errStuck
}

// stuckRSA is a stuck key of 2048 bits.
func stuckRSA(t testing.TB) (*silentKey, sign.PrivateKey) {
	t.Helper()
	n := new(big.Int).Lsh(big.NewInt(1), 2047)
	s := newSilent(t, &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537})
	key, err := sign.NewPrivateKey(s)
	check(t, err)
	return s, key
}

// openingOnly is a key that signs as the one of a PEM text does, and opens nothing.
func openingOnly(t testing.TB, text issuing.Secret) (*silentKey, sign.PrivateKey) {
	t.Helper()
	block, _ := pem.Decode([]byte(text.Reveal()))
	if block == nil {
		t.Fatal("the key is no PEM text")
	}
	own, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(t, err)
	signer, ok := own.(crypto.Signer)
	if !ok {
		t.Fatalf("a key of type %T", own)
	}
	s := newSilent(t, signer.Public())
	s.signer = signer
	key, err := sign.NewPrivateKey(s)
	check(t, err)
	return s, key
}

// stuckES256 is a stuck key of the curve P-256.
func stuckES256(t testing.TB) (*silentKey, sign.ES256Key) {
	t.Helper()
	pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	s := newSilent(t, &pair.PublicKey)
	key, err := sign.NewES256Key(s)
	check(t, err)
	return s, key
}

// stuckKeys: a key that does not answer, before the request or when its answer is
// opened, does not hold a call that is cancelled.
func stuckKeys(ctx context.Context, t testing.TB, p Provider) {
	b := p.Open(t)
	if len(b.Stuck) == 0 {
		t.Skip("no key of the merchant's that could be slow")
	}
	for name, with := range b.Stuck {
		key, call := with()
		ctx, cancel := context.WithCancel(ctx)
		go func() {
			<-key.asked
			cancel()
		}()
		info := stale()
		err := within(t, name, func() error { return call(ctx, issuing.WithCallInfo(&info)) })
		cancel()
		if !errors.Is(err, context.Canceled) || !errors.Is(err, issuing.ErrCanceled) || errors.Is(err, issuing.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
		if info.Provider != p.Name || info.Attempts != 1 {
			t.Errorf("%s: CallInfo %+v", name, info)
		}
	}
}
