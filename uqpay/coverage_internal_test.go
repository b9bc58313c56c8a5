package uqpay

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/internal/provider"
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
	cfg, err := ParseConfig(ConfigTexts{
		BaseURL: "https://api-sandbox.example.com", ClientID: "client", APIKey: issuing.NewSecret("0123456789abcdef"),
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	rows, paths := map[string]operation{}, map[string][]string{}
	for _, o := range table() {
		rows[o.name] = o
		paths[o.name] = []string{o.method + " " + o.path}
	}
	return coverage.Provider{
		Name: "uqpay", Client: client, Paths: paths,
		Encode: func(op string, in any) ([]byte, error) {
			x := &exchange{c: client, o: rows[op].at("12"), in: in}
			plan, err := x.Encode(issuing.CallSettings{})
			if err != nil || x.payload != nil {
				return x.payload, err
			}
			return queryOf(plan.URL)
		},
		Decode: func(_ string, data []byte, out any) error {
			if err := decodeIn(zone, data, out); !errors.Is(err, provider.ErrIncomplete) {
				return err
			}
			return nil // each member comes alone
		},
		Event: func(typ string, content []byte) (any, error) {
			body, err := json.Marshal(map[string]any{"event_type": typ, "data": json.RawMessage(content)})
			if err != nil {
				return nil, err
			}
			event, err := decodeEvent(body, zone, func(string, string) {})
			if err != nil {
				return nil, err
			}
			return event.Data, nil
		},
		Types:    []any{ErrorType("")},
		Kind:     func(code string) (error, bool) { return Code(code).Kind(), Code(code).Known() },
		Defaults: map[string]string{"Simulator.Authorize merchant_category_code": "5734"},
		Sent: coverage.Recorder{
			Client: func(way http.RoundTripper) (any, error) {
				return New(cfg, issuing.WithHTTPClient(&http.Client{Transport: way}))
			},
			Before: func(req *http.Request) string {
				if !strings.HasSuffix(req.URL.Path, "/v1/connect/token") {
					return ""
				}
				return `{"auth_token":"token","expired_at":4102444800}`
			},
			Open: func(req *http.Request) ([]byte, error) {
				if req.Body == nil || req.Method == http.MethodGet {
					return queryOf(req.URL.String())
				}
				return io.ReadAll(req.Body)
			},
			Values: map[string][2]string{
				"currency": {"USD", "HKD"}, "line": {"BANKING", "ISSUING"}, "action": {"41", "43"},
				"cardID": {"c1", "c2"},
			},
		},
	}
}

// queryOf is an address's query as an object.
func queryOf(address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	members := map[string]string{}
	for name := range u.Query() {
		members[name] = u.Query().Get(name)
	}
	return json.Marshal(members)
}
