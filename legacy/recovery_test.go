package legacy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// desk is a platform with a card of one product and a client.
type desk struct {
	t      testing.TB
	server *legacytest.Server
	client *legacy.Client
	card   issuing.Secret
}

// fresh is a client as another process has it.
func (d *desk) fresh(opts ...issuing.Option) *legacy.Client {
	d.t.Helper()
	client, err := legacy.New(d.server.ClientConfig(), append([]issuing.Option{issuing.WithClock(d.server.Clock().Now), quick()}, opts...)...)
	if err != nil {
		d.t.Fatal(err)
	}
	return client
}

// lose makes a call of which, and of whatever would settle it, no answer arrives, and
// returns what its record and its error leave.
func (d *desk) lose(op string, fault issuingtest.Fault, call func(*legacy.Client) error) (record, left issuing.Pending) {
	d.t.Helper()
	d.server.Choose(func(name string) issuingtest.Fault {
		if name == op {
			return fault
		}
		return issuingtest.DropBefore()
	})
	defer d.server.Choose(nil)
	client := d.fresh(issuing.WithMaxAttempts(1), issuing.WithRecord(
		func(_ context.Context, p issuing.Pending) error { record = p; return nil }))
	left = pendingtest.Of(d.t, call(client))
	pendingtest.Began(d.t, record, left)
	d.server.Clock().Advance(time.Minute)
	return record, left
}

// write is a write on a desk.
type write struct {
	op      string
	product legacytest.Product
	before  func(*desk) error // what it needs
	request func(*desk) any
	other   func(*desk) any // of the same key and another content; nil where the key is all
	send    func(context.Context, *legacy.Client, any) error
	// arrived and lost are the verdicts, again that of a lost one which is sent again.
	arrived, lost, again issuing.Verdict
}

const done, absent, unsettled = issuing.VerdictDone, issuing.VerdictAbsent, issuing.VerdictOpen

// ordered is a write that creates an order.
func ordered[R, T any](op string, again issuing.Verdict, request func(*desk) R, change func(*R),
	method func(*legacy.Client) func(context.Context, R, ...issuing.CallOption) (*T, error),
) write {
	return write{
		op: op, product: legacytest.ProductVirtualL, arrived: done, lost: absent, again: again,
		request: func(d *desk) any { return request(d) },
		other: func(d *desk) any {
			other := request(d)
			change(&other)
			return other
		},
		send: func(ctx context.Context, c *legacy.Client, request any) error {
			return just(method(c)(ctx, request.(R)))
		},
	}
}

// changer is a method that moves a card.
type changer func(context.Context, issuing.Secret, ...issuing.CallOption) (*legacy.CardChange, error)

// moving is a write that moves a card.
func moving(op string, product legacytest.Product, verdicts [3]issuing.Verdict, method, before func(*legacy.Client) changer) write {
	w := write{
		op: op, product: product, arrived: verdicts[0], lost: verdicts[1], again: verdicts[2],
		request: func(d *desk) any { return d.card },
		send: func(ctx context.Context, c *legacy.Client, request any) error {
			return just(method(c)(ctx, request.(issuing.Secret)))
		},
	}
	if before != nil {
		w.before = func(d *desk) error { return just(before(d.client)(d.t.Context(), d.card)) }
	}
	return w
}

func moves() []write {
	told, never := [3]issuing.Verdict{done, absent, done}, [3]issuing.Verdict{done, unsettled, unsettled}
	eFreeze, eUnfreeze := func(c *legacy.Client) changer { return c.MasterE.Freeze }, func(c *legacy.Client) changer { return c.MasterE.Unfreeze }
	hFreeze, hUnfreeze := func(c *legacy.Client) changer { return c.VisaH.Freeze }, func(c *legacy.Client) changer { return c.VisaH.Unfreeze }
	lFreeze, lUnfreeze := func(c *legacy.Client) changer { return c.VirtualL.Freeze }, func(c *legacy.Client) changer { return c.VirtualL.Unfreeze }
	pFreeze, pUnfreeze := func(c *legacy.Client) changer { return c.VirtualP.Freeze }, func(c *legacy.Client) changer { return c.VirtualP.Unfreeze }
	return []write{
		moving("MasterE.Freeze", legacytest.ProductMasterE, told, eFreeze, nil),
		moving("MasterE.Unfreeze", legacytest.ProductMasterE, told, eUnfreeze, eFreeze),
		// The status of a locked VISA-H card is not documented.
		moving("VisaH.Freeze", legacytest.ProductVisaH, [3]issuing.Verdict{unsettled, absent, done}, hFreeze, nil),
		moving("VisaH.Unfreeze", legacytest.ProductVisaH, never, hUnfreeze, hFreeze),
		moving("VirtualL.Freeze", legacytest.ProductVirtualL, told, lFreeze, nil),
		moving("VirtualL.Unfreeze", legacytest.ProductVirtualL, told, lUnfreeze, lFreeze),
		moving("VirtualL.Close", legacytest.ProductVirtualL, never, func(c *legacy.Client) changer { return c.VirtualL.Close }, nil),
		moving("VirtualP.Freeze", legacytest.ProductVirtualP, told, pFreeze, nil),
		moving("VirtualP.Unfreeze", legacytest.ProductVirtualP, told, pUnfreeze, pFreeze),
		moving("VirtualP.Close", legacytest.ProductVirtualP, never, func(c *legacy.Client) changer { return c.VirtualP.Close }, nil),
	}
}

