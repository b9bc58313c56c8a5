package coshine_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// mint asks the token endpoint with an assertion of one's own making.
func mint(t *testing.T, server *coshinetest.Server, assertion string, change func(url.Values)) (status int, body string) {
	t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_assertion_type": {jose.AssertionType}, "client_assertion": {assertion},
	}
	if change != nil {
		change(form)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.ClientConfig().OAuth.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestTokenEndpointRefuses shows that the platform in memory checks assertions:
// expired, reused, for somebody else, signed by somebody else.
func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{OAuth: true})
	oauth := server.ClientConfig().OAuth
	key := oauth.Key
	good := jose.Assertion{
		ClientID: oauth.ClientID, Audience: oauth.TokenURL, ID: "jti-1",
		IssuedAt: epoch, ExpiresAt: epoch.Add(time.Minute),
	}
	signed := func(k sign.ES256Key, change func(*jose.Assertion)) string {
		a := good
		change(&a)
		text, err := jose.SignAssertion(k, "", a)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	fresh := func(id string) string { return signed(key, func(a *jose.Assertion) { a.ID = id }) }
	other, err := sign.NewES256Key(newECKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if status, body := mint(t, server, fresh("jti-1"), nil); status != http.StatusOK || !strings.Contains(body, "access_token") {
		t.Fatalf("a good assertion: %d", status)
	}
	for name, c := range map[string]struct {
		assertion string
		change    func(url.Values)
	}{
		"reused jti":     {fresh("jti-1"), nil},
		"expired":        {signed(key, func(a *jose.Assertion) { a.ID, a.ExpiresAt = "jti-2", epoch.Add(-time.Second) }), nil},
		"lives too long": {signed(key, func(a *jose.Assertion) { a.ID, a.ExpiresAt = "jti-9", epoch.Add(25*time.Hour) }), nil},
		"not yet":        {signed(key, func(a *jose.Assertion) { a.ID, a.IssuedAt = "jti-3", epoch.Add(time.Hour) }), nil},
		"other audience": {signed(key, func(a *jose.Assertion) { a.ID, a.Audience = "jti-4", "https://other.example" }), nil},
		"other client":   {signed(key, func(a *jose.Assertion) { a.ID, a.ClientID = "jti-5", "client-1" }), nil},
		"other key":      {signed(other, func(a *jose.Assertion) { a.ID = "jti-6" }), nil},
		"no assertion":   {"", nil},
		"none":           {"eyJhbGciOiJub25lIn0.e30.", nil},
		"other grant":    {fresh("jti-7"), func(f url.Values) { f.Set("grant_type", "password") }},
		"other type":     {fresh("jti-8"), func(f url.Values) { f.Set("client_assertion_type", "saml") }},
	} {
		if status, body := mint(t, server, c.assertion, c.change); status < 400 || strings.Contains(body, "access_token") {
			t.Errorf("%s: status %d", name, status)
		}
	}
}

// TestEncryptedBodiesAreDemanded shows that in OAuth mode the platform refuses a
// plain body and every other algorithm.
func TestEncryptedBodiesAreDemanded(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{OAuth: true})
	card := activeCard(t, client, "C1")
	token := server.Received("Cards.Activate")[0].Bearer
	plain := `{"participantId":"100000","tranBranch":"300001","tranChnl":"07","tranDate":"20260420","tranTime":"143052","tranId":"T9","cardToken":"` + string(card.CardToken) + `"}`
	platformKey := parsePublic(t, server.ClientConfig().OAuth.PlatformKey)
	sealed := func(alg gojose.KeyAlgorithm, enc gojose.ContentEncryption) string {
		encrypter, err := gojose.NewEncrypter(enc, gojose.Recipient{Algorithm: alg, Key: platformKey}, nil)
		if err != nil {
			t.Fatal(err)
		}
		object, err := encrypter.Encrypt([]byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		text, err := object.CompactSerialize()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"documented algorithms": {sealed(gojose.RSA_OAEP_256, gojose.A128GCM), http.StatusOK},
		"plain body":            {plain, http.StatusBadRequest},
		"empty body":            {"", http.StatusBadRequest},
		"other alg":             {sealed(gojose.RSA_OAEP, gojose.A128GCM), http.StatusBadRequest},
		"other enc":             {sealed(gojose.RSA_OAEP_256, gojose.A256GCM), http.StatusBadRequest},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/cardmgr/inquiryCardInfoByToken", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
		req.Header.Set("Content-Type", coshine.DefaultBodyContentType)
		req.Header.Set("timestamp", "1776666652")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.want)
		}
	}
	for _, r := range server.Received("") {
		if strings.Contains(r.Body.Reveal(), "cardToken") && r.Body.Reveal() != plain {
			t.Error("the client sent a body in plain")
		}
	}
}

