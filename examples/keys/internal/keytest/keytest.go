// Package keytest tries what the six providers ask of a key, and holds docs/keys.md
// against what comes of it; for tests.
package keytest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// RSA and EC are the keys of the services in these tests.
var (
	RSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	EC  = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
)

// page is the table of what each service can, from the folder of a package here.
const page = "../../../docs/keys.md"

// uses are the rows of the table: what a provider asks of a key.
var uses = []struct {
	name string
	try  func(crypto.Signer) error
}{
	{"WorldCard: requests", pss},
	{"KazePay, inferred profile", kazepay(sign.Profile{})},
	{"KazePay, SHA-256 and PKCS #1 v1.5", kazepay(sign.Profile{Hash: sign.SignatureHashSHA256})},
	{"KazePay, SHA-256 and OAEP", kazepay(sign.Profile{
		Hash: sign.SignatureHashSHA256, Wrap: sign.KeyWrapOAEPSHA256,
	})},
	{"UnionPay: requests and answers", rs256},
	{"UnionPay, profile U: requests", umps},
	{"UnionPay: fields, RSA1_5", fields(jose.UPIJWE{})},
	{"UnionPay: fields, RSA-OAEP-256", fields(jose.UPIJWE{Alg: jose.UPIKeyAlgorithmRSAOAEP256})},
	{"Coshine: bodies", bodies},
	{"Coshine: assertions", assertions},
}

// Check tries every use with every key of a service, and compares its column in the
// table: yes where one of the keys serves. What depends on the service's edition is a no of
// the one that is tried here.
func Check(t *testing.T, column string, keys ...crypto.Signer) {
	t.Helper()
	want := columnOf(t, column)
	for _, use := range uses {
		var errs []error
		serves := false
		for _, key := range keys {
			err := use.try(key)
			serves = serves || err == nil
			errs = append(errs, err)
		}
		got := "no"
		if want[use.name] == "depends" {
			got = "depends"
		}
		if serves {
			got = "yes"
		}
		if want[use.name] != got {
			t.Errorf("%s: %q says %s, and it is %s: %v", column, use.name, want[use.name], got, errors.Join(errs...))
		}
	}
}

// columnOf reads a column of the page's table, by the names of its rows.
func columnOf(t *testing.T, column string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	at := -1
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if cells[i] == column {
				at = i
			}
		}
		if at > 0 && len(cells) > at {
			out[cells[1]] = cells[at]
		}
	}
	if len(out) < len(uses) {
		t.Fatalf("%s has no column %q", page, column)
	}
	return out
}

func pss(key crypto.Signer) error {
	own, err := sign.NewPrivateKey(key)
	if err != nil {
		return err
	}
	signature, err := sign.SignPSS(own, []byte("{}"), "1", "n")
	if err != nil {
		return err
	}
	return sign.VerifyPSS(own.Public(), signature, []byte("{}"), "1", "n")
}

// kazepay has a message made and opened again by one key, which is what KazePay asks.
func kazepay(p sign.Profile) func(crypto.Signer) error {
	return func(key crypto.Signer) error {
		own, err := sign.NewPrivateKey(key)
		if err != nil {
			return err
		}
		envelope, err := p.Seal(own, own.Public(), []byte("{}"), []byte(`{"a":1}`))
		if err != nil {
			return err
		}
		_, err = p.Open(own, own.Public(), envelope)
		return err
	}
}

func rs256(key crypto.Signer) error {
	public, ok := key.Public().(*rsa.PublicKey)
	if !ok {
		return errors.New("no RSA key")
	}
	digest := sha256.Sum256([]byte("a"))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return err
	}
	return rsa.VerifyPKCS1v15(public, crypto.SHA256, digest[:], signature)
}

func umps(key crypto.Signer) error {
	own, err := sign.NewPrivateKey(key)
	if err != nil {
		return err
	}
	message := []byte(`{"certificateSignature":{"appSignCertID":"1","signature":"00000000"}}`)
	signed, err := sign.UMPS{}.Sign(own, message)
	if err != nil {
		return err
	}
	_, err = sign.UMPS{}.Verify(map[string]sign.PublicKey{"1": own.Public()}, "appSignCertID", signed)
	return err
}

func fields(j jose.UPIJWE) func(crypto.Signer) error {
	return func(key crypto.Signer) error {
		own, err := sign.NewPrivateKey(key)
		if err != nil {
			return err
		}
		text, err := j.Encrypt(own.Public(), "1", []byte("a"))
		if err != nil {
			return err
		}
		_, err = j.Decrypt(map[string]sign.PrivateKey{"1": own}, text)
		return err
	}
}

func bodies(key crypto.Signer) error {
	own, err := sign.NewPrivateKey(key)
	if err != nil {
		return err
	}
	text, err := jose.SealJWE(own.Public(), "", jose.JWESerializationCompact, []byte("{}"))
	if err != nil {
		return err
	}
	plain, err := jose.OpenJWE(own, jose.JWESerializationCompact, text)
	if err == nil && !bytes.Equal(plain, []byte("{}")) {
		err = errors.New("another text")
	}
	return err
}

func assertions(key crypto.Signer) error {
	own, err := sign.NewES256Key(key)
	if err != nil {
		return err
	}
	now := time.Now()
	text, err := jose.SignAssertion(own, "", jose.Assertion{
		ClientID: "c", Audience: "a", ID: "1", IssuedAt: now, ExpiresAt: now.Add(time.Minute),
	})
	if err != nil {
		return err
	}
	_, err = jose.VerifyAssertion(own.Public(), text, "a", now)
	return err
}
