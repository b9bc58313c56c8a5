package worldcard

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// Age limits of callbacks. Their retries go on for about 32 hours, and whether a
// retry is signed afresh is not documented.
const (
	DefaultCallbackMaxAge = 48 * time.Hour
	// DefaultCallbackMaxAhead is how far the platform's clock may be ahead.
	DefaultCallbackMaxAhead = 5 * time.Minute
)

// CallbackConfig is what callbacks are checked with: either PlatformKeys and AESKey, or
// Lookup.
type CallbackConfig struct {
	// PlatformKeys are WorldCard's public keys. Several are valid at once, for a
	// change of key. At least one is required.
	PlatformKeys []sign.PublicKey
	// AESKey is the merchant's, the client's. Required.
	AESKey sign.AESKey
	// AppID, when set, must be the callback's X-App-Id.
	AppID string
	// Lookup finds the credential of a callback while it runs, by its X-App-Id: for
	// several merchants, and keys that change without a restart. See package webhook for
	// how long an answer counts and what an error means. It replaces the three above.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// DedupeSecret keys the digests in the ids of events that their content alone
	// identifies: 16 bytes or more of the merchant's own, kept for good. Required with
	// Lookup; empty is the AESKey.
	DedupeSecret issuing.Secret
	// MaxAge is how old a callback may be; 0 is DefaultCallbackMaxAge, negative is
	// any age.
	MaxAge time.Duration
	// MaxAhead is how far in the future a callback may lie; 0 is
	// DefaultCallbackMaxAhead, negative is any distance.
	MaxAhead time.Duration
	// Zone is the zone of times that carry none, as Config.Zone; nil is UTC+8.
	Zone *time.Location
	// Deduper remembers nonces and events; nil is one in memory.
	Deduper webhook.Deduper
	// MaxBody bounds a body; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewCallbacks returns the source of WorldCard's callbacks. Events carry the
// pointers to [CardOpened] and its siblings.
//
// WorldCard pushes each type to an address of its own and documents notify_type
// inside the encrypted data without listing it. It is read when present; let the
// addresses end in their type for callbacks without it, and serve them under a
// pattern with the wildcard {type}, or each with [webhook.Source.ForType]. A
// notify_type that is not the one of its address is refused.
//
// A member that cannot be read stays unset and is named in Event.Problems.
//
// A nonce that was handled is acknowledged and not dispatched again, and so is
// the same event under another nonce.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	s := callbackScheme{
		window: webhook.Window{
			MaxAge: cmp.Or(cfg.MaxAge, DefaultCallbackMaxAge), MaxAhead: cmp.Or(cfg.MaxAhead, DefaultCallbackMaxAhead),
		},
		digest: keyring.Digest(&p, cfg.DedupeSecret), zone: cfg.Zone,
	}
	var scheme webhook.Scheme
	var precheck func(context.Context, *webhook.Request) error
	if cfg.Lookup != nil {
		keyring.NeedDigest(&p, cfg.DedupeSecret)
		if len(cfg.PlatformKeys) > 0 || !cfg.AESKey.IsZero() || cfg.AppID != "" {
			p.Add("Lookup", "replaces PlatformKeys, AESKey and AppID: set either")
		}
		looked := s.lookedUp(cfg.Lookup)
		scheme, precheck = looked, looked.Precheck
	} else {
		p.Required("AESKey", !cfg.AESKey.IsZero())
		p.OptionalID("AppID", cfg.AppID, 0)
		if s.digest == nil {
			s.digest = cfg.AESKey.Fingerprint
		}
		s = s.with(&p, Credential{cfg.AppID, cfg.PlatformKeys, []sign.AESKey{cfg.AESKey}})
		scheme, precheck = s, s.Precheck
	}
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource(providerName, scheme, webhook.WithDeduper(cfg.Deduper), webhook.WithClock(cfg.Now),
		webhook.WithMaxBody(cfg.MaxBody), webhook.WithPrecheck(precheck), webhook.WithSchedule(schedule),
		webhook.WithLikeness(likeness))
}

