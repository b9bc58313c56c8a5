package uqpay

import (
	"slices"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Limits of the reference pages.
const (
	maxID       = 128     // ids; the pages show UUIDs and shorter references
	maxText     = 255     // free texts without a documented limit
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

// choice reports a value that is missing or, unlike a newer one of the
// platform's, cannot be meant: one with white space or control characters.
// Values that this version does not know are left to the platform.
func choice[T interface {
	~string
	known
}](p *check.Problems, field string, value T, must presence) {
	if value == "" {
		p.Required(field, must == optional)
		return
	}
	if !value.Known() && strings.ContainsFunc(string(value), func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add(field, "is not a word of the API")
	}
}

// only reports a value that is not among the documented ones, for fields whose
// list is closed.
func only[T ~string](p *check.Problems, field string, value T, must presence, allowed ...T) {
	if value == "" {
		p.Required(field, must == optional)
		return
	}
	if !slices.Contains(allowed, value) {
		p.Add(field, "is not one of the values of the API")
	}
}

func currency(p *check.Problems, field string, value issuing.Currency) {
	if p.Required(field, value != "") && !validCurrency(value) {
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
