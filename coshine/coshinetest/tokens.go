package coshinetest

import (
	"fmt"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
)

// payToken is a payment token.
type payToken struct {
	card     coshine.CardToken
	number   issuing.Secret
	user     string
	device   string
	state    coshine.TokenState
	expires  time.Time
	cardMask string
}

func (t *payToken) object() object {
	zone := time.FixedZone("GMT+8", 8*60*60)
	return object{}.with("appUserId", t.user).with("deviceId", t.device).with("cardMaskNumber", t.cardMask).
		with("cardToken", t.number).with("cardTokenState", string(t.state)).
		with("cardTokenExpiryDate", t.expires.In(zone).Format("20060102150405"))
}

func (s *Server) listTokens(in fields) result {
	c, refused := s.find(in)
	if c == nil {
		return refused
	}
	var list []object
	for _, t := range s.payTokens {
		if t.card == c.token {
			list = append(list, t.object())
		}
	}
	return success(object{}.list(list))
}

func (s *Server) requestToken(in fields) result {
	c, refused := s.usable(in)
	switch {
	case c == nil:
		return refused
	case in.text("CVV2") != c.cvv2.Reveal(), in.text("expiryDate") != string(c.expiry):
		return s.mismatch()
	}
	s.seq++
	t := &payToken{
		card: c.token, number: ledger.PAN("629200", uint64(s.seq), 19), user: orText(in.text("appUserId"), "user-"+c.customer),
		device: orText(in.text("deviceId"), "device-1"), state: coshine.TokenActive,
		expires: s.now().AddDate(3, 0, 0), cardMask: c.masked(),
	}
	s.payTokens = append(s.payTokens, t)
	return success(t.object())
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// payToken finds the payment token that a request names in cardToken.
func (s *Server) payToken(number string) *payToken {
	for _, t := range s.payTokens {
		if t.number.Reveal() == number {
			return t
		}
	}
	return nil
}

// updateToken changes a token's state. Its fields, cardToken and
// cardTokenState, are this package's choice.
func (s *Server) updateToken(in fields) result {
	t := s.payToken(in.text("cardToken"))
	state := coshine.TokenState(in.text("cardTokenState"))
	switch {
	case t == nil:
		return noCard(true)
	case !state.Known():
		return badRequest()
	case t.state.Terminal():
		return wrongStatus()
	}
	t.state = state
	return success(t.object())
}

func (s *Server) updateTokenMetadata(in fields) result {
	t := s.payToken(in.text("cardToken"))
	if t == nil {
		return noCard(true)
	}
	if text := in.text("cardTokenExpiryDate"); text != "" {
		at, err := time.ParseInLocation("20060102150405", text, time.FixedZone("GMT+8", 8*60*60))
		if err != nil {
			return badRequest()
		}
		t.expires = at
	}
	return success(t.object())
}

// ChangeTokenState plays UMPS: it changes a payment token's state and notifies
// the issuer.
func (s *Server) ChangeTokenState(number issuing.Secret, state coshine.TokenState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.payToken(number.Reveal())
	if t == nil || t.state.Terminal() {
		return fmt.Errorf("coshinetest: no payment token with this number, or it is deleted")
	}
	t.state = state
	return s.notify(coshine.APITokenStateNotification, object{}.with("cardToken", t.number).with("cardTokenState", string(state)))
}

// dropDowns are the lookup tables. Codes of card statuses depend on the table
// of letters; the ones of the last two lists are this package's own.
func (s *Server) dropDown(in fields) result {
	item := func(code, value string) object {
		return object{}.with("dropDownCode", code).with("dropDownValue", value)
	}
	var list []object
	switch coshine.DropDownName(in.text("dropDownName")) {
	case coshine.DropDownCardProd:
		for _, p := range cardProducts {
			list = append(list, item(p.code, p.desc))
		}
	case coshine.DropDownCardStatus:
		for _, letter := range "NUDLPOXE" {
			if state := s.cfg.CardStatus.State(coshine.CardStatus(letter)); state.Known() {
				list = append(list, item(string(letter), state.String()))
			}
		}
	case coshine.DropDownReplReason:
		list = []object{item("001", "damaged"), item("002", "lost"), item("003", "stolen"), item("004", "expired"), item("999", "other")}
	case coshine.DropDownCloseReason:
		list = []object{item("01", "customer request"), item("99", "other")}
	case coshine.DropDownLimitType:
		list = []object{item("DAY", "daily amount"), item("TXN", "amount per transaction")}
	default:
		return badRequest()
	}
	return success(object{}.list(list))
}

// cardProducts are the products that Coshine's documents name.
var cardProducts = []struct {
	code, desc string
	typ        coshine.CardProdType
	face, fee  issuing.Amount
}{
	{"1000", "Debit card", coshine.CardProdTypeDebit, issuing.Amount{}, issuing.Amount{}},
	{"2000", "Credit card", coshine.CardProdTypeCredit, issuing.Amount{}, issuing.Amount{}},
	{"2201", "Visa prepaid", coshine.CardProdTypePrepaid, issuing.NewAmount(100_00, 2), issuing.NewAmount(1_50, 2)},
	{"5200", "Mastercard prepaid", coshine.CardProdTypePrepaid, issuing.Amount{}, issuing.NewAmount(2_00, 2)},
}

func prodType(code string) coshine.CardProdType {
	for _, p := range cardProducts {
		if p.code == code {
			return p.typ
		}
	}
	return coshine.CardProdTypePrepaid
}

func (s *Server) products(in fields) result {
	var list []object
	for _, p := range cardProducts {
		if want := in.text("cardProdType"); want != "" && want != string(p.typ) {
			continue
		}
		o := object{}.with("cardProdCode", p.code).with("cardProdDesc", p.desc).with("cardProdType", string(p.typ))
		if !p.face.IsZero() {
			o = o.with("cardFaceValue", p.face)
		}
		if !p.fee.IsZero() {
			o = o.with("feeAmount", p.fee)
		}
		list = append(list, o)
	}
	return success(object{}.list(list))
}
