package legacytest

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

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
	failed := require(f, "sourceCurrency", "country", "business", "type", "targetCurrency")
	source, target, rate, unquoted := quote(f, "targetCurrency")
	if failed = cmp.Or(failed, checkPath(f), unquoted); failed != nil {
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
	channel, business := legacy.Channel(f.Text("type")), legacy.Business(f.Text("business"))
	if !channel.Known() || !business.Known() || (channel != legacy.ChannelWire && business != legacy.BusinessC2C) {
		return bad("type does not support business")
	}
	return nil
}

func (s *Server) transferCreate(f fields) (any, *problem) {
	failed := require(f, "merOrderNo", "sourceCurrency", "sendAmount", "country", "business", "type", "currency",
		"targetAddressLine", "targetAddressCity", "sourceCountry", "sourceAddressLine", "sourceAddressCity",
		"sourceAddressCountry", "remittancePurpose", "sourceOfFunds", "relationship")
	source, target, rate, unquoted := quote(f, "currency")
	failed = cmp.Or(failed, s.transfers.fresh(f, "订单重复"), checkPath(f), checkTerms(f), checkParties(f), unquoted)
	if failed != nil {
		return nil, failed
	}
	send, _ := readAmount(f, "sendAmount")
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
	send, ok := readAmount(f, "sendAmount")
	switch {
	case !ok || send.Sign() <= 0 || send.Scale() > 2:
		return bad("sendAmount is not valid")
	case f.Text("country") == f.Text("sourceCountry"):
		return bad("sourceCountry must differ from country")
	case f.Text("chargeCode") != "" && f.Text("chargeCode") != string(legacy.ChargeCodeSHA):
		return bad("chargeCode must be SHA")
	case utf8.RuneCountInString(f.Text("unformattedNote")) > 64:
		return bad("unformattedNote is too long")
	case f.Text("accountNumber") != "" && f.Text("iban") != "":
		return bad("accountNumber and iban are mutually exclusive")
	case f.Text("country") == "CHN" && f.Text("type") == string(legacy.ChannelBankAccount) &&
		f.Text("currency") == "CNY" && f.Text("sourceCurrency") != "USD":
		return bad("only USD is supported for bank accounts in China")
	}
	return nil
}

// partyFields are what a person (C) or company (B) on either side needs.
var partyFields = map[string][]string{
	"source C": {"sourceReferenceNumber", "sourceNameFirst", "sourceNameLast", "sourceNationality", "sourceDateOfBirth"},
	"source B": {"sourceCompanyName", "sourceCompanyTradingName"},
	"target C": {"targetNameFirst", "targetNameLast", "targetNationality"},
	"target B": {"targetCompanyName"},
}

// checkParties checks sender and recipient.
func checkParties(f fields) *problem {
	source, target, _ := strings.Cut(f.Text("business"), "2")
	needed := append(slices.Clone(partyFields["source "+source]), partyFields["target "+target]...)
	if f.Text("sourceIdNumber") != "" {
		needed = append(needed, "sourceIdType", "sourceIdIssueCountry")
	}
	if f.Text("targetIdNumber") != "" {
		needed = append(needed, "targetIdType")
	}
	if failed := require(f, needed...); failed != nil {
		return failed
	}
	for _, name := range []string{"sourceIdType", "targetIdType"} {
		if typ := f.Text(name); typ != "" && !legacy.TransferIDType(typ).Known() {
			return bad(name + " must be national or passport")
		}
	}
	return checkDates(f, "sourceDateOfBirth", "sourceIdExpiration", "targetDateOfBirth", "targetIdExpiration")
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
