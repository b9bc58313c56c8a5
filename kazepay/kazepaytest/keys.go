package kazepaytest

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log/slog"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Keys are the RSA-2048 pairs of a merchant and a platform. Make them once with
// [NewKeys] to start many servers quickly. They print as "[redacted]".
type Keys struct{ p *keyPairs }

type keyPairs struct{ merchant, platform func() *rsa.PrivateKey }

// NewKeys makes fresh keys.
func NewKeys() (Keys, error) {
	merchant, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Keys{}, err
	}
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	return Keys{&keyPairs{platform.Hide(merchant), platform.Hide(own)}}, err
}

// Texts returns the keys as PKCS #8 PEM, for a store that only their owner reads:
// merchant and platform.
func (k Keys) Texts() map[string]issuing.Secret {
	if k.p == nil {
		return nil
	}
	return map[string]issuing.Secret{"merchant": platform.KeyText(k.p.merchant()), "platform": platform.KeyText(k.p.platform())}
}

// ParseKeys reads what [Keys.Texts] returned.
func ParseKeys(texts map[string]issuing.Secret) (Keys, error) {
	merchant, err := platform.ParseKeyText(texts["merchant"])
	own, err2 := platform.ParseKeyText(texts["platform"])
	if err := errors.Join(err, err2); err != nil {
		return Keys{}, fmt.Errorf("kazepaytest: the keys: %w", err)
	}
	return Keys{&keyPairs{platform.Hide(merchant), platform.Hide(own)}}, nil
}

// Format implements [fmt.Formatter] for every verb.
func (Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue implements [slog.LogValuer].
func (Keys) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalText returns "[redacted]".
func (Keys) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// takeKeys gives the server the configured keys, or fresh ones.
func (s *Server) takeKeys() error {
	var err error
	if s.cfg.Keys.p == nil {
		if s.cfg.Keys, err = NewKeys(); err != nil {
			return err
		}
	}
	if s.own, err = sign.NewPrivateKey(s.cfg.Keys.p.platform()); err != nil {
		return err
	}
	s.merchant, err = sign.NewPrivateKey(s.cfg.Keys.p.merchant())
	return err
}
