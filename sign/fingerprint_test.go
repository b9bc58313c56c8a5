package sign_test

import (
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	one, err := sign.NewAESKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	same, _ := sign.ParseAESKey(strings.Repeat("6b", 32))
	other, _ := sign.NewAESKey([]byte(strings.Repeat("l", 32)))
	print := one.Fingerprint([]byte("135790"))
	if len(print) != 64 || print != same.Fingerprint([]byte("135790")) {
		t.Errorf("%q differs between two copies of a key", print)
	}
	if print == other.Fingerprint([]byte("135790")) || print == one.Fingerprint([]byte("135791")) {
		t.Error("another key or other data has the same fingerprint")
	}
	if (sign.AESKey{}).Fingerprint([]byte("135790")) != "" {
		t.Error("no key gives a fingerprint")
	}
}

func TestAppSecretFingerprint(t *testing.T) {
	t.Parallel()
	secret := func(letter string) sign.AppSecret {
		s, err := sign.NewAppSecret(strings.Repeat(letter, 32))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, same, other := secret("k"), secret("k"), secret("l")
	print := one.Fingerprint([]byte("135790"))
	if len(print) != 64 || print != same.Fingerprint([]byte("135790")) {
		t.Errorf("%q differs between two copies of a secret", print)
	}
	if print == other.Fingerprint([]byte("135790")) || print == one.Fingerprint([]byte("135791")) {
		t.Error("another secret or other data has the same fingerprint")
	}
	if (sign.AppSecret{}).Fingerprint([]byte("135790")) != "" {
		t.Error("no secret gives a fingerprint")
	}
}

func TestHMACKeyFingerprint(t *testing.T) {
	t.Parallel()
	key := func(secret string) sign.HMACKey {
		k, err := sign.NewHMACKey(issuing.NewSecret(secret))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	one, same, other := key("k"), key("k"), key("l")
	data := []byte("135790")
	print := one.Fingerprint(data)
	if len(print) != 64 || print != same.Fingerprint(data) {
		t.Errorf("%q differs between two copies of a key", print)
	}
	if print == other.Fingerprint(data) || print == one.Fingerprint([]byte("135791")) {
		t.Error("another key or other data has the same fingerprint")
	}
	if signature, err := sign.SignHMAC512(one, data, ""); err != nil || strings.Contains(signature, print) {
		t.Errorf("a fingerprint is part of a signature: %v", err)
	}
	if (sign.HMACKey{}).Fingerprint(data) != "" {
		t.Error("no key gives a fingerprint")
	}
}

func TestPrivateKeyFingerprint(t *testing.T) {
	t.Parallel()
	key := privateKey(t)
	print, err := key.Fingerprint([]byte("135790"))
	if err != nil || len(print) != 64 {
		t.Fatalf("%q, %v", print, err)
	}
	same, err := sign.NewPrivateKey(rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := same.Fingerprint([]byte("135790")); err != nil || again != print {
		t.Errorf("%q differs between two handles of a key: %v", again, err)
	}
	if other, err := key.Fingerprint([]byte("135791")); err != nil || other == print {
		t.Errorf("other data has the same fingerprint: %v", err)
	}
	if got, err := (sign.PrivateKey{}).Fingerprint(nil); err == nil || got != "" {
		t.Errorf("no key gives %q", got)
	}
}
