package authdecision

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

func TestKeysRoundTrip(t *testing.T) {
	t.Parallel()
	merchant, platform := pair(t)
	private, err := merchant.Armored()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParsePrivateKey(private, issuing.Secret{})
	if err != nil || again.Public().Fingerprint() != merchant.Public().Fingerprint() {
		t.Fatalf("%v, %v", again, err)
	}
	public, err := platform.Public().Armored()
	if err != nil || !strings.HasPrefix(public, "-----BEGIN PGP PUBLIC KEY BLOCK-----") {
		t.Fatalf("%q, %v", public, err)
	}
	for _, text := range []string{public, "\ufeff" + public, "\n" + public} {
		if _, err := ParsePublicKey(text); err != nil {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "words": "hello", "private as public": private.Reveal(), "two keys": public + public,
		"cut": public[:len(public)/2], "huge": strings.Repeat("a", maxKeyText+1),
	} {
		if _, err := ParsePublicKey(text); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		} else if len(err.Error()) > 200 {
			t.Errorf("%s: the error holds content", name)
		}
	}
	if _, err := ParsePrivateKey(issuing.NewSecret(public), issuing.Secret{}); !errors.Is(err, ErrKey) {
		t.Errorf("public as private: %v", err)
	}
	weak, err := generate("Weak", "weak@example.com", 1024)
	if err == nil {
		text, _ := weak.Public().Armored()
		if _, err := ParsePublicKey(text); !errors.Is(err, ErrKey) {
			t.Errorf("1024 bits: %v", err)
		}
	}
}

func TestKeysPrintNothing(t *testing.T) {
	t.Parallel()
	merchant, platform := pair(t)
	cfg := CallbackConfig{Key: merchant, PlatformKey: platform.Public()}
	secret, ok := merchant.p.entities()[0].PrivateKey.PrivateKey.(*rsa.PrivateKey)
	if !ok {
		t.Fatal("the key is not RSA")
	}
	secrets := []string{secret.D.String(), secret.Primes[0].String(), string(secret.D.Bytes()), "*packet.PrivateKey"}
	leaktest.Check(t, secrets, cfg, merchant, merchant.Public(), struct{ k PublicKey }{merchant.Public()})
	diff := cmp.Diff(cfg.Key, platform, cmp.Exporter(func(reflect.Type) bool { return true }))
	if diff == "" {
		t.Error("two keys do not differ")
	}
	leaktest.Check(t, secrets, diff)
	text, err := json.Marshal(merchant)
	if err != nil || string(text) != `"[redacted]"` {
		t.Errorf("%s, %v", text, err)
	}
}

func FuzzOpen(f *testing.F) {
	merchant, _ := pair(f)
	f.Add([]byte("-----BEGIN PGP MESSAGE-----\n\nwcBMA=\n-----END PGP MESSAGE-----"))
	f.Add([]byte(""))
	f.Add(sealed(f, requestBody))
	f.Fuzz(func(t *testing.T, message []byte) {
		plain, err := open(merchant, message, time.Unix(1_800_000_000, 0))
		if err != nil && (!errors.Is(err, ErrDecrypt) || plain != nil) {
			t.Errorf("%v", err)
		}
	})
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(requestBody))
	f.Add([]byte(`{"transaction_id":1,"billing_amount":1e9,"date_of_transaction":[]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		req, err := decodeRequest(body, time.UTC, nil)
		if err == nil && req.TransactionID == "" {
			t.Error("a request without an id")
		}
	})
}

// BenchmarkAnswer measures opening a request and sealing an answer beside the
// two RSA operations that they cannot do without; their padding costs nothing.
// Of the 877 kB nearly all are tables of compress/flate: 792 kB to write the
// answer and 44 kB to read the request. The PGP library makes them anew for each
// message, and ZLIB is what UQPAY's own libraries write; without it both take
// 18 kB and a tenth less time.
func BenchmarkAnswer(b *testing.B) {
	merchant, platform := pair(b)
	message := sealed(b, requestBody)
	now := time.Now()
	b.Run("bare RSA", func(b *testing.B) {
		entry, ok := merchant.p.entities()[0].EncryptionKey(now)
		if !ok {
			b.Fatal("no key")
		}
		private, ok := entry.PrivateKey.PrivateKey.(*rsa.PrivateKey)
		if !ok {
			b.Fatalf("%T", entry.PrivateKey.PrivateKey)
		}
		session := make([]byte, 35)
		wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &private.PublicKey, session, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := rsa.DecryptOAEP(sha256.New(), nil, private, wrapped, nil); err != nil {
				b.Fatal(err)
			}
			if _, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &private.PublicKey, session, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			plain, err := open(merchant, message, now)
			if err != nil {
				b.Fatal(err)
			}
			if _, err = decodeRequest(plain, time.UTC, nil); err != nil {
				b.Fatal(err)
			}
			if _, err = seal(platform.Public(), []byte(`{"transaction_id":"1","response_code":"00"}`), now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
