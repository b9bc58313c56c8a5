package sign

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrVerify is the only word about a signature that does not verify: wrong key,
// altered bytes and bad encoding look the same.
var ErrVerify = errors.New("signature does not verify")

// maxSignatureText bounds a Base64 signature; RSA-16384 needs 2732 characters.
const maxSignatureText = 4 << 10

// SignPSS returns the Base64 RSA-PSS signature with SHA-256 over body,
// timestamp and nonce, one after the other without a separator.
//
// The salt has 32 bytes. WorldCard's Java sample does the same; its Go sample
// takes the longest possible salt, which a strict verifier rejects, while every
// verifier accepts 32.
func SignPSS(key PrivateKey, body []byte, timestamp, nonce string) (string, error) {
	if key.p == nil {
		return "", fmt.Errorf("%w: the private key is missing", ErrKey)
	}
	digest := pssDigest(body, timestamp, nonce)
	signature, err := key.p.signer().Sign(rand.Reader, digest[:],
		&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	if err != nil {
		return "", fmt.Errorf("sign: RSA-PSS: %w", err)
	}
	return base64.StdEncoding.EncodeToString(signature), nil
}

// VerifyPSS checks a signature made by [SignPSS], or by any other RSA-PSS
// signer with SHA-256: every salt length is accepted, because a platform
// written in Go may use the longest one. Every failure is [ErrVerify].
func VerifyPSS(key PublicKey, signature string, body []byte, timestamp, nonce string) error {
	if key.p == nil {
		return fmt.Errorf("%w: the public key is missing", ErrKey)
	}
	if signature == "" || len(signature) > maxSignatureText {
		return ErrVerify
	}
	raw, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return ErrVerify
	}
	digest := pssDigest(body, timestamp, nonce)
	err = rsa.VerifyPSS(key.p.rsa, crypto.SHA256, digest[:], raw,
		&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})
	if err != nil {
		return ErrVerify
	}
	return nil
}

func pssDigest(body []byte, timestamp, nonce string) (digest [sha256.Size]byte) {
	h := sha256.New()
	h.Write(body)
	h.Write([]byte(timestamp))
	h.Write([]byte(nonce))
	h.Sum(digest[:0])
	return digest
}
