package sign_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

const (
	pssTime  = "1700000000"
	pssNonce = "7f6c1a1e-0c9b-4c55-9a3d-2f1f3c1b9d10"
)

var pssBody = []byte(`{"data":"AAECAwQF"}`)

// message is what is signed: body, timestamp and nonce without a separator.
func message(body []byte) []byte { return []byte(string(body) + pssTime + pssNonce) }

// signEMSA makes an RSA-PSS signature by RFC 8017, 9.1.1, with any salt; the
// standard library makes none without a salt.
func signEMSA(key *rsa.PrivateKey, msg, salt []byte) string {
	digest := sha256.Sum256(msg)
	emBits := key.N.BitLen() - 1
	emLen := (emBits + 7) / 8
	h := sha256.New()
	h.Write(make([]byte, 8))
	h.Write(digest[:])
	h.Write(salt)
	sum := h.Sum(nil)
	db := make([]byte, emLen-len(sum)-1)
	db[len(db)-len(salt)-1] = 1
	copy(db[len(db)-len(salt):], salt)
	for i, counter := 0, uint32(0); i < len(db); counter++ {
		mask := sha256.Sum256(binary.BigEndian.AppendUint32(bytes.Clone(sum), counter))
		for j := 0; j < len(mask) && i < len(db); i, j = i+1, j+1 {
			db[i] ^= mask[j]
		}
	}
	db[0] &= 0xff >> (8*emLen - emBits)
	em := append(append(db, sum...), 0xbc)
	s := new(big.Int).Exp(new(big.Int).SetBytes(em), key.D, key.N)
	return base64.StdEncoding.EncodeToString(s.FillBytes(make([]byte, key.Size())))
}

func TestSignPSS(t *testing.T) {
	t.Parallel()
	key := privateKey(t)
	signature, err := sign.SignPSS(key, pssBody, pssTime, pssNonce)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || len(raw) != 256 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	// A strict verifier takes a salt of 32 bytes only.
	digest := sha256.Sum256(message(pssBody))
	if err := rsa.VerifyPSS(&rsaKey().PublicKey, crypto.SHA256, digest[:], raw, &rsa.PSSOptions{SaltLength: 32}); err != nil {
		t.Errorf("a strict verifier: %v", err)
	}
	if err := sign.VerifyPSS(key.Public(), signature, pssBody, pssTime, pssNonce); err != nil {
		t.Errorf("VerifyPSS: %v", err)
	}
	again, err := sign.SignPSS(key, pssBody, pssTime, pssNonce)
	if err != nil || again == signature {
		t.Errorf("two signatures are the same: no random salt, %v", err)
	}
	hsm, err := sign.NewPrivateKey(signer{public: &rsaKey().PublicKey})
	if err != nil {
		t.Fatal(err)
	}
	if signature, err = sign.SignPSS(hsm, nil, "", ""); err != nil || sign.VerifyPSS(key.Public(), signature, nil, "", "") != nil {
		t.Errorf("through a crypto.Signer: %v", err)
	}
	gone := errors.New("gone")
	broken, err := sign.NewPrivateKey(signer{public: &rsaKey().PublicKey, err: gone})
	if err != nil {
		t.Fatal(err)
	}
	if signature, err := sign.SignPSS(broken, pssBody, pssTime, pssNonce); signature != "" || !errors.Is(err, gone) {
		t.Errorf("a failing signer: %q, %v", signature, err)
	}
}

func TestVerifyPSSSalts(t *testing.T) {
	t.Parallel()
	public := privateKey(t).Public()
	for _, salt := range []int{0, 1, 20, 32, 64, 222} { // 222 is the longest for 2048 bits
		signature := signEMSA(rsaKey(), message(pssBody), bytes.Repeat([]byte{7}, salt))
		if err := sign.VerifyPSS(public, signature, pssBody, pssTime, pssNonce); err != nil {
			t.Errorf("salt of %d bytes: %v", salt, err)
		}
		if err := sign.VerifyPSS(public, signature, append([]byte("x"), pssBody...), pssTime, pssNonce); !errors.Is(err, sign.ErrVerify) {
			t.Errorf("salt of %d bytes, another body: %v", salt, err)
		}
	}
}

