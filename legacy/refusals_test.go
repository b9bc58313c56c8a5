package legacy_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// What came before any order is told as what it is, whatever the order is for.
func TestRefusedBeforeAnyOrder(t *testing.T) {
	t.Parallel()
	server, client := platform(t, legacytest.Config{})
	card := server.IssueCard(legacytest.ProductVirtualL)
	for op, create := range map[string]func(context.Context, *legacy.Client) error{
		"Cards.Deposit": func(ctx context.Context, c *legacy.Client) error {
			return just(c.Cards.Deposit(ctx, depositRequest("d", card)))
		},
		"Transfers.Create": func(ctx context.Context, c *legacy.Client) error {
			return just(c.Transfers.Create(ctx, transferRequest("t")))
		},
		"Applications.ApplyVirtualP": func(ctx context.Context, c *legacy.Client) error {
			return just(c.Applications.ApplyVirtualP(ctx, virtualPApplication("p")))
		},
		"Applications.ApplyMasterE": func(ctx context.Context, c *legacy.Client) error {
			return just(c.Applications.ApplyMasterE(ctx, masterEApplication("e")))
		},
	} {
		for _, tc := range []struct {
			status int
			code   string
			kind   error
		}{
			{http.StatusUnauthorized, "401", issuing.ErrUnauthorized}, {http.StatusForbidden, "403", issuing.ErrUnauthorized},
			{http.StatusOK, "5001", issuing.ErrInvalid}, {http.StatusOK, "1101", issuing.ErrInvalid},
			{http.StatusBadRequest, "400", issuing.ErrInvalid}, {http.StatusOK, "5102", issuing.ErrInsufficientFunds},
			{http.StatusOK, "500", issuing.ErrOutcomeUnknown}, {http.StatusOK, "5006", issuing.ErrOutcomeUnknown},
			{http.StatusUnauthorized, "5001", issuing.ErrOutcomeUnknown}, {http.StatusOK, "5301", issuing.ErrOutcomeUnknown},
		} {
			server.Choose(func(got string) issuingtest.Fault {
				if got != op {
					return issuingtest.Fault{}
				}
				return issuingtest.Refuse(tc.status, refusedAs(tc.code))
			})
			err := create(t.Context(), client)
			if !errors.Is(err, tc.kind) || errors.Is(err, issuing.ErrOutcomeUnknown) != (tc.kind == issuing.ErrOutcomeUnknown) {
				t.Errorf("%s, HTTP %d, code %s: %v", op, tc.status, tc.code, err)
			}
		}
	}
	server.Choose(nil)
	if n := len(server.Deposits()) + len(server.Transfers()) + len(server.Applications()); n != 0 {
		t.Errorf("%d orders", n)
	}
}

// After an attempt that may have arrived a confirmed refusal proves nothing.
func TestRefusalsAfterAnUnclearAttempt(t *testing.T) {
	t.Parallel()
	server, _ := platform(t, legacytest.Config{})
	cfg := server.ClientConfig()
	cfg.Refusals = []legacy.Code{5301}
	client, err := legacy.New(cfg, issuing.WithClock(server.Clock().Now), quick())
	if err != nil {
		t.Fatal(err)
	}
	inject(t, server, "Cards.Deposit", issuingtest.DropBefore(), issuingtest.Refuse(http.StatusOK, refusedAs("5301")))
	err = just(client.Cards.Deposit(t.Context(), depositRequest("d", server.IssueCard(legacytest.ProductVirtualL))))
	want(t, err, issuing.ErrOutcomeUnknown)
}

// Only the pages limit texts.
func TestTextsHaveNoOtherLimits(t *testing.T) {
	t.Parallel()
	r, client := record(t, success("null"))
	long := strings.Repeat("Jalan Raya ", 100)
	req := transferRequest("t")
	req.TargetAddressLine, req.Ext, req.NotifyURL = issuing.Personal(long), strings.Repeat("x", 10_000), "https://example.com/?"+strings.Repeat("x", 5_000)
	err := just(client.Transfers.Create(t.Context(), req))
	if errors.Is(err, issuing.ErrInvalid) || len(r.all()) == 0 || !strings.Contains(string(r.all()[0].Raw), long) {
		t.Errorf("not sent: %v", err)
	}
}
