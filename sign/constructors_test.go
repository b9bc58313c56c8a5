package sign_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// halfSigner embeds a signer that is not there.
type halfSigner struct{ crypto.Signer }

// pointerSigner answers through a pointer that may be nil.
type pointerSigner struct{ public crypto.PublicKey }

func (s *pointerSigner) Public() crypto.PublicKey { return s.public }

func (*pointerSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, nil }

// halfCurve embeds a curve that is not there.
type halfCurve struct{ elliptic.Curve }

// Keys of the standard library that lack a part.
func halfEmptyRSA() map[string]*rsa.PrivateKey {
	whole := rsaKey()
	return map[string]*rsa.PrivateKey{
		"nil": nil, "empty": {}, "public half alone": {PublicKey: whole.PublicKey}, "modulus alone": {PublicKey: rsa.PublicKey{N: whole.N}},
		"no primes":  {PublicKey: whole.PublicKey, D: whole.D, Primes: []*big.Int{}},
		"nil primes": {PublicKey: whole.PublicKey, D: whole.D, Primes: []*big.Int{nil, nil}},
		"one prime":  {PublicKey: whole.PublicKey, D: whole.D, Primes: whole.Primes[:1]},
		"no D":       {PublicKey: whole.PublicKey, Primes: whole.Primes},
		"zeros":      {PublicKey: whole.PublicKey, D: new(big.Int), Primes: []*big.Int{new(big.Int), new(big.Int)}},
	}
}

func halfEmptyEC() map[string]*ecdsa.PrivateKey {
	on := func(curve elliptic.Curve, x, y *big.Int) ecdsa.PublicKey {
		//lint:ignore SA1019 a merchant may still fill the fields
		return ecdsa.PublicKey{Curve: curve, X: x, Y: y}
	}
	p256 := func(x, y *big.Int) ecdsa.PublicKey { return on(elliptic.P256(), x, y) }
	one := big.NewInt(1)
	params := elliptic.P256().Params()
	return map[string]*ecdsa.PrivateKey{
		"nil": nil, "empty": {}, "curve alone": {PublicKey: p256(nil, nil)}, "half a point": {PublicKey: p256(one, nil)},
		"no point of the curve": {PublicKey: p256(one, one), D: one}, "negative": {PublicKey: p256(big.NewInt(-1), one), D: one},
		"public half alone": {PublicKey: p256(params.Gx, params.Gy)}, "zero scalar": {PublicKey: p256(params.Gx, params.Gy), D: new(big.Int)},
		"nil curve": {PublicKey: ecdsa.PublicKey{Curve: (*elliptic.CurveParams)(nil)}}, "half a curve": {PublicKey: ecdsa.PublicKey{Curve: halfCurve{}}},
		"generic curve": {PublicKey: on(params, params.Gx, params.Gy), D: one},
	}
}

// Half-empty keys of all kinds are an ErrKey at construction: none panics, and none
// is taken.
func TestHalfEmptyKeys(t *testing.T) {
	t.Parallel()
	signers := map[string]crypto.Signer{
		"nil": nil, "nil Ed25519": ed25519.PrivateKey(nil), "short Ed25519": ed25519.PrivateKey{1, 2},
		"half signer": halfSigner{}, "nil pointer": (*pointerSigner)(nil), "no public key": &pointerSigner{},
		"text": &pointerSigner{"key"}, "nil X25519": &pointerSigner{(*ecdh.PublicKey)(nil)}, "public by value": &pointerSigner{rsaKey().PublicKey},
	}
	for name, k := range halfEmptyRSA() {
		signers["RSA, "+name] = k
		if k == nil {
			signers["signer of a nil RSA key"] = &pointerSigner{(*rsa.PublicKey)(nil)}
		} else if name == "empty" || name == "modulus alone" {
			signers["signer of RSA, "+name] = &pointerSigner{&k.PublicKey}
		}
	}
	for name, k := range halfEmptyEC() {
		signers["EC, "+name] = k
		if k == nil {
			signers["signer of a nil EC key"] = &pointerSigner{(*ecdsa.PublicKey)(nil)}
			continue
		}
		if name == "public half alone" || name == "zero scalar" {
			continue // whole as a public key
		}
		signers["signer of EC, "+name] = &pointerSigner{&k.PublicKey}
		if key, err := sign.NewES256PublicKey(&k.PublicKey); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("NewES256PublicKey, %s: %v", name, err)
		}
	}
	for name, s := range signers {
		if key, err := sign.NewPrivateKey(s); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("NewPrivateKey, %s: %v", name, err)
		}
		if key, err := sign.NewES256Key(s); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("NewES256Key, %s: %v", name, err)
		}
	}
	for name, k := range halfEmptyRSA() {
		if _, err := sign.OpenPIN(k, sign.PINProfile{Padding: sign.PINPaddingOAEPSHA256, Encoding: sign.PINEncodingBase64}, issuing.NewSecret("AAAA")); err == nil {
			t.Errorf("OpenPIN, %s: no error", name)
		}
	}
	if key, err := sign.NewES256PublicKey(nil); !errors.Is(err, sign.ErrKey) || !key.IsZero() {
		t.Errorf("NewES256PublicKey, nil: %v", err)
	}
}

