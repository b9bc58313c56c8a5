package issuing_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// printed are the errors of set-ups that are wrong, for a provider's page to quote.
func printed(t *testing.T, provider string) []string {
	t.Helper()
	var errs []error
	switch provider {
	case "worldcard":
		errs = worldcardErrors(t)
	case "legacy":
		errs = legacyErrors(t)
	case "kazepay":
		errs = kazepayErrors(t)
	case "uqpay":
		errs = uqpayErrors(t)
	case "coshine":
		errs = coshineErrors(t)
	case "unionpay":
		errs = unionpayErrors(t)
	case "webhook":
		errs = []error{drained()}
	}
	var out []string
	for i, err := range append(errs, keyErrors(t)...) {
		if err == nil {
			t.Errorf("%s: set-up %d is not refused", provider, i)
			continue
		}
		out = append(out, err.Error())
	}
	return out
}

// made is what a constructor of a platform or client returns.
func made[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := any(v).(interface{ Close() }); ok {
			t.Cleanup(c.Close)
		}
		return v
	}
}

// rsaText is the PEM of a key that no platform knows.
var rsaText = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
})

// anHourOff is a clock that no platform accepts.
var anHourOff = issuing.WithClock(func() time.Time { return time.Now().Add(time.Hour) })

// refused is the report of a callback that a source refuses.
func refused(src *webhook.Source, err error, req *webhook.Request) error {
	if err != nil {
		return err
	}
	var why error
	handle := func(context.Context, *webhook.Event) error { return nil }
	webhook.NewHandler(src, handle, webhook.WithObserver(func(_ context.Context, r webhook.Report) { why = r.Err })).
		Handle(context.Background(), req)
	return why
}

// drained is the report of a callback whose body something has read.
func drained() error {
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret("secret")}})
	if err != nil {
		return err
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	r.Header.Set("X-Wk-Signature", "00")
	r.Header.Set("X-Wk-Timestamp", "1")
	if _, err = io.ReadAll(r.Body); err != nil {
		return err
	}
	var why error
	handle := func(context.Context, *webhook.Event) error { return nil }
	webhook.NewHandler(src, handle, webhook.WithObserver(func(_ context.Context, r webhook.Report) { why = r.Err })).
		ServeHTTP(httptest.NewRecorder(), r)
	return why
}

func keyErrors(t *testing.T) []error {
	t.Helper()
	key := made[sign.PrivateKey](t)(sign.ParsePrivateKey(rsaText()))
	public, err := key.Public().MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var errs []error
	for _, text := range []string{
		"", string(public), rsaText()[:600] + "\n-----END RSA PRIVATE KEY-----\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----",
	} {
		_, err := sign.ParsePrivateKey(text)
		errs = append(errs, err)
	}
	_, err = sign.ParseAESKey("short")
	return append(errs, err, webhook.ErrSignature)
}

func worldcardErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*worldcardtest.Server](t)(worldcardtest.NewServer(worldcardtest.Config{}))
	call := func(change func(*worldcard.Config), opts ...issuing.Option) error {
		cfg := platform.ClientConfig()
		change(&cfg)
		client, err := worldcard.New(cfg, append(opts, issuing.WithMaxAttempts(1))...)
		if err == nil {
			_, err = client.Virtual.BINs(t.Context(), worldcard.BINsRequest{})
		}
		return err
	}
	key := made[sign.PrivateKey](t)(sign.ParsePrivateKey(rsaText()))
	aes := made[sign.AESKey](t)(sign.ParseAESKey("0123456789abcdef0123456789abcdef"))
	_, empty := worldcard.ParseConfig(worldcard.ConfigTexts{})
	_, plain := worldcard.ParseConfig(worldcard.ConfigTexts{BaseURL: "http://worldcard.example"})
	return []error{
		empty, plain, call(func(*worldcard.Config) {}, anHourOff),
		call(func(c *worldcard.Config) { c.AppID = "other" }), call(func(c *worldcard.Config) { c.AESKey = aes }),
		call(func(c *worldcard.Config) { c.PrivateKey = key }),
		call(func(c *worldcard.Config) { c.BaseURL = "http://127.0.0.1:1" }),
	}
}

func legacyErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*legacytest.Server](t)(legacytest.NewServer(legacytest.Config{}))
	call := func(change func(*legacy.Config)) error {
		cfg := platform.ClientConfig()
		change(&cfg)
		client, err := legacy.New(cfg, issuing.WithMaxAttempts(1))
		if err == nil {
			_, err = client.Cards.DepositByKey(t.Context(), "unknown")
		}
		return err
	}
	secret := made[sign.AppSecret](t)(sign.NewAppSecret("a-made-up-app-secret-024"))
	_, empty := legacy.ParseConfig(legacy.ConfigTexts{})
	_, relative := legacy.ParseConfig(legacy.ConfigTexts{BaseURL: "legacy.example", AppSecret: issuing.NewSecret("short")})
	src, err := legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "a", AppSecrets: []sign.AppSecret{secret}})
	return []error{
		empty, relative, call(func(*legacy.Config) {}), call(func(c *legacy.Config) { c.AppKey = "other" }),
		call(func(c *legacy.Config) { c.AppSecret = secret }),
		legacy.CodeDuplicateOrder, legacy.CodeInsufficientReserve,
		refused(src, err, &webhook.Request{Body: []byte(`{"appKey":"a","sign":"00"}`)}),
		refused(src, err, &webhook.Request{Body: []byte(`{"appKey":"b","sign":"00"}`)}),
	}
}

func kazepayErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*kazepaytest.Server](t)(kazepaytest.NewServer(kazepaytest.Config{}))
	cfg := platform.ClientConfig()
	call := func(change func(*kazepay.Config)) error {
		changed := cfg
		change(&changed)
		client, err := kazepay.New(changed, issuing.WithMaxAttempts(1))
		if err == nil {
			_, err = client.Webhooks.URL(t.Context())
		}
		return err
	}
	_, empty := kazepay.ParseConfig(kazepay.ConfigTexts{})
	wrong := cfg
	wrong.PrivateKey = made[sign.PrivateKey](t)(sign.ParsePrivateKey(rsaText()))
	found, none := kazepay.Probe(t.Context(), wrong, kazepay.ProbeConfig{Interval: time.Nanosecond, Limit: 2})
	src, err := kazepay.NewCallbacks(kazepay.CallbackConfig{
		PlatformKeys: []sign.PublicKey{cfg.PlatformKey}, PrivateKey: cfg.PrivateKey,
	})
	return []error{
		empty, none, errors.New(found.String()),
		call(func(c *kazepay.Config) { c.PlatformKey = c.PrivateKey.Public() }),
		call(func(c *kazepay.Config) { c.Profile.Mode = sign.ModeCBCZeroIV }),
		call(func(c *kazepay.Config) { c.Paths = map[string]string{"cardBalance": "balance"} }),
		call(func(c *kazepay.Config) { c.SysID = "other" }),
		refused(src, err, &webhook.Request{Body: []byte(`{"type":"x","result":{}}`)}),
	}
}

func uqpayErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*uqpaytest.Server](t)(uqpaytest.NewServer(uqpaytest.Config{}))
	client := func(change func(*uqpay.Config)) *uqpay.Client {
		cfg := platform.ClientConfig()
		change(&cfg)
		return made[*uqpay.Client](t)(uqpay.New(cfg, issuing.WithMaxAttempts(1)))
	}
	card := func(c *uqpay.Client) error {
		_, err := c.Cards.Card(t.Context(), "unknown")
		return err
	}
	_, empty := uqpay.ParseConfig(uqpay.ConfigTexts{})
	_, blank := uqpay.ParseConfig(uqpay.ConfigTexts{ClientID: "a b"})
	_, unset := uqpay.NewCallbacks(uqpay.CallbackConfig{})
	_, files := client(func(c *uqpay.Config) { c.FilesURL = "" }).Files.Links(t.Context(), []string{"a"})
	_, secret := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret("a ")}})
	return []error{
		empty, blank, unset, files, secret, card(client(func(*uqpay.Config) {})),
		card(client(func(c *uqpay.Config) { c.ClientID = "other" })),
		card(client(func(c *uqpay.Config) { c.APIKey = issuing.NewSecret("other") })),
		&issuing.Error{Provider: "uqpay", Kind: issuing.ErrDuplicate, Code: uqpay.CodeKeyConflict},
	}
}

func coshineErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*coshinetest.Server](t)(coshinetest.NewServer(coshinetest.Config{}))
	call := func(change func(*coshine.Config)) error {
		cfg := platform.ClientConfig()
		change(&cfg)
		client, err := coshine.New(cfg, issuing.WithMaxAttempts(1))
		if err == nil {
			_, err = client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "CIF1"})
		}
		return err
	}
	_, empty := coshine.ParseConfig(coshine.ConfigTexts{})
	_, nobody := coshine.NewCallbacks(coshine.CallbackConfig{})
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{Tokens: []issuing.Secret{issuing.NewSecret("t")}})
	bearer := http.Header{"Authorization": {"Bearer other"}}
	shared := call(func(c *coshine.Config) {
		c.Paths = coshine.Paths{coshine.APILoadFund: "/a", coshine.APIBalanceInquiry: "/a"}
	})
	errs := []error{
		empty, nobody, shared, call(func(c *coshine.Config) { c.Token = issuing.NewSecret("other") }),
		call(func(c *coshine.Config) { c.ParticipantID = "other" }),
		coshine.CodeRestricted, coshine.CodePINBlockFormat, coshine.CodeInvalidPIN,
		refused(src, err, &webhook.Request{Type: string(coshine.APIAuthorization), Header: bearer}),
		refused(src, err, &webhook.Request{Type: "other", Header: bearer}),
	}
	for _, warning := range (coshine.Config{}).Warnings() {
		errs = append(errs, errors.New(warning))
	}
	return errs
}

func unionpayErrors(t *testing.T) []error {
	t.Helper()
	platform := made[*unionpaytest.Server](t)(unionpaytest.NewServer(unionpaytest.Config{}))
	call := func(change func(*unionpay.Config), opts ...issuing.Option) error {
		cfg := platform.ClientConfig()
		change(&cfg)
		client, err := unionpay.New(cfg, append(opts, issuing.WithMaxAttempts(1))...)
		if err == nil {
			_, err = client.ATMs.CitiesAndBanks(t.Context(), unionpay.CitiesAndBanksRequest{CountryCode: "156"})
		}
		return err
	}
	keys := func(kid string) func(*unionpay.Config) {
		return func(c *unionpay.Config) {
			own, all := c.SignKey.Public(), map[string]sign.PublicKey{kid: c.SignKey.Public()}
			for known := range c.UPISignKeys {
				if kid == "" {
					all = map[string]sign.PublicKey{known: own}
				}
			}
			c.UPISignKeys = all
		}
	}
	_, empty := unionpay.ParseConfig(unionpay.ConfigTexts{})
	return []error{
		empty, call(func(*unionpay.Config) {}, anHourOff), call(func(c *unionpay.Config) { c.Paths = nil }),
		call(keys("other")), call(keys("")), &sign.UPIError{Step: sign.UPIStepTime},
		call(func(c *unionpay.Config) {
			c.Paths = map[unionpay.MessageType]string{unionpay.MessageTypeATMList: "https://upi.example/a"}
		}),
		&issuing.Error{Provider: "unionpay", Kind: issuing.ErrDuplicate, Code: unionpay.CodeTokenAlreadyIssued},
	}
}
