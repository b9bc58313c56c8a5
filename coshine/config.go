package coshine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/transport"
	"github.com/issuing-sdk/issuing-go/sign"
)

// SandboxURL is the sandbox's published base address. The production address is
// assigned by Coshine.
const SandboxURL = "https://march.sandbox.efaka.net/card-api"

// maxStaticToken is the documented length of a static bearer token.
const maxStaticToken = 64

// Config is what Coshine assigned and what was agreed with it. BaseURL,
// ParticipantID and TranBranch are required, and either Token or OAuth.
type Config struct {
	// BaseURL is the address of the card API, such as [SandboxURL]: https, or
	// http on a loopback address.
	BaseURL string
	// ParticipantID identifies the issuer, at most 15 characters.
	ParticipantID string
	// TranBranch is the issuer's branch. It is sent as assigned, up to 32
	// characters, although the message page says 6.
	TranBranch string
	// Channel is the tranChnl of requests; empty is [ChannelWeb].
	Channel Channel
	// Token is the static bearer token, the default way to authenticate. Its
	// alphabet is not checked, apart from blanks and control characters.
	Token issuing.Secret
	// OAuth turns on the second way: short-lived tokens and encrypted bodies.
	// Token must then be empty; the client never falls back from one to the
	// other.
	OAuth *OAuth
	// Zone is the zone of tranDate and tranTime. Coshine does not state it; nil
	// is UTC+8, the only zone that its documents name (for token expiry).
	Zone *time.Location
	// Paths supplies paths that Coshine has told you, and overrides published
	// ones. Aliases of the catalogue work as keys too.
	Paths Paths
	// CardStatus chooses the table by which [Client.CardState] reads card
	// statuses; see [Dialect].
	CardStatus Dialect
	// CardStatusLost is what the letter L says. Inferred: that the card is reported lost.
	CardStatusLost LostMeaning
	// Amounts and Currencies are how Extra's are written. Inferred: major units, letters.
	Amounts    AmountForm
	Currencies CurrencyForm
	// SharedPaths allows two interfaces to have one path. Coshine then tells them apart by
	// something else, such as TranCodes or a field of Extra. By default it is refused: it
	// could move money by mistake.
	SharedPaths bool
	// TranCodes are the tranCode of requests by interface, at most 6 characters; none is
	// published. WithHeader's wins.
	TranCodes map[API]string
	// HistoryTranID is the member of a history's line that holds the tranId of the request
	// behind it, by which [Client.Settle] finds the transaction. No name of such a line is
	// published: empty is "tranId", what the header calls it. A line without this member is
	// never taken for the transaction.
	HistoryTranID string
	// PIN says how PIN blocks are encrypted. Coshine does not publish padding
	// and text form: until both are set, methods that take a PIN in clear return
	// issuing.ErrNotConfigured. See [InferredPIN].
	PIN sign.PINProfile
	// EmptyPINKeyBody sends GeneratePublicPinKey without a body. The page says
	// that it has none while every request has the public header, which is the
	// default.
	EmptyPINKeyBody bool
	// Values are further values of enumerations in requests, by the member's name as
	// errors print it: what Coshine has told the merchant and its documents do not have,
	// such as "custIdType": {"X"}. Every other value that they do not list is refused
	// before it is sent.
	Values map[string][]string
	// RedirectHosts are further hosts (with port, if not 443) that a 307 may
	// lead to. A 307 within BaseURL's own host is always followed.
	RedirectHosts []string
}

// InferredPIN returns a guess at how PIN blocks are encrypted: PKCS #1 v1.5
// over the 8 bytes, as Base64. Coshine has not published it; a wrong guess ends
// in [CodePINBlockFormat]. Confirm it before production.
func InferredPIN() sign.PINProfile {
	return sign.PINProfile{Padding: sign.PINPaddingPKCS1, Plaintext: sign.PINPlaintextBytes,
		Encoding: sign.PINEncodingBase64}
}

// Warnings lists settings that are accepted and yet differ from what one of
// Coshine's pages says. None stops a call.
func (c Config) Warnings() []string {
	var w []string
	if n := len(c.TranBranch); n > 6 {
		w = append(w, fmt.Sprintf("TranBranch has %d characters; the message page says at most 6", n))
	}
	if n := c.Token.Len(); n > maxStaticToken {
		w = append(w, fmt.Sprintf("Token has %d characters; the introduction says at most %d", n, maxStaticToken))
	}
	if c.Zone == nil {
		w = append(w, "Zone is not set; Coshine does not state the zone of tranDate and tranTime, UTC+8 is used")
	}
	if c.CardStatus == DialectNone {
		w = append(w, "CardStatus is not set; the letters N and U are read as unknown")
	}
	return w
}

// ConfigTexts is a [Config] as Coshine assigned it and the merchant's secret store holds
// it. It prints no secret. What else a Config has is set on the result.
type ConfigTexts struct {
	BaseURL       string         // as Config.BaseURL
	ParticipantID string         // as Config.ParticipantID
	TranBranch    string         // as Config.TranBranch
	Channel       string         // as Config.Channel; optional
	Token         issuing.Secret // as Config.Token
	OAuth         *OAuthTexts    // for Config.OAuth; nil with a Token
	Zone          string         // an IANA name such as "Asia/Manila"; empty is UTC+8
}