type ctx = context.Context
type option = issuing.CallOption

func orders() []write {
	e := ordered("Applications.ApplyMasterE", absent, func(*desk) legacy.MasterEApplication { return masterEApplication("o-1") },
		func(r *legacy.MasterEApplication) { r.Phone = "13800000001" },
		func(c *legacy.Client) func(ctx, legacy.MasterEApplication, ...option) (*legacy.Application, error) {
			return c.Applications.ApplyMasterE
		})
	h := ordered("Applications.ApplyVisaH", absent, func(*desk) legacy.VisaHApplication { return visaHApplication("o-1") },
		func(r *legacy.VisaHApplication) { r.Phone = "13800000001" },
		func(c *legacy.Client) func(ctx, legacy.VisaHApplication, ...option) (*legacy.Application, error) {
			return c.Applications.ApplyVisaH
		})
	l := ordered("Applications.ApplyVirtualL", absent, func(*desk) legacy.VirtualLApplication { return virtualLApplication("o-1") },
		func(r *legacy.VirtualLApplication) { r.FirstRecharge = amount("12") },
		func(c *legacy.Client) func(ctx, legacy.VirtualLApplication, ...option) (*legacy.Application, error) {
			return c.Applications.ApplyVirtualL
		})
	p := ordered("Applications.ApplyVirtualP", absent, func(*desk) legacy.VirtualPApplication { return virtualPApplication("o-1") },
		func(r *legacy.VirtualPApplication) { r.FirstRecharge = amount("12") },
		func(c *legacy.Client) func(ctx, legacy.VirtualPApplication, ...option) (*legacy.Application, error) {
			return c.Applications.ApplyVirtualP
		})
	deposit := ordered("Cards.Deposit", done, func(d *desk) legacy.DepositRequest { return depositRequest("o-1", d.card) },
		func(r *legacy.DepositRequest) { r.Amount = amount("20.51") },
		func(c *legacy.Client) func(ctx, legacy.DepositRequest, ...option) (*legacy.Deposit, error) {
			return c.Cards.Deposit
		})
	transfer := ordered("Transfers.Create", done, func(*desk) legacy.TransferRequest { return transferRequest("o-1") },
		func(r *legacy.TransferRequest) { r.SendAmount = amount("1001") },
		func(c *legacy.Client) func(ctx, legacy.TransferRequest, ...option) (*legacy.Transfer, error) {
			return c.Transfers.Create
		})
	return []write{deposit, transfer, e, h, l, p}
}

func writes() []write {
	limits := ordered("MasterE.SetDailyLimits", done, func(d *desk) legacy.DailyLimitsRequest {
		return legacy.DailyLimitsRequest{CardNumber: d.card, DailyPurchaseLimit: 5, DailyATMLimit: 6}
	}, func(r *legacy.DailyLimitsRequest) { r.DailyATMLimit = 7 },
		func(c *legacy.Client) func(ctx, legacy.DailyLimitsRequest, ...option) (*legacy.MasterECard, error) {
			return c.MasterE.SetDailyLimits
		})
	limits.product = legacytest.ProductMasterE
	document := func(d *desk) legacy.DocumentRequest {
		return legacy.DocumentRequest{CardNumber: d.card, IDType: legacy.DocumentTypePassport, FaceImage: issuing.NewSecret("\xff\xd8 face")}
	}
	return append(append(orders(), moves()...), limits, write{
		op: "VirtualP.UploadDocument", product: legacytest.ProductVirtualP, arrived: unsettled, lost: unsettled, again: done,
		request: func(d *desk) any { return document(d) },
		other: func(d *desk) any {
			other := document(d)
			other.FaceImage = issuing.NewSecret("\xff\xd8 another")
			return other
		},
		send: func(ctx context.Context, c *legacy.Client, request any) error {
			return c.VirtualP.UploadDocument(ctx, request.(legacy.DocumentRequest))
		},
	})
}

