package sign

import (
	"fmt"
	"strings"
)

// Profile is the set of choices of an envelope whose session key is wrapped
// with RSA: {"head":{…,"sign","keyEnc"},"body":{"encrypt"}}. KazePay uses it.
//
// What KazePay publishes fixes the field names, the RSA-2048 blocks in hex and
// a ciphertext in Base64 of whole 16-byte blocks. Everything that a Profile
// chooses is inferred: from the lengths in the one complete published sample,
// and from sister platforms with the same field names. The zero Profile is the
// most likely set and the default. Confirm it with KazePay, or have
// [DetectKazePayProfile] tell it from one answer of the sandbox.
//
// A Profile is a value: comparable, and safe for concurrent use.
type Profile struct {
	// Cipher is the block cipher of the payload; the default is AES-128.
	Cipher Cipher
	// Mode is its mode of operation; the default is ECB.
	Mode Mode
	// Padding fills the last block; the default is PKCS #7.
	Padding Padding
	// Payload is the text that is encrypted; the default is the JSON itself.
	Payload PayloadText
	// KeyText is what the RSA operation wraps; the default is the Base64 text
	// of the session key.
	KeyText KeyText
	// Wrap is the RSA encryption of the key text; the default is PKCS #1 v1.5.
	Wrap KeyWrap
	// MGF1 is the hash inside of OAEP's mask; the default is OAEP's own. Java's
	// OAEPWithSHA-256AndMGF1Padding means SHA-1 unless it is told otherwise.
	MGF1 MGF1
	// Hash is that of the signature; the default is SHA-1.
	Hash SignatureHash
	// Scheme is the padding of the signature; the default is PKCS #1 v1.5.
	Scheme SignatureScheme
	// Signed are the bytes that the signature covers; the default is the JSON.
	Signed SignedBytes
	// TolerantKey reads a wrapped key of any text form, told apart by its shape:
	// Base64, hex, then the bytes themselves. KeyText then rules sending, and a
	// text of 32 characters that can be read in two ways.
	TolerantKey bool
	// Hooks take the place of steps for which there is no choice here; nil has none.
	Hooks *ProfileHooks
}

// Cipher is the block cipher of a [Profile].
type Cipher int

// Ciphers.
const (
	CipherAES128 Cipher = iota // 16-byte key
	CipherAES192               // 24-byte key
	CipherAES256               // 32-byte key
)

// Mode is the mode of operation of a [Profile]'s cipher.
type Mode int

// Modes. One sample cannot tell ECB from CBC with a constant vector.
const (
	ModeECB         Mode = iota // every block by itself
	ModeCBCZeroIV               // CBC, the vector is zero
	ModeCBCKeyIV                // CBC, the vector is the first 16 bytes of the key
	ModeCBCPrefixIV             // CBC, a random vector precedes the ciphertext
)

// Padding fills the last block.
type Padding int

// Paddings.
const (
	// PaddingPKCS7 appends 1 to 16 bytes of their own count.
	PaddingPKCS7 Padding = iota
	// PaddingNone appends nothing. The JSON is lengthened by spaces before it is
	// signed and encrypted, which no JSON reader minds.
	PaddingNone
)

// PayloadText is the text that is encrypted.
type PayloadText int

// Payload texts.
const (
	PayloadTextJSON   PayloadText = iota // the compact JSON
	PayloadTextBase64                    // standard Base64 of that JSON
)

// KeyText is the form of the session key inside the RSA block.
type KeyText int

// Key texts.
const (
	KeyTextBase64 KeyText = iota // standard Base64 of the key
	KeyTextRaw                   // the bytes of the key
	KeyTextHex                   // hexadecimal of the key
	KeyTextASCII                 // printable characters that are the key's bytes
)

// KeyWrap is the RSA encryption of the key text.
type KeyWrap int

// Key wraps.
const (
	KeyWrapPKCS1v15   KeyWrap = iota // RSAES-PKCS1-v1_5
	KeyWrapOAEPSHA1                  // RSAES-OAEP with SHA-1
	KeyWrapOAEPSHA256                // RSAES-OAEP with SHA-256; see MGF1 for its mask
)

