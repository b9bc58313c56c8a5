package legacytest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

func (s *Server) masterEFields(c *card) map[string]any {
	status := map[state]legacy.MasterECardStatus{
		active: legacy.MasterECardStatusActivated, frozen: legacy.MasterECardStatusLost,
		closing: legacy.MasterECardStatusExpired, closed: legacy.MasterECardStatusExpired,
	}[c.state]
	balance := json.Number(s.book.Balance(c.account()).String())
	return map[string]any{
		"cardNo": c.number.Reveal(), "embossedName": c.holder.first + " " + c.holder.last, "status": int(status),
		"expiryMonth": c.month, "expiryYear": c.year[2:], "cardLimit": 500_000, "availableLimit": 500_000,
		"dailyAtmLimit": c.atmLimit, "dailyPurchaseLimit": c.purchaseLimit, "balance": balance, "available": balance,
	}
}

func (s *Server) masterEInfo(f fields) (any, *problem) {
	c, failed := s.find(f, MasterE)
	if failed != nil {
		return nil, failed
	}
	return s.masterEFields(c), nil
}

func (s *Server) masterELock(f fields) (any, *problem)   { return s.masterEMove(f, frozen) }
func (s *Server) masterEUnlock(f fields) (any, *problem) { return s.masterEMove(f, active) }

func (s *Server) masterEMove(f fields, to state) (any, *problem) {
	c, failed := s.move(f, MasterE, to)
	if failed != nil {
		return nil, failed
	}
	out := s.masterEFields(c)
	for _, name := range []string{"embossedName", "balance", "available"} {
		delete(out, name)
	}
	return out, nil
}

func (s *Server) masterEPIN(f fields) (any, *problem) {
	if failed := s.setPIN(f, MasterE); failed != nil {
		return nil, failed
	}
	return "succeed", nil
}

func (s *Server) masterELimits(f fields) (any, *problem) {
	c, failed := s.find(f, MasterE)
	if failed != nil {
		return nil, failed
	}
	purchase, ok := f.integer("dailyPurchaseLimit")
	atm, okATM := f.integer("dailyAtmLimit")
	if !ok || !okATM || purchase < 0 || atm < 0 {
		return invalid("dailyPurchaseLimit and dailyAtmLimit must be integers")
	}
	c.purchaseLimit, c.atmLimit = purchase, atm
	// This page alone answers with strings.
	return map[string]any{
		"embossedName": c.holder.first + " " + c.holder.last, "expiryMonth": c.month, "expiryYear": c.year[2:],
		"cardLimit": "500000", "availableLimit": "500000",
		"dailyAtmLimit": strconv.Itoa(atm), "dailyPurchaseLimit": strconv.Itoa(purchase),
	}, nil
}

// selected returns a card's records within a page's range, the latest first.
func (c *card) selected(p page) []*record {
	var out []*record
	for i := len(c.records) - 1; i >= 0; i-- {
		if p.keeps(issuing.DateOf(c.records[i].at.In(zone))) {
			out = append(out, c.records[i])
		}
	}
	return out
}

func masterERecord(c *card, r *record, paged bool) map[string]any {
	intent, entry, status := legacy.MasterEIntentCharge, legacy.EntryTypeCredit, legacy.MasterETransactionStatusPosted
	if r.kind == recordTopUp {
		intent, entry = legacy.MasterEIntentTransfer, legacy.EntryTypeDebit
	}
	if r.declined {
		status = legacy.MasterETransactionStatusDeclined
	}
	merchant, _ := json.Marshal(map[string]string{"country": "", "name": r.shop, "mcc": "", "category": ""})
	out := map[string]any{
		"amount": r.amount.String(), "cardAccountId": "938b56b2-3437-4295-8393-b5e407504c39", "cardEmbossedName": "",
		"cardId": "", "cardLast4": c.number.Last4(), "createdAt": r.at.UTC().Format("2006-01-02T15:04:05.000Z"),
		"currency": r.currency, "description": r.text, "entryType": entry, "id": r.id, "intent": intent,
		"merchant": string(merchant), "refId": "CT" + r.id[:8], "status": status,
	}
	if paged {
		out["createdAt"], out["xid"] = stamp(r.at), "accttrans_"+r.id[:8]
	}
	return out
}

