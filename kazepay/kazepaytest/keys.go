package kazepaytest

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"

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
