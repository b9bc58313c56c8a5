package unionpay

import (
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/internal/provider"
)

// TestCoverage puts each row of the reference through the client's own encoding and
// decoding.
func TestCoverage(t *testing.T) {
	t.Parallel()
	coverage.Verify(t, "..", covered(t))
}

// sentATMs is a page of ATMs under the members' names.
type sentATMs struct {
	List []ATM `json:"atmList"`
}

// covered is how the rows are put through this package. What encryption does to a member,
// TestWireEncryption has.
func covered(t *testing.T) coverage.Provider {
	t.Helper()
	cfg := Config{EncryptFields: []string{}}
	core, err := provider.New(providerName, func(*check.Problems) {}, cfg.fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	paths := map[string][]string{}
	for _, o := range table() {
		paths[o.name] = []string{string(o.message)}
	}
	read := func(data []byte, out any) error { return opener{}.read(cfg, data, out) }
	return coverage.Provider{
		Name: "unionpay", Client: newClient(cfg, core), Paths: paths,
		Encode: func(_ string, in any) ([]byte, error) {
			sent, err := cfg.business(ProfileG, in)
			return sent.object, err
		},
		Decode: func(_ string, data []byte, out any) error {
			page, ok := out.(*sentATMs)
			if !ok {
				return read(data, out)
			}
			var answer atmAnswer
			if err := read(data, &answer); err != nil {
				return err
			}
			err := answer.unfold(cfg)
			page.List = answer.atms
			return err
		},
		Event: func(typ string, content []byte) (any, error) {
			n, err := decodeNotification(MessageType(typ), content, opener{note: func(string, string) {}}, cfg)
			if n != nil {
				return n, nil // each member comes alone
			}
			return nil, err
		},
		Reply: func(reply any) ([]byte, error) {
			asked := reply.(UserIDRequested)
			sent, err := cfg.business(ProfileG, asked.answer())
			return sent.object, err
		},
		Results: map[string]any{"ATMs.List": sentATMs{}, "ATMs.Nearby": sentATMs{}},
		Types:   []any{UserIDRequested{}},
		Kind:    func(code string) (error, bool) { return Code(code).Kind(), Code(code).Known() },
	}
}
