package kazepay_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

var update = flag.Bool("update", false, "write the golden files")

// stored is a pending as another process reads it.
func stored(t testing.TB, p issuing.Pending, secrets ...string) issuing.Pending {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s: a secret in %s", p.Op, text)
		}
	}
	var back issuing.Pending
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// TestSettlersAgreeWithTheirRows: what a row says is what its functions do, and every
// write has a case here.
func TestSettlersAgreeWithTheirRows(t *testing.T) {
	t.Parallel()
	_, client := start(t, kazepaytest.Config{})
	for _, problem := range kazepay.Disagreements(client) {
		t.Error(problem)
	}
	cases := map[string]bool{}
	for _, sc := range settleCases() {
		cases[sc.op] = true
	}
	for _, o := range kazepay.Operations() {
		if (o.Safety != "read") != cases[o.Name] {
			t.Errorf("%s (%s): in a case: %t", o.Name, o.Safety, cases[o.Name])
		}
		if o.Resend {
			t.Errorf("%s: KazePay is not known to recognise a repeat", o.Name)
		}
	}
}

// TestSettle: a new process settles every write from its record alone, and what it says
// is what stands in the platform's books.
func TestSettle(t *testing.T) {
	t.Parallel()
	for i, sc := range settleCases() {
		for name, fault := range map[string]issuingtest.Fault{
			"lost": issuingtest.DropBefore(), "arrived": issuingtest.DropAfter(),
		} {
			t.Run(fmt.Sprint(sc.op, " ", i, " ", name), func(t *testing.T) {
				t.Parallel()
				c := openCounter(t, kazepaytest.Config{})
				record, err := sc.open(c, fault)
				left, ok := issuing.PendingOf(err)
				if !ok || !errors.Is(err, issuing.ErrOutcomeUnknown) || left.Attempts != 1 || left.EndedAt.IsZero() {
					t.Fatalf("%v: %+v", err, left)
				}
				want := sc.lost
				if name == "arrived" {
					want = sc.arrived
				}
				var secrets []string
				if sc.secrets != nil {
					secrets = sc.secrets(c)
				}
				if sc.booked != nil && sc.booked(c) != (name == "arrived") {
					t.Fatal("the fault did not bite")
				}
				fresh := newClient(t, c.server)
				for from, p := range map[string]issuing.Pending{"record": record, "error": left} {
					got, err := fresh.Settle(t.Context(), stored(t, p, secrets...), sc.options(c)...)
					if err != nil || got.Verdict != want {
						t.Fatalf("from the %s: %v, want %v: %+v, %v", from, got.Verdict, want, got.Unsettled, err)
					}
					wantSettlement(t, p, got)
				}
			})
		}
	}
}

// wantSettlement checks what comes with a verdict.
func wantSettlement(t testing.TB, p issuing.Pending, got issuing.Settlement) {
	t.Helper()
	switch got.Verdict {
	case issuing.VerdictDone:
		if got.Result == nil || got.Unsettled != nil {
			t.Errorf("done: %+v", got)
		}
	case issuing.VerdictAbsent:
		if got.ResendSameKey || !got.AbsentSince.After(p.SentAt) {
			t.Errorf("absent: %+v", got)
		}
	case issuing.VerdictOpen:
		if u := got.Unsettled; u == nil || u.Key != p.Key || (u.Note == "" && len(u.Inquiry) == 0) {
			t.Errorf("open: %+v", u)
		}
	default:
		t.Errorf("%v", got.Verdict)
	}
}

