package sign

import "errors"

// ProfileHooks replace steps of a [Profile] that its choices do not know, in sealing
// and in opening. Each is optional; those that are counterparts come together. They
// run concurrently, with secrets: they must not keep what they are given.
//
// What fails in one while a message is opened is [ErrEnvelope], like everything else.
type ProfileHooks struct {
	// SignedBytes returns what the signature covers, instead of Profile.Signed.
	SignedBytes func(SignedParts) []byte
	// Encrypt and Decrypt take the place of Cipher, Mode and Padding: from the
	// payload's text to the bytes that body.encrypt encodes, and back.
	Encrypt, Decrypt func(key, text []byte) ([]byte, error)
	// NewKey draws a session key and returns it with the text that RSA wraps; ReadKey
	// reads that text. They take the place of KeyText and of the cipher's key length.
	NewKey  func() (key, text []byte, err error)
	ReadKey func(text []byte) (key []byte, err error)
}

// SignedParts is what a hook makes the signed bytes of.
type SignedParts struct {
	Head       []byte // the head's JSON without sign and keyEnc, its members in the order of their names
	Payload    []byte // the payload's JSON
	Ciphertext []byte // the bytes that body.encrypt encodes; nil when nothing is encrypted
	Encrypt    string // body.encrypt
}

// validate reports a hook without its counterpart.
func (h *ProfileHooks) validate() error {
	switch {
	case h == nil:
		return nil
	case (h.Encrypt == nil) != (h.Decrypt == nil):
		return errors.New("profile: of the hooks Encrypt and Decrypt one is missing")
	case (h.NewKey == nil) != (h.ReadKey == nil):
		return errors.New("profile: of the hooks NewKey and ReadKey one is missing")
	}
	return nil
}

// ciphers reports whether the hooks encrypt, and so whether ciphertexts need no
// whole blocks.
func (h *ProfileHooks) ciphers() bool { return h != nil && h.Encrypt != nil }

// keys reports whether the hooks make the session keys.
func (h *ProfileHooks) keys() bool { return h != nil && h.NewKey != nil }

// signs reports whether the hooks say what is signed.
func (h *ProfileHooks) signs() bool { return h != nil && h.SignedBytes != nil }
