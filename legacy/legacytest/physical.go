package legacytest

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// What operations on physical cards take; lists are asked for by creation days.
var (
	limitRules  = cardRules.with(rule{mandatory, limitForm, "dailyPurchaseLimit dailyAtmLimit"})
	latestRules = cardRules.with(
		rule{mandatory, fromOne, "pageSize"},
		rule{optional, dateForm, "dateRangeFrom dateRangeTo"})
	tokenRules   = latestRules.with(rule{optional, textForm, "pageToken"})
	createdRules = cardRules.with(
		rule{mandatory, fromOne, "pageSize"},
		rule{mandatory, dateForm, "creationTimeFrom creationTimeTo"})
	offsetRules = createdRules.with(
		rule{mandatory, fromZero, "offset"},
		rule{optional, integer("must be 0 or 1", func(n int) bool { return n == 0 || n == 1 }), "isAuthorization"})
	replyRules = cardRules.with(
		rule{mandatory, textForm, "acsTransactionId"},
		rule{mandatory, integer("must be 2 or 3", func(n int) bool { return legacy.OOBReply(n).Known() }), "reply"})
)

func (s *Server) masterEInfo(_ fields, c *card) (any, *problem) {
	balance := number(s.book.Balance(c.account))
	out := s.masterEChange(c)
	out["embossedName"], out["balance"], out["available"] = c.holder.name(), balance, balance
	return out, nil
}

// masterEChange is a card as freezing and unfreezing answer with it.
func (s *Server) masterEChange(c *card) map[string]any {
	return map[string]any{
		"cardNo": c.number.Reveal(), "status": c.status(), "expiryMonth": c.month, "expiryYear": c.year[2:],
		"cardLimit": 500_000, "availableLimit": 500_000,
		"dailyAtmLimit": c.atmLimit, "dailyPurchaseLimit": c.purchaseLimit,
	}
}

func (s *Server) masterELimits(f fields, c *card) (any, *problem) {
	purchase, _ := f.Int("dailyPurchaseLimit")
	atm, _ := f.Int("dailyAtmLimit")
	c.purchaseLimit, c.atmLimit = purchase, atm
	// This page alone answers with strings.
	return map[string]any{
		"embossedName": c.holder.name(), "expiryMonth": c.month, "expiryYear": c.year[2:],
		"cardLimit": "500000", "availableLimit": "500000",
		"dailyAtmLimit": strconv.Itoa(atm), "dailyPurchaseLimit": strconv.Itoa(purchase),
	}, nil
}

// listed reads what all lists ask for, and returns the card's records in the range
// of dates, the latest first, and the size of a page. MASTER-E's dates may be
// absent; those of the virtual products are three months apart at most.
func (c *card) listed(f fields) (records []*record, size int, failed *problem) {
	size, _ = strconv.Atoi(f.Text("pageSize"))
	names := []string{"creationTimeFrom", "creationTimeTo"}
	if c.product == ProductMasterE {
		names = []string{"dateRangeFrom", "dateRangeTo"}
	}
	from, to := readDate(f, names[0]), readDate(f, names[1])
	if c.virtual() && to.In(time.UTC).After(from.In(time.UTC).AddDate(0, 3, 0)) {
		return nil, 0, bad("the time span exceeds 3 months")
	}
	for _, r := range slices.Backward(c.records) {
		day := issuing.DateOf(r.at).In(time.UTC)
		if !day.Before(from.In(time.UTC)) && (to.IsZero() || !day.After(to.In(time.UTC))) {
			records = append(records, r)
		}
	}
	return records, size, nil
}

// lines are records as a list shows them.
func (c *card) lines(records []*record, line func(*card, *record) map[string]any) []map[string]any {
	out := make([]map[string]any, len(records))
	for i, r := range records {
		out[i] = line(c, r)
	}
	return out
}

func masterERecord(c *card, r *record) map[string]any {
	intent, entry, status := legacy.MasterEIntentCharge, legacy.EntryTypeCredit, legacy.MasterETransactionStatusPosted
	if r.kind == recordTopUp {
		intent, entry = legacy.MasterEIntentTransfer, legacy.EntryTypeDebit
	}
	if r.declined {
		status = legacy.MasterETransactionStatusDeclined
	}
	merchant := platform.JSON(map[string]string{
		"country": r.shop.Country, "name": r.shop.Name, "mcc": r.shop.MCC, "category": "",
	})
	return map[string]any{
		"amount": r.amount.String(), "cardAccountId": "938b56b2-3437-4295-8393-b5e407504c39", "cardEmbossedName": "",
		"cardId": "", "cardLast4": c.number.Last4(), "createdAt": stampUTC(r.at),
		"currency": r.currency, "description": r.text, "entryType": entry, "id": r.id, "intent": intent,
		"merchant": string(merchant), "refId": "CT" + r.id[:8], "status": status,
	}
}

// masterEPageRecord is a record as the paged list shows it.
func masterEPageRecord(c *card, r *record) map[string]any {
	out := masterERecord(c, r)
	out["createdAt"], out["xid"] = stamp(r.at), "accttrans_"+r.id[:8]
	return out
}

func masterETransactions(_ fields, c *card, records []*record, size int) (any, *problem) {
	return c.lines(platform.Page(records, 1, size), masterERecord), nil
}

