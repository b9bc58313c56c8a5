package unionpaytest

import (
	"net/url"
	"strings"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/unionpay"
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

// Route is one attempt of the issuer's app to reach the token requestor.
type Route struct {
	Scenario Scenario       // what the attempt is
	URI      issuing.Secret // the link with its parameters, the authorization among them
}

// routes returns what an issuer opens, in the order of UnionPay's recommendation: the
// app's scheme first, the site only when the app is not on the device. A site opens the
// site.
func routes(to unionpay.Addresses, from Origin, parameters [][2]string) []Route {
	var out []Route
	add := func(scenario Scenario, address string) {
		if address != "" {
			out = append(out, Route{Scenario: scenario, URI: issuing.NewSecret(withParameters(address, parameters))})
		}
	}
	switch from {
	case OriginIOS:
		add(ScenarioAppToApp, to.IOS)
		add(ScenarioAppToWeb, to.Web)
	case OriginAndroid:
		add(ScenarioAppToApp, to.Android)
		add(ScenarioAppToWeb, to.Web)
	case OriginWeb:
		add(ScenarioWebToWeb, to.Web)
	}
	return out
}

// withParameters appends percent-encoded parameters to a URI.
func withParameters(uri string, parameters [][2]string) string {
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
	}
	for _, p := range parameters {
		uri += separator + p[0] + "=" + strings.ReplaceAll(url.QueryEscape(p[1]), "+", "%20")
		separator = "&"
	}
	return uri
}
