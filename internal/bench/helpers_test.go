package bench

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// side is one way to do a row's work.
type side struct {
	name string
	run  func() error
}

// measure makes a benchmark of each side.
func measure(b *testing.B, sides ...side) {
	b.Helper()
	for _, s := range sides {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// payload has the size of a request to issue a card.
var payload = []byte(`{"fields":"` + strings.Repeat("x", 1000) + `"}`)

var errMismatch = errors.New("not what it should be")

// The keys of all rows: 2,048 bits, as the providers' documents ask for.
var (
	rsaKey      = sync.OnceValues(newRSA)
	platformKey = sync.OnceValues(newRSA)
	ecdsaKey    = sync.OnceValues(func() (*ecdsa.PrivateKey, error) {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	})
)

func newRSA() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }

// must returns a value that comes without an error.
func must[T any](b *testing.B) func(value T, err error) T {
	return func(value T, err error) T {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		return value
	}
}

// rsaPair is the merchant's key as crypto/rsa and as package sign have it.
func rsaPair(b *testing.B) (*rsa.PrivateKey, sign.PrivateKey) {
	b.Helper()
	raw := must[*rsa.PrivateKey](b)(rsaKey())
	return raw, must[sign.PrivateKey](b)(sign.NewPrivateKey(raw))
}

// platformPair is the platform's, which a client does not take from the merchant.
func platformPair(b *testing.B) (*rsa.PrivateKey, sign.PrivateKey) {
	b.Helper()
	raw := must[*rsa.PrivateKey](b)(platformKey())
	return raw, must[sign.PrivateKey](b)(sign.NewPrivateKey(raw))
}

// signatureOf is a bare signature, and the digest that it is of.
func signatureOf(b *testing.B, key *rsa.PrivateKey, hash crypto.Hash) (digest, signature []byte) {
	b.Helper()
	h := hash.New()
	h.Write(payload)
	digest = h.Sum(nil)
	return digest, must[[]byte](b)(rsa.SignPKCS1v15(nil, key, hash, digest))
}

// received is what a callback brings.
func received(b *testing.B, r *http.Request, err error) (http.Header, []byte) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	return r.Header, must[[]byte](b)(io.ReadAll(r.Body))
}

// send posts a message as a merchant without a library does, and returns the answer.
func send(hc *http.Client, address string, header http.Header, body []byte) (http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header = header
	resp, err := hc.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.Header, answer, err
}

// instant answers every request at once, inside the process.
type instant []byte

func (i instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader(i)), ContentLength: int64(len(i)),
	}, nil
}
