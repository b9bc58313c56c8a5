package sign_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/sign"
)

var aesBytes = []byte("0123456789abcdefGHIJKLMNOPQRSTUV")

func aesKey(t testing.TB) sign.AESKey {
	t.Helper()
	key, err := sign.NewAESKey(aesBytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// bare is AES-256-GCM of the standard library, with an explicit nonce.
func bare(t testing.TB) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(aesBytes)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

func TestParseAESKey(t *testing.T) {
	t.Parallel()
	sealed, err := aesKey(t).Seal([]byte("hello"))
	if err != nil {
		t.Fatal(err)
	}
	upper := strings.ToUpper(hex.EncodeToString(aesBytes))
	for name, text := range map[string]string{
		"hex": hex.EncodeToString(aesBytes), "HEX": upper, "Base64": base64.StdEncoding.EncodeToString(aesBytes), "raw": string(aesBytes),
		"space around": " \n" + upper + "\r\n", "raw with space around": "\t" + string(aesBytes) + "\n",
	} {
		key, err := sign.ParseAESKey(text)
		if err != nil || key.IsZero() {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := key.Open(sealed); err != nil || string(got) != "hello" {
			t.Errorf("%s: another key: %v", name, err)
		}
	}
	b64 := base64.StdEncoding.EncodeToString(aesBytes)
	for name, text := range map[string]string{
		"empty": "", "blank": "  \n ", "31 characters": string(aesBytes[:31]), "33 characters": string(aesBytes) + "x", "AES-128 in Base64": base64.StdEncoding.EncodeToString(aesBytes[:16]),
		"AES-192 in hex": hex.EncodeToString(aesBytes[:24]), "not hex": strings.Repeat("g", 64), "not Base64": strings.Repeat("*", 44), "33 bytes in Base64": strings.Repeat("A", 44),
		"31 bytes in Base64": base64.StdEncoding.EncodeToString(aesBytes[:31]), "URL Base64": strings.Repeat("_", 43) + "=", "unpadded": b64[:43], "loose bits": b64[:42] + "X=",
		"hex in two lines": upper[:32] + "\n" + upper[33:], "two megabytes": strings.Repeat("a", 2<<20),
	} {
		key, err := sign.ParseAESKey(text)
		if !errors.Is(err, sign.ErrKey) || !key.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (len(err.Error()) > 200 || len(text) > 16 && strings.Contains(err.Error(), text[:16])) {
			t.Errorf("%s: the error quotes the key: %v", name, err)
		}
	}
	for _, n := range []int{0, 16, 24, 31, 33, 64} {
		if _, err := sign.NewAESKey(make([]byte, n)); !errors.Is(err, sign.ErrKey) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// The key is copied: wiping the caller's bytes does not change it.
func TestAESKeyIsACopy(t *testing.T) {
	t.Parallel()
	bytes := bytes.Clone(aesBytes)
	key, err := sign.NewAESKey(bytes)
	if err != nil {
		t.Fatal(err)
	}
	clear(bytes)
	text, err := key.Seal([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aesKey(t).Open(text); err != nil {
		t.Error("the key changed with the caller's bytes")
	}
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	key, std := aesKey(t), bare(t)
	seen := map[string]bool{}
	for _, size := range []int{0, 1, 15, 16, 17, 255, 4096, 1 << 20} {
		plain := bytes.Repeat([]byte{0xa5}, size)
		text, err := key.Seal(plain)
		if err != nil {
			t.Fatal(err)
		}
		body, err := key.SealBody(plain)
		if err != nil {
			t.Fatal(err)
		}
		inBody := strings.TrimSuffix(strings.TrimPrefix(string(body), `{"data":"`), `"}`)
		for _, sealed := range []string{text, inBody} {
			raw, err := base64.StdEncoding.Strict().DecodeString(sealed)
			if err != nil || len(raw) != 12+size+16 {
				t.Fatalf("%d bytes seal to %d, %v", size, len(raw), err)
			}
			if nonce := string(raw[:12]); seen[nonce] {
				t.Fatal("a nonce came twice")
			} else {
				seen[nonce] = true
			}
			// The layout is nonce, ciphertext, tag: the bare primitive opens it.
			got, err := std.Open(nil, raw[:12], raw[12:], nil)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%d bytes: not nonce|ciphertext|tag: %v", size, err)
			}
		}
		if got, err := key.Open(text); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("Open of %d bytes: %v", size, err)
		}
		if got, err := key.OpenBody(body); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("OpenBody of %d bytes: %v", size, err)
		}
	}
	// What the bare primitive seals, ours opens.
	nonce := []byte("unique-nonce")
	text := base64.StdEncoding.EncodeToString(std.Seal(nonce, nonce, []byte("hello"), nil))
	for _, body := range []string{`{"data":"` + text + `"}`, ` { "data" : "` + text + "\" }\n", `{"data":"` + text + `","v":1}`, `{"data":"\u0064","data":"` + text + `"}`, `{"data":"` + strings.ReplaceAll(text, "/", `\/`) + `"}`} {
		if got, err := aesKey(t).OpenBody([]byte(body)); err != nil || string(got) != "hello" {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}

// Every bit of nonce, ciphertext and tag is protected, and every failure is the
// same.
func TestTamperedCiphertext(t *testing.T) {
	t.Parallel()
	key := aesKey(t)
	text, err := key.Seal([]byte("top up 100.00"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, raw []byte) {
		sealed := base64.StdEncoding.EncodeToString(raw)
		got, err := key.Open(sealed)
		if got != nil || err != sign.ErrDecrypt { //nolint:errorlint // the very error, without a wrapped cause
			t.Errorf("%s: %q, %v", name, got, err)
		}
		got, err = key.OpenBody([]byte(`{"data":"` + sealed + `"}`))
		if got != nil || err != sign.ErrDecrypt { //nolint:errorlint // same
			t.Errorf("%s, in a body: %q, %v", name, got, err)
		}
	}
	for i := range raw {
		for bit := range 8 {
			changed := bytes.Clone(raw)
			changed[i] ^= 1 << bit
			check("bit flipped", changed)
		}
		check("truncated", raw[:i])
		check("front lost", raw[i+1:])
	}
	check("longer", append(bytes.Clone(raw), 0))
	other, err := sign.NewAESKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(text); got != nil || !errors.Is(err, sign.ErrDecrypt) {
		t.Errorf("another key: %q, %v", got, err)
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	key := aesKey(t)
	text, err := key.Seal([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, sealed := range []string{"", "=", "AAAA", "*", text[1:], text + "A", text + text, strings.TrimRight(text, "=") + "====", " " + text, "\x00" + text, strings.Repeat("A", 4<<20)} {
		if got, err := key.Open(sealed); got != nil || !errors.Is(err, sign.ErrDecrypt) {
			t.Errorf("Open(%.40q): %q, %v", sealed, got, err)
		}
	}
	for _, body := range []string{
		"", "{", "{}", "null", `"` + text + `"`, "[]", `{"data":null}`, `{"data":7}`, `{"data":""}`, `{"data":{"data":"` + text + `"}}`, `{"data":["` + text + `"]}`,
		`{"dat":"` + text + `"}`, `{"data":"` + text + `"`, `{"data":"` + text + `"}}`, `{"data":"` + text + `"} x`, text, `{"data":"` + text + `","data":"x"}`,
	} {
		if got, err := key.OpenBody([]byte(body)); got != nil || !errors.Is(err, sign.ErrDecrypt) {
			t.Errorf("OpenBody(%.40q): %q, %v", body, got, err)
		}
	}
}

func FuzzParseAESKey(f *testing.F) {
	for _, seed := range []string{"", string(aesBytes), hex.EncodeToString(aesBytes), base64.StdEncoding.EncodeToString(aesBytes), strings.Repeat("=", 44), " \x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := sign.ParseAESKey(text)
		if (err == nil) == key.IsZero() || err != nil && !errors.Is(err, sign.ErrKey) {
			t.Fatalf("%v with %v", key, err)
		}
		if err == nil {
			if n := len(strings.TrimSpace(text)); n != 32 && n != 44 && n != 64 {
				t.Fatalf("a key of %d characters", n)
			}
		}
	})
}

func FuzzOpenBody(f *testing.F) {
	key, err := sign.NewAESKey(aesBytes)
	if err != nil {
		f.Fatal(err)
	}
	body, err := key.SealBody([]byte(`{"a":1}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"data":""}`))
	f.Add([]byte(`{"data":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`))
	f.Add([]byte(`{"data":"\u0041"}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		got, err := key.OpenBody(data)
		if diff := cmp.Diff(before, data); diff != "" {
			t.Fatal("the input was changed")
		}
		// Nobody without the key can make another ciphertext that opens.
		if err == nil && string(got) != `{"a":1}` || err != nil && !errors.Is(err, sign.ErrDecrypt) {
			t.Fatalf("%q opens as %q, %v", data, got, err)
		}
		sealed, err := key.SealBody(data)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := key.OpenBody(sealed); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%q does not survive: %v", data, err)
		}
	})
}

func TestSealBound(t *testing.T) {
	t.Parallel()
	key := aesKey(t)
	plain, bound := []byte("a secret"), []byte("its place")
	sealed, err := key.SealBound(plain, bound)
	if err != nil || len(sealed) != 12+len(plain)+16 {
		t.Fatalf("%d bytes, %v", len(sealed), err)
	}
	again, err := key.SealBound(plain, bound)
	if err != nil || bytes.Equal(sealed, again) {
		t.Errorf("twice the same: %v", err)
	}
	if got, err := key.OpenBound(sealed, bound); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("%q, %v", got, err)
	}
	altered := bytes.Clone(sealed)
	altered[len(altered)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"elsewhere": func() ([]byte, error) { return key.OpenBound(sealed, []byte("another place")) },
		"nowhere":   func() ([]byte, error) { return key.OpenBound(sealed, nil) },
		"altered":   func() ([]byte, error) { return key.OpenBound(altered, bound) },
		"short":     func() ([]byte, error) { return key.OpenBound(sealed[:27], bound) },
		"empty":     func() ([]byte, error) { return key.OpenBound(nil, bound) },
	} {
		if got, err := open(); got != nil || !errors.Is(err, sign.ErrDecrypt) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	var none sign.AESKey
	if _, err := none.SealBound(plain, bound); !errors.Is(err, sign.ErrKey) {
		t.Error(err)
	}
	if _, err := none.OpenBound(sealed, bound); !errors.Is(err, sign.ErrKey) {
		t.Error(err)
	}
}
