package jose_test

import (
	"bytes"
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// In FIPS 140-only mode, in a process of its own, weak algorithms are errors and never
// panics, and the others work.
func TestFIPSOnly(t *testing.T) {
	if !fips140.Enforced() {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestFIPSOnly$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: TestFIPSOnly")) {
			t.Errorf("in FIPS 140-only mode: %v\n%s", err, out)
		}
		return
	}
	key := upiPrivate(t)
	keys := map[string]sign.PrivateKey{upiKid: key}
	use := func(name string, allowed bool, f func() error) {
		defer func() {
			if r := recover(); r != nil {
				t.Errorf("%s panics: %v", name, r)
			}
		}()
		if err := f(); (err == nil) != allowed {
			t.Errorf("%s: %v", name, err)
		}
	}
	// go-jose draws the vectors of GCM itself, which the mode leaves to the standard
	// library.
	gcm := func(enc jose.UPIContentEncryption) bool {
		return enc == jose.UPIContentEncryptionA128GCM || enc == jose.UPIContentEncryptionA256GCM
	}
	for _, form := range []jose.JWESerialization{jose.JWESerializationCompact, jose.JWESerializationJSON} {
		use("JWE "+form.String(), false, func() error {
			text, err := jose.SealJWE(key.Public(), "kid", form, []byte("x"))
			if err != nil {
				return err
			}
			_, err = jose.OpenJWE(key, form, text)
			return err
		})
	}
	for _, alg := range []jose.UPIKeyAlgorithm{jose.UPIKeyAlgorithmRSA15, jose.UPIKeyAlgorithmRSAOAEP, jose.UPIKeyAlgorithmRSAOAEP256} {
		for _, enc := range []jose.UPIContentEncryption{jose.UPIContentEncryptionA128CBCHS256, jose.UPIContentEncryptionA256CBCHS512, jose.UPIContentEncryptionA128GCM, jose.UPIContentEncryptionA256GCM} {
			algorithms := jose.UPIJWE{Alg: alg, Enc: enc}
			allowed := alg == jose.UPIKeyAlgorithmRSAOAEP256 && !gcm(enc)
			use(string(alg)+" "+string(enc), allowed, func() error {
				text, err := algorithms.Encrypt(key.Public(), upiKid, []byte("x"))
				if err != nil {
					return err
				}
				_, err = algorithms.Decrypt(keys, text)
				return err
			})
			var text string // made where nothing is enforced
			fips140.WithoutEnforcement(func() {
				var err error
				if text, err = algorithms.Encrypt(key.Public(), upiKid, []byte("x")); err != nil {
					t.Fatal(err)
				}
			})
			use("opening "+string(alg)+" "+string(enc), allowed, func() error {
				_, err := algorithms.Decrypt(keys, text)
				return err
			})
		}
	}
	use("ES256", true, func() error {
		own, _ := es256(t)
		now := time.Now()
		token, err := jose.SignAssertion(own, "kid", jose.Assertion{ClientID: "c", Audience: "a", ID: "i", IssuedAt: now, ExpiresAt: now.Add(time.Minute)})
		if err != nil {
			return err
		}
		_, err = jose.VerifyAssertion(own.Public(), token, "a", now)
		return err
	})
}
