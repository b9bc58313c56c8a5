package coshine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
)

// PINService sets, changes and verifies PINs. Give it a PIN in clear, and it
// fetches a key for this one operation, builds the block and encrypts it by
// [Config.PIN]; or give it the ciphertext that an HSM or Coshine's mobile SDK
// made, with the id of its key. Card number and PIN never form one block here.
type PINService struct{ c *Client }

// maxCiphertext is the documented length of an encrypted PIN.
const maxCiphertext = 4096

// maxPINKeyID is the documented length of a PIN key's id.
const maxPINKeyID = 8

// PINKey is a public key for PINs. It is good for one operation: how long the
// platform keeps it is not published.
type PINKey struct {
	Reply
	ID     string `json:"pinKeyId"` // at most 8 characters
	PINKey string `json:"pinKey"`   // RSA public key; the form is not published
}

func (k *PINKey) incomplete() bool { return k.ID == "" || k.PINKey == "" }

// PublicKey parses the key, in the forms of [sign.ParsePublicKey].
func (k *PINKey) PublicKey() (sign.PublicKey, error) { return sign.ParsePublicKey(k.PINKey) }

// pinKeyRequest has no fields of its own.
type pinKeyRequest struct{}

func (pinKeyRequest) validate(*check.Problems) {}
func (pinKeyRequest) bodyless(cfg Config) bool { return cfg.EmptyPINKeyBody }

// Key (GeneratePublicPinKey) makes a key for the PINs of one operation. The methods
// that take a PIN in clear call it by themselves.
//
// Safety: read; a repeat makes another key.
func (s *PINService) Key(ctx context.Context, opts ...issuing.CallOption) (*PINKey, error) {
	return call[PINKey](ctx, s.c, opPINKey, pinKeyRequest{}, opts)
}

// PINResetRequest sets a new PIN. Exactly one of CardToken and CardNumber is
// needed, and either NewPIN, or PINKeyID with NewCardPIN.
type PINResetRequest struct {
	CardRef

	NewPIN     issuing.Secret `json:"newPin,omitzero" wire:"-"` // 4 to 12 digits, in clear; never sent
	PINKeyID   string         `json:"pinKeyId"`                 // at most 8 characters; from GeneratePublicPinKey
	NewCardPIN issuing.Secret `json:"newCardPin"`               // encrypted under that key, at most 4096 characters
}

func (r *PINResetRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	r.pins().validate(p)
}

func (r *PINResetRequest) pins() pinSet {
	return pinSet{&r.PINKeyID, []pinField{{"NewPIN", "newCardPin", &r.NewPIN, &r.NewCardPIN}}}
}

// Reset (PINReset, row 20) sets the PIN of a physical card.
//
// Safety: once. On issuing.ErrOutcomeUnknown set the PIN again only when the
// cardholder asks for it: no inquiry shows which PIN is in force.
func (s *PINService) Reset(ctx context.Context, req PINResetRequest, opts ...issuing.CallOption) (*Ack, error) {
	return s.send(ctx, opPINReset, &req, opts)
}

// PINChangeRequest changes a PIN. Exactly one of CardToken and CardNumber is
// needed, and either PIN and NewPIN, or PINKeyID with CardPIN and NewCardPIN; one
// key serves for both.
type PINChangeRequest struct {
	CardRef

	PIN        issuing.Secret `json:"pin,omitzero" wire:"-"`    // present PIN, 4 to 12 digits, in clear; never sent
	NewPIN     issuing.Secret `json:"newPin,omitzero" wire:"-"` // new PIN, 4 to 12 digits, in clear; never sent
	PINKeyID   string         `json:"pinKeyId"`                 // at most 8 characters; from GeneratePublicPinKey
	CardPIN    issuing.Secret `json:"cardPin"`                  // present PIN, encrypted, at most 4096 characters
	NewCardPIN issuing.Secret `json:"newCardPin"`               // new PIN, encrypted, at most 4096 characters
}

func (r *PINChangeRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	r.pins().validate(p)
}

func (r *PINChangeRequest) pins() pinSet {
	return pinSet{&r.PINKeyID, []pinField{
		{"PIN", "cardPin", &r.PIN, &r.CardPIN}, {"NewPIN", "newCardPin", &r.NewPIN, &r.NewCardPIN},
	}}
}

// Change (PINChange, row 21) changes a PIN. [CodeInvalidPIN] says that the present PIN
// is wrong, which counts towards the lock.
//
// Safety: once. On issuing.ErrOutcomeUnknown do not repeat it by a program.
func (s *PINService) Change(ctx context.Context, req PINChangeRequest, opts ...issuing.CallOption) (*Ack, error) {
	return s.send(ctx, opPINChange, &req, opts)
}

