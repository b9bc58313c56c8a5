package coshine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/coshine/coshinetest"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// TestCardLife uses the interfaces that the other tests leave out, and sees what
// they did.
func TestCardLife(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	ctx := t.Context()
	card := activeCard(t, client, "C1")
	ref := coshine.CardRequest{CardToken: card.CardToken}

	dcvv, err := client.Cards.GenerateDCVV(ctx, ref)
	if err != nil || dcvv.CVV2.Equal(card.CVV2) {
		t.Errorf("GenerateDCVV: the same value, %v", err)
	}
	if _, err := client.Cards.SetExpiry(ctx, coshine.SetExpiryRequest{CardToken: card.CardToken, ExpiryDate: "3112"}); err != nil {
		t.Error(err)
	}
	secrets, err := client.Cards.Secrets(ctx, ref)
	if err != nil || !secrets.CVV2.Equal(dcvv.CVV2) || secrets.ExpiryDate != "3112" || !secrets.CardNumber.Equal(card.CardNumber) {
		t.Errorf("CardCVV2Inquiry: %+v, %v", secrets, err)
	}
	number, err := client.Cards.Number(ctx, ref)
	if err != nil || !number.CardNumber.Equal(card.CardNumber) {
		t.Errorf("CardNumberInquiry: %v", err)
	}
	if _, err := client.Cards.VerifyCVV2(ctx, coshine.VerifyCVV2Request{CardToken: card.CardToken, CVV2: dcvv.CVV2, ExpiryDate: "3112"}); err != nil {
		t.Error(err)
	}
	if _, err := client.Customers.Update(ctx, coshine.UpdateCustomerRequest{CustomerID: "C1", CustEmail: "b@example.com"}); err != nil {
		t.Error(err)
	}
	info, err := client.Cards.Card(ctx, ref)
	if err != nil || info.CardToken != card.CardToken || info.CardProdType != coshine.CardProdTypePrepaid || info.OpenDate != issuing.NewDate(2026, 4, 20) {
		t.Errorf("CardInfoInquiry: %+v, %v", info, err)
	}
	next, err := client.Cards.Reissue(ctx, ref)
	if err != nil || next.CardToken == card.CardToken || !next.CardNumber.Equal(card.CardNumber) {
		t.Errorf("CardReissue: %v", err)
	}
	if _, err := client.Cards.Freeze(ctx, card.CardToken); !errors.Is(err, coshine.CodeInvalidCardStatus) || !errors.Is(err, issuing.ErrConflict) {
		t.Errorf("the old card: %v", err)
	}
	if seen, ok := server.Card(card.CardToken); !ok || seen.State != coshine.CardStateCancelled || !seen.Opened.Equal(time.Date(2026, 4, 19, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", seen)
	}
	for _, name := range []coshine.DropDownName{
		coshine.DropDownNameCardProd, coshine.DropDownNameCardStatus, coshine.DropDownNameReplReason, coshine.DropDownNameCloseReason, coshine.DropDownNameLimitType,
	} {
		list, err := client.Parameters.DropDownList(ctx, coshine.DropDownListRequest{Name: name})
		if err != nil || list.RecordNum != len(list.Items) || len(list.Items) < 2 || list.Items[0].Code == "" || list.Items[0].Value == "" {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	products, err := client.Parameters.CardProducts(ctx, coshine.CardProductsRequest{CardProdType: coshine.CardProdTypePrepaid})
	if err != nil || len(products.Products) != 2 || products.Products[0].CardFaceValue.String() != "100.00" {
		t.Errorf("%+v, %v", products, err)
	}
}

// TestOpenLoadIsReversed follows the way out of an unknown outcome: the history
// shows the load, the reversal takes it back, once.
func TestOpenLoadIsReversed(t *testing.T) {
	t.Parallel()
	server, client := full(t, coshinetest.Config{})
	card := activeCard(t, client, "C1")
	inject(t, server, "Cards.Deposit", issuingtest.Truncate())
	_, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "40.00"))
	var open *issuing.Unsettled
	if !errors.As(err, &open) || open.Reversal != "Transactions.Reverse" {
		t.Fatalf("got %v", err)
	}
	history, err := client.Cards.Transactions(t.Context(), coshine.CardRequest{CardToken: card.CardToken})
	if err != nil || history.RecordNum != 1 || !strings.Contains(history.Records[0].Raw.Reveal(), open.Key) {
		t.Fatalf("%v", err)
	}
	req := money(card.CardToken, "40.00", coshinetest.FieldOriginal, open.Key)
	if _, err := client.Transactions.Reverse(t.Context(), req); err != nil || server.Balance(card.CardToken).Sign() != 0 {
		t.Errorf("balance %s, %v", server.Balance(card.CardToken), err)
	}
	if _, err := client.Transactions.Reverse(t.Context(), req); err == nil || server.Balance(card.CardToken).Sign() != 0 {
		t.Error("the load was reversed twice")
	}
	if err := server.Check(); err != nil {
		t.Error(err)
	}
}

// TestTimeoutLeavesAWriteOpen: what was sent and not answered in time is open; a
// read is tried again.
func TestTimeoutLeavesAWriteOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		client, err := coshine.New(coshine.Config{
			BaseURL: "https://api.example.com", ParticipantID: "1", TranBranch: "1", Token: issuing.NewSecret("t"), Paths: testPaths(),
		}, issuing.WithTimeout(time.Second), issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			tries++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}))
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Transactions.Purchase(t.Context(), money("T1", "1.00"), withID("TXN1"))
		if !errors.Is(err, issuing.ErrOutcomeUnknown) || tries != 1 {
			t.Errorf("write: %d tries, %v", tries, err)
		}
		checkWayOut(t, "TXN1", err)
		tries = 0
		_, err = client.Cards.Balance(t.Context(), money("T1", "1.00"))
		if !errors.Is(err, issuing.ErrUnavailable) || errors.Is(err, issuing.ErrOutcomeUnknown) || tries != 3 {
			t.Errorf("read: %d tries, %v", tries, err)
		}
	})
}

