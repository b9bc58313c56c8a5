package sign_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// wrapped puts a text on lines of 76 characters, as mail and config files do.
func wrapped(text, newline string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString("  " + text[:76] + newline)
		text = text[76:]
	}
	return b.String() + text
}

func TestParsePrivateKey(t *testing.T) {
	t.Parallel()
	k := keyTexts()
	want := privateKey(t)
	for name, text := range map[string]string{
		"PKCS #8 PEM":            pemText("PRIVATE KEY", k.pkcs8),
		"PKCS #1 PEM":            pemText("RSA PRIVATE KEY", k.pkcs1),
		"PKCS #1 mislabelled":    pemText("PRIVATE KEY", k.pkcs1),
		"PKCS #8 mislabelled":    pemText("RSA PRIVATE KEY", k.pkcs8),
		"CRLF":                   strings.ReplaceAll(pemText("PRIVATE KEY", k.pkcs8), "\n", "\r\n"),
		"space around":           "\n\t " + pemText("PRIVATE KEY", k.pkcs8) + " \n\n",
		"text before":            "Bag Attributes\n  friendlyName: x\n" + pemText("PRIVATE KEY", k.pkcs8),
		"bare PKCS #8":           base64Text(k.pkcs8),
		"bare PKCS #1":           base64Text(k.pkcs1),
		"bare, wrapped":          wrapped(base64Text(k.pkcs8), "\n"),
		"bare, wrapped for DOS":  "\r\n" + wrapped(base64Text(k.pkcs8), "\r\n") + "\r\n",
		"without a last newline": strings.TrimSpace(pemText("PRIVATE KEY", k.pkcs8)),
	} {
		got, err := sign.ParsePrivateKey(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Public().Fingerprint() != want.Public().Fingerprint() || got.Bits() != 2048 || got.IsZero() {
			t.Errorf("%s: another key", name)
		}
	}
}

func TestParsePublicKey(t *testing.T) {
	t.Parallel()
	k := keyTexts()
	sum := sha256.Sum256(k.pkix)
	want := hex.EncodeToString(sum[:])
	for name, text := range map[string]string{
		"PKIX PEM":         pemText("PUBLIC KEY", k.pkix),
		"PKCS #1 PEM":      pemText("RSA PUBLIC KEY", k.pkcs1Public),
		"certificate PEM":  pemText("CERTIFICATE", k.certificate),
		"bare PKIX":        base64Text(k.pkix),
		"bare PKCS #1":     base64Text(k.pkcs1Public),
		"bare certificate": base64Text(k.certificate),
		"wrapped":          wrapped(base64Text(k.pkix), "\r\n"),
		"mislabelled":      pemText("PUBLIC KEY", k.pkcs1Public),
	} {
		got, err := sign.ParsePublicKey(text)
		if err != nil || got.Fingerprint() != want || got.Bits() != 2048 || got.IsZero() {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		out, err := got.MarshalText()
		if err != nil || string(out) != pemText("PUBLIC KEY", k.pkix) {
			t.Errorf("%s marshals as %s, %v", name, out, err)
		}
	}
}

// Every refusal says what was wanted and what was found, and quotes nothing.
func TestParseKeyRefusals(t *testing.T) {
	t.Parallel()
	k := keyTexts()
	//lint:ignore SA1019 merchants still hold keys of this form
	legacy, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", k.pkcs1, []byte("pass"), x509.PEMCipherAES256) //nolint:staticcheck // same
	if err != nil {
		t.Fatal(err)
	}
	private := pemText("PRIVATE KEY", k.pkcs8)
	lines := strings.SplitAfter(private, "\n")
	for _, tt := range []struct{ name, text, private, public string }{
		{"empty", "", "the text is empty", "the text is empty"},
		{"blank", " \n\t", "the text is empty", "the text is empty"},
		{"private key", private, "", "want an RSA public key, found an RSA private key"},
		{"bare private key", base64Text(k.pkcs1), "", "want an RSA public key, found an RSA private key"},
		{"public key", pemText("PUBLIC KEY", k.pkix), "want an RSA private key, found an RSA key (public)", ""},
		{"PKCS #1 public key", base64Text(k.pkcs1Public), "want an RSA private key, found an RSA public key", ""},
		{"certificate", pemText("CERTIFICATE", k.certificate), "want an RSA private key, found a certificate", ""},
		{"EC, SEC 1", pemText("EC PRIVATE KEY", k.sec1), "found an EC private key", "found an EC private key"},
		{"EC, PKCS #8", pemText("PRIVATE KEY", k.ecPKCS8), "found an EC key (private)", "found an EC key (private)"},
		{"EC, public", pemText("PUBLIC KEY", k.ecPKIX), "found an EC key (public)", "found an EC key"},
		{"EC certificate", pemText("CERTIFICATE", k.ecCertificate), "found a certificate", "found an EC key"},
		{"Ed25519", base64Text(k.edPKCS8), "found an Ed25519 key (private)", "found an Ed25519 key (private)"},
		{"Ed25519, public", base64Text(k.edPKIX), "found an Ed25519 key (public)", "found an Ed25519 key"},
		{"encrypted PKCS #8", pemText("ENCRYPTED PRIVATE KEY", k.pkcs8), "encrypted with a passphrase", "encrypted with a passphrase"},
		{"encrypted PKCS #1", string(pem.EncodeToMemory(legacy)), "encrypted with a passphrase", "encrypted with a passphrase"},
		{"OpenSSH", pemText("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), `unreadable PEM block of type "OPENSSH PRIVATE KEY"`, `unreadable PEM block of type "OPENSSH PRIVATE KEY"`},
		{"truncated PEM", strings.Join(lines[:len(lines)/2], ""), "the PEM block is damaged", "the PEM block is damaged"},
		{"a line lost", strings.Join(append(append([]string{}, lines[:5]...), lines[6:]...), ""), "unreadable PEM block", "unreadable PEM block"},
		{"escaped newlines", strings.ReplaceAll(private, "\n", `\n`), "the PEM block is damaged", "the PEM block is damaged"},
		{"on one line", strings.ReplaceAll(private, "\n", " "), "the PEM block is damaged", "the PEM block is damaged"},
		{"two keys", private + private, "text follows the first PEM block", "text follows the first PEM block"},
		{"text after", private + "x", "text follows the first PEM block", "text follows the first PEM block"},
		{"truncated Base64", base64Text(k.pkcs8)[:1000], "found bytes that are no key", "found bytes that are no key"},
		{"odd Base64", base64Text(k.pkcs8)[:1001], "neither PEM nor Base64", "neither PEM nor Base64"},
		{"garbage", "4929420573595709!", "neither PEM nor Base64", "neither PEM nor Base64"},
		{"file name", "/etc/keys/merchant.pem", "neither PEM nor Base64", "neither PEM nor Base64"},
		{"hex", hex.EncodeToString(k.pkcs8[:1200]), "found bytes that are no key", "found bytes that are no key"},
		{"two megabytes", strings.Repeat("A", 2<<20), "has 2097152 characters", "has 2097152 characters"},
		{"small key", base64Text(smallKey(t)), "has 512 bits, at least 1024", "found an RSA private key"},
		{"huge key", base64Text(x509.MarshalPKCS1PublicKey(hugeKey())), "found an RSA public key", "at most"},
		{"even exponent", base64Text(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: rsaKey().N, E: 4})), "found an RSA public key", "exponent"},
	} {
		_, privateErr := sign.ParsePrivateKey(tt.text)
		_, publicErr := sign.ParsePublicKey(tt.text)
		for want, err := range map[string]error{"private: " + tt.private: privateErr, "public: " + tt.public: publicErr} {
			kind, part, _ := strings.Cut(want, ": ")
			if part == "" {
				if err != nil {
					t.Errorf("%s as %s key: %v", tt.name, kind, err)
				}
				continue
			}
			if !errors.Is(err, sign.ErrKey) || !strings.Contains(err.Error(), part) {
				t.Errorf("%s as %s key: %v; want %q", tt.name, kind, err, part)
			}
			if err != nil && (len(err.Error()) > 200 || strings.Contains(err.Error(), "4929") || len(tt.text) > 40 && strings.Contains(err.Error(), tt.text[30:40])) {
				t.Errorf("%s as %s key: the error quotes the text: %v", tt.name, kind, err)
			}
		}
	}
}

// smallKey is a 512-bit RSA key in PKCS #1, which Go does not make any more.
func smallKey(t *testing.T) []byte {
	t.Helper()
	one, e := big.NewInt(1), big.NewInt(65537)
	for {
		p, errP := rand.Prime(rand.Reader, 256)
		q, errQ := rand.Prime(rand.Reader, 256)
		if errP != nil || errQ != nil {
			t.Fatal(errP, errQ)
		}
		p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
		d := new(big.Int).ModInverse(e, new(big.Int).Mul(p1, q1))
		if d == nil || p.Cmp(q) == 0 {
			continue
		}
		der, err := asn1.Marshal(struct {
			Version                     int
			N, E, D, P, Q, DP, DQ, Qinv *big.Int
		}{
			0, new(big.Int).Mul(p, q), e, d, p, q,
			new(big.Int).Mod(d, p1), new(big.Int).Mod(d, q1), new(big.Int).ModInverse(q, p),
		})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
}

// hugeKey has a modulus of which one check takes seconds.
func hugeKey() *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), 100_000)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

// signer is a crypto.Signer with any public key, like a handle to an HSM.
type signer struct {
	public crypto.PublicKey
	err    error
}

func (s signer) Public() crypto.PublicKey { return s.public }

func (s signer) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	return rsaKey().Sign(random, digest, opts)
}

