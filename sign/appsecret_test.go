package sign_test

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
)

const (
	secretV2 = "uDMGUIodDeKcja0nDbIBzpfDJFIHld56" // 32 bytes: AES-256
	secretV3 = "sBOvCZZurSbbdJiA"                 // 16 bytes: AES-128
)

func appSecret(tb testing.TB, text string) sign.AppSecret {
	tb.Helper()
	s, err := sign.NewAppSecret(text)
	if err != nil {
		tb.Fatalf("NewAppSecret: %v", err)
	}
	return s
}

func TestAppSecretVectors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, secret, text, plain string }{
		{"V2 AES-256", secretV2, "jvU9Vaz67Gj+Xn/qlaXKHA==", "110"},
		{"V3 AES-128", secretV3, "U88v0HHTLxUp9LUkj95AJA==", "14"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := appSecret(t, tc.secret)
			plain, err := s.Decrypt(tc.text)
			if err != nil || string(plain) != tc.plain {
				t.Errorf("Decrypt = %q, %v; want %q", plain, err, tc.plain)
			}
			text, err := s.Encrypt([]byte(tc.plain))
			if err != nil || text != tc.text {
				t.Errorf("Encrypt = %q, %v; want %q", text, err, tc.text)
			}
		})
	}
}

func TestAppSecretRoundTrip(t *testing.T) {
	t.Parallel()
	for _, size := range []int{16, 24, 32} {
		s := appSecret(t, strings.Repeat("k", size))
		for n := range 50 {
			plain := bytes.Repeat([]byte{byte(n)}, n)
			text, err := s.Encrypt(plain)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Decrypt(text)
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("key of %d, %d bytes: got %q, %v", size, n, got, err)
			}
		}
	}
}

func TestAppSecretRefusesSizes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 15, 17, 23, 25, 31, 33, 64} {
		if _, err := sign.NewAppSecret(strings.Repeat("k", n)); !errors.Is(err, sign.ErrKey) {
			t.Errorf("%d bytes: %v, want ErrKey", n, err)
		}
	}
}

func TestAppSecretDecryptRefuses(t *testing.T) {
	t.Parallel()
	s := appSecret(t, secretV3)
	block, err := aes.NewCipher([]byte(secretV3))
	if err != nil {
		t.Fatal(err)
	}
	// sealed encrypts one block whose padding is what the case says.
	sealed := func(plain []byte) string {
		out := make([]byte, aes.BlockSize)
		block.Encrypt(out, plain)
		return base64.StdEncoding.EncodeToString(out)
	}
	padded := func(n int, last byte) []byte {
		plain := bytes.Repeat([]byte{last}, aes.BlockSize)
		for i := range aes.BlockSize - n {
			plain[i] = 'x'
		}
		return plain
	}
	broken := padded(4, 4)
	broken[aes.BlockSize-3] = 5
	for name, text := range map[string]string{
		"empty":           "",
		"not Base64":      "!!!!",
		"half a block":    base64.StdEncoding.EncodeToString(make([]byte, 8)),
		"padding zero":    sealed(padded(1, 0)),
		"padding too big": sealed(padded(16, 17)),
		"padding 255":     sealed(padded(1, 255)),
		"broken padding":  sealed(broken),
		"too long":        strings.Repeat("A", 8<<10),
	} {
		if plain, err := s.Decrypt(text); !errors.Is(err, sign.ErrDecrypt) || plain != nil {
			t.Errorf("%s: %q, %v; want ErrDecrypt", name, plain, err)
		}
	}
	if plain, err := s.Decrypt(sealed(padded(4, 4))); err != nil || string(plain) != strings.Repeat("x", 12) {
		t.Errorf("good padding: %q, %v", plain, err)
	}
	if _, err := (sign.AppSecret{}).Decrypt("jvU9Vaz67Gj+Xn/qlaXKHA=="); !errors.Is(err, sign.ErrKey) {
		t.Errorf("zero secret: %v", err)
	}
	if _, err := (sign.AppSecret{}).Encrypt(nil); !errors.Is(err, sign.ErrKey) {
		t.Errorf("zero secret: %v", err)
	}
}

func TestAppSecretPrintsNothing(t *testing.T) {
	t.Parallel()
	s := appSecret(t, secretV3)
	leaktest.Check(t, []string{secretV3}, s, struct{ S, hidden sign.AppSecret }{s, s}, &struct{ hidden any }{s})
}

func FuzzAppSecretDecrypt(f *testing.F) {
	f.Add("jvU9Vaz67Gj+Xn/qlaXKHA==")
	f.Add("U88v0HHTLxUp9LUkj95AJA==")
	f.Add("")
	s := appSecret(f, secretV2)
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := s.Decrypt(text)
		if err != nil {
			if !errors.Is(err, sign.ErrDecrypt) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := s.Encrypt(plain)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := s.Decrypt(again); err != nil || !bytes.Equal(back, plain) {
			t.Fatalf("%q does not round-trip: %v", plain, err)
		}
	})
}
