package worldcard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// Operations that these tests disturb.
const (
	opApply    = "Virtual.Apply"
	opDeposit  = "Cards.Deposit"
	opFreeze   = "Cards.Freeze"
	opClose    = "Cards.Close"
	opAssign   = "Physical.Assign"
	opActivate = "Physical.Activate"
	opPIN      = "Physical.SetPIN"
)

// Paths that scripted platforms answer.
const (
	pathDeposit  = "/api/v1/card/deposit"
	pathFreeze   = "/api/v1/card/freeze"
	pathPIN      = "/api/v1/card/physical/change/pin"
	pathVirtual  = "/api/v1/card/virtual/get_info"
	pathPhysical = "/api/v1/card/physical/get_info"
)

// issued returns a platform with an active virtual card.
func issued(t testing.TB, opts ...issuing.Option) (*worldcardtest.Server, *worldcard.Client, worldcard.CardRef) {
	t.Helper()
	server, client := turned(t, worldcardtest.Config{}, opts...)
	card, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(100, 0)))
	if err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	return server, client, worldcard.ByCardID(card.ID)
}

// pendingAssignment returns a platform with a physical card whose KYC is passed.
func pendingAssignment(t testing.TB) (*worldcardtest.Server, *worldcard.Client, worldcard.CardRef) {
	t.Helper()
	server, client := turned(t, worldcardtest.Config{})
	card, err := client.Physical.Apply(t.Context(), physicalG("pc"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.KYC.Init(t.Context(), "pc"); err != nil {
		t.Fatal(err)
	}
	if err := server.ApproveKYC("pc"); err != nil {
		t.Fatal(err)
	}
	return server, client, worldcard.ByCardID(card.ID)
}

func TestDuplicateAfterOwnAttemptIsSettled(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]issuingtest.Fault{
		"dropped after commit": issuingtest.DropAfter(),
		"502 after commit":     issuingtest.BadGatewayAfter(),
		"truncated answer":     issuingtest.Truncate(),
		"no code":              issuingtest.Replace(`{"message":"ok"}`),
		"unreadable result":    issuingtest.Replace(`{"code":0,"data":{"amount":"NaN"}}`),
		"dropped before":       issuingtest.DropBefore(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client, ref := issued(t)
			inject(t, server, opDeposit, fault)
			var info issuing.CallInfo
			d, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
				CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0),
			}, issuing.WithCallInfo(&info))
			if err != nil {
				t.Fatal(err)
			}
			if got := server.Deposits(); len(got) != 1 || got[0].ID != d.ID || d.Amount.String() != "50.00" {
				t.Errorf("reported %+v, booked %+v", d, got)
			}
			if settled := name != "dropped before"; info.Settled != settled {
				t.Errorf("settled by a lookup: %t, want %t", info.Settled, settled)
			}
			if info.Key != "tx" {
				t.Errorf("key %q", info.Key)
			}
			inject(t, server, opApply, fault)
			card, err := client.Virtual.Apply(t.Context(), virtualV("mc2", issuing.NewAmount(10, 0)))
			if err != nil {
				t.Fatal(err)
			}
			if booked, ok := server.Card("mc2"); !ok || booked.ID != card.ID {
				t.Errorf("reported %s, booked %v", card.ID, booked)
			}
			if err := server.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDuplicateWithoutOwnAttemptIsReported(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	req := worldcard.DepositRequest{CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
	if _, err := client.Cards.Deposit(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	_, err := client.Cards.Deposit(t.Context(), req)
	wantError(t, err, issuing.ErrDuplicate)
	wantError(t, err, worldcard.CodeDuplicateOrder)
	_, err = client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(10, 0)))
	wantError(t, err, issuing.ErrDuplicate)
	if _, err := client.Physical.Apply(t.Context(), physicalG("pc")); err != nil {
		t.Fatal(err)
	}
	_, err = client.Physical.Apply(t.Context(), physicalG("pc"))
	wantError(t, err, issuing.ErrDuplicate)
	if n := len(server.Deposits()); n != 1 {
		t.Errorf("%d top-ups", n)
	}
}

func TestKeyOfAnotherIntentIsNotSettled(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	deposit := func(amount int64) error {
		_, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
			CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(amount, 0),
		})
		return err
	}
	if err := deposit(50); err != nil {
		t.Fatal(err)
	}
	// The repeat's first attempt is unclear, so it is looked up, and the lookup
	// finds a top-up of another amount: which of the two it is cannot be told.
	inject(t, server, opDeposit, issuingtest.DropBefore())
	wantError(t, deposit(60), issuing.ErrOutcomeUnknown)
	inject(t, server, opApply, issuingtest.DropBefore())
	_, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(10, 0)))
	wantError(t, err, issuing.ErrOutcomeUnknown)
}

func TestOpenOutcomeIsUnknownAndSettledLater(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	// Every attempt is carried out or not, but none is answered, and neither is
	// the lookup.
	server.Choose(func(string) issuingtest.Fault { return issuingtest.DropAfter() })
	_, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0),
	})
	e := wantError(t, err, issuing.ErrOutcomeUnknown)
	if e.Key != "tx" || e.Op != "Cards.Deposit" || e.Attempts != issuing.DefaultMaxAttempts {
		t.Errorf("key %q, op %q, %d attempts", e.Key, e.Op, e.Attempts)
	}
	server.Choose(nil)
	d, err := client.Cards.DepositByKey(t.Context(), ref, "tx")
	if err != nil || d.Amount.String() != "50.00" {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = client.Cards.DepositByKey(t.Context(), ref, "never sent")
	wantError(t, err, issuing.ErrNotFound)
}