func TestNewKeyRefusals(t *testing.T) {
	t.Parallel()
	inconsistent := *rsaKey()
	inconsistent.D = new(big.Int).Add(rsaKey().D, big.NewInt(2))
	inconsistent.Precomputed = rsa.PrecomputedValues{}
	for name, s := range map[string]crypto.Signer{
		"nil": nil, "nil RSA": (*rsa.PrivateKey)(nil), "empty RSA": &rsa.PrivateKey{}, "inconsistent": &inconsistent,
		"no public key": signer{}, "nil public key": signer{public: (*rsa.PublicKey)(nil)}, "empty public key": signer{public: &rsa.PublicKey{}},
		"public by value": signer{public: rsaKey().PublicKey}, "text": signer{public: "key"}, "exponent 1": signer{public: &rsa.PublicKey{N: rsaKey().N, E: 1}},
		"huge": signer{public: hugeKey()},
	} {
		if key, err := sign.NewPrivateKey(s); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, k := range map[string]*rsa.PublicKey{
		"nil": nil, "empty": {}, "zero": {N: new(big.Int), E: 65537}, "negative": {N: new(big.Int).Neg(rsaKey().N), E: 65537}, "exponent 0": {N: rsaKey().N},
		"exponent 1": {N: rsaKey().N, E: 1}, "huge": hugeKey(), "even modulus": {N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537},
	} {
		if key, err := sign.NewPublicKey(k); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("public, %s: %v", name, err)
		}
	}
}

