package worldcard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/worldcard"
	"github.com/issuing-sdk/issuing-go/worldcard/worldcardtest"
)

// desk is a platform with a card of either kind, and a client.
type desk struct {
	t                 testing.TB
	server            *worldcardtest.Server
	client            *worldcard.Client
	virtual, physical worldcard.CardRef
}

// openDesk makes one with an active virtual card and a physical one that waits for a
// number.
func openDesk(t testing.TB) *desk {
	t.Helper()
	server, client := turned(t, worldcardtest.Config{Keys: deskKeys(t)})
	d := &desk{t: t, server: server, client: client}
	virtual, err := client.Virtual.Apply(t.Context(), virtualV("mc", issuing.NewAmount(100, 0)))
	d.must(err)
	physical, err := client.Physical.Apply(t.Context(), physicalG("pc"))
	d.must(err)
	_, err = client.KYC.Init(t.Context(), "pc")
	d.must(err)
	d.must(server.ApproveKYC("pc"))
	server.Clock().Advance(time.Minute)
	d.virtual, d.physical = worldcard.ByCardID(virtual.ID), worldcard.ByCardID(physical.ID)
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// lose makes a call of which, and of whatever would settle it, no answer arrives, and
// returns what its record and its error leave. What it reads before is answered.
func (d *desk) lose(op string, fault issuingtest.Fault, call func(*worldcard.Client) error) (record, left issuing.Pending) {
	d.t.Helper()
	sent := false
	d.server.Choose(func(name string) issuingtest.Fault {
		switch {
		case name == op:
			sent = true
			return fault
		case !sent && (op == opAssign || op == opActivate):
			return issuingtest.Fault{}
		}
		return issuingtest.DropBefore()
	})
	defer d.server.Choose(nil)
	client := newClient(d.t, d.server, issuing.WithMaxAttempts(1), issuing.WithRecord(
		func(_ context.Context, p issuing.Pending) error { record = p; return nil }))
	left = pendingtest.Of(d.t, call(client))
	pendingtest.Began(d.t, record, left)
	d.server.Clock().Advance(time.Minute)
	return record, left
}

// write is a write on a desk.
type write struct {
	op      string
	before  func(*desk) // what it needs
	request func(*desk) any
	send    func(context.Context, *worldcard.Client, any) error
	booked  func(*desk) bool
	// arrived and lost are the verdicts; sent again, a lost one is done.
	arrived, lost issuing.Verdict
}

const cardNumber, cardPIN = "4000123412341234", "135790"

// sendBy is a method of which the request has the type R.
func sendBy[R, T any](method func(*worldcard.Client) func(context.Context, R, ...issuing.CallOption) (T, error),
) func(context.Context, *worldcard.Client, any) error {
	return func(ctx context.Context, c *worldcard.Client, request any) error {
		_, err := method(c)(ctx, request.(R))
		return err
	}
}

func (d *desk) status(key string) worldcard.CardStatus {
	card, _ := d.server.Card(key)
	return card.Status
}

func assign(d *desk) {
	_, err := d.client.Physical.Assign(d.t.Context(), worldcard.AssignRequest{CardRef: d.physical, CardNumber: issuing.NewSecret(cardNumber)})
	d.must(err)
}

func activate(d *desk) {
	assign(d)
	_, err := d.client.Physical.Activate(d.t.Context(), worldcard.ActivateRequest{CardRef: d.physical, PIN: issuing.NewSecret("246801")})
	d.must(err)
	d.server.Clock().Advance(time.Minute)
}

type ctx = context.Context
type option = issuing.CallOption

func writes() []write {
	const done, absent, open = issuing.VerdictDone, issuing.VerdictAbsent, issuing.VerdictOpen
	virtual := func(d *desk) any { return d.virtual }
	status := func(key string, want worldcard.CardStatus) func(*desk) bool {
		return func(d *desk) bool { return d.status(key) == want }
	}
	return []write{
		{
			op: "Virtual.Apply", arrived: done, lost: absent,
			request: func(*desk) any { return virtualV("new", issuing.NewAmount(10, 0)) },
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.ApplyRequest, ...option) (*worldcard.Application, error) {
				return c.Virtual.Apply
			}),
			booked: func(d *desk) bool { _, ok := d.server.Card("new"); return ok },
		},
		{
			op: "Physical.Apply", arrived: done, lost: absent,
			request: func(*desk) any {
				req := physicalG("new")
				req.CardType = worldcard.CardTypePhysicalG
				return req
			},
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.PhysicalApplyRequest, ...option) (*worldcard.Application, error) {
				return c.Physical.Apply
			}),
			booked: func(d *desk) bool { _, ok := d.server.Card("new"); return ok },
		},
		{
			op: opDeposit, arrived: done, lost: absent,
			request: func(d *desk) any {
				return worldcard.DepositRequest{CardRef: d.virtual, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
			},
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.DepositRequest, ...option) (*worldcard.Deposit, error) {
				return c.Cards.Deposit
			}),
			booked: func(d *desk) bool { return len(d.server.Deposits()) == 1 },
		},
		{
			op: opFreeze, arrived: done, lost: absent, request: virtual, booked: status("mc", worldcard.CardStatusFrozen),
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.CardRef, ...option) (*worldcard.CardChange, error) {
				return c.Cards.Freeze
			}),
		},
		{
			op: "Cards.Unfreeze", arrived: done, lost: absent, request: virtual, booked: status("mc", worldcard.CardStatusActive),
			before: func(d *desk) { _, err := d.client.Cards.Freeze(d.t.Context(), d.virtual); d.must(err) },
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.CardRef, ...option) (*worldcard.CardChange, error) {
				return c.Cards.Unfreeze
			}),
		},
		{
			op: opClose, arrived: done, lost: absent, request: virtual, booked: status("mc", worldcard.CardStatusClosed),
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.CardRef, ...option) (*worldcard.CardChange, error) {
				return c.Cards.Close
			}),
		},
		{
			op: opAssign, arrived: done, lost: absent, booked: status("pc", worldcard.CardStatusPendingActivation),
			request: func(d *desk) any {
				return worldcard.AssignRequest{CardRef: d.physical, CardNumber: issuing.NewSecret(cardNumber)}
			},
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.AssignRequest, ...option) (*worldcard.CardChange, error) {
				return c.Physical.Assign
			}),
		},
		{
			op: opActivate, arrived: done, lost: absent, before: assign, booked: status("pc", worldcard.CardStatusActive),
			request: func(d *desk) any {
				return worldcard.ActivateRequest{CardRef: d.physical, PIN: issuing.NewSecret(cardPIN)}
			},
			send: sendBy(func(c *worldcard.Client) func(ctx, worldcard.ActivateRequest, ...option) (*worldcard.CardChange, error) {
				return c.Physical.Activate
			}),
		},
		{
			op: opPIN, arrived: open, lost: open, before: activate,
			request: func(d *desk) any {
				return worldcard.SetPINRequest{CardRef: d.physical, PIN: issuing.NewSecret(cardPIN)}
			},
			send: func(ctx context.Context, c *worldcard.Client, request any) error {
				return c.Physical.SetPIN(ctx, request.(worldcard.SetPINRequest))
			},
			booked: func(d *desk) bool { card, _ := d.server.Card("pc"); return card.PIN.Reveal() == cardPIN },
		},
		{
			op: "KYC.Cancel", arrived: open, lost: open, request: func(*desk) any { return "waits" },
			before: func(d *desk) { _, err := d.client.Physical.Apply(d.t.Context(), physicalG("waits")); d.must(err) },
			send: sendBy(func(c *worldcard.Client) func(ctx, string, ...option) (worldcard.CardStatus, error) {
				return c.KYC.Cancel
			}),
			booked: func(d *desk) bool { return d.status("waits") == worldcard.CardStatusFailed },
		},
	}
}

