package awskms_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/issuing-sdk/issuing-go/examples/keys/awskms"
	"github.com/issuing-sdk/issuing-go/examples/keys/internal/keytest"
)

// serve is KMS with three keys: one signs, one decrypts, one is an EC key.
func serve(t *testing.T) *kms.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			KeyId, SigningAlgorithm, EncryptionAlgorithm, MessageType string
			Message, CiphertextBlob                                   []byte
		}
		err := json.NewDecoder(r.Body).Decode(&in)
		if in.KeyId == "alias/now" {
			if r.Header.Get("X-Amz-Target") == "TrentService.GetPublicKey" {
				in.KeyId = "signs"
			} else {
				in.KeyId, in.SigningAlgorithm = "ec", "ECDSA_SHA_256" // it was given to that one since
			}
		}
		out := map[string]any{"KeyId": in.KeyId}
		switch r.Header.Get("X-Amz-Target") {
		case "TrentService.GetPublicKey":
			out["PublicKey"], err = publicOf(in.KeyId)
		case "TrentService.Sign":
			if in.KeyId == "decrypts" || in.MessageType != "DIGEST" {
				err = http.ErrNotSupported
				break
			}
			out["Signature"], err = keytest.Sign(in.SigningAlgorithm, in.Message)
		case "TrentService.Decrypt":
			if in.KeyId != "decrypts" {
				err = http.ErrNotSupported
				break
			}
			out["Plaintext"], err = keytest.Decrypt(in.EncryptionAlgorithm, in.CiphertextBlob)
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			out = map[string]any{"__type": "InvalidKeyUsageException", "message": err.Error()}
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(server.Close)
	return kms.New(kms.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
	})
}

func publicOf(id string) ([]byte, error) {
	ec, err := keytest.EC()
	if id == "ec" {
		return der(&ec.PublicKey, err)
	}
	key, err := keytest.RSA()
	return der(&key.PublicKey, err)
}

func der(public crypto.PublicKey, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKIXPublicKey(public)
}

// An alias may be given to another key. What signs is the key whose public half was told.
func TestAlias(t *testing.T) {
	t.Parallel()
	key, err := awskms.New(t.Context(), serve(t), "alias/now")
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a"))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	public, ok := key.Public().(*rsa.PublicKey)
	if !ok || rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature) != nil {
		t.Error("another key signed")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	client := serve(t)
	var keys []crypto.Signer
	for _, id := range []string{"signs", "decrypts", "ec"} {
		key, err := awskms.New(t.Context(), client, id)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	keytest.Check(t, "AWS KMS", keys...)
}
