package cases

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
)

func pemText(typ string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
}

// Keys as environments, secrets of a build, editors and YAML hand them over.
func TestKeySpellings(t *testing.T) {
	t.Parallel()
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	pgp := must(authdecision.GenerateKey("M", "m@example.com"))
	kinds := []struct {
		name, text string
		read       func(string) error
	}{
		{"RSA private key", pemText("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey()))), func(s string) error {
			_, err := sign.ParsePrivateKey(s)
			return err
		}},
		{"RSA public key", pemText("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey))), func(s string) error {
			_, err := sign.ParsePublicKey(s)
			return err
		}},
		{"ES256 private key", pemText("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec))), func(s string) error {
			_, err := sign.ParseES256Key(s)
			return err
		}},
		{"ES256 public key", pemText("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&ec.PublicKey))), func(s string) error {
			_, err := sign.ParseES256PublicKey(s)
			return err
		}},
		{"PGP private key", must(pgp.Armored()).Reveal(), func(s string) error {
			_, err := authdecision.ParsePrivateKey(issuing.NewSecret(s), issuing.Secret{})
			return err
		}},
		{"PGP public key", must(pgp.Public().Armored()), func(s string) error {
			_, err := authdecision.ParsePublicKey(s)
			return err
		}},
	}
	const waits = "keys are read as environments hand them over"
	for _, form := range []struct {
		name, waits string
		write       func(string) string
	}{
		{"as it is", "", func(s string) string { return s }},
		{`literal \n`, waits, func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }},
		{"in double quotes", waits, func(s string) string { return `"` + s + `"` }},
		{"indented", waits, func(s string) string {
			return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ")
		}},
		{"Base64 of the PEM", waits, func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	} {
		for _, k := range kinds {
			waits := form.waits
			if form.name == "indented" && strings.HasPrefix(k.name, "PGP") {
				waits = "" // blanks before lines of armour are read over
			}
			hold(t, k.name+", "+form.name, waits, func(*testing.T) error { return k.read(form.write(k.text)) })
		}
	}
}

// What openssl writes for a P-256 key. Its "ecparam -genkey" puts a block with the
// name of the curve before the key.
func TestOpenSSLCurveKeys(t *testing.T) {
	t.Parallel()
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	sec1 := pemText("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec)))
	prime256v1 := []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}
	for _, tt := range []struct{ name, waits, text string }{
		{"ecparam -genkey -name prime256v1", "parameters before a key are read over", pemText("EC PARAMETERS", prime256v1) + sec1},
		{"ecparam -genkey -name prime256v1 -noout", "", sec1},
		{"genpkey -algorithm EC", "", pemText("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ec)))},
	} {
		hold(t, tt.name, tt.waits, func(*testing.T) error {
			_, err := sign.ParseES256Key(tt.text)
			return err
		})
	}
}