// openWrite makes a write of which no answer arrives.
func openWrite(t testing.TB, w write, fault issuingtest.Fault) (d *desk, request any, record, left issuing.Pending) {
	t.Helper()
	d = openDesk(t)
	if w.before != nil {
		w.before(d)
	}
	request = w.request(d)
	record, left = d.lose(w.op, fault, func(c *worldcard.Client) error { return w.send(t.Context(), c, request) })
	return d, request, record, left
}

// TestSettleEveryWrite: a new process settles every write from its record alone, what it
// says stands in the platform's books, and sent again nothing happens twice.
func TestSettleEveryWrite(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, w := range writes() {
		covered[w.op] = true
		for name, c := range map[string]struct {
			fault issuingtest.Fault
			want  issuing.Verdict
		}{"lost": {issuingtest.DropBefore(), w.lost}, "arrived": {issuingtest.DropAfter(), w.arrived}} {
			t.Run(w.op+" "+name, func(t *testing.T) {
				t.Parallel()
				d, request, record, left := openWrite(t, w, c.fault)
				if w.booked(d) != (name == "arrived") {
					t.Fatal("the fault did not bite")
				}
				sent := d.server.Requests(w.op)
				for _, p := range []issuing.Pending{record, left} {
					pendingtest.Keeps(t, p, cardNumber, cardPIN)
					got := pendingtest.With(t, newClient(t, d.server)).Settle(p, c.want, "")
					if (got.Result != nil) != (c.want == issuing.VerdictDone) || got.ResendSameKey != (c.want == issuing.VerdictAbsent) {
						t.Errorf("%+v", got)
					}
				}
				checkAway(t, d, left, request)
				if n := d.server.Requests(w.op); n != sent {
					t.Errorf("%d were sent without being asked for", n-sent)
				}
				pendingtest.With(t, newClient(t, d.server)).Settle(left, issuing.VerdictDone, "", issuing.WithResend(request))
				if again := d.server.Requests(w.op) - sent; (again == 1) != (c.want != issuing.VerdictDone) {
					t.Errorf("%d were sent again", again)
				}
				d.server.Clock().Advance(time.Minute)
				if !w.booked(d) {
					t.Error("sent again, it is not in the books")
				}
				d.must(d.server.Check())
			})
		}
	}
	for _, row := range worldcard.Operations() {
		if (row.SettledBy != "") != covered[row.Name] {
			t.Errorf("%s: in a case: %t", row.Name, covered[row.Name])
		}
	}
}

