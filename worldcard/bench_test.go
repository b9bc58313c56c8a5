package worldcard_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// instant answers every request at once, inside the process.
type instant struct{ body []byte }

func (i instant) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(bytes.NewReader(i.body)), ContentLength: int64(len(i.body)),
	}, nil
}

func instantClient(b *testing.B) *worldcard.Client {
	b.Helper()
	key, err := sign.NewPrivateKey(merchantKey())
	if err != nil {
		b.Fatal(err)
	}
	aes, err := sign.ParseAESKey(aesKeyText)
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"code":0,"message":"success","data":{"transaction_id":"9876543210","card_id":"1","merchant_transaction_id":"tx","amount":"100.00","currency":"USD","status":1}}`)
	client, err := worldcard.New(worldcard.Config{BaseURL: "https://api.example.com", AppID: "app", PrivateKey: key, AESKey: aes},
		issuing.WithHTTPClient(&http.Client{Transport: instant{body}}))
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// BenchmarkDeposit is a whole call without a network: validation, encoding,
// envelope, signature, judgement, decoding.
func BenchmarkDeposit(b *testing.B) {
	client := instantClient(b)
	req := worldcard.DepositRequest{CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(100_00, 2)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := client.Cards.Deposit(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDeposit64 shares one client between 64 goroutines per processor. Run
// it with -mutexprofile: nothing on the signing path waits for a lock.
func BenchmarkDeposit64(b *testing.B) {
	client := instantClient(b)
	req := worldcard.DepositRequest{CardRef: worldcard.ByCardID("1"), MerchantTransactionID: "tx", Amount: issuing.NewAmount(100_00, 2)}
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.Cards.Deposit(b.Context(), req); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
