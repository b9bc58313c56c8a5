package sign

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

func TestUnpad(t *testing.T) {
	t.Parallel()
	block := func(tail ...byte) []byte {
		return append(bytes.Repeat([]byte("x"), 32-len(tail)), tail...)
	}
	for name, c := range map[string]struct {
		padded []byte
		want   int // length; -1 is bad padding
	}{
		"one byte":                {block(1), 31},
		"three bytes":             {block(3, 3, 3), 29},
		"a whole block":           {block(bytes.Repeat([]byte{16}, 16)...), 16},
		"zero":                    {block(0), -1},
		"more than a block":       {block(bytes.Repeat([]byte{17}, 17)...), -1},
		"the first byte differs":  {block(2, 3, 3), -1},
		"the second byte differs": {block(3, 2, 3), -1},
		"the last byte differs":   {block(3, 3, 4), -1},
		"of the highest value":    {block(255), -1},
	} {
		got, ok := unpad(bytes.Clone(c.padded))
		if c.want < 0 {
			if ok != 0 || len(got) != 32 {
				t.Errorf("%s: %d bytes, %d", name, len(got), ok)
			}
			continue
		}
		if ok != 1 || len(got) != c.want {
			t.Errorf("%s: %d bytes, %d", name, len(got), ok)
		}
	}
}

func TestOpenMalformed(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	setKey := func(f func(string) string) func(*Envelope) {
		return func(e *Envelope) { e.KeyEnc = issuing.NewSecret(f(e.KeyEnc.Reveal())) }
	}
	cases := map[string]struct {
		change func(*Envelope)
		field  string
	}{
		"no sign":               {func(e *Envelope) { e.Sign = "" }, "head.sign is missing"},
		"no keyEnc":             {func(e *Envelope) { e.KeyEnc = issuing.Secret{} }, "head.keyEnc is missing"},
		"no encrypt":            {func(e *Envelope) { e.Encrypt = "" }, "body.encrypt is missing"},
		"truncated sign":        {func(e *Envelope) { e.Sign = e.Sign[:511] }, "head.sign is not"},
		"truncated keyEnc":      {setKey(func(s string) string { return s[:510] }), "head.keyEnc is not"},
		"published, cut keyEnc": {setKey(func(s string) string { return s[:61] + "***" }), "head.keyEnc is not"},
		"no hex":                {setKey(func(s string) string { return "zz" + s[2:] }), "head.keyEnc is not"},
		"odd Base64":            {func(e *Envelope) { e.Encrypt = e.Encrypt[:len(e.Encrypt)-1] }, "body.encrypt is not"},
		"broken blocks":         {func(e *Envelope) { e.Encrypt = "AAAA" }, "body.encrypt is not"},
		"stars in the text":     {func(e *Envelope) { e.Encrypt = "aB3OMZSBlWyaDsPMtU4w/***" }, "body.encrypt is not"},
	}
	for name, c := range cases {
		e := mustSeal(t, Profile{}, testPayload)
		c.change(e)
		_, err := (Profile{}).Open(own, peer, e)
		if !errors.Is(err, ErrEnvelopeForm) || errors.Is(err, ErrEnvelope) || !strings.Contains(err.Error(), c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Profile{}).Open(own, peer, nil); !errors.Is(err, ErrEnvelopeForm) {
		t.Errorf("no envelope: %v", err)
	}
}

// wrapped returns a default envelope whose session key is of the caller's
// making: it signs and wraps what no honest sender would.
func wrapped(t *testing.T, keyText, ciphertext, signed []byte) *Envelope {
	t.Helper()
	k := envelopeKeys()
	//lint:ignore SA1019 KazePay's lineage wraps session keys with PKCS #1 v1.5
	keyEnc, err := rsa.EncryptPKCS1v15(rand.Reader, &k.platform.PublicKey, keyText)
	if err != nil {
		t.Fatal(err)
	}
	digest := SignatureHashSHA1.digest(signed)
	signature, err := rsa.SignPKCS1v15(nil, k.merchant, crypto.SHA1, digest)
	if err != nil {
		t.Fatal(err)
	}
	return &Envelope{
		Head: testHead, Sign: hex.EncodeToString(signature),
		KeyEnc: issuing.NewSecret(hex.EncodeToString(keyEnc)), Encrypt: base64.StdEncoding.EncodeToString(ciphertext),
	}
}

func TestOpenIsNoOracle(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	key := []byte("0123456789abcdef")
	keyText := []byte(base64.StdEncoding.EncodeToString(key))
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	good := (Profile{}).encrypt(block, key, testPayload)
	badPadding := (Profile{Padding: PaddingNone}).encrypt(block, key, []byte(`{"url":"https:/}`))
	flip := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	foreign, err := rsa.GenerateKey(nil, 2048)
	if err != nil {
		t.Fatal(err)
	}
	foreignOwn, foreignPeer := envelopeParty(t, foreign, foreign)
	sound := wrapped(t, keyText, good, testPayload)
	zeros := *sound
	zeros.KeyEnc = issuing.NewSecret(strings.Repeat("0", 512))
	cases := map[string]func() (Profile, PrivateKey, PublicKey, *Envelope){
		"wrong private key": func() (Profile, PrivateKey, PublicKey, *Envelope) { return Profile{}, foreignOwn, peer, sound },
		"wrong public key":  func() (Profile, PrivateKey, PublicKey, *Envelope) { return Profile{}, own, foreignPeer, sound },
		"bad RSA padding":   func() (Profile, PrivateKey, PublicKey, *Envelope) { return Profile{}, own, peer, &zeros },
		"wrong hash": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{Hash: SignatureHashSHA256}, own, peer, sound
		},
		"wrong wrap": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{Wrap: KeyWrapOAEPSHA1}, own, peer, sound
		},
		"wrong cipher": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{Cipher: CipherAES256}, own, peer, sound
		},
		"wrong payload text": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{Payload: PayloadTextBase64}, own, peer, sound
		},
		"bad RSA, tolerant": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{TolerantKey: true}, own, peer, &zeros
		},
		"short key text": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, keyText[:20], good, testPayload)
		},
		"key text no Base64": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, bytes.Repeat([]byte("!"), 24), good, testPayload)
		},
		"bad block padding": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, keyText, badPadding, testPayload)
		},
		"first block altered": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, keyText, flip(good, 0), testPayload)
		},
		"last block altered": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, keyText, flip(good, len(good)-1), testPayload)
		},
		"other text signed": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{}, own, peer, wrapped(t, keyText, good, []byte("{}"))
		},
		"a vector, no data": func() (Profile, PrivateKey, PublicKey, *Envelope) {
			return Profile{Mode: ModeCBCPrefixIV}, own, peer, wrapped(t, keyText, good[:16], testPayload)
		},
	}
	for name, c := range cases {
		p, private, public, e := c()
		payload, err := p.Open(private, public, e)
		if payload != nil || err == nil || err.Error() != ErrEnvelope.Error() || !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %q, %v", name, payload, err)
		}
	}
	if _, err := (Profile{}).Open(own, peer, sound); err != nil {
		t.Errorf("the sound envelope does not open: %v", err)
	}
}

