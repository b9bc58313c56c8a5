package sign

import (
	"bytes"
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// UMPSPlaceholder stands for the signature while the digest of a message is
// computed.
const UMPSPlaceholder = "00000000"

// Names of the signature object of the UMPS wallet interface.
const (
	umpsObject    = "certificateSignature"
	umpsSignature = "signature"
)

var errUMPSMessage = errors.New(
	`sign: the message is not a JSON object with one "certificateSignature" holding one "signature"`)

// UMPS signs and verifies messages of the UnionPay Mobile Payment System, whose
// signature stands in the body. The zero UMPS signs the SHA-256 hash directly
// (NONEwithRSA over the digest), as the one public wallet gateway does.
type UMPS struct {
	// DigestInfo makes ordinary SHA-256-with-RSA signatures instead. The page
	// says only "hash with SHA-256, then sign with the private key".
	DigestInfo bool
}

func (u UMPS) hash() crypto.Hash {
	if u.DigestInfo {
		return crypto.SHA256
	}
	return 0
}

// forbidden reports whether crypto/rsa would panic: in FIPS 140-only mode it asks
// for the hash, and there is none.
func (u UMPS) forbidden() bool { return !u.DigestInfo && fips140.Enforced() }

// Sign returns message with its placeholder replaced by the signature. The
// message is compact JSON whose certificateSignature.signature is the
// placeholder.
func (u UMPS) Sign(key PrivateKey, message []byte) ([]byte, error) {
	if key.p == nil {
		return nil, fmt.Errorf("%w: the signing key is missing", ErrKey)
	}
	if u.forbidden() {
		return nil, errors.New("sign: UMPS without DigestInfo signs no hash, which FIPS 140-only mode does not allow")
	}
	at, err := findUMPSSignature(message)
	if err != nil {
		return nil, err
	}
	if string(message[at.start:at.end]) != `"`+UMPSPlaceholder+`"` {
		return nil, fmt.Errorf("sign: the signature of the message is not the placeholder")
	}
	digest := sha256.Sum256(message)
	signature, err := key.p.signer().Sign(rand.Reader, digest[:], u.hash())
	if err != nil {
		return nil, fmt.Errorf("sign: RSA PKCS #1 v1.5: %w", err)
	}
	return at.replace(message, base64.StdEncoding.EncodeToString(signature)), nil
}

// Verify checks a message with the key that the member named idMember of its
// signature object names, and returns that id. It works on the received bytes:
// the signature's value is replaced by the placeholder in place; when that does
// not verify, the same is tried with the white space removed. Every failure of
// the message is [ErrVerify].
func (u UMPS) Verify(keys map[string]PublicKey, idMember string, message []byte) (keyID string, err error) {
	at, err := findUMPSSignature(message)
	if err != nil {
		return "", ErrVerify
	}
	keyID = at.others[idMember].text()
	key, ok := keys[keyID]
	if !ok || key.p == nil || keyID == "" {
		return "", ErrVerify
	}
	signature, ok := strictly(strictStd, at.value)
	if !ok {
		return "", ErrVerify
	}
	signed := at.replace(message, UMPSPlaceholder)
	if u.fits(key, signed, signature) {
		return keyID, nil
	}
	var compact bytes.Buffer
	if json.Compact(&compact, signed) == nil && u.fits(key, compact.Bytes(), signature) {
		return keyID, nil
	}
	return "", ErrVerify
}

func (u UMPS) fits(key PublicKey, signed, signature []byte) bool {
	digest := sha256.Sum256(signed)
	return !u.forbidden() && rsa.VerifyPKCS1v15(key.p.rsa, u.hash(), digest[:], signature) == nil
}

// umpsPlace is where a message keeps its signature.
type umpsPlace struct {
	start, end int // of the quoted value
	value      string
	others     map[string]member // the object's other members
}

// replace returns message with the quoted value replaced by text.
func (p umpsPlace) replace(message []byte, text string) []byte {
	out := make([]byte, 0, len(message)+len(text))
	out = append(out, message[:p.start]...)
	out = append(out, '"')
	out = append(out, text...)
	out = append(out, '"')
	return append(out, message[p.end:]...)
}

// findUMPSSignature locates the signature in the text of a message. A name that
// occurs twice in the message or in the object is refused, because two readers
// could take different ones.
func findUMPSSignature(message []byte) (umpsPlace, error) {
	if !json.Valid(message) {
		return umpsPlace{}, errUMPSMessage
	}
	text := string(message)
	top, _ := objectMembers(text, 0)
	object, ok := top[umpsObject]
	if !ok {
		return umpsPlace{}, errUMPSMessage
	}
	inner, _ := objectMembers(text, object.start)
	place, ok := inner[umpsSignature]
	if !ok || place.value[0] != '"' {
		return umpsPlace{}, errUMPSMessage
	}
	return umpsPlace{
		start: place.start, end: place.start + len(place.value), value: place.text(), others: inner,
	}, nil
}

// umpsBlock is how many plaintext bytes go into one RSA block. RSA-2048 would
// hold 245; the public wallet gateway uses what RSA-1024 holds.
const umpsBlock = 117

// maxUMPSBlocks bounds an encrypted field.
const maxUMPSBlocks = 256

// EncryptUMPS encrypts a field for the recipient's key: RSAES-PKCS1-v1_5 in
// blocks of at most 117 bytes, joined and written as Base64.
func EncryptUMPS(key PublicKey, plaintext []byte) (string, error) {
	if key.p == nil {
		return "", fmt.Errorf("%w: the recipient's encryption key is missing", ErrKey)
	}
	if len(plaintext) > umpsBlock*maxUMPSBlocks {
		return "", fmt.Errorf("sign: the field has %d bytes, at most %d are encrypted",
			len(plaintext), umpsBlock*maxUMPSBlocks)
	}
	var out []byte
	for first := true; first || len(plaintext) > 0; first = false {
		n := min(len(plaintext), umpsBlock)
		//lint:ignore SA1019 the UMPS interface knows no other padding
		block, err := rsa.EncryptPKCS1v15(rand.Reader, key.p.rsa, plaintext[:n])
		if err != nil {
			return "", fmt.Errorf("sign: RSAES-PKCS1-v1_5: %w", err)
		}
		out = append(out, block...)
		plaintext = plaintext[n:]
	}
	return base64.StdEncoding.EncodeToString(out), nil
}

// DecryptUMPS reverses [EncryptUMPS]. Every failure is [ErrDecrypt]. The scheme
// has no tag, so call it only on fields of a message whose signature has been
// verified: otherwise the difference between success and failure is an oracle.
func DecryptUMPS(key PrivateKey, text string) ([]byte, error) {
	if key.p == nil {
		return nil, fmt.Errorf("%w: the decryption key is missing", ErrKey)
	}
	decrypter, ok := key.p.signer().(crypto.Decrypter)
	if !ok {
		return nil, fmt.Errorf("%w: the key cannot decrypt", ErrKey)
	}
	size := (key.Bits() + 7) / 8
	if len(text) > base64.StdEncoding.EncodedLen(size*maxUMPSBlocks) {
		return nil, ErrDecrypt
	}
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sealed) == 0 || len(sealed)%size != 0 {
		return nil, ErrDecrypt
	}
	var out []byte
	for ; len(sealed) > 0; sealed = sealed[size:] {
		//lint:ignore SA1019 the UMPS interface knows no other padding
		block, err := decrypter.Decrypt(rand.Reader, sealed[:size], &rsa.PKCS1v15DecryptOptions{})
		if err != nil {
			return nil, ErrDecrypt
		}
		out = append(out, block...)
	}
	return out, nil
}
