// Package awskms is a key of AWS KMS as a crypto.Signer and crypto.Decrypter.
package awskms

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/issuing-sdk/issuing-go/examples/keys/scheme"
)

// Key is a handle to a key. A key of KMS either signs or decrypts.
type Key struct {
	client *kms.Client
	id     string
	public crypto.PublicKey
}

// New asks for the public half of a key, by its id, ARN or alias. What an alias names later
// is another key: the handle stays with the one whose public half it was told.
func New(ctx context.Context, client *kms.Client, id string) (*Key, error) {
	out, err := client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &id})
	if err != nil {
		return nil, err
	}
	if out.KeyId == nil {
		return nil, errors.New("awskms: the answer names no key")
	}
	public, err := x509.ParsePKIXPublicKey(out.PublicKey)
	return &Key{client, *out.KeyId, public}, err
}

// Public implements crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.public }

var signatures = map[scheme.Name]types.SigningAlgorithmSpec{
	{Padding: "PKCS1", Hash: crypto.SHA256}: types.SigningAlgorithmSpecRsassaPkcs1V15Sha256,
	{Padding: "PKCS1", Hash: crypto.SHA512}: types.SigningAlgorithmSpecRsassaPkcs1V15Sha512,
	{Padding: "PSS", Hash: crypto.SHA256}:   types.SigningAlgorithmSpecRsassaPssSha256,
	{Padding: "PSS", Hash: crypto.SHA512}:   types.SigningAlgorithmSpecRsassaPssSha512,
	{Padding: "ECDSA", Hash: crypto.SHA256}: types.SigningAlgorithmSpecEcdsaSha256,
}

// Sign implements crypto.Signer.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	name, err := scheme.OfSignature(k.public, opts)
	if err != nil {
		return nil, err
	}
	algorithm, ok := signatures[name]
	if !ok {
		return nil, name.Unsupported()
	}
	ctx, cancel := scheme.Within()
	defer cancel()
	out, err := k.client.Sign(ctx, &kms.SignInput{
		KeyId: &k.id, Message: digest, MessageType: types.MessageTypeDigest, SigningAlgorithm: algorithm,
	})
	if err != nil {
		return nil, err
	}
	return out.Signature, nil
}

var decryptions = map[scheme.Name]types.EncryptionAlgorithmSpec{
	{Padding: "OAEP", Hash: crypto.SHA1}:   types.EncryptionAlgorithmSpecRsaesOaepSha1,
	{Padding: "OAEP", Hash: crypto.SHA256}: types.EncryptionAlgorithmSpecRsaesOaepSha256,
}

// Decrypt implements crypto.Decrypter.
func (k *Key) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	name, err := scheme.OfDecryption(opts)
	if err != nil {
		return nil, err
	}
	algorithm, ok := decryptions[name]
	if !ok {
		return nil, name.Unsupported()
	}
	ctx, cancel := scheme.Within()
	defer cancel()
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId: &k.id, CiphertextBlob: ciphertext, EncryptionAlgorithm: algorithm,
	})
	if err != nil {
		return nil, err
	}
	return out.Plaintext, nil
}
