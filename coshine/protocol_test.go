package coshine_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
)

// TestRefusedUnsent: a request that is wrong is refused as such before anything is
// said about the configuration, nothing is sent, and CallInfo says so.
func TestRefusedUnsent(t *testing.T) {
	t.Parallel()
	server := startServer(t, coshinetest.Config{})
	cfg := server.ClientConfig()
	cfg.PIN = sign.PINProfile{}
	client := clientOf(t, server, cfg)
	ctx := t.Context()
	card := coshine.ByToken("T1")
	var out struct{}
	for name, c := range map[string]struct {
		op   string
		call func(...issuing.CallOption) error
		kind error
		want string
	}{
		"wrong, and without a path": {"Cards.Deposit", func(o ...issuing.CallOption) error {
			return drop(client.Cards.Deposit(ctx, coshine.TransactionRequest{}, o...))
		}, issuing.ErrInvalid, "cardToken, cardNumber"},
		"wrong Extra, and without a path": {"Cards.Deposit", func(o ...issuing.CallOption) error {
			return drop(client.Cards.Deposit(ctx, coshine.TransactionRequest{CardRef: card, Extra: coshine.Extra{"tranId": "X"}}, o...))
		}, issuing.ErrInvalid, "Extra[tranId]"},
		"wrong header, and without a path": {"Cards.Deposit", func(o ...issuing.CallOption) error {
			return drop(client.Cards.Deposit(ctx, money("T1", "1.00"), append(o, coshine.WithHeader(coshine.Header{Channel: "7"}))...))
		}, issuing.ErrInvalid, "tranChnl"},
		"without a path": {"Cards.Deposit", func(o ...issuing.CallOption) error {
			return drop(client.Cards.Deposit(ctx, money("T1", "1.00"), o...))
		}, issuing.ErrNotConfigured, `Config.Paths["LoadFund"]`},
		"retired": {"Cards.UpdateBlacklist", func(o ...issuing.CallOption) error {
			return drop(client.Cards.UpdateBlacklist(ctx, coshine.OpenRequest{}, o...))
		}, coshine.ErrRetired, `Config.Paths["BlacklistUpdate"]`},
		"wrong PIN, and without a profile": {"PINs.Reset", func(o ...issuing.CallOption) error {
			return drop(client.PINs.Reset(ctx, coshine.PINResetRequest{CardRef: card, NewPIN: issuing.NewSecret("12")}, o...))
		}, issuing.ErrInvalid, "NewPIN"},
		"without a profile": {"PINs.Reset", func(o ...issuing.CallOption) error {
			return drop(client.PINs.Reset(ctx, coshine.PINResetRequest{CardRef: card, NewPIN: firstPIN}, o...))
		}, issuing.ErrNotConfigured, "Config.PIN"},
		"Do without a slash": {"Do", func(o ...issuing.CallOption) error {
			return client.Do(ctx, "x", nil, nil, o...)
		}, issuing.ErrInvalid, "path"},
		"Do into a value": {"Do", func(o ...issuing.CallOption) error {
			return client.Do(ctx, "/x", nil, out, o...)
		}, issuing.ErrInvalid, "out is not a pointer"},
		"Do with a list": {"Do", func(o ...issuing.CallOption) error {
			return client.Do(ctx, "/x", []int{1}, nil, o...)
		}, issuing.ErrInvalid, "not a JSON object"},
	} {
		info := issuing.CallInfo{Provider: "stale", Attempts: 7, Status: 200, Settled: true}
		err := c.call(issuing.WithCallInfo(&info))
		var e *issuing.Error
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.want) || !errors.As(err, &e) || e.Provider != "coshine" || e.Op != c.op {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, issuing.ErrInvalid) && errors.Is(err, issuing.ErrNotConfigured) {
			t.Errorf("%s: two kinds: %v", name, err)
		}
		if info.Provider != "coshine" || info.Op != c.op || info.Attempts != 0 || info.Status != 0 || info.Settled {
			t.Errorf("%s: %+v", name, info)
		}
	}
	if n := server.Requests(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestEveryWriteHasAWayOut breaks every interface's call off. A write then names,
// as errors print them, inquiries that exist, or says what else is known of it.
func TestEveryWriteHasAWayOut(t *testing.T) {
	t.Parallel()
	var ops []string
	client, err := coshine.New(coshine.Config{
		BaseURL: "https://api.example.com", ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t"),
		Paths: func() coshine.Paths {
			paths := testPaths()
			paths[coshine.APIBlacklistUpdate] = "/test/BlacklistUpdate"
			return paths
		}(),
	}, issuing.WithMaxAttempts(1), issuing.WithHook(func(_ context.Context, e issuing.CallEvent) { ops = append(ops, e.Op) }),
		issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, io.ErrUnexpectedEOF
		})}))
	if err != nil {
		t.Fatal(err)
	}
	wayOut := map[string]*issuing.Unsettled{}
	for api, call := range calls {
		err := call(t.Context(), client)
		var e *issuing.Error
		var open *issuing.Unsettled
		switch {
		case !errors.As(err, &e) || e.Key == "":
			t.Errorf("%s: %v", api, err)
		case errors.Is(err, issuing.ErrUnavailable): // a read
		case !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) || open.Key != e.Key:
			t.Errorf("%s: %v", api, err)
		case len(open.Inquiry) == 0 && open.Note == "":
			t.Errorf("%s: no way out in %v", api, err)
		default:
			wayOut[e.Op] = open
		}
	}
	for op, open := range wayOut {
		for _, inquiry := range open.Inquiry {
			if !slices.Contains(ops, inquiry) || (wayOut[inquiry] != nil && inquiry != "Cards.BusinessFlag") {
				t.Errorf("%s: %s is no inquiry", op, inquiry)
			}
		}
		if open.Reversal != "" && wayOut[open.Reversal] == nil {
			t.Errorf("%s: %s takes nothing back", op, open.Reversal)
		}
	}
	if len(ops) != len(calls) || len(wayOut) < 40 {
		t.Errorf("%d calls, %d ways out", len(ops), len(wayOut))
	}
}

