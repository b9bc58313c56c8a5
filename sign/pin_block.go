package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// ErrPIN marks a PIN or PIN block that breaks its layout. It never quotes it.
var ErrPIN = errors.New("unusable PIN")

// Lengths of a PIN in ISO 9564 format 1.
const (
	MinPIN = 4
	MaxPIN = 12
)

// PINPadding is the RSA padding of an encrypted PIN block. Zero is none chosen:
// a platform that does not publish its padding has to be asked.
type PINPadding int

// Paddings of an encrypted PIN block.
const (
	PINPaddingPKCS1      PINPadding = iota + 1 // PKCS #1 v1.5
	PINPaddingOAEPSHA1                         // OAEP with SHA-1
	PINPaddingOAEPSHA256                       // OAEP with SHA-256; see PINProfile.MGF1
)

// PINPlaintext is what of a PIN block is encrypted.
type PINPlaintext int

// Plaintexts of an encrypted PIN block.
const (
	PINPlaintextBytes PINPlaintext = iota // the 8 bytes
	PINPlaintextHex                       // their 16 hexadecimal characters
)

// PINEncoding is the text form of an encrypted PIN block. Zero is none chosen.
type PINEncoding int

// Text forms of an encrypted PIN block.
const (
	PINEncodingBase64 PINEncoding = iota + 1 // standard Base64 with padding
	PINEncodingHex                           // upper-case hexadecimal
)

// PINProfile says how a PIN block is encrypted. Both sides must use the same;
// there is no fallback between profiles.
type PINProfile struct {
	Padding   PINPadding   // required
	Plaintext PINPlaintext // zero is the 8 bytes
	Encoding  PINEncoding  // required
	// MGF1 is the hash inside of OAEP's mask; zero is OAEP's own. Java's
	// OAEPWithSHA-256AndMGF1Padding means SHA-1 unless it is told otherwise.
	MGF1 MGF1
	// AllowShortKey accepts an RSA key between 1024 and 2047 bits. Without it
	// such a key is refused.
	AllowShortKey bool
}

// Validate reports what of the profile is missing or unknown.
func (p PINProfile) Validate() error {
	switch {
	case p.Padding < PINPaddingPKCS1 || p.Padding > PINPaddingOAEPSHA256:
		return fmt.Errorf("%w: no padding is chosen", ErrPIN)
	case p.Plaintext < PINPlaintextBytes || p.Plaintext > PINPlaintextHex:
		return fmt.Errorf("%w: the plaintext form is unknown", ErrPIN)
	case p.Encoding < PINEncodingBase64 || p.Encoding > PINEncodingHex:
		return fmt.Errorf("%w: no text form is chosen", ErrPIN)
	case p.MGF1 < MGF1Same || p.MGF1 > MGF1SHA256:
		return fmt.Errorf("%w: the hash of MGF1 is unknown", ErrPIN)
	case p.MGF1 != MGF1Same && p.Padding == PINPaddingPKCS1:
		return fmt.Errorf("%w: PKCS #1 v1.5 has no MGF1", ErrPIN)
	}
	return p.MGF1.fipsError()
}

// oaep returns the options of a profile with OAEP.
func (p PINProfile) oaep() *rsa.OAEPOptions {
	if p.Padding == PINPaddingOAEPSHA1 {
		return p.MGF1.oaep(crypto.SHA1)
	}
	return p.MGF1.oaep(crypto.SHA256)
}

// PINBlock returns the 8-byte field of ISO 9564 format 1 for a PIN of 4 to 12
// digits: the digit 1, the length, the PIN, random hexadecimal digits. The
// caller wipes it after use.
func PINBlock(pin issuing.Secret) ([]byte, error) {
	digits := pin.Reveal()
	if len(digits) < MinPIN || len(digits) > MaxPIN || strings.Trim(digits, "0123456789") != "" {
		return nil, fmt.Errorf("%w: want %d to %d digits", ErrPIN, MinPIN, MaxPIN)
	}
	block := make([]byte, 8)
	_, _ = rand.Read(block)
	block[0] = 0x10 | byte(len(digits))
	for i := range len(digits) {
		setNibble(block, 2+i, digits[i]-'0')
	}
	return block, nil
}

func setNibble(block []byte, i int, v byte) {
	if i%2 == 0 {
		block[i/2] = block[i/2]&0x0f | v<<4
		return
	}
	block[i/2] = block[i/2]&0xf0 | v
}

