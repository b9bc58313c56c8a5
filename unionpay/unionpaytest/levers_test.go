package unionpaytest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// handled returns a handler for a gateway's messages and the events that it took.
func handled(t testing.TB, server *unionpaytest.Server, profile unionpay.Profile) (http.Handler, *[]*webhook.Event) {
	t.Helper()
	cfg := server.ClientConfig()
	src, err := unionpay.NewCallbacks(unionpay.CallbackConfig{
		Profile: profile, SignKey: cfg.SignKey, SignKeyID: cfg.SignKeyID, UPISignKeys: cfg.UPISignKeys,
		AppIDs: []string{cfg.AppID}, Now: server.Clock().Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	events := new([]*webhook.Event)
	return webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		*events = append(*events, event)
		return nil
	}), events
}

// TestSignCallback: each event reaches one's own handler as it was given.
func TestSignCallback(t *testing.T) {
	t.Parallel()
	secret := issuing.NewSecret
	for _, profile := range []unionpay.Profile{unionpay.ProfileG, unionpay.ProfileU} {
		for want, event := range map[string]any{
			unionpay.EventTokenStateChanged: &unionpay.TokenStateChanged{
				Token: secret("6299990000000000004"), State: unionpay.TokenStateSuspended,
				EncryptedConsumerIdentity: &unionpay.ConsumerIdentity{Provider: "p", Type: "t", Value: secret("v")},
			},
			unionpay.EventTransactionReported: &unionpay.TransactionReported{
				DeviceID: "d", Token: secret("6299990000000000004"), Amount: issuing.NewAmount(12_34, 2), Currency: "702",
				Discounts:     []unionpay.Discount{{Amount: issuing.NewAmount(1, 0), Note: "n"}},
				SettlementKey: unionpay.SettlementKey{TraceNumber: "000001", TransmissionTime: "0401100000"},
			},
			unionpay.EventUserIDRequested: &unionpay.UserIDRequested{UserAuthCode: secret("code")},
		} {
			server := start(t, unionpaytest.Config{
				Clock: issuingtest.NewClock(epoch), PushProfile: profile, WebhookURL: "http://127.0.0.1:9/own/path",
			})
			handler, events := handled(t, server, profile)
			request := server.SignCallback(event)
			if request.URL.Path != "/own/path" {
				t.Errorf("the path is %s", request.URL.Path)
			}
			handler.ServeHTTP(nullWriter{}, request)
			if len(*events) != 1 || (*events)[0].Type != want || !(*events)[0].Time.Equal(epoch) {
				t.Fatalf("%s in profile %v: events %+v", want, profile, *events)
			}
			if diff := cmp.Diff(event, (*events)[0].Data, cmp.Comparer(issuing.Secret.Equal)); diff != "" {
				t.Errorf("%s in profile %v (-want +got):\n%s", want, profile, diff)
			}
		}
	}
}

// TestSignCallbackRefuses: what is no event is refused where the body is read.
func TestSignCallbackRefuses(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{Clock: issuingtest.NewClock(epoch)})
	for _, event := range []any{nil, unionpay.TokenStateChanged{}, "TOKEN_STATE_NOTIFICATION"} {
		request := server.SignCallback(event)
		if _, err := request.Body.Read(make([]byte, 1)); err == nil || !strings.Contains(err.Error(), "no event") {
			t.Errorf("%T: %v", event, err)
		}
		if request.URL.Path != "/callbacks/unionpay" {
			t.Errorf("the path is %s", request.URL.Path)
		}
	}
}

type nullWriter struct{}

