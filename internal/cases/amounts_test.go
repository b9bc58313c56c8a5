package cases

import (
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Forms of an amount that platforms send in a JSON string: a database writes a
// number below one without its zero, systems of fixed width write leading zeros,
// and others blanks. One grammar reads texts and JSON.
func TestAmountForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"12.50", "12.50"},
		{".50", "0.50"},
		{"-.50", "-0.50"},
		{"0100.00", "100.00"},
		{"12.50 ", "12.50"},
		{" 12.50", "12.50"},
		{"100.", "100"},
		{"+5.00", "5.00"},
	} {
		same := func(got issuing.Amount, err error) error {
			if err != nil {
				return err
			}
			return is("the amount", got.String(), tt.want)
		}
		hold(t, "JSON "+tt.text, "", func(t *testing.T) error {
			c := worldCard(t, says(`{"code":0,"data":{"card_id":"1","available_balance":"`+tt.text+`"}}`), issuing.WithMaxAttempts(1))
			card, err := c.Virtual.Card(t.Context(), worldcard.ByCardID("1"))
			if err != nil {
				return err
			}
			return same(card.AvailableBalance, nil)
		})
		hold(t, "text "+tt.text, "", func(*testing.T) error { return same(issuing.ParseAmount(tt.text)) })
	}
	for _, text := range []string{"1,234.50", "N/A", "1.234,50", "12.5O", "--1", "1 2", ".", "+", "NaN", "0x10"} {
		hold(t, "refused "+text, "", func(*testing.T) error {
			_, err := issuing.ParseAmount(text)
			return refused(err)
		})
	}
}

// The exponent of a currency without or with three decimals, in lower case as
// other payment interfaces spell it: the right one, or none.
func TestCurrencyExponent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code issuing.Currency
		want int
	}{
		{"JPY", 0},
		{"jpy", 0},
		{"KRW", 0},
		{"krw", 0},
		{"KWD", 3},
		{"kwd", 3},
		{"USD", 2},
		{"usd", 2},
	} {
		hold(t, string(tt.code), "", func(*testing.T) error {
			n, known := tt.code.Exponent()
			if !known && tt.code[0] >= 'a' {
				return nil
			}
			return is("the exponent", n, tt.want)
		})
	}
	for _, code := range []issuing.Currency{"", "ZZZ", "QQQ", "US", "JPY ", "39"} {
		hold(t, "unknown "+string(code), "", func(*testing.T) error {
			_, known := code.Exponent()
			return is("known", known, false)
		})
	}
}
