package sign

import (
	"bytes"
	"crypto/aes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// envelopeKeys are two RSA-2048 pairs, made once: the merchant's and the
// platform's.
var envelopeKeys = sync.OnceValue(func() (k struct{ merchant, platform *rsa.PrivateKey }) {
	k.merchant, _ = rsa.GenerateKey(nil, 2048)
	k.platform, _ = rsa.GenerateKey(nil, 2048)
	return k
})

// envelopeParty returns a private key and the peer's public key.
func envelopeParty(t testing.TB, own, peer *rsa.PrivateKey) (PrivateKey, PublicKey) {
	t.Helper()
	private, err := NewPrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	public, err := NewPublicKey(&peer.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func merchantSide(t testing.TB) (PrivateKey, PublicKey) {
	k := envelopeKeys()
	return envelopeParty(t, k.merchant, k.platform)
}

func platformSide(t testing.TB) (PrivateKey, PublicKey) {
	k := envelopeKeys()
	return envelopeParty(t, k.platform, k.merchant)
}

var testHead = []byte(`{"apiCode":"cardBalance","sysId":"202402271432298822660001","requestNo":"202404220205221238690954","version":"1.0"}`)

var testPayload = []byte(`{"cardID":"19181","currency":"USD","amount":5000.00}`)

func mustSeal(t testing.TB, p Profile, payload []byte) *Envelope {
	t.Helper()
	own, peer := merchantSide(t)
	e, err := p.Seal(own, peer, testHead, payload)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// someProfiles covers every value of every knob, and every pair of values of
// mode, padding, payload and key text.
func someProfiles() []Profile {
	var all []Profile
	i := 0
	for m := range modeNames {
		for pad := range paddingNames {
			for pay := range payloadNames {
				for k := range keyTextNames {
					all = append(all, Profile{
						Cipher: Cipher(i % 3), Mode: Mode(m), Padding: Padding(pad), Payload: PayloadText(pay),
						KeyText: KeyText(k), Wrap: wraps[i/3%5].Wrap, MGF1: wraps[i/3%5].MGF1, Hash: SignatureHash(i / 2 % 4),
						Scheme: SignatureScheme(i / 8 % 2), Signed: SignedBytes(i % 6),
					})
					i++
				}
			}
		}
	}
	return all
}

func TestSealOpenEveryKnob(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	for _, p := range someProfiles() {
		e := mustSeal(t, p, testPayload)
		parsed, err := ParseEnvelope(e.JSON())
		if err != nil {
			t.Fatalf("%v: %v", p, err)
		}
		got, err := p.Open(own, peer, parsed)
		if err != nil {
			t.Errorf("%v: %v", p, err)
			continue
		}
		if !bytes.Equal(bytes.TrimRight(got, " "), testPayload) {
			t.Errorf("%v: opened %q", p, got)
		}
	}
}

func TestOpenAcceptsOtherTextForms(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	raw := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	forms := map[string]func(e *Envelope){
		"upper-case hex": func(e *Envelope) {
			e.Sign, e.KeyEnc = strings.ToUpper(e.Sign), issuing.NewSecret(strings.ToUpper(e.KeyEnc.Reveal()))
		},
		"base64 blocks": func(e *Envelope) {
			e.Sign = base64.StdEncoding.EncodeToString(raw(e.Sign))
			e.KeyEnc = issuing.NewSecret(base64.StdEncoding.EncodeToString(raw(e.KeyEnc.Reveal())))
		},
		"hex ciphertext": func(e *Envelope) {
			b, _ := base64.StdEncoding.DecodeString(e.Encrypt)
			e.Encrypt = hex.EncodeToString(b)
		},
		"upper-case hex ciphertext": func(e *Envelope) {
			b, _ := base64.StdEncoding.DecodeString(e.Encrypt)
			e.Encrypt = strings.ToUpper(hex.EncodeToString(b))
		},
	}
	for name, change := range forms {
		e := mustSeal(t, Profile{}, testPayload)
		change(e)
		if got, err := (Profile{}).Open(own, peer, e); err != nil || !bytes.Equal(got, testPayload) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestTolerantKeyReadsEveryKeyText(t *testing.T) {
	t.Parallel()
	own, peer := platformSide(t)
	for k := range keyTextNames {
		for c := range cipherNames {
			sender := Profile{KeyText: KeyText(k), Cipher: Cipher(c)}
			receiver := Profile{TolerantKey: true}
			if k == int(KeyTextBase64) {
				receiver.Cipher = sender.Cipher // 32 characters are a key of 32 bytes or the Base64 of 24
			}
			e := mustSeal(t, sender, testPayload)
			got, err := receiver.Open(own, peer, e)
			if err != nil || !bytes.Equal(got, testPayload) {
				t.Errorf("%v: %q, %v", sender, got, err)
			}
		}
	}
}

// vectors are the self-made ones of the default profile.
type vectors struct {
	KeyHex      string `json:"key_hex"`
	WrappedText string `json:"wrapped_text"`
	Ciphertexts []struct{ Plaintext, Encrypt, SHA1, SHA256 string }
}

func TestDefaultProfileVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "kazepay", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil || len(v.Ciphertexts) != 3 {
		t.Fatalf("%d vectors, %v", len(v.Ciphertexts), err)
	}
	key, err := hex.DecodeString(v.KeyHex)
	if err != nil {
		t.Fatal(err)
	}
	var p Profile
	if got := p.KeyText.decode([]byte(v.WrappedText)); !bytes.Equal(got, key) {
		t.Errorf("the wrapped text gives key %x", got)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Ciphertexts {
		if got := base64.StdEncoding.EncodeToString(p.encrypt(block, key, []byte(c.Plaintext))); got != c.Encrypt {
			t.Errorf("%s: encrypted to %s, want %s", c.Plaintext, got, c.Encrypt)
		}
		ciphertext, err := decodeCiphertext(c.Encrypt, blockSize)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := p.decrypt(block, key, ciphertext); ok != 1 || string(got) != c.Plaintext {
			t.Errorf("%s: decrypted to %q, %d", c.Plaintext, got, ok)
		}
		for hash, want := range map[SignatureHash]string{SignatureHashSHA1: c.SHA1, SignatureHashSHA256: c.SHA256} {
			if digest := hash.digest([]byte(c.Plaintext)); want != "" && hex.EncodeToString(digest) != want {
				t.Errorf("%s: %v is %x, want %s", c.Plaintext, hash, digest, want)
			}
		}
	}
}

func TestPublishedAnswer(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "kazepay", "published_answer.json"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := ParseEnvelope(data)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := e.decode(256, 256, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.signature) != 256 || len(parts.wrapped) != 256 || len(parts.ciphertext) != 80 {
		t.Errorf("lengths %d, %d, %d", len(parts.signature), len(parts.wrapped), len(parts.ciphertext))
	}
	const head = `{"apiCode":"fileUpload","code":"SUCCESS","detail":"SUCCESS","requestNo":"174574749857359840","sysId":"H2400002001","version":"1.0"}`
	if string(e.Head) != head {
		t.Errorf("head %s", e.Head)
	}
	own, peer := merchantSide(t)
	for _, p := range append(someProfiles(), Profile{TolerantKey: true}) {
		if payload, err := p.Open(own, peer, e); payload != nil || !errors.Is(err, ErrEnvelope) {
			t.Fatalf("%v: opened with a key of ours: %v", p, err)
		}
	}
	if found, err := DetectKazePayProfile(own, peer, data); found != nil || !errors.Is(err, ErrEnvelope) {
		t.Errorf("detected %v, %v", found, err)
	}
}

func TestOpenSSLOpensARequest(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"openssl", "sh", "sed", "od"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s on this machine", tool)
		}
	}
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	k := envelopeKeys()
	own, _ := merchantSide(t)
	public, err := own.Public().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	e := mustSeal(t, Profile{}, testPayload)
	message := write("message.json", e.JSON())
	receiver := write("receiver.pem", pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(k.platform),
	}))
	sender := write("sender.pem", public)
	script := filepath.Join("testdata", "kazepay", "open.sh")
	got, err := exec.CommandContext(t.Context(), "sh", script, message, receiver, sender).CombinedOutput()
	if err != nil || !bytes.Equal(got, testPayload) {
		t.Fatalf("openssl: %v: %s", err, got)
	}
	e.Sign = strings.Repeat("0", len(e.Sign))
	write("message.json", e.JSON())
	if got, err := exec.CommandContext(t.Context(), "sh", script, message, receiver, sender).CombinedOutput(); err == nil {
		t.Errorf("openssl accepted a wrong signature: %s", got)
	}
}

func BenchmarkDetectKazePayProfile(b *testing.B) {
	receiver, sender := platformSide(b)
	message := mustSeal(b, Profile{}, testPayload).JSON()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DetectKazePayProfile(receiver, sender, message); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleProfile() {
	fmt.Println(Profile{})
	fmt.Println(Profile{Mode: ModeCBCKeyIV, Hash: SignatureHashSHA256})
	// Output:
	// Cipher=AES-128 Mode=ECB Padding=PKCS7 Payload=json KeyText=base64 Wrap=PKCS1v15 MGF1=same Hash=SHA-1 Scheme=PKCS1v15 Signed=plaintext
	// Cipher=AES-128 Mode=CBC-key-IV Padding=PKCS7 Payload=json KeyText=base64 Wrap=PKCS1v15 MGF1=same Hash=SHA-256 Scheme=PKCS1v15 Signed=plaintext
}
