package dump

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/davecgh/go-spew/spew"
	"github.com/google/go-cmp/cmp"
	"github.com/kr/pretty"
	"github.com/stretchr/testify/assert"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/authdecision"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// numbers are the ways in which a big number is written: in decimal, in hex, and
// as the list of its words that a big.Int holds.
func numbers(n *big.Int) []string {
	out := append(bytesOf(n.Bytes()), n.String(), n.Text(16))
	for _, w := range n.Bits()[:2] {
		out = append(out, fmt.Sprint(uint(w)), fmt.Sprintf("%x", uint(w)))
	}
	return out
}

// bytesOf are the ways in which bytes are written; dumpers put line breaks between
// them, which squeezed takes out.
func bytesOf(b []byte) []string {
	var decimal, hexed []string
	for _, c := range b {
		decimal = append(decimal, fmt.Sprint(c))
		hexed = append(hexed, fmt.Sprintf("0x%x", c), fmt.Sprintf("0x%02x", c))
	}
	padded, plain := hexed[:0:0], hexed[:0:0]
	for i := range b {
		plain, padded = append(plain, hexed[2*i]), append(padded, hexed[2*i+1])
	}
	text := hex.EncodeToString(b)
	spaced := strings.TrimSpace(fmt.Sprintf("% x", b))
	return []string{
		string(b), text, strings.ToUpper(text), spaced[:min(len(spaced), 47)], base64.StdEncoding.EncodeToString(b),
		strings.Join(decimal, " "), strings.Join(decimal, ","), strings.Join(plain, ","), strings.Join(padded, ","),
		fmt.Sprintf("%q", b),
	}
}

// squeezed is a dump without the white space, types and numbers of elements between
// the elements of a list.
func squeezed(text string) string {
	for _, between := range []string{"(uint8)", "(uint32)", "(uint)", "(big.Word)", "\n", "\t", " "} {
		text = strings.ReplaceAll(text, between, "")
	}
	return text
}

// row is a value, a second one of its kind, and what must not be seen of the first.
type row struct {
	name       string
	one, other any
	secrets    []string
}

const (
	letters = "0123456789abcdefGHIJKLMNOPQRSTUV"
	others  = "0123456789abcdefGHIJKLMNOPQRSTUW"
)

// derived is the key of fingerprints.
func derived(key string) []byte {
	sum := sha256.Sum256([]byte("issuing-go fingerprint " + key))
	return sum[:]
}

func rsaPair() (sign.PrivateKey, []string) {
	raw := must(rsa.GenerateKey(rand.Reader, 2048))
	secrets := numbers(raw.D)
	for _, prime := range raw.Primes {
		secrets = append(secrets, numbers(prime)...)
	}
	return must(sign.NewPrivateKey(raw)), secrets
}

func ecPair() (sign.ES256Key, []string) {
	raw := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return must(sign.NewES256Key(raw)), numbers(new(big.Int).SetBytes(must(raw.Bytes())))
}

func rows() []row {
	private, secretsOfRSA := rsaPair()
	otherPrivate, _ := rsaPair()
	ec, secretsOfEC := ecPair()
	otherEC, _ := ecPair()
	shared := append(bytesOf([]byte(letters)), bytesOf(derived(letters))...)
	aes, otherAES := must(sign.ParseAESKey(letters)), must(sign.ParseAESKey(others))
	app, otherApp := must(sign.NewAppSecret(letters)), must(sign.NewAppSecret(others))
	hmac := func(text string) sign.HMACKey { return must(sign.NewHMACKey(issuing.NewSecret(text))) }
	worldCard := func(key sign.AESKey) any {
		return must(worldcard.NewCallbacks(worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{private.Public()}, AESKey: key}))
	}
	client := func(own sign.PrivateKey, key sign.AESKey) any {
		return must(worldcard.New(worldcard.Config{BaseURL: "https://example.com", AppID: "a", PrivateKey: own, AESKey: key}))
	}
	legacyOf := func(secret sign.AppSecret) any {
		return must(legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "app", AppSecrets: []sign.AppSecret{secret}}))
	}
	uqpayOf := func(secret string) any {
		return must(uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret(secret)}}))
	}
	coshineOf := func(token string) any {
		return must(coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{issuing.NewSecret(token)}}))
	}
	digest := sha256.Sum256([]byte(letters))
	pgp, otherPGP := must(authdecision.GenerateKey("A", "a@example.com")), must(authdecision.GenerateKey("B", "b@example.com"))
	return []row{
		{"AESKey", aes, otherAES, shared},
		{"AppSecret", app, otherApp, shared},
		{"HMACKey", hmac(letters), hmac(others), shared},
		{"PrivateKey", private, otherPrivate, secretsOfRSA},
		{"ES256Key", ec, otherEC, secretsOfEC},
		{"PrivateKey of PGP", pgp, otherPGP, []string{"Primes", "packet."}},
		{"PublicKey of PGP of a private one", pgp.Public(), otherPGP.Public(), []string{"Primes", "packet."}},
		{"worldcard client", client(private, aes), client(otherPrivate, otherAES), append(secretsOfRSA, shared...)},
		{"worldcard source", worldCard(aes), worldCard(otherAES), shared},
		{"legacy source", legacyOf(app), legacyOf(otherApp), shared},
		{"uqpay source", uqpayOf(letters), uqpayOf(others), shared},
		{"coshine source, digests of tokens", coshineOf(letters), coshineOf(others), bytesOf(digest[:])},
		{"coshine source, tokens", coshineOf(letters), coshineOf(others), bytesOf([]byte(letters))},
		{"Secret", issuing.NewSecret(letters), issuing.NewSecret(others), bytesOf([]byte(letters))},
	}
}

