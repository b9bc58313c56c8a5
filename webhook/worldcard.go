package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// Age limits of WorldCard callbacks. Their retries go on for about 32 hours,
// and whether a retry is signed afresh is not documented.
const (
	DefaultWorldCardMaxAge = 48 * time.Hour
	// DefaultWorldCardMaxAhead is how far the platform's clock may be ahead.
	DefaultWorldCardMaxAhead = 5 * time.Minute
)

// WorldCardConfig is what callbacks of WorldCard are checked with.
type WorldCardConfig struct {
	// PlatformKeys are WorldCard's public keys. Several are valid at once, for a
	// change of key. At least one is required.
	PlatformKeys []sign.PublicKey
	// AESKey is the merchant's. Required.
	AESKey sign.AESKey
	// AppID, when set, must be the callback's X-App-Id.
	AppID string
	// MaxAge is how old a callback may be; 0 is DefaultWorldCardMaxAge, negative
	// is any age.
	MaxAge time.Duration
	// MaxAhead is how far in the future a callback may lie; 0 is
	// DefaultWorldCardMaxAhead, negative is any distance.
	MaxAhead time.Duration
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// WorldCard returns the source of WorldCard's callbacks. Events carry the
// pointers to worldcard.CardOpened and its siblings.
//
// WorldCard pushes each type to an address of its own and documents notify_type
// inside the encrypted data without listing it. It is read when present; serve
// each address with [Source.ForType] for callbacks without it.
//
// A nonce that was handled is acknowledged and not dispatched again, and so is
// the same event under another nonce.
func WorldCard(cfg WorldCardConfig) (*Source, error) {
	var p check.Problems
	p.Required("PlatformKeys", len(cfg.PlatformKeys) > 0)
	for i, key := range cfg.PlatformKeys {
		if key.IsZero() {
			p.Add(fmt.Sprintf("PlatformKeys[%d]", i), "is empty")
		}
	}
	p.Required("AESKey", !cfg.AESKey.IsZero())
	if err := p.Err("webhook", "WorldCard"); err != nil {
		return nil, err
	}
	if cfg.MaxAge == 0 {
		cfg.MaxAge = DefaultWorldCardMaxAge
	}
	switch {
	case cfg.MaxAhead == 0:
		cfg.MaxAhead = DefaultWorldCardMaxAhead
	case cfg.MaxAhead < 0:
		cfg.MaxAhead = math.MaxInt64
	}
	cfg.PlatformKeys = append([]sign.PublicKey(nil), cfg.PlatformKeys...)
	return newSource("worldcard", worldcardScheme{cfg}, cfg.Now), nil
}

type worldcardScheme struct{ cfg WorldCardConfig }

// maxNonce bounds a nonce; the documented form is a UUID of 36 characters.
const maxNonce = 128

func (s worldcardScheme) verify(header http.Header, body []byte, now time.Time) (verified, error) {
	signature, timestamp, nonce := header.Get("X-Signature"), header.Get("X-Timestamp"), header.Get("X-Nonce")
	if signature == "" || timestamp == "" || nonce == "" || len(nonce) > maxNonce {
		return verified{}, ErrSignature
	}
	if s.cfg.AppID != "" && header.Get("X-App-Id") != s.cfg.AppID {
		return verified{}, ErrUnknownKey
	}
	if !s.signed(signature, body, timestamp, nonce) {
		return verified{}, ErrSignature
	}
	at, ok := unixTime(timestamp)
	if !ok || !inWindow(at, now, s.cfg.MaxAge, s.cfg.MaxAhead) {
		return verified{}, ErrTimestamp
	}
	return verified{claims: []string{"nonce/" + nonce}, at: at}, nil
}

// signed tries every platform key; the string of the timestamp is signed as it
// came.
func (s worldcardScheme) signed(signature string, body []byte, timestamp, nonce string) bool {
	for _, key := range s.cfg.PlatformKeys {
		if sign.VerifyPSS(key, signature, body, timestamp, nonce) == nil {
			return true
		}
	}
	return false
}

// unixTime reads seconds or, from 12 digits on, milliseconds.
func unixTime(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || len(text) > 13 {
		return time.Time{}, false
	}
	if len(text) >= 12 {
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}

func (s worldcardScheme) open(_ verified, body []byte, typ string) (*Event, error) {
	plaintext, err := s.cfg.AESKey.OpenBody(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	raw := string(plaintext)
	if inside := wire.Text(raw, "notify_type"); inside != "" {
		typ = inside
	}
	if typ == "" {
		return nil, fmt.Errorf("%w: %w", ErrPayload, errors.New("no notify_type, and no type was given with ForType"))
	}
	data, err := worldcard.DecodeNotification(typ, plaintext, s.cfg.AESKey)
	if err == nil && data == nil && !json.Valid(plaintext) {
		err = wire.ErrJSON
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	event := &Event{Type: typ, Raw: issuing.NewSecret(raw)}
	if data == nil {
		event.Data = &Unknown{Type: typ, Raw: event.Raw}
	} else {
		event.Data, event.ID = data, data.DedupeKey()
	}
	if event.ID == "" {
		// The whole content identifies the event. The digest is keyed: ids reach
		// logs and databases, and passwords and card numbers are guessed easily.
		event.ID = typ + "|hmac:" + s.cfg.AESKey.Fingerprint(plaintext)
	}
	return event, nil
}

// success is the documented acknowledgement.
func (worldcardScheme) success() Answer { return Answer{Status: http.StatusOK, Body: "ok"} }

func (worldcardScheme) failure() Answer {
	return Answer{Status: http.StatusServiceUnavailable, Body: "retry later"}
}
