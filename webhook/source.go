package webhook

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// DefaultMaxBody bounds a callback's body, in bytes. The largest documented payload is
// below 4 kB before encryption, which makes a good third more of it.
const DefaultMaxBody = 64 << 10

// Source authenticates and decodes the callbacks of one provider, and remembers
// which were handled. It is safe for concurrent use.
type Source struct {
	provider string
	scheme   Scheme
	typ      string
	cred     string
	deduper  Deduper
	now      func() time.Time
	maxBody  int64
	deadline time.Duration
	precheck func(context.Context, *Request) error
	looks    func(*Request) Likeness
	dispatch func(context.Context, *Event, Func) error
	answers  Answers
	schedule time.Duration

	order     func(*Event) (Position, bool)
	positions *positions // where the deduper keeps none
}

// SourceOption configures a [Source]. Provider packages set most of them from
// their own configuration; nil and zero mean the default, so that a field that
// is not set can be handed on.
type SourceOption func(*Source) error

// NewSource returns the source of a provider's callbacks. Provider packages call
// it; a merchant does so for a provider of his own. The name becomes
// Event.Provider and the beginning of every claim.
func NewSource(provider string, scheme Scheme, opts ...SourceOption) (*Source, error) {
	s := &Source{provider: provider, scheme: scheme, now: time.Now, maxBody: DefaultMaxBody, positions: newPositions()}
	var err error
	switch {
	case provider == "" || strings.Contains(provider, "/"):
		err = errors.New("the provider's name is empty or has a slash")
	case scheme == nil:
		err = errors.New("the scheme is nil")
	}
	for _, opt := range opts {
		if opt != nil && err == nil {
			err = opt(s)
		}
	}
	if s.deduper == nil {
		s.deduper = NewMemoryDeduper(0, 0)
	}
	if err == nil {
		err = cmp.Or(s.leaseProblem(), s.answerProblem(s.deduper))
	}
	if err != nil {
		return nil, &issuing.Error{Provider: "webhook", Op: "NewSource", Kind: issuing.ErrInvalid, Err: err}
	}
	return s, nil
}

// WithDeduper sets where handled events are remembered. The default is a
// [MemoryDeduper] of the source's own. All handlers of a source and of its
// [Source.ForType] copies share it.
func WithDeduper(d Deduper) SourceOption {
	return func(s *Source) error {
		if d != nil {
			s.deduper = d
		}
		return nil
	}
}

// WithSchedule says how long the platform goes on sending a callback that is not
// acknowledged, by the shortest schedule that it documents; 0 is not known. A
// [Deduper] whose claims outlast it is refused: when a process dies, the event
// would be busy until the platform has given up. Such a deduper says so with a
// method Lease() time.Duration.
func WithSchedule(d time.Duration) SourceOption {
	return func(s *Source) error {
		s.schedule = d
		return nil
	}
}

// leaseProblem compares what both sides of a source say.
func (s *Source) leaseProblem() error {
	leased, ok := s.deduper.(interface{ Lease() time.Duration })
	if !ok || s.schedule <= 0 || leased.Lease() < s.schedule {
		return nil
	}
	return fmt.Errorf("the Deduper's lease of %v is too long: the platform gives up after %v, and an event whose"+
		" process died would be lost", leased.Lease(), s.schedule)
}

// answerProblem says what a deduper lacks for a source that remembers answers.
func (s *Source) answerProblem(d Deduper) error {
	keeper, ok := d.(interface{ KeepsAnswers() bool })
	if s.answers == nil || !ok || keeper.KeepsAnswers() {
		return nil
	}
	return errors.New("the Deduper has no keys to seal the answers with that this source remembers")
}

// Answers keep what a source's questions were answered, so that a repeat gets the
// same answer, from whichever process: the deduper stores it with the claim.
type Answers interface {
	// Key names a question in the claims: the same for every repeat of it, and with
	// no secret in it. Empty leaves it unclaimed, for one whose answer changes.
	Key(event *Event) string
	// Keep returns the answer that the function wrote into a question.
	Keep(event *Event) ([]byte, error)
	// Give writes such an answer into a repeat of the question.
	Give(event *Event, answer []byte) error
}

