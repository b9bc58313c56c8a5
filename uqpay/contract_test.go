package uqpay_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/conform"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/uqpay/uqpaytest"
)

const (
	cardText = `{"card_id":"c","card_bin":"40963608","card_scheme":"VISA","card_number":"************5668","form_factor":"VIRTUAL",
		"mode_type":"SINGLE","card_limit":"100","available_balance":"12.50","card_status":"ACTIVE","no_pin_payment_amount":"200USD",
		"card_currency":"USD","name_on_card":"A","expiry_at":"2027-01-01T00:00:00Z","metadata":{"a":"b"}}`
	holderText = `{"cardholder_id":"h","email":"a@b.co","first_name":"A","last_name":"B","country_code":"SG","phone_number":"91234567",
		"date_of_birth":"1990-02-03","gender":"MALE","nationality":"SG","cardholder_status":"SUCCESS","create_time":"2026-01-01T00:00:00Z"}`
	txText = `{"transaction_id":"t","card_id":"c","card_number":"************5668","cardholder_id":"h","transaction_type":"AUTHORIZATION",
		"transaction_status":"APPROVED","billing_amount":"1.5","billing_currency":"USD","transaction_fee":"0","description":"d",
		"wallet_type":"APPLE","authorization_code":"A","transaction_time":"2026-01-01T00:00:00Z","posted_time":"2026-01-01T00:00:00Z"}`
)

// A scalar that is missing, null or "" is the same to a typed reader.
func TestThreeWaysToSayNothing(t *testing.T) {
	t.Parallel()
	body := ""
	c := stubClient(t, stubbed(&body))
	for name, tt := range map[string]struct {
		text string
		read func() (any, error)
	}{
		"card":        {cardText, func() (any, error) { return c.Cards.Card(t.Context(), "c") }},
		"cardholder":  {holderText, func() (any, error) { return c.Cardholders.Cardholder(t.Context(), "h") }},
		"transaction": {txText, func() (any, error) { return c.Transactions.Transaction(t.Context(), "t") }},
		"event": {cardText, func() (any, error) {
			e, err := uqpay.DecodeEvent([]byte(`{"event_name":"ISSUING","event_type":"card.create.succeeded","event_id":"e","data":` + body + `}`))
			return e.Data, err
		}},
	} {
		var members map[string]json.RawMessage
		if err := json.Unmarshal([]byte(tt.text), &members); err != nil {
			t.Fatal(err)
		}
		for member := range members {
			if member == "card_id" || member == "transaction_id" || member == "cardholder_id" {
				continue // the main fields
			}
			var got []any
			for _, value := range []string{"", "null", `""`} {
				body = conform.Set(t, tt.text, member, value)
				read, err := tt.read()
				if err != nil {
					t.Fatalf("%s, %s is %s: %v", name, member, value, err)
				}
				got = append(got, read)
			}
			if diff := cmp.Diff(got[0], got[1], cmpopts.EquateEmpty()) + cmp.Diff(got[0], got[2], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s, %s: %s", name, member, diff)
			}
		}
	}
}

