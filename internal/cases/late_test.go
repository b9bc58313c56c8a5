package cases

import (
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// A callback that is repeated late with its first timestamp and signature. What
// WorldCard repeats for about 32 hours is taken for 48; UQPAY publishes no
// schedule, so its window is its own libraries' until the merchant widens it.
func TestLateCallbacks(t *testing.T) {
	t.Parallel()
	const minute, hour = time.Minute, time.Hour
	wide := func(cfg *uqpay.CallbackConfig) { cfg.Tolerance = 48 * hour }
	ageless := func(cfg *worldcard.CallbackConfig) { cfg.MaxAge = -1 }
	for _, tt := range []struct {
		age       time.Duration
		uqpay     error
		wide      error // uqpay with 48 hours
		worldcard error
	}{
		{0, nil, nil, nil},
		{4 * minute, nil, nil, nil},
		{6 * minute, webhook.ErrTimestamp, nil, nil},
		{hour, webhook.ErrTimestamp, nil, nil},
		{30 * hour, webhook.ErrTimestamp, nil, nil},
		{47 * hour, webhook.ErrTimestamp, nil, nil},
		{49 * hour, webhook.ErrTimestamp, webhook.ErrTimestamp, webhook.ErrTimestamp},
		{-4 * minute, nil, nil, nil},
		{-6 * minute, webhook.ErrTimestamp, nil, webhook.ErrTimestamp},
		{-49 * hour, webhook.ErrTimestamp, webhook.ErrTimestamp, webhook.ErrTimestamp},
	} {
		uq := uqpayPush(t, `{"event_type":"card.3ds.otp","event_id":"e","data":{"otp":"1"}}`, epoch.Add(-tt.age))
		wc := worldCardPush(t, `{"card_id":"1","otp":"1"}`, epoch.Add(-tt.age))
		for _, row := range []struct {
			name string
			src  *webhook.Source
			push push
			want error
		}{
			{"uqpay", uqpaySource(t, epoch, nil), uq, tt.uqpay},
			{"uqpay with a wide window", uqpaySource(t, epoch, wide), uq, tt.wide},
			{"worldcard", worldCardSource(t, epoch, nil).ForType("card_3ds"), wc, tt.worldcard},
			{"worldcard of any age", worldCardSource(t, epoch, ageless).ForType("card_3ds"), wc, ahead(tt.age)},
		} {
			hold(t, row.name+", "+tt.age.String(), "", func(*testing.T) error {
				_, err := row.src.Parse(row.push.header, row.push.body)
				return kind(err, row.want)
			})
		}
	}
}

// ahead is what is left of the window when any age is taken.
func ahead(age time.Duration) error {
	if age < -worldcard.DefaultCallbackMaxAhead {
		return webhook.ErrTimestamp
	}
	return nil
}
