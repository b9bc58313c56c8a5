package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// joseBody encrypts to one key and decrypts with another, as a merchant who takes go-jose
// does.
type joseBody struct {
	encrypter gojose.Encrypter
	own       *rsa.PrivateKey
}

func newJOSEBody(b *testing.B, own *rsa.PrivateKey, to *rsa.PublicKey) joseBody {
	b.Helper()
	return joseBody{must[gojose.Encrypter](b)(gojose.NewEncrypter(gojose.A128GCM,
		gojose.Recipient{Algorithm: gojose.RSA_OAEP_256, Key: to}, nil)), own}
}

func (j joseBody) seal(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	sealed, err := j.encrypter.Encrypt(text)
	if err != nil {
		return nil, err
	}
	compact, err := sealed.CompactSerialize()
	return []byte(compact), err
}

func (j joseBody) open(body []byte, into any) error {
	parsed, err := gojose.ParseEncryptedCompact(string(body),
		[]gojose.KeyAlgorithm{gojose.RSA_OAEP_256}, []gojose.ContentEncryption{gojose.A128GCM})
	if err != nil {
		return err
	}
	text, err := parsed.Decrypt(j.own)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// oaepBare are the RSA operations that nobody can do without: a key wrapped and another
// unwrapped.
func oaepBare(b *testing.B) func() error {
	b.Helper()
	raw, _ := rsaPair(b)
	key := make([]byte, 16)
	wrapped := must[[]byte](b)(rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, key, nil))
	return func() error {
		if _, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &raw.PublicKey, key, nil); err != nil {
			return err
		}
		_, err := rsa.DecryptOAEP(sha256.New(), nil, raw, wrapped, nil)
		return err
	}
}

// authorized answers the token endpoint, and everything else with a sealed body.
type authorized struct{ token, other instant }

// RoundTrip implements http.RoundTripper.
func (a authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/token") {
		return a.token.RoundTrip(r)
	}
	return a.other.RoundTrip(r)
}

// BenchmarkCoshineCall reads a card with an access token that is at hand, and with both
// bodies encrypted.
func BenchmarkCoshineCall(b *testing.B) {
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	head := map[string]string{
		"participantId": "P1", "tranBranch": "B1", "tranChnl": "07", "tranDate": "20260420", "tranTime": "143052",
		"tranId": "TXN1", "responseCode": "00", "responseDesc": "Success", "cardToken": "9000000000000000001",
		"cardStatus": "U", "expiryDate": "2904",
	}
	hc := &http.Client{Transport: authorized{
		instant(`{"access_token":"at-1","token_type":"bearer","expires_in":3600}`),
		instant(must[[]byte](b)(newJOSEBody(b, platform, &raw.PublicKey).seal(head))),
	}}
	client := must[*coshine.Client](b)(coshine.New(coshine.Config{
		BaseURL: "https://api.example.com", ParticipantID: "P1", TranBranch: "B1", OAuth: &coshine.OAuth{
			TokenURL: "https://issuer.example/token", ClientID: "client", DecryptionKey: key, PlatformKey: theirs.Public(),
			Key: must[sign.ES256Key](b)(sign.NewES256Key(must[*ecdsa.PrivateKey](b)(ecdsaKey()))),
		},
	}, issuing.WithHTTPClient(hc)))
	bodies := newJOSEBody(b, raw, &platform.PublicKey)
	measure(b, side{"ours", func() error {
		_, err := client.Cards.Card(context.Background(), coshine.CardRequest{CardToken: "9000000000000000001"},
			coshine.WithHeader(coshine.Header{TranID: "TXN1"}))
		return err
	}}, side{"bare", oaepBare(b)}, side{"go-jose", func() error {
		now := time.Now()
		body, err := bodies.seal(map[string]string{
			"participantId": "P1", "tranBranch": "B1", "tranChnl": "07", "tranDate": now.Format("20060102"),
			"tranTime": now.Format("150405"), "tranId": "TXN1", "cardToken": "9000000000000000001",
		})
		if err != nil {
			return err
		}
		_, answer, err := send(hc, "https://api.example.com/cardmgr/inquiryCardInfoByToken", http.Header{
			"Content-Type": {"application/jose"}, "Authorization": {"Bearer at-1"},
			"Timestamp": {strconv.FormatInt(now.Unix(), 10)},
		}, body)
		if err != nil {
			return err
		}
		var out map[string]string
		if err := bodies.open(answer, &out); err != nil || out["responseCode"] != "00" || out["tranId"] != "TXN1" {
			return errMismatch
		}
		return nil
	}})
}

// BenchmarkCoshineCallback is an authorization from its bytes to the answer's, with both
// bodies encrypted.
func BenchmarkCoshineCallback(b *testing.B) {
	const token = "what EastPay presents"
	raw, key := rsaPair(b)
	platform, theirs := platformPair(b)
	r, err := coshinetest.NewCallback(coshinetest.CallbackConfig{Token: issuing.NewSecret(token), IssuerKey: key.Public()},
		&coshine.AuthorizationRequest{})
	header, body := received(b, r, err)
	source := must[*webhook.Source](b)(coshine.NewCallbacks(coshine.CallbackConfig{
		Tokens: []issuing.Secret{issuing.NewSecret(token)},
		JWE:    &coshine.JWE{DecryptionKey: key, PlatformKey: theirs.Public()},
	})).ForType(string(coshine.APIAuthorization))
	handler := webhook.NewHandler(source, coshine.Functions{
		Authorization: func(context.Context, *coshine.AuthorizationRequest) (coshine.Answer, error) {
			return coshine.Approve(), nil
		},
	}.Handle)
	bodies := newJOSEBody(b, raw, &platform.PublicKey)
	measure(b, side{"ours", func() error {
		answer := handler.Handle(context.Background(), &webhook.Request{Header: header, Body: body})
		if answer.Code != "00" {
			return errMismatch
		}
		return nil
	}}, side{"bare", oaepBare(b)}, side{"go-jose", func() error {
		if subtle.ConstantTimeCompare([]byte(header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			return errMismatch
		}
		var in map[string]any
		if err := bodies.open(body, &in); err != nil {
			return err
		}
		in["responseCode"], in["responseDesc"] = "00", "Success"
		_, err := bodies.seal(in)
		return err
	}})
}
