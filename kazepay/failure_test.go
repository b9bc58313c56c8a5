package kazepay_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/kazepay/kazepaytest"
	"github.com/issuing-sdk/issuing-go/sign"
)

func read(ctx context.Context, c *kazepay.Client, opts ...issuing.CallOption) error {
	_, err := c.Cards.Balance(ctx, "19181", "", opts...)
	return err
}

func write(ctx context.Context, c *kazepay.Client, opts ...issuing.CallOption) error {
	_, err := c.Cards.Deposit(ctx, kazepay.DepositRequest{CardID: "19181", Amount: issuing.NewAmount(5, 0)}, opts...)
	return err
}

// altered answers with a genuine success that somebody changed.
func altered(t testing.TB, old, replacement string) func(http.ResponseWriter, *wireMessage) {
	return func(w http.ResponseWriter, _ *wireMessage) {
		body, err := sealed(head{Code: "SUCCESS"}, `{"transactionId":"LM1","avaBalance":1}`)
		if err != nil || !strings.Contains(string(body), old) {
			t.Errorf("%v: %s", err, body)
		}
		_, _ = w.Write([]byte(strings.Replace(string(body), old, replacement, 1)))
	}
}

func TestAnswersThatAreNoSuccess(t *testing.T) {
	t.Parallel()
	unknown := issuing.ErrOutcomeUnknown
	for name, c := range map[string]struct {
		answer       func(http.ResponseWriter, *wireMessage)
		read         error // its kind
		reads        int   // how often it is asked
		write        error
		code         kazepay.Code
		alsoContains string
	}{
		"a failure":             {plain(200, `{"head":{"code":"FAKE_X","detail":"no"},"body":{}}`), issuing.ErrDeclined, 1, issuing.ErrDeclined, "FAKE_X", `"no"`},
		"without a body":        {plain(200, `{"head":{"code":"FAKE_X","detail":"no"}}`), issuing.ErrDeclined, 1, issuing.ErrDeclined, "FAKE_X", ""},
		"a number as code":      {plain(200, `{"head":{"code":10203},"body":null}`), issuing.ErrDeclined, 1, issuing.ErrDeclined, "10203", ""},
		"lower case success":    {plain(200, `{"head":{"code":"success"},"body":{}}`), issuing.ErrDeclined, 1, issuing.ErrDeclined, "success", ""},
		"balance not enough":    {plain(200, `{"head":{"code":"212"},"body":{}}`), issuing.ErrInsufficientFunds, 1, issuing.ErrInsufficientFunds, kazepay.CodeInsufficientBalance, ""},
		"invalid parameters":    {plain(200, `{"head":{"code":"2"},"body":{}}`), issuing.ErrInvalid, 1, issuing.ErrInvalid, kazepay.CodeInvalidParameters, ""},
		"known code with 500":   {plain(500, `{"head":{"code":"200"},"body":{}}`), issuing.ErrDeclined, 3, unknown, "", "code 200"},
		"known code with 504":   {plain(504, `{"head":{"code":"212"},"body":{}}`), issuing.ErrInsufficientFunds, 3, unknown, "", "code 212"},
		"business error":        {plain(200, `{"head":{"code":"200"},"body":{}}`), issuing.ErrDeclined, 1, issuing.ErrDeclined, kazepay.CodeBusiness, ""},
		"result unknown yet":    {plain(200, `{"head":{"code":"99997"},"body":{}}`), issuing.ErrUnavailable, 3, unknown, "", "99997"},
		"upstream's success":    {plain(200, `{"head":{"code":"1"},"body":{}}`), issuing.ErrBadResponse, 3, unknown, "", ""},
		"a failure with 500":    {plain(500, `{"head":{"code":"FAKE_X"},"body":{}}`), issuing.ErrUnavailable, 3, unknown, "", "FAKE_X"},
		"a failure with 403":    {plain(403, `{"head":{"code":"FAKE_X"},"body":{}}`), issuing.ErrUnauthorized, 1, issuing.ErrUnauthorized, "FAKE_X", ""},
		"success with 500":      {plain(500, `{"head":{"code":"SUCCESS"},"body":{}}`), issuing.ErrUnavailable, 3, unknown, "", ""},
		"unsigned success":      {plain(200, `{"head":{"code":"SUCCESS"},"body":{}}`), issuing.ErrSignature, 1, unknown, "", "head.sign is missing"},
		"success without sign":  {altered(t, `"sign"`, `"sing"`), issuing.ErrSignature, 1, unknown, "", "head.sign is missing"},
		"success without key":   {altered(t, `"keyEnc"`, `"key"`), issuing.ErrSignature, 1, unknown, "", "head.keyEnc is missing"},
		"success without body":  {altered(t, `"encrypt"`, `"decrypt"`), issuing.ErrSignature, 1, unknown, "", "body.encrypt is missing"},
		"truncated hex":         {altered(t, `"sign":"`, `"sign":"0`), issuing.ErrSignature, 1, unknown, "", "head.sign is not"},
		"odd Base64":            {altered(t, `"encrypt":"`, `"encrypt":"A`), issuing.ErrSignature, 1, unknown, "", "body.encrypt is not"},
		"tampered ciphertext":   {altered(t, `"encrypt":"`, `"encrypt":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`), issuing.ErrSignature, 1, unknown, "", sign.ErrEnvelope.Error()},
		"success and failure":   {plain(200, `{"head":{"code":"SUCCESS","code":"FAKE_X"},"body":{}}`), issuing.ErrBadResponse, 3, unknown, "", ""},
		"failure and success":   {altered(t, `"code"`, `"code":"FAKE_X","code"`), issuing.ErrBadResponse, 3, unknown, "", ""},
		"no code":               {plain(200, `{"head":{},"body":{}}`), issuing.ErrBadResponse, 3, unknown, "", ""},
		"a page":                {plain(200, "<html>maintenance</html>"), issuing.ErrBadResponse, 3, unknown, "", "HTML"},
		"a broken hop":          {plain(502, "<html>502</html>"), issuing.ErrUnavailable, 3, unknown, "", "http 502"},
		"more than is read":     {plain(200, strings.Repeat("x", 5<<20)), issuing.ErrBadResponse, 1, unknown, "", "larger than the limit"},
		"nothing":               {plain(200, ""), issuing.ErrBadResponse, 3, unknown, "", "empty"},
		"a redirect":            {plain(302, ""), issuing.ErrBadResponse, 1, unknown, "", "redirect"},
		"too many requests":     {plain(429, "slow down"), issuing.ErrRateLimited, 3, issuing.ErrRateLimited, "", ""},
		"not found":             {plain(404, "404"), issuing.ErrNotFound, 1, issuing.ErrNotFound, "", ""},
		"a payload of no shape": {success(t, `[]`), issuing.ErrBadResponse, 1, unknown, "", ""},
		"a payload of nothing":  {success(t, `{}`), issuing.ErrBadResponse, 1, unknown, "", "lacks the fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newWireServer(t, c.answer)
			client := s.client(t)
			e := wantError(t, read(t.Context(), client), c.read)
			messages, _ := s.requests()
			if len(messages) != c.reads || e.Attempts != c.reads || e.Key != "" || e.RequestID != messages[c.reads-1].Head.RequestNo {
				t.Errorf("%d reads of %d: %v", len(messages), c.reads, e)
			}
			numbers := map[string]bool{}
			for _, m := range messages {
				numbers[m.Head.RequestNo] = true
			}
			if len(numbers) != c.reads {
				t.Errorf("%d message numbers for %d reads", len(numbers), c.reads)
			}
			var unverified *kazepay.Unverified
			if errors.As(e, &unverified) != errors.Is(c.read, issuing.ErrSignature) || unverified != nil && !strings.HasPrefix(unverified.Answer.Reveal(), `{"head":{`) {
				t.Errorf("unverified: %v", e)
			}
			e = wantError(t, write(t.Context(), client), c.write)
			messages, _ = s.requests()
			if sent := len(messages) - c.reads; sent != 1 || e.Key != messages[c.reads].Head.RequestNo || e.RequestID != e.Key {
				t.Errorf("%d writes, key %q: %v", sent, e.Key, e)
			}
			if c.code != "" && !errors.Is(e, c.code) || !strings.Contains(e.Error(), c.alsoContains) {
				t.Errorf("%v", e)
			}
			var u *issuing.Unsettled
			if errors.As(e, &u) != errors.Is(c.write, unknown) {
				t.Errorf("unsettled: %v", e)
			}
			if u != nil && (u.Key != e.Key || e.Op != "Cards.Deposit" || u.Inquiry[0] != "Cards.Transactions" || !strings.Contains(e.Error(), "look it up with Cards.Transactions or Cards.Balance")) {
				t.Errorf("%+v", u)
			}
		})
	}
}

