package coshinetest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// TestTokenLife makes a payment token, changes it from both sides and sees the
// notification of UMPS's change.
func TestTokenLife(t *testing.T) {
	t.Parallel()
	keys, err := sharedKeys()
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan *coshine.TokenStateNotification, 1)
	var issuer *httptest.Server
	server, err := coshinetest.NewServer(coshinetest.Config{
		Keys: keys, Clock: issuingtest.NewClock(epoch),
		Paths:  coshine.Paths{"TokenInquiry": "/t/inquiry", "TokenRequest": "/t/request", "TokenStateUpdate": "/t/state", "TokenMetadataUpdate": "/t/meta"},
		Issuer: func(coshine.API) string { return issuer.URL },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client, err := coshine.New(server.ClientConfig(), issuing.WithClock(server.Clock().Now))
	if err != nil {
		t.Fatal(err)
	}
	src, err := coshine.NewCallbacks(coshine.CallbackConfig{ParticipantID: server.ParticipantID(), Tokens: []issuing.Secret{server.IssuerToken()}})
	if err != nil {
		t.Fatal(err)
	}
	fns := coshine.Functions{
		TokenStateNotification: func(_ context.Context, n *coshine.TokenStateNotification) (coshine.Answer, error) {
			told <- n
			return coshine.Approve(), nil
		},
	}
	issuer = httptest.NewServer(webhook.NewHandler(src.ForType(string(coshine.APITokenStateNotification)), fns.Handle))
	t.Cleanup(issuer.Close)

	card := active(t, server)
	handle := coshine.CardToken(fmt.Sprint(card["cardToken"]))
	ctx := t.Context()
	token, err := client.Tokens.Request(ctx, coshine.TokenRequest{
		CardToken: handle, ExpiryDate: coshine.Expiry(fmt.Sprint(card["expiryDate"])), CVV2: issuing.NewSecret(fmt.Sprint(card["CVV2"])),
		UseCases: []coshine.UseCase{coshine.UseCaseHCE}, CVM: []coshine.CVM{coshine.CVMExpiryDate, coshine.CVMCVN2},
		Extra: coshine.Extra{"deviceId": "IMEI1", "appUserId": "U1"},
	})
	if err != nil || token.State != coshine.TokenStateActive || token.DeviceID != "IMEI1" || token.AppUserID != "U1" {
		t.Fatalf("%+v, %v", token, err)
	}
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	if _, err := client.Tokens.UpdateMetadata(ctx, coshine.TokenMetadataRequest{Number: token.Number, ExpiresAt: expires}); err != nil {
		t.Error(err)
	}
	suspend := coshine.OpenRequest{Extra: coshine.Extra{"cardToken": token.Number, "cardTokenState": string(coshine.TokenStateSuspended)}}
	if changed, err := client.Tokens.UpdateState(ctx, suspend); err != nil || changed.State != coshine.TokenStateSuspended {
		t.Errorf("%+v, %v", changed, err)
	}
	list, err := client.Tokens.List(ctx, coshine.TokensRequest{CardToken: handle})
	if err != nil || list.RecordNum != 1 || list.Tokens[0].State != coshine.TokenStateSuspended || !list.Tokens[0].ExpiresAt.Equal(expires) || !list.Tokens[0].Number.Equal(token.Number) {
		t.Errorf("%+v, %v", list, err)
	}
	if err := server.ChangeTokenState(token.Number, coshine.TokenStateDeleted); err != nil {
		t.Fatal(err)
	}
	server.Clock().Advance(time.Second)
	select {
	case n := <-told:
		if n.State != coshine.TokenStateDeleted || !n.Number.Equal(token.Number) || n.ParticipantID != server.ParticipantID() || n.DedupeKey() == "" {
			t.Errorf("%+v", n)
		}
	default:
		t.Error("the issuer was not told")
	}
	if server.ChangeTokenState(token.Number, coshine.TokenStateActive) == nil {
		t.Error("a deleted token came back")
	}
	if _, err := client.Tokens.UpdateState(ctx, suspend); err == nil {
		t.Error("a deleted token was suspended")
	}
}
