package uqpay

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// SecureCard is a card's data in clear. Never log or store it.
type SecureCard struct {
	Number issuing.Secret `json:"card_number"` // PAN, 16 digits
	CVV    issuing.Secret `json:"cvv"`         // CVV2, 3 digits
	Expiry issuing.Secret `json:"expire_date"` // MM/YY
}

func (c *SecureCard) incomplete() bool { return c.Number.IsZero() }

// Secure reads a card's data in clear, for licensed or PCI DSS clients only;
// others get [CodeForbidden] and show the iframe of [Client.IframeURL].
//
// Safety: read.
func (s *CardService) Secure(ctx context.Context, cardID string, opts ...issuing.CallOption) (*SecureCard, error) {
	return call[SecureCard](ctx, s.c, opCardSecure.at(cardID), none{}, opts)
}

// PANToken opens the secure iframe of one card once.
type PANToken struct {
	Token     issuing.Secret `json:"token"`      // "pan_" and a JWT; for one use
	ExpiresIn int            `json:"expires_in"` // seconds; 60
	ExpiresAt time.Time      `json:"expires_at"` // when it stops working
}

func (t *PANToken) incomplete() bool { return t.Token.IsZero() }

// PANToken makes a token for the secure iframe; see [Client.IframeURL]. Make one
// for every view: it works once and for 60 seconds, and a repeated idempotency
// key returns a token that may have been used.
//
// Safety: keyed, by the client's UUID or a key of yours: 1 to 64 printable ASCII
// characters, best a UUID. On issuing.ErrOutcomeUnknown make another one.
func (s *CardService) PANToken(ctx context.Context, cardID string, opts ...issuing.CallOption) (*PANToken, error) {
	return call[PANToken](ctx, s.c, opCardPANToken.at(cardID), none{}, opts)
}

// Iframe says how the secure iframe looks.
type Iframe struct {
	Lang           string            // "en" or "zh"; empty is the platform's choice
	Styles         map[string]any    // JSON object of styles; nil is the platform's look
	CardholderName bool              // show name_on_card, else first and last name
	Extra          map[string]string // further query parameters of the iframe
}

// IframeURL builds the address of the secure iframe that shows a card's data to
// its holder. The address holds the token: give it to the holder's browser and
// keep it out of logs. It makes no request.
func (c *Client) IframeURL(cardID string, token issuing.Secret, look Iframe) (issuing.Secret, error) {
	const name = "IframeURL"
	var p check.Problems
	p.Text("cardId", cardID, maxID)
	p.Required("token", !token.IsZero())
	only(&p, "lang", look.Lang, optional, "en", "zh")
	styles, err := json.Marshal(look.Styles)
	if err != nil {
		p.Add("styles", "cannot be written as JSON")
	}
	if err := p.Err(providerName, name); err != nil {
		return issuing.Secret{}, err
	}
	if c.cfg.IframeURL == "" {
		err := notConfigured("Config.IframeURL is not set")
		err.Provider, err.Op = providerName, name
		return issuing.Secret{}, err
	}
	query := url.Values{}
	for key, value := range look.Extra {
		query.Set(key, value)
	}
	query.Set("token", token.Reveal())
	query.Set("cardId", cardID)
	if look.Lang != "" {
		query.Set("lang", look.Lang)
	}
	if look.Styles != nil {
		query.Set("styles", string(styles))
	}
	if look.CardholderName {
		query.Set("cardholder_name", "true")
	}
	// The iframe reads %20, and + as a plus sign.
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	return issuing.NewSecret(strings.TrimRight(c.cfg.IframeURL, "/") + "/iframe/card?" + encoded), nil
}
