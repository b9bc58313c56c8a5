package sign

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wycheproof"
)

// sealedUnder returns an envelope without signature and wrapped key: a ciphertext
// that is given, or else the payload encrypted under a given key.
func sealedUnder(t testing.TB, profile Profile, key, ciphertext, payload []byte) *Envelope {
	t.Helper()
	if ciphertext == nil {
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		ciphertext = profile.encrypt(block, key, payload)
	}
	return &Envelope{Head: testHead, Encrypt: base64.StdEncoding.EncodeToString(ciphertext)}
}

// signedText is the platform's signature over the text of a ciphertext.
func signedText(t testing.TB, platform PrivateKey, text string) string {
	t.Helper()
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, raw(t, platform), crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(signature)
}

// TestWycheproofGCM: tests with additional data are the exceptions, since an
// envelope has none.
func TestWycheproofGCM(t *testing.T) {
	t.Parallel()
	var text, plain, spaced wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "aes_gcm") {
		for _, test := range g.Tests {
			key, err := NewAESKey(test.Key)
			if err != nil {
				t.Fatal(err)
			}
			sealed := base64.StdEncoding.EncodeToString(bytes.Join([][]byte{test.IV, test.Ciphertext, test.Tag}, nil))
			foreign := test.Result == "valid" && len(test.AAD) > 0
			got, err := key.Open(sealed)
			text.Add(t, test, err == nil && bytes.Equal(got, test.Message), foreign)
			got, err = key.OpenBody([]byte(`{"data":"` + sealed + `"}`))
			plain.Add(t, test, err == nil && bytes.Equal(got, test.Message), foreign)
			got, err = key.OpenBody([]byte(` { "data" : "` + strings.ReplaceAll(sealed, "/", `\/`) + `" } `))
			spaced.Add(t, test, err == nil && bytes.Equal(got, test.Message), foreign)
		}
	}
	for _, tally := range []wycheproof.Tally{text, plain, spaced} {
		tally.Check(t, wycheproof.Tally{ValidAccepted: 21, InvalidRefused: 27, Excepted: 18})
	}
}

func TestWycheproofCBC(t *testing.T) {
	t.Parallel()
	var tally wycheproof.Tally
	merchant, _ := envelopeParty(t, envelopeKeys().merchant, envelopeKeys().merchant)
	platform, _ := envelopeParty(t, envelopeKeys().platform, envelopeKeys().platform)
	for _, g := range wycheproof.Load(t, wycheproofDir, "aes_cbc_pkcs5") {
		profile := Profile{
			Cipher: Cipher(g.KeySize/64 - 2), Mode: ModeCBCPrefixIV, KeyText: KeyTextRaw, Hash: SignatureHashSHA256, Signed: SignedBytesCiphertextText,
		}
		for _, test := range g.Tests {
			e := sealedUnder(t, profile, nil, append(bytes.Clone(test.IV), test.Ciphertext...), nil)
			//lint:ignore SA1019 the profile's wrap
			wrapped, err := rsa.EncryptPKCS1v15(rand.Reader, merchant.Public().RSA(), test.Key)
			if err != nil {
				t.Fatal(err)
			}
			e.KeyEnc, e.Sign = issuing.NewSecret(hex.EncodeToString(wrapped)), signedText(t, platform, e.Encrypt)
			payload, err := profile.Open(merchant, platform.Public(), e)
			tally.Add(t, test, err == nil && bytes.Equal(payload, test.Message), false)
		}
	}
	tally.Check(t, wycheproof.Tally{ValidAccepted: 72, InvalidRefused: 144})
}

// TestWycheproofHMAC: truncated tags are the exceptions, since a signature has all
// of its digits. A key that begins with a blank is left out: a secret of a webhook has
// none around it.
func TestWycheproofHMAC(t *testing.T) {
	t.Parallel()
	var lower, upper wycheproof.Tally
	blank := 0
	for _, g := range wycheproof.Load(t, wycheproofDir, "hmac_sha512") {
		for _, test := range g.Tests {
			// HMAC fills a key up with zeros, which makes it one without blanks at its end.
			padded := append(bytes.Clone(test.Key), make([]byte, max(0, 128-len(test.Key)))...)
			if !bytes.Equal(bytes.TrimSpace(padded), padded) {
				blank++
				continue
			}
			key, err := NewHMACKey(issuing.NewSecret(string(padded)))
			if err != nil {
				t.Fatal(err)
			}
			tag := hex.EncodeToString(test.Tag)
			truncated := test.Result == "valid" && len(test.Tag) < 64
			lower.Add(t, test, VerifyHMAC512(key, tag, test.Message, "") == nil, truncated)
			upper.Add(t, test, VerifyHMAC512(key, strings.ToUpper(tag), test.Message, "") == nil, truncated)
			if test.Result == "valid" && !truncated {
				if got, err := SignHMAC512(key, test.Message, ""); err != nil || got != tag {
					t.Errorf("test %d: signed %s, %v", test.ID, got, err)
				}
			}
		}
	}
	if blank != 2 {
		t.Errorf("%d tests are left out, want 2", blank)
	}
	want := wycheproof.Tally{ValidAccepted: 32, InvalidRefused: 108, Excepted: 32}
	lower.Check(t, want)
	upper.Check(t, want)
}

// TestWycheproofES256Keys: the keys of ES256 come as PEM.
func TestWycheproofES256Keys(t *testing.T) {
	t.Parallel()
	groups := wycheproof.Load(t, wycheproofDir, "ecdsa_secp256r1_sha256_p1363")
	for i, g := range groups {
		if key, err := ParseES256PublicKey(g.Public); err != nil || key.IsZero() {
			t.Errorf("key %d: %v", i, err)
		}
	}
	var tally wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "ecdh_secp256r1_pem") {
		for _, test := range g.Tests {
			key, err := ParseES256PublicKey(test.Public)
			tally.Add(t, test, err == nil && !key.IsZero(), false)
		}
	}
	t.Logf("%d keys of signatures are read", len(groups))
	// Acceptable and refused are compressed points and explicit parameters.
	tally.Check(t, wycheproof.Tally{ValidAccepted: 330, InvalidRefused: 52, AcceptableAccepted: 16, AcceptableRefused: 214})
}
