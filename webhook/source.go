package webhook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// Why a callback is refused. errors.Is tells them apart; none holds an expected
// signature, a header or a body.
var (
	// ErrSignature: the signature is missing or does not verify.
	ErrSignature = fmt.Errorf("webhook: %w", issuing.ErrSignature)
	// ErrTimestamp: the callback is older or further in the future than allowed.
	ErrTimestamp = errors.New("webhook: timestamp outside the allowed window")
	// ErrUnknownKey: the callback names a key or merchant that is not
	// configured.
	ErrUnknownKey = errors.New("webhook: unknown key or merchant")
	// ErrPayload: the callback is authentic, but its content cannot be opened
	// or decoded.
	ErrPayload = errors.New("webhook: unreadable payload")
)

// Event is one authenticated callback.
type Event struct {
	Provider string // the provider's package name, such as "worldcard"
	Type     string // the provider's type, such as "card_open"
	// ID is the same for every delivery of the event and differs between
	// events. It is what the Deduper remembers.
	ID   string
	Time time.Time // when the platform sent it; zero when it does not say
	// Data points to the provider package's event struct, or is *Unknown.
	Data any
	// Raw is the verified plaintext JSON. It may hold card data.
	Raw issuing.Secret
}

// Unknown is the Data of an event whose type this version does not know.
type Unknown struct {
	Type string         // the provider's type
	Raw  issuing.Secret // the verified plaintext JSON
}

// verified is what a scheme learns from authenticating a callback.
type verified struct {
	// claims identify this very delivery, such as its nonce; a repeat of a
	// handled one is acknowledged without being opened.
	claims []string
	at     time.Time
	// content is what verify had to open, for open and acknowledge.
	content any
}

// scheme is one provider's rules.
type scheme interface {
	// verify authenticates header and body at the given time.
	verify(header http.Header, body []byte, now time.Time) (verified, error)
	// open decrypts and decodes an authenticated callback. The type is used
	// when the content names none.
	open(v verified, body []byte, typ string) (*Event, error)
	// success and failure are what the provider expects as an answer.
	success() Answer
	failure() Answer
}

// acknowledger is a scheme whose acknowledgement depends on the callback.
type acknowledger interface {
	acknowledge(v verified) Answer
}

// Answer is an HTTP answer to a callback.
type Answer struct {
	Status      int
	ContentType string
	Body        string
}

// Source authenticates and decodes the callbacks of one provider. It is
// immutable and safe for concurrent use.
type Source struct {
	provider string
	scheme   scheme
	typ      string
	now      func() time.Time
}

func newSource(provider string, s scheme, now func() time.Time) *Source {
	if now == nil {
		now = time.Now
	}
	return &Source{provider: provider, scheme: s, now: now}
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

// Verify authenticates a callback without decoding it.
func (s *Source) Verify(header http.Header, body []byte) error {
	_, err := s.scheme.verify(header, body, s.now())
	return err
}

// Parse authenticates and decodes a callback that did not come through a
// [Handler]: from a queue, another framework, a test. The body is the raw body.
// Parse does not recognise repeats; deduplicate on [Event.ID].
func (s *Source) Parse(header http.Header, body []byte) (*Event, error) {
	v, err := s.scheme.verify(header, body, s.now())
	if err != nil {
		return nil, err
	}
	return s.open(v, body)
}

func (s *Source) open(v verified, body []byte) (*Event, error) {
	event, err := s.scheme.open(v, body, s.typ)
	if err != nil {
		return nil, err
	}
	event.Provider = s.provider
	if event.Time.IsZero() {
		event.Time = v.at
	}
	return event, nil
}

// success is the acknowledgement of a callback.
func (s *Source) success(v verified) Answer {
	if a, ok := s.scheme.(acknowledger); ok {
		return a.acknowledge(v)
	}
	return s.scheme.success()
}

// inWindow reports whether at lies between maxAge before now and ahead after
// it. A negative maxAge accepts every age, and still no time ahead.
func inWindow(at, now time.Time, maxAge, ahead time.Duration) bool {
	return at.Before(now.Add(ahead)) && (maxAge < 0 || at.After(now.Add(-maxAge)))
}

// contentID identifies an event by its whole content. Ids reach logs and
// databases, and what is short in a content can be found from its hash by trying:
// a scheme whose events hold one-time passwords needs a keyed digest instead.
func contentID(typ string, plaintext []byte) string {
	sum := sha256.Sum256(plaintext)
	return typ + "|sha256:" + hex.EncodeToString(sum[:])
}
