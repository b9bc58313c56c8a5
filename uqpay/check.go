package uqpay

import (
	"fmt"
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Limits of the reference pages.
const (
	maxID       = 128     // ids; the pages show UUIDs and shorter references
	noLimit     = 0       // free texts whose length no page limits
	maxReason   = 100     // update_reason
	maxName     = 26      // name_on_card
	maxMetadata = 3200    // metadata, as JSON
	maxDocument = 2 << 20 // document, before base64
	maxSpan     = 90      // days between start_time and end_time
	pinDigits   = 6
)

// known is an enumeration that can say whether a value was documented.
type known interface{ Known() bool }

// presence says whether a field may be left out.
type presence bool

const (
	needed   presence = true
	optional presence = false
)

// choice reports a value that is missing, or that neither the pages nor Config.Values
// have.
func choice[T interface {
	~string
	known
}](p *check.Problems, field string, value T, must presence) {
	allowed(p, field, string(value), must, value.Known())
}

// only is choice for a field that takes some of the values of its type.
func only[T ~string](p *check.Problems, field string, value T, must presence, values ...T) {
	allowed(p, field, string(value), must, slices.Contains(values, value))
}

func allowed(p *check.Problems, field, value string, must presence, known bool) {
	switch {
	case value == "":
		p.Required(field, must == optional)
	default:
		further := p.Values[strings.TrimPrefix(field, completing)]
		p.Listed(field, value, known || slices.Contains(further, value))
	}
}

// completing stands before the fields of a cardholder that a card's creation completes.
const completing = "cardholder_required_fields."

// mccs reports merchant categories that are not of four digits.
func mccs(p *check.Problems, field string, values []string) {
	for i, mcc := range values {
		p.Digits(fmt.Sprintf("%s[%d]", field, i), issuing.NewSecret(mcc), 4, 4)
	}
}

// swift reports what is no business identifier code of a bank.
func swift(p *check.Problems, field, value string) {
	if !p.Required(field, value != "") {
		return
	}
	if (len(value) != 8 && len(value) != 11) || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		p.Add(field, "is not a SWIFT code of 8 or 11 capital letters and digits")
	}
}

func currency(p *check.Problems, field string, value issuing.Currency) {
	if p.Required(field, value != "") && !knownCurrency(value) && !slices.Contains(p.Values[field], string(value)) {
		p.Add(field, "is not a currency code such as USD")
	}
}

// image reports a file that is not Base64, bare or in a data URI, holds nothing, or is
// too large; an unset one passes. Line breaks and blanks in it are not sent.
func image(p *check.Problems, field string, value issuing.Secret, limit int) {
	if value.IsZero() {
		return
	}
	text := wire.OneLine(value.Reveal())
	if text == "" {
		p.Add(field, "is blank")
	}
	if _, size := p.Base64(field, text); limit > 0 && size > limit {
		p.Add(field, "is larger than %d bytes", limit)
	}
}

// checkPhone refuses a number with anything but digits. The guide wants the national number,
// and some of UQPAY's own examples have the dial code with its plus, which passes.
func checkPhone(p *check.Problems, number string) {
	if strings.Trim(strings.TrimPrefix(number, "+"), "0123456789") != "" {
		p.Add("phone_number", "needs digits alone, as in 91234567")
	}
}