// What the fixtures of the newer contract hold beyond the pages decodes without loss.
func TestAnswersOfTheNewerContract(t *testing.T) {
	t.Parallel()
	body := ""
	c := stubClient(t, stubbed(&body))
	const long issuing.Amount = "-12345678901234567890.12345678"
	body = conform.Set(t, cardText, "available_balance", `"`+string(long)+`"`)
	if card, err := c.Cards.Card(t.Context(), "c"); err != nil || card.AvailableBalance != long {
		t.Errorf("a long amount: %+v, %v", card, err)
	}
	for text, want := range map[string]time.Time{
		"2026-12-31T00:00:00Z": time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), "2026-12-31": time.Date(2026, 12, 30, 16, 0, 0, 0, time.UTC),
	} {
		body = conform.Set(t, cardText, "expiry_at", `"`+text+`"`)
		if card, err := c.Cards.Card(t.Context(), "c"); err != nil || !card.ExpiryAt.Equal(want) {
			t.Errorf("an end of %s: %+v, %v", text, card, err)
		}
	}
	body = conform.Set(t, cardText, "cardholder", `{}`)
	if card, err := c.Cards.Card(t.Context(), "c"); err != nil || card.Cardholder.ID != "" {
		t.Errorf("no cardholder: %+v, %v", card, err)
	}
	body = `{"card_order_id":"o","order_status":"PROCESSING"}`
	if order, err := c.Cards.Update(t.Context(), "c", uqpay.UpdateCardRequest{NameOnCard: "A"}); err != nil || order.ID != "o" || order.Status.Terminal() {
		t.Errorf("an order without its card: %+v, %v", order, err)
	}
	body = `{"card_order_id":"o","card_id":"c","order_type":"CARD_CREATE","order_status":"FAILED","failure_code":"pin_operation_failed"}`
	if order, err := c.Orders.Order(t.Context(), "o"); err != nil || !order.Type.IsCreation() || order.FailureCode != "pin_operation_failed" {
		t.Errorf("a creation in the older spelling: %+v, %v", order, err)
	}
	body = conform.Set(t, body, "order_type", `"CREATE_CARD"`)
	if order, err := c.Orders.Order(t.Context(), "o"); err != nil || !order.Type.IsCreation() {
		t.Errorf("a creation: %+v, %v", order, err)
	}
	body = `{"total_pages":1,"total_items":1,"data":[{"product_id":"p","max_card_quota":0,"no_pin_payment_amount":[{"amount":"200.00","currency":"USD"}]}]}`
	if page, err := c.Products.List(t.Context(), uqpay.Paging{}); err != nil || page.List[0].Mode != "" ||
		!page.List[0].NoPINPaymentAmount[0].Amount.Equal("200") {
		t.Errorf("a product: %+v, %v", page, err)
	}
	body = `{"transaction_id":"t"}`
	if tx, err := c.Transactions.Transaction(t.Context(), "t"); err != nil || tx.ID != "t" {
		t.Errorf("an id alone: %+v, %v", tx, err)
	}
	for text, want := range map[string]string{
		`"APPROVED","description":"1000 - Authorization Approval"`: "", `"APPROVED","description":"3DS Fee"`: "",
		`"DECLINED","description":"1107 - Invalid CVV2"`: "1107 - Invalid CVV2", `"DECLINED","failure_reason":"limit"`: "limit",
	} {
		body = `{"transaction_id":"t","transaction_status":` + text + `}`
		if tx, err := c.Transactions.Transaction(t.Context(), "t"); err != nil || tx.Reason() != want {
			t.Errorf("%s: %q, %v", text, tx.Reason(), err)
		}
	}
	for text, want := range map[uqpay.TransactionType]uqpay.TransactionType{
		"CHARGEBACK DEBIT": uqpay.TransactionTypeChargebackDebit, "CHARGEBACK_CREDIT": uqpay.TransactionTypeChargebackCredit,
		"SETTLEMENT REVERSAL": uqpay.TransactionTypeSettlementReversal, "FUND COLLECTION": uqpay.TransactionTypeFundCollection,
		"ATM DEPOSIT": uqpay.TransactionTypeATMDeposit,
	} {
		if text.Normal() != want || !text.Known() {
			t.Errorf("%s: %s", text, text.Normal())
		}
	}
}

// An event of a name that only an older contract has reaches the merchant as it came, and
// so do the names of rules that only the libraries know.
func TestEventsOfOtherContracts(t *testing.T) {
	t.Parallel()
	e, err := uqpay.DecodeEvent([]byte(`{"version":"V1.5.2","event_name":"issuing.transaction.declined","event_type":"ISSUING","event_id":"e",
		"data":{"card_order_id":"o","card_number":"************1234"}}`))
	if err != nil || e.Type != "issuing.transaction.declined" || e.Data != nil || !strings.Contains(e.Raw.Reveal(), `"card_order_id":"o"`) {
		t.Errorf("%+v, %v", e, err)
	}
	e, err = uqpay.DecodeEvent([]byte(`{"event_name":"ISSUING","event_type":"card.create.succeeded","event_id":"e",
		"data":{"card_id":"c","risk_control":{"allow_atm_transactions":"Y"}}}`))
	if err != nil || !strings.Contains(e.Raw.Reveal(), `"allow_atm_transactions":"Y"`) {
		t.Errorf("%+v, %v", e, err)
	}
	for _, fee := range []string{`1.5`, `"1.5"`} {
		f := decodedData[uqpay.ProtectionFeeCharged](t, uqpay.EventProtectionMaintenanceFee, `{"account_id":"a","transaction_amount":`+fee+`}`)
		if !f.TransactionAmount.Equal("1.5") {
			t.Errorf("%s: %+v", fee, f)
		}
	}
}

