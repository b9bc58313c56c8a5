package legacy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// TestOneCallIsOneReport makes calls that look up what an attempt left, and wants
// attempts and duration of the whole call, in CallInfo, error and events.
func TestOneCallIsOneReport(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	s, base := scripted(t, map[string][]reply{
		pathDeposit:        {{http.StatusOK, refusedAs("500")}},
		pathQuery:          {{http.StatusOK, refusedAs("5201")}},
		"/op/card/L/lock":  {{}},
		"/op/card/L/info":  {{http.StatusOK, success(`{"cardStatus":"1"}`)}},
		"/op/card/P/close": {{}},
	})
	for _, tc := range []struct {
		op, path string
		run      func(*legacy.Client, ...issuing.CallOption) error
		attempts int
		lookups  string
	}{
		{"Cards.Deposit", pathDeposit, func(c *legacy.Client, opts ...issuing.CallOption) error {
			return just(c.Cards.Deposit(t.Context(), depositRequest("d-1", card), opts...))
		}, 3, "Cards.DepositByKey"},
		{"VirtualL.Freeze", "/op/card/L/lock", func(c *legacy.Client, opts ...issuing.CallOption) error {
			return just(c.VirtualL.Freeze(t.Context(), card, opts...))
		}, 3, "VirtualL.Card"},
		{"VirtualL.Close", "/op/card/P/close", func(c *legacy.Client, opts ...issuing.CallOption) error {
			return just(c.VirtualL.Close(t.Context(), card, opts...))
		}, 1, "VirtualL.Card"},
	} {
		var attempts []string
		lookups := 0
		client, err := base.Clone(issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
			switch e.Op {
			case tc.op:
				attempts = append(attempts, fmt.Sprint(e.Attempt, e.Retry))
			case tc.lookups:
				lookups++
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		var info issuing.CallInfo
		e := want(t, tc.run(client, issuing.WithCallInfo(&info)), issuing.ErrOutcomeUnknown)
		if s.count(tc.path) != tc.attempts || info.Attempts != tc.attempts || e.Attempts != tc.attempts || lookups != tc.attempts {
			t.Errorf("%s: %d requests, %d attempts in CallInfo, %d in the error, %d look-ups, want %d of all",
				tc.op, s.count(tc.path), info.Attempts, e.Attempts, lookups, tc.attempts)
		}
		var wantEvents []string
		for n := range tc.attempts {
			wantEvents = append(wantEvents, fmt.Sprint(n+1, n+1 < tc.attempts))
		}
		if diff := cmp.Diff(wantEvents, attempts); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", tc.op, diff)
		}
		// The waits of quick between three rounds are one and two milliseconds.
		if tc.attempts == 3 && info.Duration < 3*time.Millisecond {
			t.Errorf("%s: the call took %v, less than its waits", tc.op, info.Duration)
		}
	}
}

// TestRefusedRequestsAreReported refuses requests unsent: what CallInfo held of an
// earlier call is gone.
func TestRefusedRequestsAreReported(t *testing.T) {
	t.Parallel()
	r, client := record(t, success("{}"))
	card, short := issuing.NewSecret("4242424242424242"), issuing.NewSecret("1")
	uri := masterEApplication("e-1")
	uri.PassImage = issuing.NewSecret("data:image/png;base64,")
	var text string
	for _, tc := range []struct {
		op, key string
		run     func(opt issuing.CallOption) error
	}{
		{"Cards.Deposit", "d-1", func(o issuing.CallOption) error {
			return just(client.Cards.Deposit(t.Context(), legacy.DepositRequest{MerOrderNo: "d-1"}, o))
		}},
		{"Cards.DepositByKey", " ", func(o issuing.CallOption) error { return just(client.Cards.DepositByKey(t.Context(), " ", o)) }},
		{"Cards.DepositByOrderNo", "", func(o issuing.CallOption) error { return just(client.Cards.DepositByOrderNo(t.Context(), "", o)) }},
		{"Applications.ApplyMasterE", "e-1", func(o issuing.CallOption) error { return just(client.Applications.ApplyMasterE(t.Context(), uri, o)) }},
		{"Applications.ApplicationByOrderNo", "", func(o issuing.CallOption) error {
			return just(client.Applications.ApplicationByOrderNo(t.Context(), "", o))
		}},
		{"Transfers.Create", "t-1", func(o issuing.CallOption) error {
			return just(client.Transfers.Create(t.Context(), legacy.TransferRequest{MerOrderNo: "t-1"}, o))
		}},
		{"Transfers.TransferByOrderNo", "", func(o issuing.CallOption) error {
			return just(client.Transfers.TransferByOrderNo(t.Context(), "", o))
		}},
		{"MasterE.SetPIN", "4242", func(o issuing.CallOption) error { return client.MasterE.SetPIN(t.Context(), card, short, o) }},
		{"VisaH.ReplyOOB", "acs", func(o issuing.CallOption) error {
			return just(client.VisaH.ReplyOOB(t.Context(), card, "acs", 1, o))
		}},
		{"VirtualL.BINs", "", func(o issuing.CallOption) error { return just(client.VirtualL.BINs(t.Context(), 7, o)) }},
		{"VirtualP.Freeze", "", func(o issuing.CallOption) error {
			return just(client.VirtualP.Freeze(t.Context(), issuing.Secret{}, o))
		}},
		{"Do /x", "", func(o issuing.CallOption) error {
			return client.Do(t.Context(), "/x", json.RawMessage("[]"), nil, o)
		}},
		{"Do /x", "", func(o issuing.CallOption) error { return client.Do(t.Context(), "/x", nil, text, o) }},
		{"Do /x", "", func(o issuing.CallOption) error { return client.Do(t.Context(), "/x", nil, (*string)(nil), o) }},
	} {
		info := issuing.CallInfo{Provider: "other", Op: "Other", Key: "stale", RequestID: "stale", Status: 200, Attempts: 7, Settled: true}
		e := want(t, tc.run(issuing.WithCallInfo(&info)), issuing.ErrInvalid)
		if e.Op != tc.op || e.Key != tc.key || e.Provider != "legacy" {
			t.Errorf("%s: error of %s %s, key %q", tc.op, e.Provider, e.Op, e.Key)
		}
		info.Duration = 0
		if diff := cmp.Diff(issuing.CallInfo{Provider: "legacy", Op: tc.op, Key: tc.key}, info); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.op, diff)
		}
	}
	if len(r.all()) != 0 {
		t.Errorf("%d requests were sent", len(r.all()))
	}
}

