package uqpay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// write is a write with a request, and another one of the same card.
type write struct {
	op             string
	request, other any
	send           func(context.Context, any, ...issuing.CallOption) error
}

// by is a write by a method of which the request is all.
func by[R, T any](op string, request, other R, method func(context.Context, R, ...issuing.CallOption) (T, error)) write {
	return write{op, request, other, func(ctx context.Context, request any, opts ...issuing.CallOption) error {
		return ignore(method(ctx, request.(R), opts...))
	}}
}

// at is a write by a method that takes the id c-1 and a request.
func at[R, T any](op string, request, other R, method func(context.Context, string, R, ...issuing.CallOption) (T, error)) write {
	return by(op, request, other, func(ctx context.Context, request R, opts ...issuing.CallOption) (T, error) {
		return method(ctx, "c-1", request, opts...)
	})
}

// writes are all that may be sent again.
func writes(t testing.TB, c client) []write {
	five, six, pin := amount(t, "5.10"), amount(t, "6"), issuing.NewSecret("012345")
	other, code := issuing.NewSecret("543210"), issuing.NewSecret("57609685")
	blair, holder := alex(), uqpay.UpdateCardholderRequest{Email: "a@example.com"}
	blair.FirstName = "Blair"
	transfer := uqpay.TransferRequest{SourceAccountID: "a", DestinationAccountID: "b", Currency: "USD", Amount: five}
	report := uqpay.ReportRequest{Type: uqpay.ReportTypeLedger, Start: start, End: start.Add(time.Hour)}
	purchase := uqpay.AuthorizeRequest{CardID: "c-1", Amount: five, Currency: "USD", MerchantName: "M"}
	funding := uqpay.FundBalanceRequest{
		AccountID: "a", Amount: five, Currency: "USD", SenderSWIFT: "WELGBE22", SenderCountry: "BE", SenderName: "N",
	}
	assign := uqpay.AssignRequest{CardholderID: "h", CardNumber: issuing.NewSecret("4937241000000012"), Currency: "USD", Mode: uqpay.ModeSingle}
	apply := uqpay.ApplyRequest{Currency: "USD", ProductID: "p", CardholderID: "h", Limit: five}
	applyOther, assignOther, transferOther, reportOther, purchaseOther, fundingOther := apply, assign, transfer, report, purchase, funding
	applyOther.Limit, assignOther.CardholderID, transferOther.Amount = six, "h-2", six
	reportOther.End, purchaseOther.Amount, fundingOther.Amount = start.Add(2*time.Hour), six, six
	return []write{
		by("Cardholders.Create", alex(), blair, c.Cardholders.Create),
		at("Cardholders.Update", holder, uqpay.UpdateCardholderRequest{Email: "b@example.com"}, c.Cardholders.Update),
		by("Cards.Apply", apply, applyOther, c.Cards.Apply),
		at("Cards.Update", uqpay.UpdateCardRequest{Limit: five}, uqpay.UpdateCardRequest{Limit: six}, c.Cards.Update),
		at("Cards.SetStatus", uqpay.SetStatusRequest{Status: "FROZEN"}, uqpay.SetStatusRequest{Status: "ACTIVE"}, c.Cards.SetStatus),
		at("Cards.Deposit", uqpay.AmountRequest{Amount: five}, uqpay.AmountRequest{Amount: six}, c.Cards.Deposit),
		at("Cards.Withdraw", uqpay.AmountRequest{Amount: five}, uqpay.AmountRequest{Amount: six}, c.Cards.Withdraw),
		at("Cards.ElevateLimit", uqpay.ElevateLimitRequest{Limit: five}, uqpay.ElevateLimitRequest{Limit: six}, c.Cards.ElevateLimit),
		at("Cards.Protect", uqpay.ProtectionActionLost, uqpay.ProtectionActionStolen, c.Cards.Protect),
		by("Cards.Unprotect", "c-1", "c-2", c.Cards.Unprotect),
		by("Cards.Assign", assign, assignOther, c.Cards.Assign),
		by("Cards.Activate", uqpay.ActivateRequest{CardID: "c", ActivationCode: code, PIN: pin},
			uqpay.ActivateRequest{CardID: "c", ActivationCode: code, PIN: other}, c.Cards.Activate),
		by("Cards.SetPIN", uqpay.PINRequest{CardID: "c", PIN: pin}, uqpay.PINRequest{CardID: "c", PIN: other}, c.Cards.SetPIN),
		by("Cards.ManagePIN", uqpay.ManagePINRequest{CardID: "c", Action: uqpay.PINActionSet, PIN: pin},
			uqpay.ManagePINRequest{CardID: "c", Action: uqpay.PINActionSet, PIN: other}, c.Cards.ManagePIN),
		by("Cards.Bulk", uqpay.BulkRequest{BIN: "40963608", Count: 5}, uqpay.BulkRequest{BIN: "40963608", Count: 6}, c.Cards.Bulk),
		by("Arts.SetDefault", "art", "another", c.Arts.SetDefault),
		by("Transactions.ReleaseRefund", uqpay.ReleaseRefundRequest{TransactionID: "t"}, uqpay.ReleaseRefundRequest{TransactionID: "t-2"},
			c.Transactions.ReleaseRefund),
		by("Transfers.Create", transfer, transferOther, c.Transfers.Create),
		by("Reports.Create", report, reportOther, c.Reports.Create),
		by("Simulator.Authorize", purchase, purchaseOther, c.Simulator.Authorize),
		by("Simulator.Reverse", "t", "t-2", c.Simulator.Reverse),
		by("Simulator.FundBalance", funding, fundingOther, c.Simulator.FundBalance),
	}
}