func TestZeroKeys(t *testing.T) {
	t.Parallel()
	var private sign.PrivateKey
	var public sign.PublicKey
	if !private.IsZero() || private.Bits() != 0 || !private.Public().IsZero() || !public.IsZero() || public.Bits() != 0 || public.Fingerprint() != "" {
		t.Error("a zero key has properties")
	}
	if text, err := public.MarshalText(); len(text) != 0 || err != nil {
		t.Errorf("a zero public key marshals as %q, %v", text, err)
	}
	if _, err := sign.SignPSS(private, nil, "", ""); !errors.Is(err, sign.ErrKey) {
		t.Errorf("SignPSS: %v", err)
	}
	if err := sign.VerifyPSS(public, "AA==", nil, "", ""); !errors.Is(err, sign.ErrKey) {
		t.Errorf("VerifyPSS: %v", err)
	}
	var aes sign.AESKey
	if _, err := aes.Seal(nil); !aes.IsZero() || !errors.Is(err, sign.ErrKey) {
		t.Errorf("Seal: %v", err)
	}
	if _, err := aes.SealBody(nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("SealBody: %v", err)
	}
	if _, err := aes.Open("AAAA"); !errors.Is(err, sign.ErrKey) {
		t.Errorf("Open: %v", err)
	}
	if _, err := aes.OpenBody([]byte(`{"data":"AAAA"}`)); !errors.Is(err, sign.ErrKey) {
		t.Errorf("OpenBody: %v", err)
	}
}

func TestKeysPrintNothing(t *testing.T) {
	t.Parallel()
	const aesText = "0123456789abcdefGHIJKLMNOPQRSTUV"
	aes, err := sign.ParseAESKey(aesText)
	if err != nil {
		t.Fatal(err)
	}
	private := privateKey(t)
	secrets := []string{aesText, string(rsaKey().D.Bytes()), string(rsaKey().Primes[0].Bytes()), rsaKey().D.String(), rsaKey().Primes[1].String(), base64Text(keyTexts().pkcs8)}
	leaktest.Check(t, secrets, aes, private, struct{ Key sign.PrivateKey }{private}, struct{ key sign.AESKey }{aes}, private.Public())
	for want, v := range map[string]any{`"[redacted]"`: aes, `["[redacted]"]`: []any{private}} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%T marshals as %s, %v", v, got, err)
		}
	}
	if got := private.Public().String(); got != "rsa-public-key "+private.Public().Fingerprint() {
		t.Errorf("the public key prints as %s", got)
	}
}

func FuzzParsePrivateKey(f *testing.F) {
	k := keyTexts()
	f.Add(pemText("PRIVATE KEY", k.pkcs8))
	f.Add(base64Text(k.pkcs1))
	f.Add(pemText("EC PRIVATE KEY", k.sec1))
	f.Add(pemText("CERTIFICATE", k.certificate))
	f.Add("-----BEGIN X-----\n-----END X-----")
	f.Add("MIIB")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := sign.ParsePrivateKey(text)
		if (err == nil) == key.IsZero() || err != nil && !errors.Is(err, sign.ErrKey) {
			t.Fatalf("%v with %v", key, err)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	k := keyTexts()
	f.Add(pemText("PUBLIC KEY", k.pkix))
	f.Add(base64Text(k.pkcs1Public))
	f.Add(pemText("CERTIFICATE", k.ecCertificate))
	f.Add(base64Text(k.pkcs8))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := sign.ParsePublicKey(text)
		if (err == nil) == key.IsZero() || err != nil && !errors.Is(err, sign.ErrKey) {
			t.Fatalf("%v with %v", key, err)
		}
		if err == nil {
			out, err := key.MarshalText()
			again, againErr := sign.ParsePublicKey(string(out))
			if err != nil || againErr != nil || again.Fingerprint() != key.Fingerprint() {
				t.Fatalf("the key does not survive its text: %v, %v", err, againErr)
			}
		}
	})
}
