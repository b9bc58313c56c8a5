package kazepay_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// BenchmarkCall measures a whole call without a network, beside the two RSA
// operations that it cannot do without.
func BenchmarkCall(b *testing.B) {
	body, err := sealed(head{Code: "SUCCESS"}, `{"cardID":"19181","currency":"USD","avaBalance":18506.25,"blockBalance":2020.00}`)
	if err != nil {
		b.Fatal(err)
	}
	cfg := (&wireServer{Server: newWireServer(b, plain(200, "")).Server}).config(b)
	client, err := kazepay.New(cfg, issuing.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}, nil
	})}))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Balance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := read(b.Context(), client); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare seal and open", func(b *testing.B) {
		e, err := sign.ParseEnvelope(body)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := cfg.Profile.Seal(cfg.PrivateKey, cfg.PlatformKey, []byte("{}"), []byte(`{"cardID":"19181","currency":"USD"}`)); err != nil {
				b.Fatal(err)
			}
			if _, err := cfg.Profile.Open(cfg.PrivateKey, cfg.PlatformKey, e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecodeNotification(b *testing.B) {
	n := notifications()[2]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := kazepay.DecodeNotification(n.kind, []byte(n.payload), nil); err != nil {
			b.Fatal(err)
		}
	}
}
