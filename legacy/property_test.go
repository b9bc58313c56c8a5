package legacy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// chaos picks faults for creations and queries from a fixed seed.
type chaos struct {
	mu     sync.Mutex
	random *rand.Rand
}

func (c *chaos) choose(op string) issuingtest.Fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.random.IntN(100)
	if strings.Contains(op, "By") {
		n *= 3 // queries fail a third as often, or nothing would ever settle
	}
	switch {
	case n < 4:
		return issuingtest.DropBefore()
	case n < 9:
		return issuingtest.DropAfter()
	case n < 12:
		return issuingtest.BadGatewayBefore()
	case n < 16:
		return issuingtest.BadGatewayAfter()
	case n < 19:
		return issuingtest.RateLimited(0)
	case n < 23:
		return issuingtest.Truncate()
	case n < 28:
		return legacytest.Answer(legacy.CodeFailure)
	case n < 33:
		return legacytest.Answer(legacy.CodeException)
	case n < 35:
		return issuingtest.Replace("<html>maintenance</html>")
	case n < 37:
		return legacytest.Answer(legacy.CodeInvalidParameters)
	}
	return issuingtest.Fault{}
}

// outcome is what a caller was told about an order.
type outcome struct {
	orderNo string
	err     error
}

// TestOrdersUnderFaults places 2,000 orders of three kinds while requests are
// lost, carried out without an answer, and answered with 500 although they were
// carried out. In the end every number exists at most once, what was reported as
// placed exists, what was reported as refused does not, what was left open is
// settled by its number, and the books balance.
func TestOrdersUnderFaults(t *testing.T) {
	t.Parallel()
	const orders = 2000
	server, client := platform(t, legacytest.Config{Reserve: amount("500000")})
	card := server.IssueCard(legacytest.ProductVirtualL)
	server.Choose((&chaos{random: rand.New(rand.NewPCG(7, 11))}).choose)

	place := func(ctx context.Context, i int) (string, error) {
		no := fmt.Sprintf("order-%d", i)
		switch i % 4 {
		case 0:
			req := virtualPApplication(no)
			req.FirstRecharge = amount("10")
			a, err := client.Applications.ApplyVirtualP(ctx, req)
			if err != nil {
				return "", err
			}
			return a.OrderNo, nil
		case 1:
			o, err := client.Transfers.Create(ctx, transferRequest(no))
			if err != nil {
				return "", err
			}
			return o.OrderNo, nil
		default:
			d, err := client.Cards.Deposit(ctx, depositRequest(no, card))
			if err != nil {
				return "", err
			}
			return d.OrderNo, nil
		}
	}
	results := make([]outcome, orders)
	var group sync.WaitGroup
	const workers = 8
	for w := range workers {
		group.Go(func() {
			for i := w; i < orders; i += workers {
				no, err := place(t.Context(), i)
				results[i] = outcome{no, err}
			}
		})
	}
	group.Wait()
	server.Choose(nil)
	server.Clock().Advance(time.Minute)

	exists := ledgerOf(t, server)
	placed, refused, open := 0, 0, 0
	for i, r := range results {
		no := fmt.Sprintf("order-%d", i)
		switch {
		case r.err == nil:
			placed++
			if exists[no] != r.orderNo {
				t.Errorf("%s: reported as %q, the platform has %q", no, r.orderNo, exists[no])
			}
		case errors.Is(r.err, issuing.ErrOutcomeUnknown):
			open++
			settle(t, client, i, no, exists[no])
		case errors.Is(r.err, issuing.ErrInsufficientFunds), errors.Is(r.err, legacy.CodeInvalidParameters):
			refused++
			if exists[no] != "" {
				t.Errorf("%s: reported as refused, but it exists", no)
			}
		default:
			t.Errorf("%s: %v", no, r.err)
		}
	}
	t.Logf("%d placed, %d refused, %d open and settled, %d exist, %d requests", placed, refused, open, len(exists), server.Requests(""))
	if placed < orders/2 || refused == 0 || open == 0 {
		t.Errorf("%d placed, %d refused, %d open: the test has lost its edge", placed, refused, open)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// ledgerOf maps the merchant's number of every order to the platform's and
// reports a number that stands twice.
func ledgerOf(t *testing.T, server *legacytest.Server) map[string]string {
	t.Helper()
	exists := map[string]string{}
	add := func(mer, no string) {
		if exists[mer] != "" {
			t.Errorf("%s stands twice", mer)
		}
		exists[mer] = no
	}
	for _, d := range server.Deposits() {
		add(d.MerOrderNo, d.OrderNo)
	}
	for _, a := range server.Applications() {
		add(a.MerOrderNo, a.OrderNo)
	}
	for _, o := range server.Transfers() {
		add(o.MerOrderNo, o.OrderNo)
	}
	return exists
}

// settle looks an open order up and compares with what the platform has.
func settle(t *testing.T, client *legacy.Client, i int, merOrderNo, orderNo string) {
	t.Helper()
	var got string
	var err error
	switch i % 4 {
	case 0:
		a, queryErr := client.Applications.ApplicationByKey(t.Context(), merOrderNo)
		if err = queryErr; err == nil {
			got = a.OrderNo
		}
	case 1:
		o, queryErr := client.Transfers.TransferByKey(t.Context(), merOrderNo)
		if err = queryErr; err == nil {
			got = o.OrderNo
		}
	default:
		d, queryErr := client.Cards.DepositByKey(t.Context(), merOrderNo)
		if err = queryErr; err == nil {
			got = d.OrderNo
		}
	}
	if err != nil && !errors.Is(err, legacy.CodeOrderNotFound) {
		t.Errorf("%s does not settle: %v", merOrderNo, err)
	}
	if got != orderNo {
		t.Errorf("%s settles as %q, the platform has %q", merOrderNo, got, orderNo)
	}
}
