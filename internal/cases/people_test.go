package cases

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// fields returns the names of the fields that an error refuses, and an error when
// it is of another kind.
func fields(err error) (names []string, other error) {
	var e *issuing.Error
	if err == nil || !errors.As(err, &e) || !errors.Is(err, issuing.ErrInvalid) {
		return nil, err
	}
	for _, f := range e.Fields {
		names = append(names, f.Field)
	}
	return names, nil
}

// refuses checks that an error refuses one field, or none for "".
func refuses(err error, field string) error {
	names, other := fields(err)
	others := func(name string) bool { return name != field }
	switch {
	case other != nil:
		return other
	case field == "" && len(names) > 0:
		return fmt.Errorf("refused for %v", names)
	case field != "" && (len(names) == 0 || slices.ContainsFunc(names, others)):
		return fmt.Errorf("refused for %v, want %s", names, field)
	}
	return nil
}

// person is a value of a field, and whether it is refused or goes out.
type person struct {
	value, waits string
	refused      bool
}

// holdPeople runs rows about one field of a cardholder at UQPAY.
func holdPeople(t *testing.T, field string, rows []person, set func(r *uqpay.CreateCardholderRequest, value string)) {
	t.Helper()
	for _, row := range rows {
		hold(t, fmt.Sprintf("%s %q", field, row.value), row.waits, func(t *testing.T) error {
			r := uqpay.CreateCardholderRequest{Email: "a@example.com", FirstName: "Ann", LastName: "Lee", CountryCode: "SG", PhoneNumber: "91234567"}
			set(&r, row.value)
			_, err := uqpayClient(t, says(`{"cardholder_id":"1","cardholder_status":"SUCCESS"}`)).Cardholders.Create(t.Context(), r)
			want := ""
			if row.refused {
				want = field
			}
			return refuses(err, want)
		})
	}
}

// Names as they are. Page and guide differ about the letters, so the platform
// decides; blanks around a name are refused by the page.
func TestNames(t *testing.T) {
	t.Parallel()
	holdPeople(t, "first_name", []person{
		{"O'Brien", "", false}, {"O’Brien", "", false}, {"Jean-Luc", "", false}, {"José", "", false}, {"Müller", "", false},
		{"Nguyễn", "", false}, {"张伟", "", false}, {"de la Cruz", "", false}, {"X Æ A-12", "", false}, {"Smith Jr.", "", false},
		{"X", "", false}, {"Ann ", "", true}, {" Ann", "", true}, {" ", "", true}, {"Ann\n", "", true}, {"Wolfeschlegelsteinhausenbergerdorffwelche", "", true},
	}, func(r *uqpay.CreateCardholderRequest, value string) { r.FirstName = issuing.Personal(value) })
}

// Addresses of real people go out; what is no single address does not.
func TestMailAddresses(t *testing.T) {
	t.Parallel()
	holdPeople(t, "email", []person{
		{"first.last+tag@example.co.uk", "", false},
		{"try..this..0511@docomo.example.jp", "", false},
		{"name.@docomo.example.jp", "", false},
		{`"john doe"@example.com`, "", false},
		{"user@münchen.example", "", false},
		{"user@xn--mnchen-3ya.example", "", false},
		{"用户@example.com", "", false},
		{"o'neil@example.com", "", false},
		{"A@EXAMPLE.COM", "", false},
		{"a@b", "", false},
		{"a@[127.0.0.1]", "", false},
		{"a@example.com ", "", true},
		{"a@example.com.", "", true},
		{"a b@example.com", "", true},
		{"x@example.com, y@example.com", "", true},
		{"Ann <a@example.com>", "", true},
		{"example.com", "", true},
		{"@example.com", "", true},
		{"a@", "", true},
	}, func(r *uqpay.CreateCardholderRequest, value string) { r.Email = issuing.Personal(value) })
}

