package uqpay_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// roundTrip is a platform of one function, without a network.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answerTo(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

const tokenBody = `{"auth_token":"eyJ.t","expired_at":4102444800}`

func isMint(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/v1/connect/token") }

func stubConfig() uqpay.Config {
	return uqpay.Config{BaseURL: uqpay.SandboxURL, ClientID: "client-1", APIKey: issuing.NewSecret("api-key-secret")}
}

func stubClient(tb testing.TB, rt http.RoundTripper, opts ...issuing.Option) *uqpay.Client {
	tb.Helper()
	opts = append([]issuing.Option{
		issuing.WithHTTPClient(&http.Client{Transport: rt}), issuing.WithRetryWait(time.Microsecond, 2*time.Microsecond),
	}, opts...)
	c, err := uqpay.New(stubConfig(), opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// stubbed answers everything with what a text holds by then.
func stubbed(body *string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		return answerTo(r, 200, *body), nil
	}
}