func TestVerifyPSSRefusals(t *testing.T) {
	t.Parallel()
	key := privateKey(t)
	public := key.Public()
	signature, err := sign.SignPSS(key, pssBody, pssTime, pssNonce)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(name, signature string, body []byte, timestamp, nonce string) {
		t.Helper()
		if err := sign.VerifyPSS(public, signature, body, timestamp, nonce); err != sign.ErrVerify { //nolint:errorlint // the very error
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range raw {
		changed := bytes.Clone(raw)
		changed[i] ^= 1 << (i % 8)
		refuse("a bit of the signature", base64.StdEncoding.EncodeToString(changed), pssBody, pssTime, pssNonce)
	}
	for i := range pssBody {
		changed := bytes.Clone(pssBody)
		changed[i] ^= 1
		refuse("a bit of the body", signature, changed, pssTime, pssNonce)
	}
	refuse("no body", signature, nil, pssTime, pssNonce)
	refuse("another timestamp", signature, pssBody, "1700000001", pssNonce)
	refuse("another nonce", signature, pssBody, pssTime, strings.ToUpper(pssNonce))
	refuse("no nonce", signature, pssBody, pssTime, "")
	for name, text := range map[string]string{
		"empty": "", "not Base64": "*", "unpadded": strings.TrimRight(signature, "="), "URL alphabet": base64.URLEncoding.EncodeToString(raw) + "_", "zeros": base64.StdEncoding.EncodeToString(make([]byte, 256)),
		"short": base64.StdEncoding.EncodeToString(raw[:255]), "long": base64.StdEncoding.EncodeToString(append(bytes.Clone(raw), 0)), "leading zero": base64.StdEncoding.EncodeToString(append([]byte{0}, raw...)),
		"the modulus": base64.StdEncoding.EncodeToString(rsaKey().N.Bytes()), "megabytes": strings.Repeat("A", 4<<20), "twice": signature + signature,
	} {
		refuse(name, text, pssBody, pssTime, pssNonce)
	}
	digest := sha256.Sum256(message(pssBody))
	pkcs1, err := rsa.SignPKCS1v15(rand.Reader, rsaKey(), crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	refuse("PKCS #1 v1.5", base64.StdEncoding.EncodeToString(pkcs1), pssBody, pssTime, pssNonce)
	other, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	refuse("another key", signEMSA(other, message(pssBody), nil), pssBody, pssTime, pssNonce)
}

// openssl signs for us and verifies ours, with every length of salt.
func TestOpenSSL(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	openssl := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("openssl %s: %v\n%s", args[0], err, out)
		}
		return string(out)
	}
	private := write("private.pem", pemText("PRIVATE KEY", keyTexts().pkcs8))
	public := write("public.pem", pemText("PUBLIC KEY", keyTexts().pkix))
	body := write("message", string(message(pssBody)))

	signature, err := sign.SignPSS(privateKey(t), pssBody, pssTime, pssNonce)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	ours := write("ours", string(raw))
	if out := openssl("dgst", "-sha256", "-verify", public, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-signature", ours, body); !strings.Contains(out, "Verified OK") {
		t.Errorf("openssl says %s", out)
	}
	for _, salt := range []int{0, 32, 222} {
		theirs := filepath.Join(dir, "theirs"+strconv.Itoa(salt))
		openssl("dgst", "-sha256", "-sign", private, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:"+strconv.Itoa(salt), "-out", theirs, body)
		raw, err := os.ReadFile(theirs)
		if err != nil {
			t.Fatal(err)
		}
		if err := sign.VerifyPSS(privateKey(t).Public(), base64.StdEncoding.EncodeToString(raw), pssBody, pssTime, pssNonce); err != nil {
			t.Errorf("openssl's signature with a salt of %d bytes: %v", salt, err)
		}
	}
	// Keys that openssl makes, in its own encodings.
	for _, args := range [][]string{
		{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
		{"genrsa", "-traditional", "2048"},
	} {
		text, err := exec.CommandContext(t.Context(), "openssl", args...).Output()
		if err != nil {
			t.Skipf("openssl %s: %v", args[0], err)
		}
		key, err := sign.ParsePrivateKey(string(text))
		if err != nil {
			t.Fatal(err)
		}
		path := write("made.pem", string(text))
		made, err := sign.ParsePublicKey(openssl("pkey", "-in", path, "-pubout"))
		if err != nil || made.Fingerprint() != key.Public().Fingerprint() {
			t.Errorf("the public key of openssl %s: %v", args[0], err)
		}
	}
}

func FuzzVerifyPSS(f *testing.F) {
	key, err := sign.NewPrivateKey(rsaKey())
	if err != nil {
		f.Fatal(err)
	}
	signature, err := sign.SignPSS(key, pssBody, pssTime, pssNonce)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signature, pssBody, pssTime, pssNonce)
	f.Add("", []byte(nil), "", "")
	f.Add("AAAA", pssBody, "-1", "\x00")
	f.Add(strings.Repeat("A", 344), pssBody, pssTime, pssNonce)
	f.Fuzz(func(t *testing.T, text string, body []byte, timestamp, nonce string) {
		err := sign.VerifyPSS(key.Public(), text, body, timestamp, nonce)
		if err != nil && !errors.Is(err, sign.ErrVerify) {
			t.Fatal(err)
		}
		// The parts are joined without a separator, so the joined text counts.
		if err == nil && !bytes.Equal(joined(body, timestamp, nonce), message(pssBody)) {
			t.Fatalf("a signature for %q verifies for %q", message(pssBody), joined(body, timestamp, nonce))
		}
	})
}

func joined(body []byte, timestamp, nonce string) []byte {
	return []byte(string(body) + timestamp + nonce)
}
