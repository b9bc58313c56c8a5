package keyring

import (
	"context"
	"errors"
	"fmt"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Rules say how a provider's requests find their credential C.
type Rules[C any] struct {
	// Lookup is the merchant's function.
	Lookup func(ctx context.Context, id string) (C, error)
	// Bind makes the scheme of a credential, which it checks: a look-up may return
	// anything.
	Bind func(c C) (webhook.Scheme, error)
	// Name returns the id that stands in a credential.
	Name func(c C) string
	// Answer answers what has no credential.
	Answer func(req *webhook.Request, result webhook.Result) webhook.Answer
	// Decode reads what travelled, where that needs no key; nil asks the credential's
	// scheme.
	Decode func(event *webhook.Event) error
	// Precheck refuses what is not worth a look-up by its head; nil refuses nothing.
	Precheck func(ctx context.Context, req *webhook.Request) error
	// HeadID and BodyID return the id that a request names itself. One of them is set
	// where requests name one: an empty id is refused then. Where neither is, the
	// address alone tells, and one without an id has the credential "".
	HeadID func(req *webhook.Request) (string, error)
	BodyID func(req *webhook.Request) (string, error)
}

// Prechecker is a bound scheme with a check of the head that needs the credential.
type Prechecker interface {
	Precheck(ctx context.Context, req *webhook.Request) error
}

// Scheme is a [webhook.Scheme] that authenticates, opens and answers each request with
// the credential that it names. The id that the address names comes before that of the
// request, which nothing has authenticated either: the credential's keys do.
type Scheme[C any] struct {
	rules Rules[C]
	ring  *ring[webhook.Scheme]
}

// NewScheme returns the scheme of rules.
func NewScheme[C any](rules Rules[C]) *Scheme[C] {
	s := &Scheme[C]{rules: rules}
	s.ring = newRing(s.bind)
	return s
}

// bind is what the ring calls.
func (s *Scheme[C]) bind(ctx context.Context, id string) (webhook.Scheme, error) {
	c, err := s.rules.Lookup(ctx, id)
	if err != nil {
		return nil, err
	}
	if name := s.rules.Name(c); name != id {
		return nil, &otherID{id, name}
	}
	scheme, err := s.rules.Bind(c)
	if err != nil {
		return nil, fmt.Errorf("what Lookup returned cannot be used: %w", err)
	}
	return scheme, nil
}

// chosen is a request's way through one credential's scheme: the Content of what was
// verified.
type chosen struct {
	held    *held[webhook.Scheme]
	content any // the scheme's own
}

// find returns what is known of the credential that a request names, by own where that is
// the request's to say. It returns nil where own is nil: the body will tell.
func (s *Scheme[C]) find(
	ctx context.Context, req *webhook.Request, own func(*webhook.Request) (string, error),
) (*held[webhook.Scheme], error) {
	id := req.Credential
	switch {
	case id != "" || s.rules.HeadID == nil && s.rules.BodyID == nil:
	case own == nil:
		return nil, nil
	default:
		var err error
		if id, err = own(req); err != nil {
			return nil, err
		}
		if id == "" {
			return nil, unknownID(id)
		}
	}
	return s.ring.get(ctx, id)
}

// Precheck is the check of a head, for [webhook.WithPrecheck].
func (s *Scheme[C]) Precheck(ctx context.Context, req *webhook.Request) error {
	if s.rules.Precheck != nil {
		if err := s.rules.Precheck(ctx, req); err != nil {
			return err
		}
	}
	h, err := s.find(ctx, req, s.rules.HeadID)
	if err != nil || h == nil {
		return err
	}
	if err = precheck(ctx, req, h.value); serves(err) {
		if newer := s.ring.newer(ctx, h); newer != nil {
			h, err = newer, precheck(ctx, req, newer.value)
		}
	}
	req.Prechecked = h
	return err
}

func precheck(ctx context.Context, req *webhook.Request, scheme webhook.Scheme) error {
	if p, ok := scheme.(Prechecker); ok {
		return p.Precheck(ctx, req)
	}
	return nil
}

// serves reports whether newer keys may serve where others gave err.
func serves(err error) bool {
	return err != nil && !errors.Is(err, webhook.ErrTimestamp) && !errors.Is(err, issuing.ErrUnavailable)
}

// Verify implements [webhook.Scheme].
func (s *Scheme[C]) Verify(ctx context.Context, req *webhook.Request) (webhook.Verified, error) {
	h, ok := req.Prechecked.(*held[webhook.Scheme])
	if !ok {
		own := s.rules.HeadID
		if own == nil {
			own = s.rules.BodyID
		}
		var err error
		if h, err = s.find(ctx, req, own); err != nil {
			return webhook.Verified{}, err
		}
	}
	v, err := verify(ctx, req, h)
	if serves(err) {
		if newer := s.ring.newer(ctx, h); newer != nil {
			if err = precheck(ctx, req, newer.value); err == nil {
				v, err = verify(ctx, req, newer)
			}
		}
	}
	return v, err
}

// verify authenticates with one credential. What failed has no content, so that
// Rules.Answer answers it, without a key.
func verify(ctx context.Context, req *webhook.Request, h *held[webhook.Scheme]) (webhook.Verified, error) {
	v, err := h.value.Verify(ctx, req)
	if err != nil {
		v.Content = nil
		return v, err
	}
	v.Credential, v.Content = h.id, &chosen{held: h, content: v.Content}
	return v, nil
}

// Open implements [webhook.Scheme]. Keys that open are rotated as well: what does not
// open, or not all of it, is tried with newer ones.
func (s *Scheme[C]) Open(ctx context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	c, ok := v.Content.(*chosen)
	if !ok {
		return nil, webhook.ErrPayload
	}
	event, err := open(ctx, req, v, c)
	if err == nil && len(event.Problems) == 0 || err != nil && !serves(err) {
		return event, err
	}
	newer := s.ring.newer(ctx, c.held)
	if newer == nil {
		return event, err
	}
	again, verifyErr := verify(ctx, req, newer)
	if verifyErr != nil {
		return event, err
	}
	with, _ := again.Content.(*chosen)
	second, openErr := open(ctx, req, again, with)
	if openErr != nil || err == nil && len(second.Problems) >= len(event.Problems) {
		return event, err
	}
	*c = *with
	return second, nil
}

// open opens with the credential that verified.
func open(ctx context.Context, req *webhook.Request, v webhook.Verified, c *chosen) (*webhook.Event, error) {
	v.Content = c.content
	return c.held.value.Open(ctx, req, v)
}

// Answer implements [webhook.Scheme].
func (s *Scheme[C]) Answer(req *webhook.Request, result webhook.Result) webhook.Answer {
	c, ok := result.Verified.Content.(*chosen)
	if !ok {
		return s.rules.Answer(req, result)
	}
	result.Verified.Content = c.content
	return c.held.value.Answer(req, result)
}

// errNoDecoder is a provider's fault.
var errNoDecoder = errors.New("its source decodes nothing that travelled")

// Decode implements [webhook.Decoder].
func (s *Scheme[C]) Decode(event *webhook.Event) error {
	if s.rules.Decode != nil {
		return s.rules.Decode(event)
	}
	h, err := s.ring.get(context.Background(), event.Credential)
	if err != nil {
		return err
	}
	decoder, ok := h.value.(webhook.Decoder)
	if !ok {
		return errNoDecoder
	}
	return decoder.Decode(event)
}