// TestErrorsHoldNoSecretOfTheRequest has the platform quote what it was sent.
func TestErrorsHoldNoSecretOfTheRequest(t *testing.T) {
	t.Parallel()
	const pin, id, wallet = "135790", "E12345678", "wallet-77-0117"
	card := issuing.NewSecret("4242424242424242")
	answer := func(status string) string {
		return fmt.Sprintf(`{"data":null,"msg":"no: %s, %s, %s","status":%s,"success":false}`, pin, id, wallet, status)
	}
	for _, status := range []string{"5001", "500", "4711"} {
		_, client := record(t, answer(status))
		apply := masterEApplication("e-1")
		apply.IDNumber = issuing.NewSecret(id)
		send := transferRequest("t-1")
		send.EWalletID = issuing.NewSecret(wallet)
		for secret, err := range map[string]error{
			pin:    client.MasterE.SetPIN(t.Context(), card, issuing.NewSecret(pin)),
			id:     just(client.Applications.ApplyMasterE(t.Context(), apply)),
			wallet: just(client.Transfers.Create(t.Context(), send)),
		} {
			if err == nil {
				t.Fatal("no error")
			}
			var e *issuing.Error
			if text := fmt.Sprintf("%v %+v", err, err); !errors.As(err, &e) || strings.Contains(text+e.Message, secret) {
				t.Errorf("status %s: the error quotes %s: %s", status, secret, text)
			}
		}
	}
}

// TestUnsettledSaysWhomToAsk leaves every write open and wants what settles it,
// under names that exist.
func TestUnsettledSaysWhomToAsk(t *testing.T) {
	t.Parallel()
	_, client := record(t, "<html>")
	card := issuing.NewSecret("4242424242424242")
	calls := everyCall(client, card, card, card, card)
	known := []string{"Cards.DepositByKey", "Applications.ApplicationByKey", "Transfers.TransferByKey"}
	for _, c := range calls {
		known = append(known, c.op)
	}
	writes := 0
	for _, c := range calls {
		err := c.run(t.Context())
		if !errors.Is(err, issuing.ErrOutcomeUnknown) {
			continue
		}
		writes++
		var e *issuing.Error
		var u *issuing.Unsettled
		if !errors.As(err, &e) || !errors.As(err, &u) {
			t.Errorf("%s: %v", c.op, err)
			continue
		}
		if u.Key != e.Key || u.Key == "" || (len(u.Inquiry) == 0 && u.Note == "") || u.Reversal != "" {
			t.Errorf("%s: key %q of %q, inquiry %q, note %q", c.op, u.Key, e.Key, u.Inquiry, u.Note)
		}
		for _, name := range u.Inquiry {
			if !slices.Contains(known, name) {
				t.Errorf("%s is settled with %s, which does not exist", c.op, name)
			}
		}
	}
	if writes != 25 {
		t.Errorf("%d writes, want 25", writes)
	}
}