// checkAway: where the look fails a write is open with its reason, and nothing is sent
// again where asking could tell.
func checkAway(t *testing.T, d *desk, p issuing.Pending, request any) {
	t.Helper()
	d.server.Choose(func(string) issuingtest.Fault { return issuingtest.DropBefore() })
	defer d.server.Choose(nil)
	got := pendingtest.With(t, newClient(t, d.server, issuing.WithMaxAttempts(1))).Settle(p, issuing.VerdictOpen, "")
	if looks := p.Op != opPIN && p.Op != "KYC.Cancel"; looks != errors.Is(got.Unsettled, issuing.ErrUnavailable) {
		t.Errorf("open because of %v", got.Unsettled)
	} else if looks {
		pendingtest.With(t, newClient(t, d.server, issuing.WithMaxAttempts(1))).Settle(p, issuing.VerdictOpen, "", issuing.WithResend(request))
	}
}

// TestSettleRefusesOther: another content, type or operation, and other credentials, are
// refused unsent.
func TestSettleRefusesOther(t *testing.T) {
	t.Parallel()
	for _, w := range writes() {
		t.Run(w.op, func(t *testing.T) {
			t.Parallel()
			d, request, _, p := openWrite(t, w, issuingtest.DropBefore())
			sent := d.server.Requests(w.op)
			refuse := func(name string, p issuing.Pending, says string, again any) {
				t.Helper()
				got, err := d.client.Settle(t.Context(), p, issuing.WithResend(again))
				if !errors.Is(err, issuing.ErrInvalid) || got.Verdict != issuing.VerdictOpen || !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %v, %v", name, got.Verdict, err)
				}
			}
			stranger := p
			stranger.Credentials = "0123456789abcdef"
			if len(p.Secrets) > 0 {
				pendingtest.With(t, d.client).Settle(stranger, issuing.VerdictOpen, "other credentials", issuing.WithResend(request))
			} else {
				refuse("other credentials", stranger, "other credentials", request)
			}
			refuse("another type", p, "not of the type", 7)
			says := "another content"
			if w.op == "KYC.Cancel" {
				says = "not the pending operation" // its content is its key
			}
			refuse("another content", p, says, another(request))
			forgotten := p
			forgotten.Payload = ""
			refuse("no digest", forgotten, "cannot be compared", request)
			if n := d.server.Requests(w.op); n != sent {
				t.Errorf("%d were sent", n-sent)
			}
		})
	}
}

