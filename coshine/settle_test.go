package coshine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// desk is a platform that drops what it has no answer for.
type desk struct {
	answers map[coshine.API]string // members of an answer, beside the echo
	asked   []string               // bodies of what was answered
	dropped int
}

func (d *desk) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	for api, members := range d.answers {
		row, _ := bare.Row(api)
		if !strings.HasSuffix(r.URL.Path, row.Path) {
			continue
		}
		d.asked = append(d.asked, string(body))
		text := `{"tranId":"` + wire.Text(string(body), "tranId") + `","responseCode":"00"` + members + `}`
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}, nil
	}
	d.dropped++
	return nil, io.ErrUnexpectedEOF
}

// bare knows the paths of tests.
var bare = func() *coshine.Client {
	client, err := coshine.New(deskConfig())
	if err != nil {
		panic(err)
	}
	return client
}()

func deskConfig() coshine.Config {
	paths := testPaths()
	paths[coshine.APIBlacklistUpdate] = "/test/BlacklistUpdate"
	return coshine.Config{
		BaseURL: "https://api.example.com", ParticipantID: "100000", TranBranch: "300001",
		Token: issuing.NewSecret("dG9rZW4gb2YgYSB0ZXN0"), Paths: paths,
	}
}

func (d *desk) client(t *testing.T, change func(*coshine.Config), opts ...issuing.Option) *coshine.Client {
	t.Helper()
	cfg := deskConfig()
	if change != nil {
		change(&cfg)
	}
	client, err := coshine.New(cfg, append(opts, issuing.WithMaxAttempts(1), issuing.WithClock(issuingtest.NewClock(epoch).Now),
		issuing.WithHTTPClient(&http.Client{Transport: d}))...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestRows: rows, settlers and the page say the same.
func TestRows(t *testing.T) {
	t.Parallel()
	pendingtest.Rows(t, coshine.Operations(), bare.Disagreements(), len(calls))
}

// TestSettleByHistory: the line with the tranId is the transaction, and no other.
func TestSettleByHistory(t *testing.T) {
	t.Parallel()
	const none = `,"recordList":[]`
	list := func(lines ...string) string { return `,"recordList":[` + strings.Join(lines, ",") + `]` }
	for name, c := range map[string]struct {
		transactions, authorizations string // "" is dropped
		want                         issuing.Verdict
		says                         string
	}{
		"its line":            {list(`{"tranId":"TXN1","amount":"5.00","currency":"USD","status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"a debit's sign":      {list(`{"tranId":"TXN1","amount":"-5","currency":"840","status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"a number":            {list(`{"tranId":"TXN1","amount":5.0,"status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"no amount":           {list(`{"tranId":"TXN1","status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"among others":        {list(`{"tranId":"TXN0","amount":"5.00"}`, `{"tranId":"TXN1","amount":"5.00","status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"in the other list":   {none, list(`{"tranId":"TXN1","amount":"5.00","status":"BOOKED"}`), issuing.VerdictDone, ""},
		"one list is away":    {"", list(`{"tranId":"TXN1","amount":"5.00","status":"BOOKED"}`), issuing.VerdictDone, ""},
		"with a success":      {list(`{"tranId":"TXN1","responseCode":"00","status":"BOOKED"}`), none, issuing.VerdictDone, ""},
		"with a refusal":      {list(`{"tranId":"TXN1","amount":"5.00","responseCode":"51"}`), none, issuing.VerdictRefused, ""},
		"with an open code":   {list(`{"tranId":"TXN1","responseCode":"99"}`), none, issuing.VerdictOpen, "leaves it open"},
		"with no code":        {list(`{"tranId":"TXN1","responseCode":"0"}`), none, issuing.VerdictOpen, "leaves it open"},
		"another amount":      {list(`{"tranId":"TXN1","amount":"6.00"}`), none, issuing.VerdictOpen, "another amount or currency"},
		"minor units":         {list(`{"tranId":"TXN1","amount":"500"}`), none, issuing.VerdictOpen, "another amount or currency"},
		"another currency":    {list(`{"tranId":"TXN1","amount":"5.00","currency":"EUR"}`), none, issuing.VerdictOpen, "another amount or currency"},
		"no readable amount":  {list(`{"tranId":"TXN1","amount":"five"}`), none, issuing.VerdictOpen, "another amount or currency"},
		"contradicts itself":  {list(`{"tranId":"TXN1","amount":"5.00"}`, `{"tranId":"TXN1","amount":"6.00"}`), none, issuing.VerdictOpen, "line 2 of Cards.Transactions"},
		"nothing":             {none, none, issuing.VerdictOpen, "not listed"},
		"somebody's":          {list(`{"tranId":"TXN2","amount":"5.00"}`), none, issuing.VerdictOpen, "not listed"},
		"part of its tranId":  {list(`{"tranId":"TXN10","amount":"5.00"}`), none, issuing.VerdictOpen, "not listed"},
		"its tranId as a ref": {list(`{"tranId":"TXN2","originalTranId":"TXN1","amount":"5.00"}`), none, issuing.VerdictOpen, "not listed"},
		"candidates": {list(`{"amount":"5.00"}`, `{"amount":"6.00"}`, `{"amount":"5.00","tranDate":"20260418"}`, `{"amount":"5.00","tranDate":"20260420"}`, `{}`),
			none, issuing.VerdictOpen, "it may be line 1, 4 of Cards.Transactions"},
		"candidates in both": {list(`{"amount":"5.00"}`), list(`{"amount":"5.00"}`), issuing.VerdictOpen, "it may be line 1 of Cards.Authorizations"},
		"both are away":      {"", "", issuing.VerdictOpen, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{answers: map[coshine.API]string{}}
			_, err := d.client(t, nil).Cards.Deposit(t.Context(), money("T1", "5.00", "currency", issuing.CurrencyUSD), withID("TXN1"))
			p := pendingtest.Of(t, err)
			if p.Card != "T1" || !p.Amount.Equal(issuing.NewAmount(500, 2)) || p.Currency != issuing.CurrencyUSD || p.Key != "TXN1" {
				t.Errorf("%+v", p)
			}
			if c.transactions != "" {
				d.answers[coshine.APITransactionHistory] = c.transactions
			}
			if c.authorizations != "" {
				d.answers[coshine.APIAuthorizationHistory] = c.authorizations
			}
			got := pendingtest.With(t, d.client(t, nil)).Settle(p, c.want, c.says)
			switch c.want {
			case issuing.VerdictDone:
				var line struct {
					Status string `json:"status"`
				}
				done, ok := issuing.ResultOf[coshine.Transaction](got)
				if !ok || done.TranID != "TXN1" || done.Decode(&line) != nil || line.Status != "BOOKED" {
					t.Errorf("%+v", got.Result)
				}
			case issuing.VerdictRefused:
				if refused, ok := issuing.ResultOf[coshine.Transaction](got); !ok || refused.ResponseCode != "51" || !errors.Is(got.Refusal, issuing.ErrDeclined) {
					t.Errorf("%+v", got)
				}
			default:
				if u := got.Unsettled; u.Key != "TXN1" || u.Reversal != "Transactions.Reverse" || len(u.Inquiry) != 2 {
					t.Errorf("%+v", got.Unsettled)
				}
			}
		})
	}
}

// TestHistoryNeedsWhatItIsAskedBy: a path, a card token and the name of the member.
func TestHistoryNeedsWhatItIsAskedBy(t *testing.T) {
	t.Parallel()
	pan := issuing.NewSecret("4220000000000001")
	d := &desk{answers: map[coshine.API]string{coshine.APITransactionHistory: `,"recordList":[{"reference":"TXN1"}]`}}
	named := func(c *coshine.Config) { c.HistoryTranID = "reference" }
	_, err := d.client(t, nil).Cards.Withdraw(t.Context(), money("T1", "5.00"), withID("TXN1"))
	p := pendingtest.Of(t, err)
	pendingtest.With(t, d.client(t, named)).Settle(p, issuing.VerdictDone, "")
	pendingtest.With(t, d.client(t, nil)).Settle(p, issuing.VerdictOpen, "")
	pendingtest.With(t, d.client(t, func(c *coshine.Config) { c.Paths = nil })).Settle(p, issuing.VerdictOpen, `Config.Paths["TransactionHistory"]`)
	nameless := p
	nameless.Key = ""
	pendingtest.With(t, d.client(t, named)).Settle(nameless, issuing.VerdictOpen, "no tranId")

	_, err = d.client(t, nil).Cards.Withdraw(t.Context(), coshine.TransactionRequest{CardRef: coshine.ByNumber(pan)}, withID("TXN1"))
	pendingtest.With(t, d.client(t, named)).Settle(pendingtest.Of(t, err), issuing.VerdictOpen, "named no card token")

	for name, extra := range map[string]coshine.Extra{
		"text":  {"cardToken": "T1", "amount": issuing.NewAmount(1, 0)},
		"token": {"cardToken": coshine.CardToken("T1"), "amount": issuing.NewAmount(1, 0), "fee": issuing.NewAmount(2, 0)},
	} {
		_, err = d.client(t, nil).Transactions.Transfer(t.Context(), coshine.TransferRequest{Extra: extra}, withID("TXN1"))
		p = pendingtest.Of(t, err)
		if p.Card != "T1" || (name == "token") != p.Amount.IsZero() {
			t.Errorf("%s: %+v", name, p)
		}
		pendingtest.With(t, d.client(t, named)).Settle(p, issuing.VerdictDone, "")
	}
	bad := deskConfig()
	bad.HistoryTranID = " reference"
	if _, err := coshine.New(bad); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a name with a blank: %v", err)
	}
}

// TestSettleByState: a card tells what it shows, by the table that was chosen.
func TestSettleByState(t *testing.T) {
	t.Parallel()
	option := func(flag coshine.CardOptFlag) func(context.Context, *coshine.Client) error {
		return func(ctx context.Context, c *coshine.Client) error {
			return drop(c.Cards.SetStatus(ctx, coshine.SetStatusRequest{CardToken: "T1", CardOptFlag: flag}))
		}
	}
	call := func(api coshine.API) func(context.Context, *coshine.Client) error {
		return func(ctx context.Context, c *coshine.Client) error { return calls[api](ctx, c) }
	}
	activate, cancel, expire := call(coshine.APICardActivation), call(coshine.APICardCancellation), call(coshine.APICardExpiryDateUpdate)
	const done, absent, open = issuing.VerdictDone, issuing.VerdictAbsent, issuing.VerdictOpen
	for name, c := range map[string]struct {
		write func(context.Context, *coshine.Client) error
		card  string
		// by none, the portal and the public reference
		want [3]issuing.Verdict
	}{
		"activate, N":        {activate, `"cardStatus":"N"`, [3]issuing.Verdict{open, done, absent}},
		"activate, U":        {activate, `"cardStatus":"U"`, [3]issuing.Verdict{open, absent, done}},
		"activate, lost":     {activate, `"cardStatus":"L"`, [3]issuing.Verdict{open, open, open}},
		"activate, nothing":  {activate, `"expiryDate":"2904"`, [3]issuing.Verdict{open, open, open}},
		"close, cancelled":   {cancel, `"cardStatus":"D"`, [3]issuing.Verdict{done, done, done}},
		"close, N":           {cancel, `"cardStatus":"N"`, [3]issuing.Verdict{absent, absent, absent}},
		"close, lost":        {cancel, `"cardStatus":"L"`, [3]issuing.Verdict{absent, absent, absent}},
		"close, X":           {cancel, `"cardStatus":"X"`, [3]issuing.Verdict{open, absent, open}},
		"close, E":           {cancel, `"cardStatus":"E"`, [3]issuing.Verdict{absent, open, absent}},
		"close, a new one":   {cancel, `"cardStatus":"Q"`, [3]issuing.Verdict{open, open, open}},
		"freeze, frozen":     {option(coshine.CardOptFlagFreeze), `"blockStatus":"B"`, [3]issuing.Verdict{done, done, done}},
		"freeze, normal":     {option(coshine.CardOptFlagFreeze), `"blockStatus":"N"`, [3]issuing.Verdict{absent, absent, absent}},
		"freeze, nothing":    {option(coshine.CardOptFlagFreeze), `"cardStatus":"N"`, [3]issuing.Verdict{open, open, open}},
		"unfreeze, normal":   {option(coshine.CardOptFlagUnfreeze), `"blockStatus":"N"`, [3]issuing.Verdict{done, done, done}},
		"unfreeze, frozen":   {option(coshine.CardOptFlagUnfreeze), `"blockStatus":"B"`, [3]issuing.Verdict{absent, absent, absent}},
		"lose, lost":         {option(coshine.CardOptFlagReportLost), `"cardStatus":"L"`, [3]issuing.Verdict{done, done, done}},
		"lose, N":            {option(coshine.CardOptFlagReportLost), `"cardStatus":"N"`, [3]issuing.Verdict{absent, absent, absent}},
		"lose, cancelled":    {option(coshine.CardOptFlagReportLost), `"cardStatus":"D"`, [3]issuing.Verdict{open, open, open}},
		"find, U":            {option(coshine.CardOptFlagWithdrawLoss), `"cardStatus":"U"`, [3]issuing.Verdict{done, done, done}},
		"find, lost":         {option(coshine.CardOptFlagWithdrawLoss), `"cardStatus":"L"`, [3]issuing.Verdict{absent, absent, absent}},
		"lock, O":            {option(coshine.CardOptFlagLockPIN), `"cardStatus":"O"`, [3]issuing.Verdict{open, done, open}},
		"lock, N":            {option(coshine.CardOptFlagLockPIN), `"cardStatus":"N"`, [3]issuing.Verdict{open, open, open}},
		"unlock, O":          {option(coshine.CardOptFlagUnlockPIN), `"cardStatus":"O"`, [3]issuing.Verdict{open, absent, open}},
		"unlock, N":          {option(coshine.CardOptFlagUnlockPIN), `"cardStatus":"N"`, [3]issuing.Verdict{open, open, open}},
		"a flag of tomorrow": {option("Z"), `"cardStatus":"N","blockStatus":"N"`, [3]issuing.Verdict{open, open, open}},
		"expiry, this one":   {expire, `"expiryDate":"3001"`, [3]issuing.Verdict{done, done, done}},
		"expiry, another":    {expire, `"expiryDate":"2904"`, [3]issuing.Verdict{absent, absent, absent}},
		"expiry, nothing":    {expire, `"cardStatus":"N"`, [3]issuing.Verdict{open, open, open}},
		"another card":       {cancel, `"cardStatus":"D","cardToken":"T2"`, [3]issuing.Verdict{open, open, open}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &desk{answers: map[coshine.API]string{}}
			p := pendingtest.Of(t, c.write(t.Context(), d.client(t, func(cfg *coshine.Config) { cfg.Values = map[string][]string{"cardOptFlag": {"Z"}} })))
			pendingtest.With(t, d.client(t, nil)).Settle(p, open, "unexpected EOF")
			d.answers[coshine.APICardInfoInquiry] = "," + c.card
			for i, dialect := range []coshine.Dialect{coshine.DialectNone, coshine.DialectPortal, coshine.DialectReference} {
				got := pendingtest.With(t, d.client(t, func(cfg *coshine.Config) { cfg.CardStatus = dialect })).Settle(p, c.want[i], "")
				if ack, ok := issuing.ResultOf[coshine.Ack](got); ok != (c.want[i] == done) || (ok && ack.Raw.IsZero()) {
					t.Errorf("%v: %+v", dialect, got.Result)
				}
			}
		})
	}
}

// TestSettleByAVagueLetter: where L may be that of a freeze, it says of a loss only what the
// block status leaves it to say.
func TestSettleByAVagueLetter(t *testing.T) {
	t.Parallel()
	const done, absent, open = issuing.VerdictDone, issuing.VerdictAbsent, issuing.VerdictOpen
	for name, c := range map[string]struct {
		flag coshine.CardOptFlag
		card string
		want [2]issuing.Verdict // as lost, as lost or blocked
	}{
		"lose, L":         {coshine.CardOptFlagReportLost, `"cardStatus":"L"`, [2]issuing.Verdict{done, open}},
		"lose, L, frozen": {coshine.CardOptFlagReportLost, `"cardStatus":"L","blockStatus":"B"`, [2]issuing.Verdict{done, open}},
		"lose, L, free":   {coshine.CardOptFlagReportLost, `"cardStatus":"L","blockStatus":"N"`, [2]issuing.Verdict{done, done}},
		"find, L, frozen": {coshine.CardOptFlagWithdrawLoss, `"cardStatus":"L","blockStatus":"B"`, [2]issuing.Verdict{absent, open}},
		"find, L, free":   {coshine.CardOptFlagWithdrawLoss, `"cardStatus":"L","blockStatus":"N"`, [2]issuing.Verdict{absent, absent}},
		"find, U":         {coshine.CardOptFlagWithdrawLoss, `"cardStatus":"U","blockStatus":"B"`, [2]issuing.Verdict{done, done}},
	} {
		d := &desk{answers: map[coshine.API]string{}}
		req := coshine.SetStatusRequest{CardToken: "T1", CardOptFlag: c.flag}
		p := pendingtest.Of(t, drop(d.client(t, nil).Cards.SetStatus(t.Context(), req)))
		d.answers[coshine.APICardInfoInquiry] = "," + c.card
		for i, lost := range []coshine.LostMeaning{coshine.LostMeaningReported, coshine.LostMeaningBlocked} {
			t.Run(name, func(t *testing.T) {
				pendingtest.With(t, d.client(t, func(cfg *coshine.Config) { cfg.CardStatusLost = lost })).Settle(p, c.want[i], "")
			})
		}
	}
}

// TestActivationReadsTheList: whose fields are published, before the card's.
func TestActivationReadsTheList(t *testing.T) {
	t.Parallel()
	d := &desk{answers: map[coshine.API]string{}}
	reference := func(c *coshine.Config) { c.CardStatus = coshine.DialectReference }
	p := pendingtest.Of(t, calls[coshine.APICardActivation](t.Context(), d.client(t, nil)))
	d.answers[coshine.APICustomerCardInfoInquiry] = `,"recordList":[{"cardToken":"T0","cardStatus":"N"},{"cardToken":"T1","cardStatus":"U"}]`
	pendingtest.With(t, d.client(t, reference)).Settle(p, issuing.VerdictDone, "")
	d.answers[coshine.APICustomerCardInfoInquiry] = `,"recordList":[{"cardToken":"T0","cardStatus":"U"}]`
	pendingtest.With(t, d.client(t, reference)).Settle(p, issuing.VerdictOpen, "not among the customer's")
	d.answers[coshine.APICardInfoInquiry] = `,"cardStatus":"N"`
	pendingtest.With(t, d.client(t, reference)).Settle(p, issuing.VerdictAbsent, "")
}

// TestApplications: only a number of the request's own tells its card from another.
func TestApplications(t *testing.T) {
	t.Parallel()
	const own = "4220000000000001"
	chosen := application("C1")
	chosen.CardNumber = issuing.NewSecret(own)
	card := func(token, number, flag, opened string) string {
		return `{"cardToken":"` + token + `","cardNumber":"` + number + `","expiryDate":"2904","cardFlag":"` + flag +
			`","cardProdCode":"2201","openDate":"` + opened + `"}`
	}
	d := &desk{answers: map[coshine.API]string{}}
	client, other := d.client(t, nil), d.client(t, func(c *coshine.Config) { c.Token = issuing.NewSecret("another") })
	_, err := client.Cards.Apply(t.Context(), chosen, withID("TXN1"))
	p := pendingtest.Of(t, err)
	if p.Secrets["cardNumber"] == "" || p.Details["customerId"] != "C1" {
		t.Errorf("%+v", p)
	}
	pendingtest.With(t, client).Settle(p, issuing.VerdictOpen, "unexpected EOF")
	list := func(cards ...string) {
		d.answers[coshine.APICustomerCardInfoInquiry] = `,"recordList":[` + strings.Join(cards, ",") + `]`
	}
	list(card("T1", "4220000000000002", "V", "20260420"), card("T2", own, "V", "20260420"))
	done, ok := issuing.ResultOf[coshine.Application](pendingtest.With(t, d.client(t, nil)).Settle(p, issuing.VerdictDone, ""))
	if !ok || done.CardToken != "T2" || done.ExpiryDate != "2904" || done.CustomerID != "C1" || done.CardNumber.Reveal() != own {
		t.Errorf("%+v", done)
	}
	pendingtest.With(t, other).Settle(p, issuing.VerdictOpen, "other credentials")
	list(card("T1", "422000******0001", "V", "20260420"), card("T2", own, "P", "20260420"), card("T3", own, "V", "20260301"))
	pendingtest.With(t, client).Settle(p, issuing.VerdictOpen, `the token ["T1"]`)
	list()
	pendingtest.With(t, client).Settle(p, issuing.VerdictOpen, "not listed")
	list(card("T1", "422000******0001", "V", "20260420"))
	_, err = client.Cards.Apply(t.Context(), application("C1"))
	pendingtest.With(t, client).Settle(pendingtest.Of(t, err), issuing.VerdictOpen, `["T1"]`)
}

// TestLooksAskOnBehalfOfTheSame: the participant, branch and channel of the write.
func TestLooksAskOnBehalfOfTheSame(t *testing.T) {
	t.Parallel()
	d := &desk{answers: map[coshine.API]string{}}
	_, err := d.client(t, nil).Cards.Deposit(t.Context(), money("T1", "5.00"), coshine.WithHeader(coshine.Header{
		ParticipantID: "200000", TranBranch: "400001", Channel: coshine.ChannelApp, TranID: "TXN1", TellerNo: "7",
	}))
	d.answers[coshine.APITransactionHistory] = `,"recordList":[{"tranId":"TXN1"}]`
	pendingtest.With(t, d.client(t, nil)).Settle(pendingtest.Of(t, err), issuing.VerdictDone, "")
	want := []string{"200000", "400001", "08"}
	var got []string
	for _, name := range []string{"participantId", "tranBranch", "tranChnl"} {
		got = append(got, wire.Text(d.asked[0], name))
	}
	if !slices.Equal(got, want) || wire.Text(d.asked[0], "tranId") == "TXN1" {
		t.Errorf("asked on behalf of %v in %s", got, d.asked[0])
	}
}

// TestSettleSendsNothingAgain: whatever is asked for; and what cannot be read is refused.
func TestSettleSendsNothingAgain(t *testing.T) {
	t.Parallel()
	d := &desk{answers: map[coshine.API]string{coshine.APICardInfoInquiry: `,"blockStatus":"N"`}}
	client := d.client(t, nil)
	req := coshine.SetStatusRequest{CardToken: "T1", CardOptFlag: coshine.CardOptFlagFreeze}
	_, err := client.Cards.SetStatus(t.Context(), req)
	p, dropped := pendingtest.Of(t, err), d.dropped
	if got := pendingtest.With(t, client).Settle(p, issuing.VerdictAbsent, "", issuing.WithResend(req)); got.ResendSameKey {
		t.Errorf("%+v", got)
	}
	_, err = client.Cards.SetLimits(t.Context(), someCard)
	pendingtest.With(t, client).Settle(pendingtest.Of(t, err), issuing.VerdictOpen, "not sent again", issuing.WithResend(someCard))
	err = client.Do(t.Context(), "/x", map[string]string{"a": "b"}, nil)
	q := pendingtest.Of(t, err)
	if q.Details["path"] != "/x" {
		t.Errorf("%+v", q)
	}
	pendingtest.With(t, client).Settle(q, issuing.VerdictOpen, "nothing is known")
	if d.dropped != dropped+2 {
		t.Errorf("%d writes were sent, two are the test's own", d.dropped-dropped)
	}
	for name, change := range map[string]func(*issuing.Pending){
		"version": func(p *issuing.Pending) { p.Version = 9 }, "provider": func(p *issuing.Pending) { p.Provider = "uqpay" },
		"read": func(p *issuing.Pending) { p.Op = "Cards.Card" }, "time": func(p *issuing.Pending) { p.SentAt = time.Time{} },
	} {
		bad := p
		change(&bad)
		if _, err := client.Settle(t.Context(), bad); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSettleAgainstThePlatform: verdicts agree with what the platform has done, in a
// new process, whatever became of the answer.
func TestSettleAgainstThePlatform(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]issuingtest.Fault{"arrived": issuingtest.DropAfter(), "lost": issuingtest.DropBefore()} {
		for _, dialect := range []coshine.Dialect{coshine.DialectPortal, coshine.DialectReference} {
			server, client := full(t, coshinetest.Config{CardStatus: dialect})
			ctx, want := t.Context(), issuing.VerdictAbsent
			if name == "arrived" {
				want = issuing.VerdictDone
			}
			req := application("C1")
			card, err := client.Cards.Apply(ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			settle := func(op string, err error, want issuing.Verdict) {
				t.Helper()
				pendingtest.With(t, newClient(t, server)).Settle(pendingtest.Of(t, err), want, "")
			}
			inject(t, server, "Cards.Activate", fault)
			_, err = client.Cards.Activate(ctx, activation(req, card))
			settle("Cards.Activate", err, want)
			token := activeCard(t, client, "C2").CardToken
			for _, step := range []func() error{
				func() error { return drop(client.Cards.Freeze(ctx, token)) },
				func() error {
					return drop(client.Cards.SetStatus(ctx, coshine.SetStatusRequest{CardToken: token, CardOptFlag: coshine.CardOptFlagReportLost}))
				},
			} {
				inject(t, server, "Cards.SetStatus", fault)
				settle("Cards.SetStatus", step(), want)
			}
			inject(t, server, "Cards.SetExpiry", fault)
			_, err = client.Cards.SetExpiry(ctx, coshine.SetExpiryRequest{CardToken: activeCard(t, client, "C3").CardToken, ExpiryDate: "3501"})
			settle("Cards.SetExpiry", err, want)
			inject(t, server, "Cards.Close", fault)
			_, err = client.Cards.Close(ctx, coshine.CloseRequest{CardToken: token})
			settle("Cards.Close", err, want)
			if info, _ := server.Card(token); (info.State == coshine.CardStateCancelled) != (want == issuing.VerdictDone) {
				t.Errorf("%s: the platform says %v", name, info.State)
			}
			if err := server.Check(); err != nil {
				t.Error(err)
			}
		}
	}
}
