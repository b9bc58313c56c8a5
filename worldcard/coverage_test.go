package worldcard_test

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// TestCoverage puts each row of the pages through the client's own encoding and decoding.
func TestCoverage(t *testing.T) {
	t.Parallel()
	rows := coverage.Verify(t, "..", covered(t))
	if n := coverage.Tables(rows, "card/", coverage.KindRequest, coverage.KindResponse, coverage.KindEvent); n != 46 {
		t.Errorf("rows of %d tables of fields, the pages have 46", n)
	}
}

// covered is how the rows are put through this package.
func covered(t *testing.T) coverage.Provider {
	t.Helper()
	cfg := validConfig(t)
	client, err := worldcard.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return coverage.Provider{
		Name: "worldcard", Client: client, Paths: worldcard.Paths(),
		Encode: func(_ string, in any) ([]byte, error) { return client.Payload(in) },
		Decode: func(_ string, data []byte, out any) error { return client.ReadData(data, out) },
		Event: func(typ string, content []byte) (any, error) {
			return worldcard.DecodeNotification(typ, content, cfg.AESKey)
		},
		Types: []any{
			worldcard.CardOpened{}, worldcard.CardDeposited{}, worldcard.CardClosed{}, worldcard.KYCReviewed{},
		},
		Kind: func(code string) (error, bool) {
			n, err := strconv.Atoi(code)
			return worldcard.Code(n).Kind(), err == nil && worldcard.Code(n).Known()
		},
		Defaults: map[string]string{"Physical.Apply card_type": "PHYSICAL-G"},
		Sent: coverage.Recorder{
			Client: func(way http.RoundTripper) (any, error) {
				return worldcard.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: way}))
			},
			Open: func(req *http.Request) ([]byte, error) {
				body, err := io.ReadAll(req.Body)
				if err != nil {
					return nil, err
				}
				return cfg.AESKey.OpenBody(body)
			},
		},
	}
}