func (nullWriter) Header() http.Header         { return http.Header{} }
func (nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (nullWriter) WriteHeader(int)             {}

// TestNext: behaviours and failures go by operation, queue up, and must be met.
func TestNext(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{Clock: issuingtest.NewClock(epoch)})
	client := clientFor(t, server)
	for _, op := range []string{"", "TOKEN_STATE_INQUIRY", "Tokens.Suspend"} {
		if err := server.Next(op, unionpaytest.Behaviour{}); err == nil {
			t.Errorf("%q is an operation", op)
		}
		if err := server.FailNext(op, "71"); err == nil {
			t.Errorf("%q can be made to fail", op)
		}
	}
	for _, reason := range []string{"", "00", "7", "Q7", "no"} {
		if err := server.FailNext("Tokens.Token", reason); err == nil {
			t.Errorf("%q is a failure", reason)
		}
	}
	for _, err := range []error{
		server.FailNext("ATMs.CitiesAndBanks", "25"),
		server.Next("ATMs.CitiesAndBanks", unionpaytest.Behaviour{Code: unionpay.CodeNotPermitted, Detail: "for developers"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Check(); err == nil || !strings.Contains(err.Error(), "2 behaviours of ATMs.CitiesAndBanks") {
		t.Errorf("behaviours that nothing met: %v", err)
	}
	req := unionpay.CitiesAndBanksRequest{CountryCode: "702"}
	if _, err := client.ATMs.CitiesAndBanks(t.Context(), req); !errors.Is(err, unionpay.CodeRecordNotFound) {
		t.Errorf("the first: %v", err)
	}
	var info issuing.CallInfo
	_, err := client.ATMs.CitiesAndBanks(t.Context(), req, issuing.WithCallInfo(&info))
	if !errors.Is(err, unionpay.CodeNotPermitted) || !strings.Contains(info.Raw.Reveal(), `"errorDetail":"for developers"`) {
		t.Errorf("the second: %v, %s", err, info.Raw.Reveal())
	}
	if _, err := client.ATMs.CitiesAndBanks(t.Context(), req); err != nil {
		t.Errorf("the third: %v", err)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// TestIssuerActs: the issuer suspends, resumes and deletes, and the token follows.
func TestIssuerActs(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{Clock: issuingtest.NewClock(epoch), ATMs: []unionpay.ATM{{ID: "A-1", CountryCode: "702"}}})
	client := clientFor(t, server)
	push, err := server.Push(unionpaytest.PushRequest{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := client.Tokens.Request(t.Context(), unionpay.TokenRequest{DeviceID: "d", AuthorizationData: push.AuthData})
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range []func(string) error{server.Suspend, server.Resume, server.Delete} {
		if err := act(token.RefID); err != nil {
			t.Error(err)
		}
	}
	record := server.Tokens()[0]
	want := []unionpay.TokenState{
		unionpay.TokenStateActive, unionpay.TokenStateSuspended, unionpay.TokenStateActive, unionpay.TokenStateDeleted,
	}
	if diff := cmp.Diff(want, record.States); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if record.PushID != push.PushID || record.CardID != push.CardID || !record.Expiry.Equal(epoch.AddDate(5, 0, 0)) {
		t.Errorf("%+v", record)
	}
	if err := server.Delete(token.RefID); !errors.Is(err, unionpay.CodeState) {
		t.Errorf("deleted twice: %v", err)
	}
	if err := server.Resume("nobody's"); err == nil {
		t.Error("there is no such token")
	}
	page, err := client.ATMs.List(t.Context(), unionpay.ListRequest{CountryCode: "702"})
	if err != nil || page.Total != 1 || page.List[0].ID != "A-1" {
		t.Errorf("fixtures of one's own: %+v, %v", page, err)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

func clientFor(t testing.TB, server *unionpaytest.Server) *unionpay.Client {
	t.Helper()
	client, err := unionpay.New(server.ClientConfig(),
		issuing.WithClock(server.Clock().Now), issuing.WithRetryWait(time.Millisecond, time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// TestRoutes: nothing is opened that the token requestor has no address for, nor from
// a place that is none.
func TestRoutes(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{})
	for _, req := range []unionpaytest.PushRequest{
		{Origin: unionpaytest.OriginWeb, Addresses: unionpay.Addresses{IOS: "tr00520446wallet://cams"}},
		{Origin: unionpaytest.OriginIOS, Addresses: unionpay.Addresses{Android: "tr00520446wallet://cams"}},
		{Origin: "tv"},
	} {
		if push, err := server.Push(req); err != nil || len(push.Routes) != 0 {
			t.Errorf("%s opens %+v, %v", req.Origin, push, err)
		}
	}
}
