package kazepay

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/internal/provider"
	"github.com/issuing-sdk/issuing-go/sign"
)

// TestCoverage puts each row of the reference through the client's own encoding and
// decoding.
func TestCoverage(t *testing.T) {
	t.Parallel()
	coverage.Verify(t, "..", covered(t))
}

// covered is how the rows are put through this package.
func covered(t *testing.T) coverage.Provider {
	t.Helper()
	merchant, platform := testKey(t, "merchant"), testKey(t, "platform")
	cfg := Config{BaseURL: "https://api.example.com", SysID: "1", PrivateKey: merchant, PlatformKey: platform.Public()}
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string][]string{}
	for _, o := range table() {
		paths[o.name] = []string{o.apiCode}
	}
	return coverage.Provider{
		Name: "kazepay", Client: client, Paths: paths,
		Encode: func(_ string, in any) ([]byte, error) { return client.codec.Marshal(in) },
		Decode: func(_ string, data []byte, out any) error {
			x := &exchange{c: client}
			if err := x.decode(t.Context(), data, out); !errors.Is(err, provider.ErrIncomplete) {
				return err
			}
			return nil // each member comes alone
		},
		Event: func(kind string, content []byte) (any, error) {
			return decodeNotification(kind, members(content, nil), client.codec, nil)
		},
		Results:  map[string]any{"Cards.Transactions": transactionList{}},
		Types:    []any{ResultFlag(""), AuthType("")},
		Kind:     func(code string) (error, bool) { return Code(code).Kind(), Code(code).Known() },
		Defaults: map[string]string{"Cards.Balance currency": "USD", "Cards.Deposit currency": "USD"},
		Sent: coverage.Recorder{
			Client: func(way http.RoundTripper) (any, error) {
				return New(cfg, issuing.WithHTTPClient(&http.Client{Transport: way}))
			},
			Open: func(req *http.Request) ([]byte, error) {
				body, err := io.ReadAll(req.Body)
				if err != nil {
					return nil, err
				}
				e, err := sign.ParseEnvelope(body)
				if err != nil {
					return nil, err
				}
				return cfg.Profile.Open(platform, merchant.Public(), e)
			},
			Values: map[string][2]string{
				"currency": {"USD", "HKD"}, "pin": {"123456", "654321"}, "email": {"a@b.example", "c@d.example"},
				"address": {"https://a.example/x", "https://b.example/x"}, "cardNumber": {"4111111111111111", "5500000000000004"},
				"activationCode": {"12345678", "87654321"},
			},
		},
	}
}

func testKey(t *testing.T, name string) sign.PrivateKey {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "pending", name+".pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return key
}
