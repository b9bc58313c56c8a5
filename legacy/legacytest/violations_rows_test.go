package legacytest_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy/legacytest"
)

// issued is a card of each product, and what seals a PIN.
type issued struct {
	e, h, l, p issuing.Secret
	foreign    issuing.Secret // another merchant's, of VIRTUAL-P
	pin        string         // sealed
	short      string         // a sealed PIN of five digits
}

func issueAll(server *legacytest.Server) issued {
	pin, _ := server.AppSecret().Encrypt([]byte("135790"))
	short, _ := server.AppSecret().Encrypt([]byte("13579"))
	return issued{
		e: server.IssueCard(legacytest.ProductMasterE), h: server.IssueCard(legacytest.ProductVisaH),
		l: server.IssueCard(legacytest.ProductVirtualL), p: server.IssueCard(legacytest.ProductVirtualP),
		foreign: server.IssueForeignCard(), pin: pin, short: short,
	}
}

// a makes parameters of names and values in turn.
func a(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

// and returns the parameters with further ones.
func and(params map[string]any, pairs ...any) map[string]any {
	out := maps.Clone(params)
	maps.Copy(out, a(pairs...))
	return out
}

const tf = "/api/v1/legacy/tf/v4/"

var (
	picture = base64.StdEncoding.EncodeToString([]byte("\xff\xd8 picture"))
	large   = base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xff", 1<<20+1)))
	object  = json.RawMessage(`{"a":1}`)
)

func (c issued) topUp() base {
	return base{page: "legacy/card/CARD/topup.md", path: "/api/card/top/up", params: a(
		"merOrderNo", "new", "cardNumber", c.l.Reveal(), "amount", "20.50", "notifyUrl", "http://127.0.0.1:1/x", "ext", "x")}
}

func (c issued) masterE() base {
	return base{page: "legacy/card/KYC/MASTER-E.md", path: "/api/card/kyc/apply/master/E", images: true, params: a(
		"merOrderNo", "e-1", "firstName", "小明", "lastName", "Wang", "firstNameEn", "Xiaoming", "lastNameEN", "Wang",
		"countryCode", "86", "phone", "13800000000", "email", "x@example.com", "address", "1 Nanjing Road", "certType", "-1",
		"idNumber", "E12345678", "idExpiryDate", "2030-01-01", "country", "156", "birthday", "1990-01-01",
		"annualIncome", "30", "occupation", "15", "position", "3", "passImage", picture)}
}

func (c issued) visaH() base {
	return base{page: "legacy/card/KYC/VISA-H.md", path: "/api/card/kyc/apply/visa/H", images: true, params: a(
		"merOrderNo", "h-1", "firstName", "Xiaoming", "lastName", "Wang", "countryCode", "86", "phone", "13800000000",
		"email", "x@example.com", "line1", "1", "line2", "Nanjing Road", "line3", "Huangpu", "postalCode", "200000",
		"city", "Shanghai", "addressCountry", "156", "deliveryLine1", "1", "deliveryLine2", "Nanjing Road",
		"deliveryLine3", "Huangpu", "deliveryPostalCode", "200000", "deliveryCity", "Shanghai", "deliveryCountry", "156",
		"certType", "0", "country", "156", "idNumber", "310101199001011234", "idIssuanceDate", "2020-01-01",
		"idExpiryDate", "2099-12-31", "faceImage", picture, "backImage", picture)}
}

func (c issued) virtualL() base {
	return base{page: "legacy/card/KYC/VIRTUAL/VIRTUAL-L.md", path: "/api/card/kyc/apply/virtual/L/en", params: a(
		"merOrderNo", "l-1", "cardType", "MASTER", "businessScene", "e-commerce", "cardArea", "United States",
		"firstRecharge", "11", "cardHeader", "559292", "firstName", "Dennis", "lastName", "Huang", "email", "x@example.com",
		"birthday", "1992-09-20")}
}

func (c issued) virtualP() base {
	return base{page: "legacy/card/KYC/VIRTUAL/VIRTUAL-P.md", path: "/api/card/kyc/apply/virtual/P", params: a(
		"merOrderNo", "p-1", "cardBin", "537100", "firstRecharge", "0", "phoneCode", "1", "phone", "2065550100",
		"email", "x@example.com", "firstName", "Dennis", "lastName", "Huang", "dateOfBirth", "1992-09-20", "country", "US",
		"state", "WA", "city", "Seattle", "addressLine1", "1 Pike Street", "addressLine2", "2", "postalCode", "98101")}
}

func (c issued) transfer() base {
	return base{page: "legacy/transfer/V4/order.md", path: pathCreate, params: a(
		"merOrderNo", "t-1", "sourceCurrency", "USD", "sendAmount", "1000", "country", "PHL", "business", "C2C",
		"type", "cash_pickup", "currency", "USD", "targetAddressLine", "1 Rizal Avenue", "targetAddressCity", "Manila",
		"sourceCountry", "HKG", "sourceAddressLine", "1 Queen's Road", "sourceAddressCity", "Hong Kong",
		"sourceAddressCountry", "HKG", "remittancePurpose", "001-01", "sourceOfFunds", "01", "relationship", "01",
		"sourceReferenceNumber", "user-7", "sourceNameFirst", "Dennis", "sourceNameLast", "Huang", "sourceNationality", "HKG",
		"sourceDateOfBirth", "1992-09-20", "targetNameFirst", "Maria", "targetNameLast", "Santos", "targetNationality", "PHL")}
}

// of are further remittances, each of another channel or business.
func (c issued) of(channel string) base {
	b := c.transfer()
	switch channel {
	case "wire":
		b.params = and(b.params, "merOrderNo", "t-2", "type", "wire", "business", "B2B", "accountNumber", "543435",
			"swiftCode", "CHASUS33", "sourceCompanyName", "Paper Ltd", "sourceCompanyTradingName", "Paper",
			"targetCompanyName", "Books Inc", "chargeCode", "SHA")
	case "ewallet":
		b.params = and(b.params, "merOrderNo", "t-3", "type", "ewallet", "country", "IDN", "currency", "IDR",
			"ewalletId", "0812", "targetAddressCityCode", "0102", "sourceIdNumber", "A1", "sourceIdType", "national",
			"sourceIdIssueCountry", "HKG", "sourceMobileNumber", "+85291234567", "targetMobileNumber", "+6281329623212")
	case "bank_account":
		b.params = and(b.params, "merOrderNo", "t-4", "type", "bank_account", "country", "GBR", "currency", "GBP",
			"accountNumber", "31926819", "sortCode", "60-16-13")
	}
	return b
}

func (c issued) bases() []base {
	days := a("cardNumber", c.l.Reveal(), "pageSize", "10", "creationTimeFrom", "2026-03-01", "creationTimeTo", "2026-04-01")
	range3 := a("cardNumber", c.e.Reveal(), "pageSize", "10", "dateRangeFrom", "2026-03-01", "dateRangeTo", "2026-04-01")
	purpose := a("country", "CHN", "business", "C2C", "type", "ewallet", "currency", "CNY")
	return []base{
		c.topUp(), c.masterE(), c.visaH(), c.virtualL(), c.virtualP(), c.transfer(), c.of("wire"), c.of("ewallet"), c.of("bank_account"),
		{"legacy/card/CARD/MASTER_E/atm.md", "/op/card/E/change/pin/secure", a("cardNumber", c.e.Reveal(), "pin", c.pin), false},
		{"legacy/card/CARD/VISA_H/pin.md", "/op/card/H/change/pin/secure", a("cardNumber", c.h.Reveal(), "pin", c.pin), false},
		{"legacy/card/CARD/MASTER_E/limit.md", "/op/card/E/set/daily/limit",
			a("cardNumber", c.e.Reveal(), "dailyPurchaseLimit", 100, "dailyAtmLimit", 0), false},
		{"legacy/card/CARD/MASTER_E/transaction.md", "/op/card/E/transaction", range3, false},
		{"legacy/card/CARD/MASTER_E/transaction-page.md", "/op/card/E/transaction/page", range3, false},
		{"legacy/card/CARD/VISA_H/transaction.md", "/op/card/H/transactions",
			and(days, "cardNumber", c.h.Reveal(), "offset", "0", "isAuthorization", 1), false},
		{"legacy/card/CARD/VIRTUAL-L/transaction.md", "/op/card/L/transaction", and(days, "pageToken", "1"), false},
		{"legacy/card/CARD/VIRTUAL-P/transaction.md", "/op/card/P/transaction",
			and(days, "cardNumber", c.p.Reveal(), "pageToken", ""), false},
		{"legacy/card/CARD/VIRTUAL-P/document.md", "/op/card/P/document",
			a("cardNumber", c.p.Reveal(), "idType", "PASSPORT", "faceImage", picture, "backImage", picture), true},
		{"legacy/transfer/V4/quotes.md", tf + "quotes",
			a("sourceCurrency", "USD", "country", "CHN", "business", "C2C", "type", "ewallet", "targetCurrency", "CNY"), false},
		{"legacy/transfer/V4/bank.md", tf + "banks", a("country", "CHN"), false},
		{"legacy/transfer/V4/branch.md", tf + "branch", a("country", "CHN", "bankCode", "7083"), false},
		{"legacy/transfer/V4/states.md", tf + "states", a("country", "IDN"), false},
		{"legacy/transfer/V4/city-code.md", tf + "city/code", a("country", "IDN", "stateCode", "01"), false},
		{"legacy/transfer/V4/business.md", tf + "business", a("country", "CHN", "type", "wire"), false},
		{"legacy/transfer/V4/target-types.md", tf + "target/types", a("country", "CHN"), false},
		{"legacy/transfer/V4/type-countries.md", tf + "type/countries", a("type", "wire"), false},
		{"legacy/transfer/V4/currency-partner.md", tf + "currency/partner", a("country", "IDN", "type", "ewallet"), false},
		{"legacy/transfer/V4/remittancePurpose-code.md", tf + "remittancePurpose/code", purpose, false},
		{"legacy/transfer/V4/sourceOfFunds-code.md", tf + "sourceOfFunds/code", a("country", "CHN", "business", "C2C"), false},
	}
}

// required are the parameters that a base's page marks with Yes, one row each that leaves
// it out; they are those of the base that are not named here.
func (b base) required(optional string) violations {
	var out []change
	for _, name := range sortedNames(b.params) {
		if !strings.Contains(" "+optional+" ", " "+name+" ") {
			out = append(out, change{name, absent{}, 0})
		}
	}
	return b.broken(out...)
}

func (c issued) rows() (out violations) {
	at := map[string]base{}
	for _, b := range c.bases() {
		if _, there := at[b.path]; !there {
			at[b.path] = b
		}
	}
	add := func(b base, optional string, changes ...change) {
		out = append(append(out, b.required(optional)...), b.broken(changes...)...)
	}
	c.orders(add)
	c.applications(add)
	c.remittances(add)
	c.cardOperations(at, add)
	for _, name := range []string{
		"banks", "branch", "states", "city/code", "business", "target/types", "type/countries", "currency/partner",
		"remittancePurpose/code", "sourceOfFunds/code", "quotes",
	} {
		b := at[tf+name]
		add(b, "")
		for _, bad := range []change{{"country", "CN", 0}, {"country", 156, 0}, {"type", "pigeon", 0}, {"business", "P2P", 0}} {
			if b.params[bad.name] != nil {
				out = append(out, b.broken(bad)...)
			}
		}
	}
	out = append(out, at[tf+"quotes"].broken(
		change{"sourceCurrency", "usd", 0}, change{"targetCurrency", "Yuan", 0})...)
	return out
}

func (c issued) orders(add func(base, string, ...change)) {
	add(c.topUp(), "notifyUrl ext", change{"merOrderNo", "used", 5101}, change{"merOrderNo", "", 0}, change{"merOrderNo", 7, 0},
		change{"cardNumber", "4242424242424242", 0}, change{"cardNumber", c.foreign.Reveal(), 0}, change{"cardNumber", 42, 0},
		change{"amount", "", 0}, change{"amount", 20, 0}, change{"amount", "19.99", 0}, change{"amount", "-20", 0},
		change{"amount", "1e3", 0}, change{"amount", "20,00", 0}, change{"amount", "NaN", 0}, change{"amount", "twenty", 0},
		change{"amount", "9999999", 5102}, change{"notifyUrl", "ftp://127.0.0.1/x", 0}, change{"notifyUrl", "/callbacks", 0},
		change{"notifyUrl", true, 0}, change{"ext", object, 0})
	for _, path := range []string{"/api/card/top/up/query", "/api/card/kyc/query", tf + "order/query"} {
		b := base{page: "legacy/card/CARD/query.md, legacy/card/KYC/query.md, legacy/transfer/V4/order-query.md", path: path, params: a("merOrderNo", "none")}
		add(b, "", change{"merOrderNo", "none at all", 5201}, change{"orderNo", "1", 5201}, change{"merOrderNo", 7, 0}, change{"orderNo", object, 0})
	}
}

func (c issued) applications(add func(base, string, ...change)) {
	names := each("Łukasz 明", "firstNameEn lastNameEN")
	add(c.masterE(), "", append(names, change{"certType", "1", 0}, change{"certType", -1, 0}, change{"occupation", "18", 0},
		change{"occupation", "Teacher", 0}, change{"position", "0", 0}, change{"birthday", "1990-02-30", 0},
		change{"birthday", "01.01.1990", 0}, change{"idExpiryDate", "20300101", 0}, change{"country", "CN", 0},
		change{"countryCode", "China", 0}, change{"annualIncome", "much", 0}, change{"annualIncome", 30, 0},
		change{"email", "x", 0}, change{"passImage", "not Base64!", 0}, change{"signImage", "%", 0}, change{"cardNumber", 4, 0})...)
	card := c.masterE()
	card.params = and(card.params, "certType", "0", "faceImage", picture, "backImage", picture, "idNumber", "310101")
	delete(card.params, "passImage")
	add(card, strings.Join(sortedNames(c.masterE().params), " "))
	add(c.visaH(), "", append(each("王", "firstName lastName"), change{"certType", "-1", 0}, change{"addressCountry", "CHN", 0},
		change{"deliveryCountry", "China", 0}, change{"country", "86", 5001}, change{"idIssuanceDate", "2020-1-1", 0},
		change{"idExpiryDate", "permanent", 0}, change{"email", "a@b@c", 0}, change{"faceImage", "data:image/png;base64,AA==", 0})...)
	add(c.virtualL(), "firstRecharge cardHeader firstName lastName email birthday",
		append(each("明", "firstName lastName"), change{"firstRecharge", "9", 0}, change{"firstRecharge", "10.5", 0},
			change{"firstRecharge", 11, 0}, change{"firstRecharge", "-11", 0}, change{"firstRecharge", "9999999", 5102},
			change{"cardType", "万事达", 0}, change{"businessScene", "shopping", 0}, change{"cardArea", "US", 0},
			change{"cardHeader", "000000", 0}, change{"email", "x@", 0}, change{"birthday", "20/09/1992", 0},
			change{"notifyUrl", "mailto:x@example.com", 0})...)
	add(c.virtualP(), "firstRecharge phoneCode phone firstName lastName dateOfBirth country state city addressLine1 addressLine2 postalCode",
		append(each("明", "firstName lastName"), change{"firstName", strings.Repeat("a", 28), 0}, change{"cardBin", "000000", 0},
			change{"firstRecharge", "0.001", 0}, change{"firstRecharge", "-1", 0}, change{"email", "", 0},
			change{"dateOfBirth", "1992-9-20", 0}, change{"country", "USA", 0}, change{"state", "Washington", 0},
			change{"phoneCode", "US", 0}, change{"city", 5, 0}, change{"postalCode", 98101, 0})...)
}

func (c issued) remittances(add func(base, string, ...change)) {
	dates := each("20/09/1992", "sourceDateOfBirth sourceIdExpiration targetDateOfBirth targetIdExpiration")
	countries := each("HK", "country sourceCountry targetAddressCountry targetNationality sourceNationality")
	add(c.transfer(), "", append(append(dates, countries...), change{"sendAmount", "1.001", 0}, change{"sendAmount", "0", 0},
		change{"sendAmount", 1000, 0}, change{"sendAmount", "1e3", 0}, change{"sendAmount", "999999", 5102},
		change{"sourceCurrency", "dollar", 0}, change{"chargeCode", "FP", 0}, change{"type", "pigeon", 0},
		change{"business", "c2c", 0}, change{"sourceCountry", "PHL", 0}, change{"sourceGender", "X", 0},
		change{"sourceIdType", "card", 0}, change{"targetIdType", "card", 0}, change{"unformattedNote", strings.Repeat("注", 65), 0},
		change{"remittancePurpose", "999", 0}, change{"sourceOfFunds", "02", 0}, change{"relationship", "99", 0},
		change{"occupation", "Loan", 0}, change{"targetEmail", "x", 0}, change{"sortCode", "12-34-5", 0},
		change{"routingCode", "12345678", 0}, change{"swiftCode", "chasus33", 0}, change{"corrSwiftCode", "CHAS", 0},
		change{"partner", 1, 0}, change{"ext", object, 0}, change{"notifyUrl", "x", 0})...)
	optional := strings.Join(sortedNames(c.transfer().params), " ") + " chargeCode"
	add(c.of("wire"), optional, change{"iban", "GB33BUKB20201555555555", 0})
	add(c.of("ewallet"), optional)
	add(c.of("bank_account"), optional)
}

func (c issued) cardOperations(at map[string]base, add func(base, string, ...change)) {
	for path, card := range map[string]issuing.Secret{
		"/op/card/E/info": c.e, "/op/card/E/lock": c.e, "/op/card/E/un/lock": c.e, "/op/card/H/balance": c.h, "/op/card/H/lock": c.h,
		"/op/card/H/un/lock": c.h, "/op/card/H/oob/simulate": c.h, "/op/card/L/info": c.l, "/op/card/L/lock": c.l,
		"/op/card/L/un/lock": c.l, "/op/card/L/simulation/otp": c.l, "/op/card/L/simulation/transaction": c.l,
		"/op/card/P/info/v2": c.p, "/op/card/P/lock": c.p, "/op/card/P/un/lock": c.p, "/op/card/P/close": c.p,
	} {
		add(base{page: "legacy/card/CARD", path: path, params: a("cardNumber", card.Reveal())}, "",
			change{"cardNumber", "4242424242424242", 0}, change{"cardNumber", 4242, 0}, change{"cardNumber", "", 0})
	}
	for _, path := range []string{"/op/card/E/change/pin/secure", "/op/card/H/change/pin/secure"} {
		add(at[path], "", change{"pin", "135790", 0}, change{"pin", c.short, 0}, change{"pin", 135790, 0}, change{"cardNumber", c.l.Reveal(), 0})
	}
	add(at["/op/card/E/set/daily/limit"], "", change{"dailyPurchaseLimit", "100", 0}, change{"dailyPurchaseLimit", -1, 0},
		change{"dailyAtmLimit", json.RawMessage("1.5"), 0}, change{"dailyAtmLimit", true, 0}, change{"dailyAtmLimit", nil, 0})
	sizes := []change{{"pageSize", "0", 0}, {"pageSize", 10, 0}, {"pageSize", "ten", 0}, {"pageSize", "-1", 0}}
	for _, path := range []string{"/op/card/E/transaction", "/op/card/E/transaction/page"} {
		add(at[path], "dateRangeFrom dateRangeTo", append(sizes, each("1 April", "dateRangeFrom dateRangeTo")...)...)
	}
	add(at["/op/card/E/transaction/page"], strings.Join(sortedNames(at["/op/card/E/transaction"].params), " "), change{"pageToken", "2", 0})
	days := append(sizes, each("01/04/2026", "creationTimeFrom creationTimeTo")...)
	add(at["/op/card/H/transactions"], "isAuthorization", append(days, change{"offset", "-1", 0}, change{"offset", 0, 0},
		change{"isAuthorization", 2, 0}, change{"isAuthorization", "1", 0}, change{"isAuthorization", true, 0})...)
	add(at["/op/card/L/transaction"], "", append(days, change{"pageToken", "", 0}, change{"pageToken", "0", 0},
		change{"pageToken", 1, 0}, change{"creationTimeFrom", "2025-12-31", 5001})...)
	add(at["/op/card/P/transaction"], "", append(days, change{"pageToken", "next", 0}, change{"creationTimeFrom", "2025-12-31", 5001})...)
	add(at["/op/card/P/document"], "backImage", change{"idType", "ID", 0}, change{"idType", "passport", 0}, change{"faceImage", "?", 0},
		change{"backImage", "?", 0}, change{"faceImage", large, 0}, change{"backImage", large, 0},
		change{"faceImage", strings.Repeat("A", 4<<20), 5001}, change{"cardNumber", "9999999999999999", 5010},
		change{"cardNumber", c.l.Reveal(), 5010}, change{"cardNumber", c.foreign.Reveal(), 5011})
	add(base{page: "legacy/card/CARD/VISA_H/OOB_process.md", path: "/op/card/H/oob",
		params: a("cardNumber", c.h.Reveal(), "acsTransactionId", "41ce7a7d", "reply", 2)}, "",
		change{"acsTransactionId", "41ce7a7d-9d57", 0}, change{"reply", 1, 0}, change{"reply", "2", 0}, change{"reply", 4, 0})
}
