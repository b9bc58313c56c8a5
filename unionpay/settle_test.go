package unionpay_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func suspend() unionpay.UpdateStateRequest {
	return unionpay.UpdateStateRequest{
		DeviceID: device, Token: issuing.NewSecret("6299990000000000004"), Action: unionpay.TokenActionSuspend,
	}
}

// TestMessageIDsOverAttempts: all rounds of an update are the same message, and
// each attempt of an inquiry is one of its own.
func TestMessageIDsOverAttempts(t *testing.T) {
	t.Parallel()
	const active = `{"trxInfo":{"token":"6299990000000000004","tokenState":"ACTIVE"},"msgResponse":{"responseCode":"00"}}`
	r, client := record(t, active, nil)
	r.down = path(unionpay.MessageTypeTokenStateUpdate)
	var info issuing.CallInfo
	_, err := client.Tokens.UpdateState(t.Context(), suspend(), issuing.WithCallInfo(&info))
	e := asError(t, err)
	if !errors.Is(err, issuing.ErrOutcomeUnknown) || e.Key == "" || e.Key != info.Key {
		t.Errorf("error %v, info %+v", err, info)
	}
	if diff := cmp.Diff([]string{e.Key, e.Key, e.Key}, r.msgIDs(r.down)); diff != "" {
		t.Errorf("updates (-want +got):\n%s", diff)
	}
	inquiries := path(unionpay.MessageTypeTokenStateInquiry)
	if ids := distinct(r.msgIDs(inquiries)); len(ids) != 3 || slices.Contains(ids, e.Key) {
		t.Errorf("inquiries %v", ids)
	}

	r, client = record(t, active, nil)
	r.down = inquiries
	_, err = client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: "r"}, issuing.WithCallInfo(&info))
	if ids := r.msgIDs(inquiries); len(ids) != 3 || len(distinct(ids)) != 3 || ids[0] != info.Key || !errors.Is(err, issuing.ErrUnavailable) {
		t.Errorf("attempts of an inquiry %v, key %s: %v", ids, info.Key, err)
	}
}

// TestUnknownActionIsNotLookedUp: no state tells what became of an action of which
// the goal is not known.
func TestUnknownActionIsNotLookedUp(t *testing.T) {
	t.Parallel()
	r, client := record(t, `{"trxInfo":{"token":"6299990000000000004"},"msgResponse":{"responseCode":"00"}}`, func(c *unionpay.Config) { c.Values = map[string][]string{"tokenAction": {"EXPLODE"}} })
	r.down = path(unionpay.MessageTypeTokenStateUpdate)
	req := suspend()
	req.Action = "EXPLODE"
	if _, err := client.Tokens.UpdateState(t.Context(), req); !errors.Is(err, issuing.ErrOutcomeUnknown) || len(r.sent) != 1 {
		t.Errorf("%d requests, %v", len(r.sent), err)
	}
}