// open makes a write of which no answer arrives.
func (w write) open(t testing.TB, fault issuingtest.Fault) (d *desk, record, left issuing.Pending) {
	t.Helper()
	server, client := platform(t, legacytest.Config{})
	d = &desk{t: t, server: server, client: client, card: server.IssueCard(w.product)}
	if w.before != nil {
		if err := w.before(d); err != nil {
			t.Fatal(err)
		}
	}
	record, left = d.lose(w.op, fault, func(c *legacy.Client) error { return w.send(t.Context(), c, w.request(d)) })
	return d, record, left
}

// options are what Settle wants for a pending of a write.
func (w write) options(d *desk, p issuing.Pending) []issuing.SettleOption {
	if p.Secrets["reference"] == "" {
		return nil
	}
	return []issuing.SettleOption{issuing.WithReference(d.card)}
}

// TestSettleEveryWrite: a new process settles every write from its record alone, and sent
// again nothing happens twice.
func TestSettleEveryWrite(t *testing.T) {
	t.Parallel()
	for _, w := range writes() {
		for name, fault := range map[string]issuingtest.Fault{"lost": issuingtest.DropBefore(), "arrived": issuingtest.DropAfter()} {
			t.Run(w.op+" "+name, func(t *testing.T) {
				t.Parallel()
				d, record, left := w.open(t, fault)
				want := w.lost
				if name == "arrived" {
					want = w.arrived
				}
				opts, sent := w.options(d, left), d.server.Requests(w.op)
				for _, p := range []issuing.Pending{record, left} {
					pendingtest.Keeps(t, p, d.card.Reveal(), "E12345678", "13800000000", "Santos")
					got := pendingtest.With(t, d.fresh()).Settle(p, want, "", opts...)
					if (got.Result != nil) != (want == done) || got.ResendSameKey != (want == absent && w.again == done) {
						t.Errorf("%+v", got)
					}
				}
				checkAway(t, w, d, left)
				if n := d.server.Requests(w.op); n != sent {
					t.Errorf("%d were sent without being asked for", n-sent)
				}
				again := want
				if want != done && (name == "lost" || w.op == "VirtualP.UploadDocument") {
					again = w.again
				}
				got := pendingtest.With(t, d.fresh()).Settle(left, again, "", append(opts, issuing.WithResend(w.request(d)))...)
				if (d.server.Requests(w.op) > sent) != (want != done && again == done) {
					t.Errorf("%d were sent again: %+v", d.server.Requests(w.op)-sent, got)
				}
			})
		}
	}
}

// checkAway: where the look fails a write is open with its reason, and is not sent again.
func checkAway(t *testing.T, w write, d *desk, p issuing.Pending) {
	t.Helper()
	if w.op == "VirtualP.UploadDocument" {
		return // nothing is asked
	}
	opts := append(w.options(d, p), issuing.WithResend(w.request(d)))
	d.server.Choose(func(string) issuingtest.Fault { return issuingtest.DropBefore() })
	defer d.server.Choose(nil)
	got := pendingtest.With(t, d.fresh(issuing.WithMaxAttempts(1))).Settle(p, unsettled, "", opts...)
	if !errors.Is(got.Unsettled, issuing.ErrUnavailable) {
		t.Errorf("open because of %v", got.Unsettled)
	}
}

// TestSettlersAreCovered: every write that a program can settle has a case.
func TestSettlersAreCovered(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, w := range writes() {
		covered[w.op] = true
	}
	for _, row := range legacy.Operations() {
		if told := row.SettledBy != "" && row.SettledBy != issuing.SettledByNobody; told != covered[row.Name] {
			t.Errorf("%s: in a case: %t", row.Name, covered[row.Name])
		}
	}
}

