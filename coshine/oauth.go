package coshine

import (
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Defaults of [OAuth].
const (
	// defaultTokenLife is the documented life of an access token, used when an
	// answer does not state one.
	defaultTokenLife = 60 * time.Minute
	// DefaultRenewBefore is how long before its end a token is replaced.
	DefaultRenewBefore = 5 * time.Minute
	// DefaultAssertionLife is the life of a client assertion.
	DefaultAssertionLife = 5 * time.Minute
	// DefaultBodyContentType is the content type of an encrypted body. Coshine
	// does not publish it; this is the registered type of compact JWE.
	DefaultBodyContentType = "application/jose"
)

// OAuth configures the second way to authenticate: OAuth 2.0 client credentials
// with private_key_jwt and ES256, and bodies encrypted with RSA-OAEP-256 and
// A128GCM. TokenURL, ClientID and the four keys' halves are exchanged with
// Coshine; what Coshine has not published is a setting with the default of the
// public standards.
//
// A token is fetched once for all callers that wait for it, in a goroutine of its
// own; hooks see it as the operation OAuth.Token.
type OAuth struct {
	// TokenURL is the token endpoint: https, or http on loopback. Required.
	TokenURL string
	// ClientID is the client's id, issuer and subject of assertions. Required.
	ClientID string
	// Key signs client assertions. Required.
	Key sign.ES256Key
	// KeyID is the kid of assertions; empty sends none.
	KeyID string
	// Audience of assertions; empty is TokenURL.
	Audience string
	// Scope to ask for; empty asks for none.
	Scope string
	// PlatformKey is EastPay's RSA key, which encrypts requests. Required.
	PlatformKey sign.PublicKey
	// PlatformKeyID is the kid of encrypted requests; empty sends none.
	PlatformKeyID string
	// DecryptionKey is the own RSA key, with which answers are decrypted.
	// Required; it must be able to decrypt, see [sign.PrivateKey.CanDecrypt].
	DecryptionKey sign.PrivateKey
	// TokenKey is EastPay's EC key, with which access tokens are verified. It
	// is optional: without it tokens are taken as opaque.
	TokenKey sign.ES256PublicKey
	// Serialization of encrypted bodies; zero is compact.
	Serialization jose.JWESerialization
	// ContentType of encrypted bodies; empty is DefaultBodyContentType.
	ContentType string
	// AssertionLife is how long an assertion is valid; 0 is
	// DefaultAssertionLife.
	AssertionLife time.Duration
	// RenewBefore is how long before its end a token is replaced; 0 is
	// DefaultRenewBefore. It is at most half of a token's life.
	RenewBefore time.Duration
}

// OAuthTexts is an [OAuth] as texts: keys in the forms of [sign.ParsePrivateKey] and
// its siblings. What else an OAuth has is set on the result.
type OAuthTexts struct {
	TokenURL      string         // as OAuth.TokenURL
	ClientID      string         // as OAuth.ClientID
	Key           issuing.Secret // the EC private key that signs assertions
	KeyID         string         // as OAuth.KeyID; optional
	PlatformKey   string         // EastPay's RSA public key
	PlatformKeyID string         // as OAuth.PlatformKeyID; optional
	DecryptionKey issuing.Secret // the own RSA private key
	TokenKey      string         // EastPay's EC public key; optional
}

func (t *OAuthTexts) read(p *check.Problems) *OAuth {
	if t == nil {
		return nil
	}
	return &OAuth{
		TokenURL: check.Trim(t.TokenURL), ClientID: check.Trim(t.ClientID),
		KeyID: check.Trim(t.KeyID), PlatformKeyID: check.Trim(t.PlatformKeyID),
		Key:           check.Read(p, "OAuth.Key", t.Key.Reveal(), sign.ParseES256Key),
		PlatformKey:   check.Read(p, "OAuth.PlatformKey", t.PlatformKey, sign.ParsePublicKey),
		DecryptionKey: check.Read(p, "OAuth.DecryptionKey", t.DecryptionKey.Reveal(), sign.ParsePrivateKey),
		TokenKey:      check.Read(p, "OAuth.TokenKey", t.TokenKey, sign.ParseES256PublicKey),
	}
}

// maxLife bounds the durations of OAuth.
const maxLife = 24 * time.Hour

func (o *OAuth) validate(p *check.Problems) {
	p.ID("OAuth.ClientID", o.ClientID, 256)
	p.Required("OAuth.Key", !o.Key.IsZero())
	o.bodies().validate(p, "OAuth.")
	p.OptionalID("OAuth.KeyID", o.KeyID, 256)
	p.OptionalID("OAuth.Audience", o.Audience, 1024)
	p.OptionalID("OAuth.Scope", o.Scope, 1024)
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"OAuth.AssertionLife", o.AssertionLife}, {"OAuth.RenewBefore", o.RenewBefore}} {
		if d.value < 0 || d.value > maxLife {
			p.Add(d.field, "must lie between 0 and %v", maxLife)
		}
	}
}

func (o *OAuth) withDefaults() OAuth {
	out := *o
	if out.Audience == "" {
		out.Audience = out.TokenURL
	}
	if out.ContentType == "" {
		out.ContentType = DefaultBodyContentType
	}
	if out.AssertionLife == 0 {
		out.AssertionLife = DefaultAssertionLife
	}
	if out.RenewBefore == 0 {
		out.RenewBefore = DefaultRenewBefore
	}
	return out
}

// bodies returns how bodies are encrypted, nil without OAuth.
func (o *OAuth) bodies() *JWE {
	if o == nil {
		return nil
	}
	return &JWE{
		DecryptionKey: o.DecryptionKey, PlatformKey: o.PlatformKey, PlatformKeyID: o.PlatformKeyID,
		Serialization: o.Serialization, ContentType: o.ContentType,
	}
}

// open decrypts a body. A successful answer in plain text is refused; the
// platform's error answers may come in plain, because an error can precede its
// knowing the caller. Without OAuth bodies are plain.
func (o *OAuth) open(status int, body []byte) ([]byte, error) {
	plain, err := o.bodies().open(body)
	if err != nil && status != http.StatusOK {
		return body, nil
	}
	return plain, err
}
