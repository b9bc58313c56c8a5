package cases

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

const (
	base      = "https://platform.example"
	aesText   = "0123456789abcdef0123456789abcdef"
	appSecret = "0123456789abcdef"
	uqSecret  = "whsec-abc"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var (
	rsaKey   = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	private  = sync.OnceValue(func() sign.PrivateKey { return must(sign.NewPrivateKey(rsaKey())) })
	merchant = sync.OnceValue(func() sign.PrivateKey {
		return must(sign.NewPrivateKey(must(rsa.GenerateKey(rand.Reader, 2048))))
	})
	aesKey = sync.OnceValue(func() sign.AESKey { return must(sign.ParseAESKey(aesText)) })
	app    = sync.OnceValue(func() sign.AppSecret { return must(sign.NewAppSecret(appSecret)) })
)

// platform answers requests without a network. UQPAY's token is answered by
// itself.
type platform func(r *http.Request, body []byte) (status int, answer string)

// RoundTrip implements http.RoundTripper.
func (p platform) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	status, answer := http.StatusOK, `{"auth_token":"t","expired_at":4000000000}`
	if !strings.HasSuffix(r.URL.Path, "/connect/token") {
		status, answer = p(r, body)
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(answer)),
		Body: io.NopCloser(bytes.NewReader([]byte(answer))), Request: r,
	}, nil
}

// says is a platform with one answer.
func says(answer string) platform {
	return func(*http.Request, []byte) (int, string) { return http.StatusOK, answer }
}

// options of a client over a transport, whose retries wait next to nothing.
func options(rt http.RoundTripper, more []issuing.Option) []issuing.Option {
	return append([]issuing.Option{
		issuing.WithHTTPClient(&http.Client{Transport: rt}), issuing.WithRetryWait(time.Millisecond, 5*time.Millisecond),
	}, more...)
}

func worldCardAt(t *testing.T, url string, rt http.RoundTripper, more ...issuing.Option) *worldcard.Client {
	t.Helper()
	c, err := worldcard.New(worldcard.Config{BaseURL: url, AppID: "app", PrivateKey: private(), AESKey: aesKey()}, options(rt, more)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func worldCard(t *testing.T, rt http.RoundTripper, more ...issuing.Option) *worldcard.Client {
	t.Helper()
	return worldCardAt(t, base, rt, more...)
}

func legacyClient(t *testing.T, rt http.RoundTripper, more ...issuing.Option) *legacy.Client {
	t.Helper()
	c, err := legacy.New(legacy.Config{BaseURL: base, AppKey: "app", AppSecret: app()}, options(rt, more)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func uqpayClient(t *testing.T, rt http.RoundTripper, more ...issuing.Option) *uqpay.Client {
	t.Helper()
	c, err := uqpay.New(uqpay.Config{BaseURL: base, ClientID: "c", APIKey: issuing.NewSecret("k")}, options(rt, more)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
