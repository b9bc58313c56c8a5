package legacytest

import (
	"encoding/json"
	"math/big"
	"unicode/utf8"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// transfer is one remittance.
type transfer struct {
	order
	account      string
	send         issuing.Amount
	target       issuing.Amount
	targetCode   issuing.Currency
	rate         issuing.Amount
	channel      legacy.Channel
	chargeCode   string
	ext          map[string]string
	sourceAmount issuing.Amount
}

// The fees of every quote, the fee page's worked example.
var (
	fixedFee    = issuing.NewAmount(8, 0)
	preRatedFee = issuing.NewAmount(21, 3)
)

// rates are units of a payout currency per US dollar; a Hong Kong dollar buys an
// eighth of it.
var rates = map[issuing.Currency]issuing.Amount{
	issuing.CNY: issuing.NewAmount(6402552, 6), issuing.HKD: issuing.NewAmount(78, 1), issuing.USD: issuing.NewAmount(1, 0),
	issuing.EUR: issuing.NewAmount(92, 2), issuing.GBP: issuing.NewAmount(79, 2), issuing.SGD: issuing.NewAmount(134, 2),
	"IDR": issuing.NewAmount(16000, 0), "VND": issuing.NewAmount(25000, 0), "NPR": issuing.NewAmount(133, 0),
}

// quote returns the rate between a reserve's and a payout currency.
func quote(source, target issuing.Currency) (issuing.Amount, bool) {
	rate, ok := rates[target]
	switch {
	case !ok:
		return rate, false
	case source == issuing.USD:
		return rate, true
	case source == issuing.HKD:
		return rate.Mul(issuing.NewAmount(125, 3)), true
	}
	return rate, false
}

func (s *Server) quotes(f fields) (any, *problem) {
	if failed := f.require("sourceCurrency", "country", "business", "type", "targetCurrency"); failed != nil {
		return nil, failed
	}
	source, target := issuing.Currency(f.text("sourceCurrency")), issuing.Currency(f.text("targetCurrency"))
	rate, ok := quote(source, target)
	if failed := f.path(); failed != nil {
		return nil, failed
	}
	if !ok {
		return invalid("there is no quote for these currencies")
	}
	return map[string]any{
		"input": source, "output": target, "rate": json.Number(rate.String()), "fixedFee": json.Number(fixedFee.String()),
		"preRatedFee": json.Number(preRatedFee.String()), "fullPay": false, "fullPayFee": 0,
	}, nil
}

// path checks channel and business: only wire supports more than C2C.
func (f fields) path() *problem {
	channel, business := legacy.Channel(f.text("type")), legacy.Business(f.text("business"))
	if !channel.Known() || !business.Known() || (channel != legacy.ChannelWire && business != legacy.BusinessC2C) {
		return &problem{legacy.CodeInvalidParameters, "type does not support business"}
	}
	return nil
}

func (s *Server) transferCreate(f fields) (any, *problem) {
	if failed := f.require("merOrderNo", "sourceCurrency", "sendAmount", "country", "business", "type", "currency",
		"targetAddressLine", "targetAddressCity", "sourceCountry", "sourceAddressLine", "sourceAddressCity",
		"sourceAddressCountry", "remittancePurpose", "sourceOfFunds", "relationship"); failed != nil {
		return nil, failed
	}
	if s.transfers.byMer[f.text("merOrderNo")] != nil {
		return fail(legacy.CodeDuplicateOrder, "订单重复")
	}
	if failed := f.checkTransfer(); failed != nil {
		return nil, failed
	}
	send, _ := f.amount("sendAmount")
	source, target := issuing.Currency(f.text("sourceCurrency")), issuing.Currency(f.text("currency"))
	rate, ok := quote(source, target)
	if !ok {
		return invalid("there is no quote for these currencies")
	}
	charge := charged(send)
	o, failed := s.newOrder(f, source, charge)
	if failed != nil {
		return nil, failed
	}
	t := &transfer{
		order: o, send: send, sourceAmount: charge, rate: rate, target: truncate(send.Mul(rate), 2), targetCode: target,
		channel: legacy.Channel(f.text("type")), chargeCode: f.text("chargeCode"),
	}
	for _, name := range []string{"accountNumber", "iban", "ewalletId"} {
		if t.account == "" {
			t.account = f.text(name)
		}
	}
	s.transfers.add(t)
	s.clock.After(s.cfg.Delay, func() { s.finishTransfer(t) })
	// The answer holds the numbers and little else; the rest comes by query.
	return map[string]any{
		"merOrderNo": t.merOrderNo, "orderNo": t.orderNo, "sourceCurrency": source, "targetCurrency": target,
		"status": int(t.status), "createTime": stamp(t.created),
	}, nil
}

// charged is principal plus fee, rounded up to four decimals.
func charged(send issuing.Amount) issuing.Amount {
	exact := send.Add(send.Mul(preRatedFee)).Add(fixedFee).Rat()
	units := new(big.Rat).Mul(exact, big.NewRat(10_000, 1))
	n, rest := new(big.Int).QuoRem(units.Num(), units.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	out, _ := issuing.ParseAmount(new(big.Rat).SetFrac(n, big.NewInt(10_000)).FloatString(4))
	return out
}

// checkTransfer checks what the page says without contradicting itself.
func (f fields) checkTransfer() *problem {
	bad := func(message string) *problem { return &problem{legacy.CodeInvalidParameters, message} }
	if failed := f.path(); failed != nil {
		return failed
	}
	send, ok := f.amount("sendAmount")
	switch {
	case !ok || send.Sign() <= 0 || send.Scale() > 2:
		return bad("sendAmount is not valid")
	case f.text("country") == f.text("sourceCountry"):
		return bad("sourceCountry must differ from country")
	case f.text("chargeCode") != "" && f.text("chargeCode") != string(legacy.ChargeCodeSHA):
		return bad("chargeCode must be SHA")
	case utf8.RuneCountInString(f.text("unformattedNote")) > 64:
		return bad("unformattedNote is too long")
	case f.text("accountNumber") != "" && f.text("iban") != "":
		return bad("accountNumber and iban are mutually exclusive")
	case f.text("country") == "CHN" && f.text("type") == string(legacy.ChannelBankAccount) &&
		f.text("currency") == "CNY" && f.text("sourceCurrency") != "USD":
		return bad("only USD is supported for bank accounts in China")
	}
	business := f.text("business")
	if failed := f.party(business[0], "source"); failed != nil {
		return failed
	}
	if failed := f.party(business[2], "target"); failed != nil {
		return failed
	}
	if f.text("sourceIdNumber") != "" {
		if failed := f.require("sourceIdType", "sourceIdIssueCountry"); failed != nil {
			return failed
		}
	}
	if f.text("targetIdNumber") != "" {
		if failed := f.require("targetIdType"); failed != nil {
			return failed
		}
	}
	for _, name := range []string{"sourceIdType", "targetIdType"} {
		if typ := f.text(name); typ != "" && !legacy.TransferIDType(typ).Known() {
			return bad(name + " must be national or passport")
		}
	}
	return f.dates("sourceDateOfBirth", "sourceIdExpiration", "targetDateOfBirth", "targetIdExpiration")
}

// party checks what a person (C) or company (B) on one side needs.
func (f fields) party(side byte, name string) *problem {
	if side == 'B' {
		if name == "source" {
			return f.require("sourceCompanyName", "sourceCompanyTradingName")
		}
		return f.require("targetCompanyName")
	}
	if name == "source" {
		return f.require("sourceReferenceNumber", "sourceNameFirst", "sourceNameLast", "sourceNationality", "sourceDateOfBirth")
	}
	return f.require("targetNameFirst", "targetNameLast", "targetNationality")
}

func (s *Server) finishTransfer(t *transfer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason := s.takeFailure(failTransfer); reason != "" {
		s.release(&t.order, reason)
	} else {
		s.succeed(&t.order, ledger.World(t.currency))
		switch t.channel {
		case legacy.ChannelCashPickup:
			t.ext = map[string]string{"pickupCode": "63" + t.orderNo[6:]}
		case legacy.ChannelWire:
			t.ext = map[string]string{"uetr": uuid.NewSHA1(uuid.NameSpaceOID, []byte(t.orderNo)).String()}
		}
	}
	notice := t.notice()
	notice["account"], notice["targetAmount"], notice["targetCurrency"] = t.account, t.target.String(), string(t.targetCode)
	notice["sourceCurrency"], notice["sourceAmount"] = string(t.currency), t.sourceAmount.String()
	notice["fixedFee"], notice["proRatedFee"] = fixedFee.String(), preRatedFee.String()
	if t.ext != nil {
		raw, _ := encode(t.ext)
		notice["ext"] = raw
	}
	s.push(legacy.NotifyTransfer, t.notifyURL, transferRetries, notice)
}

func (s *Server) transferQuery(f fields) (any, *problem) {
	t, failed := s.transfers.find(f)
	if failed != nil {
		return nil, failed
	}
	out := t.order.fields()
	number := func(a issuing.Amount) json.Number { return json.Number(a.String()) }
	for name, value := range map[string]any{
		"account": t.account, "failReason": t.reason, "sourceAmount": number(t.sourceAmount), "sendAmount": number(t.send),
		"sourceCurrency": t.currency, "targetAmount": number(t.target), "targetCurrency": t.targetCode,
		"merQuotes": number(t.rate), "fixedFee": number(fixedFee), "preRatedFee": number(preRatedFee),
		"chargeCode": t.chargeCode, "fullPayFee": 0,
	} {
		out[name] = value
	}
	if t.ext != nil {
		raw, _ := encode(t.ext)
		out["ext"] = string(raw)
	}
	return out, nil
}

// Transfers returns all remittances in the order in which they were accepted.
func (s *Server) Transfers() []legacy.Transfer {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]legacy.Transfer, len(s.transfers.list))
	for i, t := range s.transfers.list {
		out[i] = legacy.Transfer{
			MerOrderNo: t.merOrderNo, OrderNo: t.orderNo, Account: issuing.NewSecret(t.account), SourceCurrency: t.currency,
			SourceAmount: t.sourceAmount, SendAmount: t.send, TargetCurrency: t.targetCode, TargetAmount: t.target,
			Status: t.status, FailReason: t.reason, CreateTime: t.created, CompleteTime: t.completed,
		}
	}
	return out
}
