package cases

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

func virtualCard(t *testing.T, data string) (*worldcard.Card, error) {
	t.Helper()
	c := worldCard(t, says(`{"code":0,"data":{"card_id":"1",`+data+`}}`), issuing.WithMaxAttempts(1))
	return c.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
}

// Shapes of numbers that break generated clients.
func TestNumberShapes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`""`, `null`} {
		hold(t, "amount "+text+" is unset", "", func(t *testing.T) error {
			card, err := virtualCard(t, `"available_balance":`+text)
			if err != nil {
				return err
			}
			return is("unset", card.AvailableBalance.IsZero(), true)
		})
	}
	for name, text := range map[string]string{
		"large exponent as text": `"1e1000000"`, "large exponent": `1e1000000`, "small exponent": `"1e-1000000"`,
		"a million digits": `"` + strings.Repeat("9", 1<<20) + `"`,
	} {
		hold(t, name+" is refused at once", "", func(t *testing.T) error {
			begun := time.Now()
			_, err := virtualCard(t, `"available_balance":`+text)
			return errors.Join(kind(err, issuing.ErrBadResponse), is("slow", time.Since(begun) > time.Second, false))
		})
	}
	hold(t, "numbers as text and back, large numbers", "", func(t *testing.T) error {
		c := worldCard(t, says(`{"code":"0","data":{"card_id":12345678901234567890,"status":"2","card_number":4111111111111111,"novelty":{"a":[1]},"available_balance":12345678901234567.89}}`), issuing.WithMaxAttempts(1))
		card, err := c.Virtual.Card(t.Context(), worldcard.ByCardID("12345678901234567890"))
		if err != nil {
			return err
		}
		return errors.Join(is("id", card.ID, "12345678901234567890"), is("status", card.Status, 2),
			is("number", card.CardNumber.Last4(), "1111"), is("balance", card.AvailableBalance.String(), "12345678901234567.89"))
	})
}

// Empty values of other languages in each other's place, and new words.
func TestEmptyShapes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`""`, `[]`, `null`, `{}`, `"{\"country\":\"SG\"}"`} {
		hold(t, "object as "+text+", unknown status kept", "", func(t *testing.T) error {
			c := uqpayClient(t, says(`{"cardholder_id":"1","residential_address":`+text+`,"cardholder_status":"SOMETHING_NEW"}`), issuing.WithMaxAttempts(1))
			holder, err := c.Cardholders.Cardholder(t.Context(), "1")
			if err != nil {
				return err
			}
			return errors.Join(is("status", holder.Status, "SOMETHING_NEW"), is("known", holder.Status.Known(), false))
		})
	}
	for _, tt := range []struct {
		data string
		want error
	}{
		{`[]`, nil},
		{`null`, nil},
		{`{}`, nil},
		{`""`, nil},
		// What holds records is never told as an empty list.
		{`{"cardholder_id":"1"}`, issuing.ErrBadResponse},
		{`{"0":{"cardholder_id":"1"}}`, issuing.ErrBadResponse},
	} {
		hold(t, "list as "+tt.data, "", func(t *testing.T) error {
			c := uqpayClient(t, says(`{"total_items":0,"total_pages":0,"data":`+tt.data+`}`), issuing.WithMaxAttempts(1))
			page, err := c.Cardholders.List(t.Context(), uqpay.CardholdersRequest{})
			if err == nil && len(page.List) != 0 {
				return errors.New("the list is not empty")
			}
			return kind(err, tt.want)
		})
	}
}

// A success without a body tells a read nothing, and leaves a write open.
func TestEmptyBody(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		c := worldCard(t, platform(func(*http.Request, []byte) (int, string) { return status, "" }), issuing.WithMaxAttempts(1))
		hold(t, http.StatusText(status), "", func(t *testing.T) error {
			_, read := c.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
			var out map[string]any
			write := c.Do(t.Context(), "/x", map[string]any{}, &out)
			return errors.Join(kind(read, issuing.ErrBadResponse), kind(write, issuing.ErrOutcomeUnknown))
		})
	}
}