// TestSettleOnlyReads: nothing is sent again, and a platform that cannot be asked leaves
// every write open.
func TestSettleOnlyReads(t *testing.T) {
	t.Parallel()
	for i, sc := range settleCases() {
		t.Run(fmt.Sprint(sc.op, " ", i), func(t *testing.T) {
			t.Parallel()
			c := openCounter(t, kazepaytest.Config{})
			p, _ := sc.open(c, issuingtest.DropAfter())
			sent := c.server.Requests(sc.op)
			c.server.Choose(func(string) issuingtest.Fault { return issuingtest.DropBefore() })
			got, err := c.client.Settle(t.Context(), p, append(sc.options(c), issuing.WithResend("again"))...)
			if err != nil || got.Verdict != issuing.VerdictOpen || c.server.Requests(sc.op) != sent {
				t.Errorf("%v, %v, %d sent", got.Verdict, err, c.server.Requests(sc.op)-sent)
			}
			looks := sc.arrived != issuing.VerdictOpen || sc.op == "Cards.Deposit"
			if looks != errors.Is(got.Unsettled, issuing.ErrUnavailable) {
				t.Errorf("why it is open: %v", got.Unsettled)
			}
		})
	}
}

// TestSettleDisagrees: what is found and is not what the write was to bring about leaves
// it open.
func TestSettleDisagrees(t *testing.T) {
	t.Parallel()
	closed := func(card func(c *counter) string) func(c *counter) {
		return func(c *counter) {
			_, err := c.client.Cards.Close(t.Context(), card(c))
			c.must(err)
			c.server.Clock().Advance(delay)
		}
	}
	virtual := func(c *counter) string { return c.card }
	for op, meanwhile := range map[string]func(c *counter){
		"Cards.Freeze":      closed(virtual),
		"Cards.Unfreeze":    closed(virtual),
		"Physical.Activate": closed(func(c *counter) string { return c.bound }),
		"Physical.Assign": func(c *counter) {
			_, err := c.client.Physical.Assign(t.Context(), kazepay.AssignRequest{
				Email: issuing.Personal(user(2).email), CardNumber: c.number,
			})
			c.must(err)
		},
		"KYC.Submit": func(c *counter) {
			_, err := c.client.KYC.Link(t.Context(), c.holder.identity(kazepay.IdentificationTypePassport))
			c.must(err)
			c.must(c.server.RejectKYC(c.holder.email, "", issuingtest.KYCRetryAllowed))
		},
	} {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			for _, sc := range settleCases() {
				if sc.op != op {
					continue
				}
				c := openCounter(t, kazepaytest.Config{})
				p, _ := sc.open(c, issuingtest.DropBefore())
				meanwhile(c)
				got, err := c.client.Settle(t.Context(), p, sc.options(c)...)
				if err != nil || got.Verdict != issuing.VerdictOpen || got.Unsettled.Err == nil {
					t.Errorf("%v, %v", got.Verdict, err)
				}
			}
		})
	}
}

// TestSettleReference: a reference is asked for, and another one refused; what was made
// under other credentials is not compared.
func TestSettleReference(t *testing.T) {
	t.Parallel()
	for _, sc := range settleCases() {
		if sc.op != "Physical.Assign" && sc.op != "KYC.Submit" && sc.op != "Webhooks.SetURL" {
			continue
		}
		c := openCounter(t, kazepaytest.Config{})
		p, _ := sc.open(c, issuingtest.DropAfter())
		other := p
		other.Credentials = "0123456789abcdef"
		if sc.opts == nil {
			got, err := c.client.Settle(t.Context(), other)
			if err != nil || got.Verdict != issuing.VerdictOpen || !strings.Contains(got.Unsettled.Error(), "other credentials") {
				t.Errorf("%s: other credentials: %+v, %v", sc.op, got, err)
			}
			continue
		}
		got, err := c.client.Settle(t.Context(), p)
		if err != nil || got.Verdict != issuing.VerdictOpen || !strings.Contains(got.Unsettled.Error(), "WithReference") {
			t.Errorf("%s: no reference: %+v, %v", sc.op, got, err)
		}
		_, err = c.client.Settle(t.Context(), p, issuing.WithReference(issuing.NewSecret("4937240800070604")))
		if !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: another reference: %v", sc.op, err)
		}
		_, err = c.client.Settle(t.Context(), other, sc.options(c)...)
		if !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), "other credentials") {
			t.Errorf("%s: other credentials: %v", sc.op, err)
		}
	}
}

