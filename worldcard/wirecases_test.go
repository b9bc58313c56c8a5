package worldcard_test

import (
	"context"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// The examples of the Card API's pages, request and answer.

func virtualCases(t testing.TB) []wireCase {
	ref := worldcard.CardRef{CardID: "1234567890123456", MerchantCardID: "mc_001"}
	const refJSON = `{"card_id":"1234567890123456","merchant_card_id":"mc_001"}`
	full := worldcard.ApplyRequest{
		MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualG, CardBINID: "bin_001",
		FirstRechargeAmount: amount(t, "100.00"), Email: "john@example.com", FirstName: "John", LastName: "Doe",
		State: "NY", CountryCode: "US", City: "New York", Address: "123 Main St", PostalCode: "10001",
		Phone: "1234567890", PhoneCountryCode: "1", Birthday: issuing.NewDate(1990, time.January, 1),
		AddressLineTwo: "Apt. 2 <b>&\"",
	}
	deposit := worldcard.Deposit{
		ID: "9876543210", CardID: "1234567890123456", MerchantCardID: "mc_001", MerchantTransactionID: "tx_001",
		Amount: amount(t, "100.00"), Currency: issuing.CurrencyUSD, Status: worldcard.DepositStatusProcessing,
		CreatedAt: at(t, "2026-04-01T10:00:00+08:00"),
	}
	listed := deposit
	listed.Status = worldcard.DepositStatusSuccess
	return []wireCase{
		{
			name: "Virtual.Apply", path: "/api/v1/card/virtual/apply",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) { return c.Virtual.Apply(ctx, full) },
			payload: `{"merchant_card_id":"mc_001","card_type":"VIRTUAL-G","card_bin_id":"bin_001","first_recharge_amount":"100.00",
				"email":"john@example.com","first_name":"John","last_name":"Doe","state":"NY","country_code":"US","city":"New York",
				"address":"123 Main St","postal_code":"10001","phone":"1234567890","phone_country_code":"1","birthday":"1990-01-01",
				"address_line_two":"Apt. 2 <b>&\""}`,
			data: `{"card_id":"1234567890123456","merchant_card_id":"mc_001","status":1,"created_at":"2026-04-01T10:00:00+08:00"}`,
			want: &worldcard.Application{
				ID: "1234567890123456", MerchantCardID: "mc_001", Status: worldcard.CardStatusProcessing,
				CreatedAt: at(t, "2026-04-01T10:00:00+08:00"),
			},
		},
		{
			name: "Virtual.Card", path: "/api/v1/card/virtual/get_info", payload: refJSON,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) { return c.Virtual.Card(ctx, ref) },
			data: `{"card_id":"1234567890123456","merchant_card_id":"mc_001","card_type":"VIRTUAL-V","card_bin_id":"bin_001",
				"card_number":"4937241000003841","cvv":"123","expiry_month":"04","expiry_year":"2030",
				"available_balance":"90.00","frozen_balance":"10.00","pending_balance":"0.00","currency":"USD","status":2,
				"first_recharge_amount":"100.00","first_name":"John","last_name":"Doe","email":"john@example.com",
				"phone":"1234567890","phone_country_code":"1","birthday":"1990-01-01","country_code":"US","city":"New York",
				"address":"123 Main St","state":"NY","address_line_two":"","postal_code":"10001"}`,
			want: &worldcard.Card{
				ID: "1234567890123456", MerchantCardID: "mc_001", CardType: worldcard.CardTypeVirtualV, CardBINID: "bin_001",
				CardNumber: issuing.NewSecret("4937241000003841"), CVV: issuing.NewSecret("123"),
				ExpiryMonth: issuing.NewSecret("04"), ExpiryYear: issuing.NewSecret("2030"),
				AvailableBalance: amount(t, "90.00"), FrozenBalance: amount(t, "10.00"), PendingBalance: amount(t, "0.00"),
				Currency: issuing.CurrencyUSD, Status: worldcard.CardStatusActive, FirstRechargeAmount: amount(t, "100.00"),
				FirstName: "John", LastName: "Doe", Email: "john@example.com", Phone: "1234567890", PhoneCountryCode: "1",
				Birthday: issuing.NewDate(1990, time.January, 1), CountryCode: "US", City: "New York",
				Address: "123 Main St", State: "NY", PostalCode: "10001",
			},
		},
		{
			name: "Virtual.BINs", path: "/api/v1/card/virtual/bin/list",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Virtual.BINs(ctx, worldcard.BINsRequest{CardType: worldcard.CardTypeVirtualV, Page: 1, PageSize: 10})
			},
			payload: `{"card_type":"VIRTUAL-V","page":1,"page_size":10}`,
			data: `{"total":15,"page":1,"page_size":10,"list":[{"card_bin_id":"1","card_bin":"440872","card_type":"VIRTUAL-V",
				"card_brand":"VISA","business_scene":"Online Payments","currency":"USD","issuer_country":"US"}]}`,
			want: &worldcard.Page[worldcard.BIN]{Total: 15, Page: 1, PageSize: 10, List: []worldcard.BIN{{
				ID: "1", BIN: "440872", CardType: worldcard.CardTypeVirtualV, CardBrand: worldcard.CardBrandVisa,
				BusinessScene: "Online Payments", Currency: issuing.CurrencyUSD, IssuerCountry: "US",
			}}},
		},
		{
			name: "Cards.Deposit", path: "/api/v1/card/deposit",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Cards.Deposit(ctx, worldcard.DepositRequest{
					CardRef: ref, MerchantTransactionID: "tx_001", Amount: amount(t, "100.00"), Currency: issuing.CurrencyUSD,
				})
			},
			payload: `{"card_id":"1234567890123456","merchant_card_id":"mc_001","merchant_transaction_id":"tx_001","amount":"100.00","currency":"USD"}`,
			data: `{"transaction_id":"9876543210","card_id":"1234567890123456","merchant_card_id":"mc_001","merchant_transaction_id":"tx_001",
				"amount":"100.00","currency":"USD","status":1,"created_at":"2026-04-01T10:00:00+08:00"}`,
			want: &deposit,
		},
		{
			name: "Cards.Deposits", path: "/api/v1/card/deposit/list",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Cards.Deposits(ctx, worldcard.DepositsRequest{
					CardRef: ref, MerchantTransactionID: "tx_001", TransactionID: "9876543210", Page: 2, PageSize: 100,
				})
			},
			payload: `{"card_id":"1234567890123456","merchant_card_id":"mc_001","merchant_transaction_id":"tx_001","transaction_id":"9876543210","page":2,"page_size":100}`,
			data: `{"total":2,"page":2,"page_size":100,"list":[{"transaction_id":"9876543210","card_id":"1234567890123456","merchant_card_id":"mc_001",
				"merchant_transaction_id":"tx_001","amount":"100.00","currency":"USD","status":2,"created_at":"2026-04-01T10:00:00+08:00"}]}`,
			want: &worldcard.Page[worldcard.Deposit]{Total: 2, Page: 2, PageSize: 100, List: []worldcard.Deposit{listed}},
		},
		change("Cards.Freeze", "/api/v1/card/freeze", refJSON, worldcard.CardStatusFrozen, `{"card_id":"1234567890123456","status":6}`,
			func(ctx context.Context, c *worldcard.Client) (any, error) { return c.Cards.Freeze(ctx, ref) }),
		change("Cards.Unfreeze", "/api/v1/card/unfreeze", refJSON, worldcard.CardStatusActive, `{"card_id":"1234567890123456","status":2}`,
			func(ctx context.Context, c *worldcard.Client) (any, error) { return c.Cards.Unfreeze(ctx, ref) }),
		change("Cards.Close", "/api/v1/card/close", refJSON, worldcard.CardStatusClosing, `{"card_id":"1234567890123456","status":4}`,
			func(ctx context.Context, c *worldcard.Client) (any, error) { return c.Cards.Close(ctx, ref) }),
		{
			name: "Cards.Transactions", path: "/api/v1/card/transaction/list",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Cards.Transactions(ctx, worldcard.TransactionsRequest{CardRef: worldcard.ByMerchantCardID("mc_001")})
			},
			payload: `{"merchant_card_id":"mc_001"}`,
			data: `{"total":5,"page":1,"page_size":10,"list":[{"transaction_id":"auth_001","card_id":"1234567890123456","merchant_card_id":"mc_001",
				"transaction_amount":"50.00","transaction_currency":"USD","billing_amount":"50.00","billing_currency":"USD",
				"settlement_amount":"","settlement_currency":"","transaction_type":"Authorization","transaction_status":"COMPLETE",
				"transaction_time":"2026-04-01T10:00:00+08:00","merchant_name":"AMAZON.COM","merchant_id":"","merchant_category_code":"5411",
				"merchant_country":"US","merchant_city":"SEATTLE"}]}`,
			want: &worldcard.Page[worldcard.Transaction]{Total: 5, Page: 1, PageSize: 10, List: []worldcard.Transaction{{
				ID: "auth_001", CardID: "1234567890123456", MerchantCardID: "mc_001",
				TransactionAmount: amount(t, "50.00"), TransactionCurrency: issuing.CurrencyUSD,
				BillingAmount: amount(t, "50.00"), BillingCurrency: issuing.CurrencyUSD,
				Type: worldcard.TransactionTypeAuthorization, Status: worldcard.TransactionStatusComplete,
				Time: at(t, "2026-04-01T10:00:00+08:00"), MerchantName: "AMAZON.COM", MerchantCategoryCode: "5411",
				MerchantCountry: "US", MerchantCity: "SEATTLE",
			}}},
		},
	}
}

