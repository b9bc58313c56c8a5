package legacytest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// transfer is one remittance.
type transfer struct {
	*order
	account, chargeCode              string
	send, sourceAmount, rate, target issuing.Amount
	targetCode                       issuing.Currency
	channel                          legacy.Channel
	ext                              map[string]string
}

// The fees of every quote, the fee page's worked example.
var (
	fixedFee    = issuing.NewAmount(8, 0)
	preRatedFee = issuing.NewAmount(21, 3)
)

// rates are units of a payout currency per US dollar; a Hong Kong dollar buys an
// eighth of it.
var rates = map[issuing.Currency]issuing.Amount{
	issuing.CurrencyCNY: issuing.NewAmount(6402552, 6), issuing.CurrencyHKD: issuing.NewAmount(78, 1),
	issuing.CurrencyUSD: issuing.NewAmount(1, 0), issuing.CurrencyEUR: issuing.NewAmount(92, 2),
	issuing.CurrencyGBP: issuing.NewAmount(79, 2), issuing.CurrencySGD: issuing.NewAmount(134, 2),
	"IDR": issuing.NewAmount(16000, 0), "VND": issuing.NewAmount(25000, 0), "NPR": issuing.NewAmount(133, 0),
}

// What quotes and remittances take: the order page's 64 parameters.
var (
	quoteRules    = fundsRules.with(channelRules...).with(rule{mandatory, currencyForm, "sourceCurrency targetCurrency"})
	transferRules = orderRules.with(purposeRules...).with(
		rule{optional, textForm, "ext partner"},
		rule{mandatory, currencyForm, "sourceCurrency"},
		rule{mandatory, centsForm, "sendAmount"},
		rule{optional, matching(`SHA`, "must be SHA"), "chargeCode"},
		rule{optional, textForm, "accountNumber iban targetBankCode targetBankBranch ewalletId"},
		rule{optional, matching(`[A-Z0-9]{8}(?:[A-Z0-9]{3})?`, "must be a SWIFT code"), "swiftCode corrSwiftCode"},
		rule{optional, matching(`[0-9]{9}`, "must have 9 digits"), "routingCode"},
		rule{optional, matching(`[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}`, "must have 6 digits"), "sortCode"},
		rule{mandatory, among("purposes"), "remittancePurpose"},
		rule{mandatory, among("funds"), "sourceOfFunds"},
		rule{mandatory, among("relationships"), "relationship"},
		rule{optional, among("occupations"), "occupation"},
		rule{optional, noteForm, "unformattedNote"},
	).with(recipientRules...).with(senderRules...)
	recipientRules = rules{
		{mandatory, textForm, "targetAddressLine targetAddressCity"},
		{optional, textForm, "targetAddressCityCode targetAddressState targetAddressZip"},
		{optional, mobileForm, mobiles},
		{optional, textForm, "targetCompanyName targetNameFirst targetNameLast targetNativeNameFirst targetNativeNameLast"},
		{optional, alpha3Country, "targetAddressCountry targetNationality"},
		{optional, dateForm, "targetDateOfBirth targetIdExpiration"},
		{optional, emailForm, "targetEmail"},
		{optional, textForm, "targetIdNumber"},
		{optional, idTypeForm, "targetIdType"},
	}
	senderRules = rules{
		{mandatory, alpha3Country, "sourceCountry sourceAddressCountry"},
		{mandatory, textForm, "sourceAddressLine sourceAddressCity"},
		{optional, textForm, "sourceReferenceNumber sourceAddressState sourceAddressZip"},
		{optional, textForm, "sourceNameFirst sourceNameLast sourceIdNumber sourceIdIssueCountry sourceCompanyName"},
		{optional, textForm, "sourceCompanyTradingName sourceCompanyRegistrationNumber sourceCompanyRegistrationCountry"},
		{optional, choice[legacy.Gender]("M, F"), "sourceGender"},
		{optional, alpha3Country, "sourceNationality"},
		{optional, dateForm, "sourceDateOfBirth sourceIdExpiration"},
		{optional, idTypeForm, "sourceIdType"},
	}
)

// quote returns a request's currency of the reserve, that of the payout, which
// stands in the named field, and the rate between them.
func quote(f fields, name string) (source, target issuing.Currency, rate issuing.Amount, failed *problem) {
	source, target = issuing.Currency(f.Text("sourceCurrency")), issuing.Currency(f.Text(name))
	rate, ok := rates[target]
	switch {
	case !ok || (source != issuing.CurrencyUSD && source != issuing.CurrencyHKD):
		failed = bad("there is no quote for these currencies")
	case source == issuing.CurrencyHKD:
		rate = rate.Mul(issuing.NewAmount(125, 3))
	}
	return source, target, rate, failed
}

