package unionpaytest_test

import (
	"net/http"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/leaktest"
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/unionpay/unionpaytest"
)

func TestServerWithCardsPrintsNoNumber(t *testing.T) {
	t.Parallel()
	server := start(t, unionpaytest.Config{})
	client, err := unionpay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
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
	leaktest.Check(t, []string{server.PAN(push.CardID).Reveal(), token.Token.Reveal(), push.AuthData.Reveal()}, server, push)
}

// TestUnreadableRequestsAreNamed: what cannot be read is of its path's message,
// where the path has one message only.
func TestUnreadableRequestsAreNamed(t *testing.T) {
	t.Parallel()
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeKeyExchange] = paths[unionpay.MessageTypeTokenRequest]
	r := &raw{t: t, server: start(t, unionpaytest.Config{Paths: paths})}
	r.do(http.MethodGet, paths[unionpay.MessageTypeATMFeedback], "", "")
	r.good(unionpay.MessageTypeATMFeedback, `{`)
	r.good(unionpay.MessageTypeTokenStateInquiry, `[]`)
	r.good(unionpay.MessageTypeTokenRequest, `{}`)
	r.good(unionpay.MessageTypeTokenRequest, `{"msgInfo":{"msgType":"KEY_EXCHANGE"},"trxInfo":{}}`)
	r.do(http.MethodPost, "/nowhere", feedback, "")
	for op, want := range map[string]int{
		"ATMs.Feedback": 2, "Tokens.Token": 1, "Tokens.TokenByRequest": 0, "Tokens.Request": 0, "Keys.Exchange": 0, "": 6,
	} {
		if n := r.server.Requests(op); n != want {
			t.Errorf("%q: %d requests, want %d", op, n, want)
		}
	}
	if err := r.server.Check(); err != nil {
		t.Error(err)
	}
}

// TestMessagesOfOnePath: messages that share a path have each their own profile
// and encryption.
func TestMessagesOfOnePath(t *testing.T) {
	t.Parallel()
	paths := unionpay.InferredPaths()
	paths[unionpay.MessageTypeTokenRequest] = paths[unionpay.MessageTypeTokenStateInquiry]
	paths[unionpay.MessageTypeTokenStateUpdate] = paths[unionpay.MessageTypeTokenStateInquiry]
	server := start(t, unionpaytest.Config{
		Paths:          paths,
		Profiles:       map[unionpay.MessageType]unionpay.Profile{unionpay.MessageTypeTokenStateUpdate: unionpay.ProfileU},
		BodyEncryption: map[unionpay.MessageType]unionpay.BodyEncryption{unionpay.MessageTypeTokenRequest: unionpay.BodyEncryptionJWE},
	})
	client, err := unionpay.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
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
	change, err := client.Tokens.UpdateState(t.Context(), unionpay.UpdateStateRequest{DeviceID: "d", Token: token.Token, Action: unionpay.TokenActionSuspend})
	if err != nil || change.State != unionpay.TokenStateSuspended {
		t.Errorf("%+v, %v", change, err)
	}
	if got, err := client.Tokens.Token(t.Context(), unionpay.TokenQuery{RefID: token.RefID}); err != nil || got.State != unionpay.TokenStateSuspended {
		t.Errorf("%+v, %v", got, err)
	}
	sealed, err := jose.UPIJWE{}.Encrypt(server.Keys().UPIEnc(), unionpaytest.UPIEncKeyID,
		[]byte(`{"msgInfo":{"versionNo":"1.0.0","msgID":"A0052044620260401100000000777","timeStamp":"20260401100000","msgType":"TOKEN_STATE_INQUIRY"},"trxInfo":{"tokenRefID":"1"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := (&raw{t: t, server: server}).good(unionpay.MessageTypeTokenStateInquiry, sealed); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("an inquiry that should be in clear: %+v", got)
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}