func TestAConnectionThatIsRefusedIsNoUnknownOutcome(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, plain(200, ""))
	client := s.client(t, issuing.WithHTTPClient(flaky(t, 99)))
	e := wantError(t, write(t.Context(), client), issuing.ErrUnavailable)
	if e.Attempts != 3 || !requestNoForm.MatchString(e.Key) || errors.Is(e, issuing.ErrOutcomeUnknown) {
		t.Errorf("%v", e)
	}
}

func TestResultFlag(t *testing.T) {
	t.Parallel()
	for payload, flag := range map[string]kazepay.ResultFlag{
		`{"encrypt":"SUCCESS","status":"PASSED"}`: "",
		`{"status":"PASSED"}`:                     "",
		`{"encrypt":null,"status":"PASSED"}`:      "",
		`{"encrypt":"FAILED","status":"PASSED"}`:  kazepay.ResultFlagFailed,
		`{"encrypt":"failed"}`:                    "failed",
		`{"encrypt":"SOON","status":"PASSED"}`:    "SOON",
		`{"encrypt":1,"status":"PASSED"}`:         "1",
	} {
		s := newWireServer(t, success(t, payload))
		var info issuing.CallInfo
		_, err := s.client(t).KYC.Status(t.Context(), "kyc@kazepay.io", issuing.WithCallInfo(&info))
		if flag == "" {
			if err != nil {
				t.Errorf("%s: %v", payload, err)
			}
			continue
		}
		e := wantError(t, err, issuing.ErrDeclined)
		var f *kazepay.Failure
		if !errors.As(e, &f) || f.Flag != flag || f.Payload.Reveal() != payload || f.APICode != "queryUcardKycStatus" || info.Raw.Reveal() != payload {
			t.Errorf("%s: %v", payload, e)
		}
		if e.Attempts != 1 {
			t.Errorf("%s: %d attempts", payload, e.Attempts)
		}
	}
	// Of a write only the documented values are definite.
	for payload, kind := range map[string]error{
		`{"encrypt":"SUCCESS","cardID":"3377"}`: nil, `{"cardID":"3377"}`: nil, `{"encrypt":null,"cardID":"3377"}`: nil,
		`{"encrypt":"FAILED","cardID":"3377"}`:     issuing.ErrDeclined,
		`{"encrypt":"PROCESSING","cardID":"3377"}`: issuing.ErrOutcomeUnknown,
		`{"encrypt":"success","cardID":"3377"}`:    issuing.ErrOutcomeUnknown,
		`{"encrypt":"","cardID":"3377"}`:           issuing.ErrOutcomeUnknown,
		`{"encrypt":true,"cardID":"3377"}`:         issuing.ErrOutcomeUnknown,
	} {
		s := newWireServer(t, success(t, payload))
		var info issuing.CallInfo
		_, err := s.client(t).Physical.Assign(t.Context(), kazepay.AssignRequest{
			Email: "kyc@kazepay.io", CardNumber: issuing.NewSecret("4937240800070604"),
		}, issuing.WithCallInfo(&info))
		if kind == nil && err == nil {
			continue
		}
		e := wantError(t, err, kind)
		if info.Raw.Reveal() != payload || e.Attempts != 1 || !strings.Contains(e.Error(), "apiCode ucardAssign") {
			t.Errorf("%s: %v", payload, e)
		}
	}
	// The flag belongs to nine operations; elsewhere the name means nothing.
	s := newWireServer(t, success(t, `{"encrypt":"FAILED","cardID":"1","status":"ACTIVE"}`))
	if _, err := s.client(t).Virtual.Application(t.Context(), "1"); err != nil {
		t.Error(err)
	}
}