func distinct(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestFlatKey: a flat message has the key of its caller alone.
func TestFlatKey(t *testing.T) {
	t.Parallel()
	const key = "A0052044620260401100000000777"
	_, client := record(t, approved, nil)
	var info issuing.CallInfo
	if _, err := client.ATMs.Feedback(t.Context(), feedback(), issuing.WithCallInfo(&info)); err != nil || info.Key != "" {
		t.Errorf("key %q, %v", info.Key, err)
	}
	_, err := client.ATMs.Feedback(t.Context(), feedback(), issuing.WithCallInfo(&info), issuing.WithIdempotencyKey(key))
	if err != nil || info.Key != key {
		t.Errorf("key %q, %v", info.Key, err)
	}
	if _, err := client.ATMs.Feedback(t.Context(), feedback(), issuing.WithIdempotencyKey("short")); !errors.Is(err, issuing.ErrInvalid) {
		t.Errorf("a key that is none: %v", err)
	}
}

// TestAttemptsAddUp: error, call information and hooks count the attempts of all
// rounds of an update, and say where another one follows.
func TestAttemptsAddUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		faults  []issuingtest.Fault
		settled bool
		retries []bool
	}{
		{"before, then after", []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropAfter()}, true, []bool{true, false}},
		{"three times before", []issuingtest.Fault{issuingtest.DropBefore(), issuingtest.DropBefore(), issuingtest.DropBefore()}, false, []bool{true, true, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var retries []bool
			server, client := turned(t, unionpaytest.Config{}, issuing.WithHook(func(_ context.Context, e issuing.CallEvent) {
				if e.Op == "Tokens.UpdateState" {
					if retries = append(retries, e.Retry); e.Attempt != len(retries) {
						t.Errorf("attempt %d is numbered %d", len(retries), e.Attempt)
					}
				}
			}))
			token, err := client.Tokens.Request(t.Context(), pushed(t, server, ""))
			if err != nil {
				t.Fatal(err)
			}
			inject(t, server, "Tokens.UpdateState", c.faults...)
			var info issuing.CallInfo
			req := suspend()
			req.Token = token.Token
			_, err = client.Tokens.UpdateState(t.Context(), req, issuing.WithCallInfo(&info))
			if info.Attempts != len(c.retries) || info.Settled != c.settled || (err == nil) != c.settled {
				t.Errorf("%+v, %v", info, err)
			}
			if err != nil && asError(t, err).Attempts != len(c.retries) {
				t.Errorf("the error counts %d attempts", asError(t, err).Attempts)
			}
			if diff := cmp.Diff(c.retries, retries); diff != "" {
				t.Errorf("hooks (-want +got):\n%s", diff)
			}
			check(t, server)
		})
	}
}

// TestUnsettled: every write says what settles its open outcome, and names an
// inquiry only where there is one.
func TestUnsettled(t *testing.T) {
	t.Parallel()
	gateway, _ := turned(t, unionpaytest.Config{})
	request := pushed(t, gateway, "")
	keys := unionpay.KeyExchangeRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}
	inquiry := unionpay.KeyInquiryRequest{SignCertID: "1", SignPublicKey: "k", EncCertID: "2", EncPublicKey: "k"}
	for _, c := range []struct {
		op, inquiry, note string
		call              func(context.Context, *unionpay.Client) error
	}{
		{"ATMs.Feedback", "", "a second report does no harm", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.ATMs.Feedback(ctx, feedback())
			return err
		}},
		{"Tokens.Request", "Tokens.TokenByRequest", "same AuthorizationData", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.Request(ctx, request)
			return err
		}},
		{"Tokens.UpdateState", "Tokens.Token", "TOKEN_STATE_NOTIFICATION", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Tokens.UpdateState(ctx, suspend())
			return err
		}},
		{"Keys.Exchange", "", "the old and the new keys", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.Exchange(ctx, keys)
			return err
		}},
		{"Keys.InquireExchange", "", "the old and the new keys", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.InquireExchange(ctx, inquiry)
			return err
		}},
		{"Keys.ConfirmReset", "", "the old and the new keys", func(ctx context.Context, c *unionpay.Client) error {
			_, err := c.Keys.ConfirmReset(ctx, unionpay.KeyResetRequest{Extra: map[string]any{"a": "b"}})
			return err
		}},
		{"Do ATM_FEEDBACK_INFORM", "", "", func(ctx context.Context, c *unionpay.Client) error {
			return c.Do(ctx, unionpay.MessageTypeATMFeedback, nil, nil)
		}},
	} {
		for _, configured := range []bool{true, false} {
			// An answer without a code leaves a write open.
			_, client := record(t, `{}`, func(cfg *unionpay.Config) {
				cfg.Paths[unionpay.MessageTypeKeyInquiryExchange], cfg.Paths[unionpay.MessageTypeKeyResetResult] = "/a", "/b"
				if !configured {
					delete(cfg.Paths, unionpay.MessageTypeTokenStateInquiry)
				}
			})
			err := c.call(t.Context(), client)
			var open *issuing.Unsettled
			if !errors.Is(err, issuing.ErrOutcomeUnknown) || !errors.As(err, &open) {
				t.Fatalf("%s: %v", c.op, err)
			}
			var want []string
			if configured && c.inquiry != "" {
				want = []string{c.inquiry}
			}
			e := asError(t, err)
			if diff := cmp.Diff(want, open.Inquiry); diff != "" || e.Op != c.op || open.Key != e.Key || !strings.Contains(open.Note, c.note) || (open.Note == "") != (c.note == "") {
				t.Errorf("%s, inquiry configured %v: %+v (-want +got):\n%s", c.op, configured, open, diff)
			}
		}
	}
}