// TestForgedNotificationsAreRefused changes the credential on the way.
func TestForgedNotificationsAreRefused(t *testing.T) {
	t.Parallel()
	var issuer *httptest.Server
	server, client := full(t, coshinetest.Config{Issuer: func(coshine.API) string { return issuer.URL }, Retries: []time.Duration{}})
	called := 0
	handler := handlerOf(t, coshine.CallbackConfig{Tokens: []issuing.Secret{server.IssuerToken()}}, coshine.Functions{
		AuthorizationNotification: func(context.Context, *coshine.AuthorizationNotification) (coshine.Answer, error) {
			called++
			return coshine.Approve(), nil
		},
	})
	issuer = httptest.NewServer(at(coshine.APIAuthorizationNotification, handler))
	t.Cleanup(issuer.Close)
	card := activeCard(t, client, "C1")
	server.SetCallbackFault(issuingtest.CallbackFault{Forge: func(h http.Header, body []byte) (http.Header, []byte) {
		h.Set("Authorization", "Bearer guess")
		return h, body
	}})
	load := func() {
		if _, err := client.Cards.Deposit(t.Context(), money(card.CardToken, "1.00")); err != nil {
			t.Fatal(err)
		}
	}
	load()
	server.Clock().Advance(time.Hour)
	if d := server.Deliveries(); called != 0 || len(d) != 1 || d[0].Status != http.StatusForbidden || d[0].Accepted {
		t.Errorf("%d calls, %d deliveries", called, len(d))
	}
	server.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	load()
	load()
	server.Clock().Advance(time.Hour)
	if called != 0 {
		t.Error("a notification was not held back")
	}
	server.SetCallbackFault(issuingtest.CallbackFault{})
	server.ReleaseCallbacks()
	server.Clock().Advance(time.Hour)
	if called != 2 {
		t.Errorf("%d notifications after the release", called)
	}
}

// TestExtraPrintsNamesOnly: what a merchant puts there need not be a Secret.
func TestExtraPrintsNamesOnly(t *testing.T) {
	t.Parallel()
	extra := coshine.Extra{"pan": "4929420573595709", "amount": issuing.NewAmount(1, 0)}
	if text := fmt.Sprint(extra); text != "Extra[amount pan]" {
		t.Error(text)
	}
	if text := sprint(coshine.OpenRequest{Extra: extra}); strings.Contains(text, "4929") {
		t.Errorf("%s", text)
	}
}
