package jose_test

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// jweKey is made once: an RSA key takes a moment.
var jweKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func jwePair(t testing.TB) (*rsa.PrivateKey, sign.PrivateKey) {
	t.Helper()
	raw, err := jweKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return raw, key
}

const jweBody = `{"participantId":"100000","cardNumber":"4220000000000001"}`

// TestJWEAgainstTheStandardLibrary opens what SealJWE made, and makes what
// OpenJWE opens, with crypto/rsa and crypto/cipher alone.
func TestJWEAgainstTheStandardLibrary(t *testing.T) {
	t.Parallel()
	raw, key := jwePair(t)
	text, err := jose.SealJWE(key.Public(), "kid-1", jose.JWESerializationCompact, []byte(jweBody))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(text, ".")
	var bin [5][]byte
	for i, part := range parts {
		if bin[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			t.Fatal(err)
		}
	}
	var header map[string]string
	if err := json.Unmarshal(bin[0], &header); err != nil || header["alg"] != "RSA-OAEP-256" || header["enc"] != "A128GCM" || header["kid"] != "kid-1" || len(header) != 3 {
		t.Errorf("header %v, %v", header, err)
	}
	cek, err := rsa.DecryptOAEP(sha256.New(), nil, raw, bin[1], nil)
	if err != nil || len(cek) != 16 {
		t.Fatalf("content key of %d bytes, %v", len(cek), err)
	}
	if plain, err := jweGCM(t, cek).Open(nil, bin[2], append(bin[3], bin[4]...), []byte(parts[0])); err != nil || string(plain) != jweBody {
		t.Errorf("%s, %v", plain, err)
	}

	protected := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RSA-OAEP-256","enc":"A128GCM"}`))
	made := assemble(t, &raw.PublicKey, protected)
	if plain, err := jose.OpenJWE(key, jose.JWESerializationCompact, "\n"+made+" "); err != nil || string(plain) != jweBody {
		t.Errorf("%s, %v", plain, err)
	}
}

func jweGCM(t testing.TB, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

// assemble makes a compact JWE by hand.
func assemble(t testing.TB, key *rsa.PublicKey, protected string) string {
	t.Helper()
	cek, nonce := make([]byte, 16), make([]byte, 12)
	_, _ = rand.Read(cek)
	_, _ = rand.Read(nonce)
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, key, cek, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed := jweGCM(t, cek).Seal(nil, nonce, []byte(jweBody), []byte(protected))
	out := []string{protected}
	for _, part := range [][]byte{wrapped, nonce, sealed[:len(sealed)-16], sealed[len(sealed)-16:]} {
		out = append(out, base64.RawURLEncoding.EncodeToString(part))
	}
	return strings.Join(out, ".")
}

func TestJWERoundTrip(t *testing.T) {
	t.Parallel()
	_, key := jwePair(t)
	for _, form := range []jose.JWESerialization{jose.JWESerializationCompact, jose.JWESerializationJSON} {
		for _, plain := range []string{"", "{}", strings.Repeat(jweBody, 1000)} {
			text, err := jose.SealJWE(key.Public(), "", form, []byte(plain))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := jose.OpenJWE(key, form, text); err != nil || !bytes.Equal(got, []byte(plain)) {
				t.Errorf("%v: %d bytes of %d, %v", form, len(got), len(plain), err)
			}
			if _, err := jose.OpenJWE(key, 1-form, text); !errors.Is(err, sign.ErrDecrypt) {
				t.Errorf("%v passes as the other serialisation", form)
			}
		}
	}
}

// jweSignerOnly hides that a key can decrypt.
type jweSignerOnly struct{ crypto.Signer }

// jweHSM is a key that is reached through interfaces alone.
type jweHSM struct{ key *rsa.PrivateKey }

func (h jweHSM) Public() crypto.PublicKey { return h.key.Public() }
func (h jweHSM) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return h.key.Sign(r, digest, opts)
}
func (h jweHSM) Decrypt(r io.Reader, text []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	return h.key.Decrypt(r, text, opts)
}

