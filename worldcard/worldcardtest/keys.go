package worldcardtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Keys are the RSA-2048 pairs of a merchant and a platform, and the AES key that
// they share. Make them once with [NewKeys] to start many servers quickly. They
// print no key.
type Keys struct{ set *keySet }

// keySet stands behind a pointer, and its parts behind further ones: a verb that does
// not fit prints what the first one points to.
type keySet struct {
	merchant, platform func() *rsa.PrivateKey
	aes                issuing.Secret // 64 hex digits
}

// NewKeys makes fresh keys.
func NewKeys() (Keys, error) {
	merchant, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Keys{}, err
	}
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Keys{}, err
	}
	aes := make([]byte, 32)
	_, err = rand.Read(aes)
	return Keys{&keySet{platform.Hide(merchant), platform.Hide(own), issuing.NewSecret(hex.EncodeToString(aes))}}, err
}

// takeKeys has the server use keys, fresh ones instead of the zero Keys.
func (s *Server) takeKeys(keys Keys) error {
	var err error
	if keys.set == nil {
		if keys, err = NewKeys(); err != nil {
			return err
		}
	}
	s.merchantKey, s.platformKey = keys.set.merchant, keys.set.platform
	if s.merchant, err = sign.NewPublicKey(&s.merchantKey().PublicKey); err != nil {
		return err
	}
	s.aesText = keys.set.aes
	s.aes, err = sign.ParseAESKey(s.aesText.Reveal())
	return err
}