// ReadPINBlock returns the PIN of a format 1 block.
func ReadPINBlock(block []byte) (issuing.Secret, error) {
	if len(block) != 8 || block[0]>>4 != 1 {
		return issuing.Secret{}, fmt.Errorf("%w: not a format 1 block", ErrPIN)
	}
	n := int(block[0] & 0x0f)
	if n < MinPIN || n > MaxPIN {
		return issuing.Secret{}, fmt.Errorf("%w: the length of a format 1 block is out of range", ErrPIN)
	}
	digits := make([]byte, n)
	for i := range digits {
		v := block[(2+i)/2]
		if i%2 == 0 {
			v >>= 4
		}
		if v &= 0x0f; v > 9 {
			return issuing.Secret{}, fmt.Errorf("%w: a format 1 block holds a digit above 9", ErrPIN)
		}
		digits[i] = '0' + v
	}
	return issuing.NewSecret(string(digits)), nil
}

// minPINKeyBits is the smallest RSA key for PIN blocks unless the profile says
// otherwise.
const minPINKeyBits = 2048

// SealPIN builds the block of a PIN and encrypts it under key by the profile.
func SealPIN(key PublicKey, profile PINProfile, pin issuing.Secret) (issuing.Secret, error) {
	if err := profile.Validate(); err != nil {
		return issuing.Secret{}, err
	}
	if key.p == nil {
		return issuing.Secret{}, fmt.Errorf("%w: the RSA public key is missing", ErrKey)
	}
	if key.Bits() < minPINKeyBits && !profile.AllowShortKey {
		return issuing.Secret{}, fmt.Errorf("%w: the PIN key has %d bits, at least %d are needed",
			ErrKey, key.Bits(), minPINKeyBits)
	}
	block, err := PINBlock(pin)
	if err != nil {
		return issuing.Secret{}, err
	}
	defer clear(block)
	plain := block
	if profile.Plaintext == PINPlaintextHex {
		plain = make([]byte, hex.EncodedLen(len(block)))
		hex.Encode(plain, block)
		defer clear(plain)
	}
	sealed, err := encryptPIN(key.p.rsa, profile, plain)
	if err != nil {
		return issuing.Secret{}, fmt.Errorf("sign: PIN block: %w", err)
	}
	if profile.Encoding == PINEncodingHex {
		return issuing.NewSecret(strings.ToUpper(hex.EncodeToString(sealed))), nil
	}
	return issuing.NewSecret(base64.StdEncoding.EncodeToString(sealed)), nil
}

func encryptPIN(key *rsa.PublicKey, profile PINProfile, plain []byte) ([]byte, error) {
	if profile.Padding == PINPaddingPKCS1 {
		//lint:ignore SA1019 Coshine does not publish its padding; a merchant chooses this one only when told so.
		return rsa.EncryptPKCS1v15(rand.Reader, key, plain)
	}
	return encryptOAEP(key, plain, profile.oaep())
}

// OpenPIN decrypts what [SealPIN] made and returns the PIN. It is the
// platform's side, for platforms in memory. A key that is nil or incomplete is an
// [ErrKey]. A ciphertext that does not open and
// a block that breaks its layout are the same [ErrPIN].
func OpenPIN(key *rsa.PrivateKey, profile PINProfile, sealed issuing.Secret) (issuing.Secret, error) {
	if err := profile.Validate(); err != nil {
		return issuing.Secret{}, err
	}
	if guarded(key.Validate) != nil {
		return issuing.Secret{}, fmt.Errorf("%w: the RSA private key is nil or incomplete", ErrKey)
	}
	text := sealed.Reveal()
	decode := base64.StdEncoding.DecodeString
	if profile.Encoding == PINEncodingHex {
		decode = hex.DecodeString
	}
	raw, err := decode(text)
	if err != nil {
		return issuing.Secret{}, ErrPIN
	}
	plain, err := decryptPIN(key, profile, raw)
	if err != nil {
		return issuing.Secret{}, ErrPIN
	}
	defer clear(plain)
	if profile.Plaintext == PINPlaintextHex {
		block := make([]byte, hex.DecodedLen(len(plain)))
		if _, err := hex.Decode(block, plain); err != nil {
			return issuing.Secret{}, ErrPIN
		}
		plain = block
	}
	pin, err := ReadPINBlock(plain)
	if err != nil {
		return issuing.Secret{}, ErrPIN
	}
	return pin, nil
}

func decryptPIN(key *rsa.PrivateKey, profile PINProfile, raw []byte) ([]byte, error) {
	if profile.Padding == PINPaddingPKCS1 {
		//lint:ignore SA1019 the counterpart of EncryptPKCS1v15, for platforms in memory.
		return rsa.DecryptPKCS1v15(rand.Reader, key, raw)
	}
	return key.Decrypt(rand.Reader, raw, profile.oaep())
}
