package cases

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
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
