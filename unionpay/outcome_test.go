package unionpay_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func path(message unionpay.MessageType) string { return unionpay.InferredPaths()[message] }

// TestTokenOutcomes: what each failure of a token request means, and that the
// request goes out once.
func TestTokenOutcomes(t *testing.T) {
	t.Parallel()
	raw := sign.UPIModeRaw
	cases := []struct {
		name      string
		behaviour unionpaytest.Behaviour
		fault     issuingtest.Fault
		kind      error // nil is success
		issued    bool  // the gateway made a token
		also      error
	}{
		{name: "success", issued: true},
		{name: "extra members", behaviour: unionpaytest.Behaviour{ExtraMembers: true}, issued: true},
		{name: "encrypted token", behaviour: unionpaytest.Behaviour{EncryptToken: true}, issued: true},
		{name: "encrypted body", behaviour: unionpaytest.Behaviour{EncryptBody: true}, issued: true},
		{name: "MsgResponse", behaviour: unionpaytest.Behaviour{CapitalM: true}, issued: true},
		{name: "standard Base64", behaviour: unionpaytest.Behaviour{StandardBase64: true}, issued: true},
		{name: "path in the answer", behaviour: unionpaytest.Behaviour{ReqPath: true}, issued: true},
		{name: "other UUID", behaviour: unionpaytest.Behaviour{OtherUUID: true}, issued: true},
		{name: "new values", behaviour: unionpaytest.Behaviour{NewValues: true}, issued: true},

		{name: "unsigned", behaviour: unionpaytest.Behaviour{Unsigned: true}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "wrong signature", behaviour: unionpaytest.Behaviour{WrongSignature: true}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "stale time", behaviour: unionpaytest.Behaviour{StaleTime: true}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "other mode", behaviour: unionpaytest.Behaviour{Mode: &raw}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "other message", behaviour: unionpaytest.Behaviour{OtherMsgID: true}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "00 without token", behaviour: unionpaytest.Behaviour{NoToken: true}, kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "04", behaviour: unionpaytest.Behaviour{Code: unionpay.CodePending}, kind: issuing.ErrOutcomeUnknown},
		{name: "91", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeIssuerFault}, kind: issuing.ErrOutcomeUnknown},
		{name: "92", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeNetworkFault}, kind: issuing.ErrOutcomeUnknown},
		{name: "96", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeSystemFault}, kind: issuing.ErrOutcomeUnknown},
		{name: "98", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeTimeout}, kind: issuing.ErrOutcomeUnknown},
		{name: "99", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeOtherFault}, kind: issuing.ErrOutcomeUnknown},
		{name: "dropped before", fault: issuingtest.DropBefore(), kind: issuing.ErrOutcomeUnknown},
		{name: "dropped after", fault: issuingtest.DropAfter(), kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "truncated", fault: issuingtest.Truncate(), kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "502 before", fault: issuingtest.BadGatewayBefore(), kind: issuing.ErrOutcomeUnknown},
		{name: "502 after", fault: issuingtest.BadGatewayAfter(), kind: issuing.ErrOutcomeUnknown, issued: true},
		{name: "200 HTML", fault: issuingtest.Replace("<html>"), kind: issuing.ErrOutcomeUnknown, issued: true},
		{
			name:  "200 approval by somebody else",
			fault: issuingtest.Replace(`{"msgResponse":{"responseCode":"00","responseMsg":"Approved"},"trxInfo":{"token":"6299990000000000004"}}`),
			kind:  issuing.ErrOutcomeUnknown, issued: true,
		},
		{
			name:  "200 refusal by somebody else",
			fault: issuingtest.Replace(`{"msgResponse":{"responseCode":"71","responseMsg":"Refused"}}`),
			kind:  issuing.ErrOutcomeUnknown, issued: true,
		},

		{name: "429", fault: issuingtest.RateLimited(0), kind: issuing.ErrRateLimited},
		{name: "08", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeTSPError}, kind: issuing.ErrUnavailable, also: unionpay.CodeTSPError},
		{name: "90", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeCutOff}, kind: issuing.ErrUnavailable, also: unionpay.CodeCutOff},
		{name: "57", behaviour: unionpaytest.Behaviour{Code: unionpay.CodeNotPermitted}, kind: issuing.ErrDeclined, also: unionpay.CodeNotPermitted},
		{name: "unknown code", behaviour: unionpaytest.Behaviour{Code: "Z9"}, kind: issuing.ErrDeclined, also: unionpay.Code("Z9")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, client := turned(t, unionpaytest.Config{})
			if c.behaviour != (unionpaytest.Behaviour{}) {
				next(t, server, "Tokens.Request", c.behaviour)
			}
			inject(t, server, "Tokens.Request", c.fault)
			var info issuing.CallInfo
			token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""), issuing.WithCallInfo(&info))
			if n := server.Requests("Tokens.Request"); n != 1 {
				t.Errorf("the request went out %d times", n)
			}
			if issued := len(server.Tokens()) == 1; issued != c.issued {
				t.Errorf("issued %v, want %v", issued, c.issued)
			}
			check(t, server)
			if c.kind == nil {
				if err != nil || !token.Token.Equal(server.Tokens()[0].Token) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if !errors.Is(err, c.kind) || (c.also != nil && !errors.Is(err, c.also)) {
				t.Fatalf("got %v, want %v %v", err, c.kind, c.also)
			}
			e := asError(t, err)
			if e.Key != info.Key || len(e.Key) != 29 || e.Op != "Tokens.Request" || e.Provider != "unionpay" {
				t.Errorf("error %+v, info %+v", e, info)
			}
			if !errors.Is(err, issuing.ErrOutcomeUnknown) {
				return
			}
			for _, failure := range []error{issuing.ErrDeclined, issuing.ErrSignature, issuing.ErrUnavailable, issuing.ErrBadResponse} {
				if errors.Is(err, failure) {
					t.Errorf("an unknown outcome also counts as %v", failure)
				}
			}
			settled, err := client.Tokens.TokenByRequest(t.Context(), e.Key)
			switch {
			case c.issued && (err != nil || !settled.Token.Equal(server.Tokens()[0].Token)):
				t.Errorf("the inquiry says %v", err)
			case !c.issued && !errors.Is(err, issuing.ErrNotFound):
				t.Errorf("the inquiry says %v, want not found", err)
			}
		})
	}
}

