package authdecision

import (
	"crypto/fips140"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	issuing "github.com/issuing-sdk/issuing-go"
)

// entityAt makes a key at a time, in seconds from now, that is good for a number of
// seconds; 0 is for ever.
func entityAt(tb testing.TB, from time.Duration, lifetime uint32) *openpgp.Entity {
	tb.Helper()
	cfg := settings(time.Now().Add(from))
	cfg.RSABits, cfg.Algorithm, cfg.KeyLifetimeSecs = minRSABits, packet.PubKeyAlgoRSA, lifetime
	entity, err := openpgp.NewEntity("Own", "", "own@example.com", cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return entity
}

func privateText(tb testing.TB, entities ...*openpgp.Entity) string {
	tb.Helper()
	text, err := armored(openpgp.PrivateKeyType, func(w io.Writer) error {
		for _, e := range entities {
			if err := e.SerializePrivateWithoutSigning(w, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func publicText(tb testing.TB, entity *openpgp.Entity) string {
	tb.Helper()
	text, err := armored(openpgp.PublicKeyType, entity.Serialize)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// An own key is judged by whether it opens messages, the other side's by whether
// messages can be encrypted to it.
func TestKeysAreJudgedByTheirUse(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	revoked := entityAt(t, -hour, 0)
	if err := revoked.RevokeKey(packet.KeySuperseded, "", settings(time.Now())); err != nil {
		t.Fatal(err)
	}
	partRevoked := entityAt(t, -hour, 0)
	if err := partRevoked.RevokeSubkey(&partRevoked.Subkeys[0], packet.KeySuperseded, "", settings(time.Now())); err != nil {
		t.Fatal(err)
	}
	signOnly := entityAt(t, -hour, 0)
	signOnly.Subkeys = nil
	day := time.Now().Add(-hour).UTC().Add(time.Minute).Format("2006-01-02")
	for _, tt := range []struct {
		name         string
		entity       *openpgp.Entity
		own, foreign string // what is wrong with it; "" is nothing
	}{
		{"valid", entityAt(t, -hour, 0), "", ""},
		{"made a minute ahead of the clock", entityAt(t, time.Minute, 0), "", ""},
		{"made an hour ahead of the clock", entityAt(t, hour, 0), "", "ahead of this machine's clock"},
		{"expired", entityAt(t, -hour, 60), "", "has expired on " + day + "; get the new one"},
		{"revoked", revoked, "the key is revoked; make a new one", "the key is revoked; get the new one"},
		{"part revoked", partRevoked, "can decrypt is revoked; add one: gpg", "can encrypt is revoked"},
		{"signs only", signOnly, "no part that can decrypt; add one: gpg --quick-add-key", "no part that can encrypt"},
	} {
		key, err := ParsePrivateKey(issuing.NewSecret(privateText(t, tt.entity)), issuing.Secret{})
		judged(t, tt.name+", own", tt.own, err)
		public, err := ParsePublicKey(publicText(t, tt.entity))
		judged(t, tt.name+", the other side's", tt.foreign, err)
		if public.IsZero() || key.IsZero() {
			continue
		}
		message, err := seal(public, []byte("hello"), time.Now())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if plain, err := open(key, message, time.Now()); err != nil || string(plain) != "hello" {
			t.Errorf("%s: %q, %v", tt.name, plain, err)
		}
	}
}

func judged(t *testing.T, name, want string, err error) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case want != "" && (!errors.Is(err, ErrKey) || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: %v; want %q", name, err, want)
	case err != nil && len(err.Error()) > 220:
		t.Errorf("%s: a long error: %v", name, err)
	}
}

// An expired own key goes on opening what was encrypted to it while it was valid.
func TestExpiredOwnKeyOpens(t *testing.T) {
	t.Parallel()
	entity := entityAt(t, -time.Hour, 60)
	message, err := seal(PublicKey{p: &publicKey{hide(entity)}}, []byte("hello"), time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivateKey(issuing.NewSecret(privateText(t, entity)), issuing.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := open(key, message, time.Now()); err != nil || string(plain) != "hello" {
		t.Errorf("%q, %v", plain, err)
	}
}

// During a rotation both keys open messages, whether they come in one block or in two.
func TestRotation(t *testing.T) {
	t.Parallel()
	older, newer := entityAt(t, -2*time.Hour, 0), entityAt(t, -time.Hour, 0)
	withdrawn := entityAt(t, -3*time.Hour, 0)
	if err := withdrawn.RevokeKey(packet.KeyCompromised, "", settings(time.Now())); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"one block":  privateText(t, withdrawn, older, newer),
		"two blocks": privateText(t, newer) + publicText(t, newer) + privateText(t, older) + privateText(t, withdrawn),
	} {
		key, err := ParsePrivateKey(issuing.NewSecret(text), issuing.Secret{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := (PublicKey{p: &publicKey{hide(newer)}}).Fingerprint(); key.Public().Fingerprint() != want {
			t.Errorf("%s: the public half is not the newest key's", name)
		}
		for i, e := range []*openpgp.Entity{older, newer} {
			message, err := seal(PublicKey{p: &publicKey{hide(e)}}, []byte("hello"), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if plain, err := open(key, message, time.Now()); err != nil || string(plain) != "hello" {
				t.Errorf("%s, key %d: %q, %v", name, i, plain, err)
			}
		}
		all, err := key.Armored()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePrivateKey(all, issuing.Secret{})
		if err != nil || len(again.p.ring()) != 2 {
			t.Errorf("%s: written and read: %v", name, err)
		}
		_, platform := pair(t)
		for i, e := range []*openpgp.Entity{older, newer} {
			_, err = NewCallbacks(CallbackConfig{Key: key, PlatformKey: PublicKey{p: &publicKey{hide(e)}}, Window: time.Second})
			if !errors.Is(err, issuing.ErrInvalid) {
				t.Errorf("%s: own key %d as the platform's: %v", name, i, err)
			}
		}
		if _, err = NewCallbacks(CallbackConfig{Key: key, PlatformKey: platform.Public(), Window: time.Second}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	two := publicText(t, older) + publicText(t, newer)
	_, err := ParsePublicKey(two)
	judged(t, "two public keys", "want one public key, found 2", err)
	if got, err := ParsePublicKey(privateText(t, older) + publicText(t, newer)); err != nil || got.Fingerprint() != (PublicKey{p: &publicKey{hide(newer)}}).Fingerprint() {
		t.Errorf("a public key beside a private one: %v", err)
	}
}

// A passphrase is taken as it is, or without what a file left around it.
func TestPassphrase(t *testing.T) {
	t.Parallel()
	for stored, passphrases := range map[string]map[string]string{
		"correct horse": {"correct horse": "", "correct horse\n": "", "\ufeffcorrect horse": "", `"correct horse"`: "",
			"": "has a passphrase, which is not given", "wrong": "the passphrase does not open the private key"},
		" horse ": {" horse ": "", "horse": "the passphrase does not open the private key"},
	} {
		entity := entityAt(t, -time.Hour, 0)
		if err := entity.EncryptPrivateKeys([]byte(stored), settings(time.Now())); err != nil {
			t.Fatal(err)
		}
		text := issuing.NewSecret(privateText(t, entity))
		for passphrase, want := range passphrases {
			_, err := ParsePrivateKey(text, issuing.NewSecret(passphrase))
			judged(t, "passphrase "+passphrase, want, err)
		}
	}
}

// What is no PGP key block is refused by what it is.
func TestKeyTextsRefused(t *testing.T) {
	t.Parallel()
	merchant, _ := pair(t)
	armor, err := merchant.Armored()
	if err != nil {
		t.Fatal(err)
	}
	text := armor.Reveal()
	packets, _ := pem.Decode([]byte("-----BEGIN X-----\n" + strings.Split(strings.SplitN(text, "\n\n", 2)[1], "\n=")[0] + "\n-----END X-----\n"))
	for name, form := range map[string]string{
		"packets": string(packets.Bytes), "packets in Base64": base64.StdEncoding.EncodeToString(packets.Bytes),
		"packets in hexadecimal": hex.EncodeToString(packets.Bytes), "a header": strings.Replace(text, "BLOCK-----\n", "BLOCK-----\nVersion: GnuPG v2\nComment: x: y\n", 1),
		"a header, on one line": strings.ReplaceAll(strings.Replace(text, "BLOCK-----\n", "BLOCK-----\nVersion: GnuPG v2\n", 1), "\n", " "),
		"without checksum":      strings.SplitN(text, "\n=", 2)[0] + "\n-----END PGP PRIVATE KEY BLOCK-----",
	} {
		if key, err := ParsePrivateKey(issuing.NewSecret(form), issuing.Secret{}); err != nil || key.Public().Fingerprint() != merchant.Public().Fingerprint() {
			t.Errorf("%s: %v", name, err)
		}
	}
	i := strings.Index(text, "\n=")
	for name, tt := range map[string]struct{ text, want string }{
		"PEM":            {string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{0x30, 0}})), "found a PEM or PGP block of another kind; export the key: gpg"},
		"message":        {string(sealed(t, "hello")), "found a PEM or PGP block of another kind"},
		"DER":            {"MAA=", "found none that can be read"},
		"a letter":       {text[:i-8] + flip(text[i-8:i-7]) + text[i-7:], "its checksum does not fit"},
		"a line lost":    {text[:200] + text[265:], "its checksum does not fit"},
		"no end":         {text[:i], "no end line"},
		"collapsed head": {strings.Join(strings.Fields(strings.Replace(text, "BLOCK-----\n", "BLOCK-----\nVersion: GnuPG v2\n", 1)), " "), "restore the line breaks"},
	} {
		_, err := ParsePrivateKey(issuing.NewSecret(tt.text), issuing.Secret{})
		judged(t, name, tt.want, err)
	}
	if _, err := seal(PublicKey{}, nil, time.Now()); !errors.Is(err, ErrKey) {
		t.Errorf("no public key: %v", err)
	}
	if _, err := open(PrivateKey{}, nil, time.Now()); !errors.Is(err, ErrDecrypt) {
		t.Errorf("no private key: %v", err)
	}
	if _, err := (&Caller{}).Call(t.Context(), map[string]any{}); !errors.Is(err, ErrKey) {
		t.Errorf("an empty caller: %v", err)
	}
}

// flip returns another letter.
func flip(letter string) string {
	if letter == "A" {
		return "B"
	}
	return "A"
}

// Where SHA-1 is not allowed, with which OpenPGP names keys, a key is an error and no
// panic. The mode is for a whole process, so that the test runs again in one.
func TestFIPSOnly(t *testing.T) {
	if !fips140.Enforced() {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestFIPSOnly$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFIPSOnly") {
			t.Errorf("in FIPS 140-only mode: %v\n%s", err, out)
		}
		return
	}
	var text string
	fips140.WithoutEnforcement(func() { text = privateText(t, entityAt(t, 0, 0)) })
	_, err := ParsePrivateKey(issuing.NewSecret(text), issuing.Secret{})
	judged(t, "private", "which FIPS 140-only mode does not allow", err)
	_, err = ParsePublicKey(text)
	judged(t, "public", "which FIPS 140-only mode does not allow", err)
	_, err = GenerateKey("x", "x@example.com")
	judged(t, "generated", "which FIPS 140-only mode does not allow", err)
}
