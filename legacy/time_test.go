package legacy_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// tripper is an HTTP transport made of a function.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// answering returns a client whose requests are answered by a function of their
// path, without a network.
func answering(t *testing.T, answer func(path string) string, opts ...issuing.Option) *legacy.Client {
	t.Helper()
	secret, err := sign.NewAppSecret(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	transport := tripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(answer(r.URL.Path))),
		}, nil
	})
	opts = append([]issuing.Option{issuing.WithHTTPClient(&http.Client{Transport: transport})}, opts...)
	client, err := legacy.New(legacy.Config{BaseURL: "https://api.example.com", AppKey: "key1", AppSecret: secret}, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestWaitsBetweenRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begin := time.Now()
		client := answering(t, func(path string) string {
			if path == pathDeposit {
				at = append(at, time.Since(begin))
				return refusedAs("5000")
			}
			return refusedAs("5201")
		}, issuing.WithMaxAttempts(6), issuing.WithRetryWait(time.Second, 3*time.Second))
		_, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242")))
		want(t, err, issuing.ErrOutcomeUnknown)
		expected := []time.Duration{0, 1, 3, 6, 9, 12}
		if len(at) != len(expected) {
			t.Fatalf("attempts at %v", at)
		}
		for i, seconds := range expected {
			if at[i] != seconds*time.Second {
				t.Errorf("attempt %d at %v, want %d s", i+1, at[i], seconds)
			}
		}
	})
}

func TestDeadlineEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		client := answering(t, func(path string) string {
			if path == pathDeposit {
				return refusedAs("500")
			}
			return refusedAs("5201")
		}, issuing.WithRetryWait(time.Hour, time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := client.Cards.Deposit(ctx, depositRequest("d-1", issuing.NewSecret("4242424242424242")))
		want(t, err, issuing.ErrOutcomeUnknown)
		if waited := time.Since(begin); waited != time.Minute {
			t.Errorf("returned after %v", waited)
		}
	})
}

func TestSlowAnswerIsSettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		placed := false
		transport := tripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == pathDeposit {
				placed = true
				<-r.Context().Done() // carried out, and never answered
				return nil, r.Context().Err()
			}
			return &http.Response{StatusCode: http.StatusOK, Request: r, Body: io.NopCloser(strings.NewReader(success(acceptedDeposit)))}, nil
		})
		secret, err := sign.NewAppSecret(testSecret)
		if err != nil {
			t.Fatal(err)
		}
		client, err := legacy.New(legacy.Config{BaseURL: "https://api.example.com", AppKey: "key1", AppSecret: secret},
			issuing.WithHTTPClient(&http.Client{Transport: transport}), issuing.WithTimeout(5*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		d, err := client.Cards.Deposit(t.Context(), depositRequest("d-1", issuing.NewSecret("4242424242424242")))
		if err != nil || d.OrderNo != "9" || !placed || time.Since(begin) != 5*time.Second {
			t.Errorf("%+v, %v after %v", d, err, time.Since(begin))
		}
	})
}

func TestHangingReadEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := tripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		secret, err := sign.NewAppSecret(testSecret)
		if err != nil {
			t.Fatal(err)
		}
		client, err := legacy.New(legacy.Config{BaseURL: "https://api.example.com", AppKey: "key1", AppSecret: secret},
			issuing.WithHTTPClient(&http.Client{Transport: transport}), issuing.WithTimeout(time.Second), issuing.WithMaxAttempts(2))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Reference.TargetCountries(t.Context()); !errors.Is(err, issuing.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	})
}

func TestExpiryTakesDigitsOnly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"+1/23", "1/+123", "-1/23", "+202-01-0", "1/-123", "0x/23"} {
		if month, year, ok := legacy.ParseExpiry(text); ok {
			t.Errorf("%s is %d/%d", text, month, year)
		}
	}
}
