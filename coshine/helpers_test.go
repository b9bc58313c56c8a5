package coshine_test

import (
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// epoch is when turned clocks of these tests start: 14:30:52 in UTC+8, the time
// of the published samples.
var epoch = time.Date(2026, 4, 20, 6, 30, 52, 0, time.UTC)

// sharedKeys are made once: RSA keys take a moment.
var sharedKeys = sync.OnceValues(coshinetest.NewKeys)

func startServer(t testing.TB, cfg coshinetest.Config) *coshinetest.Server {
	t.Helper()
	keys, err := sharedKeys()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Keys = keys
	if cfg.Clock == nil {
		cfg.Clock = issuingtest.NewClock(epoch)
	}
	server, err := coshinetest.NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, server *coshinetest.Server, opts ...issuing.Option) *coshine.Client {
	t.Helper()
	return clientOf(t, server, server.ClientConfig(), opts...)
}

func clientOf(t testing.TB, server *coshinetest.Server, cfg coshine.Config, opts ...issuing.Option) *coshine.Client {
	t.Helper()
	opts = append([]issuing.Option{
		issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, 5*time.Millisecond),
	}, opts...)
	client, err := coshine.New(cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// inject queues faults for an operation.
func inject(t testing.TB, server *coshinetest.Server, op string, faults ...issuingtest.Fault) {
	t.Helper()
	if err := server.Inject(op, faults...); err != nil {
		t.Fatal(err)
	}
}

// redirect queues answers of 307 for an operation.
func redirect(t testing.TB, server *coshinetest.Server, op string, locations ...string) {
	t.Helper()
	if err := server.Redirect(op, locations...); err != nil {
		t.Fatal(err)
	}
}

// testPaths are the guesses of the reference, and made-up paths for interfaces
// that have not even a guess.
func testPaths() coshine.Paths {
	paths := coshine.InferredPaths()
	for _, row := range coshine.Catalogue() {
		if row.Evidence == coshine.EvidenceUnknown {
			paths[row.API] = "/test/" + string(row.API)
		}
	}
	return paths
}

// full starts a platform with every interface mounted, and a client for it.
func full(t testing.TB, cfg coshinetest.Config, opts ...issuing.Option) (*coshinetest.Server, *coshine.Client) {
	t.Helper()
	cfg.Paths = testPaths()
	server := startServer(t, cfg)
	return server, newClient(t, server, opts...)
}

// application is a complete application for a virtual card.
func application(customer string) coshine.ApplyRequest {
	return coshine.ApplyRequest{
		CardFlag: coshine.CardFlagVirtual, CardProdCode: coshine.CardProdCodeSandboxVisa, CardEmbossName: "TEST HOLDER",
		CustomerID: customer, CustIDType: coshine.CustIDTypeDefault, CustIDNo: issuing.NewSecret("E12345678"),
		CustName: "Test Holder", CustMobile: "+6591234567", CustEmail: "test@example.com",
	}
}

func activation(req coshine.ApplyRequest, card *coshine.Application) coshine.ActivateRequest {
	return coshine.ActivateRequest{
		CardToken: card.CardToken, ExpiryDate: card.ExpiryDate, CVV2: card.CVV2,
		CustomerID: req.CustomerID, CustIDType: req.CustIDType, CustIDNo: req.CustIDNo,
	}
}

// activeCard applies for a card and activates it.
func activeCard(t testing.TB, client *coshine.Client, customer string) *coshine.Application {
	t.Helper()
	req := application(customer)
	card, err := client.Cards.Apply(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Cards.Activate(t.Context(), activation(req, card)); err != nil {
		t.Fatal(err)
	}
	return card
}

// money is a transaction of the platform's own contract.
func money(token coshine.CardToken, amount string, more ...any) coshine.TransactionRequest {
	value, err := issuing.ParseAmount(amount)
	if err != nil {
		value = issuing.Amount("")
	}
	req := coshine.TransactionRequest{
		CardRef: coshine.ByToken(token), Extra: coshine.Extra{coshinetest.FieldAmount: value},
	}
	for i := 0; i+1 < len(more); i += 2 {
		name, _ := more[i].(string)
		req.Extra[name] = more[i+1]
	}
	return req
}
