package legacytest

import (
	"encoding/base64"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/legacy"
)

// group is one entry of the VIRTUAL-L BIN list in one language.
type group struct {
	scene, area, network string
	bins                 []string
}

// The two editions of the list, in an order that sorting would change.
var (
	groupsChinese = []group{
		{"电商消费", "美国", "VISA", []string{"491090", "489607"}},
		{"电商消费", "美国", "万事达", []string{"559292", "556371"}},
		{"电商消费", "中国香港", "VISA", []string{"493193", "438357"}},
		{"ChatGPT", "美国", "万事达", []string{"559292"}},
	}
	groupsEnglish = []group{
		{"e-commerce", "United States", "VISA", []string{"491090", "489607"}},
		{"e-commerce", "United States", "MASTER", []string{"559292", "556371"}},
		{"e-commerce", "Hong Kong", "VISA", []string{"493193", "438357"}},
		{"ChatGPT", "United States", "MASTER", []string{"559292"}},
	}
)

func (s *Server) virtualLHead(fields) (any, *problem)        { return nest(groupsChinese), nil }
func (s *Server) virtualLHeadEnglish(fields) (any, *problem) { return nest(groupsEnglish), nil }

// nest builds the page's shape, an array of objects on each level, with the
// order of the groups.
func nest(groups []group) any {
	var scenes object
	for _, g := range groups {
		areas, _ := scenes.get(g.scene).([]*object)
		if areas == nil {
			areas = []*object{{}}
			scenes.set(g.scene, areas)
		}
		networks, _ := areas[0].get(g.area).([]*object)
		areas[0].set(g.area, append(networks, &object{{g.network, g.bins}}))
	}
	return []*object{&scenes}
}

func (s *Server) virtualLInfo(f fields) (any, *problem) {
	c, failed := s.find(f, VirtualL)
	if failed != nil {
		return nil, failed
	}
	status := map[state]legacy.VirtualLCardStatus{
		active: legacy.VirtualLCardStatusActive, frozen: legacy.VirtualLCardStatusFrozen,
		closing: legacy.VirtualLCardStatusActive, closed: legacy.VirtualLCardStatusCancelled,
	}[c.state]
	return map[string]any{
		"balance": s.book.Balance(c.account()).String(), "cardExpiryDate": c.month + "/" + c.year,
		"cardNo": c.number.Reveal(), "cardStatus": status, "cardStatusDesc": "使用中", "cvv": s.seal(c.cvv.Reveal()),
		"localCurrency": c.currency, "startActiveDate": c.created.In(zone).Format(time.DateOnly),
		"cardUserInfo": map[string]any{
			"birthDate": c.holder.birth, "email": c.holder.email, "firstName": c.holder.first,
			"lastName": c.holder.last, "mobile": c.holder.mobile,
		},
	}, nil
}

func (s *Server) virtualLLock(f fields) (any, *problem)   { return s.switchCard(f, VirtualL, frozen) }
func (s *Server) virtualLUnlock(f fields) (any, *problem) { return s.switchCard(f, VirtualL, active) }
func (s *Server) virtualPLock(f fields) (any, *problem)   { return s.switchCard(f, VirtualP, frozen) }
func (s *Server) virtualPUnlock(f fields) (any, *problem) { return s.switchCard(f, VirtualP, active) }

func (s *Server) switchCard(f fields, product Product, to state) (any, *problem) {
	if _, failed := s.move(f, product, to); failed != nil {
		return nil, failed
	}
	return true, nil
}

// transactionPage answers with one page of a virtual card's records.
func (s *Server) transactionPage(f fields, product Product, tokenRequired bool, line func(*card, *record) map[string]any) (any, *problem) {
	c, failed := s.find(f, product)
	if failed != nil {
		return nil, failed
	}
	p, failed := f.paging("creationTimeFrom", "creationTimeTo", true, 3)
	if failed != nil {
		return nil, failed
	}
	number := 1
	if text := f.text("pageToken"); text != "" || tokenRequired || f["pageToken"] == nil {
		var err error
		if number, err = strconv.Atoi(text); err != nil || number < 1 {
			return invalid("pageToken is required")
		}
	}
	records := c.selected(p)
	first, last := p.span(number, len(records))
	list := []map[string]any{}
	for _, r := range records[first:last] {
		list = append(list, line(c, r))
	}
	return map[string]any{
		"currentPage": number, "pageSize": p.size, "totalRecords": len(records), "transactions": list,
	}, nil
}

// virtualLRecord is a record as list and callback have it; occurTime differs.
func virtualLRecord(c *card, r *record) map[string]any {
	typ, text := legacy.VirtualLTransactionTypeAuth, "消费"
	switch r.kind {
	case recordTopUp:
		typ, text = legacy.VirtualLTransactionTypeTopUp, "充值"
	case recordClose:
		typ, text = legacy.VirtualLTransactionTypeRefund, "销卡"
	}
	status, code, meaning := legacy.VirtualLTransactionStatusApproved, "000000", "交易成功"
	if r.declined {
		status, code, meaning = legacy.VirtualLTransactionStatusDeclined, "000051", "余额不足"
	}
	return map[string]any{
		"cardId": "24" + c.id[2:], "crossBoardType": legacy.CrossBorderTypeInternational, "localCurrency": r.currency,
		"localCurrencyAmt": r.amount.String(), "occurTime": r.at.UnixMilli(), "platformType": text, "recordNo": r.id,
		"respCode": code, "respCodeDesc": meaning, "transCurrency": r.currency, "transCurrencyAmt": r.amount.String(),
		"transStatus": status, "transType": typ, "merchantName": r.shop, "merchantCategoryCode": "5999",
		"approvalCode": "V" + r.id[len(r.id)-5:],
	}
}

