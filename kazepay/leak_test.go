package kazepay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

const leaked = "4937240800070604"

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	for _, zero := range []any{
		kazepay.Card{}, kazepay.CardNumberID{}, kazepay.AssignRequest{}, kazepay.SubmitRequest{}, kazepay.SubmitInlineRequest{},
		kazepay.Identity{}, kazepay.Link{}, kazepay.Failure{}, kazepay.Unverified{}, kazepay.HolderChallenged{}, kazepay.CardStateChanged{},
		kazepay.TransactionCreated{}, kazepay.CardDeposited{}, kazepay.CardClosed{}, kazepay.ActivationCodeSent{},
		kazepaytest.CardState{}, issuing.CallInfo{}, sign.Envelope{},
	} {
		filled := leaktest.Fill(t, leaked, zero)
		leaktest.Check(t, []string{leaked}, filled)
	}
}

func TestNoConfigurationPrintsAKey(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	key := server.MerchantPrivateKey().Reveal()
	// The middle of the key's PEM is in none of the public texts.
	part := key[400:432]
	leaktest.Check(t, []string{part}, server.ClientConfig(), *client, serverKeys(), kazepaytest.Config{Keys: serverKeys()})
}

func TestAPlatformPrintsNoCard(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	state, _ := server.Card(activeCard(t, server, client, 1))
	leaktest.Check(t, []string{state.CardNumber.Reveal(), server.PrintCard().Reveal()}, server)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if text := fmt.Sprintf(verb, server); text != server.URL() {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

func TestErrorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	server, client := start(t, kazepaytest.Config{})
	pan := issuing.NewSecret(leaked)
	inject(t, server, "Physical.Assign", issuingtest.DropAfter())
	_, unclear := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "a@b.example", CardNumber: pan})
	_, refused := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: "a@b.example", CardNumber: pan})
	_, unknown := client.Cards.CardID(t.Context(), pan)
	_, invalid := client.Cards.CardID(t.Context(), issuing.NewSecret(leaked+leaked))
	_, image := kazepay.InlineImage([]byte(leaked))
	for _, err := range []error{unclear, refused, unknown, invalid, image} {
		var e *issuing.Error
		if !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		leaktest.Check(t, []string{leaked}, e)
	}
}

// TestErrorsDoNotRepeatTheRequestsSecrets has a platform that quotes what it
// refuses.
func TestErrorsDoNotRepeatTheRequestsSecrets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secret string
		call   func(ctx context.Context, c *kazepay.Client) error
	}{
		"pin": {"375426", func(ctx context.Context, c *kazepay.Client) error {
			return c.Physical.SetPIN(ctx, "3295", issuing.NewSecret("375426"))
		}},
		"activation code": {"70795665", func(ctx context.Context, c *kazepay.Client) error {
			_, err := c.Physical.Activate(ctx, "3377", issuing.NewSecret("70795665"))
			return err
		}},
		"document": {"A563F186", func(ctx context.Context, c *kazepay.Client) error {
			id := user(1).identity(kazepay.IdentificationTypePassport)
			id.IdentificationNumber = issuing.NewSecret("A563F186")
			_, err := c.KYC.Link(ctx, id)
			return err
		}},
		"document of a submission": {"A563F186", func(ctx context.Context, c *kazepay.Client) error {
			id := user(1).identity(kazepay.IdentificationTypePassport)
			id.IdentificationNumber = issuing.NewSecret("A563F186")
			_, err := c.KYC.Submit(ctx, kazepay.SubmitRequest{Identity: id, FrontFileID: fileID, HandheldFileID: fileID})
			return err
		}},
	} {
		for _, status := range []int{200, 500} {
			s := newWireServer(t, plain(status, `{"head":{"code":"FAKE_X","detail":"the value `+c.secret+` is wrong"},"body":{}}`))
			err := c.call(t.Context(), s.client(t))
			var e *issuing.Error
			if !errors.As(err, &e) || e.Message != "the value [redacted] is wrong" || strings.Contains(err.Error(), c.secret) {
				t.Errorf("%s, status %d: %v", name, status, err)
			}
		}
	}
}
