package unionpaytest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

// TestPushRetries: a notification is sent again on the clock, with the same msgID
// and a new UUID, until a signed 00 comes back.
func TestPushRetries(t *testing.T) {
	t.Parallel()
	for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
		t.Run(profile.String(), func(t *testing.T) {
			t.Parallel()
			shared, err := keys()
			if err != nil {
				t.Fatal(err)
			}
			var answers atomic.Int64
			clock := issuingtest.NewClock(epoch)
			target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				message, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				answerPush(w, r, shared, profile, clock.Now(), string(message), answers.Add(1))
			}))
			defer target.Close()
			server := start(t, unionpaytest.Config{Clock: clock, WebhookURL: target.URL + "/upi", PushProfile: profile})
			client, err := unionpay.New(server.ClientConfig(), issuing.WithClock(clock.Now))
			if err != nil {
				t.Fatal(err)
			}
			push, err := server.Push(unionpaytest.PushRequest{})
			if err != nil {
				t.Fatal(err)
			}
			token, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{DeviceID: "d", AuthorizationData: push.AuthData})
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Suspend(token.RefID); err != nil {
				t.Fatal(err)
			}
			if err := server.Suspend(token.RefID); !errors.Is(err, unionpay.CodeState) {
				t.Errorf("suspended twice: %v", err)
			}
			for _, step := range []time.Duration{0, 59 * time.Second, time.Second, 5 * time.Minute, 30 * time.Minute, time.Hour} {
				clock.Advance(step)
			}
			var got []string
			ids := map[string]bool{}
			for _, a := range server.PushAnswers() {
				ids[a.MsgID] = true
				got = append(got, string(a.Code))
				if a.Verified != (a.Code != "") {
					t.Errorf("%+v", a)
				}
			}
			if diff := cmp.Diff([]string{"", "96", "", "00"}, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if len(ids) != 1 {
				t.Errorf("%d message ids for one notification", len(ids))
			}
			var at []time.Duration
			jws := map[string]bool{}
			for _, d := range server.Deliveries() {
				at = append(at, d.At.Sub(epoch))
				for _, values := range d.Header {
					jws[values[0]] = true
				}
			}
			if diff := cmp.Diff([]time.Duration{0, time.Minute, 6 * time.Minute, 36 * time.Minute}, at); diff != "" {
				t.Errorf("schedule (-want +got):\n%s", diff)
			}
			// Content-Type is the same in all.
			if profile == unionpay.ProfileG && len(jws) != 5 {
				t.Errorf("%d signatures for four attempts", len(jws)-1)
			}
			if err := server.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPushSchedule: the waits are a setting, and none is a schedule, too.
func TestPushSchedule(t *testing.T) {
	t.Parallel()
	target := httptest.NewServer(http.NotFoundHandler())
	defer target.Close()
	for _, retries := range [][]time.Duration{{}, {time.Second, time.Minute}} {
		server := start(t, unionpaytest.Config{WebhookURL: target.URL, Retries: retries})
		if err := server.Notify(unionpay.EventUserIDRequested, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		want := []time.Duration{0}
		server.Clock().Advance(0)
		for _, wait := range retries {
			server.Clock().Advance(wait)
			want = append(want, want[len(want)-1]+wait)
		}
		server.Clock().Advance(time.Hour)
		var at []time.Duration
		for _, d := range server.Deliveries() {
			at = append(at, d.At.Sub(epoch))
		}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("%v (-want +got):\n%s", retries, diff)
		}
	}
}

// TestSeed: the ids of pushes follow from the seed.
func TestSeed(t *testing.T) {
	t.Parallel()
	id := func(seed string) string {
		push, err := start(t, unionpaytest.Config{Seed: seed}).Push(unionpaytest.PushRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return push.PushID
	}
	if a, b, c := id("one"), id("one"), id("two"); a != b || a == c || a == "" {
		t.Errorf("%q, %q and %q", a, b, c)
	}
}

// answerPush answers 500, then 96, then unsigned, then 00.
func answerPush(w http.ResponseWriter, r *http.Request, keys *unionpaytest.Keys, profile unionpay.Profile, now time.Time, message string, n int64) {
	info := message[strings.Index(message, `"msgInfo"`):strings.Index(message, `,"trxInfo"`)]
	code := map[int64]string{2: "96"}[n]
	if code == "" {
		code = "00"
	}
	if n == 1 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	body := `{` + info + `,"trxInfo":{},"msgResponse":{"responseCode":"` + code + `","responseMsg":"x"}}`
	if n == 3 {
		_, _ = w.Write([]byte(body))
		return
	}
	if profile == unionpay.ProfileU {
		placed := body[:len(body)-1] + `,"certificateSignature":{"appSignCertID":"` + unionpaytest.SignKeyID + `","signature":"00000000"}}`
		signed, err := sign.UMPS{}.Sign(keys.Sign(), []byte(placed))
		if err != nil {
			return
		}
		_, _ = w.Write(signed)
		return
	}
	verifier := sign.UPIVerifier{Keys: map[string]sign.PublicKey{unionpaytest.UPISignKeyID: keys.UPISign()}, AppIDs: []string{unionpaytest.DefaultAppID}}
	h, err := verifier.Verify(r.Header.Get("UPI-JWS"), []byte(message), sign.UPIExpect{Now: now, Request: true, Path: r.URL.Path})
	if err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	jws, err := sign.SignUPI(keys.Sign(), sign.UPIHeader{KeyID: unionpaytest.SignKeyID, UUID: h.UUID, Time: now, AppID: h.AppID}, []byte(body))
	if err == nil {
		w.Header()["UPI-JWS"] = []string{jws}
	}
	_, _ = w.Write([]byte(body))
}

// TestIssuer: what the issuer's side refuses.
func TestIssuer(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{})
	if _, err := server.Push(unionpaytest.PushRequest{CardID: "CARD-404"}); err == nil {
		t.Error("a card that does not exist was pushed")
	}
	if err := server.SetCardStatus("CARD-404", unionpaytest.CardStatusLost); err == nil {
		t.Error("a card that does not exist was reported lost")
	}
	for name, act := range map[string]func(string) error{"Suspend": server.Suspend, "Resume": server.Resume, "Delete": server.Delete} {
		if err := act("404"); err == nil {
			t.Errorf("%s of a token that does not exist", name)
		}
	}
	if err := server.Notify(unionpay.EventUserIDRequested, []byte(`[]`)); err == nil {
		t.Error("trxInfo that is no object was sent")
	}
	id := server.AddCard(unionpaytest.CardStatusNormal)
	if pan := server.PAN(id); pan.Len() != 16 || !server.PAN("CARD-404").IsZero() {
		t.Errorf("a PAN of %d digits", pan.Len())
	}
}
