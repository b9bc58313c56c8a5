// Package azurekv is a key of Azure Key Vault, or of a managed HSM, as a crypto.Signer and
// crypto.Decrypter.
package azurekv

import (
	"context"
	"crypto"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/issuing-sdk/issuing-go/examples/keys/scheme"
)

// Key is a handle to one version of an RSA key, whose operations are sign, decrypt or both.
type Key struct {
	client        *azkeys.Client
	name, version string
	public        crypto.PublicKey
}

// New asks for the public half of a version. Name the version: another one is another key.
func New(ctx context.Context, client *azkeys.Client, name, version string) (*Key, error) {
	out, err := client.GetKey(ctx, name, version, nil)
	if err != nil {
		return nil, err
	}
	if out.Key == nil || len(out.Key.N) == 0 || len(out.Key.E) == 0 {
		return nil, errors.New("azurekv: the key is not RSA")
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(out.Key.N), E: int(new(big.Int).SetBytes(out.Key.E).Int64())}
	return &Key{client, name, version, public}, nil
}

// Public implements crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.public }

var signatures = map[scheme.Name]azkeys.SignatureAlgorithm{
	{Padding: "PKCS1", Hash: crypto.SHA256}: azkeys.SignatureAlgorithmRS256,
	{Padding: "PKCS1", Hash: crypto.SHA512}: azkeys.SignatureAlgorithmRS512,
	{Padding: "PSS", Hash: crypto.SHA256}:   azkeys.SignatureAlgorithmPS256,
	{Padding: "PSS", Hash: crypto.SHA512}:   azkeys.SignatureAlgorithmPS512,
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
	out, err := k.client.Sign(ctx, k.name, k.version, azkeys.SignParameters{Algorithm: &algorithm, Value: digest}, nil)
	if err != nil {
		return nil, err
	}
	return out.Result, nil
}

var decryptions = map[scheme.Name]azkeys.EncryptionAlgorithm{
	{Padding: "PKCS1"}:                     azkeys.EncryptionAlgorithmRSA15,
	{Padding: "OAEP", Hash: crypto.SHA1}:   azkeys.EncryptionAlgorithmRSAOAEP,
	{Padding: "OAEP", Hash: crypto.SHA256}: azkeys.EncryptionAlgorithmRSAOAEP256,
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
	parameters := azkeys.KeyOperationParameters{Algorithm: &algorithm, Value: ciphertext}
	out, err := k.client.Decrypt(ctx, k.name, k.version, parameters, nil)
	if err != nil {
		return nil, err
	}
	return out.Result, nil
}