func change(name, path, payload string, status worldcard.CardStatus, data string, call func(context.Context, *worldcard.Client) (any, error)) wireCase {
	return wireCase{
		name: name, path: path, payload: payload, call: call, data: data,
		want: &worldcard.CardChange{ID: "1234567890123456", Status: status},
	}
}

func physicalCases(t testing.TB) []wireCase {
	ref := worldcard.CardRef{CardID: "1234567890123456789", MerchantCardID: "mc_pcard_001"}
	const kyc = `{"merchant_card_id":"mc_pcard_001","card_type":"PHYSICAL-G"}`
	changed := func(status worldcard.CardStatus) *worldcard.CardChange {
		return &worldcard.CardChange{ID: ref.CardID, MerchantCardID: "mc_001", Status: status}
	}
	return []wireCase{
		{
			name: "Physical.BINs", path: "/api/v1/card/physical/bin/list", payload: `{"page":1}`,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Physical.BINs(ctx, worldcard.PhysicalBINsRequest{Page: 1})
			},
			data: `{"total":3,"page":1,"page_size":10,"list":[{"card_bin_id":"12","card_bin":"493812","card_type":"PHYSICAL-G","card_brand":"VISA",
				"card_form":2,"currency":"USD","issuer_country":"US"}]}`,
			want: &worldcard.Page[worldcard.BIN]{Total: 3, Page: 1, PageSize: 10, List: []worldcard.BIN{{
				ID: "12", BIN: "493812", CardType: worldcard.CardTypePhysicalG, CardBrand: worldcard.CardBrandVisa,
				CardForm: worldcard.CardFormPhysical, Currency: issuing.CurrencyUSD, IssuerCountry: "US",
			}}},
		},
		{
			name: "Physical.Apply", path: "/api/v1/card/physical/apply",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Physical.Apply(ctx, worldcard.PhysicalApplyRequest{
					MerchantCardID: "mc_pcard_001", CardBINID: "100023", FirstName: "SAN", LastName: "ZHANG",
					TelephoneCountryCode: "86", Phone: "13800138000", Email: "sanzhang@example.com",
					BirthDate:        issuing.NewDate(1990, time.January, 15),
					ResidenceCountry: "CN", ResidenceState: "Guangdong", ResidenceCity: "Shenzhen",
					ResidenceLine1: "Nanshan District", ResidencePostalCode: "518000",
					DeliveryCountry: "CN", DeliveryState: "Guangdong", DeliveryCity: "Shenzhen",
					DeliveryLine1: "Nanshan District, Keyuan Road 1", DeliveryPostalCode: "518000",
				})
			},
			payload: `{"merchant_card_id":"mc_pcard_001","card_type":"PHYSICAL-G","card_bin_id":"100023","first_name":"SAN","last_name":"ZHANG",
				"telephone_country_code":"86","phone":"13800138000","email":"sanzhang@example.com","birth_date":"1990-01-15",
				"residence_country":"CN","residence_state":"Guangdong","residence_city":"Shenzhen","residence_line1":"Nanshan District",
				"residence_postal_code":"518000","delivery_country":"CN","delivery_state":"Guangdong","delivery_city":"Shenzhen",
				"delivery_line1":"Nanshan District, Keyuan Road 1","delivery_postal_code":"518000"}`,
			data: `{"card_id":"1234567890123456789","merchant_card_id":"mc_pcard_001","card_type":"PHYSICAL-G","status":9,"created_at":"2026-06-26T10:00:00+08:00"}`,
			want: &worldcard.Application{
				ID: "1234567890123456789", MerchantCardID: "mc_pcard_001", CardType: worldcard.CardTypePhysicalG,
				Status: worldcard.CardStatusPendingKYC, CreatedAt: at(t, "2026-06-26T10:00:00+08:00"),
			},
		},
		{
			name: "KYC.Init", path: "/api/v1/card/physical/kyc/init", payload: kyc,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) { return c.KYC.Init(ctx, "mc_pcard_001") },
			data: `{"access_token":"_act-sbx-xxxxxxxxxxxxxxxx","external_user_id":"1234567890123456789","status":1}`,
			want: &worldcard.KYCSession{
				AccessToken: issuing.NewSecret("_act-sbx-xxxxxxxxxxxxxxxx"), ExternalUserID: "1234567890123456789", Status: worldcard.KYCStatusPending,
			},
		},
		{
			name: "KYC.Status", path: "/api/v1/card/physical/kyc/status", payload: kyc,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) { return c.KYC.Status(ctx, "mc_pcard_001") },
			data: `{"status":3,"retry_allowed":true,"review_answer":"RED","reviewed_at":"2026-06-26T18:00:00+08:00"}`,
			want: &worldcard.KYCReview{
				Status: worldcard.KYCStatusRejected, RetryAllowed: true, ReviewAnswer: "RED", ReviewedAt: at(t, "2026-06-26T18:00:00+08:00"),
			},
		},
		{
			name: "KYC.Cancel", path: "/api/v1/card/physical/kyc/cancel", payload: kyc, data: `{"status":3}`, want: worldcard.CardStatusFailed,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) { return c.KYC.Cancel(ctx, "mc_pcard_001") },
		},
		{
			name: "Physical.Assign", path: "/api/v1/card/physical/assign",
			waits: `{"card_id":"1234567890123456789","status":7}`,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Physical.Assign(ctx, worldcard.AssignRequest{CardRef: ref, CardNumber: issuing.NewSecret("4000123412341234")})
			},
			payload: `{"card_id":"1234567890123456789","merchant_card_id":"mc_pcard_001","card_number":"4000123412341234"}`,
			data:    `{"card_id":"1234567890123456789","merchant_card_id":"mc_001","status":8}`,
			want:    changed(worldcard.CardStatusPendingActivation),
		},
		{
			name: "Physical.Activate", path: "/api/v1/card/physical/activate",
			waits: `{"card_id":"1234567890123456789","status":8}`,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Physical.Activate(ctx, worldcard.ActivateRequest{CardRef: ref, PIN: issuing.NewSecret("135790")})
			},
			payload: `{"card_id":"1234567890123456789","merchant_card_id":"mc_pcard_001","pin":"135790"}`,
			data:    `{"card_id":"1234567890123456789","merchant_card_id":"mc_001","status":2}`,
			want:    changed(worldcard.CardStatusActive),
		},
		{
			name: "Physical.SetPIN", path: "/api/v1/card/physical/change/pin",
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return nil, c.Physical.SetPIN(ctx, worldcard.SetPINRequest{CardRef: ref, PIN: issuing.NewSecret("246801")})
			},
			payload: `{"card_id":"1234567890123456789","merchant_card_id":"mc_pcard_001","pin":"246801"}`,
		},
		{
			name: "Physical.Card", path: "/api/v1/card/physical/get_info", payload: `{"card_id":"1234567890123456789"}`,
			call: func(ctx context.Context, c *worldcard.Client) (any, error) {
				return c.Physical.Card(ctx, worldcard.ByCardID(ref.CardID))
			},
			data: `{"card_id":"1234567890123456789","merchant_card_id":"mc_001","card_type":"PHYSICAL-G","status":2,"card_number":"4937241000003841",
				"available_balance":"100.00","currency":"USD","created_at":"2026-06-05T10:00:00+08:00","updated_at":"2026-06-05T12:00:00+08:00"}`,
			want: &worldcard.PhysicalCard{
				ID: ref.CardID, MerchantCardID: "mc_001", CardType: worldcard.CardTypePhysicalG, Status: worldcard.CardStatusActive,
				CardNumber: issuing.NewSecret("4937241000003841"), AvailableBalance: amount(t, "100.00"), Currency: issuing.CurrencyUSD,
				CreatedAt: at(t, "2026-06-05T10:00:00+08:00"), UpdatedAt: at(t, "2026-06-05T12:00:00+08:00"),
			},
		},
	}
}
