package kazepay_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/hoptest"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
)

// shiftedDeposits is how many top-ups go through the hop, each to a card of its own.
const shiftedDeposits = 300

// tally counts what top-ups were told as.
type tally struct{ right, open, wrong, lied int }

func (n tally) String() string {
	return fmt.Sprintf("%d with their own result, %d open, %d with another's, %d told as failed that happened",
		n.right, n.open, n.wrong, n.lied)
}

// deposits tops up from all workers, and holds the ends against the platform's books.
func deposits(t *testing.T, server *kazepaytest.Server, client *kazepay.Client, card func(i int) string) (n tally) {
	t.Helper()
	type end struct {
		key string
		d   *kazepay.Deposit
		err error
	}
	ends := make([]end, shiftedDeposits)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range propertyWorkers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(ends); i = int(next.Add(1)) - 1 {
				var info issuing.CallInfo
				req := kazepay.DepositRequest{CardID: card(i), Amount: issuing.NewAmount(1000+int64(i), 2)}
				d, err := client.Cards.Deposit(t.Context(), req, issuing.WithCallInfo(&info))
				ends[i] = end{info.Key, d, err}
			}
		})
	}
	wg.Wait()
	booked := map[string]kazepaytest.Deposit{}
	for _, d := range server.Deposits() {
		booked[d.RequestNo] = d
	}
	for i, e := range ends {
		own, there := booked[e.key]
		switch {
		case errors.Is(e.err, issuing.ErrOutcomeUnknown):
			n.open++
		case e.err != nil && there:
			n.lied++
			t.Errorf("%s: booked, and told as %v", e.key, e.err)
		case e.err == nil && (!there || own.TransactionID != e.d.ID || own.CardID != card(i)):
			n.wrong++
			t.Errorf("%s: told %s of card %s, booked %+v", e.key, e.d.ID, e.d.CardID, own)
		default:
			n.right++
		}
	}
	return n
}

// TestAnswersOneLate: a hop that delivers an answer twice on a kept connection gives every
// later request another's answer, which none takes for its own: by the requestNo where
// the platform repeats it, by the card where it does not.
func TestAnswersOneLate(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		quirks kazepaytest.Quirks
		one    bool // all top-ups are of one card
	}{
		"a card each, requestNo repeated":      {},
		"a card each, requestNo of its own":    {quirks: kazepaytest.Quirks{FreshRequestNo: true}},
		"one card for all, requestNo repeated": {one: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := startServer(t, kazepaytest.Config{Quirks: row.quirks})
			var cards []string
			for i := range shiftedDeposits {
				id, err := server.IssueCard(fmt.Sprintf("user%d@kazepay.io", i), "0")
				if err != nil {
					t.Fatal(err)
				}
				cards = append(cards, id)
			}
			hop := hoptest.Start(t, server.URL(), 10)
			cfg := server.ClientConfig()
			cfg.BaseURL = hop.URL()
			client := clientOf(t, server, cfg)
			n := deposits(t, server, client, func(i int) string {
				if row.one {
					i = 0
				}
				return cards[i]
			})
			t.Logf("%s: %d answers delivered twice, %d to another request: %v", name, hop.Twice(), hop.Late(), n)
			if n.right+n.open != shiftedDeposits || n.open == 0 || hop.Late() == 0 {
				t.Errorf("%v", n)
			}
			// Only what went to another request is open, and the connection ends at the
			// first of them, or soon after where another attempt has it at once.
			if int64(n.open) > hop.Late() || hop.Late() > 3*hop.Twice() {
				t.Errorf("%d late of %d delivered twice, %d open", hop.Late(), hop.Twice(), n.open)
			}
		})
	}
}

// TestRefusalOfAnother: a failure answer to another message says nothing of a write.
func TestRefusalOfAnother(t *testing.T) {
	t.Parallel()
	const other = "202604010200000000000001"
	s := newWireServer(t, plain(200, `{"head":{"requestNo":"`+other+`","code":"212","detail":"balance not enough"},"body":{}}`))
	client := s.client(t)
	wantError(t, write(t.Context(), client), issuing.ErrInsufficientFunds) // a number of the platform's own
	kazepay.Remember(client, other)
	e := wantError(t, write(t.Context(), client), issuing.ErrOutcomeUnknown)
	if errors.Is(e, issuing.ErrInsufficientFunds) || e.Code != nil {
		t.Errorf("%v", e)
	}
	messages, _ := s.requests()
	wantError(t, read(t.Context(), client), issuing.ErrBadResponse)
	if after, _ := s.requests(); len(after)-len(messages) != issuing.DefaultMaxAttempts {
		t.Errorf("a read was sent %d times", len(after)-len(messages))
	}
}

// TestRememberedNumbers: the latest numbers are known, a clone's too, and no more.
func TestRememberedNumbers(t *testing.T) {
	t.Parallel()
	client := newWireServer(t, plain(200, "")).client(t)
	clone, err := client.Clone()
	if err != nil {
		t.Fatal(err)
	}
	kazepay.Remember(clone, "1", "2", "1")
	for i := range kazepay.MaxRemembered - 2 {
		kazepay.Remember(client, fmt.Sprint("n", i))
	}
	for no, want := range map[string]bool{"1": true, "2": true, "n0": true, "3": false, "": false} {
		if kazepay.Remembered(client, no) != want {
			t.Errorf("%q is remembered: %t", no, !want)
		}
	}
	kazepay.Remember(client, "x", "y")
	if !kazepay.Remembered(client, "n0") || kazepay.Remembered(client, "1") || kazepay.Remembered(client, "2") {
		t.Error("the oldest ones were not forgotten first")
	}
}