// wire is a platform that keeps what arrives, and breaks the connection until it answers.
type wire struct {
	answers bool
	sent    []sent // without what mints tokens and what looks
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case isMint(r):
		return answerTo(r, http.StatusOK, tokenBody), nil
	case r.Method == http.MethodGet:
		return answerTo(r, http.StatusOK, anyResult(r)), nil // of a card without a status, which tells nothing
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.sent = append(w.sent, sent{r.Method + " " + r.URL.RequestURI(), string(body), r.Header.Clone()})
	if !w.answers {
		return nil, io.ErrUnexpectedEOF
	}
	return answerTo(r, http.StatusOK, anyResult(r)), nil
}

// client is one on the wire, at a time.
func (w *wire) client(t testing.TB, now time.Time, opts ...issuing.Option) *uqpay.Client {
	t.Helper()
	return stubClient(t, w, append([]issuing.Option{issuing.WithMaxAttempts(1), issuing.WithClock(issuingtest.NewClock(now).Now)}, opts...)...)
}

// TestSettleSendsTheSame: within 24 hours another process sends the same bytes under the
// same key for the same account, and nothing later, nor anything else.
func TestSettleSendsTheSame(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	w := &wire{}
	for i, named := range writes(t, w.client(t, start)) {
		covered[named.op] = true
		for _, account := range []string{"", "acct-1"} {
			w := &wire{}
			write := writes(t, w.client(t, start))[i]
			p := pendingtest.Of(t, write.send(t.Context(), write.request, uqpay.OnBehalfOf(account)))
			if p.Op != named.op || len(w.sent) != 1 || p.Details["on_behalf_of"] != account {
				t.Fatalf("%s: %d were sent, %+v", named.op, len(w.sent), p)
			}
			pendingtest.Keeps(t, p, "012345", "543210", "57609685", "4937241000000012", "example.com")
			checkUnsent(t, w, write, p)
			w.answers = true
			got := pendingtest.With(t, w.client(t, start.Add(23*time.Hour))).Settle(p, issuing.VerdictDone, "", issuing.WithResend(write.request))
			if len(w.sent) != 2 || got.Result == nil {
				t.Fatalf("%s: %d were sent: %+v", named.op, len(w.sent), got)
			}
			first, second := w.sent[0], w.sent[1]
			const key, behalf = "X-Idempotency-Key", "X-On-Behalf-Of"
			if first.line != second.line || first.body != second.body || first.header.Get(key) != second.header.Get(key) ||
				first.header.Get(behalf) != account || second.header.Get(behalf) != account {
				t.Errorf("%s: sent\n%+v\nand again\n%+v", named.op, first, second)
			}
		}
	}
	for _, row := range uqpay.Operations() {
		if row.Resend != covered[row.Name] {
			t.Errorf("%s: in a case: %t", row.Name, covered[row.Name])
		}
	}
}

// checkUnsent: what is not the same, or too late, is not sent.
func checkUnsent(t *testing.T, w *wire, write write, p issuing.Pending) {
	t.Helper()
	client := w.client(t, start.Add(time.Hour))
	pendingtest.With(t, client).Settle(p, issuing.VerdictOpen, "")
	late := w.client(t, start.Add(24*time.Hour-20*time.Second)) // a call takes longer than what is left
	pendingtest.With(t, late).Settle(p, issuing.VerdictOpen, "which are over", issuing.WithResend(write.request))
	stranger := p
	stranger.Credentials = "0123456789abcdef"
	for says, c := range map[string]struct {
		p     issuing.Pending
		again any
	}{
		"other credentials": {stranger, write.request}, "another content": {p, write.other}, "not of the type": {p, 7},
	} {
		if _, err := client.Settle(t.Context(), c.p, issuing.WithResend(c.again)); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s, %s: %v", p.Op, says, err)
		}
	}
	if len(w.sent) != 1 {
		t.Errorf("%s: %d were sent", p.Op, len(w.sent))
	}
}

