package uqpay_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// What UQPAY's libraries know and its pages do not: other names of members, and
// members that only some contracts have.

// decodedData is the data of an event of a type, decoded.
func decodedData[T any](t *testing.T, typ, data string) *T {
	t.Helper()
	e, err := uqpay.DecodeEvent([]byte(`{"event_name":"ISSUING","event_type":"` + typ + `","event_id":"e","data":` + data + `}`))
	if err != nil {
		t.Fatal(err)
	}
	out, ok := e.Data.(*T)
	if !ok {
		t.Fatalf("%s is a %T", typ, e.Data)
	}
	return out
}

func TestCardEventsInBothSpellings(t *testing.T) {
	t.Parallel()
	want := []uqpay.SpendingControl{{Amount: "50", Interval: uqpay.IntervalPerTransaction}}
	for _, balance := range []string{"available_balance", "card_available_balance"} {
		for _, limits := range []string{"spending_controls", "spending_limits"} {
			data := `{"` + balance + `":"12.5","` + limits + `":[{"amount":"50","interval":"PER_TRANSACTION"}],
				"cardholder":{"cardholder_id":"h","cardholder_status":"FAILED","reason":"document unreadable"},
				"card_order_id":"o","order_status":"success","card_currency":"USD","card_limit":"100"}`
			created := decodedData[uqpay.CardCreated](t, uqpay.EventCardCreateSucceeded, data)
			updated := decodedData[uqpay.CardUpdated](t, uqpay.EventCardUpdateSucceeded, data)
			if created.AvailableBalance != "12.5" || updated.AvailableBalance != "12.5" ||
				cmp.Diff(want, created.SpendingControls)+cmp.Diff(want, updated.SpendingControls) != "" {
				t.Errorf("%s, %s: %+v, %+v", balance, limits, created, updated)
			}
			if created.OrderID != "o" || created.OrderStatus.Normal() != uqpay.OrderStatusSuccess || created.Currency != "USD" || created.Limit != "100" {
				t.Errorf("order %+v", created)
			}
			if created.Cardholder.Reason != "document unreadable" || updated.Cardholder.Reason != "document unreadable" {
				t.Errorf("cardholder %+v, %+v", created.Cardholder, updated.Cardholder)
			}
		}
	}
}

func TestFurtherMembersOfEvents(t *testing.T) {
	t.Parallel()
	moved := decodedData[uqpay.CardWithdrawn](t, uqpay.EventCardWithdrawSucceeded,
		`{"card_id":"c","card_order_id":"o","order_type":"CARD_WITHDRAW","create_time":"2026-04-01T00:00:00Z","amount":"5"}`)
	if moved.OrderID != "o" || moved.OrderType != uqpay.OrderTypeCardWithdraw || moved.CreateTime.IsZero() {
		t.Errorf("%+v", moved)
	}
	asked := decodedData[uqpay.HolderChallenged](t, uqpay.EventHolderChallenged,
		`{"otp":"13572468","otp_type":"3DS","transaction_id":"t","cardholder_id":"h","card_number":"1234********3381"}`)
	if asked.OTPType != "3DS" || asked.TransactionID != "t" || asked.CardholderID != "h" || asked.Number.Last4() != "3381" ||
		asked.OTP.Reveal() != "13572468" {
		t.Errorf("%+v", asked)
	}
	changed := decodedData[uqpay.CardholderKYCChanged](t, uqpay.EventCardholderKYCChanged, `{"cardholder_id":"h","reason":"expired document"}`)
	if changed.Reason != "expired document" {
		t.Errorf("%+v", changed)
	}
}

// An event whose name is its type, one of the older envelope, and one of another product
// line with times of nine decimals reach the merchant.
func TestEnvelopesOfEvents(t *testing.T) {
	t.Parallel()
	const typ = uqpay.EventCardholderKYCChanged
	for name, envelope := range map[string]string{
		"newer":        `"event_name":"ISSUING","event_type":"` + typ + `"`,
		"name is type": `"event_name":"` + typ + `","event_type":"` + typ + `"`,
		"older":        `"version":"V1.5.2","event_name":"` + typ + `","event_type":"ISSUING"`,
	} {
		e, err := uqpay.DecodeEvent([]byte(`{` + envelope + `,"event_id":"e","data":{"cardholder_id":"h"}}`))
		if err != nil || e.Type != typ {
			t.Errorf("%s: %q, %v", name, e.Type, err)
		}
		if data, ok := e.Data.(*uqpay.CardholderKYCChanged); !ok || data.CardholderID != "h" {
			t.Errorf("%s: %+v", name, e.Data)
		}
	}
	e, err := uqpay.DecodeEvent([]byte(`{"event_name":"RFI","event_type":"rfi.action_required","event_id":"e",
		"data":{"rfi_id":"ACTREQ-1","create_time":"2026-04-12T15:27:39.563123456+08:00"}}`))
	if err != nil || e.Data != nil || !strings.Contains(e.Raw.Reveal(), "ACTREQ-1") {
		t.Errorf("%+v, %v", e, err)
	}
}

