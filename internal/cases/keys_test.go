package cases

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
)

func pemText(typ string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
}

// keyKinds are the six kinds of keys that texts hold: each with its text, its bare
// bytes and its parser, which returns the fingerprint.
func keyKinds(t *testing.T) []keyKind {
	t.Helper()
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	pgp := must(authdecision.GenerateKey("M", "m@example.com"))
	pgpText := must(pgp.Armored()).Reveal()
	pgpPublic := must(pgp.Public().Armored())
	block := func(typ string, der []byte) (string, []byte) { return pemText(typ, der), der }
	armor := func(text string) (string, []byte) { return text, packets(text) }
	kind := func(name string, print string, read func(string) (string, error)) func(string, []byte) keyKind {
		return func(text string, bare []byte) keyKind { return keyKind{name, text, print, bare, read} }
	}
	rsaPrint, ecPrint := private().Public().Fingerprint(), must(sign.NewES256Key(ec)).Public().Fingerprint()
	return []keyKind{
		kind("RSA private key", rsaPrint, func(s string) (string, error) {
			k, err := sign.ParsePrivateKey(s)
			return k.Public().Fingerprint(), err
		})(block("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey())))),
		kind("RSA public key", rsaPrint, func(s string) (string, error) {
			k, err := sign.ParsePublicKey(s)
			return k.Fingerprint(), err
		})(block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey)))),
		kind("ES256 private key", ecPrint, func(s string) (string, error) {
			k, err := sign.ParseES256Key(s)
			return k.Public().Fingerprint(), err
		})(block("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec)))),
		kind("ES256 public key", ecPrint, func(s string) (string, error) {
			k, err := sign.ParseES256PublicKey(s)
			return k.Fingerprint(), err
		})(block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&ec.PublicKey)))),
		kind("PGP private key", pgp.Public().Fingerprint(), func(s string) (string, error) {
			k, err := authdecision.ParsePrivateKey(issuing.NewSecret(s), issuing.Secret{})
			return k.Public().Fingerprint(), err
		})(armor(pgpText)),
		kind("PGP public key", pgp.Public().Fingerprint(), func(s string) (string, error) {
			k, err := authdecision.ParsePublicKey(s)
			return k.Fingerprint(), err
		})(armor(pgpPublic)),
	}
}

type keyKind struct {
	name, text, print string
	bare              []byte
	read              func(string) (string, error)
}

// packets returns what an armored text holds.
func packets(text string) []byte {
	_, body, _ := strings.Cut(text, "\n\n")
	body, _, _ = strings.Cut(body, "\n=")
	return must(base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\n", "")))
}

// lines puts a text on lines of 64 characters.
func lines(text, newline string) (out string) {
	for len(text) > 64 {
		out, text = out+text[:64]+newline, text[64:]
	}
	return out + text + newline
}

// Keys as environments, secrets of a build, editors and YAML hand them over: all kinds
// are read in all spellings.
func TestKeySpellings(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) func(keyKind) string {
		return func(k keyKind) string { return strings.ReplaceAll(k.text, old, with) }
	}
	std := base64.StdEncoding
	kinds := keyKinds(t)
	for _, form := range []struct {
		name  string
		write func(keyKind) string
	}{
		{"as it is", func(k keyKind) string { return k.text }},
		{`literal \n`, replace("\n", `\n`)},
		{`literal \r\n`, replace("\n", `\r\n`)},
		{`literal \\n, quotes, slashes of JSON`, func(k keyKind) string {
			return `"` + strings.NewReplacer("\n", `\\n`, "/", `\/`).Replace(k.text) + `"`
		}},
		{"in double quotes", func(k keyKind) string { return `"` + k.text + `"` }},
		{"in single quotes", func(k keyKind) string { return "'" + k.text + "'\n" }},
		{"on one line", replace("\n", " ")},
		{"on one line without blanks", replace("\n", "")},
		{"indented", func(k keyKind) string {
			return "  " + strings.ReplaceAll(strings.TrimSpace(k.text), "\n", "\n  ")
		}},
		{"after a byte order mark", func(k keyKind) string { return "\ufeff" + k.text }},
		{"CRLF", replace("\n", "\r\n")},
		{"CR", replace("\n", "\r")},
		{"Base64 of the text", func(k keyKind) string { return std.EncodeToString([]byte(k.text)) }},
		{"Base64 of the text, on lines", func(k keyKind) string { return lines(std.EncodeToString([]byte(k.text)), "\r\n") }},
		{"bare Base64", func(k keyKind) string { return std.EncodeToString(k.bare) }},
		{"bare Base64, on lines, in quotes", func(k keyKind) string { return `"` + lines(std.EncodeToString(k.bare), "\n") + `"` }},
		{"bare Base64, URL alphabet, no padding", func(k keyKind) string { return base64.RawURLEncoding.EncodeToString(k.bare) }},
		{"hexadecimal", func(k keyKind) string { return hex.EncodeToString(k.bare) }},
		{"bytes", func(k keyKind) string { return string(k.bare) }},
		{"in a .env file", func(k keyKind) string { return "# keys\nexport KEY=\"" + k.text + "\"\nA=b\n" }},
		{"with a header", func(k keyKind) string {
			return strings.Replace(k.text, "-----\n", "-----\nComment: a key\n\n", 1)
		}},
	} {
		for _, k := range kinds {
			hold(t, k.name+", "+form.name, "", func(*testing.T) error {
				print, err := k.read(form.write(k))
				if err != nil {
					return err
				}
				return is("the fingerprint", print, k.print)
			})
		}
	}
}

// A key where another one belongs is refused, in all pairs, and the refusal quotes
// nothing of it.
func TestKeysInPlaceOfOthers(t *testing.T) {
	t.Parallel()
	kinds := keyKinds(t)
	for _, want := range kinds {
		for _, given := range kinds {
			if want.name == given.name {
				continue
			}
			for _, text := range []string{given.text, base64.StdEncoding.EncodeToString(given.bare)} {
				hold(t, given.name+" as "+want.name, "", func(*testing.T) error {
					_, err := want.read(text)
					body := base64.StdEncoding.EncodeToString(given.bare)
					for i := 0; err != nil && i+6 < len(body); i++ {
						if strings.Contains(err.Error(), body[i:i+6]) {
							return errors.New("the error holds a part of the key")
						}
					}
					return refused(err)
				})
			}
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
	for _, tt := range []struct{ name, text string }{
		{"ecparam -genkey -name prime256v1", pemText("EC PARAMETERS", prime256v1) + sec1},
		{"ecparam -genkey -name prime256v1 -noout", sec1},
		{"genpkey -algorithm EC", pemText("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ec)))},
	} {
		hold(t, tt.name, "", func(*testing.T) error {
			_, err := sign.ParseES256Key(tt.text)
			return err
		})
	}
}
