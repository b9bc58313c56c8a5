package uqpay_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

// overheard is a client whose last answer the test reads as it came.
func overheard(t *testing.T, s *uqpaytest.Server) (*uqpay.Client, func() string) {
	t.Helper()
	body := ""
	return newClient(t, s, issuing.WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		body, resp.Body = string(text), io.NopCloser(bytes.NewReader(text))
		return resp, err
	})})), func() string { return body }
}

// What is not set comes in five forms, which say the same.
func TestFormsOfTheUnset(t *testing.T) {
	t.Parallel()
	type answers struct {
		Holder *uqpay.Cardholder
		Card   *uqpay.Card
		Listed uqpay.Card
		Bought *uqpay.Transaction
	}
	read := func(form uqpaytest.UnsetForm) (got answers, texts map[string]string) {
		s := newPlatform(t, uqpaytest.Config{Seed: "unset", Variants: uqpaytest.Variants{Unset: form}})
		c, body := overheard(t, s)
		texts = map[string]string{}
		id := newCard(t, s, c, "10")
		bought, err := s.Purchase(id, amount(t, "1"), issuingtest.Merchant{})
		wants(t, err, nil)
		got.Card, err = c.Cards.Card(t.Context(), id)
		wants(t, err, nil)
		texts["metadata"] = body()
		got.Holder, err = c.Cardholders.Cardholder(t.Context(), got.Card.Cardholder.ID)
		wants(t, err, nil)
		texts["residential_address"] = body()
		page, err := c.Cards.List(t.Context(), uqpay.CardsRequest{})
		wants(t, err, nil)
		got.Listed = page.List[0]
		got.Bought, err = c.Transactions.Transaction(t.Context(), bought.ID)
		wants(t, err, nil)
		texts["merchant_data"] = body()
		return got, texts
	}
	want, _ := read(uqpaytest.UnsetFormMixed)
	nothing := cmp.Transformer("address", func(a *uqpay.Address) uqpay.Address {
		if a == nil {
			return uqpay.Address{}
		}
		return *a
	})
	for form, written := range map[uqpaytest.UnsetForm]string{
		uqpaytest.UnsetFormAbsent: "", uqpaytest.UnsetFormNull: "null", uqpaytest.UnsetFormObject: "{}", uqpaytest.UnsetFormText: `""`,
	} {
		got, texts := read(form)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), nothing); diff != "" {
			t.Errorf("%s: %s", form, diff)
		}
		for name, text := range texts {
			member := `"` + name + `":`
			if there := strings.Contains(text, member); there != (written != "") || there && !strings.Contains(text, member+written) {
				t.Errorf("%s: %s in %s", form, name, text)
			}
		}
	}
}

// A callback's envelope comes in three forms, with the same event within.
func TestFormsOfEnvelopes(t *testing.T) {
	t.Parallel()
	var want any
	for _, form := range []uqpaytest.EventForm{uqpaytest.EventFormIssuing, uqpaytest.EventFormType, uqpaytest.EventFormSwapped} {
		s := newPlatform(t, uqpaytest.Config{Seed: "events", Variants: uqpaytest.Variants{Events: form}})
		in := listen(t, s)
		c := newClient(t, s)
		newCard(t, s, c, "10")
		event, ok := in.last().(*uqpay.CardCreated)
		if !ok || !strings.Contains(in.types(), uqpay.EventCardCreateSucceeded) {
			t.Fatalf("%q: %s", form, in.types())
		}
		const typ = uqpay.EventCardCreateSucceeded
		name := map[uqpaytest.EventForm]string{
			uqpaytest.EventFormIssuing: `"event_name":"ISSUING","event_type":"` + typ, uqpaytest.EventFormType: `"event_name":"` + typ + `","event_type":"` + typ,
			uqpaytest.EventFormSwapped: `"event_name":"` + typ + `","event_type":"ISSUING"`,
		}[form]
		if raw := in.events[len(in.events)-1].Raw.Reveal(); !strings.Contains(raw, name) {
			t.Errorf("%q: %s", form, raw)
		}
		event.EventBase = uqpay.EventBase{}
		if want == nil {
			want = event
		}
		if diff := cmp.Diff(want, any(event)); diff != "" {
			t.Errorf("%q: %s", form, diff)
		}
	}
}