func TestRefusalAfterAnUnclearAttemptStaysOpen(t *testing.T) {
	t.Parallel()
	// The first top-up takes the whole reserve and is not answered; were the
	// platform to check the balance before the key, the repeat would be refused
	// for lack of funds. Here the repeat is rate limited until the attempts end.
	server, client, ref := issued(t)
	inject(t, server, opDeposit, issuingtest.DropAfter(), issuingtest.RateLimited(0), issuingtest.RateLimited(0))
	inject(t, server, "Cards.Deposits", issuingtest.RateLimited(0), issuingtest.RateLimited(0), issuingtest.RateLimited(0))
	_, err := client.Cards.Deposit(t.Context(), worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0),
	})
	wantError(t, err, issuing.ErrOutcomeUnknown)
	if errors.Is(err, issuing.ErrRateLimited) {
		t.Errorf("an open outcome reads as rate limited: %v", err)
	}
}

func TestCheckedOperationsReadBeforeTheyRepeat(t *testing.T) {
	t.Parallel()
	ok := func(err error) bool { return err == nil }
	unknown := func(err error) bool { return errors.Is(err, issuing.ErrOutcomeUnknown) }
	down := func(string) issuingtest.Fault { return issuingtest.DropBefore() }
	for _, c := range []struct {
		name   string
		faults []issuingtest.Fault
		choose func(string) issuingtest.Fault // for the reads
		sent   int                            // freeze requests that arrive
		status worldcard.CardStatus
		want   func(error) bool
	}{
		{"carried out, not answered", []issuingtest.Fault{issuingtest.DropAfter()}, nil, 1, worldcard.CardStatusFrozen, ok},
		{"not carried out", []issuingtest.Fault{issuingtest.DropBefore()}, nil, 2, worldcard.CardStatusFrozen, ok},
		{"html before", []issuingtest.Fault{issuingtest.BadGatewayBefore()}, nil, 2, worldcard.CardStatusFrozen, ok},
		{"html after", []issuingtest.Fault{issuingtest.BadGatewayAfter()}, nil, 1, worldcard.CardStatusFrozen, ok},
		{"rate limited", []issuingtest.Fault{issuingtest.RateLimited(0)}, nil, 2, worldcard.CardStatusFrozen, ok},
		{"never carried out", []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore()}, nil, 3, worldcard.CardStatusActive, unknown},
		{"state cannot be read", []issuingtest.Fault{issuingtest.DropAfter()}, down, 1, worldcard.CardStatusFrozen, unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, client, ref := issued(t)
			before := server.Requests(opFreeze)
			inject(t, server, opFreeze, c.faults...)
			server.Choose(func(op string) issuingtest.Fault {
				if op == opFreeze || c.choose == nil {
					return issuingtest.Fault{}
				}
				return c.choose(op)
			})
			change, err := client.Cards.Freeze(t.Context(), ref)
			if !c.want(err) {
				t.Fatalf("got %v", err)
			}
			if err == nil && change.Status != c.status {
				t.Errorf("reported %v", change.Status)
			}
			if sent := server.Requests(opFreeze) - before; sent != c.sent {
				t.Errorf("%d freeze requests, want %d", sent, c.sent)
			}
			if card, _ := server.Card("mc"); card.Status != c.status {
				t.Errorf("the card is %v, want %v", card.Status, c.status)
			}
		})
	}
}

func TestCloseAssignAndActivateAfterADroppedAnswer(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	inject(t, server, opClose, issuingtest.DropAfter())
	change, err := client.Cards.Close(t.Context(), ref)
	if err != nil || change.Status != worldcard.CardStatusClosing || server.Requests(opClose) != 1 {
		t.Errorf("%+v, %v, %d requests", change, err, server.Requests(opClose))
	}

	server, client, ref = pendingAssignment(t)
	number, pin := issuing.NewSecret("4000123412341234"), issuing.NewSecret("135790")
	inject(t, server, opAssign, issuingtest.DropAfter())
	change, err = client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: number})
	if err != nil || change.Status != worldcard.CardStatusPendingActivation || server.Requests(opAssign) != 1 {
		t.Errorf("%+v, %v, %d requests", change, err, server.Requests(opAssign))
	}
	inject(t, server, opActivate, issuingtest.DropAfter())
	if _, err = client.Physical.Activate(t.Context(), worldcard.ActivateRequest{CardRef: ref, PIN: pin}); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Minute)
	card, _ := server.Card("pc")
	if card.Status != worldcard.CardStatusActive || !card.PIN.Equal(pin) || !card.Number.Equal(number) {
		t.Errorf("the card is %+v", card)
	}
}

func TestSetPINIsSentOnce(t *testing.T) {
	t.Parallel()
	server, client, ref := pendingAssignment(t)
	inject(t, server, opPIN, issuingtest.DropBefore())
	err := client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("135790")})
	wantError(t, err, issuing.ErrOutcomeUnknown)
	if n := server.Requests(opPIN); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestCancelledWhileWaitingIsUnknown(t *testing.T) {
	t.Parallel()
	server, client, ref := issued(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Choose(func(string) issuingtest.Fault {
		cancel()
		return issuingtest.DropAfter()
	})
	_, err := client.Cards.Deposit(ctx, worldcard.DepositRequest{
		CardRef: ref, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0),
	})
	wantError(t, err, issuing.ErrOutcomeUnknown)
	wantError(t, err, context.Canceled)
	if n := len(server.Deposits()); n != 1 {
		t.Errorf("%d top-ups", n)
	}
}
