package coshine

import (
	"errors"
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
		BaseURL: "https://api.example.com", ParticipantID: "100000", TranBranch: "300001",
		Token: issuing.NewSecret("token"),
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
		row, _ := client.Row(o.api)
		paths[o.name] = []string{string(o.api), row.Path}
	}
	return coverage.Provider{
		Name: "coshine", Client: client, Paths: paths,
		Encode: func(_ string, in any) ([]byte, error) {
			x := &exchange{c: client, in: in, path: "/any"}
			_, err := x.Encode(issuing.CallSettings{})
			return append(append([]byte{'{'}, x.body...), '}'), err
		},
		Decode: func(_ string, data []byte, out any) error {
			x := &exchange{c: client}
			if err := x.decode(t.Context(), data, out); !errors.Is(err, provider.ErrIncomplete) {
				return err
			}
			return nil // each member comes alone
		},
		Event: func(api string, content []byte) (any, error) {
			data := inboundTypes[API(api)]()
			return data, codec.Unmarshal(content, data)
		},
		Types: []any{SendOTPRequest{}, CardOptFlag("")},
		Kind:  func(code string) (error, bool) { return Code(code).Kind(), Code(code).Known() },
	}
}
