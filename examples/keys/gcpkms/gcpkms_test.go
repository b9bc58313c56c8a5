package gcpkms_test

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/examples/keys/gcpkms"
	"github.com/issuing-sdk/issuing-go/examples/keys/internal/keytest"
)

// algorithms are those of the service's keys; a version's name ends in its algorithm here.
var algorithms = []string{
	"RSA_SIGN_PSS_2048_SHA256", "RSA_SIGN_PKCS1_2048_SHA256", "EC_SIGN_P256_SHA256", "RSA_DECRYPT_OAEP_2048_SHA256",
}

func answer(r *http.Request) (any, error) {
	var in struct {
		Digest     struct{ SHA256 []byte }
		Ciphertext []byte
	}
	path, operation, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/versions/"), ":")
	algorithm := strings.TrimSuffix(path, "/publicKey")
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
	}
	switch {
	case operation == "asymmetricSign":
		signature, err := keytest.Sign(algorithm, in.Digest.SHA256)
		return map[string][]byte{"signature": signature}, err
	case operation == "asymmetricDecrypt":
		plaintext, err := keytest.Decrypt(algorithm, in.Ciphertext)
		return map[string][]byte{"plaintext": plaintext}, err
	}
	var public crypto.PublicKey
	ec, err := keytest.EC()
	if err != nil {
		return nil, err
	}
	key, err := keytest.RSA()
	if err != nil {
		return nil, err
	}
	if public = &key.PublicKey; strings.HasPrefix(algorithm, "EC") {
		public = &ec.PublicKey
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	return map[string]string{"pem": string(text), "algorithm": algorithm}, err
}

func TestKeys(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := answer(r)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	defer server.Close()
	var keys []crypto.Signer
	for _, algorithm := range algorithms {
		key, err := gcpkms.New(t.Context(), server.Client(), server.URL+"/", "versions/"+algorithm)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	keytest.Check(t, "Google Cloud KMS", keys...)
	if _, err := gcpkms.New(t.Context(), server.Client(), server.URL+"/", "versions/HMAC_SHA256"); err == nil {
		t.Error("an algorithm that is none is taken")
	}
}
