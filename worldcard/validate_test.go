package worldcard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// The table of apply.md, in the test's own words: which fields each type needs.
var applyTable = map[worldcard.CardType][]string{
	"VIRTUAL-V": {"merchant_card_id", "card_type", "card_bin_id", "first_recharge_amount", "first_name", "last_name", "state", "country_code", "city", "address", "postal_code"},
	"VIRTUAL-R": {"merchant_card_id", "card_type", "card_bin_id", "first_recharge_amount", "email"},
	"VIRTUAL-G": {"merchant_card_id", "card_type", "card_bin_id", "first_recharge_amount", "email", "first_name", "last_name", "country_code", "city", "address", "postal_code", "phone", "phone_country_code", "birthday"},
}

func TestApplyNamesAllMissingFieldsAtOnce(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusOK, `{"code":0}`)
	client := server.client(t)
	for typ, required := range applyTable {
		_, err := client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{CardType: typ})
		want := slices.DeleteFunc(slices.Clone(required), func(f string) bool { return f == "card_type" })
		wantFields(t, err, want...)
	}
	// A type that this version does not know: only what every type needs.
	_, err := client.Virtual.Apply(t.Context(), worldcard.ApplyRequest{CardType: "VIRTUAL-X"})
	wantFields(t, err, "merchant_card_id", "card_bin_id", "first_recharge_amount")
	if len(server.nonces) != 0 {
		t.Error("an invalid request was sent")
	}
}

