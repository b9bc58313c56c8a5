package bench

import (
	"bytes"
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
	rsaKey   = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	ecdsaKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	})
)

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

// rsaPair is the key as crypto/rsa and as package sign have it.
func rsaPair(b *testing.B) (*rsa.PrivateKey, sign.PrivateKey) {
	b.Helper()
	raw := must[*rsa.PrivateKey](b)(rsaKey())
	return raw, must[sign.PrivateKey](b)(sign.NewPrivateKey(raw))
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