// TestLooksGoOutForTheSameAccount: whatever the settling client's own account is.
func TestLooksGoOutForTheSameAccount(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"", "acct-1"} {
		w := &wire{}
		_, err := w.client(t, start).Cards.Freeze(t.Context(), "c-1", uqpay.OnBehalfOf(account))
		p := pendingtest.Of(t, err)
		var asked []string
		cfg := stubConfig()
		cfg.OnBehalfOf = "acct-2"
		client, err := uqpay.New(cfg, issuing.WithClock(issuingtest.NewClock(start).Now), pendingtest.AwayBut(func(r *http.Request) *http.Response {
			if isMint(r) {
				return answerTo(r, http.StatusOK, tokenBody)
			}
			asked = append(asked, r.Method+" "+strings.Join(r.Header["X-On-Behalf-Of"], ","))
			return answerTo(r, http.StatusOK, `{"card_id":"c-1","card_status":"FROZEN"}`)
		}))
		if err != nil {
			t.Fatal(err)
		}
		pendingtest.With(t, client).Settle(p, issuing.VerdictDone, "")
		if len(asked) != 1 || asked[0] != "GET "+account {
			t.Errorf("for %q: %q", account, asked)
		}
	}
}

// platformWrites are writes of which the platform's books tell.
func platformWrites(t testing.TB, s *uqpaytest.Server, c client, card string) []write {
	five := uqpay.AmountRequest{Amount: amount(t, "5.10")}
	on := func(op string, method func(context.Context, string, uqpay.AmountRequest, ...issuing.CallOption) (*uqpay.Order, error)) write {
		return by(op, five, five, func(ctx context.Context, request uqpay.AmountRequest, opts ...issuing.CallOption) (*uqpay.Order, error) {
			return method(ctx, card, request, opts...)
		})
	}
	freeze := uqpay.SetStatusRequest{Status: uqpay.CardStatusFrozen}
	transfer := uqpay.TransferRequest{
		SourceAccountID: uqpaytest.MasterAccount, DestinationAccountID: uqpaytest.SubAccount, Currency: "USD", Amount: five.Amount,
	}
	return []write{
		on("Cards.Deposit", c.Cards.Deposit), on("Cards.Withdraw", c.Cards.Withdraw),
		by("Cards.SetStatus", freeze, freeze, func(ctx context.Context, r uqpay.SetStatusRequest, opts ...issuing.CallOption) (*uqpay.CardOrder, error) {
			return c.Cards.SetStatus(ctx, card, r, opts...)
		}),
		by("Transfers.Create", transfer, transfer, c.Transfers.Create),
	}
}

// booked counts what the platform carried out of an operation.
func booked(t testing.TB, s *uqpaytest.Server, c client, op string) int {
	t.Helper()
	if op == "Transfers.Create" {
		moved := s.AccountBalance(uqpaytest.SubAccount, issuing.CurrencyUSD)
		if moved.Sign() == 0 {
			return 0
		}
		if moved.Cmp(amount(t, "5.10")) == 0 {
			return 1
		}
		t.Fatalf("%v were moved", moved)
	}
	return len(s.Orders(map[string]uqpay.OrderType{
		"Cards.Deposit": uqpay.OrderTypeCardRecharge, "Cards.Withdraw": uqpay.OrderTypeCardWithdraw, "Cards.SetStatus": uqpay.OrderTypeCardUpdate,
	}[op]))
}

