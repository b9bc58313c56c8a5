package sign

import (
	"bytes"
	"crypto"
	_ "crypto/md5" // the hashes of a profile's signature
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" //nolint:gosec // as above
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// hash returns the standard library's name of h.
func (h SignatureHash) hash() crypto.Hash {
	return []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA512, crypto.MD5}[h]
}

// weak reports whether FIPS 140-only mode refuses h.
func (h SignatureHash) weak() bool { return h == SignatureHashSHA1 || h == SignatureHashMD5 }

// digest hashes message.
func (h SignatureHash) digest(message []byte) []byte {
	d := h.hash().New()
	d.Write(message)
	return d.Sum(nil)
}

// sign makes the signature of a message.
func (p Profile) sign(own PrivateKey, message []byte) ([]byte, error) {
	var opts crypto.SignerOpts = p.Hash.hash()
	if p.Scheme == SignatureSchemePSS {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: p.Hash.hash()}
	}
	signature, err := own.p.signer().Sign(rand.Reader, p.Hash.digest(message), opts)
	if err != nil {
		return nil, fmt.Errorf("sign: RSA %s: %w", p.Scheme, err)
	}
	return signature, nil
}

// verifies reports whether a signature is a key's over the digest. PSS is taken with
// a salt of any length.
func (p Profile) verifies(key *rsa.PublicKey, digest, signature []byte) bool {
	if p.Scheme == SignatureSchemePSS {
		return rsa.VerifyPSS(key, p.Hash.hash(), digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil
	}
	return rsa.VerifyPKCS1v15(key, p.Hash.hash(), digest, signature) == nil
}

// signedBytes are what the signature of e covers. A message that is not encrypted has
// no ciphertext; its payload stands for it.
func (p Profile) signedBytes(e *Envelope, ciphertext, payload []byte) []byte {
	if p.Hooks.signs() {
		return p.Hooks.SignedBytes(SignedParts{
			Head: canonicalHead(e.Head), Payload: payload, Ciphertext: ciphertext, Encrypt: e.Encrypt,
		})
	}
	switch {
	case p.Signed == SignedBytesBase64:
		return base64.StdEncoding.AppendEncode(nil, payload)
	case p.Signed == SignedBytesMessage:
		return canonicalMessage(e.Head, payload)
	case p.Signed == SignedBytesSorted:
		return sortedMembers(payload)
	case p.Signed == SignedBytesCiphertextText && ciphertext != nil:
		return []byte(e.Encrypt)
	case p.Signed == SignedBytesCiphertext && ciphertext != nil:
		return ciphertext
	}
	return payload
}

// canonicalHead returns a head with its members in the order of their names, without
// sign and keyEnc.
func canonicalHead(head []byte) []byte {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(head, &members)
	delete(members, "sign")
	delete(members, "keyEnc")
	return joinMembers(members)
}

// canonicalMessage returns {"head":…,"body":…} with a canonical head.
func canonicalMessage(head, payload []byte) []byte {
	b := append([]byte(`{"head":`), canonicalHead(head)...)
	b = append(b, `,"body":`...)
	b = append(b, bytes.TrimSpace(payload)...)
	return append(b, '}')
}

// sortedMembers returns name=value&… of a payload.
func sortedMembers(payload []byte) []byte {
	text := string(bytes.TrimSpace(payload))
	if !json.Valid(payload) {
		return []byte(text)
	}
	members, ok := objectMembers(text, 0)
	if !ok {
		return []byte(text)
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	sort.Strings(names)
	var pairs []string
	for _, name := range names {
		m := members[name]
		value := m.text()
		if m.value[0] != '"' && m.value != "null" {
			var compact bytes.Buffer
			_ = json.Compact(&compact, []byte(m.value)) // valid, as the whole is
			value = compact.String()
		}
		if value != "" {
			pairs = append(pairs, name+"="+value)
		}
	}
	return []byte(strings.Join(pairs, "&"))
}

// SignPlain makes a message whose body is the payload itself, in clear, under the
// sender's signature alone: {"head":{…,"sign"},"body":{…}}. The payload is a JSON
// object; anybody can read it.
func (p Profile) SignPlain(own PrivateKey, head, payload []byte) (*Envelope, error) {
	if err := p.ready(own, own.Public()); err != nil {
		return nil, err
	}
	e := &Envelope{Head: head, Body: bytes.TrimSpace(payload)}
	signature, err := p.sign(own, p.signedBytes(e, nil, e.Body))
	if err != nil {
		return nil, err
	}
	e.Sign = hexText(signature)
	return e, nil
}

// VerifyPlain checks a message that is signed and not encrypted, and returns its
// body, byte for byte as it came, and the key that signed it. What anyone can see
// without a key is [ErrEnvelopeForm]; a signature of none of the keys is
// [ErrEnvelope].
func (p Profile) VerifyPlain(peers []PublicKey, e *Envelope) ([]byte, PublicKey, error) {
	if err := p.Validate(); err != nil {
		return nil, PublicKey{}, err
	}
	if e == nil || e.Sign == "" || len(e.Body) == 0 {
		return nil, PublicKey{}, fmt.Errorf("%w: %s or body is missing", ErrEnvelopeForm, fieldSign)
	}
	err := fmt.Errorf("%w: the public key is missing", ErrKey)
	for _, peer := range peers {
		if peer.IsZero() {
			continue
		}
		if err = p.fipsError(); err != nil {
			return nil, PublicKey{}, err
		}
		var signature []byte
		if signature, err = decodeBlock(fieldSign, e.Sign, peer.p.rsa.Size()); err != nil {
			continue
		}
		err = ErrEnvelope
		if p.verifies(peer.p.rsa, p.Hash.digest(p.signedBytes(e, nil, e.Body)), signature) {
			return e.Body, peer, nil
		}
	}
	return nil, PublicKey{}, err
}
