package uqpay

import (
	"cmp"
	"errors"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// providerName names this package in errors and events.
const providerName = "uqpay"

// Addresses of the two environments, for [Config.BaseURL]. The file service and the
// secure iframe that belong to them follow.
const (
	SandboxURL    = "https://api-sandbox.uqpaytech.com/api"
	ProductionURL = "https://api.uqpay.com/api"
)

const (
	sandboxFilesURL     = "https://files.uqpaytech.com/api"
	sandboxIframeURL    = "https://embedded-sandbox.uqpaytech.com"
	productionFilesURL  = "https://files.uqpay.com/api"
	productionIframeURL = "https://embedded.uqpay.com"
)

// productionHost is what the simulator refuses.
const productionHost = "api.uqpay.com"

// Config is what UQPAY assigned to the merchant. Credentials differ between
// sandbox and production, and the API key works from the addresses of its allow
// list only.
type Config struct {
	// BaseURL is the API with its /api: [SandboxURL], [ProductionURL], or another
	// address, https or on loopback. Required; there is no default.
	BaseURL string
	// ClientID is sent as x-client-id with every call. Required.
	ClientID string
	// APIKey is sent as x-api-key when a token is minted. Required.
	APIKey issuing.Secret

	// FilesURL is the file service. Empty is the one that belongs to SandboxURL
	// (https://files.uqpaytech.com/api) or ProductionURL (https://files.uqpay.com/api);
	// with another BaseURL the file calls are not configured.
	FilesURL string
	// IframeURL is the secure card iframe. Empty works as in FilesURL, with
	// https://embedded-sandbox.uqpaytech.com or https://embedded.uqpay.com.
	IframeURL string
	// OnBehalfOf is the account id of a connected account that all calls act
	// for, except those on tokens and accounts. Empty is the master account. The
	// call option [OnBehalfOf] wins over it.
	OnBehalfOf string
	// Tokens shares the access token with other clients and processes that use
	// the same credentials. Nil is a store of this client's own, which its
	// clones share. A new token ends all earlier ones, so two clients without a
	// common store keep taking the token from each other.
	Tokens TokenStore
	// Zone is that of times without one, such as the creation times of cardholders on
	// their page; nil is UTC+8, which every documented time with an offset has.
	Zone *time.Location
	// Values are further values of enumerations in requests, by the member's name as
	// errors print it, without "cardholder_required_fields.": what UQPAY has told the
	// merchant and its pages do not have, such as "identity.type": {"DRIVER_LICENSE"}.
	// Every other value that the pages do not list is refused before it is sent.
	Values map[string][]string
}

// ConfigTexts is a [Config] as the portal shows it and the merchant's secret store holds
// it. It does not print the key. A store of tokens and further values are set on the
// result.
type ConfigTexts struct {
	BaseURL    string         // as Config.BaseURL
	ClientID   string         // as Config.ClientID
	APIKey     issuing.Secret // as Config.APIKey
	FilesURL   string         // as Config.FilesURL; optional
	IframeURL  string         // as Config.IframeURL; optional
	OnBehalfOf string         // as Config.OnBehalfOf; optional
	Zone       string         // IANA name, as Config.Zone; optional
}

// ParseConfig reads a Config from texts and checks all of it. The error, of kind
// issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), ClientID: check.Trim(t.ClientID), APIKey: check.TrimSecret(t.APIKey),
		FilesURL: check.Trim(t.FilesURL), IframeURL: check.Trim(t.IframeURL), OnBehalfOf: check.Trim(t.OnBehalfOf),
	}
	var p check.Problems
	cfg.Zone = check.Read(&p, "Zone", t.Zone, check.Zone)
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	if c.FilesURL != "" {
		p.URL("FilesURL", c.FilesURL, transport.CheckURL)
	}
	if c.IframeURL != "" {
		p.URL("IframeURL", c.IframeURL, transport.CheckURL)
	}
	if p.Required("ClientID", c.ClientID != "") {
		headerText(p, "ClientID", c.ClientID)
	}
	if p.Required("APIKey", !c.APIKey.IsZero()) {
		headerText(p, "APIKey", c.APIKey.Reveal())
	}
	headerText(p, "OnBehalfOf", c.OnBehalfOf)
	p.CheckValues(c.Values)
}

// maxHeaderText bounds credentials and ids in headers.
const maxHeaderText = 512

// headerText reports what cannot be a header's value: outside printable ASCII,
// or with a space, which headers trim. An empty one passes.
func headerText(p *check.Problems, field, value string) {
	if !p.Bare(field, value) {
		return
	}
	if len(value) > maxHeaderText {
		p.Add(field, "is longer than %d characters", maxHeaderText)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Add(field, "has a character that is not printable ASCII")
	}
}

// withDefaults fills the addresses that belong to a documented base URL.
func (c Config) withDefaults() Config {
	c.Zone = cmp.Or(c.Zone, zone)
	switch strings.TrimRight(c.BaseURL, "/") {
	case SandboxURL:
		c.FilesURL, c.IframeURL = cmp.Or(c.FilesURL, sandboxFilesURL), cmp.Or(c.IframeURL, sandboxIframeURL)
	case ProductionURL:
		c.FilesURL, c.IframeURL = cmp.Or(c.FilesURL, productionFilesURL), cmp.Or(c.IframeURL, productionIframeURL)
	}
	return c
}

// production reports whether the base URL is the production API's.
func (c Config) production() bool {
	u, err := url.Parse(c.BaseURL)
	return err != nil || strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), productionHost)
}

// base is the address of the service that an operation belongs to.
func (c Config) base(o operation) (string, error) {
	switch {
	case o.has(sandbox) && c.production():
		return "", notConfigured("the simulator exists in the sandbox only, and BaseURL is the production API")
	case !o.has(files):
		return c.BaseURL, nil
	case c.FilesURL == "":
		return "", notConfigured("Config.FilesURL is not set")
	}
	return c.FilesURL, nil
}

func notConfigured(what string) *issuing.Error {
	return &issuing.Error{Kind: issuing.ErrNotConfigured, Err: errors.New(what)}
}

func (c Config) fingerprint(data []byte) (string, error) {
	key, err := sign.NewHMACKey(c.APIKey)
	if err != nil {
		return "", err
	}
	return key.Fingerprint(data), nil
}
