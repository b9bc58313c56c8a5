package uqpay

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// DefaultCallbackTolerance is how far a callback's timestamp may lie from now, in
// both directions: what UQPAY's own libraries allow. UQPAY publishes no rule and
// no retry schedule; whether a repeat is signed afresh is not known, so allow
// more where repeats arrive late.
const DefaultCallbackTolerance = 5 * time.Minute

// CallbackConfig is what callbacks are checked with: either Secrets or Lookup.
type CallbackConfig struct {
	// Secrets are the webhook secrets of the Dashboard, used as they are: one with
	// blanks, a line break or quotes around it is refused. Several
	// are valid at once, for a change of secret. At least one is required: UQPAY
	// does not sign callbacks when none is set there, and unsigned ones are
	// always refused. Without a DedupeSecret the first also keys the ids of
	// events that come without one: keep its place for as long as it is valid.
	Secrets []issuing.Secret
	// Lookup finds the credential of a callback while it runs: for several master
	// accounts, and secrets that change without a restart. UQPAY's callbacks name no
	// account, so the id is the address's: a wildcard {credential} of its pattern, or
	// [webhook.Source.ForCredential]. An address without one has the id "". See package
	// webhook for how long an answer counts and what an error means. It replaces Secrets.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// DedupeSecret keys the digests in the ids of events that come without one: 16 bytes
	// or more of the merchant's own, kept for good. Required with Lookup; empty is the
	// first of Secrets.
	DedupeSecret issuing.Secret
	// Tolerance is how far a timestamp may lie from now; 0 is
	// DefaultCallbackTolerance.
	Tolerance time.Duration
	// Zone is that of times without one, such as a report's; nil is UTC+8.
	Zone *time.Location
	// Deduper remembers events; nil is one in memory.
	Deduper webhook.Deduper
	// MaxBody bounds a body; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewCallbacks returns the source of UQPAY's callbacks. Events carry the pointers
// to [CardCreated] and its siblings; Event.ID is UQPAY's event id. Both
// generations of the envelope are read. A member that cannot be read stays unset and
// is named in Event.Problems.
//
// One address, set at the master account, gets the events of all connected
// accounts. They name no account: find it by card or cardholder id.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	tolerance := cmp.Or(cfg.Tolerance, DefaultCallbackTolerance)
	s := callbackScheme{
		window: webhook.Window{MaxAge: tolerance, MaxAhead: tolerance},
		digest: keyring.Digest(&p, cfg.DedupeSecret), zone: cmp.Or(cfg.Zone, zone),
	}
	if tolerance < 0 {
		p.Add("Tolerance", "must not be negative")
	}
	var scheme webhook.Scheme
	precheck := s.precheck
	if cfg.Lookup != nil {
		keyring.NeedDigest(&p, cfg.DedupeSecret)
		if len(cfg.Secrets) > 0 {
			p.Add("Lookup", "replaces Secrets: set either")
		}
		looked := s.lookedUp(cfg.Lookup)
		scheme, precheck = looked, looked.Precheck
	} else {
		s = s.with(&p, Credential{Secrets: cfg.Secrets})
		if s.digest == nil && len(s.keys) > 0 {
			s.digest = s.keys[0].Fingerprint
		}
		scheme = s
	}
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource(providerName, scheme, webhook.WithDeduper(cfg.Deduper), webhook.WithClock(cfg.Now),
		webhook.WithMaxBody(cfg.MaxBody), webhook.WithPrecheck(precheck), webhook.WithLikeness(likeness),
		// A repeat that is not signed afresh is refused after that.
		webhook.WithSchedule(tolerance))
}

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	keys   []sign.HMACKey
	window webhook.Window
	digest func(content []byte) string
	zone   *time.Location
}

// Headers of a callback, in net/http's spelling.
const (
	headerTimestamp = "X-Wk-Timestamp"
	headerSignature = "X-Wk-Signature"
)

// precheck refuses what is not signed before its body is read.
func (callbackScheme) precheck(_ context.Context, req *webhook.Request) error {
	if req.Header.Get(headerSignature) == "" || req.Header.Get(headerTimestamp) == "" {
		return webhook.ErrSignature
	}
	return nil
}

// Verify implements [webhook.Scheme]. The text of the timestamp is signed as it
// came.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	signature, timestamp := req.Header.Get(headerSignature), req.Header.Get(headerTimestamp)
	if !slices.ContainsFunc(s.keys, func(key sign.HMACKey) bool {
		return sign.VerifyHMAC512(key, signature, req.Body, timestamp) == nil
	}) {
		return webhook.Verified{}, webhook.ErrSignature
	}
	at, err := s.window.CheckUnix(timestamp, req.Time)
	return webhook.Verified{At: at}, err
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, req *webhook.Request, _ webhook.Verified) (*webhook.Event, error) {
	event := &webhook.Event{Raw: issuing.NewSecret(string(req.Body))}
	e, err := decodeEvent(req.Body, s.zone, event.AddProblem)
	switch {
	case err != nil:
		return nil, err
	case e.Type != req.Type && e.Data != nil && eventData[req.Type] != nil:
		return nil, errors.New("the event_type is not the address's type")
	}
	event.Type, event.ID, event.Data = e.Type, e.ID, e.Data
	if event.ID == "" {
		// The whole content identifies the event. The digest is keyed: ids reach
		// logs and databases, and one-time passwords are guessed easily.
		event.ID = e.Type + "|hmac:" + s.digest(req.Body)
	}
	return event, nil
}

// Decode implements [webhook.Decoder].
func (s callbackScheme) Decode(event *webhook.Event) error {
	e, err := decodeEvent([]byte(event.Raw.Reveal()), s.zone, event.AddProblem)
	if err == nil {
		event.Data = e.Data
	}
	return err
}

// Answer implements [webhook.Scheme]: "ok" is what every page of events asks for.
func (callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(result)
}
