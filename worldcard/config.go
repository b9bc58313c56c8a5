package worldcard

import (
	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// minRSABits is what sign.md recommends for the merchant's key.
const minRSABits = 2048

// Config is what the platform and the merchant agreed on. All fields but
// EncryptFields are required.
type Config struct {
	// BaseURL is the address that WorldCard gives to each merchant, without the
	// path: https, or http on a loopback address. There is no default.
	BaseURL string
	// AppID is the merchant's application id, sent as X-App-Id.
	AppID string
	// PrivateKey signs requests: RSA of 2048 bits or more. Its public half is
	// uploaded in the merchant portal.
	PrivateKey sign.PrivateKey
	// AESKey encrypts request bodies and opens card data.
	AESKey sign.AESKey
	// EncryptFields sends pin and card_number encrypted once more inside the
	// encrypted body. The pages say "transmit encrypted" while their worked
	// example has both in clear inside the body, which is the default. Have
	// WorldCard confirm before turning it on.
	EncryptFields bool
}

// ConfigTexts is a [Config] as the merchant portal and the merchant's key store hold
// it: texts, as they come from the environment or a secret store. It prints neither
// key.
type ConfigTexts struct {
	BaseURL    string         // as Config.BaseURL
	AppID      string         // as Config.AppID
	PrivateKey issuing.Secret // in a form of sign.ParsePrivateKey, such as PEM
	AESKey     issuing.Secret // 64 hexadecimal, 44 Base64 or 32 raw characters
}

// ParseConfig reads a Config from texts and checks all of it, keys and settings. The
// error, of kind issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), AppID: check.Trim(t.AppID),
		PrivateKey: check.Read(&p, "PrivateKey", t.PrivateKey.Reveal(), sign.ParsePrivateKey),
		AESKey:     check.Read(&p, "AESKey", t.AESKey.Reveal(), sign.ParseAESKey),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("AppID", c.AppID, 128)
	p.Key("PrivateKey", c.PrivateKey.Bits(), minRSABits)
	p.Required("AESKey", !c.AESKey.IsZero())
}

func (c Config) fingerprint(data []byte) (string, error) { return c.AESKey.Fingerprint(data), nil }
