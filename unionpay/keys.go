package unionpay

import (
	"context"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
)

// KeyService exchanges keys with UnionPay. The messages were seen in gateway
// products and in the UMPS wallet interface; that CAMS has them is not confirmed.
// Keys are PEM, as MarshalText of [github.com/issuing-sdk/issuing-go/sign.PublicKey]
// writes it; the form is not published.
type KeyService struct{ c *Client }

// KeyExchangeRequest announces our keys (KEY_EXCHANGE).
type KeyExchangeRequest struct {
	SignCertID    string         `json:"insSignCertID"`                // id of our signing certificate; required
	SignPublicKey string         `json:"insSignPublicKey"`             // PEM; required
	EncCertID     string         `json:"insEncCertID"`                 // id of our encryption certificate; required
	EncPublicKey  string         `json:"insEncPublickey"`              // PEM; required; its name ends in a small k
	Extra         map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r KeyExchangeRequest) validate(p *check.Problems) {
	text(p, "insSignCertID", r.SignCertID, 64)
	text(p, "insSignPublicKey", r.SignPublicKey, maxKeyText)
	text(p, "insEncCertID", r.EncCertID, 64)
	text(p, "insEncPublickey", r.EncPublicKey, maxKeyText)
}

// maxKeyText bounds a key's text; a PEM of RSA-4096 has 800 characters.
const maxKeyText = 4096

// KeyExchange is UnionPay's answer, of which no member is published.
type KeyExchange struct {
	SignCertID    string `json:"upiSignCertID"`               // id of UPI's signing certificate; inferred
	SignPublicKey string `json:"upiSignPublicKey"`            // UPI's signing key; inferred
	EncCertID     string `json:"upiEncCertID"`                // id of UPI's encryption certificate; seen in encCertId
	EncPublicKey  string `json:"upiEncPublickey"`             // UPI's encryption key; inferred
	Extra         Extra  `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// Exchange announces our keys and returns what UnionPay says of its own
// (KEY_EXCHANGE). Take no key from the answer into service without having it
// confirmed: it is authenticated by the keys that it replaces.
//
// The call's msgID is that of issuing.WithIdempotencyKey, 17 to 49 letters and
// digits, or a new one.
//
// Safety: once. On issuing.ErrOutcomeUnknown keep the old and the new keys in
// service and send it again: [Client.Settle] does with issuing.WithResend.
func (s *KeyService) Exchange(
	ctx context.Context, req KeyExchangeRequest, opts ...issuing.CallOption,
) (*KeyExchange, error) {
	return call[KeyExchange](ctx, s.c, opKeyExchange, req, opts)
}

// KeyInquiryRequest announces our keys to UMPS and names UPI's that are in use
// (KEY_INQUIRY_EXCHANGE). Wallets send it daily.
type KeyInquiryRequest struct {
	SignCertID     string `json:"appSignCertID"`           // id of our signing certificate; required
	SignPublicKey  string `json:"appSignPublicKey"`        // PEM; required
	EncCertID      string `json:"appEncCertID"`            // id of our encryption certificate; required
	EncPublicKey   string `json:"appEncPublicKey"`         // PEM; required
	UMPSSignCertID string `json:"umpsSignCertID,omitzero"` // id of UPI's signing certificate in use; optional
	UMPSEncCertID  string `json:"umpsEncCertID,omitzero"`  // id of UPI's encryption certificate in use; optional

	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // members that this version does not know
}

func (r KeyInquiryRequest) validate(p *check.Problems) {
	text(p, "appSignCertID", r.SignCertID, 64)
	text(p, "appSignPublicKey", r.SignPublicKey, maxKeyText)
	text(p, "appEncCertID", r.EncCertID, 64)
	text(p, "appEncPublicKey", r.EncPublicKey, maxKeyText)
	optionalText(p, "umpsSignCertID", r.UMPSSignCertID, 64)
	optionalText(p, "umpsEncCertID", r.UMPSEncCertID, 64)
}

// KeyInquiry is what UMPS says of its keys. The key members are inferred.
type KeyInquiry struct {
	SignCertID    string `json:"umpsSignCertID"`              // id of UPI's signing certificate
	SignPublicKey string `json:"umpsSignPublicKey"`           // UPI's signing key; inferred
	EncCertID     string `json:"umpsEncCertID"`               // id of UPI's encryption certificate
	EncPublicKey  string `json:"umpsEncPublicKey"`            // UPI's encryption key; inferred
	Extra         Extra  `json:"extra,omitzero" wire:"extra"` // members that this version does not know
}

// InquireExchange is Exchange for the UMPS wallet interface
// (KEY_INQUIRY_EXCHANGE), with a msgID of the same form.
//
// Safety: once, as [KeyService.Exchange].
func (s *KeyService) InquireExchange(
	ctx context.Context, req KeyInquiryRequest, opts ...issuing.CallOption,
) (*KeyInquiry, error) {
	return call[KeyInquiry](ctx, s.c, opKeyInquiry, req, opts)
}

// KeyResetRequest confirms a change of key. None of its members is published.
type KeyResetRequest struct {
	Extra map[string]any `json:"extra,omitzero" wire:"inline"` // all members
}

func (r KeyResetRequest) validate(p *check.Problems) { p.Required("Extra", len(r.Extra) > 0) }

// KeyReset is the acknowledgement.
type KeyReset struct {
	Extra Extra `json:"extra,omitzero" wire:"extra"` // all members
}

// ConfirmReset confirms a change of key to UMPS (KEY_RESET_RESULT), with a msgID of
// Exchange's form.
//
// Safety: once, as [KeyService.Exchange].
func (s *KeyService) ConfirmReset(
	ctx context.Context, req KeyResetRequest, opts ...issuing.CallOption,
) (*KeyReset, error) {
	return call[KeyReset](ctx, s.c, opKeyReset, req, opts)
}