// ParseConfig reads a Config from texts and checks all of it. The error, of kind
// issuing.ErrInvalid, names every field that is wrong and no value.
// What a file or an editor left around a text is taken off: blanks, line breaks, a byte
// order mark and quotes.
func ParseConfig(t ConfigTexts) (Config, error) {
	var p check.Problems
	cfg := Config{
		BaseURL: check.Trim(t.BaseURL), ParticipantID: check.Trim(t.ParticipantID),
		TranBranch: check.Trim(t.TranBranch), Channel: Channel(check.Trim(t.Channel)),
		Token: check.TrimSecret(t.Token), OAuth: t.OAuth.read(&p), Zone: check.Read(&p, "Zone", t.Zone, check.Zone),
	}
	cfg.validate(&p)
	return cfg, p.Err(providerName, "ParseConfig")
}

func (c Config) validate(p *check.Problems) {
	p.URL("BaseURL", c.BaseURL, transport.CheckURL)
	p.ID("ParticipantID", c.ParticipantID, maxParticipant)
	p.ID("TranBranch", c.TranBranch, maxBranch)
	if bare := p.Bare("Channel", string(c.Channel)); bare && c.Channel != "" && len(c.Channel) != 2 {
		p.Add("Channel", "needs exactly 2 characters")
	} else if bare {
		p.Listed("Channel", string(c.Channel), c.Channel.Known() || slices.Contains(c.Values["tranChnl"], string(c.Channel)))
	}
	switch {
	case c.OAuth == nil && c.Token.IsZero():
		p.Add("Token", "is required unless OAuth is set")
	case c.OAuth != nil && !c.Token.IsZero():
		p.Add("Token", "must be empty when OAuth is set")
	case c.OAuth != nil:
		p.URL("OAuth.TokenURL", c.OAuth.TokenURL, transport.CheckURL)
		c.OAuth.validate(p)
	case !p.Bare("Token", c.Token.Reveal()):
	case strings.ContainsFunc(c.Token.Reveal(), func(r rune) bool { return r <= ' ' || r == 0x7f }):
		p.Add("Token", "has blanks or control characters")
	}
	if !c.CardStatus.Known() {
		p.Add("CardStatus", "is not a dialect")
	}
	if !c.CardStatusLost.known() {
		p.Add("CardStatusLost", "is unknown")
	}
	c.checkTransactions(p)
	if c.PIN != (sign.PINProfile{}) {
		if err := c.PIN.Validate(); err != nil {
			p.Add("PIN", "%v", err)
		}
	}
	c.checkPaths(p)
	for i, host := range c.RedirectHosts {
		if p.Bare(fmt.Sprintf("RedirectHosts[%d]", i), host) && (host == "" || strings.ContainsAny(host, "/?#@ ")) {
			p.Add(fmt.Sprintf("RedirectHosts[%d]", i), "needs the form host or host:port")
		}
	}
}

// checkTransactions checks how transactions are written and found.
func (c Config) checkTransactions(p *check.Problems) {
	if !c.Amounts.known() {
		p.Add("Amounts", "is unknown")
	}
	if !c.Currencies.known() {
		p.Add("Currencies", "is unknown")
	}
	for name, code := range c.TranCodes {
		field := fmt.Sprintf("TranCodes[%.40s]", string(name))
		if _, known := canonical(name); !known {
			p.Add(field, "is no interface of the catalogue")
		}
		p.OptionalID(field, code, maxTranCode)
	}
	p.CheckValues(c.Values)
	p.OptionalText("HistoryTranID", c.HistoryTranID, maxExtraName)
	p.Bare("HistoryTranID", c.HistoryTranID)
}

// checkPaths refuses names that are unknown or given twice, paths that are not
// plain, and one path for two interfaces, which could move money by mistake.
func (c Config) checkPaths(p *check.Problems) {
	given := map[API]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Paths)) {
		field := fmt.Sprintf("Paths[%.40s]", string(name))
		api, known := canonical(name)
		row, _ := rowOf(api)
		switch {
		case !known:
			p.Add(field, "is no interface of the catalogue")
		case row.Inbound:
			p.Add(field, "is served by the issuer and has no path of Coshine's")
		case given[api]:
			p.Add(field, "is given under two names")
		case !plainPath(c.Paths[name]):
			p.Add(field, "needs a plain path that starts with /, perhaps with a query")
		}
		given[api] = true
	}
	table := c.pathTable()
	owner := map[string]API{}
	for _, api := range slices.Sorted(maps.Keys(table)) {
		if other, taken := owner[table[api]]; taken && !c.SharedPaths {
			p.Add(fmt.Sprintf("Paths[%s]", api), "is the path of %s as well", other)
		}
		owner[table[api]] = api
	}
}

// plainPath reports whether path is absolute, without fragment, empty or dot segments and
// control characters. It may have a query.
func plainPath(path string) bool {
	path, query, queried := strings.Cut(path, "?")
	if queried && (query == "" || len(query) > 200 || strings.ContainsFunc(query, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`?#\"<>`, r)
	})) {
		return false
	}
	return strings.HasPrefix(path, "/") && len(path) <= 200 && !strings.Contains(path, "//") &&
		!strings.Contains(path, "/.") &&
		!strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`?#\%`, r) })
}

// pathTable returns the published paths and those of the configuration.
func (c Config) pathTable() map[API]string {
	table := map[API]string{}
	for _, row := range catalogue {
		if row.Evidence == EvidencePublished {
			table[row.API] = row.Path
		}
	}
	for name, path := range c.Paths {
		if api, known := canonical(name); known {
			table[api] = path
		}
	}
	return table
}

// fingerprint is under the static token, or the key that opens answers.
func (c Config) fingerprint(data []byte) (string, error) {
	if c.OAuth != nil {
		return c.OAuth.DecryptionKey.Fingerprint(data)
	}
	key, err := sign.NewHMACKey(c.Token)
	if err != nil {
		return "", err
	}
	return key.Fingerprint(data), nil
}