// TestApplicationIsReadLeniently asks for an application, whose answer no page
// shows.
func TestApplicationIsReadLeniently(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]*kazepay.Application{
		`{"status":"ACTIVE"}`:                    {ID: "19181", Status: kazepay.CardStatusActive},
		`{"cardID":19181}`:                       {ID: "19181"},
		`{"cardID":"19181","status":"AUDITING"}`: {ID: "19181", Status: kazepay.CardStatusAuditing},
		`{"cardID":"7","status":"AUDITING"}`:     nil, // another card's
		`{}`:                                     nil,
	} {
		got, err := newWireServer(t, success(t, payload)).client(t).Virtual.Application(t.Context(), "19181")
		if diff := cmp.Diff(want, got); diff != "" || (err == nil) != (want != nil) {
			t.Errorf("%s: %v\n%s", payload, err, diff)
		}
	}
}

func TestTransactionsInOtherShapes(t *testing.T) {
	t.Parallel()
	const row = `{"cardID":"1","transactionId":"T"}`
	for payload, rows := range map[string]int{
		`null`: 0, `""`: 0, `[]`: 0, `{}`: 0, row: 1, ` ` + row: 1, `[` + row + `,` + row + `]`: 2,
		`{"total":1,"list":[` + row + `]}`: -1, `{"encrypt":"FAILED"}`: -1, `1`: -1,
	} {
		list, err := newWireServer(t, success(t, payload)).client(t).Cards.Transactions(t.Context(), kazepay.TransactionsRequest{CardID: "1"})
		if rows < 0 {
			wantError(t, err, issuing.ErrBadResponse)
		} else if err != nil || len(list.List) != rows {
			t.Errorf("%s: %v, %v", payload, list, err)
		}
	}
}

