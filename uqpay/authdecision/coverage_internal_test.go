package authdecision

import (
	"encoding/json"
	"testing"

	"github.com/issuing-sdk/issuing-go/internal/coverage"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// TestCoverage puts the reference's rows about decisions through this package's own
// decoding and encoding.
func TestCoverage(t *testing.T) {
	t.Parallel()
	coverage.Verify(t, "../..", coverage.Provider{
		Name: "uqpay", Test: "authdecision.TestCoverage",
		Types: []any{TransactionType(0), ResponseCode(""), Answer{}},
		Event: func(_ string, content []byte) (any, error) {
			members := map[string]any{"transaction_id": "id"} // without one there is no request
			if err := json.Unmarshal(content, &members); err != nil {
				return nil, err
			}
			text, err := json.Marshal(members)
			if err != nil {
				return nil, err
			}
			return decodeRequest(text, nil, func(string, string) {})
		},
		Reply: wire.Codec{}.Marshal,
	})
}
