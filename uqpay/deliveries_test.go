package uqpay_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// Callbacks that come twice, late, reordered or forged.
func TestCallbacksThatGoWrong(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	in := listen(t, s)
	c := newClient(t, s)
	s.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	id := newCard(t, s, c, "100")
	s.Clock().Advance(0)
	if log := s.Deliveries(); len(log) != 2 || !log[0].Accepted || !log[1].Accepted || in.types() != "card.create.succeeded" {
		t.Errorf("%v, dispatched %s", log, in.types())
	}

	s.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	if _, err := c.Cards.Deposit(t.Context(), id, uqpay.AmountRequest{Amount: amount(t, "5")}); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	if _, err := c.Cards.Withdraw(t.Context(), id, uqpay.AmountRequest{Amount: amount(t, "5")}); err != nil {
		t.Fatal(err)
	}
	s.Clock().Advance(time.Second)
	s.SetCallbackFault(issuingtest.CallbackFault{Forge: func(header http.Header, body []byte) (http.Header, []byte) {
		header.Set("x-wk-signature", strings.Repeat("0", 128))
		return header, body
	}})
	s.ReleaseCallbacks()
	s.Clock().Advance(0)
	if log := s.Deliveries(); len(log) != 4 || log[2].Accepted || log[3].Accepted || in.types() != "card.create.succeeded" {
		t.Errorf("%v, dispatched %s", log, in.types())
	}
	s.SetCallbackFault(issuingtest.CallbackFault{})
	s.Clock().Advance(time.Minute)
	want := "card.create.succeeded card.withdraw.succeeded card.recharge.succeeded"
	if log := s.Deliveries(); len(log) != 6 || log[5].Attempt != 2 || in.types() != want {
		t.Errorf("%v, dispatched %s", log, in.types())
	}
}

// Emit sends what nothing on the platform brings about.
func TestEmittedEvents(t *testing.T) {
	t.Parallel()
	for name, milliseconds := range map[string]bool{"seconds": false, "milliseconds": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newPlatform(t, uqpaytest.Config{Milliseconds: milliseconds})
			in := listen(t, s)
			s.Emit(uqpay.EventHolderChallenged, "c-1", map[string]any{
				"card_id": "c-1", "otp": issuing.NewSecret("314159"), "transaction_amount": amount(t, "12.50"),
			})
			s.Emit("novel", "c-1", map[string]any{"unsendable": func() {}})
			s.Clock().Advance(0)
			e, ok := in.last().(*uqpay.HolderChallenged)
			if !ok || e.OTP.Reveal() != "314159" || e.TransactionAmount.String() != "12.50" || e.SourceID != "c-1" {
				t.Errorf("%T %+v", in.last(), in.last())
			}
			if log := s.Deliveries(); len(log) != 2 || !strings.Contains(log[1].Answer, "cannot encode") || log[1].Accepted {
				t.Errorf("%+v", log)
			}
		})
	}
}

// SignCallback makes a sample for the test of a handler.
func TestSignedSample(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	src, err := uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{s.WebhookSecret()}, Now: s.Clock().Now})
	if err != nil {
		t.Fatal(err)
	}
	delivery := s.SignCallback(map[string]any{
		"version": "V1.6.0", "event_name": "ISSUING", "event_type": uqpay.EventActivationCodeSent, "event_id": "e-1", "source_id": "c-1",
		"data": map[string]any{"card_id": "c-1", "activation_code": issuing.NewSecret("57609685")},
	})
	body, err := io.ReadAll(delivery.Body)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := src.Parse(delivery.Header, body)
	if err != nil {
		t.Fatal(err)
	}
	if data, ok := ev.Data.(*uqpay.ActivationCodeSent); !ok || data.Code.Reveal() != "57609685" || ev.ID != "e-1" || !ev.Time.Equal(start) {
		t.Errorf("%+v", ev)
	}
	if _, err := io.ReadAll(s.SignCallback(func() {}).Body); err == nil {
		t.Error("signed what is no event")
	}
}
