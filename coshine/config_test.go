package coshine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
)

// TestParseConfigNamesEveryProblem: settings and keys in one error, each once.
func TestParseConfigNamesEveryProblem(t *testing.T) {
	t.Parallel()
	const secret = "not a key at all"
	for _, c := range []struct {
		texts coshine.ConfigTexts
		want  string
	}{
		{coshine.ConfigTexts{}, "BaseURL ParticipantID TranBranch Token"},
		{
			coshine.ConfigTexts{
				BaseURL: "ftp://x", ParticipantID: strings.Repeat("1", 16), TranBranch: strings.Repeat("1", 33), Channel: "123",
				Token: issuing.NewSecret(secret), Zone: "Nowhere/Land",
			}, "Zone BaseURL ParticipantID TranBranch Channel Token",
		},
		{
			coshine.ConfigTexts{
				BaseURL: "https://api.example.com", ParticipantID: "1", TranBranch: "1", OAuth: &coshine.OAuthTexts{
					TokenURL: "x", Key: issuing.NewSecret(secret), PlatformKey: "no", DecryptionKey: issuing.NewSecret(secret), TokenKey: "no",
				},
			}, "OAuth.Key OAuth.PlatformKey OAuth.DecryptionKey OAuth.TokenKey OAuth.TokenURL OAuth.ClientID",
		},
	} {
		_, err := coshine.ParseConfig(c.texts)
		var e *issuing.Error
		if !errors.As(err, &e) || e.Kind != issuing.ErrInvalid || strings.Contains(err.Error(), secret) {
			t.Fatalf("%v", err)
		}
		var fields []string
		for _, f := range e.Fields {
			fields = append(fields, f.Field)
		}
		if got := strings.Join(fields, " "); got != c.want {
			t.Errorf("names %s, want %s", got, c.want)
		}
		if !c.texts.Token.IsZero() || c.texts.OAuth != nil {
			leaktest.Check(t, []string{secret}, c.texts)
		}
	}
	cfg, err := coshine.ParseConfig(coshine.ConfigTexts{
		BaseURL: coshine.SandboxURL, ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t"), Zone: "Asia/Manila",
	})
	if err != nil || cfg.Zone.String() != "Asia/Manila" || cfg.Token.Reveal() != "t" {
		t.Errorf("%+v, %v", cfg, err)
	}
}

// TestSignedSample: the platform's sample opens with the platform's keys, in both ways to
// authenticate, and nothing else is signed.
func TestSignedSample(t *testing.T) {
	t.Parallel()
	for name, oauth := range map[string]bool{"plain": false, "encrypted": true} {
		server, _ := full(t, coshinetest.Config{OAuth: oauth})
		cfg := coshine.CallbackConfig{Tokens: []issuing.Secret{server.IssuerToken()}, JWE: server.InboundJWE(), Now: server.Clock().Now}
		asked := 0
		handler := at(coshine.APIAuthorization, handlerOf(t, cfg, decideBy(func(context.Context) (coshine.Answer, error) {
			asked++
			return coshine.Approve(), nil
		})))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, server.SignCallback(coshinetest.Callback{API: coshine.APIAuthorization, Fields: map[string]any{"amount": "10.00"}}))
		if w.Code != http.StatusOK || asked != 1 {
			t.Errorf("%s: status %d, asked %d times", name, w.Code, asked)
		}
		for _, event := range []any{nil, "a text", coshinetest.Callback{Fields: map[string]any{"amount": make(chan int)}}} {
			if body, err := io.ReadAll(server.SignCallback(event).Body); err == nil {
				t.Errorf("%s: signed %s", name, body)
			}
		}
	}
}