// SignatureHash is the hash of the signature.
type SignatureHash int

// Signature hashes.
const (
	SignatureHashSHA1   SignatureHash = iota // SHA1withRSA
	SignatureHashSHA256                      // SHA256withRSA
	SignatureHashSHA512                      // SHA512withRSA
	SignatureHashMD5                         // MD5withRSA
)

// SignatureScheme is the padding of the signature.
type SignatureScheme int

// Signature schemes.
const (
	SignatureSchemePKCS1v15 SignatureScheme = iota // RSASSA-PKCS1-v1_5
	SignatureSchemePSS                             // RSASSA-PSS, the salt as long as the hash
)

// SignedBytes are what the signature covers.
type SignedBytes int

// Signed bytes.
const (
	// SignedBytesPlaintext covers the JSON of the payload, exactly as encrypted.
	SignedBytesPlaintext SignedBytes = iota
	// SignedBytesCiphertextText covers the text of body.encrypt.
	SignedBytesCiphertextText
	// SignedBytesCiphertext covers the bytes that this text encodes.
	SignedBytesCiphertext
	// SignedBytesBase64 covers the standard Base64 of the JSON of the payload.
	SignedBytesBase64
	// SignedBytesMessage covers {"head":…,"body":…}: the head without sign and
	// keyEnc, its members in the order of their names, and the JSON of the
	// payload, all without white space.
	SignedBytesMessage
	// SignedBytesSorted covers name=value&name=value…: the payload's members in the
	// order of their names, texts without their quotes and anything else as its JSON,
	// without those that are null or empty. A payload that is no object, or names a
	// member twice, is covered as it is. Anyone who reads it can write other payloads
	// with the same text, such as {"a":"1&b=2"} for {"a":"1","b":"2"}.
	SignedBytesSorted
)

// knob is one choice of a profile: its values' names in their order.
type knob struct {
	name  string
	value int
	names []string
}

var (
	cipherNames  = []string{"AES-128", "AES-192", "AES-256"}
	modeNames    = []string{"ECB", "CBC-zero-IV", "CBC-key-IV", "CBC-prefix-IV"}
	paddingNames = []string{"PKCS7", "no-padding"}
	payloadNames = []string{"json", "base64"}
	keyTextNames = []string{"base64", "raw", "hex", "ascii"}
	wrapNames    = []string{"PKCS1v15", "OAEP-SHA1", "OAEP-SHA256"}
	mgf1Names    = []string{"same", "SHA-1", "SHA-256"}
	hashNames    = []string{"SHA-1", "SHA-256", "SHA-512", "MD5"}
	schemeNames  = []string{"PKCS1v15", "PSS"}
	signedNames  = []string{"plaintext", "ciphertext-text", "ciphertext", "base64", "message", "sorted"}
)

func (k knob) String() string {
	if k.value < 0 || k.value >= len(k.names) {
		return fmt.Sprintf("unknown (%d)", k.value)
	}
	return k.names[k.value]
}

// String returns the cipher's name.
func (c Cipher) String() string { return knob{"Cipher", int(c), cipherNames}.String() }

// String returns the mode's name.
func (m Mode) String() string { return knob{"Mode", int(m), modeNames}.String() }

// String returns the padding's name.
func (p Padding) String() string { return knob{"Padding", int(p), paddingNames}.String() }

// String returns the payload text's name.
func (p PayloadText) String() string { return knob{"Payload", int(p), payloadNames}.String() }

// String returns the key text's name.
func (k KeyText) String() string { return knob{"KeyText", int(k), keyTextNames}.String() }

// String returns the key wrap's name.
func (w KeyWrap) String() string { return knob{"Wrap", int(w), wrapNames}.String() }

// String returns the hash's name.
func (h SignatureHash) String() string { return knob{"Hash", int(h), hashNames}.String() }

// String returns the scheme's name.
func (s SignatureScheme) String() string { return knob{"Scheme", int(s), schemeNames}.String() }