// Countries are ISO 3166-1 alpha-2 codes in capitals that stand for a country.
func TestCountries(t *testing.T) {
	t.Parallel()
	holdPeople(t, "country_code", []person{
		{"SG", "", false}, {"GB", "", false}, {"XK", "", false}, // Kosovo's code is not ISO's, and everybody's
		{"sg", "", true}, {"SGP", "", true}, {"702", "", true},
		{"UK", "", true}, {"EU", "", true}, {"ZZ", "", true},
	}, func(r *uqpay.CreateCardholderRequest, value string) { r.CountryCode = value })
}

// UQPAY's guide wants national numbers, digits alone; some of its examples show a dial code
// with a plus, which is the platform's to judge.
func TestPhones(t *testing.T) {
	t.Parallel()
	holdPeople(t, "phone_number", []person{
		{"91234567", "", false}, {"+6591234567", "", false}, {"9123-4567", "", true}, {"9123 4567", "", true},
		{"(415) 555-2671", "", true}, {"０９１２", "", true}, {"abc", "", true}, {"9123\n", "", true},
	}, func(r *uqpay.CreateCardholderRequest, value string) { r.PhoneNumber = issuing.Personal(value) })
}

// WorldCard's VIRTUAL-G takes letters A-Z and single spaces; its other cards leave
// names to the platform.
func TestWorldCardNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		latin bool
	}{{"Ann", true}, {"O'Brien", false}, {"Jean-Luc", false}, {"José", false}, {"张伟", false}, {"de la Cruz", true}, {"de  la Cruz", false}} {
		for _, card := range []worldcard.CardType{worldcard.CardTypeVirtualV, worldcard.CardTypeVirtualG} {
			hold(t, string(card)+" "+tt.name, "", func(t *testing.T) error {
				c := worldCard(t, says(`{"code":0,"data":{"card_id":"1","merchant_card_id":"m"}}`))
				_, err := c.Virtual.Apply(t.Context(), worldCardApplication(card, tt.name))
				if card == worldcard.CardTypeVirtualG && !tt.latin {
					return refuses(err, "first_name")
				}
				return refuses(err, "")
			})
		}
	}
}

// WorldCard's phone numbers and calling codes are digits; its countries are
// countries.
func TestWorldCardForms(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field, value string
		set          func(r *worldcard.ApplyRequest, value string)
	}{
		{"phone", "abc", func(r *worldcard.ApplyRequest, value string) { r.Phone = issuing.Personal(value) }},
		{"phone_country_code", "+1", func(r *worldcard.ApplyRequest, value string) { r.PhoneCountryCode = value }},
		{"country_code", "UK", func(r *worldcard.ApplyRequest, value string) { r.CountryCode = value }},
		{"country_code", "ZZ", func(r *worldcard.ApplyRequest, value string) { r.CountryCode = value }},
		{"country_code", "us", func(r *worldcard.ApplyRequest, value string) { r.CountryCode = value }},
	} {
		hold(t, tt.field+" "+tt.value, "", func(t *testing.T) error {
			r := worldCardApplication(worldcard.CardTypeVirtualG, "Ann")
			tt.set(&r, tt.value)
			_, err := worldCard(t, says(`{"code":0,"data":{"card_id":"1","merchant_card_id":"m"}}`)).Virtual.Apply(t.Context(), r)
			return refuses(err, tt.field)
		})
	}
}

func worldCardApplication(card worldcard.CardType, first string) worldcard.ApplyRequest {
	return worldcard.ApplyRequest{
		MerchantCardID: "m", CardType: card, CardBINID: "1", FirstRechargeAmount: issuing.NewAmount(100, 0),
		FirstName: issuing.Personal(first), LastName: "Lee", State: "CA", CountryCode: "US", City: "X", Address: "Y", PostalCode: "1",
		Email: "a@example.com", Phone: "4155552671", PhoneCountryCode: "1", Birthday: issuing.NewDate(1990, 1, 1),
	}
}
