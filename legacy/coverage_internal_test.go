package legacy

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
)

// TestCoverage puts each row of the pages through the client's own encoding and decoding.
func TestCoverage(t *testing.T) {
	t.Parallel()
	rows := coverage.Verify(t, "..", covered(t))
	n := coverage.Tables(rows, "legacy/",
		coverage.KindRequest, coverage.KindResponse, coverage.KindEvent, coverage.KindCommon)
	if n != 107 {
		t.Errorf("rows of %d tables of fields, the pages have 107", n)
	}
}

// covered is how the rows are put through this package.
func covered(t *testing.T) coverage.Provider {
	t.Helper()
	cfg, err := ParseConfig(ConfigTexts{
		BaseURL: "https://api.example.com", AppKey: "app", AppSecret: issuing.NewSecret("0123456789abcdef"),
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string][]string{}
	for _, o := range table() {
		paths[o.name] = append(paths[o.name], o.path)
	}
	return coverage.Provider{
		Name: "legacy", Client: client, Paths: paths,
		Encode: func(_ string, in any) ([]byte, error) {
			x := &exchange{c: client, in: in}
			_, err := x.Encode(issuing.CallSettings{})
			return x.payload, err
		},
		Decode: func(_ string, data []byte, out any) error { return codec.Unmarshal(data, out) },
		Event: func(typ string, content []byte) (any, error) {
			return decodeEvent(codec, typ, content)
		},
		Beyond:  map[string]string{"pageToken": "LatestTransactions takes the request of Transactions, and empties it"},
		Results: map[string]any{"MasterE.Freeze": MasterECard{}, "MasterE.Unfreeze": MasterECard{}},
		Kind: func(code string) (error, bool) {
			n, err := strconv.Atoi(code)
			return Code(n).Kind(), err == nil && (Code(n).Known() || n == 0)
		},
		Defaults: map[string]string{
			"VirtualL.Transactions pageToken": "empty, which is the first page",
			"VirtualP.Transactions pageToken": "empty, which is the first page",
		},
		Sent: coverage.Recorder{
			Client: func(way http.RoundTripper) (any, error) {
				return New(cfg, issuing.WithHTTPClient(&http.Client{Transport: way}))
			},
			Open: func(req *http.Request) ([]byte, error) { return io.ReadAll(req.Body) },
			Values: map[string][2]string{
				"cardNumber": {"4111111111111111", "5500000000000004"}, "pin": {"123456", "654321"}, "reply": {"2", "3"},
				"country": {"CHN", "USA"}, "channel": {"wire", "ewallet"}, "business": {"C2C", "B2B"},
			},
		},
	}
}
