// Package gcpkms is a key of Google Cloud KMS as a crypto.Signer and crypto.Decrypter, over
// its REST API: Google's own client brings gRPC along, which is most of a program then.
package gcpkms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/issuing-sdk/issuing-go/examples/keys/scheme"
)

// Endpoint is Google's.
const Endpoint = "https://cloudkms.googleapis.com/v1/"

// Key is a handle to one version of a key. A key of Cloud KMS either signs or decrypts, and
// its version's algorithm is the only one that it does.
type Key struct {
	client *http.Client
	url    string // of the version
	does   scheme.Name
	public crypto.PublicKey
}

var algorithms = map[string]scheme.Name{
	"RSA_SIGN_PSS_2048_SHA256":     {Padding: "PSS", Hash: crypto.SHA256},
	"RSA_SIGN_PSS_3072_SHA256":     {Padding: "PSS", Hash: crypto.SHA256},
	"RSA_SIGN_PSS_4096_SHA256":     {Padding: "PSS", Hash: crypto.SHA256},
	"RSA_SIGN_PKCS1_2048_SHA256":   {Padding: "PKCS1", Hash: crypto.SHA256},
	"RSA_SIGN_PKCS1_3072_SHA256":   {Padding: "PKCS1", Hash: crypto.SHA256},
	"RSA_SIGN_PKCS1_4096_SHA256":   {Padding: "PKCS1", Hash: crypto.SHA256},
	"EC_SIGN_P256_SHA256":          {Padding: "ECDSA", Hash: crypto.SHA256},
	"RSA_DECRYPT_OAEP_2048_SHA256": {Padding: "OAEP", Hash: crypto.SHA256},
	"RSA_DECRYPT_OAEP_3072_SHA256": {Padding: "OAEP", Hash: crypto.SHA256},
	"RSA_DECRYPT_OAEP_4096_SHA256": {Padding: "OAEP", Hash: crypto.SHA256},
	"RSA_DECRYPT_OAEP_2048_SHA1":   {Padding: "OAEP", Hash: crypto.SHA1},
}

// New asks for the public half of a version, whose name is
// projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1. The client
// authenticates its requests, such as the one of golang.org/x/oauth2/google.DefaultClient
// for the scope https://www.googleapis.com/auth/cloudkms.
func New(ctx context.Context, client *http.Client, endpoint, name string) (*Key, error) {
	k := &Key{client: client, url: endpoint + name}
	var out struct{ PEM, Algorithm string }
	if err := k.ask(ctx, http.MethodGet, "/publicKey", nil, &out); err != nil {
		return nil, err
	}
	var known bool
	if k.does, known = algorithms[out.Algorithm]; !known {
		return nil, fmt.Errorf("%w: %s", scheme.ErrUnsupported, out.Algorithm)
	}
	block, _ := pem.Decode([]byte(out.PEM))
	if block == nil {
		return nil, errors.New("gcpkms: the version has no public half")
	}
	var err error
	k.public, err = x509.ParsePKIXPublicKey(block.Bytes)
	return k, err
}

// Public implements crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.public }

// Sign implements crypto.Signer.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	name, err := scheme.OfSignature(k.public, opts)
	if err == nil && name != k.does {
		err = name.Unsupported()
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := scheme.Within()
	defer cancel()
	var out struct{ Signature []byte }
	in := map[string]any{"digest": map[string][]byte{"sha256": digest}}
	err = k.ask(ctx, http.MethodPost, ":asymmetricSign", in, &out)
	return out.Signature, err
}

// Decrypt implements crypto.Decrypter.
func (k *Key) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	name, err := scheme.OfDecryption(opts)
	if err == nil && name != k.does {
		err = name.Unsupported()
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := scheme.Within()
	defer cancel()
	var out struct{ Plaintext []byte }
	err = k.ask(ctx, http.MethodPost, ":asymmetricDecrypt", map[string][]byte{"ciphertext": ciphertext}, &out)
	return out.Plaintext, err
}

// maxAnswer bounds an answer; a public key has 800 characters.
const maxAnswer = 64 << 10

func (k *Key) ask(ctx context.Context, method, suffix string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, k.url+suffix, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := k.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("gcpkms: status %d", resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(out)
}
