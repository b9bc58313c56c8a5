package webhook

import (
	"fmt"
	"net/http"
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
	s := uqpayScheme{tolerance: cfg.Tolerance}
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
	if s.tolerance == 0 {
		s.tolerance = DefaultUQPAYTolerance
	}
	return newSource("uqpay", s, cfg.Now), nil
}

type uqpayScheme struct {
	keys      []sign.HMACKey
	tolerance time.Duration
}

// Headers of a callback, in net/http's spelling.
const (
	uqpayTimestamp = "X-Wk-Timestamp"
	uqpaySignature = "X-Wk-Signature"
)

func (s uqpayScheme) verify(header http.Header, body []byte, now time.Time) (verified, error) {
	signature, timestamp := header.Get(uqpaySignature), header.Get(uqpayTimestamp)
	if signature == "" || timestamp == "" {
		return verified{}, ErrSignature
	}
	at, ok := unixTime(timestamp)
	if !ok {
		return verified{}, ErrTimestamp
	}
	if !s.signed(signature, body, timestamp) {
		return verified{}, ErrSignature
	}
	if !inWindow(at, now, s.tolerance, s.tolerance) {
		return verified{}, ErrTimestamp
	}
	return verified{at: at}, nil
}

// signed tries every secret; the text of the timestamp is signed as it came.
func (s uqpayScheme) signed(signature string, body []byte, timestamp string) bool {
	for _, key := range s.keys {
		if sign.VerifyHMAC512(key, signature, body, timestamp) == nil {
			return true
		}
	}
	return false
}

func (uqpayScheme) open(_ verified, body []byte, _ string) (*Event, error) {
	decoded, err := uqpay.DecodeEvent(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	event := &Event{Type: decoded.Type, ID: decoded.ID, Data: decoded.Data, Raw: issuing.NewSecret(string(body))}
	if event.Data == nil {
		event.Data = &Unknown{Type: decoded.Type, Raw: event.Raw}
	}
	if event.ID == "" {
		event.ID = contentID(event.Type, body)
	}
	return event, nil
}

// success is what every page of events asks for.
func (uqpayScheme) success() Answer { return Answer{Status: http.StatusOK, Body: "ok"} }

func (uqpayScheme) failure() Answer {
	return Answer{Status: http.StatusServiceUnavailable, Body: "retry later"}
}
