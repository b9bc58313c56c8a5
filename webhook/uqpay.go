package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
)

// DefaultUQPAYTolerance is how far a callback's timestamp may lie from now, in
// both directions: what UQPAY's own libraries allow. UQPAY publishes no rule and
// no retry schedule; whether a repeat is signed afresh is not known, so allow
// more where repeats arrive late.
const DefaultUQPAYTolerance = 5 * time.Minute

// UQPAYConfig is what callbacks of UQPAY are checked with.
type UQPAYConfig struct {
	// Secrets are the webhook secrets of the Dashboard, used as they are. Several
	// are valid at once, for a change of secret. At least one is required: UQPAY
	// does not sign callbacks when none is set there, and unsigned ones are
	// always refused.
	Secrets []issuing.Secret
	// Tolerance is how far a timestamp may lie from now; 0 is
	// DefaultUQPAYTolerance.
	Tolerance time.Duration
	// Deduper remembers events; nil is one in memory.
	Deduper Deduper
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// UQPAY returns the source of UQPAY's callbacks. Events carry the pointers to
// uqpay.CardCreated and its siblings; Event.ID is UQPAY's event id. Both
// generations of the envelope are read.
//
// One address, set at the master account, gets the events of all connected
// accounts. They name no account: find it by card or cardholder id.
func UQPAY(cfg UQPAYConfig) (*Source, error) {
	var p check.Problems
	p.Required("Secrets", len(cfg.Secrets) > 0)
	s := uqpayScheme{window: Window{MaxAge: cfg.Tolerance, MaxAhead: cfg.Tolerance}}
	for i, secret := range cfg.Secrets {
		key, err := sign.NewHMACKey(secret)
		if err != nil {
			p.Add(fmt.Sprintf("Secrets[%d]", i), "is empty")
			continue
		}
		s.keys = append(s.keys, key)
	}
	if cfg.Tolerance < 0 {
		p.Add("Tolerance", "must not be negative")
	}
	if err := p.Err("webhook", "UQPAY"); err != nil {
		return nil, err
	}
	if cfg.Tolerance == 0 {
		s.window = Window{MaxAge: DefaultUQPAYTolerance, MaxAhead: DefaultUQPAYTolerance}
	}
	return NewSource("uqpay", s, WithDeduper(cfg.Deduper), WithClock(cfg.Now), WithPrecheck(s.precheck))
}

type uqpayScheme struct {
	keys   []sign.HMACKey
	window Window
}

// Headers of a callback, in net/http's spelling.
const (
	uqpayTimestamp = "X-Wk-Timestamp"
	uqpaySignature = "X-Wk-Signature"
)

// precheck refuses what is not signed before its body is read.
func (uqpayScheme) precheck(_ context.Context, req *Request) error {
	if req.Header.Get(uqpaySignature) == "" || req.Header.Get(uqpayTimestamp) == "" {
		return ErrSignature
	}
	return nil
}

// Verify implements [Scheme]. The text of the timestamp is signed as it came.
func (s uqpayScheme) Verify(_ context.Context, req *Request) (Verified, error) {
	signature, timestamp := req.Header.Get(uqpaySignature), req.Header.Get(uqpayTimestamp)
	if !slices.ContainsFunc(s.keys, func(key sign.HMACKey) bool {
		return sign.VerifyHMAC512(key, signature, req.Body, timestamp) == nil
	}) {
		return Verified{}, ErrSignature
	}
	at, err := s.window.CheckUnix(timestamp, req.Time)
	return Verified{At: at}, err
}

// Open implements [Scheme].
func (uqpayScheme) Open(_ context.Context, req *Request, _ Verified) (*Event, error) {
	decoded, err := uqpay.DecodeEvent(req.Body)
	if err != nil {
		return nil, err
	}
	event := &Event{Type: decoded.Type, ID: decoded.ID, Data: decoded.Data, Raw: issuing.NewSecret(string(req.Body))}
	if event.ID == "" {
		event.ID = contentID(event.Type, req.Body)
	}
	return event, nil
}

// contentID identifies an event by its whole content. Ids reach logs and
// databases, and what is short in a content can be found from its hash by trying:
// a scheme whose events hold one-time passwords needs a keyed digest instead.
func contentID(typ string, plaintext []byte) string {
	sum := sha256.Sum256(plaintext)
	return typ + "|sha256:" + hex.EncodeToString(sum[:])
}

// Answer implements [Scheme]: "ok" is what every page of events asks for.
func (uqpayScheme) Answer(_ *Request, result Result) Answer { return StandardAnswer(result) }