// TestCodesThatAreNone: what is no code of two characters is no refusal.
func TestCodesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, code := range []string{`0`, `4`, `"0"`, `"4"`, `"000"`, `"0000"`, `" 0"`, `"-1"`, `""`, `null`, `[]`} {
		r, client := record(t, `{"trxInfo":{"token":"6299990000000000004"},"msgResponse":{"responseCode":`+code+`}}`, nil)
		_, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{DeviceID: device, AuthorizationData: issuing.NewSecret("opaque")})
		if !errors.Is(err, issuing.ErrOutcomeUnknown) || len(r.sent) != 1 {
			t.Errorf("a write with the code %s: %v, sent %d times", code, err, len(r.sent))
		}
		if _, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"}); !errors.Is(err, issuing.ErrBadResponse) {
			t.Errorf("a read with the code %s: %v", code, err)
		}
	}
}

// TestUnauthorized: an unsigned 401 is believed in one thing only.
func TestUnauthorized(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	next(t, server, "Tokens.Request", unionpaytest.Behaviour{Bare401: true})
	_, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
	if !errors.Is(err, issuing.ErrUnauthorized) || errors.Is(err, unionpay.CodeUnauthorized) {
		t.Errorf("401 without a body: %v", err)
	}
	late := newClient(t, server, nil, issuing.WithClock(func() time.Time { return epoch.Add(301 * time.Second) }))
	_, err = late.ATMs.Feedback(t.Context(), feedback())
	if e := asError(t, err); !errors.Is(err, issuing.ErrUnauthorized) || !errors.Is(err, unionpay.CodeUnauthorized) || e.Message != "" || e.Status != 401 {
		t.Errorf("a clock that is 301 s off: %v", err)
	}
}