// TestHeadIsSignedOnlyByChoice shows what the default leaves open and what
// SignedBytesMessage closes.
func TestHeadIsSignedOnlyByChoice(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	for signed, want := range map[SignedBytes]error{SignedBytesPlaintext: nil, SignedBytesMessage: ErrEnvelope} {
		p := Profile{Signed: signed}
		e := mustSeal(t, p, testPayload)
		e.Head = bytes.Replace(e.Head, []byte("cardBalance"), []byte("closeCard"), 1)
		if _, err := p.Open(own, peer, e); !errors.Is(err, want) {
			t.Errorf("%v: %v", signed, err)
		}
	}
	// The order of the head's members is none of the signature's business.
	p := Profile{Signed: SignedBytesMessage}
	e := mustSeal(t, p, testPayload)
	e.Head = []byte(`{"version":"1.0", "requestNo":"202404220205221238690954",
		"sysId":"202402271432298822660001","apiCode":"cardBalance"}`)
	if _, err := p.Open(own, peer, e); err != nil {
		t.Errorf("another order: %v", err)
	}
}

// signOnly is a signer that cannot decrypt, like a signing key in a KMS.
type signOnly struct{ key *rsa.PrivateKey }

func (s signOnly) Public() crypto.PublicKey { return s.key.Public() }

func (s signOnly) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(r, digest, opts)
}