// crypto/rsa verifies nothing with an exponent above 2^31-1, so such a key would
// refuse every message of its owner.
func TestExponentsThatNeverVerify(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		e  *big.Int
		ok bool
	}{
		{big.NewInt(3), true}, {big.NewInt(1<<31 - 1), true}, {big.NewInt(1<<31 + 1), false}, {big.NewInt(1<<33 + 1), false},
		{new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(3)), false},
	} {
		der, err := asn1.Marshal(struct{ N, E *big.Int }{rsaKey().N, tt.e})
		if err != nil {
			t.Fatal(err)
		}
		_, err = sign.ParsePublicKey(base64Text(der))
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, sign.ErrKey) {
			t.Errorf("exponent %v: %v", tt.e, err)
		}
		if !tt.e.IsInt64() || int64(int(tt.e.Int64())) != tt.e.Int64() {
			continue
		}
		public := &rsa.PublicKey{N: rsaKey().N, E: int(tt.e.Int64())}
		_, err = sign.NewPublicKey(public)
		_, signerErr := sign.NewPrivateKey(signer{public: public})
		if (err == nil) != tt.ok || (signerErr == nil) != tt.ok {
			t.Errorf("exponent %v: %v, %v", tt.e, err, signerErr)
		}
	}
}

// A key that is typed RSA-PSS is read, whatever its parameters are: alone, as public
// half and in a certificate.
func TestRSAPSSKeys(t *testing.T) {
	t.Parallel()
	pss := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}}
	encode := func(v any) []byte {
		der, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	k := keyTexts()
	private := encode(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pss, k.pkcs1})
	key, err := sign.ParsePrivateKey(pemText("PRIVATE KEY", private))
	if err != nil || key.Public().Fingerprint() != privateKey(t).Public().Fingerprint() {
		t.Errorf("private: %v", err)
	}
	if _, err := sign.ParsePrivateKey(base64Text(append(private, 0))); !errors.Is(err, sign.ErrKey) {
		t.Errorf("a byte after it: %v", err)
	}
	public := encode(struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}{pss, asn1.BitString{Bytes: k.pkcs1Public, BitLength: 8 * len(k.pkcs1Public)}})
	if got, err := sign.ParsePublicKey(pemText("PUBLIC KEY", public)); err != nil || got.Fingerprint() != key.Public().Fingerprint() {
		t.Errorf("public: %v", err)
	}
	var tbs struct {
		Raw       asn1.RawContent
		Version   int `asn1:"optional,explicit,tag:0"`
		Serial    *big.Int
		Algorithm pkix.AlgorithmIdentifier
		Issuer    asn1.RawValue
		Validity  asn1.RawValue
		Subject   asn1.RawValue
		Key       asn1.RawValue
	}
	cert, err := x509.ParseCertificate(k.certificate)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asn1.Unmarshal(cert.RawTBSCertificate, &tbs); err != nil {
		t.Fatal(err)
	}
	tbs.Raw, tbs.Key = nil, asn1.RawValue{FullBytes: public}
	certificate := encode(struct {
		TBS       any
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{tbs, tbs.Algorithm, asn1.BitString{Bytes: cert.Signature, BitLength: 8 * len(cert.Signature)}})
	if got, err := sign.ParsePublicKey(pemText("CERTIFICATE", certificate)); err != nil || got.Fingerprint() != key.Public().Fingerprint() {
		t.Errorf("certificate: %v", err)
	}
	body := []byte("body")
	signature, err := sign.SignPSS(key, body, "1", "2")
	if err != nil || sign.VerifyPSS(key.Public(), signature, body, "1", "2") != nil {
		t.Errorf("the key does not work: %v", err)
	}
}

// Random damage ends in an error or in the same key, never in a panic or another key.
func TestDamagedKeys(t *testing.T) {
	t.Parallel()
	k := keyTexts()
	want := privateKey(t).Public().Fingerprint()
	for _, der := range [][]byte{k.pkix, k.pkcs1Public, k.certificate, k.pkcs8[:len(k.pkcs8):len(k.pkcs8)]} {
		for range 300 {
			damaged := append([]byte(nil), der...)
			at := make([]byte, 3)
			_, _ = rand.Read(at)
			damaged[(int(at[0])<<8|int(at[1]))%40] ^= at[2]
			text := pemText("PUBLIC KEY", damaged)
			for name, parse := range parsers() {
				if got, err := parse(text); err != nil && !errors.Is(err, sign.ErrKey) {
					t.Errorf("%s: %v", name, err)
				} else if err == nil && name == "RSA private" && got != want {
					t.Errorf("%s: another key", name)
				}
			}
		}
	}
}
