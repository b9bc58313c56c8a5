package keytest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
)

// Sign carries out what a service's word for a signature means: RS256, PS256,
// RSASSA_PSS_SHA_256 and the like.
func Sign(algorithm string, digest []byte) ([]byte, error) {
	if strings.HasPrefix(algorithm, "EC") {
		key, err := EC()
		if err != nil {
			return nil, err
		}
		return key.Sign(rand.Reader, digest, crypto.SHA256)
	}
	key, err := RSA()
	if err != nil {
		return nil, err
	}
	hash, ok := map[string]crypto.Hash{
		"256": crypto.SHA256, "512": crypto.SHA512, "sha1": crypto.SHA1, "none": 0,
	}[ending(algorithm)]
	if !ok {
		return nil, fmt.Errorf("the service knows no %s", algorithm)
	}
	var opts crypto.SignerOpts = hash
	if strings.HasPrefix(algorithm, "PS") || strings.Contains(algorithm, "PSS") || strings.Contains(algorithm, "pss") {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	return key.Sign(rand.Reader, digest, opts)
}

func ending(algorithm string) string {
	for _, word := range []string{"256", "512", "sha1", "none"} {
		if strings.HasSuffix(algorithm, word) {
			return word
		}
	}
	return algorithm
}

// Decrypt carries out what a service's word for a decryption means.
func Decrypt(algorithm string, ciphertext []byte) ([]byte, error) {
	key, err := RSA()
	if err != nil {
		return nil, err
	}
	switch algorithm {
	case "RSA1_5", "pkcs1v15":
		return key.Decrypt(rand.Reader, ciphertext, nil)
	case "RSA-OAEP", "RSAES_OAEP_SHA_1":
		return key.Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA1})
	case "RSA-OAEP-256", "RSAES_OAEP_SHA_256", "oaep", "RSA_DECRYPT_OAEP_2048_SHA256":
		return key.Decrypt(rand.Reader, ciphertext, &rsa.OAEPOptions{Hash: crypto.SHA256})
	}
	return nil, errors.New("the service knows no " + algorithm)
}
