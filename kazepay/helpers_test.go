package kazepay_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// epoch is when turned clocks of these tests start.
var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

// delay is longer than the delay of every asynchronous step.
const delay = time.Second

// serverKeys are those of all platforms of these tests.
var serverKeys = sync.OnceValue(func() kazepaytest.Keys {
	keys, _ := kazepaytest.NewKeys()
	return keys
})

func startServer(t testing.TB, cfg kazepaytest.Config) *kazepaytest.Server {
	t.Helper()
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(epoch)
	}
	if cfg.Keys == (kazepaytest.Keys{}) {
		cfg.Keys = serverKeys()
	}
	server, err := kazepaytest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, server *kazepaytest.Server, opts ...issuing.Option) *kazepay.Client {
	t.Helper()
	return clientOf(t, server, server.ClientConfig(), opts...)
}

func clientOf(t testing.TB, server *kazepaytest.Server, cfg kazepay.Config, opts ...issuing.Option) *kazepay.Client {
	t.Helper()
	opts = append([]issuing.Option{
		issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, 2*time.Millisecond),
	}, opts...)
	client, err := kazepay.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// start returns a platform whose clock stands still, and a client for it.
func start(t testing.TB, cfg kazepaytest.Config, opts ...issuing.Option) (*kazepaytest.Server, *kazepay.Client) {
	t.Helper()
	server := startServer(t, cfg)
	return server, newClient(t, server, opts...)
}

// holder is a user; n makes different ones.
type holder struct{ email, number, prefix string }

func user(n int) holder {
	digits := strings.Repeat("0", 4) + string(rune('0'+n/10%10)) + string(rune('0'+n%10))
	return holder{"user" + digits + "@kazepay.io", "15659" + digits, "60"}
}

func (h holder) apply() kazepay.ApplyRequest {
	return kazepay.ApplyRequest{Email: issuing.Personal(h.email), MobileNumber: issuing.Personal(h.number), MobilePrefix: h.prefix, CardBIN: "222929"}
}

func (h holder) upload(picture []byte) kazepay.UploadRequest {
	return kazepay.UploadRequest{Email: issuing.Personal(h.email), MobileNumber: issuing.Personal(h.number), MobilePrefix: h.prefix, File: bytes.NewReader(picture)}
}

func (h holder) identity(typ kazepay.IdentificationType) kazepay.Identity {
	return kazepay.Identity{
		Email: issuing.Personal(h.email), MobileNumber: issuing.Personal(h.number), MobilePrefix: h.prefix, MobilePrefixCountry: "MY",
		FirstName: "Trump", LastName: "Donald", DateOfBirth: issuing.NewDate(1958, time.April, 25),
		AddressLine: "Nashville TN 37011", City: "Paris", CountryCode: "FR", PostCode: "223456", State: "dizhi",
		IdentificationType: typ, IdentificationNumber: issuing.NewSecret("A563F186"),
		IdentificationExpiryDate: issuing.NewDate(2099, time.December, 31),
	}
}

// picture is a JPEG of n bytes, as far as anybody looks.
func picture(n int) []byte {
	b := bytes.Repeat([]byte{0x55}, max(n, 4))
	copy(b, "\xff\xd8\xff\xe0")
	return b
}

// activeCard returns the id of a virtual card that can be topped up.
func activeCard(t testing.TB, server *kazepaytest.Server, client *kazepay.Client, n int) string {
	t.Helper()
	a, err := client.Virtual.Apply(t.Context(), user(n).apply())
	if err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(delay)
	return a.ID
}

// passKYC takes a user through the review.
func passKYC(t testing.TB, server *kazepaytest.Server, client *kazepay.Client, h holder) {
	t.Helper()
	var ids []string
	for range 2 {
		f, err := client.KYC.Upload(t.Context(), h.upload(picture(1000)))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, f.ID)
	}
	review, err := client.KYC.Submit(t.Context(), kazepay.SubmitRequest{
		Identity: h.identity(kazepay.IdentificationTypePassport), FrontFileID: ids[0], HandheldFileID: ids[1],
	})
	if err != nil || review.Status != kazepay.KYCStatusWaiting {
		t.Fatalf("%+v, %v", review, err)
	}
	if err := server.ApproveKYC(h.email); err != nil {
		t.Fatal(err)
	}
}

// deposit tops up a card and waits for the money.
func deposit(t testing.TB, server *kazepaytest.Server, client *kazepay.Client, cardID string, amount issuing.Amount) *kazepay.Deposit {
	t.Helper()
	d, err := client.Cards.Deposit(t.Context(), kazepay.DepositRequest{CardID: cardID, Amount: amount})
	if err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(delay)
	return d
}

// inject queues faults for an operation.
func inject(t testing.TB, server *kazepaytest.Server, op string, faults ...issuingtest.Fault) {
	t.Helper()
	if err := server.Inject(op, faults...); err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless err is an *issuing.Error of the kind.
func wantError(t testing.TB, err, kind error) *issuing.Error {
	t.Helper()
	var e *issuing.Error
	if !errors.As(err, &e) || !errors.Is(err, kind) {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	return e
}

// wantBalance compares what a card may spend.
func wantBalance(t testing.TB, server *kazepaytest.Server, cardID, available, held string) {
	t.Helper()
	state, ok := server.Card(cardID)
	if !ok || state.Available.String() != available || state.Held.String() != held {
		t.Errorf("card %s holds %s and %s, want %s and %s", cardID, state.Available, state.Held, available, held)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