// TestSignatureSettings: unsigned and unechoed answers under both settings.
func TestSignatureSettings(t *testing.T) {
	t.Parallel()
	server, strict := turned(t, unionpaytest.Config{})
	lax := newClient(t, server, func(c *unionpay.Config) { c.AcceptUnsigned = true })
	echo := newClient(t, server, func(c *unionpay.Config) { c.RequireUUIDEcho = true })
	other := newClient(t, server, func(c *unionpay.Config) { c.AnswerAppIDs = []string{"UPI"} })
	list := unionpay.ListRequest{CountryCode: "702"}
	for _, c := range []struct {
		name      string
		client    *unionpay.Client
		behaviour unionpaytest.Behaviour
		kind      error
	}{
		{"unsigned", strict, unionpaytest.Behaviour{Unsigned: true}, issuing.ErrSignature},
		{"unsigned, accepted", lax, unionpaytest.Behaviour{Unsigned: true}, nil},
		{"wrong signature, unsigned accepted", lax, unionpaytest.Behaviour{WrongSignature: true}, issuing.ErrSignature},
		{"other UUID", strict, unionpaytest.Behaviour{OtherUUID: true}, nil},
		{"other UUID, echo required", echo, unionpaytest.Behaviour{OtherUUID: true}, issuing.ErrSignature},
		{"another APPID expected", other, unionpaytest.Behaviour{}, issuing.ErrSignature},
		{"echo required", echo, unionpaytest.Behaviour{}, nil},
	} {
		next(t, server, "ATMs.List", c.behaviour)
		before := server.Requests("ATMs.List")
		_, err := c.client.ATMs.List(t.Context(), list)
		if (c.kind == nil) != (err == nil) || (c.kind != nil && !errors.Is(err, c.kind)) {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
		if n := server.Requests("ATMs.List") - before; n != 1 {
			t.Errorf("%s: %d requests", c.name, n)
		}
	}
}

// TestReadsRepeat: inquiries go out again, each time as a message of its own.
func TestReadsRepeat(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	if _, err := client.Tokens.Request(t.Context(), pushed(t, server, "")); err != nil {
		t.Fatal(err)
	}
	query := unionpay.TokenQuery{RefID: server.Tokens()[0].RefID}
	for name, fault := range map[string]issuingtest.Fault{
		"dropped after": issuingtest.DropAfter(), "502 after": issuingtest.BadGatewayAfter(), "429": issuingtest.RateLimited(0),
	} {
		inject(t, server, "Tokens.Token", fault)
		var info issuing.CallInfo
		if _, err := client.Tokens.Token(t.Context(), query, issuing.WithCallInfo(&info)); err != nil || info.Attempts != 2 {
			t.Errorf("%s: %v after %d attempts", name, err, info.Attempts)
		}
	}
	next(t, server, "Tokens.Token", unionpaytest.Behaviour{Code: unionpay.CodeTimeout}, unionpaytest.Behaviour{Code: unionpay.CodeCutOff})
	if _, err := client.Tokens.Token(t.Context(), query); err != nil {
		t.Errorf("98, then 90, then an answer: %v", err)
	}
	check(t, server)
}

// TestStateUpdateIsChecked: after an unclear attempt the token is read, and
// moved again only when it has not moved.
func TestStateUpdateIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		faults  []issuingtest.Fault
		inquiry bool
		kind    error
		updates int
		settled bool
	}{
		{"dropped after", []issuingtest.Fault{issuingtest.DropAfter()}, true, nil, 1, true},
		{"dropped before", []issuingtest.Fault{issuingtest.DropBefore()}, true, nil, 2, false},
		{"dropped before, then after", []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropAfter()}, true, nil, 2, true},
		{"three times before", []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore()}, true, issuing.ErrOutcomeUnknown, 3, false},
		{"dropped after, no inquiry", []issuingtest.Fault{issuingtest.DropAfter()}, false, issuing.ErrOutcomeUnknown, 1, false},
		{"429", []issuingtest.Fault{issuingtest.RateLimited(0)}, true, nil, 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, client := turned(t, unionpaytest.Config{})
			token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
			if err != nil {
				t.Fatal(err)
			}
			if !c.inquiry {
				client = newClient(t, server, func(cfg *unionpay.Config) { delete(cfg.Paths, unionpay.MessageTypeTokenStateInquiry) })
			}
			inject(t, server, "Tokens.UpdateState", c.faults...)
			var info issuing.CallInfo
			change, err := client.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{
				DeviceID: device, Token: token.Token, Action: unionpay.TokenActionSuspend,
			}, issuing.WithCallInfo(&info))
			if (c.kind == nil) != (err == nil) || (c.kind != nil && !errors.Is(err, c.kind)) {
				t.Fatalf("got %v, want %v", err, c.kind)
			}
			if err == nil && (change.State != unionpay.TokenStateSuspended || info.Settled != c.settled) {
				t.Errorf("state %s, settled %v", change.State, info.Settled)
			}
			if err != nil && strings.Contains(err.Error(), token.Token.Reveal()) {
				t.Error("the error holds the token")
			}
			if n := server.Requests("Tokens.UpdateState"); n != c.updates {
				t.Errorf("%d updates, want %d", n, c.updates)
			}
			check(t, server)
		})
	}
}

