package unionpay_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/pendingtest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func flat(c *unionpay.Config) {
	c.Shapes = map[unionpay.MessageType]unionpay.Shape{unionpay.MessageTypeTokenRequest: unionpay.ShapeFlat}
}

func uninquired(c *unionpay.Config) { delete(c.Paths, unionpay.MessageTypeTokenStateInquiry) }

// TestRows: rows, settlers and the page say the same, whatever is configured.
func TestRows(t *testing.T) {
	t.Parallel()
	server, _ := turned(t, unionpaytest.Config{})
	for _, change := range []func(*unionpay.Config){nil, uninquired, flat} {
		pendingtest.Rows(t, unionpay.Operations(), newClient(t, server, change).Disagreements(), 11)
	}
}

// TestSettleTokenRequest: the msgID tells whether there is a token.
func TestSettleTokenRequest(t *testing.T) {
	t.Parallel()
	const inquiry = "Tokens.TokenByRequest"
	for name, c := range map[string]struct {
		fault  issuingtest.Fault
		look   []issuingtest.Fault
		change func(*unionpay.Config)
		spoil  func(*issuing.Pending)
		want   issuing.Verdict
		says   string
	}{
		"arrived":         {fault: issuingtest.DropAfter(), want: issuing.VerdictDone},
		"lost":            {fault: issuingtest.DropBefore(), want: issuing.VerdictAbsent},
		"cannot be asked": {fault: issuingtest.DropAfter(), look: []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore()}, want: issuing.VerdictOpen, says: "unavailable"},
		"not at the path": {fault: issuingtest.DropAfter(), look: []issuingtest.Fault{issuingtest.Refuse(404, "")}, want: issuing.VerdictOpen, says: "404"},
		"nobody signed":   {fault: issuingtest.DropAfter(), look: []issuingtest.Fault{issuingtest.Replace(`{"msgResponse":{"responseCode":"25"}}`)}, want: issuing.VerdictOpen, says: "signature"},
		"another device": {
			fault: issuingtest.DropAfter(), spoil: func(p *issuing.Pending) { p.Details["deviceID"] = "another" },
			want: issuing.VerdictOpen, says: "another token",
		},
		"no inquiry": {fault: issuingtest.DropAfter(), change: uninquired, want: issuing.VerdictOpen, says: "TOKEN_STATE_NOTIFICATION"},
		"flat":       {fault: issuingtest.DropAfter(), change: flat, want: issuing.VerdictOpen, says: "TOKEN_STATE_NOTIFICATION"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := turned(t, unionpaytest.Config{})
			inject(t, server, "Tokens.Request", c.fault)
			req := pushed(t, server, "")
			_, err := client.Tokens.Request(t.Context(), req)
			p := pendingtest.Of(t, err)
			pendingtest.Keeps(t, p, req.AuthorizationData.Reveal())
			if c.spoil != nil {
				c.spoil(&p)
			}
			inject(t, server, inquiry, c.look...)
			got := pendingtest.With(t, newClient(t, server, c.change)).Settle(p, c.want, c.says, issuing.WithResend(req))
			token, found := issuing.ResultOf[unionpay.Token](got)
			switch c.want {
			case issuing.VerdictDone:
				if !found || !token.Token.Equal(server.Tokens()[0].Token) || token.RefID != server.Tokens()[0].RefID {
					t.Errorf("%+v", got.Result)
				}
			case issuing.VerdictAbsent:
				if len(server.Tokens()) != 0 || got.ResendSameKey || !got.AbsentSince.Equal(p.EndedAt.Add(time.Minute)) {
					t.Errorf("%d tokens, %+v", len(server.Tokens()), got)
				}
			}
			if n := server.Requests("Tokens.Request"); n != 1 {
				t.Errorf("%d requests for a token", n)
			}
			check(t, server)
		})
	}
}

