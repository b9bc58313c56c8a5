package cases

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/acme"
	"github.com/issuing-sdk/issuing-go/internal/acme/acmetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// spellings are what files, echo, editors and .env files leave around a value.
var spellings = map[string]func(string) string{
	"line break": func(s string) string { return s + "\n" }, "CRLF": func(s string) string { return s + "\r\n" },
	"blank before": func(s string) string { return " " + s }, "blank after": func(s string) string { return s + " " },
	"byte order mark": func(s string) string { return "\ufeff" + s }, "quotes": func(s string) string { return `"` + s + `"` },
	"single quotes": func(s string) string { return "'" + s + "'" },
}

// leaves visits the texts of a configuration: strings and secrets in its fields, lists,
// maps and structs. A visit returns the text that takes a text's place.
func leaves(v reflect.Value, path string, visit func(path, text string) string) {
	switch {
	case v.Type() == reflect.TypeFor[issuing.Secret]():
		if s := v.Interface().(issuing.Secret); !s.IsZero() {
			v.Set(reflect.ValueOf(issuing.NewSecret(visit(path, s.Reveal()))))
		}
	case v.Kind() == reflect.String:
		if v.String() != "" {
			v.SetString(visit(path, v.String()))
		}
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct && !v.IsNil():
		leaves(v.Elem(), path, visit)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				leaves(v.Field(i), path+"."+f.Name, visit)
			}
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		for _, key := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
			newKey, value := reflect.New(key.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
			newKey.SetString(visit(path+"[key]", key.String()))
			value.Set(v.MapIndex(key))
			leaves(value, path+"[value]", visit)
			v.SetMapIndex(key, reflect.Value{})
			v.SetMapIndex(newKey, value)
		}
	}
}

// spelled tries every text of a configuration in every spelling: the constructor
// refuses it, or makes what it makes of the bare one.
func spelled[C any](t *testing.T, name string, cfg func() C, build func(C) (any, error)) {
	t.Helper()
	want, err := build(cfg())
	if err != nil {
		t.Errorf("%s: the configuration is not valid: %v", name, err)
		return
	}
	paths := []string{}
	first := cfg()
	leaves(reflect.ValueOf(&first).Elem(), name, func(path, text string) string {
		paths = append(paths, path)
		return text
	})
	for i, path := range paths {
		for _, spelling := range slices.Sorted(maps.Keys(spellings)) {
			c, n, value := cfg(), 0, ""
			leaves(reflect.ValueOf(&c).Elem(), name, func(_, text string) string {
				if n++; n-1 != i {
					return text
				}
				value = text
				return spellings[spelling](text)
			})
			hold(t, path+", "+spelling, "", func(*testing.T) error {
				got, err := build(c)
				switch {
				case err != nil && len(value) > 5 && !strings.HasSuffix(path, "[key]") && strings.Contains(err.Error(), value): // keys name fields
					return errors.New("the error holds the value")
				case err != nil && !errors.Is(err, issuing.ErrInvalid) && !errors.Is(err, sign.ErrKey) && !strings.Contains(err.Error(), "around it"):
					return fmt.Errorf("an error of another kind: %w", err)
				case err != nil:
					return nil
				case want == nil || !cmp.Equal(got, want, sameKeys):
					return errTaken
				}
				return nil
			})
		}
	}
	if len(paths) == 0 {
		t.Errorf("%s has no texts", name)
	}
}

// sameKeys compares keys by what they do: they hide what they are.
var sameKeys = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b sign.PrivateKey) bool { return a.Public().Fingerprint() == b.Public().Fingerprint() }),
	cmp.Comparer(func(a, b sign.PublicKey) bool { return a.Fingerprint() == b.Fingerprint() }),
	cmp.Comparer(func(a, b sign.ES256Key) bool { return a.Public().Fingerprint() == b.Public().Fingerprint() }),
	cmp.Comparer(func(a, b sign.AESKey) bool { return a.Fingerprint(nil) == b.Fingerprint(nil) }),
	cmp.Comparer(func(a, b sign.AppSecret) bool { return a.Fingerprint(nil) == b.Fingerprint(nil) }),
}