// PINVerifyRequest verifies a PIN. Names are inferred from PINChange. Exactly
// one of CardToken and CardNumber is needed, and either PIN, or PINKeyID with
// CardPIN.
type PINVerifyRequest struct {
	CardRef

	PIN      issuing.Secret `json:"pin,omitzero" wire:"-"`        // 4 to 12 digits, in clear; never sent
	PINKeyID string         `json:"pinKeyId"`                     // at most 8 characters; from GeneratePublicPinKey
	CardPIN  issuing.Secret `json:"cardPin"`                      // encrypted, at most 4096 characters
	Extra    Extra          `json:"extra,omitzero" wire:"inline"` // unpublished fields
}

func (r *PINVerifyRequest) validate(p *check.Problems) {
	r.CardRef.validate(p)
	r.pins().validate(p)
}

func (r *PINVerifyRequest) pins() pinSet {
	return pinSet{&r.PINKeyID, []pinField{{"PIN", "cardPin", &r.PIN, &r.CardPIN}}}
}

// Verify (PINVerify, row 22) verifies a PIN. Its fields are inferred. [CodeInvalidPIN]
// says that it is wrong, which counts towards the lock.
//
// Safety: once. On issuing.ErrOutcomeUnknown do not repeat it by a program.
func (s *PINService) Verify(ctx context.Context, req PINVerifyRequest, opts ...issuing.CallOption) (*Ack, error) {
	return s.send(ctx, opPINVerify, &req, opts)
}

// pinField is one PIN of a request, in clear or encrypted.
type pinField struct {
	clearName, sealedName string
	clear, sealed         *issuing.Secret
}

// pinSet is the PINs of a request, and the id of the key that encrypts them.
type pinSet struct {
	keyID  *string
	fields []pinField
}

// inClear reports whether a PIN is given in clear.
func (s pinSet) inClear() bool {
	return slices.ContainsFunc(s.fields, func(f pinField) bool { return !f.clear.IsZero() })
}

// validate demands that all PINs of a request are given in the same way.
func (s pinSet) validate(p *check.Problems) {
	inClear := s.inClear()
	for _, f := range s.fields {
		switch {
		case inClear && !f.sealed.IsZero():
			p.Add(f.clearName+", "+f.sealedName, "must not mix PINs in clear and encrypted ones")
		case inClear:
			p.Digits(f.clearName, *f.clear, sign.MinPIN, sign.MaxPIN)
		case f.sealed.IsZero():
			p.Add(f.clearName+", "+f.sealedName, "needs one of them")
		default:
			p.Text(f.sealedName, f.sealed.Reveal(), maxCiphertext)
		}
	}
	if inClear && *s.keyID != "" {
		p.Add("pinKeyId", "must be empty when the PIN is given in clear")
	}
	if !inClear {
		p.Text("pinKeyId", *s.keyID, maxPINKeyID)
	}
}

// seal fills in the ciphertexts of PINs given in clear.
func (s pinSet) seal(key *PINKey, profile sign.PINProfile) error {
	public, err := key.PublicKey()
	if err != nil {
		return err
	}
	for _, f := range s.fields {
		if *f.sealed, err = sign.SealPIN(public, profile, *f.clear); err != nil {
			return err
		}
	}
	*s.keyID = key.ID
	return nil
}

// pinned is a request with PINs.
type pinned interface {
	request
	pins() pinSet
}

// send sends a request. PINs in clear are encrypted when it has been checked,
// under a key that is fetched for them alone.
func (s *PINService) send(ctx context.Context, o operation, in pinned, opts []issuing.CallOption) (*Ack, error) {
	return prepared[Ack](ctx, s.c, o, in, func() error {
		if !in.pins().inClear() {
			return nil
		}
		profile, err := s.c.pinProfile()
		if err != nil {
			return err
		}
		key, err := s.Key(ctx, keyOptions(opts)...)
		var e *issuing.Error
		switch {
		case errors.As(err, &e):
			// What ends is the operation; the call for the key is why.
			return &issuing.Error{Kind: e.Kind, Err: fmt.Errorf("no PIN key: %w", err)}
		case err != nil:
			return err
		}
		if err = in.pins().seal(key, profile); err != nil {
			return &issuing.Error{
				Kind: issuing.ErrBadResponse, Err: fmt.Errorf("the PIN key of GeneratePublicPinKey: %w", err),
			}
		}
		return nil
	}, opts)
}

// pinProfile returns the configured PIN profile.
func (c *Client) pinProfile() (sign.PINProfile, error) {
	if c.cfg.PIN == (sign.PINProfile{}) {
		return sign.PINProfile{}, &issuing.Error{
			Kind: issuing.ErrNotConfigured,
			Err:  errors.New("how a PIN block is encrypted is not published: set Config.PIN to what Coshine told you"),
		}
	}
	return c.cfg.PIN, nil
}

// keyOptions are the options of the call for the key: the header of the call
// itself but for its tranId, which must not be used twice.
func keyOptions(opts []issuing.CallOption) []issuing.CallOption {
	return append(append([]issuing.CallOption(nil), opts...), issuing.CallOptionFunc(func(s *issuing.CallSettings) {
		delete(s.Header, "tranId")
		s.IdempotencyKey, s.Info = "", nil
	}))
}