func TestUnusableKeysAndProfiles(t *testing.T) {
	t.Parallel()
	own, peer := merchantSide(t)
	e := mustSeal(t, Profile{}, testPayload)
	limited, err := NewPrivateKey(signOnly{envelopeKeys().platform})
	if err != nil {
		t.Fatal(err)
	}
	if limited.CanDecrypt() || !own.CanDecrypt() || (PrivateKey{}).CanDecrypt() {
		t.Error("CanDecrypt is wrong")
	}
	if _, err := (Profile{}).Seal(limited, peer, testHead, testPayload); err != nil {
		t.Errorf("a signing key cannot seal: %v", err)
	}
	for name, call := range map[string]func() error{
		"open without a decrypter":   func() error { _, err := (Profile{}).Open(limited, peer, e); return err },
		"open without a private key": func() error { _, err := (Profile{}).Open(PrivateKey{}, peer, e); return err },
		"open without a public key":  func() error { _, err := (Profile{}).Open(own, PublicKey{}, e); return err },
		"seal without a private key": func() error { _, err := (Profile{}).Seal(PrivateKey{}, peer, nil, nil); return err },
		"seal without a public key":  func() error { _, err := (Profile{}).Seal(own, PublicKey{}, nil, nil); return err },
		"detect without a decrypter": func() error { _, err := DetectKazePayProfile(limited, peer, e.JSON()); return err },
		"detect without a key":       func() error { _, err := DetectKazePayProfile(own, PublicKey{}, e.JSON()); return err },
	} {
		if err := call(); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, p := range []Profile{{Mode: 9}, {Cipher: -1}, {Signed: 6}, {Wrap: 3}, {Hash: 4}, {Scheme: -1}, {Wrap: 1, MGF1: 3}, {KeyText: 4}, {Padding: 2}, {Payload: 2}} {
		if err := p.Validate(); err == nil || !strings.Contains(p.String(), "unknown") {
			t.Errorf("%v: %v", p, err)
		}
		if _, err := p.Seal(own, peer, testHead, testPayload); err == nil {
			t.Errorf("%v seals", p)
		}
	}
}

func TestParseEnvelopeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `null`, `[]`, `"x"`, `{`, `{}`, `{"head":null}`, `{"head":"x","body":{}}`, `{"head":[],"body":{}}`,
		`{"head":{"sign":1},"body":{}}`, `{"head":{"keyEnc":{}},"body":{}}`, `{"head":{},"body":"x"}`,
		`{"head":{},"body":{"encrypt":[1]}}`, `{"head":{},"body":[1]}`, `{"HEAD":{},"body":{}}`,
	} {
		if e, err := ParseEnvelope([]byte(text)); e != nil || !errors.Is(err, ErrEnvelopeForm) {
			t.Errorf("%s: %v, %v", text, e, err)
		}
	}
	for _, text := range []string{
		`{"head":{"code":"E1"}}`, `{"head":{"code":"E1"},"body":null}`, `{"head":{"code":"E1"},"body":""}`,
		`{"head":{"code":"E1","sign":null},"body":{}}`, `{"head":{"code":"E1"},"body":{"encrypt":null}}`,
		`{"head":{"code":"E1"},"body":[]}`,
	} {
		e, err := ParseEnvelope([]byte(text))
		if err != nil || string(e.Head) != `{"code":"E1"}` || e.Sign != "" || !e.KeyEnc.IsZero() || e.Encrypt != "" {
			t.Errorf("%s: %v, %v", text, e, err)
		}
		if got := string(e.JSON()); got != `{"head":{"code":"E1"},"body":{}}` {
			t.Errorf("written again as %s", got)
		}
	}
}

func FuzzParseEnvelope(f *testing.F) {
	own, peer := platformSide(f)
	e := mustSeal(f, Profile{}, testPayload)
	f.Add(e.JSON())
	f.Add([]byte(`{"head":{"code":"SUCCESS"},"body":{}}`))
	f.Add([]byte(`{"head":{"\u0000":1,"a":" "},"body":{"encrypt":"AAAA"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := ParseEnvelope(data)
		if err != nil {
			if !errors.Is(err, ErrEnvelopeForm) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := ParseEnvelope(parsed.JSON())
		if err != nil && parsed.Sign+parsed.KeyEnc.Reveal()+parsed.Encrypt == "" {
			t.Fatalf("%s does not parse again: %v", parsed.JSON(), err)
		}
		if again != nil && !bytes.Equal(again.Head, parsed.Head) {
			t.Fatalf("head %s became %s", parsed.Head, again.Head)
		}
		payload, err := (Profile{}).Open(own, peer, parsed)
		if err == nil && !bytes.Equal(payload, testPayload) {
			t.Fatalf("opened to %q", payload)
		}
		if err != nil && !errors.Is(err, ErrEnvelope) && !errors.Is(err, ErrEnvelopeForm) {
			t.Fatalf("%v", err)
		}
	})
}
