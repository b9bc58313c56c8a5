package sign

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
)

// blockSize is that of AES.
const blockSize = aes.BlockSize

func (p Profile) ready(own PrivateKey, peer PublicKey) error {
	switch {
	case own.IsZero():
		return fmt.Errorf("%w: the private key is missing", ErrKey)
	case peer.IsZero():
		return fmt.Errorf("%w: the public key is missing", ErrKey)
	}
	if err := p.Validate(); err != nil {
		return err
	}
	return p.fipsError()
}

// fipsError refuses what the standard library would panic at.
func (p Profile) fipsError() error {
	if p.Hash.weak() && fips140.Enforced() {
		return fmt.Errorf("sign: the profile signs with %s, which FIPS 140-only mode does not allow", p.Hash)
	}
	return p.MGF1.fipsError()
}

// hexText is the text of signatures and wrapped keys.
func hexText(b []byte) string { return hex.EncodeToString(b) }

// Seal signs payload with the sender's own key, encrypts it under a fresh
// session key, and wraps that for the peer. Head is the JSON object of the
// head's other members. With [PaddingNone] spaces are appended to the payload.
func (p Profile) Seal(own PrivateKey, peer PublicKey, head, payload []byte) (*Envelope, error) {
	if err := p.ready(own, peer); err != nil {
		return nil, err
	}
	payload = p.fill(payload)
	key, text, err := p.newKey()
	if err != nil {
		return nil, err
	}
	encoded := payload
	if p.Payload == PayloadTextBase64 {
		encoded = base64.StdEncoding.AppendEncode(nil, payload)
	}
	ciphertext, err := p.encipher(key, encoded)
	if err != nil {
		return nil, err
	}
	e := &Envelope{Head: head, Encrypt: base64.StdEncoding.EncodeToString(ciphertext)}
	wrapped, err := p.wrap(peer, text)
	if err != nil {
		return nil, fmt.Errorf("%w: the session key cannot be wrapped", ErrKey)
	}
	e.KeyEnc = issuing.NewSecret(hexText(wrapped))
	signature, err := p.sign(own, p.signedBytes(e, ciphertext, payload))
	if err != nil {
		return nil, err
	}
	e.Sign = hexText(signature)
	return e, nil
}

// Open unwraps, decrypts and verifies an envelope, in this order, because the
// signature covers the plaintext, and returns the payload only when everything
// is right. What can be seen without a key is [ErrEnvelopeForm]; every other
// failure is [ErrEnvelope].
//
// A key that does not unwrap is replaced by a random one and the rest is done
// all the same, so neither the error nor the time spent says how far it got.
func (p Profile) Open(own PrivateKey, peer PublicKey, e *Envelope) ([]byte, error) {
	payload, _, err := p.OpenAny(own, []PublicKey{peer}, e)
	return payload, err
}

// OpenAny is Open for a peer with several keys, as during a change of key, and
// returns the one that signed as well. The private key is used once, however many
// they are.
func (p Profile) OpenAny(own PrivateKey, peers []PublicKey, e *Envelope) ([]byte, PublicKey, error) {
	candidates, parts, err := p.candidates(own, peers, e)
	if err != nil {
		return nil, PublicKey{}, err
	}
	key, ok := p.unwrap(own, parts.wrapped)
	payload, padded := p.decipher(key, parts.ciphertext)
	ok &= padded
	if p.Payload == PayloadTextBase64 {
		decoded, err := base64.StdEncoding.Strict().DecodeString(string(payload))
		if err != nil {
			ok, decoded = 0, payload
		}
		payload = decoded
	}
	digest := p.Hash.digest(p.signedBytes(e, parts.ciphertext, payload))
	for _, c := range candidates {
		if p.verifies(c.peer.p.rsa, digest, c.signature) && ok == 1 {
			return payload, c.peer, nil
		}
	}
	return nil, PublicKey{}, ErrEnvelope
}

// candidate is a key that can have made an envelope's signature.
type candidate struct {
	peer      PublicKey
	signature []byte
}

// candidates checks what can be seen without a key. A key whose size is not the
// signature's cannot have made it.
func (p Profile) candidates(own PrivateKey, peers []PublicKey, e *Envelope) (found []candidate, b parts, err error) {
	if len(peers) == 0 {
		peers = []PublicKey{{}} // refused as one that is missing
	}
	for _, peer := range peers {
		if err := p.ready(own, peer); err != nil {
			return nil, b, err
		}
	}
	switch {
	case !own.CanDecrypt():
		return nil, b, fmt.Errorf("%w: the private key signs only; opening needs a crypto.Decrypter", ErrKey)
	case e == nil:
		return nil, b, fmt.Errorf("%w: there is none", ErrEnvelopeForm)
	}
	for _, peer := range peers {
		decoded, malformed := e.decode(own.p.public.Size(), peer.p.rsa.Size(), p.Hooks)
		if malformed != nil {
			err = malformed
			continue
		}
		found, b = append(found, candidate{peer, decoded.signature}), decoded
	}
	if len(found) == 0 {
		return nil, b, err
	}
	return found, b, nil
}

