package sign

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// tool runs openssl and nothing of this package's cryptography.
type tool struct {
	t                 *testing.T
	merchant, sandbox string // private keys
	public            map[string]string
}

func newTool(t *testing.T) tool {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on this machine")
	}
	dir, k := t.TempDir(), envelopeKeys()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	o := tool{t: t, public: map[string]string{}}
	o.merchant = write("merchant", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.merchant))
	o.sandbox = write("sandbox", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.platform))
	o.public[o.merchant] = write("merchant.pub", "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&k.merchant.PublicKey))
	o.public[o.sandbox] = write("sandbox.pub", "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&k.platform.PublicKey))
	return o
}

func (o tool) run(stdin []byte, args ...string) []byte {
	o.t.Helper()
	var out, problem bytes.Buffer
	cmd := exec.CommandContext(o.t.Context(), "openssl", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &problem
	if err := cmd.Run(); err != nil {
		o.t.Fatalf("openssl %v: %v: %s", args, err, problem.Bytes())
	}
	return out.Bytes()
}

// dialect is a profile in openssl's words.
type dialect struct {
	profile      Profile
	cipher, hash string
	wrap         []string
	pss          []string // more words for its signature
}

var dialects = []dialect{
	{Profile{}, "aes-128-ecb", "-sha1", []string{"-pkeyopt", "rsa_padding_mode:pkcs1"}, nil},
	{
		Profile{Cipher: CipherAES192, Mode: ModeCBCZeroIV, KeyText: KeyTextRaw, Wrap: KeyWrapOAEPSHA1, Hash: SignatureHashSHA256, Signed: SignedBytesCiphertextText},
		"aes-192-cbc", "-sha256", []string{"-pkeyopt", "rsa_padding_mode:oaep"}, nil,
	},
	{
		Profile{Cipher: CipherAES256, Mode: ModeCBCKeyIV, Payload: PayloadTextBase64, KeyText: KeyTextHex, Wrap: KeyWrapOAEPSHA256, Signed: SignedBytesCiphertext},
		"aes-256-cbc", "-sha1", []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256"}, nil,
	},
	{
		Profile{Mode: ModeCBCPrefixIV, KeyText: KeyTextASCII, Hash: SignatureHashSHA256, Signed: SignedBytesBase64},
		"aes-128-cbc", "-sha256", []string{"-pkeyopt", "rsa_padding_mode:pkcs1"}, nil,
	},
	{
		Profile{Cipher: CipherAES256, Padding: PaddingNone, Payload: PayloadTextBase64, Signed: SignedBytesMessage},
		"aes-256-ecb", "-sha1", []string{"-pkeyopt", "rsa_padding_mode:pkcs1"}, nil,
	},
	{
		Profile{Wrap: KeyWrapOAEPSHA256, MGF1: MGF1SHA1, Hash: SignatureHashSHA512, Signed: SignedBytesSorted},
		"aes-128-ecb", "-sha512", []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha1"}, nil,
	},
	{
		Profile{Wrap: KeyWrapOAEPSHA1, MGF1: MGF1SHA256, Hash: SignatureHashSHA256, Scheme: SignatureSchemePSS},
		"aes-128-ecb", "-sha256", []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_mgf1_md:sha256"},
		[]string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"},
	},
	{
		Profile{Hash: SignatureHashMD5}, "aes-128-ecb", "-md5", []string{"-pkeyopt", "rsa_padding_mode:pkcs1"}, nil,
	},
}

// blocks runs the cipher. The vector of a prefix mode is in iv.
func (o tool) blocks(d dialect, direction string, key, iv, in []byte) []byte {
	args := []string{"enc", direction, "-" + d.cipher, "-K", hex.EncodeToString(key)}
	switch d.profile.Mode {
	case ModeCBCZeroIV:
		args = append(args, "-iv", "00000000000000000000000000000000")
	case ModeCBCKeyIV:
		args = append(args, "-iv", hex.EncodeToString(key[:16]))
	case ModeCBCPrefixIV:
		args = append(args, "-iv", hex.EncodeToString(iv))
	}
	if d.profile.Padding == PaddingNone {
		args = append(args, "-nopad")
	}
	return o.run(in, args...)
}

// signed returns what the signature covers, written out for each choice.
func (d dialect) signed(encrypt string, ciphertext, payload []byte) []byte {
	switch d.profile.Signed {
	case SignedBytesCiphertextText:
		return []byte(encrypt)
	case SignedBytesCiphertext:
		return ciphertext
	case SignedBytesBase64:
		return []byte(base64.StdEncoding.EncodeToString(payload))
	case SignedBytesMessage:
		return []byte(`{"head":{"apiCode":"fileUpload","sysId":"H2400002001"},"body":` + string(bytes.TrimRight(payload, " ")) + `}`)
	case SignedBytesSorted:
		return []byte(sortedPayload)
	default:
		return payload
	}
}

const toolHead = `{"sysId":"H2400002001", "apiCode":"fileUpload"}`

// TestOpenSSLOpensEveryChoice and TestOpenSSLSealsEveryChoice hold every choice of
// a profile against another implementation.
func TestOpenSSLOpensEveryChoice(t *testing.T) {
	t.Parallel()
	o := newTool(t)
	own, peer := merchantSide(t)
	for _, d := range dialects {
		e, err := d.profile.Seal(own, peer, []byte(toolHead), testPayload)
		if err != nil {
			t.Fatal(err)
		}
		wrapped, _ := hex.DecodeString(e.KeyEnc.Reveal())
		text := o.run(wrapped, append([]string{"pkeyutl", "-decrypt", "-inkey", o.sandbox}, d.wrap...)...)
		key := text
		switch d.profile.KeyText {
		case KeyTextBase64:
			key, _ = base64.StdEncoding.DecodeString(string(text))
		case KeyTextHex:
			key, _ = hex.DecodeString(string(text))
		}
		ciphertext, _ := base64.StdEncoding.DecodeString(e.Encrypt)
		iv, content := []byte(nil), ciphertext
		if d.profile.Mode == ModeCBCPrefixIV {
			iv, content = ciphertext[:16], ciphertext[16:]
		}
		payload := o.blocks(d, "-d", key, iv, content)
		if d.profile.Payload == PayloadTextBase64 {
			payload, _ = base64.StdEncoding.DecodeString(string(payload))
		}
		if !bytes.Equal(bytes.TrimRight(payload, " "), testPayload) {
			t.Errorf("%v: openssl opened %q", d.profile, payload)
		}
		signature, _ := hex.DecodeString(e.Sign)
		path := filepath.Join(t.TempDir(), "signature")
		if err := os.WriteFile(path, signature, 0o600); err != nil {
			t.Fatal(err)
		}
		o.run(d.signed(e.Encrypt, ciphertext, payload), append([]string{"dgst", d.hash, "-verify", o.public[o.merchant], "-signature", path}, d.pss...)...)
	}
}

func TestOpenSSLSealsEveryChoice(t *testing.T) {
	t.Parallel()
	o := newTool(t)
	own, peer := platformSide(t)
	for _, d := range dialects {
		key := []byte("0123456789abcdefghijklmnopqrstuv")[:16+8*int(d.profile.Cipher)]
		text := key
		switch d.profile.KeyText {
		case KeyTextBase64:
			text = []byte(base64.StdEncoding.EncodeToString(key))
		case KeyTextHex:
			text = []byte(hex.EncodeToString(key))
		}
		payload := testPayload
		if d.profile.Padding == PaddingNone {
			for len(payload)%12 != 0 {
				payload = append(bytes.Clone(payload), ' ')
			}
		}
		content := payload
		if d.profile.Payload == PayloadTextBase64 {
			content = []byte(base64.StdEncoding.EncodeToString(payload))
		}
		iv := []byte("an initial value")
		ciphertext := o.blocks(d, "-e", key, iv, content)
		if d.profile.Mode == ModeCBCPrefixIV {
			ciphertext = append(iv, ciphertext...)
		}
		encrypt := base64.StdEncoding.EncodeToString(ciphertext)
		e := &Envelope{
			Head: []byte(toolHead), Encrypt: encrypt,
			KeyEnc: issuing.NewSecret(hex.EncodeToString(o.run(text, append([]string{"pkeyutl", "-encrypt", "-pubin", "-inkey", o.public[o.sandbox]}, d.wrap...)...))),
			Sign:   hex.EncodeToString(o.run(d.signed(encrypt, ciphertext, payload), append([]string{"dgst", d.hash, "-sign", o.merchant}, d.pss...)...)),
		}
		got, err := d.profile.Open(own, peer, e)
		if err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%v: %q, %v", d.profile, got, err)
		}
		found, err := DetectKazePayProfile(own, peer, e.JSON())
		want := d.profile
		if want.KeyText == KeyTextRaw {
			want.KeyText = KeyTextASCII // this key is printable
		}
		if err != nil || len(found) != 1 || found[0] != want {
			t.Errorf("%v: detected %v, %v", d.profile, found, err)
		}
	}
}