// TestRefusedRepeatSaysNothing: the repeat of an unclear update is refused
// because the first one arrived late after all; the state decides.
func TestRefusedRepeatSaysNothing(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
	if err != nil {
		t.Fatal(err)
	}
	next(t, server, "Tokens.UpdateState",
		unionpaytest.Behaviour{Code: unionpay.CodeTimeout}, unionpaytest.Behaviour{Code: unionpay.CodeRiskControl})
	_, err = client.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{
		DeviceID: device, Token: token.Token, Action: unionpay.TokenActionDelete,
	})
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || errors.Is(err, issuing.ErrDeclined) {
		t.Errorf("98, then a refusal of the repeat: %v", err)
	}
}

func TestContextEnds(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	server.Choose(func(string) issuingtest.Fault { cancel(); return issuingtest.DropAfter() })
	_, err := client.Tokens.Request(ctx, pushed(t, server, ""))
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled after sending: %v", err)
	}
	if _, err := client.Tokens.Request(ctx, pushed(t, server, "")); errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before sending: %v", err)
	}
}

// TestMessageIDIsTheKey: the caller may choose msgID and gets it back.
func TestMessageIDIsTheKey(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	const key = "A0052044620260401100000000777"
	if _, err := client.Tokens.Request(t.Context(), pushed(t, server, ""), issuing.WithIdempotencyKey(key)); err != nil {
		t.Fatal(err)
	}
	if got := server.Tokens()[0].MsgID; got != key {
		t.Errorf("msgID %s", got)
	}
	_, err := client.Tokens.Request(t.Context(), pushed(t, server, ""), issuing.WithIdempotencyKey(key))
	if !errors.Is(err, issuing.ErrDuplicate) || !errors.Is(err, unionpay.CodeDuplicateTransaction) {
		t.Errorf("the same msgID: %v", err)
	}
	for _, bad := range []string{"short", key + "-", strings.Repeat("A", 50)} {
		if _, err := client.Tokens.Request(t.Context(), pushed(t, server, ""), issuing.WithIdempotencyKey(bad)); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("msgID %q: %v", bad, err)
		}
	}
}
