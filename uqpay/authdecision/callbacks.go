package authdecision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Func decides one transaction. ctx ends when an answer would come too late.
// Without an answer UQPAY's configured default decides: on an error, a panic, the
// zero Decision, or a decision after the end of ctx.
type Func func(ctx context.Context, req *Request) (Decision, error)

// Decide makes the function of a [webhook.Handler] of fn, for a source of
// [NewCallbacks]. It is nil when fn is.
func Decide(fn Func) webhook.Func {
	if fn == nil {
		return nil
	}
	return func(ctx context.Context, event *webhook.Event) error {
		req, ok := event.Data.(*Request)
		if !ok {
			return ErrRequest
		}
		decision, err := fn(ctx, req)
		if err == nil {
			req.decision = decision
		}
		return err
	}
}

// CallbackConfig is what requests are opened and answered with: either Key and
// PlatformKey, or Lookup.
type CallbackConfig struct {
	// Key is the merchant's own, whose public half UQPAY has. Required.
	Key PrivateKey
	// PlatformKey is UQPAY's. Required.
	PlatformKey PublicKey
	// Lookup finds the credential of a request while it runs: for several master accounts,
	// and keys that change without a restart. UQPAY's requests name no account, so the id is
	// the address's: a wildcard {credential} of its pattern, or
	// [webhook.Source.ForCredential]. An address without one has the id "". See package
	// webhook for how long an answer counts and what an error means. It replaces the two
	// above.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// Window is the time that was agreed with UQPAY, 1 to 5 seconds. Required.
	Window time.Duration
	// Margin is how much of the window is left to the network and the
	// encryption; 0 is a fifth of it. The decision has Window minus Margin, from
	// the request's arrival on.
	Margin time.Duration
	// Allow, when set, refuses requests before their body is read, such as those
	// from unknown addresses.
	Allow func(*webhook.Request) bool
	// Zone is that of date_of_transaction, which no document states; nil is
	// UTC+8, the zone of all of UQPAY's documented times.
	Zone *time.Location
	// MaxBody bounds an encrypted request; 0 is webhook.DefaultMaxBody, and no more than
	// MaxMessage counts.
	MaxBody int64
	// Deduper remembers decisions by transaction id, so that a repeat gets the first
	// one, from every process that shares it; nil is one in memory. One in a database
	// needs keys for the answers.
	Deduper webhook.Deduper
	// Remember is for how long the Deduper in memory does so; 0 is an hour.
	Remember time.Duration
	// Now is the clock for the keys' validity; nil is time.Now.
	Now func() time.Time
}

// defaultZone is the zone of UQPAY's documented times.
var defaultZone = time.FixedZone("UTC+8", 8*60*60)

// maxWindow is the longest window that UQPAY agrees to.
const maxWindow = 5 * time.Second

// EventRequest is the type of the source's events.
const EventRequest = "authorization" // [Request]

// Causes of a request without an answer, beside those of package webhook.
var (
	// ErrNoDecision: the function returned the zero Decision or one that cannot
	// be sent.
	ErrNoDecision = errors.New("authdecision: not a decision")
	// ErrReplay: another request came under a transaction id that is known.
	ErrReplay = errors.New("authdecision: another request under a known transaction id")
	// ErrNotAllowed: CallbackConfig.Allow refused the request.
	ErrNotAllowed = errors.New("authdecision: not allowed")
)