func (s *Server) masterETransactions(f fields) (any, *problem) {
	c, failed := s.find(f, MasterE)
	if failed != nil {
		return nil, failed
	}
	p, failed := f.paging("dateRangeFrom", "dateRangeTo", false, 0)
	if failed != nil {
		return nil, failed
	}
	list := []map[string]any{}
	for _, r := range c.selected(p) {
		if len(list) < p.size {
			list = append(list, masterERecord(c, r, false))
		}
	}
	return list, nil
}

// masterEToken is the content of a page token, as the page's example decodes.
type masterEToken struct {
	ID        string `json:"id"`
	PageSize  int    `json:"pageSize"`
	Current   int    `json:"current"`
	Direction string `json:"direction"`
}

func (t masterEToken) encode() string {
	text, _ := json.Marshal(t)
	return base64.StdEncoding.EncodeToString(text)
}

func (s *Server) masterEPage(f fields) (any, *problem) {
	c, failed := s.find(f, MasterE)
	if failed != nil {
		return nil, failed
	}
	p, failed := f.paging("dateRangeFrom", "dateRangeTo", false, 0)
	if failed != nil {
		return nil, failed
	}
	number := 1
	if text := f.text("pageToken"); text != "" {
		var token masterEToken
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || json.Unmarshal(raw, &token) != nil || token.PageSize != p.size || token.Current < 1 {
			return invalid("pageToken does not belong to this list")
		}
		number = token.Current
	}
	records := c.selected(p)
	first, last := p.span(number, len(records))
	list := []map[string]any{}
	for _, r := range records[first:last] {
		list = append(list, masterERecord(c, r, true))
	}
	out := map[string]any{"nextPageToken": "", "prevPageToken": "", "transactions": list}
	if last < len(records) {
		out["nextPageToken"] = masterEToken{records[last-1].id, p.size, number + 1, "next"}.encode()
	}
	if number > 1 && len(list) > 0 {
		out["prevPageToken"] = masterEToken{records[first].id, p.size, number - 1, "prev"}.encode()
	}
	return out, nil
}

func (s *Server) visaHBalance(f fields) (any, *problem) {
	c, failed := s.find(f, VisaH)
	if failed != nil {
		return nil, failed
	}
	balance := json.Number(s.book.Balance(c.account()).String())
	status := legacy.VisaHCardStatusActivated
	if c.state != active {
		status = "suspended"
	}
	number := c.number.Reveal()
	return map[string]any{
		"availableCredit": balance, "overallCreditLimit": 0, "totalBalance": balance, "cvv": s.seal(c.cvv.Reveal()),
		"currentBillingEndDate": s.now().AddDate(0, 1, 0).UnixMilli(), "expiry": c.year + c.month,
		"panFirst6": number[:6], "panLast4": number[len(number)-4:], "status": status,
	}, nil
}

func (s *Server) visaHLock(f fields) (any, *problem)   { return s.visaHMove(f, frozen) }
func (s *Server) visaHUnlock(f fields) (any, *problem) { return s.visaHMove(f, active) }

func (s *Server) visaHMove(f fields, to state) (any, *problem) {
	if _, failed := s.move(f, VisaH, to); failed != nil {
		return nil, failed
	}
	return true, nil
}

func (s *Server) visaHPIN(f fields) (any, *problem) {
	if failed := s.setPIN(f, VisaH); failed != nil {
		return nil, failed
	}
	return true, nil
}