// masterEToken is the content of a page token, as the page's example decodes.
type masterEToken struct {
	ID        string `json:"id"`
	PageSize  int    `json:"pageSize"`
	Current   int    `json:"current"`
	Direction string `json:"direction"`
}

func (t masterEToken) encode() string { return base64.StdEncoding.EncodeToString(platform.JSON(t)) }

func masterEPage(f fields, c *card, records []*record, size int) (any, *problem) {
	number := 1
	if text := f.Text("pageToken"); text != "" {
		var token masterEToken
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || json.Unmarshal(raw, &token) != nil || token.PageSize != size || token.Current < 1 {
			return nil, bad("pageToken does not belong to this list")
		}
		number = token.Current
	}
	page := platform.Page(records, number, size)
	out := map[string]any{"nextPageToken": "", "prevPageToken": "", "transactions": c.lines(page, masterEPageRecord)}
	if len(platform.Page(records, number+1, size)) > 0 {
		out["nextPageToken"] = masterEToken{page[len(page)-1].id, size, number + 1, "next"}.encode()
	}
	if number > 1 && len(page) > 0 {
		out["prevPageToken"] = masterEToken{page[0].id, size, number - 1, "prev"}.encode()
	}
	return out, nil
}

func (s *Server) visaHBalance(_ fields, c *card) (any, *problem) {
	balance := number(s.book.Balance(c.account))
	return map[string]any{
		"availableCredit": balance, "overallCreditLimit": 0, "totalBalance": balance, "cvv": s.seal(c.cvv.Reveal()),
		"currentBillingEndDate": s.now().AddDate(0, 1, 0).UnixMilli(), "expiry": c.year + c.month,
		"panFirst6": c.number.Reveal()[:6], "panLast4": c.number.Last4(), "status": c.status(),
	}, nil
}

func visaHTransactions(f fields, c *card, records []*record, size int) (any, *problem) {
	offset, _ := strconv.Atoi(f.Text("offset"))
	settled, filtered := f.Int("isAuthorization")
	records = slices.DeleteFunc(records, func(r *record) bool { return filtered && r.settled != (settled == 1) })
	records = records[min(offset, len(records)):]
	return c.lines(platform.Page(records, 1, size), visaHRecord), nil
}

func visaHRecord(_ *card, r *record) map[string]any {
	id, _ := strconv.ParseInt(r.id, 10, 64)
	out := map[string]any{
		"amount": number(r.amount), "creationTime": stampUTC(r.at), "currency": r.currency,
		"isATM": false, "isAuthorization": !r.settled, "isInCountry": true, "isOnline": r.kind == recordPurchase,
		"isPos": false, "memo": r.text, "reversal": false, "settlementDate": stampUTC(r.at), "transactionId": id,
		"transactionSource": legacy.VisaHTransactionSourcePartner,
		"transactionType":   legacy.VisaHTransactionTypeAccountFunding,
		"txCompleted":       r.settled, "acquirerCurrency": "", "acquirerAmount": 0, "cardAcceptorName": r.shop.Name,
		"debitOrCreditFlag": legacy.DirectionCredit,
	}
	if r.kind == recordPurchase {
		out["transactionSource"] = legacy.VisaHTransactionSourceOnline
		out["transactionType"], out["debitOrCreditFlag"] = legacy.VisaHTransactionTypePurchase, legacy.DirectionDebit
		out["acquirerCurrency"], out["acquirerAmount"] = r.currency, number(r.amount)
	}
	if !r.settled {
		out["amount"], out["settlementDate"] = 0, ""
	}
	return out
}

// oobWindow is how long a confirmation waits for a reply; the page's example
// gives one hundred seconds.
const oobWindow = 100 * time.Second

// confirmation is an out-of-band confirmation.
type confirmation struct {
	card    *card
	id      string
	status  legacy.OOBStatus
	created time.Time
}

func (s *Server) visaHSimulate(_ fields, c *card) (any, *problem) {
	o := &confirmation{card: c, id: s.ids.UUID(), status: legacy.OOBStatusInProgress, created: s.now()}
	s.oob[o.id] = o
	created := o.created.UnixMilli()
	s.pushNested(legacy.EventOOBRequested, "", nil, map[string]any{
		"cardNumber": c.id, "acsTransactionId": o.id, "status": int(o.status), "threeDsRequestorAppUrl": "",
		"transactionInformation": []map[string]any{{
			"merchantName": "Amazon", "purchaseAmount": "31.81", "purchaseCurrency": "USD", "purchaseDate": created,
			"merchantCountryCode": 840, "acquirerMerchantID": "784959000762203",
			"maskedPAN": c.number.Reveal()[:6] + "******" + c.number.Last4(),
		}},
		"createdDate": created, "lastModifiedDate": created, "expireDate": o.created.Add(oobWindow).UnixMilli(),
	})
	return true, nil
}

func (s *Server) visaHReply(f fields, c *card) (any, *problem) {
	o := s.oob[f.Text("acsTransactionId")]
	reply, _ := f.Int("reply")
	if o == nil || o.card != c {
		return nil, bad("acsTransactionId does not name a confirmation of this card")
	}
	if o.status == legacy.OOBStatusInProgress {
		o.status = legacy.OOBStatus(reply)
		if s.now().After(o.created.Add(oobWindow)) {
			o.status = legacy.OOBStatusTimeout
		}
	}
	return map[string]any{"confirmationStatus": int(o.status)}, nil
}