// made hides what a constructor makes: it has to refuse.
func made[C, T any](build func(C) (T, error)) func(C) (any, error) {
	return func(c C) (any, error) {
		_, err := build(c)
		return nil, err
	}
}

// parsed keeps what a reader of texts makes.
func parsed[C, T any](build func(C) (T, error)) func(C) (any, error) {
	return func(c C) (any, error) {
		cfg, err := build(c)
		return cfg, err
	}
}

func TestSettingsOfClients(t *testing.T) {
	t.Parallel()
	secret := issuing.NewSecret
	es := must(sign.NewES256Key(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))))
	spelled(t, "worldcard.New", func() worldcard.Config {
		return worldcard.Config{BaseURL: base + "/a", AppID: "app", PrivateKey: private(), AESKey: aesKey()}
	}, made(func(c worldcard.Config) (*worldcard.Client, error) { return worldcard.New(c) }))
	spelled(t, "legacy.New", func() legacy.Config {
		return legacy.Config{BaseURL: base + "/a", AppKey: "app", AppSecret: app()}
	}, made(func(c legacy.Config) (*legacy.Client, error) { return legacy.New(c) }))
	spelled(t, "kazepay.New", func() kazepay.Config {
		return kazepay.Config{BaseURL: base + "/a", UploadURL: base + "/b", SysID: "s", PrivateKey: merchant(), PlatformKey: private().Public()}
	}, made(func(c kazepay.Config) (*kazepay.Client, error) { return kazepay.New(c) }))
	spelled(t, "uqpay.New", func() uqpay.Config {
		return uqpay.Config{BaseURL: base + "/a", ClientID: "client", APIKey: secret("key-1"), FilesURL: base + "/f", IframeURL: base + "/i", OnBehalfOf: "account"}
	}, made(func(c uqpay.Config) (*uqpay.Client, error) { return uqpay.New(c) }))
	spelled(t, "coshine.New", func() coshine.Config {
		return coshine.Config{BaseURL: base + "/a", ParticipantID: "part", TranBranch: "1", Channel: "08", Token: secret("token-1"),
			RedirectHosts: []string{"b.example:8443"}, Paths: coshine.Paths{coshine.APIBalanceInquiry: "/own/balance"}}
	}, made(func(c coshine.Config) (*coshine.Client, error) { return coshine.New(c) }))
	spelled(t, "coshine.New with OAuth", func() coshine.Config {
		return coshine.Config{BaseURL: base, ParticipantID: "part", TranBranch: "1", OAuth: &coshine.OAuth{
			TokenURL: base + "/t", ClientID: "client", Key: es, KeyID: "kid-1", Audience: "audience", Scope: "scope", PlatformKey: private().Public(),
			PlatformKeyID: "kid-2", DecryptionKey: merchant(), ContentType: "application/jose"}}
	}, made(func(c coshine.Config) (*coshine.Client, error) { return coshine.New(c) }))
	spelled(t, "unionpay.New", func() unionpay.Config {
		return unionpay.Config{BaseURL: base + "/a", AppID: "app", SignKey: merchant(), SignKeyID: "kid-1", UPISignKeys: map[string]sign.PublicKey{"kid-2": private().Public()},
			Paths: map[unionpay.MessageType]string{unionpay.MessageTypeTokenRequest: "/a/b"}, UPIEncKey: private().Public(), UPIEncKeyID: "kid-3",
			DecryptKeys: map[string]sign.PrivateKey{"kid-4": merchant()}, EncryptFields: []string{"pan"}, FieldNames: map[string]string{"radius": "range"},
			IdentityField: "insID", IdentityValue: "own", SendEncCertID: true, EncCertID: "kid-5", AnswerAppIDs: []string{"upi"}}
	}, made(func(c unionpay.Config) (*unionpay.Client, error) { return unionpay.New(c) }))
	spelled(t, "unionpay.NewLinks", func() unionpay.LinkConfig {
		return unionpay.LinkConfig{TRID: "trid1", Callbacks: map[string][]string{"issuer1": {"wallet://callback/path"}}}
	}, made(unionpay.NewLinks))
	spelled(t, "acme.New", func() acme.Config {
		return acme.Config{BaseURL: base + "/a", Secret: secret("secret-1")}
	}, made(func(c acme.Config) (*acme.Client, error) { return acme.New(c) }))
}

