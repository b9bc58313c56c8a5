package coshine

import (
	"fmt"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// CardToken is the handle of a card in all calls. It is not a secret and not a
// payment token: [PaymentToken.Number] is that. The documented maximum of 19
// characters is not enforced, because the published sample has 27.
type CardToken string

// maxCardToken bounds a card token, which is opaque.
const maxCardToken = 128

// Expiry is the end of a card's life as YYMM, the year first.
type Expiry string

// NewExpiry returns the expiry in the given month.
func NewExpiry(year int, month time.Month) Expiry {
	return Expiry(fmt.Sprintf("%02d%02d", year%100, int(month)))
}

// Valid reports whether e has the form YYMM with a month of 01 to 12.
func (e Expiry) Valid() bool {
	return len(e) == 4 && strings.Trim(string(e), "0123456789") == "" && e[2:] >= "01" && e[2:] <= "12"
}

// YearMonth returns year (2000 to 2099) and month; ok is false when e is not
// valid.
func (e Expiry) YearMonth() (year int, month time.Month, ok bool) {
	if !e.Valid() {
		return 0, 0, false
	}
	return 2000 + int(e[0]-'0')*10 + int(e[1]-'0'), time.Month(int(e[2]-'0')*10 + int(e[3]-'0')), true
}

// CardRef names a card by its token or its number.
type CardRef struct {
	CardToken  CardToken      `json:"cardToken,omitzero"`  // preferred
	CardNumber issuing.Secret `json:"cardNumber,omitzero"` // PAN, at most 19 digits
}

// ByToken names a card by its token.
func ByToken(token CardToken) CardRef { return CardRef{CardToken: token} }

// ByNumber names a card by its number.
func ByNumber(pan issuing.Secret) CardRef { return CardRef{CardNumber: pan} }

// facts tells a record which card it is about. A card number is in none.
func (r CardRef) facts(f *facts) { f.Card = string(r.CardToken) }

// validate demands exactly one of the two names. The page marks both as
// conditional without a condition.
func (r CardRef) validate(p *check.Problems) {
	switch {
	case r.CardToken == "" && r.CardNumber.IsZero():
		p.Add("cardToken, cardNumber", "needs one of them")
	default:
		r.checkOptional(p)
	}
}

// checkOptional demands at most one of the two names.
func (r CardRef) checkOptional(p *check.Problems) {
	if r.CardToken != "" && !r.CardNumber.IsZero() {
		p.Add("cardToken, cardNumber", "must not both be given")
	}
	p.OptionalText("cardToken", string(r.CardToken), maxCardToken)
	if !r.CardNumber.IsZero() {
		p.Digits("cardNumber", r.CardNumber, 12, 19)
	}
}

// listed is a value of which the documents have a list.
type listed interface {
	~string
	Known() bool
}

// checkListed reports a value that neither the documents list nor Config.Values adds. One
// that is longer than limit is reported already.
func checkListed[T listed](p *check.Problems, field string, value T, limit int) {
	if len(value) <= limit {
		p.Listed(field, string(value), value.Known())
	}
}

func checkToken(p *check.Problems, token CardToken) {
	p.Text("cardToken", string(token), maxCardToken)
}

func checkExpiry(p *check.Problems, field string, e Expiry) {
	if p.Required(field, e != "") && !e.Valid() {
		p.Add(field, "needs the form YYMM, such as 2904 for April 2029")
	}
}

// Ack is the answer to an interface that answers with the public header alone.
type Ack struct{ Reply }
