package bench

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// BenchmarkJWS is UnionPay's detached signature, of which go-jose makes and checks the
// general form: without the members of the header that UnionPay asks for.
func BenchmarkJWS(b *testing.B) {
	raw, key := rsaPair(b)
	now := time.Unix(1562232686, 0)
	header := sign.UPIHeader{
		KeyID: "20190411000000", UUID: "5ba10d46d5d148dfbcc2119c08e01015", Time: now, AppID: "00520446", Path: "/cams",
	}
	verifier := sign.UPIVerifier{
		Keys: map[string]sign.PublicKey{header.KeyID: key.Public()}, AppIDs: []string{header.AppID},
	}
	text := must[string](b)(sign.SignUPI(key, header, payload))
	signer := must[gojose.Signer](b)(gojose.NewSigner(gojose.SigningKey{Algorithm: gojose.RS256, Key: raw}, nil))
	signed := must[*gojose.JSONWebSignature](b)(signer.Sign(payload))
	detached := must[string](b)(signed.DetachedCompactSerialize())
	digest := sha256.Sum256(payload)
	signature := must[[]byte](b)(rsa.SignPKCS1v15(nil, raw, crypto.SHA256, digest[:]))

	b.Run("sign", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := sign.SignUPI(key, header, payload)
			return err
		}}, side{"bare", func() error {
			_, err := rsa.SignPKCS1v15(nil, raw, crypto.SHA256, digest[:])
			return err
		}}, side{"go-jose", func() error {
			signed, err := signer.Sign(payload)
			if err == nil {
				_, err = signed.DetachedCompactSerialize()
			}
			return err
		}})
	})
	b.Run("verify", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := verifier.Verify(text, payload, sign.UPIExpect{Now: now, Request: true, Path: "/cams"})
			return err
		}}, side{"bare", func() error {
			return rsa.VerifyPKCS1v15(&raw.PublicKey, crypto.SHA256, digest[:], signature)
		}}, side{"go-jose", func() error {
			parsed, err := gojose.ParseDetached(detached, payload, []gojose.SignatureAlgorithm{gojose.RS256})
			if err == nil {
				_, err = parsed.Verify(&raw.PublicKey)
			}
			return err
		}})
	})
}

// BenchmarkJWE is Coshine's encrypted body, RSA-OAEP-256 with A128GCM.
func BenchmarkJWE(b *testing.B) {
	raw, key := rsaPair(b)
	text := must[string](b)(jose.SealJWE(key.Public(), "", jose.JWESerializationCompact, payload))
	wrapped := must[[]byte](b)(rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, make([]byte, 16), nil))
	parsed := must[*gojose.JSONWebEncryption](b)(gojose.ParseEncryptedCompact(text,
		[]gojose.KeyAlgorithm{gojose.RSA_OAEP_256}, []gojose.ContentEncryption{gojose.A128GCM, gojose.A256GCM}))
	content := gojose.ContentEncryption(parsed.Header.ExtraHeaders["enc"].(string))

	b.Run("seal", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := jose.SealJWE(key.Public(), "", jose.JWESerializationCompact, payload)
			return err
		}}, side{"bare", func() error {
			_, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, make([]byte, 16), nil)
			return err
		}}, side{"go-jose", func() error {
			e, err := gojose.NewEncrypter(content, gojose.Recipient{Algorithm: gojose.RSA_OAEP_256, Key: &raw.PublicKey}, nil)
			if err != nil {
				return err
			}
			sealed, err := e.Encrypt(payload)
			if err == nil {
				_, err = sealed.CompactSerialize()
			}
			return err
		}})
	})
	b.Run("open", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := jose.OpenJWE(key, jose.JWESerializationCompact, text)
			return err
		}}, side{"bare", func() error {
			_, err := rsa.DecryptOAEP(sha256.New(), nil, raw, wrapped, nil)
			return err
		}}, side{"go-jose", func() error {
			parsed, err := gojose.ParseEncryptedCompact(text,
				[]gojose.KeyAlgorithm{gojose.RSA_OAEP_256}, []gojose.ContentEncryption{content})
			if err == nil {
				_, err = parsed.Decrypt(raw)
			}
			return err
		}})
	})
}

// BenchmarkJWT is Coshine's client assertion, ES256.
func BenchmarkJWT(b *testing.B) {
	raw := must[*ecdsa.PrivateKey](b)(ecdsaKey())
	key := must[sign.ES256Key](b)(sign.NewES256Key(raw))
	now := time.Unix(1776666652, 0)
	assertion := jose.Assertion{
		ClientID: "client", Audience: "https://issuer.example/token", ID: "1", IssuedAt: now, ExpiresAt: now.Add(time.Minute),
	}
	token := must[string](b)(jose.SignAssertion(key, "", assertion))
	claims := jwt.RegisteredClaims{
		Issuer: "client", Subject: "client", Audience: jwt.ClaimStrings{assertion.Audience}, ID: "1",
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(assertion.ExpiresAt),
	}
	digest := sha256.Sum256(payload)
	signature := must[[]byte](b)(ecdsa.SignASN1(rand.Reader, raw, digest[:]))

	b.Run("sign", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := jose.SignAssertion(key, "", assertion)
			return err
		}}, side{"bare", func() error {
			_, err := ecdsa.SignASN1(rand.Reader, raw, digest[:])
			return err
		}}, side{"golang-jwt", func() error {
			_, err := jwt.NewWithClaims(jwt.SigningMethodES256, claims).SignedString(raw)
			return err
		}})
	})
	b.Run("verify", func(b *testing.B) {
		measure(b, side{"ours", func() error {
			_, err := jose.VerifyAssertion(key.Public(), token, assertion.Audience, now)
			return err
		}}, side{"bare", func() error {
			if !ecdsa.VerifyASN1(&raw.PublicKey, digest[:], signature) {
				return errMismatch
			}
			return nil
		}}, side{"golang-jwt", func() error {
			_, err := jwt.ParseWithClaims(token, &jwt.RegisteredClaims{},
				func(*jwt.Token) (any, error) { return &raw.PublicKey, nil }, jwt.WithValidMethods([]string{"ES256"}),
				jwt.WithAudience(assertion.Audience), jwt.WithTimeFunc(func() time.Time { return now }))
			return err
		}})
	})
}