func (s *Server) quotes(f fields) (any, *problem) {
	source, target, rate, failed := quote(f, "targetCurrency")
	if failed = cmp.Or(checkPath(f), failed); failed != nil {
		return nil, failed
	}
	return map[string]any{
		"input": source, "output": target, "rate": number(rate), "fixedFee": number(fixedFee),
		"preRatedFee": number(preRatedFee), "fullPay": false, "fullPayFee": 0,
	}, nil
}

// number is an amount as a JSON number.
func number(a issuing.Amount) json.Number { return json.Number(a.String()) }

// checkPath checks channel and business: only wire supports more than C2C.
func checkPath(f fields) *problem {
	if f.Text("type") != string(legacy.ChannelWire) && f.Text("business") != string(legacy.BusinessC2C) {
		return bad("type does not support business")
	}
	return nil
}

func (s *Server) transferCreate(f fields) (any, *problem) {
	source, target, rate, failed := quote(f, "currency")
	failed = cmp.Or(s.transfers.fresh(f, "订单重复"), checkPath(f), checkTerms(f), checkConditions(f), failed)
	if failed != nil {
		return nil, failed
	}
	send := readAmount(f, "sendAmount")
	charge := charged(send)
	o, failed := s.newOrder(f, source, charge)
	if failed != nil {
		return nil, failed
	}
	t := &transfer{
		order: o, send: send, sourceAmount: charge, rate: rate, target: truncate(send.Mul(rate), 2), targetCode: target,
		channel: legacy.Channel(f.Text("type")), chargeCode: f.Text("chargeCode"),
		account: cmp.Or(f.Text("accountNumber"), f.Text("iban"), f.Text("ewalletId")),
	}
	s.transfers.add(t)
	s.later(func() { s.finishTransfer(t) })
	// The answer holds the numbers and little else; the rest comes by query.
	return map[string]any{
		"merOrderNo": t.merOrderNo, "orderNo": t.orderNo, "sourceCurrency": source, "targetCurrency": target,
		"status": int(t.status), "createTime": stamp(t.created),
	}, nil
}

// charged is principal plus fee, rounded up to four decimals.
func charged(send issuing.Amount) issuing.Amount {
	exact := send.Add(send.Mul(preRatedFee)).Add(fixedFee)
	out := truncate(exact, 4)
	if out.Cmp(exact) < 0 {
		out = out.Add(issuing.NewAmount(1, 4))
	}
	return out
}

// checkTerms checks what the page says of amount, way and account without
// contradicting itself.
func checkTerms(f fields) *problem {
	switch {
	case readAmount(f, "sendAmount").Sign() <= 0:
		return bad("sendAmount must be greater than zero")
	case f.Text("country") == f.Text("sourceCountry"):
		return bad("sourceCountry must differ from country")
	case f.Text("accountNumber") != "" && f.Text("iban") != "":
		return bad("accountNumber and iban are mutually exclusive")
	case f.Text("country") == "CHN" && f.Text("type") == string(legacy.ChannelBankAccount) &&
		f.Text("currency") == "CNY" && f.Text("sourceCurrency") != "USD":
		return bad("only USD is supported for bank accounts in China")
	}
	return nil
}

// condition is a row of the order page that asks for parameters of some remittances. What
// it leaves empty is any.
type condition struct {
	source, target              string // C or B
	business, channel, currency string
	countries                   string // divided by blanks
	needs                       string // divided by blanks
}

// conditions are what the page says without contradicting itself. Its other rows name
// currencies among the countries, or channels that do not exist.
var conditions = []condition{
	{source: "C", needs: "sourceReferenceNumber sourceNameFirst sourceNameLast sourceNationality sourceDateOfBirth"},
	{source: "B", needs: "sourceCompanyName sourceCompanyTradingName"},
	{target: "C", needs: "targetNameFirst targetNameLast targetNationality"},
	{target: "B", needs: "targetCompanyName"},
	{channel: "ewallet", needs: "ewalletId"},
	{channel: "wire", needs: "swiftCode"},
	{channel: "bank_account", countries: "GBR", currency: "GBP", needs: "sortCode"},
	{channel: "ewallet", business: "C2C", countries: "IDN", needs: "targetAddressCityCode sourceIdNumber"},
	{channel: "bank_account", business: "C2C", countries: "CHN", needs: "sourceIdNumber"},
	{channel: "wire", countries: "HKG", currency: "HKD", needs: "sourceIdNumber targetAddressCountry"},
	{channel: "wire", countries: "AUS", currency: "AUD", needs: "sourceIdNumber targetAddressCountry"},
	{channel: "wire", countries: "SGP", currency: "SGD", needs: "sourceIdNumber targetAddressCountry"},
	{channel: "bank_account", business: "C2C", countries: "CMR COG GHA KEN UGA BGD IDN NPL USA VNM", needs: mobiles},
	{
		channel: "ewallet", business: "C2C", needs: mobiles,
		countries: "BEN CMR COG GHA MDG MWI MOZ NER RWA SEN TZA TGO UGA ZMB BGD IDN NPL",
	},
	{channel: "cash_pickup", business: "C2C", countries: "BGD KHM IDN NPL VNM", needs: mobiles},
}

