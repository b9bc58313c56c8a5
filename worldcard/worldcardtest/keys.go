package worldcardtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"

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

// Texts returns the keys as texts, for a store that only their owner reads: merchant
// and platform as PKCS #8 PEM, aes as 64 hexadecimal digits.
func (k Keys) Texts() map[string]issuing.Secret {
	if k.set == nil {
		return nil
	}
	return map[string]issuing.Secret{
		"merchant": platform.KeyText(k.set.merchant()), "platform": platform.KeyText(k.set.platform()), "aes": k.set.aes,
	}
}

// ParseKeys reads what [Keys.Texts] returned.
func ParseKeys(texts map[string]issuing.Secret) (Keys, error) {
	set := &keySet{aes: texts["aes"]}
	merchant, err0 := platform.ParseKeyText(texts["merchant"])
	own, err1 := platform.ParseKeyText(texts["platform"])
	set.merchant, set.platform = platform.Hide(merchant), platform.Hide(own)
	_, err2 := sign.ParseAESKey(set.aes.Reveal())
	if err := errors.Join(err0, err1, err2); err != nil {
		return Keys{}, fmt.Errorf("worldcardtest: the keys: %w", err)
	}
	return Keys{set}, nil
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
