package unionpay

import (
	"net/url"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/check"
)

// Addresses are a token requestor's three URIs, which issuers receive in the
// list of token requestors.
type Addresses struct {
	IOS     string // scheme URI of the iOS app
	Android string // scheme URI of the Android app
	Web     string // https address
}

// minScheme is the shortest scheme that passes as "complex enough to avoid
// confliction with other App"; UnionPay gives no number.
const minScheme = 8

// Validate checks the addresses before they are registered: all three are there,
// the app schemes are valid, distinctive and not a web scheme, the site uses
// https.
func (a Addresses) Validate() error {
	var p check.Problems
	checkScheme(&p, "IOS", a.IOS)
	checkScheme(&p, "Android", a.Android)
	u, err := url.Parse(a.Web)
	if p.Required("Web", a.Web != "") && (err != nil || !strings.EqualFold(u.Scheme, "https") || safeURI(u) != nil) {
		p.Add("Web", "is not an https address")
	}
	return p.Err(providerName, "Addresses.Validate")
}

func checkScheme(p *check.Problems, field, uri string) {
	if !p.Required(field, uri != "") {
		return
	}
	u, err := url.Parse(uri)
	switch {
	case err != nil || u.Scheme == "":
		p.Add(field, "is not an absolute URI")
	case strings.EqualFold(u.Scheme, "http"), strings.EqualFold(u.Scheme, "https"):
		p.Add(field, "needs the app's own scheme")
	case safeURI(u) != nil && u.Host != "":
		p.Add(field, "has a scheme or part that is not allowed")
	case len(u.Scheme) < minScheme:
		p.Add(field, "has a scheme of %d characters, which other apps may use as well; take at least %d",
			len(u.Scheme), minScheme)
	}
}