// TestAnswersAreAboutTheRequest: what a payload repeats of its request has to agree.
func TestAnswersAreAboutTheRequest(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	const card = "19181"
	for name, c := range map[string]struct {
		call   func(c *kazepay.Client) error
		right  []string
		others []string
		kind   error
	}{
		"Cards.Card": {
			func(c *kazepay.Client) error { _, err := c.Cards.Card(ctx, card); return err },
			[]string{`{"cardID":19181}`, `{"userBankCardStatus":"ACTIVE"}`}, []string{`{"cardID":"19182"}`}, issuing.ErrBadResponse,
		},
		"Cards.Balance": {
			func(c *kazepay.Client) error { _, err := c.Cards.Balance(ctx, card, ""); return err },
			[]string{`{"avaBalance":1}`, `{"avaBalance":1,"cardID":"19181","currency":"USD"}`},
			[]string{`{"avaBalance":1,"cardID":"1"}`, `{"avaBalance":1,"currency":"EUR"}`}, issuing.ErrBadResponse,
		},
		"Cards.Transactions": {
			func(c *kazepay.Client) error {
				_, err := c.Cards.Transactions(ctx, kazepay.TransactionsRequest{CardID: card, TransactionID: "LM1"})
				return err
			},
			[]string{`[]`, `[{"transactionId":"T"}]`, `[{"cardID":"19181","transactionId":"T"}]`},
			[]string{`[{"cardID":"19181","transactionId":"T"},{"cardID":"1","transactionId":"U"}]`}, issuing.ErrBadResponse,
		},
		"Cards.CardID": {
			func(c *kazepay.Client) error {
				_, err := c.Cards.CardID(ctx, issuing.NewSecret("4937240800070604"))
				return err
			},
			[]string{`{"cardID":"1"}`, `{"cardID":"1","cardNo":"4937240800070604"}`, `{"cardID":"1","cardNo":"493724******0604"}`},
			[]string{`{"cardID":"1","cardNo":"4937240800070605"}`}, issuing.ErrBadResponse,
		},
		"Cards.Deposit": {
			func(c *kazepay.Client) error { return write(ctx, c) },
			[]string{`{"transactionId":"LM1"}`, `{"transactionId":"LM1","cardID":"19181","sendAmount":"0.5"}`},
			[]string{`{"transactionId":"LM1","cardID":"2"}`, `{"transactionId":"LM1","currency":"EUR"}`}, issuing.ErrOutcomeUnknown,
		},
		"Cards.Freeze": {
			func(c *kazepay.Client) error { _, err := c.Cards.Freeze(ctx, card); return err },
			[]string{`{"status":"INACTIVE"}`, `{"cardID":"19181","status":"FREEZING"}`},
			[]string{`{"cardID":"1","status":"INACTIVE"}`, `{"status":"ACTIVE"}`}, issuing.ErrOutcomeUnknown,
		},
		"Cards.Unfreeze": {
			func(c *kazepay.Client) error { _, err := c.Cards.Unfreeze(ctx, card); return err },
			[]string{`{"status":"ACTIVE"}`}, []string{`{"status":"INACTIVE"}`}, issuing.ErrOutcomeUnknown,
		},
		"Cards.Close": {
			func(c *kazepay.Client) error { _, err := c.Cards.Close(ctx, card); return err },
			[]string{`{"status":"CLOSE_PROCESSING"}`}, []string{`{"status":"ACTIVE"}`, `{"cardID":"1","status":"CLOSE"}`},
			issuing.ErrOutcomeUnknown,
		},
		"Physical.Activate": {
			func(c *kazepay.Client) error {
				_, err := c.Physical.Activate(ctx, card, issuing.NewSecret("70795665"))
				return err
			},
			[]string{`{"status":"ACTIVE_PROCESSING"}`}, []string{`{"cardID":"3295","status":"ACTIVE_PROCESSING"}`, `{"status":"TBA"}`},
			issuing.ErrOutcomeUnknown,
		},
		"Webhooks.SetURL": {
			func(c *kazepay.Client) error {
				_, err := c.Webhooks.SetURL(ctx, "https://Notify.receive/api/")
				return err
			},
			[]string{`{}`, `{"url":"https://notify.receive/api"}`},
			[]string{`{"url":"https://notify.receive/api2"}`, `{"url":"https://notify.receive/api?x=1"}`}, issuing.ErrOutcomeUnknown,
		},
	} {
		for _, payload := range c.right {
			if err := c.call(newWireServer(t, success(t, payload)).client(t)); err != nil {
				t.Errorf("%s, %s: %v", name, payload, err)
			}
		}
		for _, payload := range c.others {
			if err := c.call(newWireServer(t, success(t, payload)).client(t)); !errors.Is(err, c.kind) {
				t.Errorf("%s, %s: %v", name, payload, err)
			}
		}
	}
}