func TestSettingsOfTexts(t *testing.T) {
	t.Parallel()
	secret := issuing.NewSecret
	own := secret(pemText("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey()))))
	foreign := string(must(merchant().Public().MarshalText()))
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	spelled(t, "worldcard.ParseConfig", func() worldcard.ConfigTexts {
		return worldcard.ConfigTexts{BaseURL: base + "/a", AppID: "app", PrivateKey: own, AESKey: secret(aesText)}
	}, parsed(worldcard.ParseConfig))
	spelled(t, "legacy.ParseConfig", func() legacy.ConfigTexts {
		return legacy.ConfigTexts{BaseURL: base + "/a", AppKey: "app", AppSecret: secret(appSecret)}
	}, parsed(legacy.ParseConfig))
	spelled(t, "kazepay.ParseConfig", func() kazepay.ConfigTexts {
		return kazepay.ConfigTexts{BaseURL: base + "/a", UploadURL: base + "/b", SysID: "s", PrivateKey: own, PlatformKey: foreign, Zone: "Asia/Shanghai"}
	}, parsed(kazepay.ParseConfig))
	spelled(t, "uqpay.ParseConfig", func() uqpay.ConfigTexts {
		return uqpay.ConfigTexts{BaseURL: base + "/a", ClientID: "client", APIKey: secret("key-1"), FilesURL: base + "/f", IframeURL: base + "/i", OnBehalfOf: "account"}
	}, parsed(uqpay.ParseConfig))
	spelled(t, "coshine.ParseConfig", func() coshine.ConfigTexts {
		return coshine.ConfigTexts{BaseURL: base + "/a", ParticipantID: "part", TranBranch: "1", Channel: "08", Token: secret("token-1"), Zone: "Asia/Manila"}
	}, parsed(coshine.ParseConfig))
	spelled(t, "coshine.ParseConfig with OAuth", func() coshine.ConfigTexts {
		return coshine.ConfigTexts{BaseURL: base, ParticipantID: "part", TranBranch: "1", OAuth: &coshine.OAuthTexts{
			TokenURL: base + "/t", ClientID: "client", Key: secret(pemText("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec)))), KeyID: "kid-1",
			PlatformKey: foreign, PlatformKeyID: "kid-2", DecryptionKey: own, TokenKey: pemText("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&ec.PublicKey)))}}
	}, parsed(coshine.ParseConfig))
	spelled(t, "unionpay.ParseConfig", func() unionpay.ConfigTexts {
		return unionpay.ConfigTexts{BaseURL: base + "/a", AppID: "app", SignKey: own, SignKeyID: "kid-1", UPISignKeys: map[string]string{"kid-2": foreign},
			Paths: map[unionpay.MessageType]string{unionpay.MessageTypeTokenRequest: "/a/b"}, UPIEncKey: foreign, UPIEncKeyID: "kid-3",
			DecryptKeys: map[string]issuing.Secret{"kid-4": own}, PayloadMode: "RFC7797", Zone: "Asia/Shanghai"}
	}, parsed(unionpay.ParseConfig))
	type one struct{ Text issuing.Secret }
	spelled(t, "sign.ParseAESKey", func() one { return one{secret(aesText)} }, func(c one) (any, error) {
		return parsed(sign.ParseAESKey)(c.Text.Reveal())
	})
	spelled(t, "sign.NewAppSecret", func() one { return one{secret(appSecret[:15] + "x")} }, func(c one) (any, error) {
		return made(sign.NewAppSecret)(c.Text.Reveal())
	})
	spelled(t, "sign.NewHMACKey", func() one { return one{secret(uqSecret)} }, func(c one) (any, error) { return made(sign.NewHMACKey)(c.Text) })
	// With what came along, these have the length of a key.
	for _, text := range []string{appSecret[:15] + "\n", " " + appSecret[1:], `"` + appSecret[2:] + `"`, "\ufeff" + appSecret[3:]} {
		hold(t, "sign.NewAppSecret of 16 bytes with what came along", "", func(*testing.T) error {
			_, err := sign.NewAppSecret(text)
			return kind(err, sign.ErrKey)
		})
	}
}

func TestSettingsOfCallbacksAndPlatforms(t *testing.T) {
	t.Parallel()
	secret := issuing.NewSecret
	spelled(t, "worldcard.NewCallbacks", func() worldcard.CallbackConfig {
		return worldcard.CallbackConfig{PlatformKeys: []sign.PublicKey{private().Public()}, AESKey: aesKey(), AppID: "app"}
	}, made(worldcard.NewCallbacks))
	spelled(t, "legacy.NewCallbacks", func() legacy.CallbackConfig {
		return legacy.CallbackConfig{AppKey: "app", AppSecrets: []sign.AppSecret{app()}}
	}, made(legacy.NewCallbacks))
	spelled(t, "kazepay.NewCallbacks", func() kazepay.CallbackConfig {
		return kazepay.CallbackConfig{PlatformKeys: []sign.PublicKey{private().Public()}, PrivateKey: merchant(), SysID: "s",
			Names: map[string]string{"their.name": kazepay.EventCardDeposited}}
	}, made(kazepay.NewCallbacks))
	spelled(t, "uqpay.NewCallbacks", func() uqpay.CallbackConfig {
		return uqpay.CallbackConfig{Secrets: []issuing.Secret{secret(uqSecret), secret("whsec-old")}}
	}, made(uqpay.NewCallbacks))
	spelled(t, "coshine.NewCallbacks", func() coshine.CallbackConfig {
		return coshine.CallbackConfig{Tokens: []issuing.Secret{secret("token-1"), secret("token-2")}, ParticipantID: "part", DedupeSecret: secret("dedupe"),
			Paths: map[coshine.API]string{coshine.APISendOTP: "/otp"}, JWE: &coshine.JWE{DecryptionKey: merchant(), PlatformKey: private().Public(), PlatformKeyID: "kid-1", ContentType: "application/jose"}}
	}, made(coshine.NewCallbacks))
	spelled(t, "unionpay.NewCallbacks", func() unionpay.CallbackConfig {
		return unionpay.CallbackConfig{Profile: unionpay.ProfileG, SignKey: merchant(), SignKeyID: "kid-1", UPISignKeys: map[string]sign.PublicKey{"kid-2": private().Public()},
			AppIDs: []string{"app", "upi"}, DecryptKeys: map[string]sign.PrivateKey{"kid-3": merchant()}, Path: "/push"}
	}, made(unionpay.NewCallbacks))
	type one struct{ Secret issuing.Secret }
	spelled(t, "acme.NewCallbacks", func() one { return one{secret("secret-1")} }, func(c one) (any, error) {
		_, err := acme.NewCallbacks(c.Secret)
		return nil, err
	})
	spelled(t, "kazepaytest.NewServer", func() kazepaytest.Config { return kazepaytest.Config{SysID: "s"} }, closing(kazepaytest.NewServer))
	spelled(t, "coshinetest.NewServer", func() coshinetest.Config { return coshinetest.Config{IssuerToken: secret("token-1")} }, closing(coshinetest.NewServer))
	spelled(t, "unionpaytest.NewServer", func() unionpaytest.Config { return unionpaytest.Config{AppID: "app"} }, closing(unionpaytest.NewServer))
	spelled(t, "acmetest.NewServer", func() acmetest.Config { return acmetest.Config{Secret: secret("secret-1")} }, closing(acmetest.NewServer))
}

// closing ends what a platform's constructor started.
func closing[C any, S interface{ Close() }](build func(C) (S, error)) func(C) (any, error) {
	return func(c C) (any, error) {
		s, err := build(c)
		if err == nil {
			s.Close()
		}
		return nil, err
	}
}