func (s *Server) virtualLTransactions(f fields) (any, *problem) {
	return s.transactionPage(f, VirtualL, true, virtualLRecord)
}

func (s *Server) virtualLSimulateOTP(f fields) (any, *problem) {
	c, failed := s.find(f, VirtualL)
	if failed != nil {
		return nil, failed
	}
	s.seq++
	number := c.number.Reveal()
	s.push(legacy.NotifyVirtualLOTP, "", nil, map[string]any{
		"otp": strconv.FormatUint(100_000+s.seq%900_000, 10), "cardNo": number[:6] + "**" + number[len(number)-4:],
		"transactionCurrency": "USD", "transactionAmount": "23.32",
	})
	return true, nil
}

func (s *Server) virtualLSimulateTransaction(f fields) (any, *problem) {
	c, failed := s.find(f, VirtualL)
	if failed != nil {
		return nil, failed
	}
	s.purchase(c, issuing.NewAmount(1_00, 2), "WEIXIN*Meituan")
	return true, nil
}

// virtualPNetworks are the BINs that VIRTUAL-P cards can be applied for.
var virtualPNetworks = []group{
	{area: "US", network: "MasterCard", bins: []string{"537100", "517746"}},
	{area: "US", network: "Visa", bins: []string{"428852"}},
}

func (s *Server) virtualPBINs(fields) (any, *problem) {
	var list []map[string]any
	for _, g := range virtualPNetworks {
		for _, bin := range g.bins {
			list = append(list, map[string]any{
				"bin": bin, "issuerCountry": g.area, "network": g.network,
				"platforms": []map[string]any{{"platformLabel": "Notion", "successRate": "1"}, {"platformLabel": "Replicate", "successRate": "0.98"}},
			})
		}
	}
	return list, nil
}

func (s *Server) virtualPInfo(f fields) (any, *problem) {
	c, failed := s.find(f, VirtualP)
	if failed != nil {
		return nil, failed
	}
	number := c.number.Reveal()
	return map[string]any{
		"bin": number[:6], "last4": c.number.Last4(), "firstName": c.holder.first, "lastName": c.holder.last,
		"status": virtualPStatus(c.state),
		"balance": map[string]any{
			"available": s.book.Balance(c.account()).String(), "currency": c.currency, "frozen": "0", "pending": "0",
		},
		"billingAddress": map[string]any{
			"addressLine1": "456 Elm Street", "addressLine2": "", "city": "San Francisco", "country": "USA",
			"postalCode": "94101", "state": "CA",
		},
		"cardInfo": map[string]any{
			"cardNo": s.seal(number), "cvv": s.seal(c.cvv.Reveal()), "expYear": s.seal(c.year), "expMonth": s.seal(c.month),
		},
	}, nil
}

func virtualPStatus(st state) legacy.VirtualPCardStatus {
	switch st {
	case frozen:
		return legacy.VirtualPCardStatusFrozen
	case closed:
		return legacy.VirtualPCardStatusInactive
	}
	return legacy.VirtualPCardStatusActive
}

// maxImage is the limit of one image before Base64.
const maxImage = 1 << 20

func (s *Server) virtualPDocument(f fields) (any, *problem) {
	if failed := f.require("cardNumber", "idType", "faceImage"); failed != nil {
		return nil, failed
	}
	if !legacy.DocumentType(f.text("idType")).Known() {
		return invalid("idType is not allowed")
	}
	if failed := f.images("faceImage", "backImage"); failed != nil {
		return nil, failed
	}
	c := s.cards[f.text("cardNumber")]
	switch {
	case c == nil || c.product != VirtualP:
		return fail(legacy.CodeDocumentOrder, "订单不存在")
	case c.foreign:
		return fail(legacy.CodeDocumentOwner, "卡不属于当前用户")
	}
	c.document = f.text("idType")
	return true, nil
}

// images checks the named images, which are Base64 of at most 1 MB each.
func (f fields) images(names ...string) *problem {
	for _, name := range names {
		if f[name] == nil {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(f.text(name))
		if err != nil || len(raw) == 0 {
			return &problem{legacy.CodeInvalidParameters, name + " is not Base64"}
		}
		if len(raw) > maxImage {
			return &problem{legacy.CodeInvalidParameters, name + " 单张图片不能超过 1MB"}
		}
	}
	return nil
}

// virtualPRecord is a record as list and callback have it; the callback has
// another name for the card.
func virtualPRecord(c *card, r *record) map[string]any {
	typ, status := legacy.VirtualPTransactionTypeConsumption, legacy.VirtualPTransactionStatusApprove
	switch r.kind {
	case recordTopUp:
		typ, status = legacy.VirtualPTransactionTypeTopUp, legacy.VirtualPTransactionStatusClosed
	case recordClose:
		typ = legacy.VirtualPTransactionTypeDeleteCard
	case recordFrozen:
		typ = legacy.VirtualPTransactionTypeFrozen
	case recordUnfrozen:
		typ = legacy.VirtualPTransactionTypeUnfrozen
	}
	if r.declined {
		status = legacy.VirtualPTransactionStatusFail
	}
	return map[string]any{
		"amount": r.amount.String(), "cardNumber": c.id, "currency": r.currency, "debitOrCreditFlag": legacy.DirectionDebit,
		"id": r.id, "status": status, "transactionTime": r.at.UTC().Format("2006-01-02T15:04:05.000Z"), "type": typ,
		"detail": r.shop,
	}
}

func (s *Server) virtualPTransactions(f fields) (any, *problem) {
	return s.transactionPage(f, VirtualP, false, virtualPRecord)
}
