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
	merchant, platform *rsa.PrivateKey
	aes                issuing.Secret // hex of 32 bytes
}

// NewKeys makes fresh keys.
func NewKeys() (Keys, error) {
	set := &keySet{}
	var err error
	if set.merchant, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return Keys{}, err
	}
	if set.platform, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return Keys{}, err
	}
	var key [32]byte
	_, _ = rand.Read(key[:])
	set.aes = issuing.NewSecret(hex.EncodeToString(key[:]))
	return Keys{set}, nil
}

// Texts returns the keys as texts, for a store that only their owner reads: merchant
// and platform as PKCS #8 PEM, aes as 64 hexadecimal digits.
func (k Keys) Texts() map[string]issuing.Secret {
	if k.set == nil {
		return nil
	}
	return map[string]issuing.Secret{
		"merchant": platform.KeyText(k.set.merchant), "platform": platform.KeyText(k.set.platform), "aes": k.set.aes,
	}
}

// ParseKeys reads what [Keys.Texts] returned.
func ParseKeys(texts map[string]issuing.Secret) (Keys, error) {
	set := &keySet{aes: texts["aes"]}
	var errs [3]error
	set.merchant, errs[0] = platform.ParseKeyText(texts["merchant"])
	set.platform, errs[1] = platform.ParseKeyText(texts["platform"])
	_, errs[2] = sign.ParseAESKey(set.aes.Reveal())
	if err := errors.Join(errs[:]...); err != nil {
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
	if s.merchant, err = sign.NewPublicKey(&s.merchantKey.PublicKey); err != nil {
		return err
	}
	s.aesText = keys.set.aes
	s.aes, err = sign.ParseAESKey(s.aesText.Reveal())
	return err
}