// A byte order mark before JSON is no part of it, wherever JSON comes from outside.
// Signatures are over the bytes as they came.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	const bom = "\ufeff"
	hold(t, "worldcard answer", "", func(t *testing.T) error {
		card, err := worldCard(t, says(bom+`{"code":0,"data":{"card_id":"1"}}`)).Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		return errors.Join(err, is("id", card.ID, "1"))
	})
	hold(t, "worldcard encrypted answer", "", func(t *testing.T) error {
		sealed, err := aesKey().Seal([]byte(bom + `{"card_id":"1"}`))
		if err != nil {
			return err
		}
		card, err := worldCard(t, says(`{"code":0,"data":"`+sealed+`"}`)).Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		return errors.Join(err, is("id", card.ID, "1"))
	})
	hold(t, "uqpay answer", "", func(t *testing.T) error {
		holder, err := uqpayClient(t, says(bom+`{"cardholder_id":"1"}`)).Cardholders.Cardholder(t.Context(), "1")
		return errors.Join(err, is("id", holder.ID, "1"))
	})
	hold(t, "uqpay refusal", "", func(t *testing.T) error {
		c := uqpayClient(t, platform(func(*http.Request, []byte) (int, string) {
			return http.StatusBadRequest, bom + `{"type":"card_error","code":"card_not_found","message":"no card"}`
		}), issuing.WithMaxAttempts(1))
		_, err := c.Cardholders.Cardholder(t.Context(), "1")
		return kind(err, issuing.ErrNotFound)
	})
	hold(t, "legacy answer", "", func(t *testing.T) error {
		c := legacyClient(t, says(bom+`{"code":200,"success":true,"data":{"balance":"12.50"}}`), issuing.WithMaxAttempts(1))
		var out map[string]any
		err := c.Do(t.Context(), "/x", map[string]any{}, &out)
		return errors.Join(err, is("balance", out["balance"], any("12.50")))
	})
	anything := func(any) bool { return true }
	for name, has := range map[string]struct {
		src  func(t *testing.T) *webhook.Source
		push func(t *testing.T) push
	}{
		"worldcard callback": {
			func(t *testing.T) *webhook.Source { return worldCardSource(t, epoch, nil).ForType("card_3ds") },
			func(t *testing.T) push { return worldCardPush(t, bom+`{"card_id":"1","otp":"123456"}`, epoch) },
		},
		"uqpay callback": {
			func(t *testing.T) *webhook.Source { return uqpaySource(t, epoch, nil) },
			func(t *testing.T) push {
				return uqpayPush(t, bom+`{"event_type":"card.3ds.otp","event_id":"e1","data":{"card_id":"c","otp":"1"}}`, epoch)
			},
		},
		"legacy callback": {
			func(t *testing.T) *webhook.Source { return legacySource(t).ForType(legacy.EventCardDeposited) },
			func(t *testing.T) push {
				p := legacyPush(`"orderNo":"1"`, map[string]string{"orderNo": "1"})
				p.body = append([]byte(bom), p.body...)
				return p
			},
		},
	} {
		hold(t, name, "", func(t *testing.T) error {
			var events []*webhook.Event
			w := serve(collect(has.src(t), &events), has.push(t))
			return arrived(w.Code, events, anything)
		})
	}
	hold(t, "unionpay callback", "", func(t *testing.T) error {
		var events []*webhook.Event
		h := unionPayHandler(t, epoch, func(event *webhook.Event) { events = append(events, event) })
		w := serve(h, unionPayPushOf(t, bom, "TOKEN_STATE_NOTIFICATION", `{"token":"6299990000000000004","tokenState":"SUSPENDED"}`))
		return arrived(w.Code, events, anything)
	})
}

// An id is never the raw JSON of an object or array: it is an error, and without
// content it is missing. What is said to people stays readable.
func TestTextsAreNoJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"a":1}`, `[1]`, `["1"]`, `{}`, `[]`} {
		hold(t, "id "+text, "", func(t *testing.T) error {
			c := worldCard(t, says(`{"code":0,"data":{"card_id":`+text+`}}`), issuing.WithMaxAttempts(1))
			_, err := c.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
			return kind(err, issuing.ErrBadResponse)
		})
		hold(t, "id of a write "+text, "", func(t *testing.T) error {
			c := uqpayClient(t, says(`{"cardholder_id":`+text+`,"cardholder_status":"SUCCESS"}`), issuing.WithMaxAttempts(1))
			_, err := c.Cardholders.Create(t.Context(), uqpay.CreateCardholderRequest{
				Email: "a@example.com", FirstName: "A", LastName: "B", CountryCode: "SG", PhoneNumber: "91234567",
			})
			return kind(err, issuing.ErrOutcomeUnknown)
		})
	}
	for _, text := range []string{`{}`, `[]`, `null`, `""`} {
		hold(t, "name and number "+text, "", func(t *testing.T) error {
			card, err := virtualCard(t, `"first_name":`+text+`,"card_number":`+text+`,"currency":`+text)
			if err != nil {
				return err
			}
			return errors.Join(is("name", card.FirstName, ""), is("number", card.CardNumber.IsZero(), true), is("currency", card.Currency, ""))
		})
	}
	for _, member := range []string{"first_name", "card_number", "currency", "card_type"} {
		hold(t, member+" as an object", "", func(t *testing.T) error {
			_, err := virtualCard(t, `"`+member+`":{"a":1}`)
			return kind(err, issuing.ErrBadResponse)
		})
	}
	hold(t, "a message is kept", "", func(t *testing.T) error {
		c := worldCard(t, says(`{"code":10001,"message":{"en":"no card"}}`), issuing.WithMaxAttempts(1))
		_, err := c.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
		var e *issuing.Error
		if !errors.As(err, &e) {
			return errors.New("no error")
		}
		return is("message", e.Message, `{"en":"no card"}`)
	})
}

// A birthday is one day in every form in which programs write it: as a date, as an
// instant in UTC or in the platform's time (UTC+8), and as a Unix time.
func TestBirthdays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ form, want string }{
		{`"1990-01-15"`, "1990-01-15"},
		{`"1990-01-15T00:00:00Z"`, "1990-01-15"},
		{`632361600000`, "1990-01-15"},
		{`"1990-01-15T00:00:00+08:00"`, "1990-01-15"},
		{`"1990-01-14T16:00:00Z"`, "1990-01-15"},
		{`632332800`, "1990-01-15"},
		{`"1990-01-15 00:00:00"`, "1990-01-15"},
		{`"1958-04-24T16:00:00Z"`, "1958-04-25"},
		{`-368870400000`, "1958-04-25"},
		{`"15/01/1990"`, ""},
	} {
		hold(t, tt.form, "", func(t *testing.T) error {
			card, err := virtualCard(t, `"birthday":`+tt.form)
			if err != nil {
				return err
			}
			return is("birthday", card.Birthday.String(), tt.want)
		})
	}
}