// One card with odd metadata does not cost the page that it stands on.
func TestOddMetadataCostsItselfAlone(t *testing.T) {
	t.Parallel()
	metadata := map[string]map[string]string{
		`"not json"`: nil, `"{\"a\":"`: nil, `[1]`: nil, `""`: nil, `"{}"`: {}, `null`: nil, `true`: nil,
		`"{\"a\":\"b\"}"`: {"a": "b"}, `{"a":"b"}`: {"a": "b"}, `{"":""}`: {"": ""},
	}
	for text, want := range metadata {
		c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if isMint(r) {
				return answerTo(r, 200, tokenBody), nil
			}
			card := `{"card_id":"c1","metadata":` + text + `,"available_balance":"5"}`
			if r.URL.Path == "/api/v1/issuing/cards" {
				return answerTo(r, 200, `{"total_pages":1,"total_items":2,"data":[`+card+`,{"card_id":"c2"}]}`), nil
			}
			return answerTo(r, 200, card), nil
		}))
		page, err := c.Cards.List(t.Context(), uqpay.CardsRequest{})
		if err != nil || len(page.List) != 2 || page.List[0].AvailableBalance != "5" || cmp.Diff(want, page.List[0].Metadata) != "" {
			t.Errorf("list with %s: %+v, %v", text, page, err)
		}
		card, err := c.Cards.Card(t.Context(), "c1")
		if err != nil || cmp.Diff(want, card.Metadata) != "" {
			t.Errorf("card with %s: %+v, %v", text, card, err)
		}
	}
}

// Both names of what a product requires are read, in products and in refusals.
func TestRequiredFieldsInBothSpellings(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"", "field_"} {
		field := `{"` + prefix + `name":"residential_address","` + prefix + `type":"object","required":true,
			"fields":[{"` + prefix + `name":"city","` + prefix + `type":"string"}]}`
		c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			switch {
			case isMint(r):
				return answerTo(r, 200, tokenBody), nil
			case r.Method == http.MethodGet:
				return answerTo(r, 200, `{"total_pages":1,"total_items":1,"data":[{"product_id":"p","required_fields":[`+field+`]}]}`), nil
			}
			return answerTo(r, 400, `{"type":"cardholder_error","code":"kyc_insufficient","message":"m","missing_fields":[`+field+`]}`), nil
		}))
		want := []uqpay.RequiredField{{
			Name: "residential_address", Type: "object", Required: true, Fields: []uqpay.RequiredField{{Name: "city", Type: "string"}},
		}}
		page, err := c.Products.List(t.Context(), uqpay.Paging{})
		if err != nil || cmp.Diff(want, page.List[0].RequiredFields) != "" {
			t.Errorf("%q: %+v, %v", prefix, page, err)
		}
		_, err = c.Cards.Freeze(t.Context(), "c")
		var problem *uqpay.Problem
		if !errors.As(err, &problem) || cmp.Diff(want, problem.MissingFields) != "" {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

// The account center's own error body, and what its details hold beyond the page.
func TestAccountDetails(t *testing.T) {
	t.Parallel()
	status, body := 200, `{"account_id":"a","verification_status":"REJECTED","review_reason":"address","business_details":{"size":1},
		"registration_address":{"city":"Singapore"},"business_address":[{"city":"S"}],"representatives":[{"roles":["DIRECTOR"],"first_name":"Ada"}],
		"person_details":{"first_name":"Ada"},"residential_address":{"country":"SG"}}`
	c := stubClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		if isMint(r) {
			return answerTo(r, 200, tokenBody), nil
		}
		return answerTo(r, status, body), nil
	}))
	a, err := c.Accounts.Account(t.Context(), "a", uqpay.BusinessCodeIssuing)
	if err != nil || a.ReviewReason != "address" || !a.VerificationStatus.Known() || a.VerificationStatus.Normal() != uqpay.VerificationStatusReject {
		t.Errorf("%+v, %v", a, err)
	}
	for got, want := range map[issuing.Personal]string{
		a.RegistrationAddress: `{"city":"Singapore"}`, a.BusinessAddress: `[{"city":"S"}]`, a.Person: `{"first_name":"Ada"}`,
		a.Representatives: `[{"roles":["DIRECTOR"],"first_name":"Ada"}]`, a.ResidentialAddress: `{"country":"SG"}`,
	} {
		if string(got) != want {
			t.Errorf("%s, want %s", string(got), want)
		}
	}
	for _, tt := range []struct {
		status  int
		message string
		kind    error
	}{
		{400, "account not found", issuing.ErrNotFound}, {400, "account does not exist", issuing.ErrNotFound},
		{400, "business_code is invalid", issuing.ErrInvalid}, {404, "page not found", issuing.ErrNotFound},
		{405, "method not allowed", issuing.ErrInvalid}, {500, "idempotency store unavailable", issuing.ErrUnavailable},
		{403, "x-client-id or email cannot be empty", issuing.ErrUnauthorized},
	} {
		status, body = tt.status, `{"code":`+"400"+`,"message":"`+tt.message+`"}`
		if _, err := c.Accounts.Account(t.Context(), "a", ""); !errors.Is(err, tt.kind) {
			t.Errorf("%d %s: %v", tt.status, tt.message, err)
		}
	}
}
