package cases

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/unionpay"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// arrived checks that a callback was acknowledged and dispatched once, with the
// member that matters.
func arrived(answer int, events []*webhook.Event, has func(data any) bool) error {
	switch {
	case answer != http.StatusOK || len(events) != 1:
		return fmt.Errorf("status %d, dispatched %d times", answer, len(events))
	case !has(events[0].Data):
		return fmt.Errorf("what was readable is not in the %T", events[0].Data)
	}
	return nil
}

// One member of an unexpected shape does not lose a callback of WorldCard.
func TestOddMemberWorldCard(t *testing.T) {
	t.Parallel()
	otp := func(data any) bool {
		e, ok := data.(*worldcard.HolderChallenged)
		return ok && e.CardID == "1" && e.OTP.Reveal() == "123456" && e.Currency == "USD"
	}
	verdict := func(data any) bool {
		e, ok := data.(*worldcard.KYCReviewed)
		return ok && e.MerchantCardID == "m"
	}
	bill := func(data any) bool {
		e, ok := data.(*worldcard.CardBilled)
		return ok && e.TransactionID == "t" && e.CardID == "1"
	}
	for _, tt := range []struct {
		name, waits, typ, json string
		has                    func(any) bool
	}{
		{"one-time password", "", "card_3ds", `{"card_id":"1","otp":"123456","amount":"1.00","currency":"USD"}`, otp},
		{"amount N/A", "", "card_3ds", `{"card_id":"1","otp":"123456","amount":"N/A","currency":"USD"}`, otp},
		{"amount 1,234.50", "", "card_3ds", `{"card_id":"1","otp":"123456","amount":"1,234.50","currency":"USD"}`, otp},
		{"amount .50", "", "card_3ds", `{"card_id":"1","otp":"123456","amount":".50","currency":"USD"}`, otp},
		{"status as a word", "", "card_kyc", `{"merchant_card_id":"m","status":"approved","reviewed_at":"2026-01-01T00:00:00+08:00"}`, verdict},
		{"retry_allowed Y", "", "card_kyc", `{"merchant_card_id":"m","status":3,"retry_allowed":"Y"}`, verdict},
		{"card_type_id as a word", "", "card_billing", `{"transaction_id":"t","card_id":"1","card_type_id":"VIRTUAL-R","transaction_type":"authorization"}`, bill},
	} {
		hold(t, tt.typ+", "+tt.name, tt.waits, func(t *testing.T) error {
			var events []*webhook.Event
			w := serve(collect(worldCardSource(t, epoch, nil).ForType(tt.typ), &events), worldCardPush(t, tt.json, epoch))
			return arrived(w.Code, events, tt.has)
		})
	}
}

// The same for UQPAY.
func TestOddMemberUQPAY(t *testing.T) {
	t.Parallel()
	otp := func(data any) bool {
		e, ok := data.(*uqpay.HolderChallenged)
		return ok && e.CardID == "c" && e.OTP.Reveal() == "123456"
	}
	created := func(data any) bool {
		e, ok := data.(*uqpay.CardCreated)
		return ok && e.CardID == "c"
	}
	for _, tt := range []struct {
		name, waits, typ, members string
		has                       func(any) bool
	}{
		{"one-time password", "", "card.3ds.otp", `"otp":"123456","transaction_amount":"1.00"`, otp},
		{"amount .50", "", "card.3ds.otp", `"otp":"123456","transaction_amount":".50"`, otp},
		{"amount N/A", "", "card.3ds.otp", `"otp":"123456","transaction_amount":"N/A"`, otp},
		{"metadata is a word", "", "card.create.succeeded", `"metadata":"none"`, created},
		{"risk_control is an array", "", "card.create.succeeded", `"risk_control":[{"x":1}]`, created},
		{"spending_limits is one object", "", "card.create.succeeded", `"spending_limits":{"amount":"1","interval":"PER_DAY"}`, created},
	} {
		hold(t, tt.typ+", "+tt.name, tt.waits, func(t *testing.T) error {
			var events []*webhook.Event
			json := `{"event_type":"` + tt.typ + `","event_id":"e1","data":{"card_id":"c",` + tt.members + `}}`
			w := serve(collect(uqpaySource(t, epoch, nil), &events), uqpayPush(t, json, epoch))
			return arrived(w.Code, events, tt.has)
		})
	}
}

// The same for WorldCard's previous API.
func TestOddMemberLegacy(t *testing.T) {
	t.Parallel()
	otp := func(data any) bool {
		e, ok := data.(*legacy.VirtualLChallenged)
		return ok && e.OTP.Reveal() == "123456"
	}
	deposit := func(data any) bool {
		e, ok := data.(*legacy.CardDeposited)
		return ok && e.OrderNo == "1"
	}
	for _, tt := range []struct {
		name, waits, typ, members string
		texts                     map[string]string
		has                       func(any) bool
	}{
		{
			"one-time password", "", legacy.EventVirtualLChallenged, `"otp":"123456","cardNo":"4931**1091","transactionAmount":"1.00"`,
			map[string]string{"otp": "123456", "cardNo": "4931**1091", "transactionAmount": "1.00"}, otp,
		},
		{
			"amount .50", "", legacy.EventVirtualLChallenged, `"otp":"123456","cardNo":"4931**1091","transactionAmount":".50"`,
			map[string]string{"otp": "123456", "cardNo": "4931**1091", "transactionAmount": ".50"}, otp,
		},
		{
			"status as a word", "", legacy.EventCardDeposited, `"orderNo":"1","status":"success"`,
			map[string]string{"orderNo": "1", "status": "success"}, deposit,
		},
	} {
		hold(t, tt.typ+", "+tt.name, tt.waits, func(t *testing.T) error {
			var events []*webhook.Event
			w := serve(collect(legacySource(t).ForType(tt.typ), &events), legacyPush(tt.members, tt.texts))
			return arrived(w.Code, events, tt.has)
		})
	}
}

// The same for UnionPay's messages, whose answers have status 200 whatever they
// say.
func TestOddMemberUnionPay(t *testing.T) {
	t.Parallel()
	const token = "6299990000000000004"
	const unread unionpay.TokenState = "" // what cannot be read is unset, and no reason to refuse the rest
	for _, tt := range []struct {
		name, waits, trxInfo string
		state                unionpay.TokenState
	}{
		{"token as text", "", `{"token":"` + token + `","tokenState":"SUSPENDED"}`, "SUSPENDED"},
		{"token as a number, identity N/A", "", `{"token":` + token + `,"tokenState":"SUSPENDED","encryptedConsumerIdentity":"N/A"}`, "SUSPENDED"},
		{"card id an array", "", `{"token":"` + token + `","tokenState":"SUSPENDED","srcDigitalCardId":[1]}`, "SUSPENDED"},
		{"state an object", "", `{"token":"` + token + `","tokenState":{"a":1},"srcDigitalCardId":[1]}`, unread},
	} {
		hold(t, tt.name, tt.waits, func(t *testing.T) error {
			var events []*webhook.Event
			h := unionPayHandler(t, epoch, func(event *webhook.Event) { events = append(events, event) })
			w := serve(h, unionPayPush(t, "TOKEN_STATE_NOTIFICATION", tt.trxInfo))
			approved := strings.Contains(w.Body.String(), `"responseCode":"`+string(unionpay.CodeApproved)+`"`)
			return errors.Join(is("acknowledged", approved, true), arrived(w.Code, events, func(data any) bool {
				e, ok := data.(*unionpay.TokenStateChanged)
				return ok && e.Token.Reveal() == token && e.State == tt.state
			}))
		})
	}
}