// TestPlatformsWordsShowNoSecret: a refusal that quotes what the request held does
// not bring it into errors.
func TestPlatformsWordsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"55", "99"} {
		server, client := full(t, coshinetest.Config{})
		inject(t, server, "PINs.Reset", issuingtest.Replace(
			`{"tranId":"TXN1","responseCode":"`+code+`","responseDesc":"PIN 147258 of card 4220000000000001 is too weak"}`))
		_, err := client.PINs.Reset(t.Context(), coshine.PINResetRequest{
			CardRef: coshine.ByNumber(issuing.NewSecret("4220000000000001")), NewPIN: firstPIN,
		}, withID("TXN1"))
		var e *issuing.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "is too weak") {
			t.Fatal(err)
		}
		for _, text := range []string{err.Error(), e.Message} {
			if strings.Contains(text, "147258") || strings.Contains(text, "4220000000000001") {
				t.Errorf("the error shows a secret: %s", text)
			}
		}
	}
}

// TestNoPINKeyNoOperation: what became of the call for the key is the reason, and
// the operation itself was not sent.
func TestNoPINKeyNoOperation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []issuingtest.Fault
		kind   error
		code   error
	}{
		"refused":     {[]issuingtest.Fault{issuingtest.Replace(`{"tranId":"KEY1","responseCode":"10"}`)}, issuing.ErrUnauthorized, coshine.CodeRestricted},
		"not a key":   {[]issuingtest.Fault{issuingtest.Replace(`{"tranId":"KEY1","responseCode":"00"}`)}, issuing.ErrBadResponse, nil},
		"unavailable": {[]issuingtest.Fault{issuingtest.BadGatewayAfter(), issuingtest.DropAfter(), issuingtest.BadGatewayAfter()}, issuing.ErrUnavailable, nil},
	} {
		server, _ := full(t, coshinetest.Config{})
		cfg := server.ClientConfig()
		cfg.EmptyPINKeyBody = true // without a body no tranId has to be echoed
		inject(t, server, "PINs.Key", c.faults...)
		var info issuing.CallInfo
		_, err := clientOf(t, server, cfg).PINs.Reset(t.Context(), coshine.PINResetRequest{CardRef: coshine.ByToken("T1"), NewPIN: firstPIN},
			issuing.WithCallInfo(&info))
		var e *issuing.Error
		if !errors.Is(err, c.kind) || (c.code != nil && !errors.Is(err, c.code)) || errors.Is(err, issuing.ErrOutcomeUnknown) ||
			!errors.As(err, &e) || e.Op != "PINs.Reset" || e.Attempts != 0 || !strings.Contains(err.Error(), "PINs.Key") {
			t.Errorf("%s: %v", name, err)
		}
		if info.Op != "PINs.Reset" || info.Key == "" || info.Key != e.Key || info.Attempts != 0 || server.Requests("PINs.Reset") != 0 {
			t.Errorf("%s: %d requests, %+v", name, server.Requests("PINs.Reset"), info)
		}
	}
}

// TestHooksSeeWhatFollows: a redirect and a rejected token are attempts that
// another one follows.
func TestHooksSeeWhatFollows(t *testing.T) {
	t.Parallel()
	var events []issuing.CallEvent
	server, client := full(t, coshinetest.Config{OAuth: true}, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
		if e.Op == "Cards.Deposit" {
			events = append(events, e)
		}
	}))
	card := activeCard(t, client, "C1")
	server.RevokeTokens()
	redirect(t, server, "Cards.Deposit", "/moved/card-api/tranmgr/loadFund")
	var info issuing.CallInfo
	if _, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "10.00"), issuing.WithCallInfo(&info)); err != nil {
		t.Fatal(err)
	}
	if len(events) != 3 || info.Attempts != 3 || server.Booked(info.Key) != 1 {
		t.Fatalf("%+v, %+v", events, info)
	}
	for i, e := range events {
		if e.Attempt != i+1 || e.Retry != (i < 2) {
			t.Errorf("event %d: %+v", i, e)
		}
	}
}

// TestTranIDIsDrawnBeforeTheFirstAttempt: a write that did not even begin has its
// number.
func TestTranIDIsDrawnBeforeTheFirstAttempt(t *testing.T) {
	t.Parallel()
	stop := errors.New("no more requests today")
	server, client := full(t, coshinetest.Config{}, issuing.WithLimiter(func(context.Context) error { return stop }))
	var info issuing.CallInfo
	_, err := client.Cards.Deposit(t.Context(), money("T1", "1.00"), issuing.WithCallInfo(&info))
	var e *issuing.Error
	if !errors.Is(err, stop) || !errors.As(err, &e) || len(e.Key) != 32 || info.Key != e.Key || server.Requests("") != 0 {
		t.Errorf("%+v, %v", info, err)
	}
}