func TestApplyFieldRules(t *testing.T) {
	t.Parallel()
	full := worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualG, CardBINID: "3",
		FirstRechargeAmount: issuing.NewAmount(10, 0), Email: "john@example.com", FirstName: "John", LastName: "Doe",
		CountryCode: "US", City: "New York", Address: "123 Main St", PostalCode: "10001",
		Phone: "1234567890", PhoneCountryCode: "1", Birthday: issuing.NewDate(1990, time.January, 1),
	}
	for _, c := range []struct {
		name   string
		change func(*worldcard.ApplyRequest)
		fields []string
	}{
		{"complete", func(*worldcard.ApplyRequest) {}, nil},
		{"name of 40", func(r *worldcard.ApplyRequest) { r.FirstName = issuing.Personal(strings.Repeat("a", 40)) }, nil},
		{"name of 41", func(r *worldcard.ApplyRequest) { r.FirstName = issuing.Personal(strings.Repeat("a", 41)) }, []string{"first_name"}},
		{"two words", func(r *worldcard.ApplyRequest) { r.LastName = "van Doe" }, nil},
		{"two spaces", func(r *worldcard.ApplyRequest) { r.LastName = "van  Doe" }, []string{"last_name"}},
		{"leading space", func(r *worldcard.ApplyRequest) { r.LastName = " Doe" }, []string{"last_name"}},
		{"hyphen", func(r *worldcard.ApplyRequest) { r.LastName = "Doe-Roe" }, []string{"last_name"}},
		{"umlaut", func(r *worldcard.ApplyRequest) { r.LastName = "Döe" }, []string{"last_name"}},
		{"country name", func(r *worldcard.ApplyRequest) { r.CountryCode = "USA" }, []string{"country_code"}},
		{"lower case country", func(r *worldcard.ApplyRequest) { r.CountryCode = "us" }, []string{"country_code"}},
		{"a plus in the calling code", func(r *worldcard.ApplyRequest) { r.PhoneCountryCode = "+1" }, []string{"phone_country_code"}},
		{"a hyphen in the phone number", func(r *worldcard.ApplyRequest) { r.Phone = "415-5552671" }, []string{"phone"}},
		{"letters in the phone number", func(r *worldcard.ApplyRequest) { r.Phone = "abc" }, []string{"phone"}},
		{"full-width digits", func(r *worldcard.ApplyRequest) { r.Phone = "０９１２" }, []string{"phone"}},
		{"a type in small letters", func(r *worldcard.ApplyRequest) { r.CardType = "virtual-g" }, []string{"card_type"}},
		{"a type with an underscore", func(r *worldcard.ApplyRequest) { r.CardType = "VIRTUAL_G" }, []string{"card_type"}},
		{"a type with a blank", func(r *worldcard.ApplyRequest) { r.CardType = "VIRTUAL-G " }, []string{"card_type"}},
		{"a physical type", func(r *worldcard.ApplyRequest) { r.CardType = worldcard.CardTypePhysicalG }, []string{"card_type"}},
		{"a new type", func(r *worldcard.ApplyRequest) { r.CardType = "VIRTUAL-G2" }, nil},
		{"two decimals", func(r *worldcard.ApplyRequest) { r.FirstRechargeAmount = issuing.NewAmount(20_00, 2) }, nil},
		{"no mail address", func(r *worldcard.ApplyRequest) { r.Email = "john@" }, []string{"email"}},
		{"no such day", func(r *worldcard.ApplyRequest) { r.Birthday = issuing.NewDate(1990, time.February, 30) }, []string{"birthday"}},
		{"a child", func(r *worldcard.ApplyRequest) { r.Birthday = issuing.NewDate(2020, time.January, 1) }, []string{"birthday"}},
		{"zero amount", func(r *worldcard.ApplyRequest) { r.FirstRechargeAmount = issuing.NewAmount(0, 2) }, []string{"first_recharge_amount"}},
		{"negative amount", func(r *worldcard.ApplyRequest) { r.FirstRechargeAmount = issuing.NewAmount(-10, 0) }, []string{"first_recharge_amount"}},
		{"three decimals", func(r *worldcard.ApplyRequest) { r.FirstRechargeAmount = issuing.NewAmount(10001, 3) }, []string{"first_recharge_amount"}},
		{"below the platform's minimum is its business", func(r *worldcard.ApplyRequest) { r.FirstRechargeAmount = issuing.NewAmount(1, 0) }, nil},
		{"control characters", func(r *worldcard.ApplyRequest) { r.City = "New\x00York" }, []string{"city"}},
		{"invalid UTF-8", func(r *worldcard.ApplyRequest) { r.Address = "\xff\xfe" }, []string{"address"}},
		{"several at once", func(r *worldcard.ApplyRequest) { r.City, r.Phone, r.Email = "", "", "x" }, []string{"city", "phone", "email"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newWireServer(t, http.StatusOK, `{"code":0,"data":{"card_id":"1"}}`)
			req := full
			c.change(&req)
			_, err := server.client(t).Virtual.Apply(t.Context(), req)
			if len(c.fields) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantFields(t, err, c.fields...)
		})
	}
}