// NewCallbacks returns the source of authorization requests. Its events are
// questions with a *[Request] and the transaction's id; [Decide] makes their
// function of a typed one. A transaction is decided once: a repeat gets the same
// decision, one that came too late included, and waits for one that is being made.
// Reports carry the sent response code, and for
// [webhook.OutcomeOvertime] the one that came too late.
//
// A member that cannot be read stays unset and is named in Request.Problems, and so is one
// that stands twice. Where it is the card, the type, an amount or a currency, the request
// is declined with [ResponseCodeDecline] instead, and the report says why.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	switch {
	case cfg.Window <= 0:
		p.Required("Window", false)
	case cfg.Window > maxWindow:
		p.Add("Window", "is longer than %v, the longest that UQPAY agrees to", maxWindow)
	}
	if cfg.Margin < 0 || (cfg.Window > 0 && cfg.budget() <= 0) {
		p.Add("Margin", "must lie between 0 and Window")
	}
	if cfg.Zone == nil {
		cfg.Zone = defaultZone
	}
	if cfg.Remember <= 0 {
		cfg.Remember = time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Deduper == nil {
		cfg.Deduper = webhook.NewMemoryDeduper(cfg.Remember, maxRemembered)
	}
	s := callbackScheme{cfg: cfg}
	var scheme webhook.Scheme
	precheck := s.precheck
	if cfg.Lookup != nil {
		if !cfg.Key.IsZero() || !cfg.PlatformKey.IsZero() {
			p.Add("Lookup", "replaces Key and PlatformKey: set either")
		}
		looked := s.lookedUp()
		scheme, precheck = looked, looked.Precheck
	} else {
		bound := s.with(&p, Credential{Key: cfg.Key, PlatformKey: cfg.PlatformKey})
		scheme = &bound
	}
	if err := p.Err("authdecision", "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource("uqpay", scheme, webhook.WithClock(cfg.Now), webhook.WithMaxBody(min(cfg.MaxBody, MaxMessage)),
		webhook.WithDeadline(cfg.budget()), webhook.WithPrecheck(precheck), webhook.WithDeduper(cfg.Deduper),
		webhook.WithLikeness(likeness),
		webhook.WithDispatch(s.dispatch), webhook.WithAnswers(answers{}))
}

// budget is the time that a request has from its arrival on.
func (c CallbackConfig) budget() time.Duration {
	if c.Margin == 0 {
		return c.Window - c.Window/5
	}
	return c.Window - c.Margin
}

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct{ cfg CallbackConfig }

func (s callbackScheme) precheck(_ context.Context, req *webhook.Request) error {
	if s.cfg.Allow != nil && !s.cfg.Allow(req) {
		return ErrNotAllowed
	}
	return nil
}

// maxRequestID bounds what a caller can put into reports.
const maxRequestID = 128

// Verify implements [webhook.Scheme]: what opens was encrypted to our key.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	plaintext, err := open(s.cfg.Key, req.Body, req.Time)
	id := req.Header.Get("X-Request-Id")
	return webhook.Verified{RequestID: id[:min(len(id), maxRequestID)], Content: plaintext}, err
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, _ *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	plaintext, _ := v.Content.([]byte)
	event := &webhook.Event{Type: EventRequest, Question: true}
	req, err := decodeRequest(plaintext, s.cfg.Zone, event.AddProblem)
	if err != nil {
		return nil, err
	}
	req.RequestID, req.Problems = v.RequestID, event.Problems
	event.ID, event.Time, event.Data, event.Raw = req.TransactionID, req.Time, req, req.Raw
	for _, member := range decisive {
		if event.HasProblem(member) {
			req.decision = Decline(ResponseCodeDecline)
			req.unread = fmt.Errorf("%w: declined, because %s cannot be read", ErrRequest, member)
			break
		}
	}
	return event, nil
}

// dispatch asks nothing about a request that is declined unread.
func (callbackScheme) dispatch(ctx context.Context, event *webhook.Event, fn webhook.Func) error {
	if req, ok := event.Data.(*Request); ok && req.unread != nil {
		return nil
	}
	return fn(ctx, event)
}

// Answer implements [webhook.Scheme]: an encrypted decision, or silence, which
// leaves the decision to UQPAY's configured default.
func (s callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	dropped := webhook.Answer{Drop: true}
	if result.Event == nil {
		return dropped
	}
	req, ok := result.Event.Data.(*Request)
	if !ok || result.Err != nil {
		return dropped
	}
	dropped.Code = string(req.decision.Code)
	if !result.Outcome.Acknowledged() {
		return dropped
	}
	text, err := (wire.Codec{}).Marshal(Answer{req.TransactionID, req.decision.Code, req.decision.Reference})
	if err == nil {
		text, err = seal(s.cfg.PlatformKey, text, s.cfg.Now())
	}
	if err != nil {
		return webhook.Answer{Drop: true, Err: err}
	}
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	return webhook.Answer{Status: http.StatusOK, Header: header, Body: text, Code: dropped.Code, Err: req.unread}
}