// TestSettleAgainstThePlatform: sent again from the record alone, a write is carried out
// once, whatever became of the first answer.
func TestSettleAgainstThePlatform(t *testing.T) {
	t.Parallel()
	for i, op := range []string{"Cards.Deposit", "Cards.Withdraw", "Cards.SetStatus", "Transfers.Create"} {
		for name, fault := range map[string]issuingtest.Fault{"lost": issuingtest.DropBefore(), "arrived": issuingtest.DropAfter()} {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := newPlatform(t, uqpaytest.Config{})
				var record issuing.Pending
				c := newClient(t, s, issuing.WithMaxAttempts(1), issuing.WithRecord(func(_ context.Context, p issuing.Pending) error {
					record = p
					return nil
				}))
				card := newCard(t, s, newClient(t, s), "50")
				w := platformWrites(t, s, c, card)[i]
				inject(t, s, op, fault)
				left := pendingtest.Of(t, w.send(t.Context(), w.request))
				pendingtest.Began(t, record, left)
				s.Clock().Advance(2 * time.Second)
				arrived := booked(t, s, c, op)
				if (arrived == 1) != (name == "arrived") {
					t.Fatalf("the fault did not bite: %d", arrived)
				}
				sent := s.Requests(op)
				want := issuing.VerdictOpen
				if name == "arrived" && op == "Cards.SetStatus" {
					want = issuing.VerdictDone
				}
				pendingtest.With(t, newClient(t, s)).Settle(record, want, "")
				if s.Requests(op) != sent {
					t.Error("it was sent again without being asked for")
				}
				got := pendingtest.With(t, newClient(t, s)).Settle(record, issuing.VerdictDone, "", issuing.WithResend(w.request))
				s.Clock().Advance(2 * time.Second)
				if n := booked(t, s, c, op); n != 1 || got.Result == nil {
					t.Errorf("carried out %d times: %+v", n, got.Result)
				}
				if err := s.Check(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestSettleByOrder: an order's id, which a callback may have told, settles a movement of
// money at any time; a failed one is refused.
func TestSettleByOrder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]issuing.Verdict{"": issuing.VerdictDone, "no": issuing.VerdictRefused} {
		s := newPlatform(t, uqpaytest.Config{})
		c := newClient(t, s)
		card := newCard(t, s, c, "50")
		if name != "" {
			if err := s.FailNext("Cards.Deposit", name); err != nil {
				t.Fatal(err)
			}
		}
		inject(t, s, "Cards.Deposit", issuingtest.DropAfter())
		req := uqpay.AmountRequest{Amount: amount(t, "5")}
		_, err := newClient(t, s, issuing.WithMaxAttempts(1)).Cards.Deposit(t.Context(), card, req)
		p := pendingtest.Of(t, err)
		s.Clock().Advance(48 * time.Hour)
		pendingtest.With(t, c).Settle(p, issuing.VerdictOpen, "which are over", issuing.WithResend(req))
		p.Details = map[string]string{"card_order_id": s.Orders(uqpay.OrderTypeCardRecharge)[0].ID}
		got := pendingtest.With(t, newClient(t, s)).Settle(p, want, "")
		order, ok := issuing.ResultOf[uqpay.Order](got)
		if !ok || order.CardID != card || (want == issuing.VerdictRefused) != errors.Is(got.Refusal, issuing.ErrDeclined) {
			t.Errorf("%+v", got)
		}
		inject(t, s, "Orders.Order", issuingtest.DropBefore())
		away := pendingtest.With(t, newClient(t, s, issuing.WithMaxAttempts(1))).Settle(p, issuing.VerdictOpen, "")
		if !errors.Is(away.Unsettled, issuing.ErrUnavailable) {
			t.Errorf("open because of %v", away.Unsettled)
		}
		p.Details["card_order_id"] = s.Orders("")[0].ID // the card's creation, of another amount
		pendingtest.With(t, c).Settle(p, issuing.VerdictOpen, "other contents")
		p.Details["card_order_id"] = "00000000-0000-0000-0000-000000000000"
		pendingtest.With(t, c).Settle(p, issuing.VerdictOpen, "")
	}
}

// TestSettleUploadAndTokens: what cannot be sent again stays open, whatever is given.
func TestSettleUploadAndTokens(t *testing.T) {
	t.Parallel()
	w := &wire{}
	c := w.client(t, start)
	_, err := c.Cards.PANToken(t.Context(), "c-1")
	token := pendingtest.Of(t, err)
	file := uqpay.UploadRequest{Name: "a.pdf", Content: bytes.NewReader([]byte("x"))}
	_, err = c.Files.Upload(t.Context(), file)
	upload := pendingtest.Of(t, err)
	doErr := c.Do(t.Context(), "POST /v1/new", map[string]string{"a": "b"}, nil)
	w.answers = true
	pendingtest.With(t, c).Settle(token, issuing.VerdictOpen, "not sent again", issuing.WithResend("c-1"))
	pendingtest.With(t, c).Settle(upload, issuing.VerdictOpen, "not sent again", issuing.WithResend(file))
	pendingtest.With(t, c).Settle(pendingtest.Of(t, doErr), issuing.VerdictOpen, "nothing is known", issuing.WithResend(map[string]string{"a": "b"}))
	if len(w.sent) != 3 {
		t.Errorf("%d were sent", len(w.sent))
	}
}
