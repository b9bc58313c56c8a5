package coshinetest

import (
	"fmt"

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
func (s *Server) makePINKey(fields) result {
	s.seq++
	id := fmt.Sprintf("%08d", s.seq%100_000_000)
	if len(s.pinOrder) >= maxPINKeys {
		delete(s.pinKeys, s.pinOrder[0])
		s.pinOrder = s.pinOrder[1:]
	}
	s.pinKeys[id] = true
	s.pinOrder = append(s.pinOrder, id)
	return success(object{}.with("pinKeyId", id).with("pinKey", s.keys.pinKeyText()))
}

// openPINs decrypts the named fields under the request's key and uses the key
// up.
func (s *Server) openPINs(in fields, names ...string) ([]issuing.Secret, bool) {
	id := in.text("pinKeyId")
	if !s.pinKeys[id] {
		return nil, false
	}
	delete(s.pinKeys, id)
	out := make([]issuing.Secret, 0, len(names))
	for _, name := range names {
		pin, err := sign.OpenPIN(s.keys.platform, s.cfg.PIN, issuing.NewSecret(in.text(name)))
		if err != nil {
			return nil, false
		}
		out = append(out, pin)
	}
	return out, true
}

func (s *Server) resetPIN(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	pins, ok := s.openPINs(in, "newCardPin")
	if !ok {
		return fail(coshine.CodePINBlockFormat)
	}
	c.pin, c.wrong, c.locked = pins[0], 0, false
	return success(nil)
}

func (s *Server) changePIN(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	pins, ok := s.openPINs(in, "cardPin", "newCardPin")
	switch {
	case !ok:
		return fail(coshine.CodePINBlockFormat)
	case !c.tryPIN(pins[0]):
		return fail(coshine.CodeInvalidPIN)
	}
	c.pin = pins[1]
	return success(nil)
}

func (s *Server) verifyPIN(in fields) result {
	c, refused := s.usable(in)
	if c == nil {
		return refused
	}
	pins, ok := s.openPINs(in, "cardPin")
	switch {
	case !ok:
		return fail(coshine.CodePINBlockFormat)
	case !c.tryPIN(pins[0]):
		return fail(coshine.CodeInvalidPIN)
	}
	return success(nil)
}

// tryPIN compares a PIN and counts wrong ones.
func (c *card) tryPIN(pin issuing.Secret) bool {
	if c.locked || c.pin.IsZero() || !c.pin.Equal(pin) {
		c.wrong++
		c.locked = c.locked || c.wrong >= wrongPINs
		return false
	}
	c.wrong = 0
	return true
}
