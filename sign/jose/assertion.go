package jose

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	gojose "github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"

	"github.com/issuing-sdk/issuing-go/sign"
)

// AssertionType is the client_assertion_type of RFC 7523.
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// maxJWT bounds a JSON web token.
const maxJWT = 16 << 10

// Assertion is the claim set of an OAuth 2.0 client assertion (RFC 7523), the
// private_key_jwt way of saying who asks for a token.
type Assertion struct {
	ClientID  string    // issuer and subject; required
	Audience  string    // the token endpoint, or what its owner asks for; required
	ID        string    // jti, unique per assertion; required
	IssuedAt  time.Time // iat
	ExpiresAt time.Time // exp; required
}

// jwtClaims is the wire form of an assertion and of access tokens.
type jwtClaims struct {
	Issuer    string      `json:"iss,omitempty"`
	Subject   string      `json:"sub,omitempty"`
	Audience  jwtAudience `json:"aud,omitempty"`
	ID        string      `json:"jti,omitempty"`
	IssuedAt  int64       `json:"iat,omitempty"`
	NotBefore int64       `json:"nbf,omitempty"`
	ExpiresAt int64       `json:"exp,omitempty"`
}

// jwtAudience is one value or a list of them on the wire.
type jwtAudience []string

// MarshalJSON writes a single value as a string.
func (a jwtAudience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// UnmarshalJSON reads a string or a list of strings.
func (a *jwtAudience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = jwtAudience{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return errors.New("aud is neither a string nor a list of strings")
	}
	*a = many
	return nil
}

// SignAssertion returns the assertion as a compact JWT with alg ES256 and typ
// JWT; keyID becomes kid unless it is empty.
func SignAssertion(key sign.ES256Key, keyID string, a Assertion) (string, error) {
	if a.ClientID == "" || a.Audience == "" || a.ID == "" || a.ExpiresAt.IsZero() {
		return "", errors.New("sign: the assertion lacks client id, audience, id or expiry")
	}
	c := jwtClaims{
		Issuer: a.ClientID, Subject: a.ClientID, Audience: jwtAudience{a.Audience},
		ID: a.ID, ExpiresAt: a.ExpiresAt.Unix(),
	}
	if !a.IssuedAt.IsZero() {
		c.IssuedAt = a.IssuedAt.Unix()
	}
	return signJWT(key, keyID, c)
}

// AccessToken is what an access token says.
type AccessToken struct {
	Issuer    string    // who gives it out, iss
	Subject   string    // whom it is for, sub
	ID        string    // unique to it, jti
	ExpiresAt time.Time // exp
}

// SignAccessToken returns an access token as a compact JWT with alg ES256, for
// token endpoints and their tests; keyID becomes kid unless it is empty.
func SignAccessToken(key sign.ES256Key, keyID string, t AccessToken) (string, error) {
	return signJWT(key, keyID, jwtClaims{Issuer: t.Issuer, Subject: t.Subject, ID: t.ID, ExpiresAt: t.ExpiresAt.Unix()})
}

func signJWT(key sign.ES256Key, keyID string, c jwtClaims) (string, error) {
	if key.IsZero() {
		return "", fmt.Errorf("%w: the EC private key is missing", sign.ErrKey)
	}
	options := (&gojose.SignerOptions{}).WithType("JWT")
	if keyID != "" {
		options = options.WithHeader("kid", keyID)
	}
	signer, err := gojose.NewSigner(gojose.SigningKey{
		Algorithm: gojose.ES256, Key: cryptosigner.Opaque(key.Signer()),
	}, options)
	if err != nil {
		return "", fmt.Errorf("sign: ES256: %w", err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("sign: ES256: %w", err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: ES256: %w", err)
	}
	return signed.CompactSerialize()
}

// VerifyAssertion checks signature, audience and times of a client assertion
// and returns its claims. Whether the id was seen before is the caller's
// memory. Only ES256 is accepted. Every failure is [sign.ErrVerify].
func VerifyAssertion(key sign.ES256PublicKey, token, audience string, now time.Time) (Assertion, error) {
	c, err := verifyJWT(key, token, now)
	if err != nil {
		return Assertion{}, err
	}
	if c.Issuer == "" || c.Issuer != c.Subject || c.ID == "" || c.ExpiresAt == 0 {
		return Assertion{}, sign.ErrVerify
	}
	for _, a := range c.Audience {
		if a == audience {
			out := Assertion{ClientID: c.Issuer, Audience: a, ID: c.ID, ExpiresAt: time.Unix(c.ExpiresAt, 0)}
			if c.IssuedAt != 0 {
				out.IssuedAt = time.Unix(c.IssuedAt, 0)
			}
			return out, nil
		}
	}
	return Assertion{}, sign.ErrVerify
}

// VerifyAccessToken checks signature and times of an access token that its
// server signed with ES256. Every failure is [sign.ErrVerify].
func VerifyAccessToken(key sign.ES256PublicKey, token string, now time.Time) error {
	_, err := verifyJWT(key, token, now)
	return err
}

// maxClockAhead is how far in the future iat and nbf may lie.
const maxClockAhead = time.Minute

// verifyES256 returns what a compact JWS carries.
func verifyES256(key sign.ES256PublicKey, token string) ([]byte, error) {
	if key.IsZero() {
		return nil, fmt.Errorf("%w: the EC public key is missing", sign.ErrKey)
	}
	if token == "" || len(token) > maxJWT {
		return nil, sign.ErrVerify
	}
	parsed, err := gojose.ParseSignedCompact(token, []gojose.SignatureAlgorithm{gojose.ES256})
	if err != nil {
		return nil, sign.ErrVerify
	}
	payload, err := parsed.Verify(key.ECDSA())
	if err != nil {
		return nil, sign.ErrVerify
	}
	return payload, nil
}

func verifyJWT(key sign.ES256PublicKey, token string, now time.Time) (jwtClaims, error) {
	payload, err := verifyES256(key, token)
	if err != nil {
		return jwtClaims{}, err
	}
	var c jwtClaims
	if json.Unmarshal(payload, &c) != nil {
		return jwtClaims{}, sign.ErrVerify
	}
	ahead := now.Add(maxClockAhead).Unix()
	if (c.ExpiresAt != 0 && c.ExpiresAt <= now.Unix()) || c.NotBefore > ahead || c.IssuedAt > ahead {
		return jwtClaims{}, sign.ErrVerify
	}
	return c, nil
}