// heard is a testing.TB of testify that keeps what it is told.
type heard struct{ text strings.Builder }

func (h *heard) Errorf(format string, args ...any) { fmt.Fprintf(&h.text, format, args...) }

type (
	field struct {
		Shown any
		inner any
	}
)

// dumps gives one value, and the difference to another, to every dumper.
func dumps(one, other any) map[string]string {
	plain := spew.ConfigState{Indent: " ", DisableMethods: true, DisablePointerMethods: true}
	var testify heard
	assert.Equal(&testify, one, other)
	assert.ElementsMatch(&testify, []any{one}, []any{other})
	assert.Nil(&testify, one)
	everything := cmp.Exporter(func(reflect.Type) bool { return true })
	return map[string]string{
		"spew":                 spew.Sdump(one),
		"spew without methods": plain.Sdump(one),
		"spew's verbs":         spew.Sprintf("%v %+v %#v %#+v", one, one, one, one) + plain.Sprintf("%v %+v %#v %#+v", one, one, one, one),
		"pretty":               pretty.Sprint(one) + fmt.Sprintf("%# v", pretty.Formatter(one)),
		"pretty's difference":  strings.Join(pretty.Diff(one, other), "\n"),
		"testify":              testify.text.String(),
		"go-cmp":               cmp.Diff(one, other, everything),
	}
}

// TestDumpersShowNoKeys: what the dumpers of tests show of a key ends in the logs of
// a build, which more people read than those of production.
func TestDumpersShowNoKeys(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			places := map[string][2]any{
				"by value":   {r.one, r.other},
				"in a field": {field{r.one, r.one}, field{r.other, r.other}},
				"pointer":    {&field{inner: r.one}, &field{inner: r.other}},
				"map":        {map[string]any{"k": r.one}, map[string]any{"k": r.other}},
				"slice":      {[]any{r.one}, []any{r.other}},
			}
			for place, pair := range places {
				for dumper, text := range dumps(pair[0], pair[1]) {
					if text == "" && dumper != "pretty's difference" {
						t.Errorf("%s %s: nothing was dumped", dumper, place)
					}
					if shown := found(text, r.secrets); shown != "" {
						t.Errorf("%s %s shows %.60q", dumper, place, shown)
					}
				}
			}
		})
	}
}

func found(text string, secrets []string) string {
	tight := squeezed(text)
	for _, secret := range secrets {
		if strings.Contains(text, secret) || strings.Contains(tight, squeezed(secret)) {
			return secret
		}
	}
	return ""
}

// TestDumpersShowWhatIsInTheOpen proves that the test above can fail: each dumper
// shows what stands behind a pointer.
func TestDumpersShowWhatIsInTheOpen(t *testing.T) {
	t.Parallel()
	type key struct {
		text *string
		mac  [32]byte
		rsa  *rsa.PrivateKey
	}
	pair := func(text string) *key {
		return &key{&text, [32]byte(derived(text)), must(rsa.GenerateKey(rand.Reader, 2048))}
	}
	one, other := pair(letters), pair(others)
	for dumper, text := range dumps(one, other) {
		for what, secrets := range map[string][]string{
			"text": bytesOf([]byte(letters)), "digest": bytesOf(derived(letters)), "RSA": numbers(one.rsa.D),
		} {
			if found(text, secrets) == "" && !(dumper == "go-cmp" || dumper == "pretty's difference") {
				t.Errorf("%s does not show the %s", dumper, what)
			}
		}
		if (dumper == "go-cmp" || dumper == "pretty's difference") && !strings.Contains(text, letters) {
			t.Errorf("%s does not show the text", dumper)
		}
	}
}
