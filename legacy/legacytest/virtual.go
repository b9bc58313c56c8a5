package legacytest

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/issuingtest"
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

// What operations on virtual cards take.
var (
	pageRules     = createdRules.with(rule{mandatory, fromOne, "pageToken"})
	cursorRules   = createdRules.with(rule{present, fromOne, "pageToken"})
	documentRules = cardRules.with(
		rule{mandatory, choice[legacy.DocumentType]("CN-RIC, PASSPORT, HK-HKID, DLN, Government-Issued ID Card"), "idType"},
		rule{mandatory, imageForm, "faceImage"},
		rule{optional, imageForm, "backImage"})
)

func (s *Server) virtualLHead(fields) (any, *problem)        { return nest(groupsChinese), nil }
func (s *Server) virtualLHeadEnglish(fields) (any, *problem) { return nest(groupsEnglish), nil }

// ordered is a JSON object whose members keep their order: name, value, name,
// value.
type ordered []any

// MarshalJSON writes the members in their order.
func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i := 0; i+1 < len(o); i += 2 {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, platform.JSON(o[i])...), ':'), platform.JSON(o[i+1])...)
	}
	return append(out, '}'), nil
}

// nest builds the page's shape, an array of objects on each level, with the
// order of the groups.
func nest(groups []group) any {
	scenes := ordered{}
	for _, scene := range split(groups, func(g group) string { return g.scene }) {
		areas := ordered{}
		for _, area := range split(scene, func(g group) string { return g.area }) {
			networks := make([]ordered, len(area))
			for i, g := range area {
				networks[i] = ordered{g.network, g.bins}
			}
			areas = append(areas, area[0].area, networks)
		}
		scenes = append(scenes, scene[0].scene, []ordered{areas})
	}
	return []ordered{scenes}
}

// split cuts a list where the key changes.
func split(groups []group, key func(group) string) (out [][]group) {
	for i, g := range groups {
		if i == 0 || key(g) != key(groups[i-1]) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], g)
	}
	return out
}

func (s *Server) virtualLInfo(_ fields, c *card) (any, *problem) {
	return map[string]any{
		"balance": s.book.Balance(c.account).String(), "cardExpiryDate": c.month + "/" + c.year,
		"cardNo": c.number.Reveal(), "cardStatus": c.status(), "cardStatusDesc": "使用中", "cvv": s.seal(c.cvv.Reveal()),
		"localCurrency": c.currency, "startActiveDate": c.created.Format(time.DateOnly),
		"cardUserInfo": map[string]any{
			"birthDate": c.holder.birth, "email": c.holder.email, "firstName": c.holder.first,
			"lastName": c.holder.last, "mobile": c.holder.mobile,
		},
	}, nil
}

// virtualTransactions answers with one page of a card's records. VIRTUAL-L wants a
// pageToken; that of VIRTUAL-P may be empty.
func virtualTransactions(f fields, c *card, records []*record, size int) (any, *problem) {
	page, line := 1, virtualPRecord
	if c.product == ProductVirtualL {
		line = virtualLRecord
	}
	if text := f.Text("pageToken"); text != "" {
		page, _ = strconv.Atoi(text)
	}
	return map[string]any{
		"currentPage": page, "pageSize": size, "totalRecords": len(records),
		"transactions": c.lines(platform.Page(records, page, size), line),
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
		"transStatus": status, "transType": typ, "merchantName": r.shop.Name,
		"merchantCategoryCode": cmp.Or(r.shop.MCC, "5999"),
		"approvalCode":         "V" + r.id[len(r.id)-5:],
	}
}

func (s *Server) virtualLSimulateOTP(_ fields, c *card) (any, *problem) {
	s.push(legacy.EventVirtualLChallenged, "", nil, map[string]any{
		"otp":                 strconv.FormatUint(100_000+s.seq.Next()%900_000, 10),
		"cardNo":              c.number.Reveal()[:6] + "**" + c.number.Last4(),
		"transactionCurrency": "USD", "transactionAmount": "23.32",
	})
	return true, nil
}

func (s *Server) virtualLSimulate(_ fields, c *card) (any, *problem) {
	s.purchase(c, issuing.NewAmount(1_00, 2), issuingtest.Merchant{Name: "WEIXIN*Meituan"})
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
				"platforms": []map[string]any{
					{"platformLabel": "Notion", "successRate": "1"},
					{"platformLabel": "Replicate", "successRate": "0.98"},
				},
			})
		}
	}
	return list, nil
}

func (s *Server) virtualPInfo(_ fields, c *card) (any, *problem) {
	number := c.number.Reveal()
	return map[string]any{
		"bin": number[:6], "last4": c.number.Last4(), "firstName": c.holder.first, "lastName": c.holder.last,
		"status": c.status(),
		"balance": map[string]any{
			"available": s.book.Balance(c.account).String(), "currency": c.currency, "frozen": "0", "pending": "0",
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

// maxImage is the limit of one image before Base64.
const maxImage = 1 << 20

func (s *Server) virtualPDocument(f fields) (any, *problem) {
	if failed := checkSizes(f, "faceImage", "backImage"); failed != nil {
		return nil, failed
	}
	c := s.card(f.Text("cardNumber"))
	switch {
	case c == nil || c.product != ProductVirtualP:
		return nil, &problem{code: legacy.CodeDocumentOrder, message: "订单不存在"}
	case c.foreign:
		return nil, &problem{code: legacy.CodeDocumentOwner, message: "卡不属于当前用户"}
	}
	return true, nil
}

// checkSizes checks the named images by their size before Base64.
func checkSizes(f fields, names ...string) *problem {
	for _, name := range names {
		if raw, _ := base64.StdEncoding.DecodeString(f.Text(name)); len(raw) > maxImage {
			return bad(name + " 单张图片不能超过 1MB")
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
		"id": r.id, "status": status, "transactionTime": stampUTC(r.at), "type": typ,
		"detail": r.shop.Name,
	}
}