// WithAnswers makes questions claimed as other events are, by their key. A repeat gets the first
// answer and does not reach the function; within the source's deadline it waits for
// one that is being made. A [Deduper] that says by a method KeepsAnswers() bool that it
// cannot store them is refused. nil leaves questions unclaimed.
func WithAnswers(a Answers) SourceOption {
	return func(s *Source) error {
		s.answers = a
		return nil
	}
}

// WithClock sets the clock of Request.Time. Deadlines and durations run on real
// time.
func WithClock(now func() time.Time) SourceOption {
	return func(s *Source) error {
		if now != nil {
			s.now = now
		}
		return nil
	}
}

// WithMaxBody bounds a body; larger ones are refused. 0 is [DefaultMaxBody].
func WithMaxBody(n int64) SourceOption {
	return func(s *Source) error {
		if n < 0 {
			return errors.New("WithMaxBody: the limit is negative")
		}
		if n > 0 {
			s.maxBody = n
		}
		return nil
	}
}

// WithDeadline bounds a request from its arrival to its answer: body, checks,
// claims and function together. A function that has not ended by then is left
// behind, its context over, and the platform hears the answer to [OutcomeLate];
// how it ended is reported as [OutcomeOvertime]. One whose time is over already
// is not called. 0 waits for the function however long it takes.
func WithDeadline(d time.Duration) SourceOption {
	return func(s *Source) error {
		if d < 0 {
			return errors.New("WithDeadline: the deadline is negative")
		}
		s.deadline = d
		return nil
	}
}

// WithPrecheck sets a check of a request's head, before its body is read: the
// request has none yet. It refuses cheaply what lacks its credentials and is
// otherwise the first part of the scheme's Verify, which follows it always.
func WithPrecheck(check func(context.Context, *Request) error) SourceOption {
	return func(s *Source) error {
		s.precheck = check
		return nil
	}
}

// WithDispatch sets what calls the merchant's function: it may leave out the call
// for an event that a later one has overtaken, keep the answers to questions and
// give the first one to a repeat ([ErrDuplicate]), or refuse what the function
// wrote. Its error counts as the function's. It is called as the function is,
// with what is claimed claimed.
func WithDispatch(dispatch func(ctx context.Context, event *Event, fn Func) error) SourceOption {
	return func(s *Source) error {
		s.dispatch = dispatch
		return nil
	}
}

// Provider returns the provider's package name.
func (s *Source) Provider() string { return s.provider }

// ForType returns a copy that takes callbacks without a type field for the given
// type. Use it where each type has its own address.
func (s *Source) ForType(typ string) *Source {
	c := *s
	c.typ = typ
	return &c
}

// ForCredential returns a copy for an address that belongs to one credential, of a
// source that looks its keys up. A pattern with a wildcard {credential} does the same.
func (s *Source) ForCredential(id string) *Source {
	c := *s
	c.cred = id
	return &c
}

// Verify authenticates a callback without decoding it. Header names are taken in
// any case.
func (s *Source) Verify(header http.Header, body []byte) error {
	req := &Request{Header: header, Body: body}
	s.complete(req)
	_, err := s.authenticate(context.Background(), req)
	return err
}

// Parse authenticates and decodes a callback that did not come through a
// [Handler]: from a queue, another framework, a test. The body is the raw body;
// header names are taken in any case. [Source.Receive] says what to answer as well.
// Parse does not recognise repeats: deduplicate on [Event.ID].
func (s *Source) Parse(header http.Header, body []byte) (*Event, error) {
	event, _, err := s.Receive(&Request{Header: header, Body: body})
	return event, err
}