// TestRefusedUnsent: what cannot be meant is refused before anything else is
// looked at, and the call information says so.
func TestRefusedUnsent(t *testing.T) {
	t.Parallel()
	gateway, _ := turned(t, unionpaytest.Config{})
	bare := newClient(t, gateway, func(c *unionpay.Config) { c.Paths = nil })
	info := issuing.CallInfo{Provider: "stale", Op: "stale", Attempts: 7, Status: 200}
	_, err := bare.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{Action: "DELETE"}, issuing.WithCallInfo(&info))
	if e := asError(t, err); !errors.Is(err, issuing.ErrInvalid) || len(e.Fields) != 2 {
		t.Errorf("a bad request without a path: %v", err)
	}
	if info.Provider != "unionpay" || info.Op != "Tokens.UpdateState" || info.Attempts != 0 || info.Status != 0 {
		t.Errorf("info %+v", info)
	}
	_, err = bare.Tokens.UpdateState(t.Context(), suspend(), issuing.WithCallInfo(&info))
	if !errors.Is(err, issuing.ErrNotConfigured) || info.Key == "" || asError(t, err).Key != info.Key {
		t.Errorf("info %+v, %v", info, err)
	}
	server, client := turned(t, unionpaytest.Config{})
	var out map[string]any
	for _, bad := range []any{out, (*map[string]any)(nil), 7} {
		if err := client.Do(t.Context(), unionpay.MessageTypeATMFeedback, feedback(), bad); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("out %T: %v", bad, err)
		}
	}
	if gateway.Requests("")+server.Requests("") != 0 {
		t.Error("something was sent")
	}
	_, client = record(t, approved, func(c *unionpay.Config) { c.UPIEncKey = sign.PublicKey{} })
	req := unionpay.TokenRequest{DeviceID: device, AuthorizationData: issuing.NewSecret("opaque"), PAN: issuing.NewSecret("6250945000000004")}
	if _, err := client.Tokens.Request(t.Context(), req); !errors.Is(err, issuing.ErrNotConfigured) || !strings.Contains(err.Error(), "pan: Config.UPIEncKey") {
		t.Errorf("no key to encrypt with: %v", err)
	}
}

// TestRefusalQuotesSecrets: what the gateway repeats of the request is not in the
// error.
func TestRefusalQuotesSecrets(t *testing.T) {
	t.Parallel()
	_, client := record(t, `{"msgResponse":{"responseCode":"75","responseMsg":"OTP 998877 and CVN2 123 of opaque do not match"}}`, nil)
	_, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{
		DeviceID: device, AuthorizationData: issuing.NewSecret("opaque"),
		CVM: []unionpay.CVM{{CVN2: issuing.NewSecret("123"), OTP: issuing.NewSecret("998877")}},
	})
	const want = "OTP [redacted] and CVN2 [redacted] of [redacted] do not match"
	if e := asError(t, err); e.Message != want || !errors.Is(err, unionpay.CodeOTPWrong) || strings.Contains(err.Error(), "998877") {
		t.Errorf("%v", err)
	}
}

// TestUnreadableListIsReported: a list that cannot be read is an error of the call
// like any other.
func TestUnreadableListIsReported(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		`{"atmList":"none","msgResponse":{"responseCode":"00"}}`, `{"atmList":[7],"msgResponse":{"responseCode":"00"}}`,
	} {
		_, client := record(t, answer, nil)
		var info issuing.CallInfo
		_, err := client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"}, issuing.WithCallInfo(&info))
		if e := asError(t, err); !errors.Is(err, issuing.ErrBadResponse) || e.Status != 200 || e.Attempts != 1 || info.Raw.Reveal() != answer {
			t.Errorf("%v, info %+v", err, info)
		}
	}
}