// TestInCallLooks: a write whose effect can be read is settled by the call itself.
func TestInCallLooks(t *testing.T) {
	t.Parallel()
	for _, sc := range settleCases() {
		inCall := strings.HasPrefix(sc.op, "Cards.") || strings.HasPrefix(sc.op, "Physical.") || sc.op == "Webhooks.SetURL"
		if sc.arrived != issuing.VerdictDone || !inCall || sc.op == "Cards.Deposit" {
			continue
		}
		c := openCounter(t, kazepaytest.Config{})
		if sc.before != nil {
			sc.before(c)
		}
		inject(t, c.server, sc.op, issuingtest.DropAfter())
		var info issuing.CallInfo
		if err := sc.send(t.Context(), c, issuing.WithCallInfo(&info)); err != nil || !info.Settled || c.server.Requests(sc.op) > 2 {
			t.Errorf("%s: %v, %+v", sc.op, err, info)
		}
	}
}

// goldenKeys are the keys under which the digests of the golden files were made.
func goldenKeys(t testing.TB) kazepaytest.Keys {
	t.Helper()
	texts := map[string]issuing.Secret{}
	for _, name := range []string{"merchant", "platform"} {
		text, err := os.ReadFile(filepath.Join("testdata", "pending", name+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = issuing.NewSecret(string(text))
	}
	keys, err := kazepaytest.ParseKeys(texts)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestGoldenPendings: what this release writes is what stands in the files, and what
// stands there is read and settled. A file that changes breaks what merchants have stored.
func TestGoldenPendings(t *testing.T) {
	t.Parallel()
	keys := goldenKeys(t)
	done := map[string]bool{}
	for i, sc := range settleCases() {
		if done[sc.op] {
			continue
		}
		done[sc.op] = true
		t.Run(sc.op, func(t *testing.T) {
			t.Parallel()
			c := openCounter(t, kazepaytest.Config{Keys: keys, Seed: "golden"})
			p, _ := sc.open(c, issuingtest.DropAfter(), issuing.WithIdempotencyKey(fmt.Sprintf("20260401020000%010d", i)))
			text, err := json.MarshalIndent(p, "", "  ")
			c.must(err)
			text = append(text, '\n')
			path := filepath.Join("testdata", "pending", sc.op+".json")
			if *update {
				c.must(os.WriteFile(path, text, 0o644))
			}
			golden, err := os.ReadFile(path)
			c.must(err)
			if string(golden) != string(text) {
				t.Errorf("the pending is\n%s\nthe file has\n%s", text, golden)
			}
			var back issuing.Pending
			c.must(json.Unmarshal(golden, &back))
			if sc.booked != nil {
				sc.booked(c) // which ends a review
			}
			got, err := newClient(t, c.server).Settle(t.Context(), back, sc.options(c)...)
			if err != nil || got.Verdict != sc.arrived {
				t.Errorf("%v, want %v: %v", got.Verdict, sc.arrived, err)
			}
		})
	}
}

// TestDepositByItsLine: what the list of transactions proves of a top-up, and what not.
func TestDepositByItsLine(t *testing.T) {
	t.Parallel()
	const sum = "12.50"
	others := func(ids ...string) issuing.SettleOption { return issuing.WithOthers(ids...) }
	topUp := func(c *counter) string {
		return deposit(c.t, c.server, c.client, c.card, amount(sum)).ID
	}
	refund := func(c *counter) {
		_, err := c.server.Refund(c.card, amount(sum), issuingtest.Merchant{Name: "shop"})
		c.must(err)
	}
	for name, row := range map[string]struct {
		lost      bool
		quirks    kazepaytest.Quirks
		meanwhile func(c *counter) []issuing.SettleOption
		verdict   issuing.Verdict
		says      string
	}{
		"one line, and nothing said": {verdict: issuing.VerdictOpen, says: "1 lines of the card's transactions fit (LM"},
		"one line, and no others": {verdict: issuing.VerdictDone,
			meanwhile: func(*counter) []issuing.SettleOption { return []issuing.SettleOption{others()} }},
		"another's line, known": {verdict: issuing.VerdictDone,
			meanwhile: func(c *counter) []issuing.SettleOption { return []issuing.SettleOption{others(topUp(c))} }},
		"another's line, not known": {verdict: issuing.VerdictOpen, says: "the others are not all known",
			meanwhile: func(c *counter) []issuing.SettleOption { topUp(c); return []issuing.SettleOption{others()} }},
		"lost, and nothing said": {lost: true, verdict: issuing.VerdictOpen, says: "not listed"},
		"lost, and no others": {lost: true, verdict: issuing.VerdictOpen, says: "not listed",
			meanwhile: func(*counter) []issuing.SettleOption { return []issuing.SettleOption{others()} }},
		"lost, and another's line": {lost: true, verdict: issuing.VerdictOpen, says: "each may be another",
			meanwhile: func(c *counter) []issuing.SettleOption { topUp(c); return nil }},
		"lost, and another's line, known": {lost: true, verdict: issuing.VerdictOpen, says: "not listed",
			meanwhile: func(c *counter) []issuing.SettleOption { return []issuing.SettleOption{others(topUp(c))} }},
		"lost, and a refund of the sum": {lost: true, verdict: issuing.VerdictOpen, says: "not listed",
			meanwhile: func(c *counter) []issuing.SettleOption { refund(c); return []issuing.SettleOption{others()} }},
		"lost, and another's line two days later": {lost: true, verdict: issuing.VerdictOpen, says: "not listed",
			meanwhile: func(c *counter) []issuing.SettleOption {
				c.server.Clock().Advance(48 * time.Hour)
				topUp(c)
				return []issuing.SettleOption{others()}
			}},
		"top-ups are not listed": {quirks: kazepaytest.Quirks{HideDeposits: true}, verdict: issuing.VerdictOpen, says: "not listed",
			meanwhile: func(*counter) []issuing.SettleOption { return []issuing.SettleOption{others()} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := openCounter(t, kazepaytest.Config{Quirks: row.quirks})
			fault := issuingtest.DropAfter()
			if row.lost {
				fault = issuingtest.DropBefore()
			}
			p, _ := settleCaseOf("Cards.Deposit").open(c, fault)
			var opts []issuing.SettleOption
			if row.meanwhile != nil {
				opts = row.meanwhile(c)
			}
			got, err := newClient(t, c.server).Settle(t.Context(), stored(t, p), opts...)
			if err != nil || got.Verdict != row.verdict {
				t.Fatalf("%v, %+v, %v", got.Verdict, got.Unsettled, err)
			}
			if got.Verdict == issuing.VerdictOpen {
				if !strings.Contains(got.Unsettled.Error(), row.says) {
					t.Errorf("%v", got.Unsettled)
				}
				return
			}
			d, ok := issuing.ResultOf[kazepay.Deposit](got)
			if !ok || d.ID != c.server.Deposits()[0].TransactionID || d.CardID != c.card || d.SendAmount.String() != sum {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestDepositThatFailed: a top-up that the platform took and gave back is refused.
func TestDepositThatFailed(t *testing.T) {
	t.Parallel()
	c := openCounter(t, kazepaytest.Config{})
	c.must(c.server.FailNext("Cards.Deposit", ""))
	p, _ := settleCaseOf("Cards.Deposit").open(c, issuingtest.DropAfter())
	c.server.Clock().Advance(delay)
	got, err := c.client.Settle(t.Context(), p, issuing.WithOthers())
	if err != nil || got.Verdict != issuing.VerdictRefused || !errors.Is(got.Refusal, issuing.ErrDeclined) {
		t.Errorf("%+v, %v", got, err)
	}
}

// settleCaseOf is the first case of an operation.
func settleCaseOf(op string) settleCase {
	for _, sc := range settleCases() {
		if sc.op == op {
			return sc
		}
	}
	return settleCase{}
}
