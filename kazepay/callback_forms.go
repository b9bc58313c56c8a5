package kazepay

import (
	"github.com/issuing-sdk/issuing-go/sign"
)

// CallbackForm is how a callback carries its content. No page shows it.
type CallbackForm int

// Callback forms.
const (
	// CallbackFormSealed is the form of answers: signed, and encrypted for the merchant.
	CallbackFormSealed CallbackForm = iota
	// CallbackFormSigned has the content in clear as the body, under head.sign, by
	// Config.Profile's signature.
	CallbackFormSigned
	// CallbackFormPlain has the content in clear and no signature: as the body beside a
	// head, or as the whole message, in which a type may stand beside the content as
	// result. Anybody who knows the address can send one: take an event for a reason to
	// ask KazePay, and never for the answer.
	CallbackFormPlain
)

// open returns a callback's content and the key that proved it; in clear and without
// a signature nothing is proved, and the key is the first one.
func (s callbackScheme) open(own sign.PrivateKey, e *sign.Envelope) ([]byte, sign.PublicKey, error) {
	switch s.cfg.Form {
	case CallbackFormSigned:
		return s.cfg.Profile.VerifyPlain(s.peers, e)
	case CallbackFormPlain:
		return e.Body, s.peers[0], nil
	}
	return s.cfg.Profile.OpenAny(own, s.peers, e)
}

// bare reads a message without a head: upstream's {"type":…,"result":{…}}, or the
// content alone.
func (m *opened) bare(body []byte) (*sign.Envelope, error) {
	content := members(body, nil)
	if len(content) == 0 {
		return nil, sign.ErrEnvelopeForm
	}
	if result := content["result"]; len(result) > 0 && result[0] == '{' {
		m.head.APICode = content.text("type")
		body = result
	}
	return &sign.Envelope{Body: body}, nil
}

// members reads a callback's content.
func (s callbackScheme) members(content []byte) object { return members(content, s.cfg.Fields) }
