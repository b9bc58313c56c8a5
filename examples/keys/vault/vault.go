// Package vault is a key of the transit engine of HashiCorp Vault or OpenBao as a
// crypto.Signer and crypto.Decrypter.
package vault

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/vault/api"

	"github.com/issuing-sdk/issuing-go/examples/keys/scheme"
)

// Key is a handle to one version of a transit key, which signs and decrypts.
type Key struct {
	client  *api.Client
	path    string // of the engine, such as transit
	name    string
	version int
	public  crypto.PublicKey
}

// New asks for the public half of a version of a key. Name the version: a rotation makes
// another one, which the platform does not know yet.
func New(ctx context.Context, client *api.Client, path, name string, version int) (*Key, error) {
	secret, err := client.Logical().ReadWithContext(ctx, path+"/keys/"+name)
	if err != nil {
		return nil, err
	}
	if secret == nil {
		return nil, errors.New("vault: there is no such key")
	}
	versions, _ := secret.Data["keys"].(map[string]any)
	one, _ := versions[fmt.Sprint(version)].(map[string]any)
	text, _ := one["public_key"].(string)
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, fmt.Errorf("vault: version %d has no public half", version)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	return &Key{client, path, name, version, public}, err
}

// Public implements crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.public }

var (
	hashes = map[crypto.Hash]string{
		0: "none", crypto.SHA1: "sha1", crypto.SHA256: "sha2-256", crypto.SHA512: "sha2-512",
	}
	paddings = map[string]string{"PKCS1": "pkcs1v15", "PSS": "pss"}
)

// Sign implements crypto.Signer.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	name, err := scheme.OfSignature(k.public, opts)
	if err != nil {
		return nil, err
	}
	hash, known := hashes[name.Hash]
	if !known {
		return nil, name.Unsupported()
	}
	text, err := k.ask("sign", "signature", map[string]any{
		"input": base64.StdEncoding.EncodeToString(digest), "prehashed": true, "hash_algorithm": hash,
		"key_version": k.version, "signature_algorithm": paddings[name.Padding], "salt_length": "hash",
	})
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(text, k.prefix()))
}

// Decrypt implements crypto.Decrypter. Vault's OAEP has SHA-256.
func (k *Key) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	name, err := scheme.OfDecryption(opts)
	if err != nil {
		return nil, err
	}
	padding, known := map[scheme.Name]string{
		{Padding: "PKCS1"}: "pkcs1v15", {Padding: "OAEP", Hash: crypto.SHA256}: "oaep",
	}[name]
	if !known {
		return nil, name.Unsupported()
	}
	text, err := k.ask("decrypt", "plaintext", map[string]any{
		"ciphertext": k.prefix() + base64.StdEncoding.EncodeToString(ciphertext), "padding_scheme": padding,
	})
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}

// prefix stands before everything that a version made.
func (k *Key) prefix() string { return fmt.Sprintf("vault:v%d:", k.version) }

// ask carries one operation out and returns one member of its answer.
func (k *Key) ask(operation, member string, parameters map[string]any) (string, error) {
	ctx, cancel := scheme.Within()
	defer cancel()
	secret, err := k.client.Logical().WriteWithContext(ctx, k.path+"/"+operation+"/"+k.name, parameters)
	if err != nil {
		return "", err
	}
	if secret == nil {
		return "", errors.New("vault: the answer is empty")
	}
	text, ok := secret.Data[member].(string)
	if !ok {
		return "", errors.New("vault: the answer has no " + member)
	}
	return text, nil
}