// String returns the signed bytes' name.
func (s SignedBytes) String() string { return knob{"Signed", int(s), signedNames}.String() }

func (p Profile) knobs() []knob {
	return []knob{
		{"Cipher", int(p.Cipher), cipherNames}, {"Mode", int(p.Mode), modeNames},
		{"Padding", int(p.Padding), paddingNames}, {"Payload", int(p.Payload), payloadNames},
		{"KeyText", int(p.KeyText), keyTextNames}, {"Wrap", int(p.Wrap), wrapNames},
		{"MGF1", int(p.MGF1), mgf1Names}, {"Hash", int(p.Hash), hashNames},
		{"Scheme", int(p.Scheme), schemeNames}, {"Signed", int(p.Signed), signedNames},
	}
}

// Validate reports a choice that is none of the documented constants, a mask's hash
// without a mask, and hooks without their counterparts.
func (p Profile) Validate() error {
	for _, k := range p.knobs() {
		if k.value < 0 || k.value >= len(k.names) {
			return fmt.Errorf("profile: %s is %s", k.name, k)
		}
	}
	if p.MGF1 != MGF1Same && p.Wrap == KeyWrapPKCS1v15 {
		return fmt.Errorf("profile: MGF1 is %s, and Wrap %s has no MGF1", p.MGF1, p.Wrap)
	}
	return p.Hooks.validate()
}

// String lists the choices in one line, such as "Cipher=AES-128 Mode=ECB …".
func (p Profile) String() string {
	words := make([]string, 0, 12)
	for _, k := range p.knobs() {
		words = append(words, k.name+"="+k.String())
	}
	if p.TolerantKey {
		words = append(words, "TolerantKey")
	}
	if p.Hooks != nil {
		words = append(words, "Hooks")
	}
	return strings.Join(words, " ")
}

// constants are the Go names of the choices, by field, as far as they are not the
// default.
func (p Profile) constants() []string {
	names := map[string][]string{
		"Cipher": {"CipherAES128", "CipherAES192", "CipherAES256"},
		"Mode":   {"ModeECB", "ModeCBCZeroIV", "ModeCBCKeyIV", "ModeCBCPrefixIV"}, "Padding": {"PaddingPKCS7", "PaddingNone"},
		"Payload": {"PayloadTextJSON", "PayloadTextBase64"},
		"KeyText": {"KeyTextBase64", "KeyTextRaw", "KeyTextHex", "KeyTextASCII"},
		"Wrap":    {"KeyWrapPKCS1v15", "KeyWrapOAEPSHA1", "KeyWrapOAEPSHA256"},
		"MGF1":    {"MGF1Same", "MGF1SHA1", "MGF1SHA256"},
		"Hash":    {"SignatureHashSHA1", "SignatureHashSHA256", "SignatureHashSHA512", "SignatureHashMD5"},
		"Scheme":  {"SignatureSchemePKCS1v15", "SignatureSchemePSS"},
		"Signed": {
			"SignedBytesPlaintext", "SignedBytesCiphertextText", "SignedBytesCiphertext", "SignedBytesBase64",
			"SignedBytesMessage", "SignedBytesSorted",
		},
	}
	var set []string
	for _, k := range p.knobs() {
		switch {
		case k.value == 0:
		case k.value > 0 && k.value < len(names[k.name]):
			set = append(set, k.name+": sign."+names[k.name][k.value])
		default:
			set = append(set, fmt.Sprintf("%s: %d", k.name, k.value))
		}
	}
	return set
}

// GoString writes the profile as it stands in a program, with the choices that are
// not the default: sign.Profile{Hash: sign.SignatureHashSHA256}. Hooks have no text
// and are left out.
func (p Profile) GoString() string {
	set := p.constants()
	if p.TolerantKey {
		set = append(set, "TolerantKey: true")
	}
	return "sign.Profile{" + strings.Join(set, ", ") + "}"
}

// keyLen returns the bytes of the session key.
func (p Profile) keyLen() int { return 16 + 8*int(p.Cipher) }
