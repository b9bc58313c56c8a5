package sign_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// hiddenKey is a key with everything that must not be seen of it.
type hiddenKey struct {
	name    string
	key     any
	other   any // a second one of its kind
	secrets []string
}

// derivedFrom is the key of fingerprints.
func derivedFrom(key string) string {
	sum := sha256.Sum256([]byte("issuing-go fingerprint " + key))
	return string(sum[:])
}

func hiddenKeys(t *testing.T) []hiddenKey {
	t.Helper()
	text := func(letter string) string { return "0123456789abcdefGHIJKLMNOPQRSTU" + letter }
	must := func(key any, err error) any {
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	asAny := func(key any, err error) (any, error) { return key, err }
	of := func(letter string) (aes, app, mac any) {
		a, err := sign.ParseAESKey(text(letter))
		aes = must(asAny(a, err))
		s, err := sign.NewAppSecret(text(letter))
		app = must(asAny(s, err))
		h, err := sign.NewHMACKey(issuing.NewSecret(text(letter)))
		return aes, app, must(asAny(h, err))
	}
	aes, app, mac := of("V")
	aes2, app2, mac2 := of("W")
	shared := []string{text("V"), derivedFrom(text("V"))}
	ecKey := func() (any, *ecdsa.PrivateKey) {
		raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key, err := sign.NewES256Key(raw)
		return must(asAny(key, err)), raw
	}
	ec, rawEC := ecKey()
	ec2, _ := ecKey()
	scalar, err := rawEC.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	rsa, rawRSA := privateKey(t), rsaKey()
	secretsOfRSA := []string{rawRSA.D.String(), rawRSA.D.Text(16), string(rawRSA.D.Bytes())}
	for _, p := range rawRSA.Primes {
		secretsOfRSA = append(secretsOfRSA, p.String(), p.Text(16), string(p.Bytes()))
	}
	// A big.Int dumps as a list of its words, the lowest first.
	secretsOfRSA = append(secretsOfRSA, strings.Trim(fmt.Sprint(rawRSA.D.Bits()[:4]), "[]"))
	return []hiddenKey{
		{"AESKey", aes, aes2, shared},
		{"AppSecret", app, app2, shared},
		{"HMACKey", mac, mac2, shared},
		{"PrivateKey", rsa, upiPrivate(t), secretsOfRSA},
		{"ES256Key", ec, ec2, []string{string(scalar), new(big.Int).SetBytes(scalar).String()}},
	}
}

// TestKeysAndWhatIsDerivedFromThemPrintNothing: whatever is derived from a key is
// as secret as the key, also for a verb that does not fit, in a struct of the
// user's and behind a pointer.
func TestKeysAndWhatIsDerivedFromThemPrintNothing(t *testing.T) {
	t.Parallel()
	for _, k := range hiddenKeys(t) {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			pointer := reflect.New(reflect.TypeOf(k.key))
			pointer.Elem().Set(reflect.ValueOf(k.key))
			leaktest.Check(t, k.secrets, k.key, struct{ Key, hidden any }{k.key, k.key}, pointer.Interface(),
				&struct{ hidden any }{pointer.Interface()}, map[string]any{"k": pointer.Interface()})
		})
	}
}

// TestKeysCompareWithoutShowing: the difference of two keys shows neither.
func TestKeysCompareWithoutShowing(t *testing.T) {
	t.Parallel()
	everything := cmp.Exporter(func(reflect.Type) bool { return true })
	for _, k := range hiddenKeys(t) {
		diff := cmp.Diff(map[string]any{"key": k.key, "only left": k.key}, map[string]any{"key": k.other}, everything)
		if diff == "" {
			t.Errorf("%s: two keys do not differ", k.name)
		}
		leaktest.Check(t, k.secrets, diff)
	}
}

// TestHiddenSecretsAreFound proves that these tests can fail: what they look for is
// found in a struct that keeps it in the open.
func TestHiddenSecretsAreFound(t *testing.T) {
	t.Parallel()
	sum := [sha256.Size]byte([]byte(derivedFrom("k")))
	open := &struct{ mac [sha256.Size]byte }{sum}
	holder := fmt.Sprintf("%s", struct{ inner any }{open}) //nolint:govet // the verb that does not fit is the point
	if !strings.Contains(holder, strings.Trim(fmt.Sprint(sum), "[]")) {
		t.Fatalf("an array behind a pointer is not printed: %s", holder)
	}
}
