package legacy_test

import (
	"context"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// TestCardsAreNeverEmpty answers success without a card: nothing is returned that
// reads as a card without money.
func TestCardsAreNeverEmpty(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	for name, read := range map[string]func(context.Context, *legacy.Client) error{
		"MASTER-E":  func(ctx context.Context, c *legacy.Client) error { return just(c.MasterE.Card(ctx, card)) },
		"VISA-H":    func(ctx context.Context, c *legacy.Client) error { return just(c.VisaH.Card(ctx, card)) },
		"VIRTUAL-L": func(ctx context.Context, c *legacy.Client) error { return just(c.VirtualL.Card(ctx, card)) },
		"VIRTUAL-P": func(ctx context.Context, c *legacy.Client) error { return just(c.VirtualP.Card(ctx, card)) },
	} {
		for _, data := range []string{"null", "{}"} {
			_, client := record(t, success(data))
			if err := read(t.Context(), client); err == nil {
				t.Errorf("%s: data %s is a card", name, data)
			} else {
				want(t, err, issuing.ErrBadResponse)
			}
		}
	}
	// A change whose answer shows no card is not known to have happened.
	_, client := record(t, success("null"))
	_, err := client.MasterE.Freeze(t.Context(), card)
	want(t, err, issuing.ErrOutcomeUnknown)
}

func TestBINsInNoLanguage(t *testing.T) {
	t.Parallel()
	r, client := record(t, success("[]"))
	_, err := client.VirtualL.BINs(t.Context(), legacy.Language(7))
	want(t, err, issuing.ErrInvalid)
	if len(r.all()) != 0 {
		t.Error("sent all the same")
	}
}
