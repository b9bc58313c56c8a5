package legacy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config is what the platform and the merchant agreed on. The first three fields are
// required. The others say what the pages leave open, as package documentation tells.
type Config struct {
	// BaseURL is the address that WorldCard gives to each merchant, without the
	// path: https, or http on a loopback address. There is no default.
	BaseURL string
	// AppKey names the merchant. It is sent with every request.
	AppKey string
	// AppSecret signs requests and opens encrypted fields. It is never sent.
	AppSecret sign.AppSecret
	// Values are further values of fields in requests, by the field's name as errors print
	// it: what WorldCard has told the merchant and its pages do not have, such as
	// "idType": {"RESIDENCE"} or "country": {"XK"}. Every other value that is not in the
	// page's list, or not of its form, is refused before it is sent.
	Values map[string][]string
	// Paths are the paths of operations by their names, such as
	// "VirtualL.Close": "/op/card/L/close", in place of the documented ones. Of the two
	// operations that have an edition in English, BINs and ApplyVirtualL, it is behind /en
	// of the path.
	Paths map[string]string
	// Zone is the zone of the platform's times, which carry none; nil is UTC+8.
	Zone *time.Location
	// Refusals are codes of which WorldCard has confirmed that no order comes of a request
	// that is answered with them. Creating an order ends with them then, and they are of
	// their kind or, where they have none, issuing.ErrDeclined. Any other code but those
	// of [CardService.Deposit] leaves an order open until it is looked up. 200, 500 and
	// 5000 are refused: the pages say that they settle nothing.
	Refusals []Code
	// VisaHFrozenStatus is the status of a locked VISA-H card, as WorldCard says; the pages
	// show none. Empty leaves a Freeze or Unfreeze that is unclear open.
	VisaHFrozenStatus VisaHCardStatus
}

// ConfigTexts is a [Config] as the merchant portal shows it: texts, as they come from
// the environment or a secret store. It does not print the secret. Paths, Values and
// Refusals are set on the Config that [ParseConfig] returns.
type ConfigTexts struct {
	BaseURL   string         // as Config.BaseURL
	AppKey    string         // as Config.AppKey
	AppSecret issuing.Secret // 16, 24 or 32 characters
	Zone      string         // IANA name, such as Asia/Singapore; empty is UTC+8
	// as Config.VisaHFrozenStatus
	VisaHFrozenStatus string
}

// ParseConfig reads a Config from texts and checks all of it, secret and settings. The
// error, of kind issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), AppKey: check.Trim(t.AppKey),
		AppSecret:         check.Read(&p, "AppSecret", check.Trim(t.AppSecret.Reveal()), sign.NewAppSecret),
		Zone:              check.Read(&p, "Zone", t.Zone, check.Zone),
		VisaHFrozenStatus: VisaHCardStatus(check.Trim(t.VisaHFrozenStatus)),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("AppKey", c.AppKey, maxID)
	p.Required("AppSecret", !c.AppSecret.IsZero())
	c.checkOpen(p)
}

// checkOpen checks what the pages leave open.
func (c Config) checkOpen(p *check.Problems) {
	p.CheckValues(c.Values)
	for op, path := range c.Paths {
		if !slices.ContainsFunc(table(), func(o operation) bool { return o.name == op }) {
			p.Add("Paths", "names %.40q, which is no operation", op)
		}
		if !strings.HasPrefix(path, "/") || strings.ContainsFunc(path, notOfPath) {
			p.Add("Paths", "has a path for %.40q that is none", op)
		}
	}
	for _, code := range c.Refusals {
		if among(code, 0, CodeSuccess, CodeFailure, CodeException) {
			p.Add("Refusals", "has %d, which settles no order", int(code))
		}
	}
	if c.VisaHFrozenStatus == VisaHCardStatusActivated {
		p.Add("VisaHFrozenStatus", "is that of a card that is usable")
	}
}

// notOfPath reports a character that no path has as it stands.
func notOfPath(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("?#%", r) }

// clone returns a copy that shares nothing with the caller's.
func (c Config) clone() Config {
	c.Paths, c.Values, c.Refusals = maps.Clone(c.Paths), maps.Clone(c.Values), slices.Clone(c.Refusals)
	return c
}

// path is where an operation is.
func (c Config) path(o operation) string {
	own, ok := c.Paths[o.name]
	switch {
	case !ok:
		return o.path
	case strings.HasSuffix(o.path, english):
		return own + english
	}
	return own
}

// english ends the paths of the editions in English.
const english = "/en"

// codec reads and writes the API's JSON.
func (c Config) codec() wire.Codec { return codecIn(c.Zone) }

// codecIn is codec with another zone; nil is the usual one.
func codecIn(zone *time.Location) wire.Codec {
	c := codec
	c.Zone = cmp.Or(zone, c.Zone)
	return c
}

func (c Config) fingerprint(data []byte) (string, error) { return c.AppSecret.Fingerprint(data), nil }
