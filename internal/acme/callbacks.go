package acme

import (
	"context"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// EventCardDeposited is the type of Acme's one callback.
const EventCardDeposited = "card_deposit"

// CardDeposited is its event: a deposit has reached its card.
type CardDeposited struct{ Deposit }

// NewCallbacks returns the source of Acme's callbacks, which are signed with the client's secret.
func NewCallbacks(secret issuing.Secret, opts ...webhook.SourceOption) (*webhook.Source, error) {
	key, err := sign.NewHMACKey(secret)
	if err != nil {
		return nil, err
	}
	return webhook.NewSource("acme", scheme{key}, opts...)
}

// scheme implements [webhook.Scheme].
type scheme struct{ key sign.HMACKey }

// Verify wants a signature over body and time. The window is narrow: what is sent again is signed afresh.
func (s scheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	stamp, window := req.Header.Get("X-Stamp"), webhook.Window{MaxAge: 5 * time.Minute, MaxAhead: 5 * time.Minute}
	if sign.VerifyHMAC512(s.key, req.Header.Get("X-Signature"), req.Body, stamp) != nil {
		return webhook.Verified{}, webhook.ErrSignature
	}
	at, err := window.CheckUnix(stamp, req.Time)
	return webhook.Verified{At: at}, err
}

// Open decodes by the type in the body, and identifies the event by a digest of it.
func (s scheme) Open(_ context.Context, req *webhook.Request, _ webhook.Verified) (*webhook.Event, error) {
	body := string(req.Body)
	event := &webhook.Event{Type: wire.Text(body, "type"), ID: s.key.Fingerprint(req.Body), Raw: issuing.NewSecret(body)}
	if event.Type != EventCardDeposited {
		return event, nil
	}
	event.Data = new(CardDeposited)
	return event, wire.Codec{}.Unmarshal(req.Body, event.Data)
}

func (scheme) Answer(_ *webhook.Request, r webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(r)
}
