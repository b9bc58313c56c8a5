package jose_test

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

func upiDecryptKeys(t testing.TB) map[string]sign.PrivateKey {
	t.Helper()
	return map[string]sign.PrivateKey{upiKid: upiPrivate(t)}
}

func TestUPIJWEVector(t *testing.T) {
	t.Parallel()
	got, err := jose.UPIJWE{}.Decrypt(upiDecryptKeys(t), upiFile(t, "field.jwe"))
	if err != nil || string(got) != "6250945000000004" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestUPIJWERoundTrip(t *testing.T) {
	t.Parallel()
	for _, alg := range []jose.UPIKeyAlgorithm{"", jose.UPIKeyAlgorithmRSA15, jose.UPIKeyAlgorithmRSAOAEP, jose.UPIKeyAlgorithmRSAOAEP256} {
		for _, enc := range []jose.UPIContentEncryption{"", jose.UPIContentEncryptionA128CBCHS256, jose.UPIContentEncryptionA256CBCHS512, jose.UPIContentEncryptionA128GCM, jose.UPIContentEncryptionA256GCM} {
			j := jose.UPIJWE{Alg: alg, Enc: enc}
			for _, plaintext := range []string{"", "6250945000000004", strings.Repeat("é", 5000)} {
				text, err := j.Encrypt(upiPublic(t), upiKid, []byte(plaintext))
				if err != nil {
					t.Fatal(err)
				}
				got, err := j.Decrypt(upiDecryptKeys(t), text)
				if err != nil || string(got) != plaintext {
					t.Errorf("%s %s: %d bytes, %v", alg, enc, len(got), err)
				}
			}
		}
	}
	text, err := jose.UPIJWE{}.Encrypt(upiPublic(t), upiKid, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	header, _ := base64.RawURLEncoding.DecodeString(text[:strings.IndexByte(text, '.')])
	if want := `{"alg":"RSA1_5","enc":"A128CBC-HS256","kid":"20190411000000"}`; string(header) != want {
		t.Errorf("header %s, want %s", header, want)
	}
}

// TestUPIJWEOneError: whatever is wrong, the error is the same, so that nothing
// tells a bad content key from a bad tag.
func TestUPIJWEOneError(t *testing.T) {
	t.Parallel()
	good := upiFile(t, "field.jwe")
	parts := strings.Split(good, ".")
	flipped := func(i int) string {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		changed := append([]string(nil), parts...)
		changed[i] = base64.RawURLEncoding.EncodeToString(raw)
		return strings.Join(changed, ".")
	}
	withHeader := func(header string) string {
		return strings.Join(append([]string{base64.RawURLEncoding.EncodeToString([]byte(header))}, parts[1:]...), ".")
	}
	encrypted := func(j jose.UPIJWE, kid string) string {
		text, err := j.Encrypt(upiPublic(t), kid, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	zipped, err := gojose.NewEncrypter(gojose.A128CBC_HS256, gojose.Recipient{Algorithm: gojose.RSA1_5, Key: &rsaPrivate(t).PublicKey, KeyID: upiKid},
		&gojose.EncrypterOptions{Compression: gojose.DEFLATE})
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := zipped.Encrypt(bytes.Repeat([]byte("a"), 200_000))
	if err != nil {
		t.Fatal(err)
	}
	bombText, err := bomb.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"tag": flipped(4), "ciphertext": flipped(3), "IV": flipped(2), "encrypted key": flipped(1),
		"short encrypted key": strings.Join([]string{parts[0], "AAAA", parts[2], parts[3], parts[4]}, "."),
		"enc A128GCM":         withHeader(`{"alg":"RSA1_5","enc":"A128GCM","kid":"20190411000000"}`),
		"alg dir":             withHeader(`{"alg":"dir","enc":"A128CBC-HS256","kid":"20190411000000"}`),
		"alg OAEP":            encrypted(jose.UPIJWE{Alg: jose.UPIKeyAlgorithmRSAOAEP}, upiKid),
		"enc A256GCM":         encrypted(jose.UPIJWE{Enc: jose.UPIContentEncryptionA256GCM}, upiKid),
		"unknown kid":         encrypted(jose.UPIJWE{}, "1"),
		"no kid":              withHeader(`{"alg":"RSA1_5","enc":"A128CBC-HS256"}`),
		"crit":                withHeader(`{"alg":"RSA1_5","enc":"A128CBC-HS256","kid":"20190411000000","crit":["exp"],"exp":1}`),
		"four parts":          strings.Join(parts[:4], "."),
		"six parts":           good + ".AAAA",
		"JSON serialization":  `{"protected":"` + parts[0] + `"}`,
		"compressed":          bombText,
		"empty":               "",
		"header altered": func() string {
			return strings.Replace(good, parts[0], parts[0][:len(parts[0])-2]+"AB", 1)
		}(),
	}
	for name, text := range cases {
		got, err := jose.UPIJWE{}.Decrypt(upiDecryptKeys(t), text)
		if err == nil || err.Error() != sign.ErrDecrypt.Error() || !errors.Is(err, sign.ErrDecrypt) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// signsOnly is a key in a module that does not decrypt.
type signsOnly struct{ crypto.Signer }

func (s signsOnly) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.Signer.Sign(r, digest, opts)
}

func TestUPIJWEKeys(t *testing.T) {
	t.Parallel()
	key, err := sign.NewPrivateKey(signsOnly{rsaPrivate(t)})
	if err != nil {
		t.Fatal(err)
	}
	if key.CanDecrypt() || !upiPrivate(t).CanDecrypt() || (sign.PrivateKey{}).CanDecrypt() {
		t.Error("CanDecrypt does not tell keys apart")
	}
	if _, err := (jose.UPIJWE{}).Decrypt(map[string]sign.PrivateKey{upiKid: key}, upiFile(t, "field.jwe")); !errors.Is(err, sign.ErrKey) {
		t.Errorf("a key that signs only: %v", err)
	}
	for name, encrypt := range map[string]func() (string, error){
		"no key":     func() (string, error) { return jose.UPIJWE{}.Encrypt(sign.PublicKey{}, upiKid, nil) },
		"no kid":     func() (string, error) { return jose.UPIJWE{}.Encrypt(upiPublic(t), "", nil) },
		"algorithms": func() (string, error) { return jose.UPIJWE{Alg: "dir"}.Encrypt(upiPublic(t), upiKid, nil) },
		"decryption": func() (string, error) {
			_, err := jose.UPIJWE{Enc: "A192GCM"}.Decrypt(upiDecryptKeys(t), upiFile(t, "field.jwe"))
			return "", err
		},
	} {
		if _, err := encrypt(); !errors.Is(err, sign.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUPIJWEDecrypt(f *testing.F) {
	good := upiFile(f, "field.jwe")
	f.Add(good)
	f.Add("....")
	f.Add("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2Iiwia2lkIjoiMjAxOTA0MTEwMDAwMDAifQ.AA.AA.AA.AA")
	keys := upiDecryptKeys(f)
	f.Fuzz(func(t *testing.T, text string) {
		if plaintext, err := (jose.UPIJWE{}).Decrypt(keys, text); err == nil && string(plaintext) != "6250945000000004" {
			t.Error("another message opened")
		}
	})
}
