package vault_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hashicorp/vault/api"

	"github.com/issuing-sdk/issuing-go/examples/keys/internal/keytest"
	"github.com/issuing-sdk/issuing-go/examples/keys/vault"
)

type question struct {
	Input, Ciphertext  string
	Prehashed          bool
	KeyVersion         int    `json:"key_version"`
	HashAlgorithm      string `json:"hash_algorithm"`
	SignatureAlgorithm string `json:"signature_algorithm"`
	Salt               string `json:"salt_length"`
	PaddingScheme      string `json:"padding_scheme"`
}

const prefix = "vault:v2:"

func answer(r *http.Request) (map[string]any, error) {
	var in question
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/v1/transit/keys/"):
		key, err := keytest.RSA()
		if err != nil {
			return nil, err
		}
		ec, err := keytest.EC()
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if strings.HasSuffix(r.URL.Path, "/assertion") {
			der, err = x509.MarshalPKIXPublicKey(&ec.PublicKey)
		}
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		return map[string]any{"keys": map[string]any{"2": map[string]any{"public_key": text}}}, err
	case strings.HasPrefix(r.URL.Path, "/v1/transit/sign/"):
		digest, err := base64.StdEncoding.DecodeString(in.Input)
		if err != nil || !in.Prehashed || in.KeyVersion != 2 || in.Salt != "hash" {
			return nil, errors.New("not what this key wants")
		}
		algorithm := in.SignatureAlgorithm + " " + in.HashAlgorithm
		if strings.HasSuffix(r.URL.Path, "/assertion") {
			algorithm = "ECDSA"
		}
		signature, err := keytest.Sign(algorithm, digest)
		return map[string]any{"signature": prefix + base64.StdEncoding.EncodeToString(signature)}, err
	}
	text, ours := strings.CutPrefix(in.Ciphertext, prefix)
	ciphertext, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !ours {
		return nil, errors.New("no ciphertext of this key")
	}
	plaintext, err := keytest.Decrypt(in.PaddingScheme, ciphertext)
	return map[string]any{"plaintext": base64.StdEncoding.EncodeToString(plaintext)}, err
}

func TestKeys(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := answer(r)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{err.Error()}})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": out})
	}))
	defer server.Close()
	config := api.DefaultConfig()
	config.Address, config.MaxRetries = server.URL, 0
	client, err := api.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	key, err := vault.New(t.Context(), client, "transit", "card", 2)
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := vault.New(t.Context(), client, "transit", "assertion", 2)
	if err != nil {
		t.Fatal(err)
	}
	keytest.Check(t, "HashiCorp Vault", key, assertion)
	if _, err := vault.New(t.Context(), client, "transit", "card", 3); err == nil {
		t.Error("a version that there is not is found")
	}
}