// TestRefusalsAfterAnUnclearAttemptSettleNothing answers a repeat with a refusal:
// the first attempt may have been carried out.
func TestRefusalsAfterAnUnclearAttemptSettleNothing(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	active, frozen := reply{http.StatusOK, success(`{"cardStatus":"1"}`)}, reply{http.StatusOK, success(`{"cardStatus":0}`)}
	for name, tc := range map[string]struct {
		second reply
		cards  []reply
		kind   error
	}{
		"false, still active":  {reply{http.StatusOK, success("false")}, []reply{active}, issuing.ErrOutcomeUnknown},
		"false, frozen then":   {reply{http.StatusOK, success("false")}, []reply{active, frozen}, nil},
		"5001, still active":   {reply{http.StatusOK, refusedAs("5001")}, []reply{active}, issuing.ErrOutcomeUnknown},
		"5001, frozen then":    {reply{http.StatusOK, refusedAs("5001")}, []reply{active, frozen}, nil},
		"done by the second":   {reply{http.StatusOK, success("true")}, []reply{active}, nil},
		"a status that is new": {reply{http.StatusOK, success("true")}, []reply{{http.StatusOK, success(`{"cardStatus":"9"}`)}}, issuing.ErrOutcomeUnknown},
		"no status":            {reply{http.StatusOK, success("true")}, []reply{{http.StatusOK, success("{}")}}, issuing.ErrOutcomeUnknown},
	} {
		s, client := scripted(t, map[string][]reply{"/op/card/L/lock": {{}, tc.second}, "/op/card/L/info": tc.cards})
		err := just(client.VirtualL.Freeze(t.Context(), card))
		if !errors.Is(err, tc.kind) || errors.Is(err, issuing.ErrDeclined) || errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("%s: %v, want %v", name, err, tc.kind)
		}
		if requests := s.count("/op/card/L/lock"); requests > 2 {
			t.Errorf("%s: %d requests", name, requests)
		}
	}
}

// TestCardsWithoutAStatusSettleNothing leaves changes open of which one end has no
// documented status, and reads a card that shows none.
func TestCardsWithoutAStatusSettleNothing(t *testing.T) {
	t.Parallel()
	card := issuing.NewSecret("4242424242424242")
	none := []reply{{http.StatusOK, success("{}")}}
	s, client := scripted(t, map[string][]reply{
		"/op/card/H/lock": {{}}, "/op/card/H/un/lock": {{}}, "/op/card/P/close": {{}},
		"/op/card/H/balance": none, "/op/card/L/info": none, "/op/card/P/info/v2": none,
	})
	want(t, just(client.VisaH.Freeze(t.Context(), card)), issuing.ErrOutcomeUnknown)
	want(t, just(client.VisaH.Unfreeze(t.Context(), card)), issuing.ErrOutcomeUnknown)
	want(t, just(client.VirtualL.Close(t.Context(), card)), issuing.ErrOutcomeUnknown)
	want(t, just(client.VirtualP.Close(t.Context(), card)), issuing.ErrOutcomeUnknown)
	if s.count("/op/card/H/lock") != 1 || s.count("/op/card/H/un/lock") != 1 || s.count("/op/card/P/close") != 2 {
		t.Errorf("requests %v", s.counts)
	}
}

// TestUnclearChangesAreRepeated answers with codes that say nothing about a card
// which has not moved.
func TestUnclearChangesAreRepeated(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]reply{
		"500":                         {http.StatusOK, refusedAs("500")},
		"an unknown code in HTTP 502": {http.StatusBadGateway, refusedAs("7777")},
		"HTML":                        {http.StatusOK, "<html>"},
	} {
		s, client := scripted(t, map[string][]reply{
			"/op/card/P/lock":    {first, {http.StatusOK, success("true")}},
			"/op/card/P/info/v2": {{http.StatusOK, success(`{"status":"Active"}`)}},
		})
		if err := just(client.VirtualP.Freeze(t.Context(), issuing.NewSecret("9000000000000001"))); err != nil || s.count("/op/card/P/lock") != 2 {
			t.Errorf("%s: %v after %d requests", name, err, s.count("/op/card/P/lock"))
		}
	}
}

func TestFalseKeepsThePlatformsWords(t *testing.T) {
	t.Parallel()
	_, client := record(t, `{"data":false,"msg":"the card is closed","status":200,"success":true}`)
	e := want(t, client.VirtualL.SimulateOTP(t.Context(), issuing.NewSecret("4242424242424242")), issuing.ErrDeclined)
	if e.Message != "the card is closed" || e.Code != nil {
		t.Errorf("message %q, code %v", e.Message, e.Code)
	}
}
