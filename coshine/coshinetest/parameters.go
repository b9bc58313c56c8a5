package coshinetest

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
)

// dropDowns are the lookup tables that are always the same. The ones of the last
// two lists are this package's own.
var dropDowns = map[coshine.DropDownName][]object{
	coshine.DropDownNameReplReason: {
		item("001", "damaged"), item("002", "lost"), item("003", "stolen"), item("004", "expired"), item("999", "other"),
	},
	coshine.DropDownNameCloseReason: {item("01", "customer request"), item("99", "other")},
	coshine.DropDownNameLimitType:   {item("DAY", "daily amount"), item("TXN", "amount per transaction")},
}

func item(code, value string) object {
	return object{{"dropDownCode", code}, {"dropDownValue", value}}
}

// dropDown answers with a lookup table. Codes of card statuses depend on the
// table of letters.
func (s *Server) dropDown(in *call) (object, *refusal) {
	name := coshine.DropDownName(in.text("dropDownName"))
	items, known := dropDowns[name]
	switch {
	case name == coshine.DropDownNameCardProd:
		for _, p := range cardProducts {
			items = append(items, item(p.code, p.desc))
		}
	case name == coshine.DropDownNameCardStatus:
		for _, letter := range letters {
			state := s.cfg.CardStatus.State(coshine.CardStatus(letter))
			if state == coshine.CardStateLost && s.cfg.CardStatusLost == coshine.LostMeaningBlocked {
				state = coshine.CardStateLostOrBlocked
			}
			if state.Known() {
				items = append(items, item(string(letter), state.String()))
			}
		}
	case !known:
		return nil, badRequest
	}
	return list(items), nil
}

// cardProducts are the products that Coshine's documents name.
var cardProducts = []struct {
	code, desc string
	typ        coshine.CardProdType
	face, fee  issuing.Amount
}{
	{"1000", "Debit card", coshine.CardProdTypeDebit, issuing.Amount(""), issuing.Amount("")},
	{"2000", "Credit card", coshine.CardProdTypeCredit, issuing.Amount(""), issuing.Amount("")},
	{"2201", "Visa prepaid", coshine.CardProdTypePrepaid, issuing.NewAmount(100_00, 2), issuing.NewAmount(1_50, 2)},
	{"5200", "Mastercard prepaid", coshine.CardProdTypePrepaid, issuing.Amount(""), issuing.NewAmount(2_00, 2)},
}

func prodType(code string) coshine.CardProdType {
	for _, p := range cardProducts {
		if p.code == code {
			return p.typ
		}
	}
	return coshine.CardProdTypePrepaid
}

func (s *Server) products(in *call) (object, *refusal) {
	var out []object
	for _, p := range cardProducts {
		if want := in.text("cardProdType"); want == "" || want == string(p.typ) {
			out = append(out, object{}.with("cardProdCode", p.code).with("cardProdDesc", p.desc).
				with("cardProdType", p.typ).with("cardFaceValue", p.face).with("feeAmount", p.fee))
		}
	}
	return list(out), nil
}
