package coshine_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sampleServer issues the card of the published samples.
func sampleServer(t *testing.T) (*coshinetest.Server, *coshine.Client) {
	t.Helper()
	server := startServer(t, coshinetest.Config{
		SampleLists: true,
		NextCard: func(int) coshinetest.NewCard {
			return coshinetest.NewCard{
				CardApplyNo: "AP20260420000001", CardNumber: issuing.NewSecret("4220000000000001"),
				CardToken: "MOCK-TOKEN-0000000000000001", ExpiryDate: "2904", CVV2: issuing.NewSecret("123"),
			}
		},
	})
	cfg := server.ClientConfig()
	cfg.TranBranch = "GTW100000" // nine characters, as in the samples
	return server, clientOf(t, server, cfg)
}

func withID(id string) issuing.CallOption { return coshine.WithHeader(coshine.Header{TranID: id}) }

// TestPublishedSamplePairsRoundTrip sends the three published requests and gets
// the three published answers, byte for byte on both ways.
func TestPublishedSamplePairsRoundTrip(t *testing.T) {
	t.Parallel()
	server, client := sampleServer(t)
	var info issuing.CallInfo

	req := application("CIF20260420MVP01")
	card, err := client.Cards.Apply(t.Context(), req, withID("TXN20260420143052MVP001"), issuing.WithCallInfo(&info))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "application, request", sample(t, "application_request.json"), sent(t, server, "Cards.Apply"))
	same(t, "application, answer", sample(t, "application_response.json"), info.Raw.Reveal())
	card.Raw = issuing.Secret{} // is in no message
	encoded, err := wire.Codec{}.Marshal(card)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "application, decoded and encoded again", sample(t, "application_response.json"), string(encoded))

	server.Clock().Advance(30 * time.Second)
	list, err := client.Customers.Cards(t.Context(), coshine.CustomerRequest{CustomerID: "CIF20260420MVP01"},
		withID("TXN20260420143122MVP002"), issuing.WithCallInfo(&info))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "card list, request", sample(t, "cardlist_request.json"), sent(t, server, "Customers.Cards"))
	same(t, "card list, answer", sample(t, "cardlist_response.json"), info.Raw.Reveal())
	want := []coshine.Card{{
		CardNumber: issuing.NewSecret("422000******0001"), CardToken: "MOCK-TOKEN-0000000000000001",
		CardStatus: "N", CardFlag: coshine.CardFlagVirtual, ExpiryDate: "2904",
	}}
	if diff := cmp.Diff(want, list.Cards, cmp.Comparer(issuing.Secret.Equal)); diff != "" {
		t.Errorf("card list (-want +got):\n%s", diff)
	}
	if list.RecordNum != 1 || list.CustomerID != "CIF20260420MVP01" {
		t.Errorf("%d records of %q", list.RecordNum, list.CustomerID)
	}

	server.Clock().Advance(38 * time.Second)
	ack, err := client.Cards.Activate(t.Context(), activation(req, card), withID("TXN20260420143200MVP003"), issuing.WithCallInfo(&info))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "activation, request", sample(t, "activation_request.json"), sent(t, server, "Cards.Activate"))
	same(t, "activation, answer", sample(t, "activation_response.json"), info.Raw.Reveal())
	ack.Raw = issuing.Secret{}
	if encoded, err = (wire.Codec{}).Marshal(ack); err != nil {
		t.Fatal(err)
	}
	same(t, "activation, decoded and encoded again", sample(t, "activation_response.json"), string(encoded))
	if at, ok := ack.At(time.FixedZone("", 8*60*60)); !ok || !at.Equal(server.Clock().Now()) {
		t.Errorf("time of the answer: %v, %t", at, ok)
	}
}

// sent returns the body of the last request of an operation.
func sent(t *testing.T, server *coshinetest.Server, op string) string {
	t.Helper()
	log := server.Received(op)
	if len(log) == 0 {
		t.Fatalf("no request of %s arrived", op)
	}
	return log[len(log)-1].Body.Reveal()
}

func same(t *testing.T, what, want, got string) {
	t.Helper()
	if want != got {
		t.Errorf("%s:\nwant %s\ngot  %s", what, want, got)
	}
	if !json.Valid([]byte(got)) {
		t.Errorf("%s: not JSON", what)
	}
}