// TestBothSerializationsWork runs a write and a read over flattened JSON.
func TestBothSerializationsWork(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{OAuth: true, Serialization: jose.JWESerializationJSON})
	card := activeCard(t, client, "C1")
	if _, err := client.Cards.Secrets(t.Context(), coshine.CardRequest{CardToken: card.CardToken}); err != nil {
		t.Error(err)
	}
	if body := sent(t, server, "Cards.Secrets"); body[0] != '{' || !strings.Contains(body, `"ciphertext"`) {
		t.Error("not a flattened JSON serialisation")
	}
}

// TestRejectedTokenIsReplacedOnce: a 403 in OAuth mode gets one new token, for a
// write as well, because the platform has refused before it acted. A second 403
// ends the call.
func TestRejectedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{OAuth: true})
	card := activeCard(t, client, "C1")
	server.RevokeTokens()
	var info issuing.CallInfo
	if _, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "10.00"), issuing.WithCallInfo(&info)); err != nil {
		t.Fatal(err)
	}
	log := server.Received("Cards.Deposit")
	if len(log) != 2 || log[0].Bearer.Equal(log[1].Bearer) || server.Requests("OAuth.Token") != 2 || server.Booked(info.Key) != 1 {
		t.Errorf("%d requests, %d tokens, booked %d times", len(log), server.Requests("OAuth.Token"), server.Booked(info.Key))
	}
}

// TestStaticTokenIsNotReplaced: a rejected static token needs a new one from
// Coshine.
func TestStaticTokenIsNotReplaced(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{})
	cfg := server.ClientConfig()
	cfg.Token = issuing.NewSecret("another-token")
	client := clientOf(t, server, cfg)
	_, err := client.Cards.Reissue(t.Context(), someCard)
	if !errors.Is(err, issuing.ErrUnauthorized) || server.Requests("") != 1 || strings.Contains(err.Error(), "another-token") {
		t.Errorf("%d requests, %v", server.Requests(""), err)
	}
}