// fill lengthens a payload that must make whole blocks by itself. Twelve bytes
// make sixteen characters of Base64.
func (p Profile) fill(payload []byte) []byte {
	if p.Padding != PaddingNone || p.Hooks.ciphers() {
		return payload
	}
	unit := blockSize
	if p.Payload == PayloadTextBase64 {
		unit = blockSize * 3 / 4
	}
	missing := (unit - len(payload)%unit) % unit
	return append(bytes.Clone(payload), bytes.Repeat([]byte(" "), missing)...)
}

// newKey draws a session key and its text.
func (p Profile) newKey() (key, text []byte, err error) {
	if p.Hooks.keys() {
		return p.Hooks.NewKey()
	}
	key = make([]byte, p.keyLen())
	if p.KeyText == KeyTextASCII {
		// Six bits in every character: the characters of Base64.
		raw := make([]byte, p.keyLen()*3/4)
		if _, err := rand.Read(raw); err != nil {
			return nil, nil, fmt.Errorf("sign: no randomness: %w", err)
		}
		key = base64.RawStdEncoding.AppendEncode(nil, raw)
		return key, key, nil
	}
	if _, err := rand.Read(key); err != nil {
		return nil, nil, fmt.Errorf("sign: no randomness: %w", err)
	}
	switch p.KeyText {
	case KeyTextRaw:
		return key, key, nil
	case KeyTextHex:
		return key, hex.AppendEncode(nil, key), nil
	default:
		return key, base64.StdEncoding.AppendEncode(nil, key), nil
	}
}

// textLen returns how long the key's text is.
func (p Profile) textLen() int {
	switch p.KeyText {
	case KeyTextBase64:
		return base64.StdEncoding.EncodedLen(p.keyLen())
	case KeyTextHex:
		return hex.EncodedLen(p.keyLen())
	default:
		return p.keyLen()
	}
}

// wrap encrypts the key's text for the peer.
func (p Profile) wrap(peer PublicKey, text []byte) ([]byte, error) {
	switch p.Wrap {
	case KeyWrapOAEPSHA1:
		return encryptOAEP(peer.p.rsa, text, p.MGF1.oaep(crypto.SHA1))
	case KeyWrapOAEPSHA256:
		return encryptOAEP(peer.p.rsa, text, p.MGF1.oaep(crypto.SHA256))
	default:
		//lint:ignore SA1019 KazePay's lineage wraps session keys with PKCS #1 v1.5
		return rsa.EncryptPKCS1v15(rand.Reader, peer.p.rsa, text)
	}
}

// decrypterOpts are the options for unwrapping. A length makes PKCS #1 v1.5
// answer bad padding with random bytes of it, in constant time.
func (p Profile) decrypterOpts(length int) crypto.DecrypterOpts {
	switch p.Wrap {
	case KeyWrapOAEPSHA1:
		return p.MGF1.oaep(crypto.SHA1)
	case KeyWrapOAEPSHA256:
		return p.MGF1.oaep(crypto.SHA256)
	default:
		//lint:ignore SA1019 KazePay's lineage wraps session keys with PKCS #1 v1.5
		return &rsa.PKCS1v15DecryptOptions{SessionKeyLen: length}
	}
}

// unwrap returns the session key, or a random key and 0.
func (p Profile) unwrap(own PrivateKey, wrapped []byte) (key []byte, ok int) {
	random := make([]byte, p.keyLen())
	_, _ = rand.Read(random)
	decrypter, err := own.Decrypter()
	if err != nil {
		return random, 0
	}
	length := p.textLen()
	if p.TolerantKey || p.Hooks.keys() {
		length = 0
	}
	text, err := decrypter.Decrypt(rand.Reader, wrapped, p.decrypterOpts(length))
	if err != nil {
		return random, 0
	}
	if key = p.readKey(text); key == nil {
		return random, 0
	}
	return key, 1
}

// readKey returns the key in the text that RSA wrapped, or nil.
func (p Profile) readKey(text []byte) []byte {
	if p.Hooks.keys() {
		key, err := p.Hooks.ReadKey(text)
		if err != nil {
			return nil
		}
		return key
	}
	if p.TolerantKey {
		return p.tolerantKey(text)
	}
	if key := p.KeyText.decode(text); len(key) == p.keyLen() {
		return key
	}
	return nil
}

