package legacy

import (
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Limits of the pages. The first is that of VIRTUAL-P's document alone, which keeps its
// body below the page's 4 MB; the applications have images too, and no limit.
const (
	maxImage = 1 << 20 // bytes of one image before Base64; "single image at most 1 MB"
	maxSpan  = 3       // months that one query of VIRTUAL-L or VIRTUAL-P transactions may span
	pinLen   = 6       // digits of a PIN
	maxNote  = 64      // characters of a transfer note
	maxNames = 32      // characters of VIRTUAL-P's first and last name together
)

// Texts have no limit but those of the pages. The merchant's own numbers have one: they
// are keys, which stand in errors, records and logs.
const (
	maxID   = 128 // merOrderNo, appKey
	noLimit = 0
)

// cardNumberRequest is the request of an operation that names a card and
// nothing else.
type cardNumberRequest struct {
	CardNumber issuing.Secret `json:"cardNumber"`
}

func (r cardNumberRequest) validate(p *check.Problems) { checkCard(p, r.CardNumber) }

func (r cardNumberRequest) key() string { return r.CardNumber.Last4() }

func (r cardNumberRequest) facts(f *facts) { f.Reference = r.CardNumber }

// cardNumber is the name of a card's number among a write's secrets.
const cardNumber = "cardNumber"

// checkCard checks a card number, account or card id without quoting it.
func checkCard(p *check.Problems, card issuing.Secret) { p.Text("cardNumber", card.Reveal(), noLimit) }

// noRequest is the request of an operation without parameters.
type noRequest struct{}

func (noRequest) validate(*check.Problems) {}

// pinRequest sets a PIN.
type pinRequest struct {
	CardNumber issuing.Secret `json:"cardNumber"`
	PIN        issuing.Secret `json:"pin"`
}

func (r pinRequest) validate(p *check.Problems) {
	checkCard(p, r.CardNumber)
	p.Digits("pin", r.PIN, pinLen, pinLen)
}

func (r pinRequest) key() string { return r.CardNumber.Last4() }

// wire encrypts the PIN.
func (r pinRequest) wire(secret sign.AppSecret) (any, error) {
	sealed, err := secret.Encrypt([]byte(r.PIN.Reveal()))
	r.PIN = issuing.NewSecret(sealed)
	return r, err
}

// presence says whether a field may be left out.
type presence bool

const (
	needed   presence = true
	optional presence = false
)

// checkImage checks an image.
func checkImage(p *check.Problems, field string, image issuing.Secret, must presence) {
	if must == needed {
		p.Required(field, !image.IsZero())
	}
	if strings.HasPrefix(image.Reveal(), "data:") {
		p.Add(field, "is a data URI, the file's bytes are wanted")
	}
}

// checkImageSize checks an image by its original size.
func checkImageSize(p *check.Problems, field string, image issuing.Secret) {
	if n := image.Len(); n > maxImage {
		p.Add(field, "has %d bytes, at most %d (1 MB) are allowed", n, maxImage)
	}
}

// field is one text of a request with its documented name.
type field struct{ name, value string }

// checkTexts checks required texts, then optional ones.
func checkTexts(p *check.Problems, required, optional []field) {
	for _, f := range required {
		p.Text(f.name, f.value, noLimit)
	}
	for _, f := range optional {
		p.OptionalText(f.name, f.value, noLimit)
	}
}

// checkOrder checks what every creation of an order has.
func checkOrder(p *check.Problems, merOrderNo, notifyURL string) {
	p.Text("merOrderNo", merOrderNo, maxID)
	checkNotifyURL(p, notifyURL)
}

// checkDate checks a date, present or not.
func checkDate(p *check.Problems, name string, date issuing.Date, must presence) {
	if must == needed {
		p.Required(name, !date.IsZero())
	}
	p.Date(name, date)
}

// dateRange is the days that a query asks for.
type dateRange struct {
	names  string // of the two fields, without From and To at their ends
	from   issuing.Date
	to     issuing.Date
	must   presence
	months int // that it may span; 0 is any number
}

// check checks both ends.
func (r dateRange) check(p *check.Problems) {
	fromName, toName := r.names+"From", r.names+"To"
	checkDate(p, fromName, r.from, r.must)
	checkDate(p, toName, r.to, r.must)
	if !r.from.Valid() || !r.to.Valid() {
		return
	}
	start, end := r.from.In(time.UTC), r.to.In(time.UTC)
	switch {
	case end.Before(start):
		p.Add(toName, "lies before %s", fromName)
	case r.months > 0 && end.After(start.AddDate(0, r.months, 0)):
		p.Add(toName, "lies more than %d months after %s", r.months, fromName)
	}
}

// checkPageSize checks a number of records, which every list asks for.
func checkPageSize(p *check.Problems, size int) {
	if size <= 0 {
		p.Add("pageSize", "must be greater than zero")
	}
}
