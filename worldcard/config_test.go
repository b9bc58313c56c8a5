package worldcard_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func validConfig(t testing.TB) worldcard.Config {
	t.Helper()
	cfg, err := worldcard.ParseConfig(validTexts(t))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func validTexts(t testing.TB) worldcard.ConfigTexts {
	t.Helper()
	return worldcard.ConfigTexts{
		BaseURL: "https://api.example.com", AppID: "app-1",
		PrivateKey: issuing.NewSecret(privatePEM(t)), AESKey: issuing.NewSecret(aesKeyText),
	}
}

func privatePEM(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(merchantKey())
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestNewRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := sign.NewPrivateKey(short)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*worldcard.Config)
		fields []string
	}{
		{"nothing set", func(c *worldcard.Config) { *c = worldcard.Config{} }, []string{"BaseURL", "AppID", "PrivateKey", "AESKey"}},
		{"no scheme", func(c *worldcard.Config) { c.BaseURL = "api.example.com" }, []string{"BaseURL"}},
		{"plain http", func(c *worldcard.Config) { c.BaseURL = "http://api.example.com" }, []string{"BaseURL"}},
		{"other scheme", func(c *worldcard.Config) { c.BaseURL = "ftp://api.example.com" }, []string{"BaseURL"}},
		{"user in URL", func(c *worldcard.Config) { c.BaseURL = "https://u:p@api.example.com" }, []string{"BaseURL"}},
		{"query in URL", func(c *worldcard.Config) { c.BaseURL = "https://api.example.com?x=1" }, []string{"BaseURL"}},
		{"app id with a line break", func(c *worldcard.Config) { c.AppID = "app\r\nX-Evil: 1" }, []string{"AppID"}},
		{"1024-bit key", func(c *worldcard.Config) { c.PrivateKey = weak }, []string{"PrivateKey"}},
		{"a code of the pages", func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{10011: issuing.ErrConflict} }, []string{"Codes"}},
		{"a code of HTTP", func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{599: issuing.ErrConflict} }, []string{"Codes"}},
		{"success", func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{0: issuing.ErrConflict} }, []string{"Codes"}},
		{"a code without a kind", func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{10050: nil} }, []string{"Codes"}},
		{"a code of no refusal", func(c *worldcard.Config) { c.Codes = map[worldcard.Code]error{10050: issuing.ErrOutcomeUnknown} }, []string{"Codes"}},
		{"no AES key", func(c *worldcard.Config) { c.AESKey = sign.AESKey{} }, []string{"AESKey"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := validConfig(t)
			c.change(&cfg)
			_, err := worldcard.New(cfg)
			wantFields(t, err, c.fields...)
		})
	}
}

// wantFields fails unless err is a validation error that names exactly these
// fields.
func wantFields(t *testing.T, err error, fields ...string) {
	t.Helper()
	e := wantError(t, err, issuing.ErrInvalid)
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field)
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(slices.Compact(got), fields) {
		t.Errorf("the error names %v, want %v: %v", got, fields, err)
	}
}

func TestNewRefusesBadOptions(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]issuing.Option{
		"timeout":  issuing.WithTimeout(-time.Second),
		"attempts": issuing.WithMaxAttempts(0),
		"wait":     issuing.WithRetryWait(time.Second, time.Millisecond),
		"hook":     issuing.WithHook(nil),
		"client":   issuing.WithHTTPClient(nil),
		"clock":    issuing.WithClock(nil),
		"limiter":  issuing.WithLimiter(nil),
	} {
		if _, err := worldcard.New(validConfig(t), option); err == nil {
			t.Errorf("%s: a bad option was accepted", name)
		} else {
			wantError(t, err, issuing.ErrInvalid)
		}
	}
}

// TestParseConfigNamesEveryProblem: settings and keys in one error, each once.
func TestParseConfigNamesEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := worldcard.ParseConfig(worldcard.ConfigTexts{
		BaseURL: "http://api.example.com", AppID: "a\nb", PrivateKey: issuing.NewSecret("not a key"), AESKey: issuing.NewSecret("short"),
		Zone: "Mars/Olympus",
	})
	wantFields(t, err, "BaseURL", "AppID", "PrivateKey", "AESKey", "Zone")
	if e := wantError(t, err, issuing.ErrInvalid); len(e.Fields) != 5 || strings.Contains(e.Error(), "not a key") {
		t.Errorf("%v", e)
	}
	_, err = worldcard.ParseConfig(worldcard.ConfigTexts{AESKey: issuing.NewSecret(" \n")})
	wantFields(t, err, "BaseURL", "AppID", "PrivateKey", "AESKey")
	leaktest.Check(t, []string{aesKeyText, privatePEM(t)}, validTexts(t))

	public, err := sign.ParsePublicKey(publicPEM(t))
	if err != nil {
		t.Fatal(err)
	}
	if public.Bits() != 2048 {
		t.Errorf("%d bits", public.Bits())
	}
	swapped := validTexts(t)
	swapped.PrivateKey = issuing.NewSecret(publicPEM(t))
	_, err = worldcard.ParseConfig(swapped)
	e := wantError(t, err, issuing.ErrInvalid)
	if !strings.Contains(e.Error(), "found an RSA public key") {
		t.Errorf("swapped keys: %v", e)
	}
}

func publicPEM(t testing.TB) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&merchantKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestCloneKeepsTheOriginal(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, 200, `{"code":0,"message":"success","data":{"total":0,"page":1,"page_size":10,"list":[]}}`)
	var events int
	client := server.client(t)
	clone, err := client.Clone(issuing.WithHook(func(context.Context, issuing.CallEvent) { events++ }))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*worldcard.Client{client, clone} {
		if _, err := c.Virtual.BINs(t.Context(), worldcard.BINsRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	if events != 1 {
		t.Errorf("the clone's hook saw %d calls, want 1", events)
	}
	if _, err := client.Clone(issuing.WithTimeout(0)); err == nil {
		t.Error("Clone accepted a bad option")
	}
}