// TestSettleRefusesOther: another reference, content or type, and other credentials, are
// refused unsent.
func TestSettleRefusesOther(t *testing.T) {
	t.Parallel()
	for _, w := range writes() {
		t.Run(w.op, func(t *testing.T) {
			t.Parallel()
			d, _, p := w.open(t, issuingtest.DropBefore())
			sent, opts := d.server.Requests(w.op), w.options(d, p)
			refuse := func(name string, p issuing.Pending, says string, opts ...issuing.SettleOption) {
				t.Helper()
				got, err := d.client.Settle(t.Context(), p, opts...)
				if !errors.Is(err, issuing.ErrInvalid) || got.Verdict != unsettled || !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %v, %v", name, got.Verdict, err)
				}
			}
			stranger, another := p, issuing.NewSecret("4000000000000002")
			stranger.Credentials = "0123456789abcdef"
			if len(opts) > 0 {
				pendingtest.With(t, d.client).Settle(p, unsettled, "WithReference")
				refuse("another reference", p, "another reference", issuing.WithReference(another))
				refuse("other credentials", stranger, "other credentials", opts...)
			} else if len(p.Secrets) > 0 { // the key finds it, and under other credentials nothing is sent
				refuse("other credentials", stranger, "other credentials", issuing.WithResend(w.request(d)))
				pendingtest.With(t, d.client).Settle(stranger, issuing.VerdictAbsent, "")
			}
			if w.again == done {
				refuse("another type", p, "not of the type", append(opts, issuing.WithResend(7))...)
				if w.other != nil {
					refuse("another content", p, "another content", append(opts, issuing.WithResend(w.other(d)))...)
				} else {
					refuse("another card", p, "not the pending operation", append(opts, issuing.WithResend(another))...)
				}
			}
			if n := d.server.Requests(w.op); n != sent {
				t.Errorf("%d were sent", n-sent)
			}
		})
	}
}

// TestSettleDisagrees: an order that stands under the number and is not the one that was
// sent leaves it open.
func TestSettleDisagrees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		op   string
		send func(*desk) error
		says string
	}{
		"another amount": {"Cards.Deposit", func(d *desk) error {
			req := depositRequest("o-1", d.card)
			req.Amount = amount("30")
			return just(d.client.Cards.Deposit(d.t.Context(), req))
		}, "other contents"},
		"another card": {"Cards.Deposit", func(d *desk) error {
			return just(d.client.Cards.Deposit(d.t.Context(), depositRequest("o-1", d.server.IssueCard(legacytest.ProductVirtualL))))
		}, "other contents"},
		"another sum": {"Transfers.Create", func(d *desk) error {
			req := transferRequest("o-1")
			req.SendAmount = amount("900")
			return just(d.client.Transfers.Create(d.t.Context(), req))
		}, "other contents"},
		"closed meanwhile": {"VirtualL.Freeze", func(d *desk) error {
			defer d.server.Clock().Advance(time.Minute)
			return just(d.client.VirtualL.Close(d.t.Context(), d.card))
		}, "does not tell"},
	} {
		for _, w := range writes() {
			if w.op != c.op {
				continue
			}
			d, _, p := w.open(t, issuingtest.DropBefore())
			if err := c.send(d); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sent := d.server.Requests(w.op)
			pendingtest.With(t, d.client).Settle(p, unsettled, c.says, append(w.options(d, p), issuing.WithResend(w.request(d)))...)
			if n := d.server.Requests(w.op); n != sent {
				t.Errorf("%s: %d were sent again", name, n-sent)
			}
		}
	}
}

// TestSettleFailed: an order that the platform took and failed is refused, with its
// result.
func TestSettleFailed(t *testing.T) {
	t.Parallel()
	for _, w := range orders() {
		t.Run(w.op, func(t *testing.T) {
			t.Parallel()
			server, client := platform(t, legacytest.Config{})
			d := &desk{t: t, server: server, client: client, card: server.IssueCard(w.product)}
			failNext(t, server, w.op, "no")
			_, p := d.lose(w.op, issuingtest.DropAfter(), func(c *legacy.Client) error { return w.send(t.Context(), c, w.request(d)) })
			sent := server.Requests(w.op)
			got := pendingtest.With(t, d.fresh()).Settle(p, issuing.VerdictRefused, "", issuing.WithResend(w.request(d)))
			if e := want(t, got.Refusal, issuing.ErrDeclined); e.Key != "o-1" || e.Op != w.op || got.Result == nil || server.Requests(w.op) != sent {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestSettleComparesAccounts: an account that is no card number has a digest alone in the
// pending, which tells an order to another account all the same.
func TestSettleComparesAccounts(t *testing.T) {
	t.Parallel()
	for shown, want := range map[string]issuing.Verdict{
		"PH76-0001": issuing.VerdictDone, "PH76-0002": issuing.VerdictOpen,
	} {
		server, client := platform(t, legacytest.Config{}, issuing.WithMaxAttempts(1))
		req := transferRequest("o-1")
		req.Type, req.AccountNumber = legacy.ChannelBankAccount, issuing.NewSecret("PH76-0001")
		if err := server.Inject("Transfers.Create", issuingtest.DropBefore()); err != nil {
			t.Fatal(err)
		}
		_, err := client.Transfers.Create(t.Context(), req)
		p := pendingtest.Of(t, err)
		req.AccountNumber = issuing.NewSecret(shown)
		if _, err := client.Transfers.Create(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		says := ""
		if want == issuing.VerdictOpen {
			says = "another account"
		}
		pendingtest.With(t, client).Settle(p, want, says)
	}
}
