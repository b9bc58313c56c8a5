package sign_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
)

// TestPINBlockExample reads the published example and compares its fixed part
// with a block of ours.
func TestPINBlockExample(t *testing.T) {
	t.Parallel()
	example, err := hex.DecodeString("1614725812345678")
	if err != nil {
		t.Fatal(err)
	}
	pin, err := sign.ReadPINBlock(example)
	if err != nil || pin.Reveal() != "147258" {
		t.Errorf("%q, %v", pin.Reveal(), err)
	}
	seen := map[string]bool{}
	for range 100 {
		block, err := sign.PINBlock(issuing.NewSecret("147258"))
		if err != nil {
			t.Fatal(err)
		}
		text := hex.EncodeToString(block)
		if len(block) != 8 || !strings.HasPrefix(text, "16147258") {
			t.Fatalf("block %s", text)
		}
		seen[text] = true
	}
	if len(seen) < 99 {
		t.Errorf("%d different blocks of 100: the padding is not random", len(seen))
	}
}

func TestPINBlocksOfAllLengths(t *testing.T) {
	t.Parallel()
	const digits = "9870123456789"
	for n := range len(digits) + 1 {
		block, err := sign.PINBlock(issuing.NewSecret(digits[:n]))
		if n < sign.MinPIN || n > sign.MaxPIN {
			if !errors.Is(err, sign.ErrPIN) || block != nil {
				t.Errorf("%d digits: %v", n, err)
			}
			continue
		}
		if pin, err := sign.ReadPINBlock(block); err != nil || pin.Reveal() != digits[:n] {
			t.Errorf("%d digits: %q, %v", n, pin.Reveal(), err)
		}
	}
	for _, bad := range []string{"12a4", "１２３４", "12 4", "-123"} {
		if _, err := sign.PINBlock(issuing.NewSecret(bad)); !errors.Is(err, sign.ErrPIN) || strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, bad := range []string{"", "16", "0614725812345678", "13147fffffffffff", "1d14725812345678", "1614a25812345678", "161472581234567800"} {
		block, _ := hex.DecodeString(bad)
		if _, err := sign.ReadPINBlock(block); !errors.Is(err, sign.ErrPIN) {
			t.Errorf("block %s: %v", bad, err)
		}
	}
}

func profiles() []sign.PINProfile {
	var out []sign.PINProfile
	for padding := sign.PINPaddingPKCS1; padding <= sign.PINPaddingOAEPSHA256; padding++ {
		for _, plaintext := range []sign.PINPlaintext{sign.PINPlaintextBytes, sign.PINPlaintextHex} {
			for _, encoding := range []sign.PINEncoding{sign.PINEncodingBase64, sign.PINEncodingHex} {
				out = append(out, sign.PINProfile{Padding: padding, Plaintext: plaintext, Encoding: encoding})
			}
		}
	}
	return out
}

// TestPINProfilesDoNotMix: a PIN that was sealed by one profile opens by that
// one alone.
func TestPINProfilesDoNotMix(t *testing.T) {
	t.Parallel()
	raw, key := rsaKey(), privateKey(t)
	pin := issuing.NewSecret("147258")
	for i, profile := range profiles() {
		sealed, err := sign.SealPIN(key.Public(), profile, pin)
		if err != nil || sealed.Len() > 4096 {
			t.Fatalf("%+v: %v", profile, err)
		}
		for j, other := range profiles() {
			got, err := sign.OpenPIN(raw, other, sealed)
			if (err == nil && got.Equal(pin)) != (i == j) {
				t.Errorf("sealed by %+v, opened by %+v: %v", profile, other, err)
			}
		}
	}
	for _, bad := range []sign.PINProfile{{}, {Padding: 4, Encoding: 1}, {Padding: 1}, {Padding: 1, Encoding: 3}, {Padding: 1, Plaintext: 2, Encoding: 1}} {
		_, sealErr := sign.SealPIN(key.Public(), bad, pin)
		_, openErr := sign.OpenPIN(raw, bad, pin)
		if !errors.Is(sealErr, sign.ErrPIN) || !errors.Is(openErr, sign.ErrPIN) || !errors.Is(bad.Validate(), sign.ErrPIN) {
			t.Errorf("%+v: %v, %v", bad, sealErr, openErr)
		}
	}
	if _, err := sign.SealPIN(sign.PublicKey{}, profiles()[0], pin); !errors.Is(err, sign.ErrKey) {
		t.Errorf("no key: %v", err)
	}
	if _, err := sign.OpenPIN(raw, profiles()[0], issuing.NewSecret("%%%")); !errors.Is(err, sign.ErrPIN) {
		t.Errorf("no Base64: %v", err)
	}
}

// FuzzReadPINBlock never panics, and a PIN that it returns has its form.
func FuzzReadPINBlock(f *testing.F) {
	f.Add([]byte{0x16, 0x14, 0x72, 0x58, 0x12, 0x34, 0x56, 0x78})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, block []byte) {
		pin, err := sign.ReadPINBlock(block)
		if err == nil && (pin.Len() < sign.MinPIN || pin.Len() > sign.MaxPIN || strings.Trim(pin.Reveal(), "0123456789") != "") {
			t.Errorf("a PIN of another form from %x", block)
		}
	})
}