// Receive is Parse with the answer, for frameworks that write it themselves:
//
//	event, answer, err := src.Receive(&webhook.Request{Header: header, Body: body})
//	if err == nil {
//		err = handle(ctx, event)
//	}
//	write(answer(err)) // status, header, body
//
// answer(err) refuses with Receive's error, acknowledges with nil or [ErrDuplicate],
// and asks with any other to be sent the callback again. A function with the event's
// deduplication is [Handler.Handle].
func (s *Source) Receive(req *Request) (event *Event, answer func(err error) Answer, err error) {
	own := *req
	s.complete(&own)
	v, err := s.authenticate(context.Background(), &own)
	if err == nil {
		event, err = s.open(context.Background(), &own, v)
	}
	own.Body = nil
	return event, func(err error) Answer { return s.answer(&own, concluded(event, v, err)) }, err
}

// concluded is the result of a callback that was handled elsewhere.
func concluded(event *Event, v Verified, err error) Result {
	result := Result{Verified: v, Event: event, Outcome: OutcomeFailed, Err: err}
	switch {
	case event == nil && !errors.Is(err, issuing.ErrUnavailable):
		result.Outcome, result.Err = OutcomeRefused, cmp.Or(err, ErrPayload)
	case event != nil && err == nil:
		result.Outcome = OutcomeHandled
	case event != nil && errors.Is(err, ErrDuplicate):
		result.Outcome, result.Err = OutcomeDuplicate, nil
	}
	return result
}

// answer asks the scheme. Where that makes none, the platform is asked to send again.
func (s *Source) answer(req *Request, result Result) Answer {
	answer := s.scheme.Answer(req, result)
	if !answer.Drop && (answer.Status < 200 || answer.Status > 599) {
		err := answer.Err // the scheme could make none
		answer = StandardAnswer(Result{Outcome: OutcomeFailed})
		answer.Err = err
	}
	return answer
}

// authenticate is the way to a verified request.
func (s *Source) authenticate(ctx context.Context, req *Request) (Verified, error) {
	if err := s.checkHead(ctx, req); err != nil {
		return Verified{}, err
	}
	return s.scheme.Verify(ctx, req)
}

// checkHead refuses what its head condemns already.
func (s *Source) checkHead(ctx context.Context, req *Request) error {
	if s.precheck == nil {
		return nil
	}
	err := s.precheck(ctx, req)
	if errors.Is(err, ErrSignature) {
		err = fmt.Errorf("%w: %w", err, errMissing)
	}
	return err
}

// noURL stands for an address that is not known.
var noURL = &url.URL{}

// complete gives a request all that schemes rely on. It is the source's own copy.
func (s *Source) complete(req *Request) {
	if req.URL == nil {
		req.URL = noURL
	}
	if s.typ != "" {
		req.Type = s.typ
	}
	if s.cred != "" {
		req.Credential = s.cred
	}
	req.Header, req.Time, req.Prechecked = canonical(req.Header), s.now(), nil
}

// open decodes an authenticated request and completes its event.
func (s *Source) open(ctx context.Context, req *Request, v Verified) (*Event, error) {
	event, err := s.scheme.Open(ctx, req, v)
	switch {
	case err == nil && event == nil:
		return nil, fmt.Errorf("%w: no event", ErrPayload)
	case err == nil:
	case errors.Is(err, ErrPayload), errors.Is(err, issuing.ErrUnavailable):
		return nil, err
	default:
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	event.Provider, event.Credential = s.provider, v.Credential
	if len(event.ID) > maxEventID {
		digest := sha256.Sum256([]byte(event.ID))
		event.ID = "sha256:" + hex.EncodeToString(digest[:])
	}
	if event.Data == nil {
		event.Data = &Unknown{Type: event.Type, Raw: event.Raw}
	}
	if event.Time.IsZero() {
		event.Time = v.At
	}
	return event, nil
}

// maxEventID bounds ids in bytes: stores keep them as keys, and nothing bounds what an
// authentic callback says. A longer one gives way to its digest.
const maxEventID = 512
