package coshinetest

import (
	"cmp"
	"errors"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/internal/ledger"
)

// tokenTime is the form of a payment token's expiry.
const tokenTime = "20060102150405"

// payToken is a payment token.
type payToken struct {
	card     coshine.CardToken
	number   issuing.Secret
	user     string
	device   string
	state    coshine.TokenState
	expires  time.Time
	cardMask string
}

func (t *payToken) object() object {
	return object{}.with("appUserId", t.user).with("deviceId", t.device).with("cardMaskNumber", t.cardMask).
		with("cardToken", t.number).with("cardTokenState", t.state).
		with("cardTokenExpiryDate", t.expires.In(zone).Format(tokenTime))
}

func (s *Server) listTokens(in *call) (object, *refusal) {
	var out []object
	for _, t := range s.payTokens {
		if t.card == in.card.token {
			out = append(out, t.object())
		}
	}
	return list(out), nil
}

func (s *Server) requestToken(in *call) (object, *refusal) {
	c := in.card
	if in.text("CVV2") != c.cvv2.Reveal() || in.text("expiryDate") != string(c.expiry) {
		return nil, s.mismatch()
	}
	return s.newPayToken(c, in.text("appUserId"), in.text("deviceId")).object(), nil
}

// newPayToken makes a payment token for a card; what is empty gets a name.
func (s *Server) newPayToken(c *card, user, device string) *payToken {
	t := &payToken{
		card: c.token, number: ledger.PAN("629200", s.seq.Next(), 19), cardMask: c.masked(),
		user: cmp.Or(user, "user-"+c.customer), device: cmp.Or(device, "device-1"),
		state: coshine.TokenStateActive, expires: s.now().AddDate(3, 0, 0),
	}
	s.payTokens = append(s.payTokens, t)
	return t
}

// payToken finds the payment token of a number; requests name it in cardToken.
func (s *Server) payToken(number string) *payToken {
	for _, t := range s.payTokens {
		if t.number.Reveal() == number {
			return t
		}
	}
	return nil
}

// updateToken changes a token's state. Its fields, cardToken and
// cardTokenState, are this package's choice.
func (s *Server) updateToken(in *call) (object, *refusal) {
	t, state := s.payToken(in.text("cardToken")), coshine.TokenState(in.text("cardTokenState"))
	switch {
	case t == nil:
		return nil, unknownToken
	case !state.Known():
		return nil, badRequest
	case t.state.Terminal():
		return nil, wrongStatus
	}
	t.state = state
	return t.object(), nil
}

func (s *Server) updateTokenMetadata(in *call) (object, *refusal) {
	t := s.payToken(in.text("cardToken"))
	if t == nil {
		return nil, unknownToken
	}
	if text := in.text("cardTokenExpiryDate"); text != "" {
		at, err := time.ParseInLocation(tokenTime, text, zone)
		if err != nil {
			return nil, badRequest
		}
		t.expires = at
	}
	return t.object(), nil
}

// ChangeTokenState plays UMPS: it changes a payment token's state and notifies
// the issuer.
func (s *Server) ChangeTokenState(number issuing.Secret, state coshine.TokenState) error {
	if err := s.setTokenState(number, state); err != nil {
		return err
	}
	s.notify(coshine.APITokenStateNotification, object{{"cardToken", number}, {"cardTokenState", state}})
	return nil
}

func (s *Server) setTokenState(number issuing.Secret, state coshine.TokenState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.payToken(number.Reveal())
	if t == nil || t.state.Terminal() {
		return errors.New("coshinetest: no payment token with this number, or it is deleted")
	}
	t.state = state
	return nil
}
