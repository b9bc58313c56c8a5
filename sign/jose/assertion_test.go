package jose_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

var assertionTime = time.Date(2026, 4, 20, 6, 30, 52, 0, time.UTC)

func newEC(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func es256(t testing.TB) (sign.ES256Key, *ecdsa.PrivateKey) {
	t.Helper()
	raw := newEC(t, elliptic.P256())
	key, err := sign.NewES256Key(raw)
	if err != nil {
		t.Fatal(err)
	}
	return key, raw
}

func assertion() jose.Assertion {
	return jose.Assertion{ClientID: "client-1", Audience: "https://auth.example/token", ID: "jti-1", IssuedAt: assertionTime, ExpiresAt: assertionTime.Add(5 * time.Minute)}
}

// TestAssertionIsWhatTheStandardRequires takes an assertion apart with the
// standard library alone.
func TestAssertionIsWhatTheStandardRequires(t *testing.T) {
	t.Parallel()
	key, raw := es256(t)
	token, err := jose.SignAssertion(key, "kid-1", assertion())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	decode := func(part string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var header, claims map[string]any
	if err := errors.Join(json.Unmarshal(decode(parts[0]), &header), json.Unmarshal(decode(parts[1]), &claims)); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(header) != "map[alg:ES256 kid:kid-1 typ:JWT]" {
		t.Errorf("header %v", header)
	}
	want := map[string]any{
		"iss": "client-1", "sub": "client-1", "aud": "https://auth.example/token", "jti": "jti-1",
		"iat": float64(assertionTime.Unix()), "exp": float64(assertionTime.Unix() + 300),
	}
	if fmt.Sprint(claims) != fmt.Sprint(want) {
		t.Errorf("claims %v, want %v", claims, want)
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature := decode(parts[2])
	if len(signature) != 64 || !ecdsa.Verify(&raw.PublicKey, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		t.Error("the signature does not verify with crypto/ecdsa")
	}
	if got, err := jose.VerifyAssertion(key.Public(), token, assertion().Audience, assertionTime); err != nil || got.ID != "jti-1" || got.ClientID != "client-1" || !got.ExpiresAt.Equal(assertionTime.Add(5*time.Minute)) || !got.IssuedAt.Equal(assertionTime) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestRFC7515Vector verifies the ES256 example of RFC 7515, appendix A.3.
func TestRFC7515Vector(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJFUzI1NiJ9" +
		".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ" +
		".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
	point := []byte{4}
	for _, coordinate := range []string{"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"} {
		b, err := base64.RawURLEncoding.DecodeString(coordinate)
		if err != nil {
			t.Fatal(err)
		}
		point = append(point, b...)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.NewES256PublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if err := jose.VerifyAccessToken(key, token, time.Unix(1300819379, 0)); err != nil {
		t.Errorf("before its end: %v", err)
	}
	if err := jose.VerifyAccessToken(key, token, time.Unix(1300819380, 0)); !errors.Is(err, sign.ErrVerify) {
		t.Errorf("at its end: %v", err)
	}
	if err := jose.VerifyAccessToken(key, token[:len(token)-4]+"AAAA", time.Unix(1300819379, 0)); !errors.Is(err, sign.ErrVerify) {
		t.Errorf("another signature: %v", err)
	}
}

func TestAssertionsAreRefused(t *testing.T) {
	t.Parallel()
	key, _ := es256(t)
	other, _ := es256(t)
	signed := func(k sign.ES256Key, change func(*jose.Assertion)) string {
		a := assertion()
		change(&a)
		token, err := jose.SignAssertion(k, "", a)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	good := signed(key, func(*jose.Assertion) {})
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + strings.Split(good, ".")[1] + "."
	for name, token := range map[string]string{
		"other key":      signed(other, func(*jose.Assertion) {}),
		"expired":        signed(key, func(a *jose.Assertion) { a.ExpiresAt = assertionTime }),
		"issued later":   signed(key, func(a *jose.Assertion) { a.IssuedAt = assertionTime.Add(2 * time.Minute) }),
		"for another":    signed(key, func(a *jose.Assertion) { a.Audience = "https://auth.example/other" }),
		"algorithm none": none,
		"empty":          "", "no token": "a.b.c", "huge": strings.Repeat("a", 20_000),
		"swapped parts": strings.Join([]string{strings.Split(good, ".")[1], strings.Split(good, ".")[0], strings.Split(good, ".")[2]}, "."),
	} {
		if a, err := jose.VerifyAssertion(key.Public(), token, assertion().Audience, assertionTime); !errors.Is(err, sign.ErrVerify) || a.ID != "" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	access, err := jose.SignAccessToken(key, "", jose.AccessToken{
		Issuer: "server", Subject: "client-1", ID: "id", ExpiresAt: assertionTime.Add(time.Hour),
	})
	if err != nil || jose.VerifyAccessToken(key.Public(), access, assertionTime) != nil {
		t.Errorf("access token: %v", err)
	}
	if _, err := jose.VerifyAssertion(key.Public(), access, assertion().Audience, assertionTime); !errors.Is(err, sign.ErrVerify) {
		t.Errorf("an access token passes as an assertion: %v", err)
	}
	for name, a := range map[string]jose.Assertion{
		"no client": {Audience: "a", ID: "i", ExpiresAt: assertionTime}, "no audience": {ClientID: "c", ID: "i", ExpiresAt: assertionTime},
		"no id": {ClientID: "c", Audience: "a", ExpiresAt: assertionTime}, "no end": {ClientID: "c", Audience: "a", ID: "i"},
	} {
		if _, err := jose.SignAssertion(key, "", a); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
	if _, err := jose.SignAssertion(sign.ES256Key{}, "", assertion()); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	if err := jose.VerifyAccessToken(sign.ES256PublicKey{}, good, assertionTime); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no public key: %v", err)
	}
}

func TestES256KeysAreParsed(t *testing.T) {
	t.Parallel()
	raw := newEC(t, elliptic.P256())
	encode := func(label string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
	}
	sec1, sec1Err := x509.MarshalECPrivateKey(raw)
	pkcs8, pkcs8Err := x509.MarshalPKCS8PrivateKey(raw)
	spki, spkiErr := x509.MarshalPKIXPublicKey(&raw.PublicKey)
	for name, text := range map[string]string{
		"SEC 1": encode("EC PRIVATE KEY", sec1, sec1Err), "PKCS #8": encode("PRIVATE KEY", pkcs8, pkcs8Err), "Base64": base64.StdEncoding.EncodeToString(pkcs8),
	} {
		key, err := sign.ParseES256Key(text)
		if err != nil || key.IsZero() || key.Public().Fingerprint() == "" {
			t.Errorf("%s: %v", name, err)
		}
		scalar, err := raw.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		leaktest.Check(t, []string{string(scalar), string(pkcs8)}, key)
	}
	public, err := sign.ParseES256PublicKey(encode("PUBLIC KEY", spki, spkiErr))
	if err != nil || public.IsZero() {
		t.Fatal(err)
	}
	if text, err := public.MarshalText(); err != nil || string(text) != encode("PUBLIC KEY", spki, nil) || !strings.HasPrefix(public.String(), "ec-public-key ") {
		t.Errorf("%s, %v", text, err)
	}
	edPublic, edPrivate, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edText, edErr := x509.MarshalPKCS8PrivateKey(edPrivate)
	edPub, edPubErr := x509.MarshalPKIXPublicKey(edPublic)
	big384, big384Err := x509.MarshalPKCS8PrivateKey(newEC(t, elliptic.P384()))
	for name, text := range map[string]string{
		"empty": "", "text": "nonsense", "Ed25519": encode("PRIVATE KEY", edText, edErr), "P-384": encode("PRIVATE KEY", big384, big384Err),
		"public": encode("PUBLIC KEY", spki, nil),
	} {
		if _, err := sign.ParseES256Key(text); !errors.Is(err, sign.ErrKey) {
			t.Errorf("private, %s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "Ed25519": encode("PUBLIC KEY", edPub, edPubErr), "private": encode("PRIVATE KEY", pkcs8, nil)} {
		if _, err := sign.ParseES256PublicKey(text); !errors.Is(err, sign.ErrKey) {
			t.Errorf("public, %s: %v", name, err)
		}
	}
	var nilKey *ecdsa.PrivateKey
	_, err1 := sign.NewES256Key(nil)
	_, err2 := sign.NewES256Key(nilKey)
	_, err3 := sign.NewES256Key(edPrivate)
	_, err4 := sign.NewES256PublicKey(nil)
	_, err5 := sign.NewES256Key(new(ecdsa.PrivateKey))
	_, err6 := sign.NewES256PublicKey(new(ecdsa.PublicKey))
	for i, err := range []error{err1, err2, err3, err4, err5, err6} {
		if !errors.Is(err, sign.ErrKey) {
			t.Errorf("constructor %d: %v", i, err)
		}
	}
}

// FuzzVerifyAssertion never panics and accepts nothing that was not signed.
func FuzzVerifyAssertion(f *testing.F) {
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	key, err := sign.NewES256Key(raw)
	if err != nil {
		f.Fatal(err)
	}
	token, err := jose.SignAssertion(key, "", assertion())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := jose.VerifyAssertion(key.Public(), text, assertion().Audience, assertionTime); err == nil && !sameClaims(text, token) {
			t.Errorf("accepted %q", text)
		}
	})
}

// sameClaims reports whether two tokens carry the same signed part.
func sameClaims(a, b string) bool {
	cut := func(s string) string { return s[:max(strings.LastIndex(s, "."), 0)] }
	return cut(a) == cut(b)
}

func BenchmarkSignAssertion(b *testing.B) {
	key, raw := es256(b)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jose.SignAssertion(key, "", assertion()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		digest := sha256.Sum256([]byte("payload"))
		for b.Loop() {
			if _, err := ecdsa.SignASN1(rand.Reader, raw, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
