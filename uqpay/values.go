package uqpay

import (
	"regexp"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
)

// MaskedNumber is a card number with most digits hidden: "************5668" in
// answers, "40963608****8664" in events. A number that arrives in full is masked
// when it is read, so a MaskedNumber can be shown.
type MaskedNumber string

// UnmarshalText masks what could be a full card number.
func (n *MaskedNumber) UnmarshalText(text []byte) error {
	if !mayBeFull(text) {
		*n = MaskedNumber(text)
		return nil
	}
	*n = MaskedNumber(fullNumber.ReplaceAllStringFunc(string(text), func(digits string) string {
		return strings.Repeat("*", len(digits)-4) + digits[len(digits)-4:]
	}))
	return nil
}

// mayBeFull reports cheaply whether text has so many digits with nothing but
// separators between them that fullNumber could find a number.
func mayBeFull(text []byte) bool {
	digits := 0
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits >= 12 {
				return true
			}
		case c != ' ' && c != '-':
			digits = 0
		}
	}
	return false
}

// fullNumber is a run of digits, perhaps grouped, that could be a card number.
var fullNumber = regexp.MustCompile(`[0-9](?:[ -]?[0-9]){11,}`)

// Last4 returns the last four digits, or "" when the number does not end in
// four.
func (n MaskedNumber) Last4() string {
	if len(n) < 4 {
		return ""
	}
	last := string(n[len(n)-4:])
	if strings.Trim(last, "0123456789") != "" {
		return ""
	}
	return last
}

// AmountText is an amount and its currency in one text: "200USD", or "USD" alone
// when there is no amount.
type AmountText string

// Split returns both parts. The amount is unset when the text has none; ok is
// false when the text has another form.
func (t AmountText) Split() (amount issuing.Amount, currency issuing.Currency, ok bool) {
	text := strings.TrimSpace(string(t))
	i := strings.LastIndexAny(text, "0123456789.") + 1
	currency = issuing.Currency(strings.TrimSpace(text[i:]))
	if currency != "" && !currency.Valid() && currency != XUSD {
		return issuing.Amount(""), "", false
	}
	if i == 0 {
		return issuing.Amount(""), currency, currency != ""
	}
	amount, err := issuing.ParseAmount(text[:i])
	return amount, currency, err == nil
}

// XUSD is UQPAY's four-letter code of a dollar stablecoin account, which is not
// in ISO 4217.
const XUSD issuing.Currency = "XUSD"

// knownCurrency accepts the codes of ISO 4217 and XUSD.
func knownCurrency(c issuing.Currency) bool {
	_, known := c.Number()
	return c.Valid() && known || c == XUSD
}

// Merchant is the shop of a transaction.
type Merchant struct {
	Name         string `json:"name"`          // the shop
	CategoryCode string `json:"category_code"` // MCC, four digits; sent as text or number
	City         string `json:"city"`          // may be empty
	Country      string `json:"country"`       // may be empty
}

// Flag is a yes or no of the API.
type Flag string

// Flags. The empty Flag is not sent and leaves a setting as it is.
const (
	FlagYes Flag = "Y" // yes
	FlagNo  Flag = "N" // no
)

// Known reports whether the card creation page lists f.
func (f Flag) Known() bool { return f == FlagYes || f == FlagNo }