// TestSettleUpdate: the state of the token tells, whose number the caller gives.
func TestSettleUpdate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault issuingtest.Fault
		want  issuing.Verdict
	}{
		"arrived": {issuingtest.DropAfter(), issuing.VerdictDone}, "lost": {issuingtest.DropBefore(), issuing.VerdictAbsent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := turned(t, unionpaytest.Config{})
			token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
			if err != nil {
				t.Fatal(err)
			}
			down := func(times int) {
				for range times {
					inject(t, server, "Tokens.Token", issuingtest.DropBefore())
				}
			}
			inject(t, server, "Tokens.UpdateState", c.fault)
			down(3)
			req := unionpay.UpdateStateRequest{DeviceID: device, Token: token.Token, Action: unionpay.TokenActionSuspend}
			_, err = client.Tokens.UpdateState(t.Context(), req)
			p := pendingtest.Of(t, err)
			pendingtest.Keeps(t, p, token.Token.Reveal())
			fresh, reference := newClient(t, server, nil), issuing.WithReference(token.Token)
			pendingtest.With(t, fresh).Settle(p, issuing.VerdictOpen, "WithReference")
			pendingtest.With(t, newClient(t, server, uninquired)).Settle(p, issuing.VerdictOpen, "TOKEN_STATE_NOTIFICATION", reference)
			down(3)
			pendingtest.With(t, fresh).Settle(p, issuing.VerdictOpen, "unavailable", reference)
			checkUpdateRefusals(t, server, fresh, p, req)

			change, ok := issuing.ResultOf[unionpay.TokenChange](pendingtest.With(t, fresh).Settle(p, c.want, "", reference))
			if ok != (c.want == issuing.VerdictDone) || (ok && change.State != unionpay.TokenStateSuspended) {
				t.Errorf("%+v", change)
			}
			// Sent again it is the same message, and only where it has not arrived.
			before := server.Requests("Tokens.UpdateState")
			change, ok = issuing.ResultOf[unionpay.TokenChange](pendingtest.With(t, fresh).Settle(p, issuing.VerdictDone, "", reference, issuing.WithResend(req)))
			if !ok || change.State != unionpay.TokenStateSuspended || (server.Requests("Tokens.UpdateState") > before) != (c.want == issuing.VerdictAbsent) {
				t.Errorf("%+v, %d requests more", change, server.Requests("Tokens.UpdateState")-before)
			}
			if states := server.Tokens()[0].States; len(states) != 2 {
				t.Errorf("the token moved through %v", states)
			}
			if _, err := client.Tokens.Delete(t.Context(), unionpay.TokenRef{DeviceID: device, Token: token.Token}); err != nil {
				t.Fatal(err)
			}
			pendingtest.With(t, fresh).Settle(p, issuing.VerdictOpen, "does not tell", reference)
			unknown := p
			unknown.Details = map[string]string{"deviceID": device, "tokenAction": "EXPLODE"}
			pendingtest.With(t, fresh).Settle(unknown, issuing.VerdictOpen, "does not tell", reference)
			check(t, server)
		})
	}
}

// checkUpdateRefusals: another token, other credentials and another content are refused.
func checkUpdateRefusals(t *testing.T, server *unionpaytest.Server, client *unionpay.Client, p issuing.Pending, req unionpay.UpdateStateRequest) {
	t.Helper()
	others, err := unionpaytest.ParseKeys(fixedKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	stranger := newClient(t, server, func(c *unionpay.Config) { c.SignKey = others.Sign() })
	sent := server.Requests("")
	another := issuing.NewSecret("6299990000000009989")
	for name, c := range map[string]struct {
		client *unionpay.Client
		opt    issuing.SettleOption
		says   string
	}{
		"another token":     {client, issuing.WithReference(another), "another reference"},
		"other credentials": {stranger, issuing.WithReference(req.Token), "other credentials"},
	} {
		if _, err := c.client.Settle(t.Context(), p, c.opt); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), another.Reveal()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := server.Requests(""); n != sent {
		t.Errorf("%d requests were sent", n-sent)
	}
	if server.Tokens()[0].States[len(server.Tokens()[0].States)-1] != unionpay.TokenStateActive {
		return // it has arrived: nothing is sent again
	}
	more := req
	more.Action = unionpay.TokenActionDelete
	if _, err := client.Settle(t.Context(), p, issuing.WithReference(req.Token), issuing.WithResend(more)); !errors.Is(err, issuing.ErrInvalid) || !strings.Contains(err.Error(), "another content") {
		t.Errorf("another content: %v", err)
	}
	if server.Requests("Tokens.UpdateState") != 1 {
		t.Error("another content was sent")
	}
}

// TestSettleByRepeat: reports and keys are sent again when the caller says so.
func TestSettleByRepeat(t *testing.T) {
	t.Parallel()
	server, client := turned(t, unionpaytest.Config{})
	inject(t, server, "ATMs.Feedback", issuingtest.DropAfter())
	_, err := client.ATMs.Feedback(t.Context(), feedback())
	p, fresh := pendingtest.Of(t, err), newClient(t, server, nil)
	if p.Card != "ATM-000123" {
		t.Errorf("%+v", p)
	}
	pendingtest.With(t, fresh).Settle(p, issuing.VerdictOpen, "a second report does no harm")
	if n := len(server.Feedback()); n != 1 {
		t.Errorf("%d reports", n)
	}
	pendingtest.With(t, fresh).Settle(p, issuing.VerdictDone, "", issuing.WithResend(feedback()))
	if n := len(server.Feedback()); n != 2 {
		t.Errorf("%d reports", n)
	}
	inject(t, server, "ATMs.Feedback", issuingtest.DropBefore())
	pendingtest.With(t, fresh).Settle(p, issuing.VerdictOpen, "unavailable", issuing.WithResend(feedback()))
	inject(t, server, "Keys.Exchange", issuingtest.DropBefore())
	keys := unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}
	_, err = client.Keys.Exchange(t.Context(), keys)
	got := pendingtest.With(t, fresh).Settle(pendingtest.Of(t, err), issuing.VerdictDone, "", issuing.WithResend(&keys))
	if answer, ok := issuing.ResultOf[unionpay.KeyExchange](got); !ok || answer.SignCertID != unionpaytest.UPISignKeyID {
		t.Errorf("%+v", got.Result)
	}
	inject(t, server, "Tokens.Token", issuingtest.DropBefore())
	err = client.Do(t.Context(), unionpay.MessageTypeTokenStateInquiry, map[string]string{"tokenRefID": "1"}, nil)
	pendingtest.With(t, fresh).Settle(pendingtest.Of(t, err), issuing.VerdictOpen, "nothing is known")
	check(t, server)
}

