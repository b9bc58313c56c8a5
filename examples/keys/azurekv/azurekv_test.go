package azurekv_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/issuing-sdk/issuing-go/examples/keys/azurekv"
	"github.com/issuing-sdk/issuing-go/examples/keys/internal/keytest"
)

// token is a credential that the service here believes.
type token struct{}

func (token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func answer(r *http.Request) (any, error) {
	base := base64.RawURLEncoding
	key, err := keytest.RSA()
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet {
		return map[string]any{"key": map[string]any{
			"kid": "https://" + r.Host + "/keys/card/1", "kty": "RSA", "n": base.EncodeToString(key.N.Bytes()),
			"e": base.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
		}}, nil
	}
	var in struct{ Alg, Value string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return nil, err
	}
	value, err := base.DecodeString(in.Value)
	if err != nil {
		return nil, err
	}
	carry := keytest.Decrypt
	if strings.HasSuffix(r.URL.Path, "/sign") {
		carry = keytest.Sign
	}
	result, err := carry(in.Alg, value)
	return map[string]string{"kid": "1", "value": base.EncodeToString(result)}, err
}

func TestKeys(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate",
				`Bearer authorization="https://login.example/tenant", resource="https://vault.azure.net"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		out, err := answer(r)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			out = map[string]any{"error": map[string]string{"code": "BadParameter", "message": err.Error()}}
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	defer server.Close()
	client, err := azkeys.NewClient(server.URL, token{}, &azkeys.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Transport: server.Client(), Retry: policy.RetryOptions{MaxRetries: -1},
		},
		DisableChallengeResourceVerification: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := azurekv.New(t.Context(), client, "card", "1")
	if err != nil {
		t.Fatal(err)
	}
	keytest.Check(t, "Azure Key Vault", key)
}
