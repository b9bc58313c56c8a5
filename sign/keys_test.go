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
	"slices"
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

// refusal is a text with a part of what each parser says to it, "" where it is read.
type refusal struct{ name, text, private, public string }

// Every refusal says what was wanted, what was found and what to do, and quotes
// nothing.
func TestParseKeyRefusals(t *testing.T) {
	t.Parallel()
	k := keyTexts()
	//lint:ignore SA1019 merchants still hold keys of this form
	legacy, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", k.pkcs1, []byte("pass"), x509.PEMCipherAES256) //nolint:staticcheck // same
	if err != nil {
		t.Fatal(err)
	}
	private, encrypted := pemText("PRIVATE KEY", k.pkcs8), string(pem.EncodeToMemory(legacy))
	lines := strings.SplitAfter(private, "\n")
	same := func(name, text, part string) refusal { return refusal{name, text, part, part} }
	const (
		wantPrivate = "want an RSA private key, found "
		wantPublic  = "want an RSA public key, found "
		passphrase  = "encrypted with a passphrase; decrypt it first: openssl "
		cut         = "found a key that was cut short or changed on its way; copy the whole of it again"
	)
	for _, tt := range []refusal{
		same("empty", "", "the text is empty"),
		same("blank", " \n\t\ufeff", "the text is empty"),
		same("quotes alone", `""`, "the text is empty"),
		{"private key", private, "", wantPublic + "an RSA private key"},
		{"bare private key", base64Text(k.pkcs1), "", wantPublic + "an RSA private key"},
		{"public key", pemText("PUBLIC KEY", k.pkix), wantPrivate + "an RSA public key", ""},
		{"PKCS #1 public key", base64Text(k.pkcs1Public), wantPrivate + "an RSA public key", ""},
		{"certificate", pemText("CERTIFICATE", k.certificate), wantPrivate + "a certificate of an RSA public key", ""},
		same("EC, SEC 1", pemText("EC PRIVATE KEY", k.sec1), "found an EC private key on the curve P-256"),
		same("EC, PKCS #8", pemText("PRIVATE KEY", k.ecPKCS8), "found an EC private key on the curve P-256"),
		same("EC, public", pemText("PUBLIC KEY", k.ecPKIX), "found an EC public key on the curve P-256"),
		{"EC certificate", pemText("CERTIFICATE", k.ecCertificate), "found a certificate of an EC public key", wantPublic + "an EC public key on the curve P-256"},
		same("Ed25519", base64Text(k.edPKCS8), "found an Ed25519 private key"),
		same("Ed25519, public", base64Text(k.edPKIX), "found an Ed25519 public key"),
		same("encrypted PKCS #8", pemText("ENCRYPTED PRIVATE KEY", k.pkcs8), passphrase+"pkey -in key.pem -out plain.pem"),
		same("encrypted PKCS #1", encrypted, passphrase+"pkey"),
		same("encrypted, escaped", strings.ReplaceAll(encrypted, "\n", `\n`), passphrase+"pkey"),
		same("encrypted, on one line", strings.Join(strings.Fields(encrypted), " "), passphrase+"pkey"),
		same("OpenSSH", pemText("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), "found an OpenSSH private key; convert a copy of it: ssh-keygen -p -m PEM -f key"),
		same("OpenSSH, public", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB me@host", "an OpenSSH public key; convert it: ssh-keygen -e -m PKCS8 -f key.pub"),
		same("JWK", `{"kty":"RSA","n":"AQAB"}`, "the text is JSON"),
		same("request", pemText("CERTIFICATE REQUEST", k.pkix), "found a certificate request"),
		same("parameters", pemText("EC PARAMETERS", []byte{6, 1, 1}), "found the parameters of a curve and no key"),
		same("PGP", pemText("PGP PUBLIC KEY BLOCK", k.pkix), "found a PGP block"),
		same("truncated PEM", strings.Join(lines[:len(lines)/2], ""), "a block has no end line that fits its first line"),
		same("end of another", strings.Replace(private, "END PRIVATE", "END RSA PRIVATE", 1), "a block has no end line that fits its first line"),
		same("no dashes", strings.ReplaceAll(private, "-----", "----"), "the first line of a block is damaged"),
		same("dashes lost", strings.Replace(private, "KEY-----", "KEY", 1), "the first line of a block is damaged"),
		same("odd characters", strings.Replace(private, "M", "\u041c", 1), "is no Base64"),
		same("a line lost", strings.Join(append(append([]string{}, lines[:5]...), lines[6:]...), ""), cut),
		{"two keys", private + private, wantPrivate + "2 private keys; keep the one that is meant", wantPublic + "an RSA private key"},
		{"two public keys", pemText("PUBLIC KEY", k.pkix) + pemText("PUBLIC KEY", k.pkix), wantPrivate + "an RSA public key", wantPublic + "2 public keys; keep the one that is meant"},
		{"damaged beside a certificate", pemText("PUBLIC KEY", k.pkix[:200]) + pemText("CERTIFICATE", k.certificate), cut, cut},
		same("bytes after PKCS #8", base64Text(append(slices.Clone(k.pkcs8), 0)), "found a key with 1 bytes after its end; cut them off"),
		same("bytes after PKCS #1", base64Text(append(slices.Clone(k.pkcs1), "\n\n"...)), "found a key with 2 bytes after its end; cut them off"),
		same("bytes after SEC 1", pemText("EC PRIVATE KEY", append(slices.Clone(k.sec1), 0)), "found a key with 1 bytes after its end; cut them off"),
		same("bytes after PKIX", base64Text(append(slices.Clone(k.pkix), 0)), "found a key with 1 bytes after its end; cut them off"),
		same("bytes after a certificate", base64Text(append(slices.Clone(k.certificate), 0)), "found a key with 1 bytes after its end; cut them off"),
		same("truncated Base64", base64Text(k.pkcs8)[:1000], cut),
		same("truncated hexadecimal", hex.EncodeToString(k.pkcs8[:1200]), cut),
		same("odd Base64", base64Text(k.pkcs8)[:1001], "neither PEM nor Base64"),
		same("garbage", "4929420573595709!", "neither PEM nor Base64"),
		same("file name", "/etc/keys/merchant.pem", "looks like the name of a file; give what the file holds"),
		same("a word", "changeit", "found bytes that are no key"),
		same("UTF-16", "\xff\xfe-\x00-\x00", "the text is UTF-16; save it as UTF-8"),
		same("wrapped without end", base64Text([]byte(base64Text([]byte(base64Text([]byte(private)))))), "more than 2 times in Base64"),
		same("two megabytes", strings.Repeat("A", 2<<20), "has 2097152 characters, at most 65536 are read"),
		same("many blocks", strings.Repeat(pemText("CERTIFICATE", []byte{0}), 40), "more than 32 blocks"),
		{"small key", base64Text(smallKey(t)), "has 512 bits, at least 1024", "found an RSA private key"},
		{"huge key", base64Text(x509.MarshalPKCS1PublicKey(hugeKey())), "found an RSA public key", "at most"},
		{"even exponent", base64Text(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: rsaKey().N, E: 4})), "found an RSA public key", "exponent"},
	} {
		_, err := sign.ParsePrivateKey(tt.text)
		checkRefusal(t, tt.name+" as private key", tt.text, tt.private, err)
		_, err = sign.ParsePublicKey(tt.text)
		checkRefusal(t, tt.name+" as public key", tt.text, tt.public, err)
	}
}

// checkRefusal wants an ErrKey that says part and quotes nothing of the text, or no
// error for "".
func checkRefusal(t *testing.T, name, text, part string, err error) {
	t.Helper()
	if part == "" {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	if !errors.Is(err, sign.ErrKey) || !strings.Contains(err.Error(), part) {
		t.Errorf("%s: %v; want %q", name, err, part)
		return
	}
	quotes := strings.Contains(err.Error(), "4929") || strings.Contains(err.Error(), "/etc")
	for i := 40; i+8 <= len(text) && i < 4096; i++ {
		quotes = quotes || strings.Contains(err.Error(), text[i:i+8]) && !strings.Contains("-----BEGIN PRIVATE KEY-----BEGIN RSA PRIVATE KEY-----", text[i:i+8])
	}
	if quotes || len(err.Error()) > 220 {
		t.Errorf("%s: the error quotes the text: %v", name, err)
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