func TestFailureWithAPayload(t *testing.T) {
	t.Parallel()
	answer := func(w http.ResponseWriter, _ *wireMessage) {
		body, err := sealed(head{Code: "FAKE_X", Detail: "card 4937240800070604 refused"}, `{"reason":"limit"}`)
		if err != nil {
			t.Error(err)
		}
		_, _ = w.Write(body)
	}
	s := newWireServer(t, answer)
	cfg := s.config(t)
	cfg.SignedFailures = true
	var info issuing.CallInfo
	e := wantError(t, write(t.Context(), s.clientOf(t, cfg), issuing.WithCallInfo(&info)), issuing.ErrDeclined)
	var f *kazepay.Failure
	if !errors.As(e, &f) || f.Payload.Reveal() != `{"reason":"limit"}` || f.RequestNo != e.Key || info.Raw.Reveal() != f.Payload.Reveal() {
		t.Errorf("%v", e)
	}
	if strings.Contains(e.Error(), "4937240800070604") {
		t.Errorf("the error shows a card number: %v", e)
	}
}

// What has not the form of a code, and a head that the signed payload contradicts, leaves a
// write open.
func TestFailuresThatAreNone(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{
		`"FAKE_X"`: issuing.ErrDeclined, `"200"`: issuing.ErrDeclined, `99998`: issuing.ErrDeclined,
		`true`: issuing.ErrOutcomeUnknown, `"false"`: issuing.ErrOutcomeUnknown, `99999999999999`: issuing.ErrOutcomeUnknown,
		`"` + strings.Repeat("x", 41) + `"`: issuing.ErrOutcomeUnknown, `"[]"`: issuing.ErrOutcomeUnknown, `"E 1"`: issuing.ErrOutcomeUnknown,
	} {
		s := newWireServer(t, plain(200, `{"head":{"code":`+code+`,"detail":"no"},"body":{}}`))
		if err := write(t.Context(), s.client(t)); !errors.Is(err, want) {
			t.Errorf("%.20s: %v", code, err)
		}
	}
	for payload, want := range map[string]error{
		`{"encrypt":"SUCCESS"}`: issuing.ErrOutcomeUnknown, `{"encrypt":"FAILED"}`: issuing.ErrDeclined, `{}`: issuing.ErrDeclined,
	} {
		s := newWireServer(t, func(w http.ResponseWriter, _ *wireMessage) {
			body, err := sealed(head{Code: "FAKE_X", Detail: "no"}, payload)
			if err != nil {
				t.Error(err)
			}
			_, _ = w.Write(body)
		})
		if _, err := s.client(t).Cards.Freeze(t.Context(), "1"); !errors.Is(err, want) {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

func TestSignedFailures(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, plain(200, `{"head":{"code":"FAKE_X","sign":"00","keyEnc":"00"},"body":{}}`))
	cfg := s.config(t)
	cfg.SignedFailures = true
	client := s.clientOf(t, cfg)
	e := wantError(t, write(t.Context(), client), issuing.ErrOutcomeUnknown)
	if errors.Is(e, issuing.ErrDeclined) || !strings.Contains(e.Error(), "FAKE_X") {
		t.Errorf("%v", e)
	}
	wantError(t, read(t.Context(), client), issuing.ErrDeclined)

	gone := newWireServer(t, plain(404, "not here"))
	cfg = gone.config(t)
	cfg.SignedFailures = true
	wantError(t, write(t.Context(), gone.clientOf(t, cfg)), issuing.ErrOutcomeUnknown)
	wantError(t, read(t.Context(), gone.clientOf(t, cfg)), issuing.ErrNotFound)
}

func TestRequireSysID(t *testing.T) {
	t.Parallel()
	s := newWireServer(t, success(t, `{"avaBalance":1,"transactionId":"LM1"}`))
	cfg := s.config(t)
	if err := read(t.Context(), s.clientOf(t, cfg)); err != nil {
		t.Errorf("an echo that lies: %v", err)
	}
	cfg.RequireSysID = true
	wantError(t, read(t.Context(), s.clientOf(t, cfg)), issuing.ErrSignature)
	wantError(t, write(t.Context(), s.clientOf(t, cfg)), issuing.ErrOutcomeUnknown)
}

func TestWarnOfAnotherCard(t *testing.T) {
	t.Parallel()
	server := startServer(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{OtherCardID: true}})
	var warnings []kazepay.Warning
	cfg := server.ClientConfig()
	cfg.Warn = func(_ context.Context, w kazepay.Warning) { warnings = append(warnings, w) }
	client := clientOf(t, server, cfg)
	h := user(5)
	passKYC(t, server, client, h)
	card, err := client.Physical.Assign(t.Context(), kazepay.AssignRequest{Email: issuing.Personal(h.email), CardNumber: server.PrintCard()})
	if err != nil {
		t.Fatal(err)
	}
	var info issuing.CallInfo
	change, err := client.Physical.Activate(t.Context(), card.CardID, server.ActivationCode(card.CardID), issuing.WithCallInfo(&info))
	if err != nil || change.ID != card.CardID || change.Status != kazepay.CardStatusActiveProcessing || !info.Settled {
		t.Fatalf("the card was not read: %+v, %v", change, err)
	}
	if _, err := client.Cards.Card(t.Context(), card.CardID); err != nil {
		t.Fatal(err)
	}
	want := []kazepay.Warning{{Op: "Physical.Activate", RequestNo: info.RequestID, Field: "cardID"}}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Error(diff)
	}
}