// another is a request of the same key and another content.
func another(request any) any {
	pin := issuing.NewSecret("975310")
	switch r := request.(type) {
	case worldcard.ApplyRequest:
		r.FirstRechargeAmount = issuing.NewAmount(11, 0)
		return r
	case worldcard.PhysicalApplyRequest:
		r.LastName = "LI"
		return r
	case worldcard.DepositRequest:
		r.Amount = issuing.NewAmount(51, 0)
		return r
	case worldcard.CardRef:
		r.MerchantCardID = "mc"
		return r
	case worldcard.AssignRequest:
		r.CardNumber = issuing.NewSecret("4000123412341242")
		return r
	case worldcard.ActivateRequest:
		r.PIN = pin
		return r
	case worldcard.SetPINRequest:
		r.PIN = pin
		return r
	}
	return "another"
}

// TestSettleDisagrees: what is found and is not what was sent leaves it open.
func TestSettleDisagrees(t *testing.T) {
	t.Parallel()
	closed := func(d *desk) { _, err := d.client.Cards.Close(d.t.Context(), d.virtual); d.must(err) }
	deposit := func(d *desk, amount int64) {
		_, err := d.client.Cards.Deposit(d.t.Context(), worldcard.DepositRequest{
			CardRef: d.virtual, MerchantTransactionID: "tx", Amount: issuing.NewAmount(amount, 0),
		})
		d.must(err)
	}
	for op, meanwhile := range map[string]func(*desk){
		opDeposit: func(d *desk) { deposit(d, 60) },
		opApply: func(d *desk) {
			_, err := d.client.Virtual.Apply(d.t.Context(), virtualV("new", issuing.NewAmount(20, 0)))
			d.must(err)
		},
		opFreeze: closed, "Cards.Unfreeze": closed,
		opAssign: func(d *desk) {
			_, err := d.client.Physical.Assign(d.t.Context(), worldcard.AssignRequest{CardRef: d.physical, CardNumber: issuing.NewSecret("4000123412341242")})
			d.must(err)
		},
	} {
		for _, w := range writes() {
			if w.op != op {
				continue
			}
			d, request, _, p := openWrite(t, w, issuingtest.DropBefore())
			meanwhile(d)
			sent := d.server.Requests(op)
			got := pendingtest.With(t, d.client).Settle(p, issuing.VerdictOpen, "", issuing.WithResend(request))
			if got.Unsettled.Err == nil || d.server.Requests(op) != sent {
				t.Errorf("%s: %v, %d sent again", op, got.Unsettled.Err, d.server.Requests(op)-sent)
			}
		}
	}
}

// TestSettleFailed: what the platform took and failed is refused, with its result.
func TestSettleFailed(t *testing.T) {
	t.Parallel()
	for _, w := range writes() {
		if w.op != opApply && w.op != opDeposit {
			continue
		}
		d := openDesk(t)
		d.must(d.server.FailNext(w.op, ""))
		request := w.request(d)
		_, p := d.lose(w.op, issuingtest.DropAfter(), func(c *worldcard.Client) error { return w.send(t.Context(), c, request) })
		sent := d.server.Requests(w.op)
		got := pendingtest.With(t, newClient(t, d.server)).Settle(p, issuing.VerdictRefused, "", issuing.WithResend(request))
		e := wantError(t, got.Refusal, issuing.ErrDeclined)
		if e.Key != p.Key || e.Op != w.op || got.Result == nil || d.server.Requests(w.op) != sent {
			t.Errorf("%+v", got)
		}
		d.must(d.server.Check())
	}
	// Refused when it is sent again, and still not there.
	d := openDesk(t)
	req := worldcard.DepositRequest{CardRef: d.virtual, MerchantTransactionID: "tx", Amount: issuing.NewAmount(50, 0)}
	_, p := d.lose(opDeposit, issuingtest.DropBefore(), func(c *worldcard.Client) error { _, err := c.Cards.Deposit(t.Context(), req); return err })
	inject(t, d.server, opDeposit, worldcardtest.Refuse(worldcard.CodeInsufficientReserve, "no"))
	got := pendingtest.With(t, d.client).Settle(p, issuing.VerdictAbsent, "", issuing.WithResend(req))
	if e := wantError(t, got.Refusal, issuing.ErrOutcomeUnknown); !strings.Contains(e.Error(), "10031") || e.Attempts != 1 {
		t.Errorf("%+v", e)
	}
}
