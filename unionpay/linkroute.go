package unionpay

import (
	"net/url"
	"strings"

	"github.com/issuing-sdk/issuing-go/internal/check"
)

// Scenario is how issuer and token requestor meet on the device.
type Scenario string

// The three published scenarios. The way back is inferred: through the issuer's
// app scheme from the first two, to the issuer's site from the third.
const (
	ScenarioAppToApp Scenario = "App-to-App" // the issuer's app opens the token requestor's app
	ScenarioAppToWeb Scenario = "App-to-Web" // the issuer's app opens the token requestor's site
	ScenarioWebToWeb Scenario = "Web-to-Web" // the issuer's site opens the token requestor's site
)

// Origin is where the issuer's cardholder is.
type Origin string

// Origins.
const (
	OriginIOS     Origin = "ios"     // the issuer's app on iOS
	OriginAndroid Origin = "android" // the issuer's app on Android
	OriginWeb     Origin = "web"     // the issuer's site
)

// known reports whether o is one of the constants.
func (o Origin) known() bool { return o == OriginIOS || o == OriginAndroid || o == OriginWeb }

// Addresses are a token requestor's three URIs, which issuers receive in the
// list of token requestors.
type Addresses struct {
	IOS     string // scheme URI of the iOS app
	Android string // scheme URI of the Android app
	Web     string // https address
}

// Route is one attempt to reach the token requestor.
type Route struct {
	URI      string   // what to open
	Scenario Scenario // what that is
}

// Routes returns what an issuer opens, in the order of UnionPay's
// recommendation: the app's scheme first, the site only when the app is not on
// the device. A site opens the site.
func (a Addresses) Routes(from Origin) []Route {
	var out []Route
	app := map[Origin]string{OriginIOS: a.IOS, OriginAndroid: a.Android}[from]
	if app != "" {
		out = append(out, Route{app, ScenarioAppToApp})
	}
	switch {
	case a.Web == "":
	case from == OriginWeb:
		out = append(out, Route{a.Web, ScenarioWebToWeb})
	case from.known():
		out = append(out, Route{a.Web, ScenarioAppToWeb})
	}
	return out
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