// TestQuirks runs a client against every contradiction of the pages.
func TestQuirks(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]kazepaytest.Quirks{
		"requestNo of its own":  {FreshRequestNo: true},
		"wrong apiCode":         {WrongAPICode: true},
		"another sysId":         {OtherSysID: "H2400002001"},
		"another order":         {ShuffledHead: true},
		"swapped amounts":       {SwappedAmounts: true},
		"Success":               {ProseDetail: true},
		"an empty list is null": {EmptyListAsNull: true},
		"deposits hidden":       {HideDeposits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := start(t, kazepaytest.Config{Quirks: q})
			id := activeCard(t, server, client, 1)
			list, err := client.Cards.Transactions(t.Context(), kazepay.TransactionsRequest{CardID: id})
			if err != nil || len(list.List) != 0 {
				t.Errorf("%v, %v", list, err)
			}
			d := deposit(t, server, client, id, issuing.NewAmount(5000_00, 2))
			if list, err = client.Cards.Transactions(t.Context(), kazepay.TransactionsRequest{CardID: id, TransactionID: d.ID}); err != nil || (len(list.List) == 0) != q.HideDeposits {
				t.Errorf("%v, %v", list, err)
			}
			spend(t, server, client, id)
			freezeAndClose(t, server, client, id)
		})
	}
}

func TestErrorForms(t *testing.T) {
	t.Parallel()
	for _, form := range []kazepaytest.ErrorForm{kazepaytest.ErrorFormBare, kazepaytest.ErrorFormSigned, kazepaytest.ErrorFormSealed} {
		server := startServer(t, kazepaytest.Config{Quirks: kazepaytest.Quirks{Errors: form, UpstreamCodes: true}})
		cfg := server.ClientConfig()
		cfg.SignedFailures = true
		client := clientOf(t, server, cfg)
		id := activeCard(t, server, client, 1)
		_, err := client.Cards.Deposit(t.Context(), kazepay.DepositRequest{CardID: id, Amount: issuing.NewAmount(2_000_000, 0)})
		if form != kazepaytest.ErrorFormSealed {
			wantError(t, err, issuing.ErrOutcomeUnknown)
			continue
		}
		if e := wantError(t, err, issuing.ErrInsufficientFunds); !errors.Is(e, kazepay.CodeInsufficientBalance) {
			t.Errorf("%v", e)
		}
	}
}