// The limits of a proof's reference and of an age, on all three ways in.
func TestLimitsOfPersons(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{Limits: &uqpaytest.Limits{}})
	c := newClient(t, s)
	holder := newHolder(t, c)
	today := issuing.DateOf(s.Clock().Now().In(time.FixedZone("UTC+8", 8*60*60)))
	year, month, day, _ := today.Parts()
	n := 0
	ways := map[string]func(uqpay.Person) error{
		"create": func(p uqpay.Person) error {
			n++
			req := alex()
			req.Email, req.PhoneNumber = issuing.Personal(fmt.Sprintf("n%d@example.com", n)), issuing.Personal(fmt.Sprintf("8%07d", n))
			req.Person = p
			return ignore(c.Cardholders.Create(t.Context(), req))
		},
		"update": func(p uqpay.Person) error {
			return ignore(c.Cardholders.Update(t.Context(), holder, uqpay.UpdateCardholderRequest{Person: p}))
		},
		"completion": func(p uqpay.Person) error {
			fields := &uqpay.CardholderFields{Email: "alex.chen@example.com", FirstName: "Alex", LastName: "Chen", CountryCode: "SG", Person: p}
			return ignore(c.Cards.Apply(t.Context(), uqpay.ApplyRequest{
				Currency: "USD", ProductID: uqpaytest.ProductShare, CardholderID: holder, CardholderFields: fields,
			}))
		},
	}
	for name, way := range ways {
		for age, ok := range map[int]bool{17: false, 18: true, 79: true, 80: false} {
			if err := way(uqpay.Person{DateOfBirth: issuing.NewDate(year-age, month, day)}); (err == nil) != ok {
				t.Errorf("%s, %d years: %v", name, age, err)
			}
		}
		for length, ok := range map[int]bool{9: false, 10: true, 64: true, 65: false} {
			n++
			reference := fmt.Sprintf("%0*d", length, n)
			proof := &uqpay.KYCProof{Provider: uqpay.KYCProviderJumio, ReferenceID: reference}
			err := way(uqpay.Person{KYCVerification: &uqpay.KYCVerification{Method: uqpay.KYCMethodThirdParty, Proof: proof}})
			if (err == nil) != ok {
				t.Errorf("%s, %d characters: %v", name, length, err)
			}
		}
	}
}

// A card past its end takes no PIN, and neither does one whose PIN is being set.
func TestPINsOfUnusableCards(t *testing.T) {
	t.Parallel()
	s := newPlatform(t, uqpaytest.Config{})
	c := newClient(t, s)
	pin := func(id string) error {
		return ignore(c.Cards.SetPIN(t.Context(), uqpay.PINRequest{CardID: id, PIN: issuing.NewSecret("493815")}))
	}
	order, err := c.Cards.Apply(t.Context(), uqpay.ApplyRequest{
		Currency: "USD", ProductID: uqpaytest.ProductShare, CardholderID: newHolder(t, c), ExpiryAt: s.Clock().Now().Add(time.Hour),
	})
	wants(t, err, nil)
	s.Clock().Advance(time.Second)
	wants(t, pin(order.CardID), nil)
	if err := pin(order.CardID); err == nil || !strings.Contains(err.Error(), "under way") {
		t.Errorf("two at once: %v", err)
	}
	s.Clock().Advance(time.Hour)
	if err := pin(order.CardID); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("past its end: %v", err)
	}
}