// An operation that has ended answers as a path that does not exist, which the client
// tells from a request that is wrong; its successor goes on.
func TestRetiredOperation(t *testing.T) {
	t.Parallel()
	for _, retired := range [][]string{nil, {"Cards.ManagePIN"}} {
		s := newPlatform(t, uqpaytest.Config{OldPINContract: true, Variants: uqpaytest.Variants{Retired: retired}})
		c := newClient(t, s)
		id := newCard(t, s, c, "10")
		var want error
		if retired != nil {
			want = issuing.ErrNotFound
		}
		pin := issuing.NewSecret("4938")
		wants(t, ignore(c.Cards.ManagePIN(t.Context(), uqpay.ManagePINRequest{CardID: id, Action: uqpay.PINActionSet, PIN: pin})), want)
		wants(t, ignore(c.Cards.SetPIN(t.Context(), uqpay.PINRequest{CardID: id, PIN: issuing.NewSecret("493815")})), nil)
	}
}

// Amounts are texts, numbers, or numbers in the simulator alone, as the pages of v1.6
// have them; the client reads the same of all.
func TestFormsOfAmounts(t *testing.T) {
	t.Parallel()
	for form, numbers := range map[uqpaytest.AmountForm][2]bool{ // in the simulator, elsewhere
		uqpaytest.AmountFormText: {}, uqpaytest.AmountFormNumber: {true, true}, uqpaytest.AmountFormPage: {true, false},
	} {
		s := newPlatform(t, uqpaytest.Config{Variants: uqpaytest.Variants{Amounts: form}})
		c, body := overheard(t, s)
		id := newCard(t, s, c, "20")
		check := func(where, member, value string, number bool) {
			t.Helper()
			if written := `"` + member + `":` + map[bool]string{false: `"`, true: ``}[number] + value; !strings.Contains(body(), written) {
				t.Errorf("%q, %s: %s in %s", form, where, written, body())
			}
		}
		tx, err := c.Simulator.Authorize(t.Context(), uqpay.AuthorizeRequest{CardID: id, Amount: "7.5", Currency: "USD", MerchantName: "M"})
		if err != nil || !tx.BillingAmount.Equal("7.5") {
			t.Errorf("%q: %+v, %v", form, tx, err)
		}
		check("simulator", "billing_amount", "7.5", numbers[0])
		card, err := c.Cards.Card(t.Context(), id)
		if err != nil || !card.AvailableBalance.Equal("12.5") {
			t.Errorf("%q: %+v, %v", form, card, err)
		}
		check("cards", "available_balance", "12.5", numbers[1])
	}
}

// A product with rules of regions refuses whom they leave out, as [uqpay.RegionRules] says.
func TestRegionsOfAProduct(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		country, nationality string
		want                 error
	}{
		"served": {"JP", "SG", nil}, "another residence": {"SG", "SG", issuing.ErrInvalid}, "a refused nationality": {"JP", "KP", issuing.ErrInvalid},
	} {
		s := newPlatform(t, uqpaytest.Config{})
		c := newClient(t, s)
		req := alex()
		req.Gender, req.DateOfBirth, req.Nationality = uqpay.GenderMale, issuing.NewDate(1990, time.March, 2), tt.nationality
		req.ResidentialAddress = &uqpay.Address{Line1: "1 Road", City: "C", Country: tt.country, PostalCode: "018956"}
		h, err := c.Cardholders.Create(t.Context(), req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s.Clock().Advance(2 * time.Second)
		for product, want := range map[string]error{uqpaytest.ProductRegional: tt.want, uqpaytest.ProductSingle: nil} {
			_, err = c.Cards.Apply(t.Context(), uqpay.ApplyRequest{Currency: "USD", ProductID: product, CardholderID: h.ID})
			if (err == nil) != (want == nil) {
				t.Errorf("%s, %s: %v", name, product, err)
			}
		}
	}
}
