package worldcard_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// epoch is when turned clocks of these tests start.
var epoch = time.Date(2026, 4, 1, 2, 0, 0, 0, time.UTC)

func startServer(t testing.TB, cfg worldcardtest.Config) *worldcardtest.Server {
	t.Helper()
	server, err := worldcardtest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, server *worldcardtest.Server, opts ...issuing.Option) *worldcard.Client {
	t.Helper()
	opts = append([]issuing.Option{
		issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, 5*time.Millisecond),
	}, opts...)
	client, err := worldcard.New(server.ClientConfig(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// turned returns a platform whose clock stands still, and a client for it.
func turned(t testing.TB, cfg worldcardtest.Config, opts ...issuing.Option) (*worldcardtest.Server, *worldcard.Client) {
	t.Helper()
	cfg.Clock = issuingtest.NewClock(epoch)
	server := startServer(t, cfg)
	return server, newClient(t, server, opts...)
}

// virtualV is a complete application for a VIRTUAL-V card.
func virtualV(key string, amount issuing.Amount) worldcard.ApplyRequest {
	return worldcard.ApplyRequest{
		MerchantCardID: key, CardType: worldcard.CardTypeVirtualV, CardBINID: "1", FirstRechargeAmount: amount,
		FirstName: "John", LastName: "Doe", State: "NY", CountryCode: "US", City: "New York",
		Address: "123 Main St", PostalCode: "10001",
	}
}

// physicalG is a complete application for a PHYSICAL-G card.
func physicalG(key string) worldcard.PhysicalApplyRequest {
	return worldcard.PhysicalApplyRequest{
		MerchantCardID: key, CardBINID: "12", FirstName: "SAN", LastName: "ZHANG",
		TelephoneCountryCode: "86", Phone: "13800138000", BirthDate: issuing.NewDate(1990, time.January, 15),
	}
}

// activeCard applies for a card without faults and waits until it is active.
func activeCard(t testing.TB, server *worldcardtest.Server, client *worldcard.Client) worldcard.CardRef {
	t.Helper()
	server.Choose(nil)
	defer server.Choose(randomFault)
	card, err := client.Virtual.Apply(t.Context(), virtualV("target", issuing.NewAmount(10, 0)))
	if err != nil {
		t.Fatal(err)
	}
	for !isActive(t, server, "target") {
		server.Clock().Advance(time.Second)
		time.Sleep(time.Millisecond) // a following clock issues the card on a timer of its own
	}
	return worldcard.ByCardID(card.ID)
}

func isActive(t testing.TB, server *worldcardtest.Server, key string) bool {
	t.Helper()
	card, ok := server.Card(key)
	return ok && card.Status == worldcard.CardStatusActive
}

// inject queues faults for an operation.
func inject(t testing.TB, server *worldcardtest.Server, op string, faults ...issuingtest.Fault) {
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

// deskKeys are one set of keys for all platforms of the tests of settling.
func deskKeys(t testing.TB) worldcardtest.Keys {
	t.Helper()
	keys, err := madeKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

var madeKeys = sync.OnceValues(worldcardtest.NewKeys)