// mobiles are the phone numbers that some countries ask for.
const mobiles = "sourceMobileNumber targetMobileNumber"

// applies reports whether a remittance is one of the condition's.
func (c condition) applies(f fields) bool {
	source, target, _ := strings.Cut(f.Text("business"), "2")
	for _, pair := range [][2]string{
		{c.source, source}, {c.target, target}, {c.business, f.Text("business")}, {c.channel, f.Text("type")},
		{c.currency, f.Text("currency")},
	} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return c.countries == "" || slices.Contains(strings.Fields(c.countries), f.Text("country"))
}

// checkConditions checks what a remittance needs beyond what every one does.
func checkConditions(f fields) *problem {
	var needed []string
	for _, c := range conditions {
		if c.applies(f) {
			needed = append(needed, strings.Fields(c.needs)...)
		}
	}
	if f.Text("sourceIdNumber") != "" {
		needed = append(needed, "sourceIdType", "sourceIdIssueCountry")
	}
	if f.Text("targetIdNumber") != "" {
		needed = append(needed, "targetIdType")
	}
	if failed := require(f, needed...); failed != nil {
		return failed
	}
	bank := f.Text("type") == string(legacy.ChannelBankAccount) || f.Text("type") == string(legacy.ChannelWire)
	if bank && f.Text("accountNumber") == "" && f.Text("iban") == "" {
		return bad("accountNumber or iban is required")
	}
	return nil
}

func (s *Server) finishTransfer(t *transfer) {
	reason, _ := s.failures.Take(opTransfer)
	s.end(t.order, ledger.World(t.currency), reason)
	switch {
	case reason != "":
	case t.channel == legacy.ChannelCashPickup:
		t.ext = map[string]string{"pickupCode": "63" + t.orderNo[6:]}
	case t.channel == legacy.ChannelWire:
		t.ext = map[string]string{"uetr": uuid.NewSHA1(uuid.NameSpaceOID, []byte(t.orderNo)).String()}
	}
	notice := t.notice()
	notice["account"] = t.account
	notice["targetAmount"], notice["targetCurrency"] = t.target.String(), string(t.targetCode)
	notice["sourceCurrency"], notice["sourceAmount"] = string(t.currency), t.sourceAmount.String()
	notice["fixedFee"], notice["proRatedFee"] = fixedFee.String(), preRatedFee.String()
	if t.ext != nil {
		notice["ext"] = json.RawMessage(platform.JSON(t.ext))
	}
	s.push(legacy.EventTransferCompleted, t.notifyURL, orderRetries, notice)
}

func (s *Server) transferQuery(f fields) (any, *problem) { return s.transfers.query(f) }

func (t *transfer) fields() map[string]any {
	out := t.order.fields()
	maps.Copy(out, map[string]any{
		"account": t.account, "failReason": t.reason, "sourceAmount": number(t.sourceAmount), "sendAmount": number(t.send),
		"sourceCurrency": t.currency, "targetAmount": number(t.target), "targetCurrency": t.targetCode,
		"merQuotes": number(t.rate), "fixedFee": number(fixedFee), "preRatedFee": number(preRatedFee),
		"chargeCode": t.chargeCode, "fullPayFee": 0,
	})
	if t.ext != nil {
		out["ext"] = string(platform.JSON(t.ext))
	}
	return out
}

// Transfers returns all remittances in the order in which they were accepted.
func (s *Server) Transfers() []legacy.Transfer {
	return listOf(s, &s.transfers, func(t *transfer) legacy.Transfer {
		return legacy.Transfer{
			MerOrderNo: t.merOrderNo, OrderNo: t.orderNo, Account: issuing.NewSecret(t.account), SourceCurrency: t.currency,
			SourceAmount: t.sourceAmount, SendAmount: t.send, TargetCurrency: t.targetCode, TargetAmount: t.target,
			Status: t.status, FailReason: t.reason, CreateTime: t.created, CompleteTime: t.completed,
		}
	})
}