// TestTokenIsRenewedEarly turns the clock: a token serves for 55 of its 60
// minutes.
func TestTokenIsRenewedEarly(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{OAuth: true})
	for _, step := range []struct {
		advance time.Duration
		tokens  int
	}{{0, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}, {54 * time.Minute, 2}, {2 * time.Minute, 3}} {
		server.Clock().Advance(step.advance)
		if _, err := client.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}); err != nil {
			t.Fatal(err)
		}
		if n := server.Requests("OAuth.Token"); n != step.tokens {
			t.Errorf("%d tokens, want %d", n, step.tokens)
		}
	}
	clone, err := client.Clone(issuing.WithTimeout(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clone.Parameters.CardProducts(t.Context(), coshine.CardProductsRequest{}); err != nil || server.Requests("OAuth.Token") != 3 {
		t.Errorf("a clone fetched a token of its own: %v", err)
	}
}

// roundTrip is a RoundTripper made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// oauthConfig is a configuration whose requests go to a test's own RoundTripper.
func oauthConfig(t *testing.T) coshine.Config {
	t.Helper()
	cfg := startServer(t, coshinetest.Config{OAuth: true}).ClientConfig()
	cfg.BaseURL, cfg.OAuth.TokenURL = "https://api.example.com", "https://auth.example.com/token"
	cfg.OAuth.TokenKey = sign.ES256PublicKey{}
	return cfg
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// TestOneMintForManyCallers: 64 callers without a token cause one mint.
func TestOneMintForManyCallers(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	synctest.Test(t, func(t *testing.T) {
		var mints, calls atomic.Int64
		client, err := coshine.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "auth.example.com" {
				mints.Add(1)
				time.Sleep(2 * time.Second) // of the bubble's time
				return answer(200, `{"access_token":"at-1","token_type":"bearer","expires_in":3600}`), nil
			}
			calls.Add(1)
			if r.Header.Get("Authorization") != "Bearer at-1" {
				t.Error("a call without the token")
			}
			return answer(404, ""), nil
		})}))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { _, _ = client.Cards.Card(t.Context(), someCard) })
		}
		wg.Wait()
		if mints.Load() != 1 || calls.Load() != 64 {
			t.Errorf("%d mints for %d calls", mints.Load(), calls.Load())
		}
	})
}

// TestTokenLifeCountsFromTheAsking: a slow answer does not make a token live
// longer than its server says.
func TestTokenLifeCountsFromTheAsking(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	synctest.Test(t, func(t *testing.T) {
		var mints atomic.Int64
		client, err := coshine.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "auth.example.com" {
				mints.Add(1)
				time.Sleep(20 * time.Second) // of the bubble's time
				return answer(200, `{"access_token":"at-1","expires_in":60}`), nil
			}
			return answer(404, ""), nil
		})}))
		if err != nil {
			t.Fatal(err)
		}
		for _, wait := range []time.Duration{0, 5 * time.Second, 6 * time.Second} {
			time.Sleep(wait) // the token is renewed 30 seconds after it was asked for
			_, _ = client.Cards.Card(t.Context(), someCard)
		}
		if mints.Load() != 2 {
			t.Errorf("%d mints", mints.Load())
		}
	})
}

// TestHangingMintBlocksNobody: a waiter leaves with its own context, and the
// next token is fetched when the hanging fetch has been given up.
func TestHangingMintBlocksNobody(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	synctest.Test(t, func(t *testing.T) {
		var mints atomic.Int64
		client, err := coshine.New(cfg, issuing.WithTimeout(30*time.Second), issuing.WithMaxAttempts(1),
			issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host != "auth.example.com" {
					return answer(404, ""), nil
				}
				if mints.Add(1) == 1 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				return answer(200, `{"access_token":"at-2"}`), nil
			})}))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for _, patience := range []time.Duration{time.Second, 3 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			_, err := client.Transactions.ISO8583(ctx, coshine.OpenRequest{})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, issuing.ErrOutcomeUnknown) {
				t.Errorf("after %v: %v", patience, err)
			}
		}
		if waited := time.Since(start); waited != 4*time.Second || mints.Load() != 1 {
			t.Errorf("waited %v for %d mints", waited, mints.Load())
		}
		time.Sleep(time.Minute)
		if _, err := client.Cards.Card(t.Context(), someCard); !errors.Is(err, issuing.ErrNotConfigured) || mints.Load() != 2 {
			t.Errorf("%d mints, %v", mints.Load(), err)
		}
	})
}

