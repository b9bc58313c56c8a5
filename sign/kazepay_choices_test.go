package sign

import (
	"bytes"
	"crypto/cipher"
	"crypto/des" //nolint:gosec // what a sister platform of KazePay's uses
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// sortedPayload is testPayload as SignedBytesSorted writes it.
const sortedPayload = "amount=5000.00&cardID=19181&currency=USD"

func TestSortedMembers(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		string(testPayload): sortedPayload,
		` {"b" : "x\"é\u00e9" , "a":{"z": 1, "y":[1, 2]}}`: `a={"z":1,"y":[1,2]}&b=x"éé`,
		`{"a":null,"b":"","c":false,"d":0}`:                "c=false&d=0",
		`{}`:                                               "",
		`[{"b":1,"a":2}] `:                                 `[{"b":1,"a":2}]`,
		`{"a":1,"a":2}`:                                    `{"a":1,"a":2}`,
		"garbage":                                          "garbage",
	} {
		if got := string(sortedMembers([]byte(payload))); got != want {
			t.Errorf("%s: %q, want %q", payload, got, want)
		}
	}
}

func TestProfilesThatContradictThemselves(t *testing.T) {
	t.Parallel()
	own, peer := merchantSide(t)
	step := func(_, text []byte) ([]byte, error) { return text, nil }
	for word, p := range map[string]Profile{
		"no MGF1": {MGF1: MGF1SHA1}, "MGF1 is unknown": {Wrap: KeyWrapOAEPSHA1, MGF1: 9}, "Scheme is": {Scheme: 2}, "Hash is": {Hash: 4},
		"Encrypt and Decrypt": {Hooks: &ProfileHooks{Encrypt: step}}, "NewKey and ReadKey": {Hooks: &ProfileHooks{ReadKey: func(b []byte) ([]byte, error) { return b, nil }}},
	} {
		if _, err := p.Seal(own, peer, testHead, testPayload); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: %v, want a word about %s", p, err, word)
		}
	}
}

func TestGoString(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]Profile{
		"sign.Profile{}": {},
		"sign.Profile{Wrap: sign.KeyWrapOAEPSHA256, MGF1: sign.MGF1SHA1, Hash: sign.SignatureHashSHA512, TolerantKey: true}": {
			Wrap: KeyWrapOAEPSHA256, MGF1: MGF1SHA1, Hash: SignatureHashSHA512, TolerantKey: true,
		},
		"sign.Profile{Mode: sign.ModeCBCPrefixIV, Scheme: sign.SignatureSchemePSS, Signed: sign.SignedBytesSorted}": {
			Mode: ModeCBCPrefixIV, Scheme: SignatureSchemePSS, Signed: SignedBytesSorted,
		},
		"sign.Profile{Cipher: 7}": {Cipher: 7},
	} {
		if got := fmt.Sprintf("%#v", p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// Every constant of every choice has its name.
	for _, k := range (Profile{}).knobs() {
		for v := 1; v < len(k.names); v++ {
			p := Profile{}
			for field, set := range map[string]func(int){
				"Cipher": func(v int) { p.Cipher = Cipher(v) }, "Mode": func(v int) { p.Mode = Mode(v) },
				"Padding": func(v int) { p.Padding = Padding(v) }, "Payload": func(v int) { p.Payload = PayloadText(v) },
				"KeyText": func(v int) { p.KeyText = KeyText(v) }, "Wrap": func(v int) { p.Wrap = KeyWrap(v) },
				"MGF1": func(v int) { p.MGF1 = MGF1(v) }, "Hash": func(v int) { p.Hash = SignatureHash(v) },
				"Scheme": func(v int) { p.Scheme = SignatureScheme(v) }, "Signed": func(v int) { p.Signed = SignedBytes(v) },
			} {
				if field == k.name {
					set(v)
				}
			}
			if set := p.constants(); len(set) != 1 || !strings.Contains(set[0], ": sign.") {
				t.Errorf("%s %d is written %q", k.name, v, set)
			}
		}
	}
}

// desHooks is the cipher of a sister platform: DES in CBC mode, the vector before the
// ciphertext, a key of eight bytes that is wrapped with its bytes reversed.
func desHooks() *ProfileHooks {
	reverse := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i := range b {
			out[len(b)-1-i] = b[i]
		}
		return out
	}
	return &ProfileHooks{
		Encrypt: func(key, text []byte) ([]byte, error) {
			block, err := des.NewCipher(key)
			if err != nil {
				return nil, err
			}
			n := 8 - len(text)%8
			text = append(bytes.Clone(text), bytes.Repeat([]byte{byte(n)}, n)...)
			out := make([]byte, 8, 8+len(text))
			_, _ = rand.Read(out)
			cipher.NewCBCEncrypter(block, out).CryptBlocks(text, text)
			return append(out, text...), nil
		},
		Decrypt: func(key, text []byte) ([]byte, error) {
			block, err := des.NewCipher(key)
			if err != nil || len(text) < 16 || len(text)%8 != 0 {
				return nil, errors.New("no DES")
			}
			out := bytes.Clone(text[8:])
			cipher.NewCBCDecrypter(block, text[:8]).CryptBlocks(out, out)
			if n := int(out[len(out)-1]); n >= 1 && n <= 8 {
				return out[:len(out)-n], nil
			}
			return nil, errors.New("no padding")
		},
		NewKey: func() (key, text []byte, err error) {
			key = make([]byte, 8)
			_, err = rand.Read(key)
			return key, reverse(key), err
		},
		ReadKey: func(text []byte) ([]byte, error) {
			if len(text) != 8 {
				return nil, errors.New("no key")
			}
			return reverse(text), nil
		},
		SignedBytes: func(p SignedParts) []byte { return append(append([]byte("secret&"), p.Head...), p.Payload...) },
	}
}