// fixedKeys are four times the key of the published test vectors.
func fixedKeys(t *testing.T) map[string]issuing.Secret {
	t.Helper()
	pem, err := os.ReadFile("../sign/testdata/unionpay/private.pem")
	if err != nil {
		t.Fatal(err)
	}
	text := issuing.NewSecret(string(pem))
	return map[string]issuing.Secret{"sign": text, "decrypt": text, "upi_sign": text, "upi_enc": text}
}

// TestPendings: what every write records and leaves open is the golden file of its
// operation, holds no secret of the request, and is settled as the gateway's books say.
func TestPendings(t *testing.T) {
	t.Parallel()
	fixed, err := unionpaytest.ParseKeys(fixedKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeKeyInquiryExchange], paths[unionpay.MessageTypeKeyResetResult] = "/a", "/b"
	server, gateway := turned(t, unionpaytest.Config{Keys: fixed, Paths: paths})
	token, err := gateway.Tokens.Request(t.Context(), pushed(t, server, ""))
	if err != nil {
		t.Fatal(err)
	}
	var recorded []issuing.Pending
	client := newClient(t, server, nil, pendingtest.Away(), issuing.WithMaxAttempts(1), issuing.WithRecord(
		func(_ context.Context, p issuing.Pending) error { recorded = append(recorded, p); return nil }))
	ctx, key := t.Context(), issuing.WithIdempotencyKey("A0052044620260401100000000777")
	secrets := []string{"an opaque authorization", "6250945000000004", "99887766", token.Token.Reveal()}
	request := unionpay.TokenRequest{
		DeviceID: device, IssuerID: "00010156", AuthorizationData: issuing.NewSecret(secrets[0]), PAN: issuing.NewSecret(secrets[1]),
		CVM: []unionpay.CVM{{OTP: issuing.NewSecret(secrets[2])}},
	}
	change := unionpay.UpdateStateRequest{DeviceID: device, Token: token.Token, Action: unionpay.TokenActionSuspend}
	for op, c := range map[string]struct {
		call func() error
		want issuing.Verdict
		opt  issuing.SettleOption
	}{
		"ATMs.Feedback":      {func() error { _, err := client.ATMs.Feedback(ctx, feedback(), key); return err }, issuing.VerdictDone, issuing.WithResend(feedback())},
		"Tokens.Request":     {func() error { _, err := client.Tokens.Request(ctx, request, key); return err }, issuing.VerdictAbsent, nil},
		"Tokens.UpdateState": {func() error { _, err := client.Tokens.UpdateState(ctx, change, key); return err }, issuing.VerdictAbsent, issuing.WithReference(token.Token)},
		"Keys.Exchange": {func() error {
			_, err := client.Keys.Exchange(ctx, unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}, key)
			return err
		}, issuing.VerdictOpen, nil},
		"Keys.InquireExchange": {func() error {
			_, err := client.Keys.InquireExchange(ctx, unionpay.KeyInquiryRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}, key)
			return err
		}, issuing.VerdictOpen, nil},
		"Keys.ConfirmReset": {func() error {
			_, err := client.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"result": "00"}}, key)
			return err
		}, issuing.VerdictOpen, nil},
	} {
		recorded = nil
		left := pendingtest.Of(t, c.call())
		if len(recorded) != 1 || left.Op != op {
			t.Fatalf("%s: %d records, %+v", op, len(recorded), left)
		}
		pendingtest.Keeps(t, left, secrets...)
		pendingtest.Began(t, recorded[0], left)
		pendingtest.With(t, gateway).Settle(pendingtest.Golden(t, left), c.want, "", c.opt)
	}
	if files, err := filepath.Glob("testdata/pending/*.json"); err != nil || len(files) != 6 {
		t.Errorf("%d golden files: %v", len(files), err)
	}
	check(t, server)
}