// decode returns the key in a text, or nil.
func (k KeyText) decode(text []byte) []byte {
	var key []byte
	var err error
	switch k {
	case KeyTextBase64:
		key, err = base64.StdEncoding.Strict().AppendDecode(nil, text)
	case KeyTextHex:
		key, err = hex.AppendDecode(nil, text)
	default:
		key = text
	}
	if err != nil || (len(key) != 16 && len(key) != 24 && len(key) != 32) {
		return nil
	}
	return key
}

// tolerantKey reads a key text by its shape: 24 or 44 characters of Base64, 32,
// 48 or 64 of hex, or else the key itself. 32 characters that are no hex could be
// the Base64 of 24 bytes as well as a key of 32; the profile decides.
func (p Profile) tolerantKey(text []byte) []byte {
	var shapes []KeyText
	switch len(text) {
	case 24, 44:
		shapes = []KeyText{KeyTextBase64, KeyTextRaw}
	case 32, 48, 64:
		shapes = []KeyText{KeyTextHex, KeyTextRaw}
		if len(text) == p.textLen() {
			shapes = []KeyText{KeyTextHex, p.KeyText, KeyTextRaw}
		}
	default:
		shapes = []KeyText{KeyTextRaw}
	}
	for _, k := range shapes {
		if key := k.decode(text); key != nil {
			return key
		}
	}
	return nil
}

// encipher encrypts a payload's text.
func (p Profile) encipher(key, text []byte) ([]byte, error) {
	if p.Hooks.ciphers() {
		ciphertext, err := p.Hooks.Encrypt(key, text)
		if err == nil && len(ciphertext) == 0 {
			err = errors.New("it returned nothing")
		}
		if err != nil {
			return nil, fmt.Errorf("sign: the hook Encrypt: %w", err)
		}
		return ciphertext, nil
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("%w: AES", ErrKey)
	}
	return p.encrypt(block, key, text), nil
}

// decipher reverses encipher; ok is 0 when it fails.
func (p Profile) decipher(key, ciphertext []byte) (text []byte, ok int) {
	if p.Hooks.ciphers() {
		text, err := p.Hooks.Decrypt(key, ciphertext)
		if err != nil {
			return nil, 0
		}
		return text, 1
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, 0
	}
	return p.decrypt(block, key, ciphertext)
}

// iv returns the vector of the modes that derive it.
func (p Profile) iv(key []byte) []byte {
	iv := make([]byte, blockSize)
	if p.Mode == ModeCBCKeyIV {
		copy(iv, key)
	}
	return iv
}

// encrypt pads and encrypts.
func (p Profile) encrypt(block cipher.Block, key, plaintext []byte) []byte {
	out := bytes.Clone(plaintext)
	if p.Padding == PaddingPKCS7 {
		n := blockSize - len(out)%blockSize
		out = append(out, bytes.Repeat([]byte{byte(n)}, n)...)
	}
	switch p.Mode {
	case ModeECB:
		for b := out; len(b) > 0; b = b[blockSize:] {
			block.Encrypt(b[:blockSize], b[:blockSize])
		}
		return out
	case ModeCBCPrefixIV:
		iv := make([]byte, blockSize, blockSize+len(out))
		_, _ = rand.Read(iv)
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
		return append(iv, out...)
	default:
		cipher.NewCBCEncrypter(block, p.iv(key)).CryptBlocks(out, out)
		return out
	}
}

// decrypt reverses encrypt. Ciphertext has whole blocks, at least one. On bad
// padding it returns everything and 0.
func (p Profile) decrypt(block cipher.Block, key, ciphertext []byte) (plaintext []byte, ok int) {
	out := bytes.Clone(ciphertext)
	switch p.Mode {
	case ModeECB:
		for b := out; len(b) > 0; b = b[blockSize:] {
			block.Decrypt(b[:blockSize], b[:blockSize])
		}
	case ModeCBCPrefixIV:
		iv := out[:blockSize]
		out = bytes.Clone(out[blockSize:])
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
		if len(out) == 0 {
			return out, 0
		}
	default:
		cipher.NewCBCDecrypter(block, p.iv(key)).CryptBlocks(out, out)
	}
	if p.Padding == PaddingNone {
		return out, 1
	}
	return unpad(out)
}

// unpad strips PKCS #7 padding of whole blocks without branching on their
// bytes; only the result's length depends on them.
func unpad(b []byte) (plaintext []byte, ok int) {
	n := int(b[len(b)-1])
	ok = subtle.ConstantTimeLessOrEq(1, n) & subtle.ConstantTimeLessOrEq(n, blockSize)
	for i := 1; i <= blockSize; i++ {
		inside := subtle.ConstantTimeLessOrEq(i, n)
		same := subtle.ConstantTimeByteEq(b[len(b)-i], byte(n))
		ok &= subtle.ConstantTimeSelect(inside, same, 1)
	}
	return b[:len(b)-ok*n], ok
}