// What nobody foresaw goes through the hooks, and opens in nothing but them.
func TestHooks(t *testing.T) {
	t.Parallel()
	own, peer := merchantSide(t)
	platform, merchant := platformSide(t)
	p := Profile{Hooks: desHooks(), Hash: SignatureHashSHA256}
	e, err := p.Seal(own, peer, []byte(`{"sysId":"1", "apiCode":"a"}`), []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if e, err = ParseEnvelope(e.JSON()); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Open(platform, merchant, e); err != nil || string(got) != `{"a":1}` || p.Diagnose(platform, merchant, e) != StageOpen {
		t.Errorf("%s, %v, %v", got, err, p.Diagnose(platform, merchant, e))
	}
	if !strings.HasSuffix(p.String(), " Hooks") || p == (Profile{Hash: SignatureHashSHA256}) {
		t.Errorf("%v does not show its hooks", p)
	}
	altered := *e
	altered.Head = []byte(`{"apiCode":"a","sysId":"2"}`)
	if _, err := p.Open(platform, merchant, &altered); !errors.Is(err, ErrEnvelope) {
		t.Errorf("a head that the hook signs was altered: %v", err)
	}
	hooks := *p.Hooks
	hooks.SignedBytes = nil
	for name, other := range map[string]Profile{"no hooks": {Hash: SignatureHashSHA256}, "no hook of signed bytes": {Hooks: &hooks, Hash: SignatureHashSHA256}} {
		if _, err := other.Open(platform, merchant, e); !errors.Is(err, ErrEnvelope) && !errors.Is(err, ErrEnvelopeForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := hooks
	broken.Encrypt = func([]byte, []byte) ([]byte, error) { return nil, nil }
	if _, err := (Profile{Hooks: &broken}).Seal(own, peer, testHead, testPayload); err == nil {
		t.Error("a hook that encrypts to nothing was believed")
	}
}

func TestDiagnoseTellsTheStage(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	e := mustSeal(t, Profile{}, testPayload)
	for want, p := range map[Stage]Profile{
		StageOpen: {}, StageKey: {Wrap: KeyWrapOAEPSHA1}, StagePayload: {Mode: ModeCBCKeyIV}, StageSignature: {Hash: SignatureHashSHA512},
	} {
		if got := p.Diagnose(own, peer, e); got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
	for want, p := range map[Stage]Profile{StageKey: {KeyText: KeyTextHex}, StagePayload: {Payload: PayloadTextBase64}} {
		if got := p.Diagnose(own, peer, e); got != want {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
	if got := (Profile{}).Diagnose(own, peer, &Envelope{}); got != StageForm || got.String() != "form" {
		t.Errorf("nothing: %v", got)
	}
}

// A message in clear is held by its signature alone.
func TestSignedAndNotEncrypted(t *testing.T) {
	t.Parallel()
	own, _ := merchantSide(t)
	stranger, _ := platformSide(t)
	keys := []PublicKey{stranger.Public(), own.Public()}
	content := []byte("{\"status\" : \"ACTIVE\",\n\"encrypt\":\"SUCCESS\"}")
	for s := range signedNames {
		p := Profile{Signed: SignedBytes(s), Hash: SignatureHash(s % 4), Scheme: SignatureScheme(s % 2)}
		e, err := p.SignPlain(own, testHead, content)
		if err != nil {
			t.Fatal(err)
		}
		sent := e.JSON()
		if !bytes.Contains(sent, content) {
			t.Fatalf("the body is not sent as it is: %s", sent)
		}
		if e, err = ParseEnvelope(sent); err != nil {
			t.Fatal(err)
		}
		body, key, err := p.VerifyPlain(keys, e)
		if err != nil || !bytes.Equal(body, content) || key.Fingerprint() != own.Public().Fingerprint() {
			t.Errorf("%v: %s, %v", p, body, err)
		}
		if _, _, err := p.VerifyPlain(keys[:1], e); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%v: another's key: %v", p, err)
		}
		e.Body = bytes.Replace(e.Body, []byte("ACTIVE"), []byte("CLOSED"), 1)
		if _, _, err := p.VerifyPlain(keys, e); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%v: another body: %v", p, err)
		}
	}
	for name, e := range map[string]*Envelope{"nothing": nil, "no signature": {Body: content}, "no body": {Sign: strings.Repeat("0", 512)}, "no hex": {Sign: "x", Body: content}} {
		if _, _, err := (Profile{}).VerifyPlain(keys, e); !errors.Is(err, ErrEnvelopeForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := (Profile{}).VerifyPlain([]PublicKey{{}}, &Envelope{Sign: "00", Body: content}); !errors.Is(err, ErrKey) {
		t.Errorf("no key: %v", err)
	}
}
