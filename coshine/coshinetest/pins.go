package coshinetest

import (
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/coshine"
	"github.com/issuing-sdk/issuing-go/sign"
)

// maxPINKeys bounds the unused PIN keys; the oldest is forgotten.
const maxPINKeys = 1000

// wrongPINs is after how many wrong PINs in a row the platform locks the PIN.
// Coshine publishes that a lock exists, not when it falls.
const wrongPINs = 3

// makePINKey hands out an id for the platform's key. Every id is good for one
// operation.
func (s *Server) makePINKey(*call) (object, *refusal) {
	id := fmt.Sprintf("%08d", s.seq.Next()%100_000_000)
	if len(s.pinKeys) >= maxPINKeys {
		s.pinKeys = slices.Delete(s.pinKeys, 0, 1)
	}
	s.pinKeys = append(s.pinKeys, id)
	return object{{"pinKeyId", id}, {"pinKey", s.keys.pinKeyText()}}, nil
}

// openPINs decrypts the named fields under the request's key and uses the key
// up.
func (s *Server) openPINs(in *call, names ...string) ([]issuing.Secret, *refusal) {
	broken := refuse(coshine.CodePINBlockFormat)
	i := slices.Index(s.pinKeys, in.text("pinKeyId"))
	if i < 0 {
		return nil, broken
	}
	s.pinKeys = slices.Delete(s.pinKeys, i, i+1)
	var out []issuing.Secret
	for _, name := range names {
		pin, err := sign.OpenPIN(s.keys.pin(), s.cfg.PIN, issuing.NewSecret(in.text(name)))
		if err != nil {
			return nil, broken
		}
		out = append(out, pin)
	}
	return out, nil
}

func (s *Server) resetPIN(in *call) (object, *refusal) {
	pins, refused := s.openPINs(in, "newCardPin")
	if refused != nil {
		return nil, refused
	}
	in.card.pin, in.card.wrong, in.card.locked = pins[0], 0, false
	return nil, nil
}

func (s *Server) changePIN(in *call) (object, *refusal) {
	pins, refused := s.openPINs(in, "cardPin", "newCardPin")
	if refused == nil {
		refused = in.card.tryPIN(pins[0])
	}
	if refused == nil {
		in.card.pin = pins[1]
	}
	return nil, refused
}

func (s *Server) verifyPIN(in *call) (object, *refusal) {
	pins, refused := s.openPINs(in, "cardPin")
	if refused == nil {
		refused = in.card.tryPIN(pins[0])
	}
	return nil, refused
}

// tryPIN compares a PIN and counts wrong ones.
func (c *card) tryPIN(pin issuing.Secret) *refusal {
	if c.locked || c.pin.IsZero() || !c.pin.Equal(pin) {
		c.wrong++
		c.locked = c.locked || c.wrong >= wrongPINs
		return refuse(coshine.CodeInvalidPIN)
	}
	c.wrong = 0
	return nil
}
