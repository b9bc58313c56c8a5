package unionpay_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// epoch is when turned clocks of these tests start.
var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

// keys are shared by all tests of the package: making them is slow.
var keys = sync.OnceValues(unionpaytest.NewKeys)

func startServer(t testing.TB, cfg unionpaytest.Config) *unionpaytest.Server {
	t.Helper()
	if cfg.Keys == nil {
		shared, err := keys()
		if err != nil {
			t.Fatal(err)
		}
		cfg.Keys = shared
	}
	server, err := unionpaytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, server *unionpaytest.Server, change func(*unionpay.Config), opts ...issuing.Option) *unionpay.Client {
	t.Helper()
	opts = append([]issuing.Option{
		issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, 5*time.Millisecond),
	}, opts...)
	cfg := server.ClientConfig()
	if change != nil {
		change(&cfg)
	}
	client, err := unionpay.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// turned returns a gateway whose clock stands still, and a client for it.
func turned(t testing.TB, cfg unionpaytest.Config, opts ...issuing.Option) (*unionpaytest.Server, *unionpay.Client) {
	t.Helper()
	cfg.Clock = issuingtest.NewClock(epoch)
	server := startServer(t, cfg)
	return server, newClient(t, server, nil, opts...)
}

const device = "00112233445566778899aabbccddeeff"

// pushed has the issuer push a card and returns the request for its token.
func pushed(t testing.TB, server *unionpaytest.Server, cardID string) unionpay.TokenRequest {
	t.Helper()
	push, err := server.Push(unionpaytest.PushRequest{CardID: cardID})
	if err != nil {
		t.Fatal(err)
	}
	return unionpay.TokenRequest{
		DeviceID: device, IssuerID: unionpaytest.DefaultIssuerID, AuthorizationData: push.AuthData,
		UseCases: []unionpay.UseCase{unionpay.UseCaseQRC},
	}
}

// feedback is a complete report.
func feedback() unionpay.FeedbackRequest {
	return unionpay.FeedbackRequest{
		ATMID: "ATM-000123", CountryCode: "702", CityName: "Singapore", BankName: "Example Bank",
		Address: "1 Example Road", Longitude: "+103.8519", Latitude: "+1.2902", ReportReason: unionpay.ReportReasonWrongAddress,
	}
}

// inject queues faults for an operation.
func inject(t testing.TB, server *unionpaytest.Server, op string, faults ...issuingtest.Fault) {
	t.Helper()
	if err := server.Inject(op, faults...); err != nil {
		t.Fatal(err)
	}
}

// next changes the next answers to an operation.
func next(t testing.TB, server *unionpaytest.Server, op string, behaviours ...unionpaytest.Behaviour) {
	t.Helper()
	if err := server.Next(op, behaviours...); err != nil {
		t.Fatal(err)
	}
}

// check fails the test when the gateway's registry does not hold.
func check(t testing.TB, server *unionpaytest.Server) {
	t.Helper()
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// asError returns the *issuing.Error of err.
func asError(t testing.TB, err error) *issuing.Error {
	t.Helper()
	var e *issuing.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *issuing.Error", err)
	}
	return e
}