// TestJWEIsRefused: other algorithms, altered texts, other keys, compression.
func TestJWEIsRefused(t *testing.T) {
	t.Parallel()
	raw, key := jwePair(t)
	sealed := func(alg gojose.KeyAlgorithm, enc gojose.ContentEncryption, options *gojose.EncrypterOptions) string {
		e, err := gojose.NewEncrypter(enc, gojose.Recipient{Algorithm: alg, Key: &raw.PublicKey}, options)
		if err != nil {
			t.Fatal(err)
		}
		object, err := e.Encrypt([]byte(strings.Repeat(jweBody, 10)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := object.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := sealed(gojose.RSA_OAEP_256, gojose.A128GCM, nil)
	if _, err := jose.OpenJWE(key, jose.JWESerializationCompact, good); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"dir","enc":"A128GCM"}`))
	for name, text := range map[string]string{
		"RSA-OAEP":     sealed(gojose.RSA_OAEP, gojose.A128GCM, nil),
		"RSA1_5":       sealed(gojose.RSA1_5, gojose.A128GCM, nil),
		"A256GCM":      sealed(gojose.RSA_OAEP_256, gojose.A256GCM, nil),
		"A128CBC":      sealed(gojose.RSA_OAEP_256, gojose.A128CBC_HS256, nil),
		"compressed":   sealed(gojose.RSA_OAEP_256, gojose.A128GCM, &gojose.EncrypterOptions{Compression: gojose.DEFLATE}),
		"direct":       strings.Join(append([]string{none}, parts[1:]...), "."),
		"altered text": strings.Join([]string{parts[0], parts[1], parts[2], "AAAA" + parts[3][4:], parts[4]}, "."),
		"altered tag":  strings.Join([]string{parts[0], parts[1], parts[2], parts[3], "AAAA" + parts[4][4:]}, "."),
		"altered key":  strings.Join([]string{parts[0], "AAAA" + parts[1][4:], parts[2], parts[3], parts[4]}, "."),
		"short tag":    strings.Join([]string{parts[0], parts[1], parts[2], parts[3], parts[4][:8]}, "."),
		"plain":        jweBody, "empty": "", "dots": "....", "huge": strings.Repeat("a", 9<<20),
	} {
		if plain, err := jose.OpenJWE(key, jose.JWESerializationCompact, text); !errors.Is(err, sign.ErrDecrypt) || plain != nil {
			t.Errorf("%s: %d bytes, %v", name, len(plain), err)
		}
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	otherKey, err := sign.NewPrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jose.OpenJWE(otherKey, jose.JWESerializationCompact, good); !errors.Is(err, sign.ErrDecrypt) {
		t.Errorf("another key: %v", err)
	}
	only, err := sign.NewPrivateKey(jweSignerOnly{raw})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jose.OpenJWE(only, jose.JWESerializationCompact, good); !errors.Is(err, sign.ErrKey) || only.CanDecrypt() {
		t.Errorf("a signer: %v", err)
	}
	if _, err := jose.OpenJWE(sign.PrivateKey{}, jose.JWESerializationCompact, good); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	if _, err := jose.SealJWE(sign.PublicKey{}, "", jose.JWESerializationCompact, nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no public key: %v", err)
	}
	handle, err := sign.NewPrivateKey(jweHSM{raw})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := jose.OpenJWE(handle, jose.JWESerializationCompact, good); err != nil || !handle.CanDecrypt() || len(plain) == 0 {
		t.Errorf("a key behind an interface: %v", err)
	}
}

// FuzzOpenJWE never panics and opens nothing that was not sealed.
func FuzzOpenJWE(f *testing.F) {
	_, key := jwePair(f)
	for _, form := range []jose.JWESerialization{jose.JWESerializationCompact, jose.JWESerializationJSON} {
		text, err := jose.SealJWE(key.Public(), "", form, []byte(jweBody))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(int(form), text)
	}
	f.Add(0, "....")
	f.Fuzz(func(t *testing.T, form int, text string) {
		plain, err := jose.OpenJWE(key, jose.JWESerialization(form), text)
		if err == nil && string(plain) != jweBody {
			t.Errorf("opened %q", plain)
		}
	})
}

func BenchmarkJWE(b *testing.B) {
	raw, key := jwePair(b)
	text, err := jose.SealJWE(key.Public(), "", jose.JWESerializationCompact, []byte(jweBody))
	if err != nil {
		b.Fatal(err)
	}
	wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, make([]byte, 16), nil)
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, fn func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := fn(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("seal", func() error {
		_, err := jose.SealJWE(key.Public(), "", jose.JWESerializationCompact, []byte(jweBody))
		return err
	})
	run("seal/bare RSA-OAEP", func() error {
		_, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, make([]byte, 16), nil)
		return err
	})
	run("open", func() error { _, err := jose.OpenJWE(key, jose.JWESerializationCompact, text); return err })
	run("open/bare RSA-OAEP", func() error { _, err := rsa.DecryptOAEP(sha256.New(), nil, raw, wrapped, nil); return err })
}