func TestOtherRequestsAreChecked(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusOK, `{"code":0}`)
	client := server.client(t)
	none, ref := worldcard.CardRef{}, worldcard.ByCardID("1")
	const ids = "card_id, merchant_card_id"
	for name, c := range map[string]struct {
		err    error
		fields []string
	}{
		"card":            {second(client.Virtual.Card(t.Context(), none)), []string{ids}},
		"freeze":          {second(client.Cards.Freeze(t.Context(), none)), []string{ids}},
		"deposit":         {second(client.Cards.Deposit(t.Context(), worldcard.DepositRequest{Currency: "usd"})), []string{ids, "merchant_transaction_id", "amount", "currency"}},
		"deposit by key":  {second(client.Cards.DepositByKey(t.Context(), ref, "")), []string{"merchant_transaction_id"}},
		"deposits":        {second(client.Cards.Deposits(t.Context(), worldcard.DepositsRequest{CardRef: ref, PageSize: 101})), []string{"page_size"}},
		"transactions":    {second(client.Cards.Transactions(t.Context(), worldcard.TransactionsRequest{CardRef: ref, Page: -1})), []string{"page"}},
		"BINs":            {second(client.Virtual.BINs(t.Context(), worldcard.BINsRequest{PageSize: -1})), []string{"page_size"}},
		"BINs of a type":  {second(client.Virtual.BINs(t.Context(), worldcard.BINsRequest{CardType: "virtual-v"})), []string{"card_type"}},
		"physical type":   {second(client.Physical.Apply(t.Context(), physicalWith(func(r *worldcard.PhysicalApplyRequest) { r.CardType = "VIRTUAL-G" }))), []string{"card_type"}},
		"physical names":  {second(client.Physical.Apply(t.Context(), physicalWith(func(r *worldcard.PhysicalApplyRequest) { r.FirstName, r.LastName = "三", "José" }))), []string{"first_name", "last_name"}},
		"physical phone":  {second(client.Physical.Apply(t.Context(), physicalWith(func(r *worldcard.PhysicalApplyRequest) { r.Phone, r.TelephoneCountryCode = "138-001", "+86" }))), []string{"phone", "telephone_country_code"}},
		"physical email":  {second(client.Physical.Apply(t.Context(), physicalWith(func(r *worldcard.PhysicalApplyRequest) { r.Email = "a b@c" }))), []string{"email"}},
		"physical BINs":   {second(client.Physical.BINs(t.Context(), worldcard.PhysicalBINsRequest{Page: -1})), []string{"page"}},
		"physical birth":  {second(client.Physical.Apply(t.Context(), physicalWith(func(r *worldcard.PhysicalApplyRequest) { r.BirthDate = issuing.DateOf(time.Now().AddDate(1, 0, 0)) }))), []string{"birth_date"}},
		"physical apply":  {second(client.Physical.Apply(t.Context(), worldcard.PhysicalApplyRequest{DeliveryCountry: "China"})), []string{"merchant_card_id", "card_bin_id", "first_name", "last_name", "telephone_country_code", "phone", "birth_date", "delivery_country"}},
		"assign":          {second(client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: issuing.NewSecret("400012341234123")})), []string{"card_number"}},
		"assign letters":  {second(client.Physical.Assign(t.Context(), worldcard.AssignRequest{CardRef: ref, CardNumber: issuing.NewSecret("40001234123412ab")})), []string{"card_number"}},
		"activate":        {second(client.Physical.Activate(t.Context(), worldcard.ActivateRequest{CardRef: ref, PIN: issuing.NewSecret("12345")})), []string{"pin"}},
		"change PIN":      {client.Physical.SetPIN(t.Context(), worldcard.SetPINRequest{}), []string{ids, "pin"}},
		"kyc init":        {second(client.KYC.Init(t.Context(), "")), []string{"merchant_card_id"}},
		"kyc status":      {second(client.KYC.Status(t.Context(), " ")), []string{"merchant_card_id"}},
		"kyc cancel":      {second(client.KYC.Cancel(t.Context(), "")), []string{"merchant_card_id"}},
		"id with newline": {second(client.Virtual.Card(t.Context(), worldcard.ByCardID("a\nb"))), []string{"card_id"}},
	} {
		t.Run(name, func(t *testing.T) { wantFields(t, c.err, c.fields...) })
	}
	if len(server.nonces) != 0 {
		t.Errorf("%d invalid requests were sent", len(server.nonces))
	}
}

// physicalWith is a complete application that is changed.
func physicalWith(change func(*worldcard.PhysicalApplyRequest)) worldcard.PhysicalApplyRequest {
	r := physicalG("pc")
	change(&r)
	return r
}

func second[T any](_ T, err error) error { return err }

func TestDepositByKeyNamesAllMissingFieldsAtOnce(t *testing.T) {
	t.Parallel()
	server := newWireServer(t, http.StatusOK, `{"code":0}`)
	_, err := server.client(t).Cards.DepositByKey(t.Context(), worldcard.CardRef{}, "")
	wantFields(t, err, "card_id, merchant_card_id", "merchant_transaction_id")
	if len(server.nonces) != 0 {
		t.Error("an invalid request was sent")
	}
}