// schedule is how long WorldCard sends again, at least: 1 minute, doubled up to 4.3
// hours, and 24 hours.
const schedule = 32 * time.Hour

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	keys    []sign.PublicKey
	aesKeys []sign.AESKey
	appID   string
	window  webhook.Window
	digest  func(content []byte) string
	zone    *time.Location
}

// Headers of a callback, in net/http's spelling.
const (
	headerSignature = "X-Signature"
	headerTimestamp = "X-Timestamp"
	headerNonce     = "X-Nonce"
	headerAppID     = "X-App-Id"
)

// maxNonce bounds a nonce; the documented form is a UUID of 36 characters.
const maxNonce = 128

// Precheck refuses what lacks a header before its body is read.
func (s callbackScheme) Precheck(_ context.Context, req *webhook.Request) error {
	for _, name := range []string{headerSignature, headerTimestamp, headerNonce} {
		if req.Header.Get(name) == "" {
			return webhook.ErrSignature
		}
	}
	if len(req.Header.Get(headerNonce)) > maxNonce {
		return webhook.ErrSignature
	}
	if s.appID != "" && req.Header.Get(headerAppID) != s.appID {
		return webhook.ErrUnknownKey
	}
	return nil
}

// Verify implements [webhook.Scheme]. The text of the timestamp is signed as it
// came.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	timestamp, nonce := req.Header.Get(headerTimestamp), req.Header.Get(headerNonce)
	signature := req.Header.Get(headerSignature)
	if !slices.ContainsFunc(s.keys, func(key sign.PublicKey) bool {
		return sign.VerifyPSS(key, signature, req.Body, timestamp, nonce) == nil
	}) {
		return webhook.Verified{}, webhook.ErrSignature
	}
	at, err := s.window.CheckUnix(timestamp, req.Time)
	return webhook.Verified{Delivery: "nonce/" + nonce, At: at, RequestID: nonce}, err
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, req *webhook.Request, _ webhook.Verified) (*webhook.Event, error) {
	plaintext, err := s.openBody(wire.TrimBOM(req.Body))
	if err != nil {
		return nil, err
	}
	plaintext = wire.TrimBOM(plaintext)
	raw := string(plaintext)
	typ := wire.Text(raw, "notify_type")
	switch {
	case typ == "":
		typ = req.Type
	case typ != req.Type && blank[typ] != nil && blank[req.Type] != nil:
		// Its function may expect another type, and its handling would stand for the
		// delivery to the right address.
		return nil, errors.New("the notify_type is not the address's type")
	}
	if typ == "" {
		return nil, errors.New("no notify_type, and no type was given with ForType")
	}
	event := &webhook.Event{Type: typ, Raw: issuing.NewSecret(raw)}
	if err := s.Decode(event); err != nil {
		return nil, err
	}
	if data, ok := event.Data.(callbackEvent); ok {
		if !event.HasProblem(identifying[typ]...) {
			event.ID = data.identity()
		}
	} else if !json.Valid(plaintext) {
		return nil, wire.ErrJSON
	}
	if event.ID == "" {
		// The whole content identifies the event. The digest is keyed: ids reach
		// logs and databases, and passwords and card numbers are guessed easily.
		event.ID = typ + "|hmac:" + s.digest(plaintext)
	}
	return event, nil
}

// openBody decrypts a body with the key that it was sealed with.
func (s callbackScheme) openBody(body []byte) (plaintext []byte, err error) {
	for _, key := range s.aesKeys {
		if plaintext, err = key.OpenBody(body); err == nil {
			break
		}
	}
	return plaintext, err
}

// Decode implements [webhook.Decoder].
func (s callbackScheme) Decode(event *webhook.Event) error {
	codec := codecIn(s.zone)
	codec.Note = event.AddProblem
	data, err := decodeNotification(event.Type, []byte(event.Raw.Reveal()), s.aesKeys, codec)
	if err == nil && data != nil { // a nil interface must not become Data
		event.Data = data
	}
	return err
}

// Answer implements [webhook.Scheme]: "ok" is the documented acknowledgement.
func (callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(result)
}
