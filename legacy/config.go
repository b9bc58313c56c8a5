package legacy

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// Config is what the platform and the merchant agreed on. All fields are
// required.
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
}

// ConfigTexts is a [Config] as the merchant portal shows it: texts, as they come from
// the environment or a secret store. It does not print the secret.
type ConfigTexts struct {
	BaseURL   string         // as Config.BaseURL
	AppKey    string         // as Config.AppKey
	AppSecret issuing.Secret // 16, 24 or 32 characters
}

// ParseConfig reads a Config from texts and checks all of it, secret and settings. The
// error, of kind issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), AppKey: check.Trim(t.AppKey),
		AppSecret: check.Read(&p, "AppSecret", check.Trim(t.AppSecret.Reveal()), sign.NewAppSecret),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("AppKey", c.AppKey, maxID)
	p.Required("AppSecret", !c.AppSecret.IsZero())
	for name, values := range c.Values {
		for _, value := range values {
			p.Text("Values["+name+"]", value, maxID)
		}
	}
}

func (c Config) fingerprint(data []byte) (string, error) { return c.AppSecret.Fingerprint(data), nil }