// TestBadTokenAnswers: nothing is sent without a usable token, and no error
// shows one.
func TestBadTokenAnswers(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	for name, c := range map[string]struct {
		status int
		body   string
		kind   error
	}{
		"invalid client":  {401, `{"error":"invalid_client"}`, issuing.ErrUnauthorized},
		"invalid grant":   {400, `{"error":"invalid_grant"}`, issuing.ErrUnauthorized},
		"no token":        {200, `{}`, issuing.ErrBadResponse},
		"HTML":            {200, `<html>`, issuing.ErrBadResponse},
		"other type":      {200, `{"access_token":"secret-token","token_type":"mac"}`, issuing.ErrBadResponse},
		"header in token": {200, `{"access_token":"secret-token\r\nX: y"}`, issuing.ErrBadResponse},
		"down":            {503, ``, issuing.ErrUnavailable},
		"huge":            {200, strings.Repeat("a", 100_000), issuing.ErrBadResponse},
		"redirect":        {307, ``, issuing.ErrBadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			client, err := coshine.New(cfg, issuing.WithMaxAttempts(1), issuing.WithHTTPClient(&http.Client{
				Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Host != "auth.example.com" {
						sent.Add(1)
					}
					return answer(c.status, c.body), nil
				}),
			}))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Transactions.ISO8583(t.Context(), coshine.OpenRequest{})
			if !errors.Is(err, c.kind) || errors.Is(err, issuing.ErrOutcomeUnknown) || sent.Load() != 0 {
				t.Errorf("%d sent, %v", sent.Load(), err)
			}
			if strings.Contains(err.Error(), "secret-token") || strings.Contains(err.Error(), "example.com") {
				t.Errorf("the error shows too much: %v", err)
			}
		})
	}
}

// TestAccessTokenIsVerified: with the platform's EC key configured, a token that
// it did not sign is not used.
func TestAccessTokenIsVerified(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{OAuth: true})
	cfg := server.ClientConfig()
	key, err := sign.NewES256Key(newECKey(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.OAuth.TokenKey = key.Public()
	_, err = clientOf(t, server, cfg).Cards.Reissue(t.Context(), someCard)
	if !errors.Is(err, sign.ErrVerify) || !errors.Is(err, issuing.ErrBadResponse) || server.Requests("Cards.Reissue") != 0 {
		t.Errorf("%d requests, %v", server.Requests("Cards.Reissue"), err)
	}
}

// TestPlainAnswerIsRefusedInOAuthMode: a 200 that is not encrypted, or not for
// this client, is no success; a write is then of unknown outcome.
func TestPlainAnswerIsRefusedInOAuthMode(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	for _, body := range []string{`{"responseCode":"00","tranId":"TXN1"}`, `a.b.c.d.e`, ``} {
		client, err := coshine.New(cfg, issuing.WithMaxAttempts(1), issuing.WithHTTPClient(&http.Client{
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host == "auth.example.com" {
					return answer(200, `{"access_token":"at"}`), nil
				}
				return answer(200, body), nil
			}),
		}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.Cards.Reissue(t.Context(), someCard, withID("TXN1")); !errors.Is(err, issuing.ErrOutcomeUnknown) {
			t.Errorf("write, %q: %v", body, err)
		}
		if _, err = client.Cards.Card(t.Context(), someCard, withID("TXN1")); !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("read, %q: %v", body, err)
		}
	}
}

// TestSecondRejectionEndsTheCall: a token endpoint whose tokens never work is
// not asked for ever.
func TestSecondRejectionEndsTheCall(t *testing.T) {
	t.Parallel()
	cfg := oauthConfig(t)
	var mints, calls atomic.Int64
	client, err := coshine.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "auth.example.com" {
			return answer(200, fmt.Sprintf(`{"access_token":"at-%d"}`, mints.Add(1))), nil
		}
		calls.Add(1)
		return answer(403, ""), nil
	})}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Cards.Reissue(t.Context(), someCard)
	var e *issuing.Error
	if !errors.Is(err, issuing.ErrUnauthorized) || !errors.As(err, &e) || e.Attempts != 2 || mints.Load() != 2 || calls.Load() != 2 {
		t.Errorf("%d mints, %d calls, %v", mints.Load(), calls.Load(), err)
	}
}
