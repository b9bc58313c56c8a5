package jose

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/issuing-sdk/issuing-go/internal/wycheproof"
	"github.com/issuing-sdk/issuing-go/sign"
)

const wycheproofDir = "../testdata/wycheproof"

func jwk(t testing.TB, g wycheproof.Group) gojose.JSONWebKey {
	t.Helper()
	var key gojose.JSONWebKey
	if err := key.UnmarshalJSON(g.JWK); err != nil {
		t.Fatal(err)
	}
	return key
}

// keyID is what the header of a compact JWE says of its key.
func keyID(text string) string {
	part, _, _ := strings.Cut(text, ".")
	header, _ := base64.RawURLEncoding.DecodeString(part)
	var members struct {
		KeyID string `json:"kid"`
	}
	_ = json.Unmarshal(header, &members)
	return members.KeyID
}

var contentEncryptions = []UPIContentEncryption{
	UPIContentEncryptionA128CBCHS256, UPIContentEncryptionA256CBCHS512,
	UPIContentEncryptionA128GCM, UPIContentEncryptionA256GCM,
}

// TestWycheproofJWE: content encryptions with AES-192 are not offered, so that the
// valid messages with them are the exceptions. OpenJWE takes RSA-OAEP-256 with
// A128GCM alone, and agrees there.
func TestWycheproofJWE(t *testing.T) {
	t.Parallel()
	var tally wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "json_web_encryption") {
		key := jwk(t, g)
		raw, ok := key.Key.(*rsa.PrivateKey)
		if !ok {
			t.Fatalf("%s: %T", g.Comment, key.Key)
		}
		own, err := sign.NewPrivateKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range g.Tests {
			keys := map[string]sign.PrivateKey{keyID(test.JWE): own}
			var opened []byte
			accepted := slices.ContainsFunc(contentEncryptions, func(enc UPIContentEncryption) bool {
				var err error
				opened, err = UPIJWE{Alg: UPIKeyAlgorithm(key.Algorithm), Enc: enc}.Decrypt(keys, test.JWE)
				if err != nil && !errors.Is(err, sign.ErrDecrypt) {
					t.Errorf("test %d: %v", test.ID, err)
				}
				return err == nil
			})
			tally.Add(t, test, accepted && bytes.Equal(opened, test.Plaintext), strings.Contains(test.Comment, "A192"))
			body, err := OpenJWE(own, JWESerializationCompact, test.JWE)
			field, fieldErr := UPIJWE{Alg: UPIKeyAlgorithmRSAOAEP256, Enc: UPIContentEncryptionA128GCM}.Decrypt(keys, test.JWE)
			if (err == nil) != (fieldErr == nil) || !bytes.Equal(body, field) {
				t.Errorf("test %d (%s): as a body %v, as a field %v", test.ID, test.Comment, err, fieldErr)
			}
		}
	}
	tally.Check(t, wycheproof.Tally{ValidAccepted: 16, InvalidRefused: 22, Excepted: 6})
}

// TestWycheproofJWS: the payloads are no claims, so that the step before them is
// judged. Two tests are about the "use" and "key_ops"
// of a JWK, and no key comes as one here.
func TestWycheproofJWS(t *testing.T) {
	t.Parallel()
	var tally wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "json_web_signature") {
		raw, ok := jwk(t, g).Key.(*ecdsa.PrivateKey)
		if !ok {
			t.Fatalf("%s: not an EC key", g.Comment)
		}
		key, err := sign.NewES256PublicKey(&raw.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range g.Tests {
			_, err := verifyES256(key, test.JWS)
			tally.Add(t, test, err == nil, slices.Contains([]string{"rejectWrongUse", "rejectWrongKeyOps"}, test.Comment))
		}
	}
	tally.Check(t, wycheproof.Tally{ValidAccepted: 2, InvalidRefused: 37, Excepted: 2})
}