func (s *Server) visaHTransactions(f fields) (any, *problem) {
	c, failed := s.find(f, VisaH)
	if failed != nil {
		return nil, failed
	}
	p, failed := f.paging("creationTimeFrom", "creationTimeTo", true, 0)
	if failed != nil {
		return nil, failed
	}
	offset, err := strconv.Atoi(f.text("offset"))
	if err != nil || offset < 0 {
		return invalid("offset is required")
	}
	settled, filtered := f.integer("isAuthorization")
	if f["isAuthorization"] != nil && (!filtered || settled < 0 || settled > 1) {
		return invalid("isAuthorization must be 0 or 1")
	}
	records := slices.DeleteFunc(c.selected(p), func(r *record) bool {
		return filtered && r.settled != (settled == 1)
	})
	records = records[min(offset, len(records)):]
	list := []map[string]any{}
	for _, r := range records[:min(p.size, len(records))] {
		list = append(list, visaHRecord(r))
	}
	return list, nil
}

func visaHRecord(r *record) map[string]any {
	number, _ := strconv.ParseInt(r.id, 10, 64)
	amount := json.Number(r.amount.String())
	out := map[string]any{
		"amount": amount, "creationTime": r.at.UTC().Format("2006-01-02T15:04:05.000Z"), "currency": r.currency,
		"isATM": false, "isAuthorization": !r.settled, "isInCountry": true, "isOnline": r.kind == recordPurchase,
		"isPos": false, "memo": r.text, "reversal": false, "settlementDate": "", "transactionId": number,
		"transactionSource": legacy.VisaHTransactionSourcePartner, "transactionType": legacy.VisaHTransactionTypeAccountFunding,
		"txCompleted": r.settled, "acquirerCurrency": "", "acquirerAmount": 0, "cardAcceptorName": r.shop,
		"debitOrCreditFlag": legacy.DirectionCredit,
	}
	if r.kind == recordPurchase {
		out["transactionSource"], out["transactionType"] = legacy.VisaHTransactionSourceOnline, legacy.VisaHTransactionTypePurchase
		out["acquirerCurrency"], out["acquirerAmount"], out["debitOrCreditFlag"] = r.currency, amount, legacy.DirectionDebit
	}
	if r.settled {
		out["settlementDate"] = r.at.UTC().Format("2006-01-02T15:04:05.000Z")
	} else {
		out["amount"] = 0
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

func (s *Server) visaHSimulate(f fields) (any, *problem) {
	c, failed := s.find(f, VisaH)
	if failed != nil {
		return nil, failed
	}
	o := &confirmation{card: c, id: uuid.NewString(), status: legacy.OOBStatusInProgress, created: s.now()}
	s.oob[o.id] = o
	number := c.number.Reveal()
	created := o.created.UnixMilli()
	data := map[string]any{
		"cardNumber": c.id, "acsTransactionId": o.id, "status": int(o.status), "threeDsRequestorAppUrl": "",
		"transactionInformation": []map[string]any{{
			"merchantName": "Amazon", "purchaseAmount": "31.81", "purchaseCurrency": "USD", "purchaseDate": created,
			"merchantCountryCode": 840, "acquirerMerchantID": "784959000762203",
			"maskedPAN": fmt.Sprintf("%s******%s", number[:6], number[len(number)-4:]),
		}},
		"createdDate": created, "lastModifiedDate": created, "expireDate": o.created.Add(oobWindow).UnixMilli(),
	}
	s.pushNested(legacy.NotifyVisaHOOB, "", nil, data)
	return true, nil
}

func (s *Server) visaHReply(f fields) (any, *problem) {
	c, failed := s.find(f, VisaH)
	if failed != nil {
		return nil, failed
	}
	if failed := f.require("acsTransactionId"); failed != nil {
		return nil, failed
	}
	o := s.oob[f.text("acsTransactionId")]
	reply, ok := f.integer("reply")
	if o == nil || o.card != c || !ok || !legacy.OOBReply(reply).Known() {
		return invalid("acsTransactionId or reply is not valid")
	}
	if o.status == legacy.OOBStatusInProgress {
		o.status = legacy.OOBStatus(reply)
		if s.now().After(o.created.Add(oobWindow)) {
			o.status = legacy.OOBStatusTimeout
		}
	}
	return map[string]any{"confirmationStatus": int(o.status)}, nil
}
