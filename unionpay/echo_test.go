package unionpay_test

import (
	"context"
	"errors"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// TestAnswersOfOtherCalls: an answer about another token or device is not taken for the
// call's own, also where no msgInfo tells. A write that was answered so is open.
func TestAnswersOfOtherCalls(t *testing.T) {
	t.Parallel()
	const one, two = "6299990000000000004", "6299990000000000012"
	request := func(ctx context.Context, c *unionpay.Client) error {
		_, err := c.Tokens.Request(ctx, unionpay.TokenRequest{DeviceID: "d", AuthorizationData: issuing.NewSecret("x")})
		return err
	}
	suspend := func(ctx context.Context, c *unionpay.Client) error {
		_, err := c.Tokens.Suspend(ctx, unionpay.TokenRef{DeviceID: "d", Token: issuing.NewSecret(one)})
		return err
	}
	inquire := func(ctx context.Context, c *unionpay.Client) error {
		_, err := c.Tokens.Token(ctx, unionpay.TokenQuery{RefID: "r"})
		return err
	}
	for name, tt := range map[string]struct {
		call func(context.Context, *unionpay.Client) error
		trx  string
		want error
	}{
		"its own device":    {request, `{"deviceID":"d","token":"` + one + `"}`, nil},
		"no device":         {request, `{"token":"` + one + `"}`, nil},
		"another device":    {request, `{"deviceID":"e","token":"` + one + `"}`, issuing.ErrOutcomeUnknown},
		"its own token":     {suspend, `{"token":"` + one + `","tokenState":"SUSPENDED"}`, nil},
		"no token":          {suspend, `{"tokenState":"SUSPENDED"}`, nil},
		"another token":     {suspend, `{"token":"` + two + `","tokenState":"SUSPENDED"}`, issuing.ErrOutcomeUnknown},
		"its own reference": {inquire, `{"token":"` + one + `","tokenRefID":"r"}`, nil},
		"another reference": {inquire, `{"token":"` + one + `","tokenRefID":"s"}`, issuing.ErrBadResponse},
	} {
		_, client := record(t, `{"trxInfo":`+tt.trx+`,"msgResponse":{"responseCode":"00"}}`, nil)
		if err := tt.call(t.Context(), client); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
