package sign_test

import (
	"bytes"
	"crypto/fips140"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// inFIPSOnly runs a test again in a process of its own in FIPS 140-only mode, where
// the standard library panics at weak schemes. It reports whether this is that
// process.
func inFIPSOnly(t *testing.T) bool {
	t.Helper()
	if fips140.Enforced() {
		return true
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("in FIPS 140-only mode: %v\n%s", err, out)
	}
	return false
}

// scheme is one use of this package: nil, or why it is not possible.
type scheme struct {
	name    string
	allowed bool // FIPS 140-only mode allows it
	use     func() error
}

// Where the standard library refuses a weak scheme by a panic, this package refuses
// it by an error, and all that is not weak works.
func TestFIPSOnly(t *testing.T) {
	if !inFIPSOnly(t) {
		return
	}
	key := privateKey(t)
	all := append(keySchemes(t), signatureSchemes(t, key)...)
	for _, s := range append(append(all, envelopeSchemes(key)...), pinSchemes(key, rsaKey())...) {
		if err := carriedOut(s.use); (err == nil) != s.allowed || errors.Is(err, errPanic) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

var errPanic = errors.New("panics")

func carriedOut(use func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return use()
}

func keySchemes(t *testing.T) []scheme {
	t.Helper()
	k := keyTexts()
	var small []byte
	fips140.WithoutEnforcement(func() { small = smallKey(t) })
	parse := func(text string) func() error {
		return func() error {
			_, private := sign.ParsePrivateKey(text)
			_, public := sign.ParsePublicKey(text)
			_, ec := sign.ParseES256Key(text)
			_, ecPublic := sign.ParseES256PublicKey(text)
			for _, err := range []error{private, public, ec, ecPublic} {
				if err == nil {
					return nil
				}
			}
			return private
		}
	}
	return []scheme{
		{"PKCS #8", true, parse(base64Text(k.pkcs8))}, {"PKCS #1", true, parse(base64Text(k.pkcs1))}, {"PKIX", true, parse(base64Text(k.pkix))},
		{"certificate", true, parse(base64Text(k.certificate))}, {"SEC 1", true, parse(base64Text(k.sec1))}, {"EC, public", true, parse(base64Text(k.ecPKIX))},
		{"Ed25519", false, parse(base64Text(k.edPKCS8))}, {"512 bits", false, parse(base64Text(small))}, {"damaged", false, parse(base64Text(k.pkcs8[:500]))},
	}
}

func signatureSchemes(t *testing.T, key sign.PrivateKey) []scheme {
	t.Helper()
	hmac := func(secret string) func() error {
		return func() error {
			k, err := sign.NewHMACKey(issuing.NewSecret(secret))
			if err != nil {
				return err
			}
			signature, err := sign.SignHMAC512(k, []byte("body"), "1")
			if err != nil || k.Fingerprint(nil) == "" {
				return err
			}
			return sign.VerifyHMAC512(k, signature, []byte("body"), "1")
		}
	}
	var weak sign.AppSecret // made where nothing is enforced
	fips140.WithoutEnforcement(func() { weak = appSecret(t, secretV3) })
	umps := func(u sign.UMPS) func() error {
		return func() error {
			message, err := u.Sign(key, []byte(`{"certificateSignature":{"umpsSignCertID":"1","signature":"00000000"}}`))
			if err != nil {
				return err
			}
			_, err = u.Verify(map[string]sign.PublicKey{"1": key.Public()}, "umpsSignCertID", message)
			return err
		}
	}
	plain := func(p sign.Profile) func() error {
		return func() error {
			e, err := p.SignPlain(key, []byte("{}"), []byte(`{"a":1}`))
			if err != nil {
				return err
			}
			_, _, err = p.VerifyPlain([]sign.PublicKey{key.Public()}, e)
			return err
		}
	}
	return []scheme{
		{"signed in clear", true, plain(sign.Profile{Hash: sign.SignatureHashSHA256})}, {"signed in clear, MD5", false, plain(sign.Profile{Hash: sign.SignatureHashMD5})},
		{"PSS", true, func() error {
			signature, err := sign.SignPSS(key, []byte("body"), "1", "2")
			if err != nil {
				return err
			}
			return sign.VerifyPSS(key.Public(), signature, []byte("body"), "1", "2")
		}},
		{"fingerprint", true, func() error { _, err := key.Fingerprint([]byte("x")); return err }},
		{"HMAC of 14 bytes", true, hmac("0123456789abcd")}, {"HMAC of 13 bytes", false, hmac("0123456789abc")}, {"HMAC of 1 byte", false, hmac("x")},
		{"app secret", false, func() error { _, err := sign.NewAppSecret(secretV3); return err }},
		{"MD5, signing", false, func() error { _, err := weak.SignParams([]sign.Param{{Name: "a", Value: "b"}}); return err }},
		{"MD5, verifying", false, func() error { return weak.VerifyParams(strings.Repeat("0", 32), nil) }},
		{"UMPS with DigestInfo", true, umps(sign.UMPS{DigestInfo: true})}, {"UMPS", false, umps(sign.UMPS{})},
		{"detached JWS", true, func() error {
			jws, err := sign.SignUPI(key, sign.UPIHeader{AppID: "app", KeyID: "kid", Time: time.Unix(1, 0), UUID: strings.Repeat("a", 32), Path: "/a"}, []byte("{}"))
			if err != nil {
				return err
			}
			verifier := sign.UPIVerifier{Keys: map[string]sign.PublicKey{"kid": key.Public()}, AppIDs: []string{"app"}}
			_, err = verifier.Verify(jws, []byte("{}"), sign.UPIExpect{Now: time.Unix(1, 0), Request: true, Path: "/a"})
			return err
		}},
	}
}

func envelopeSchemes(key sign.PrivateKey) (out []scheme) {
	ump := func() error {
		text, err := sign.EncryptUMPS(key.Public(), []byte("x"))
		if err != nil {
			return err
		}
		_, err = sign.DecryptUMPS(key, text)
		return err
	}
	out = []scheme{
		{"AES-GCM", true, func() error {
			k, err := sign.ParseAESKey(strings.Repeat("0123456789abcdef", 4))
			if err != nil {
				return err
			}
			text, err := k.Seal([]byte("x"))
			if err != nil || k.Fingerprint(nil) == "" {
				return err
			}
			_, err = k.Open(text)
			return err
		}},
		{"UMPS encryption", false, ump},
		{"UMPS decryption", false, func() error {
			_, err := sign.DecryptUMPS(key, base64Text(make([]byte, 256)))
			return err
		}},
	}
	out = append(out, scheme{"detection, which tries SHA-1 too", false, func() error {
		p := sign.Profile{Wrap: sign.KeyWrapOAEPSHA256, Hash: sign.SignatureHashSHA256}
		e, err := p.Seal(key, key.Public(), []byte("{}"), []byte("{}"))
		if err != nil {
			return err
		}
		answer, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = sign.DetectKazePayProfile(key, key.Public(), answer)
		return err
	}})
	const strong = sign.KeyWrapOAEPSHA256
	for _, p := range []sign.Profile{
		{}, {Wrap: sign.KeyWrapOAEPSHA1}, {Wrap: strong}, {Wrap: strong, MGF1: sign.MGF1SHA1}, {Wrap: sign.KeyWrapOAEPSHA1, MGF1: sign.MGF1SHA256},
	} {
		for i := range 8 {
			p := p
			p.Hash, p.Scheme = sign.SignatureHash(i%4), sign.SignatureScheme(i/4)
			allowed := p.Wrap == strong && p.MGF1 == sign.MGF1Same && (p.Hash == sign.SignatureHashSHA256 || p.Hash == sign.SignatureHashSHA512)
			out = append(out, scheme{p.String(), allowed, func() error {
				e, err := p.Seal(key, key.Public(), []byte("{}"), []byte("{}"))
				if err != nil {
					return err
				}
				_, err = p.Open(key, key.Public(), e)
				return err
			}})
		}
	}
	return out
}

func pinSchemes(key sign.PrivateKey, raw *rsa.PrivateKey) (out []scheme) {
	for _, p := range []sign.PINProfile{
		{Padding: sign.PINPaddingPKCS1}, {Padding: sign.PINPaddingOAEPSHA1}, {Padding: sign.PINPaddingOAEPSHA256},
		{Padding: sign.PINPaddingOAEPSHA256, MGF1: sign.MGF1SHA1},
	} {
		p.Encoding = sign.PINEncodingBase64
		out = append(out, scheme{fmt.Sprintf("PIN %+v", p), p.Padding == sign.PINPaddingOAEPSHA256 && p.MGF1 == sign.MGF1Same, func() error {
			sealed, err := sign.SealPIN(key.Public(), p, issuing.NewSecret("1234"))
			if err != nil {
				return err
			}
			_, err = sign.OpenPIN(raw, p, sealed)
			return err
		}}, scheme{"opening a PIN", false, func() error {
			_, err := sign.OpenPIN(raw, p, issuing.NewSecret(base64Text(make([]byte, 256))))
			return err
		}})
	}
	return out
}
