package sign

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wycheproof"
)

const wycheproofDir = "testdata/wycheproof"

// wycheproofKey parses the private key of a group.
func wycheproofKey(t testing.TB, g wycheproof.Group) PrivateKey {
	t.Helper()
	key, err := ParsePrivateKey(g.Private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestWycheproofPSS(t *testing.T) {
	t.Parallel()
	// VerifyPSS takes every salt length, because a platform in Go may use the longest
	// one.
	anySalt := func(test wycheproof.Test) bool {
		return strings.HasPrefix(test.Comment, "s_len changed to ") && slices.Contains(test.Flags, "ModifiedSignature")
	}
	valid := func(test wycheproof.Test) bool { return test.Result == "valid" }
	for _, tt := range []struct {
		set        string
		keyRefused bool
		deliberate func(wycheproof.Test) bool
		want       wycheproof.Tally
	}{
		{"rsa_pss_2048_sha256_mgf1_0", false, anySalt, wycheproof.Tally{ValidAccepted: 61, InvalidRefused: 38, Excepted: 4}},
		{"rsa_pss_2048_sha256_mgf1_32", false, anySalt, wycheproof.Tally{ValidAccepted: 63, InvalidRefused: 39, Excepted: 6}},
		// Another hash in MGF1 than SHA-256 verifies nothing.
		{"rsa_pss_2048_sha256_mgf1sha1_20", false, valid, wycheproof.Tally{InvalidRefused: 45, Excepted: 63}},
		// The same two sets under keys of the form id-RSASSA-PSS, which is not read.
		{"rsa_pss_2048_sha256_mgf1_0_params", false, anySalt, wycheproof.Tally{ValidAccepted: 61, InvalidRefused: 38, Excepted: 4}},
		{"rsa_pss_2048_sha256_mgf1_32_params", false, anySalt, wycheproof.Tally{ValidAccepted: 63, InvalidRefused: 39, Excepted: 6}},
	} {
		t.Run(tt.set, func(t *testing.T) {
			t.Parallel()
			var tally wycheproof.Tally
			for _, g := range wycheproof.Load(t, wycheproofDir, tt.set) {
				key, err := ParsePublicKey(g.Public)
				if (err != nil) != tt.keyRefused {
					t.Fatalf("the key: %v", err)
				}
				for _, test := range g.Tests {
					signature := base64.StdEncoding.EncodeToString(test.Signature)
					accepted := err == nil && VerifyPSS(key, signature, test.Message, "", "") == nil
					tally.Add(t, test, accepted, tt.deliberate(test))
				}
			}
			tally.Check(t, tt.want)
		})
	}
}

// TestWycheproofPKCS1Verify: UMPS signs any bytes; its message's own checks are not
// part of the vectors. An envelope carries the message of each test as its payload.
func TestWycheproofPKCS1Verify(t *testing.T) {
	t.Parallel()
	var umps, envelope wycheproof.Tally
	own := envelopeKeys().merchant
	for _, g := range wycheproof.Load(t, wycheproofDir, "rsa_signature_2048_sha256") {
		platform, err := ParsePublicKey(g.Public)
		if err != nil {
			t.Fatal(err)
		}
		merchant, _ := envelopeParty(t, own, own)
		profile := Profile{Hash: SignatureHashSHA256}
		for _, test := range g.Tests {
			umps.Add(t, test, UMPS{DigestInfo: true}.fits(platform, test.Message, test.Signature), false)
			e, err := profile.Seal(merchant, merchant.Public(), testHead, test.Message)
			if err != nil {
				t.Fatal(err)
			}
			e.Sign = hex.EncodeToString(test.Signature)
			payload, err := profile.Open(merchant, platform, e)
			envelope.Add(t, test, err == nil && bytes.Equal(payload, test.Message), false)
		}
	}
	// The acceptable one leaves the NULL out of the DigestInfo.
	want := wycheproof.Tally{ValidAccepted: 9, InvalidRefused: 249, AcceptableRefused: 1}
	umps.Check(t, want)
	envelope.Check(t, want)
}

// TestWycheproofPKCS1Sign: signatures are deterministic, so that ours are the bytes
// of the vectors. Acceptable are short keys and SHA-1, which KazePay has.
func TestWycheproofPKCS1Sign(t *testing.T) {
	t.Parallel()
	var tally wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "rsa_pkcs1_2048_sig_gen") {
		key := wycheproofKey(t, g)
		profile := Profile{Hash: map[string]SignatureHash{"SHA-1": SignatureHashSHA1, "SHA-256": SignatureHashSHA256}[g.SHA]}
		for _, test := range g.Tests {
			e, err := profile.Seal(key, key.Public(), testHead, test.Message)
			tally.Add(t, test, err == nil && e.Sign == hex.EncodeToString(test.Signature), false)
		}
	}
	tally.Check(t, wycheproof.Tally{ValidAccepted: 8, AcceptableAccepted: 10})
}

// raw returns the key that a PrivateKey holds.
func raw(t testing.TB, key PrivateKey) *rsa.PrivateKey {
	t.Helper()
	k, ok := key.p.signer().(*rsa.PrivateKey)
	if !ok {
		t.Fatal("the key is not in memory")
	}
	return k
}

// keyLength reports whether a message can be a session key.
func keyLength(message []byte) bool { return slices.Contains([]int{16, 24, 32}, len(message)) }

// unwraps reports whether an envelope opens whose session key is the message of a
// test, wrapped as the test says.
func unwraps(t testing.TB, own PrivateKey, wrap Profile, test wycheproof.Test) bool {
	t.Helper()
	platform, _ := envelopeParty(t, envelopeKeys().platform, envelopeKeys().platform)
	key := []byte(test.Message)
	if !keyLength(key) {
		key = make([]byte, 16) // what is encrypted under it does not matter
	}
	profile := Profile{
		Cipher: Cipher(len(key)/8 - 2), KeyText: KeyTextRaw, Wrap: wrap.Wrap, MGF1: wrap.MGF1, Hash: SignatureHashSHA256, Signed: SignedBytesCiphertextText,
	}
	e := sealedUnder(t, profile, key, nil, []byte(`{"a":1}`))
	e.KeyEnc = issuing.NewSecret(hex.EncodeToString(test.Ciphertext))
	e.Sign = signedText(t, platform, e.Encrypt)
	payload, err := profile.Open(own, platform.Public(), e)
	return err == nil && string(payload) == `{"a":1}`
}

// TestWycheproofOAEP: a label is never used here, so that what has one does not open,
// and a session key of another length than AES has is none.
func TestWycheproofOAEP(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		set          string
		padding      PINPadding
		wrap         Profile
		pin, session wycheproof.Tally
	}{
		{
			"rsa_oaep_2048_sha1_mgf1sha1", PINPaddingOAEPSHA1, Profile{Wrap: KeyWrapOAEPSHA1},
			wycheproof.Tally{ValidAccepted: 10, InvalidRefused: 19, Excepted: 7},
			wycheproof.Tally{ValidAccepted: 1, InvalidRefused: 19, Excepted: 16},
		},
		{
			"rsa_oaep_2048_sha256_mgf1sha256", PINPaddingOAEPSHA256, Profile{Wrap: KeyWrapOAEPSHA256},
			wycheproof.Tally{ValidAccepted: 10, InvalidRefused: 19, Excepted: 8},
			wycheproof.Tally{ValidAccepted: 1, InvalidRefused: 19, Excepted: 17},
		},
		// Another hash in MGF1 than outside of it opens nothing.
		{
			"rsa_oaep_2048_sha256_mgf1sha1", PINPaddingOAEPSHA256, Profile{Wrap: KeyWrapOAEPSHA256},
			wycheproof.Tally{InvalidRefused: 18, Excepted: 13},
			wycheproof.Tally{InvalidRefused: 18, Excepted: 13},
		},
		{
			"rsa_oaep_2048_sha256_mgf1sha1", PINPaddingOAEPSHA256, Profile{Wrap: KeyWrapOAEPSHA256, MGF1: MGF1SHA1},
			wycheproof.Tally{ValidAccepted: 10, InvalidRefused: 18, Excepted: 3},
			wycheproof.Tally{ValidAccepted: 1, InvalidRefused: 18, Excepted: 12},
		},
	} {
		t.Run(tt.set+" "+tt.wrap.MGF1.String(), func(t *testing.T) {
			t.Parallel()
			var pin, session wycheproof.Tally
			for _, g := range wycheproof.Load(t, wycheproofDir, tt.set) {
				own := wycheproofKey(t, g)
				for _, test := range g.Tests {
					foreign := test.Result == "valid" && (len(test.Label) > 0 || tt.wrap.MGF1 == MGF1Same && strings.HasSuffix(tt.set, "sha256_mgf1sha1"))
					plain, err := decryptPIN(raw(t, own), PINProfile{Padding: tt.padding, MGF1: tt.wrap.MGF1}, test.Ciphertext)
					pin.Add(t, test, err == nil && bytes.Equal(plain, test.Message), foreign)
					session.Add(t, test, unwraps(t, own, tt.wrap, test), foreign || test.Result == "valid" && !keyLength(test.Message))
				}
			}
			pin.Check(t, tt.pin)
			session.Check(t, tt.session)
		})
	}
}

func TestWycheproofPKCS1Decrypt(t *testing.T) {
	t.Parallel()
	var umps, pin, session wycheproof.Tally
	for _, g := range wycheproof.Load(t, wycheproofDir, "rsa_pkcs1_2048") {
		own := wycheproofKey(t, g)
		for _, test := range g.Tests {
			plain, err := DecryptUMPS(own, base64.StdEncoding.EncodeToString(test.Ciphertext))
			umps.Add(t, test, err == nil && bytes.Equal(plain, test.Message), false)
			plain, err = decryptPIN(raw(t, own), PINProfile{Padding: PINPaddingPKCS1}, test.Ciphertext)
			pin.Add(t, test, err == nil && bytes.Equal(plain, test.Message), false)
			// A session key of another length is none: a random one takes its place.
			session.Add(t, test, unwraps(t, own, Profile{}, test), test.Result == "valid" && !keyLength(test.Message))
		}
	}
	umps.Check(t, wycheproof.Tally{ValidAccepted: 42, InvalidRefused: 25})
	pin.Check(t, wycheproof.Tally{ValidAccepted: 42, InvalidRefused: 25})
	session.Check(t, wycheproof.Tally{ValidAccepted: 2, InvalidRefused: 25, Excepted: 40})
}
