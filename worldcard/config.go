package worldcard

import (
	"cmp"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
)

// minRSABits is what sign.md recommends for the merchant's key.
const minRSABits = 2048

// Config is what the platform and the merchant agreed on. BaseURL, AppID and the keys are
// required; the others say what the pages leave open, as far as WorldCard has said it.
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
	// Zone is the zone of times that carry none; nil is UTC+8, the offset of every time
	// that the pages show.
	Zone *time.Location
	// Codes are codes of 1000 or more that no page lists, such as that of a card which is
	// "not ready" to be activated, as far as the merchant has learnt them, each with its
	// kind: issuing.ErrInvalid, ErrUnauthorized, ErrNotFound, ErrDuplicate, ErrConflict,
	// ErrInsufficientFunds, ErrDeclined, ErrRateLimited or ErrUnavailable. All say that
	// the operation was not carried out; none has it repeated by itself. A code that
	// neither the pages nor Codes have leaves a write open.
	Codes map[Code]error
}

// ConfigTexts is a [Config] as the merchant portal and the merchant's key store hold
// it: texts, as they come from the environment or a secret store. It prints neither
// key.
type ConfigTexts struct {
	BaseURL    string         // as Config.BaseURL
	AppID      string         // as Config.AppID
	PrivateKey issuing.Secret // in a form of sign.ParsePrivateKey, such as PEM
	AESKey     issuing.Secret // 64 hexadecimal, 44 Base64 or 32 raw characters
	Zone       string         // IANA name, such as Asia/Shanghai; empty is UTC+8
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
		Zone:       check.Read(&p, "Zone", t.Zone, check.Zone),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("AppID", c.AppID, 128)
	p.Key("PrivateKey", c.PrivateKey.Bits(), minRSABits)
	p.Required("AESKey", !c.AESKey.IsZero())
	for code, kind := range c.Codes {
		switch {
		case code < firstOwnCode || code.Known():
			p.Add("Codes", "has an entry for %d, which the pages list or which is below %d", int(code), firstOwnCode)
		case !slices.Contains(refusals, kind):
			p.Add("Codes", "has a kind for %d that is none of a refusal's", int(code))
		}
	}
}

// firstOwnCode is where the platform's own codes begin; those below share the numbers of
// HTTP.
const firstOwnCode = 1000

// refusals are the kinds of errors by which an operation was not carried out.
var refusals = []error{
	issuing.ErrInvalid, issuing.ErrUnauthorized, issuing.ErrNotFound, issuing.ErrDuplicate, issuing.ErrConflict,
	issuing.ErrInsufficientFunds, issuing.ErrDeclined, issuing.ErrRateLimited, issuing.ErrUnavailable,
}

// kind is what a code means, and nil where neither a page nor the merchant says it.
func (c Config) kind(code Code) error { return cmp.Or(code.Kind(), c.Codes[code]) }

// codec reads and writes the API's JSON.
func (c Config) codec() wire.Codec { return codecIn(c.Zone) }

// zone is the provider's: every documented time has the offset +08:00.
var zone = time.FixedZone("UTC+8", 8*60*60)

// codecIn is the codec for times that are without a zone in this one.
func codecIn(in *time.Location) wire.Codec { return wire.Codec{Zone: cmp.Or(in, zone)} }

func (c Config) fingerprint(data []byte) (string, error) { return c.AESKey.Fingerprint(data), nil }
