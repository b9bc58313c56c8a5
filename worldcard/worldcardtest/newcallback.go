package worldcardtest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// CallbackConfig is what [NewCallback] signs with: the other side of
// [worldcard.CallbackConfig].
type CallbackConfig struct {
	// Key is the platform's own: its Public is one of the merchant's PlatformKeys.
	// Required.
	Key sign.PrivateKey
	// AESKey is the merchant's. Required.
	AESKey sign.AESKey
	// AppID is the X-App-Id; empty sends none.
	AppID string
	// Nonce names the delivery; empty is a fresh UUID, as in every attempt of the
	// platform's. The same one twice is a delivery that was copied.
	Nonce string
	// Now is the clock of X-Timestamp; nil is time.Now.
	Now func() time.Time
}

// sampleCodec writes events as callbacks have them, times with all their digits.
var sampleCodec = wire.Codec{Zone: zone, TimeLayout: time.RFC3339Nano, Sparse: true}

// NewCallback makes the callback that tells of an event, encrypted and signed as the
// platform does, without a platform: for tests of a merchant's own handler. The event
// is a pointer to one of the structs that the Event constants of package worldcard
// name; what it leaves unset is left out.
//
// The request's path is /callbacks/worldcard/ and the event's type. Give it to a
// handler or a mux, with [net/http/httptest.ResponseRecorder]; or set its URL and send
// it; or hand its Header and body to Source.Receive. Its body is read once: make a new
// request, under the same nonce or a new one, for a repeat.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	p.Required("Key", !cfg.Key.IsZero())
	p.Required("AESKey", !cfg.AESKey.IsZero())
	p.OptionalID("AppID", cfg.AppID, 0)
	p.OptionalID("Nonce", cfg.Nonce, 0)
	typ := eventType(event)
	p.Cause("event", platform.CheckEvent(event, typ != ""))
	if err := p.Err("worldcardtest", "NewCallback"); err != nil {
		return nil, err
	}
	header, body, err := cfg.sealed(typ, event)
	if err != nil {
		return nil, fmt.Errorf("worldcardtest: NewCallback: %w", err)
	}
	return platform.CallbackRequest(callbackPath, typ, header, body)
}

// sealed returns a callback with its headers.
func (c CallbackConfig) sealed(typ string, event any) (http.Header, []byte, error) {
	fields, err := platform.EventFields(sampleCodec.Marshal, event)
	if err != nil {
		return nil, nil, err
	}
	fields["notify_type"] = platform.JSON(typ)
	if c.Nonce == "" {
		c.Nonce = uuid.NewString()
	}
	return seal(c.AESKey, delivery{c.AppID, c.Nonce, platform.Now(c.Now)}, platform.JSON(fields),
		func(body []byte, timestamp, nonce string) (string, error) {
			return sign.SignPSS(c.Key, body, timestamp, nonce)
		})
}

// eventType returns the type of an event, "" for anything else.
func eventType(event any) string {
	switch event.(type) {
	case *worldcard.CardOpened:
		return worldcard.EventCardOpened
	case *worldcard.CardDeposited:
		return worldcard.EventCardDeposited
	case *worldcard.CardClosed:
		return worldcard.EventCardClosed
	case *worldcard.CardStateChanged:
		return worldcard.EventCardStateChanged
	case *worldcard.CardBilled:
		return worldcard.EventCardBilled
	case *worldcard.HolderChallenged:
		return worldcard.EventHolderChallenged
	case *worldcard.KYCReviewed:
		return worldcard.EventKYCReviewed
	}
	return ""
}
