package acme

import (
	"context"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// NotifyDeposit is the type of Acme's one callback.
const NotifyDeposit = "card_deposit"

// CardDeposited is its event: a deposit has reached its card.
type CardDeposited struct{ Deposit }

// CallbackConfig is what callbacks are checked with. The secret is required.
type CallbackConfig struct {
	Secret  sign.HMACKey     // the client's
	Deduper webhook.Deduper  // remembers what was handled; nil is one in memory
	Now     func() time.Time // nil is time.Now
}

// NewCallbacks returns the source of Acme's callbacks.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	p.Required("Secret", !cfg.Secret.IsZero())
	if err := p.Err("acme", "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource("acme", callbackScheme{cfg.Secret}, webhook.WithDeduper(cfg.Deduper),
		webhook.WithClock(cfg.Now))
}

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct{ secret sign.HMACKey }

// callbackWindow is narrow: what is sent again is signed afresh.
var callbackWindow = webhook.Window{MaxAge: 5 * time.Minute, MaxAhead: 5 * time.Minute}

// Verify implements [webhook.Scheme]. The stamp is time, nonce and type; that of a
// request, which the same secret signs, has a path in the type's place.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	stamp := req.Header.Get("X-Stamp")
	parts := strings.Split(stamp, " ")
	if len(parts) != 3 || strings.HasPrefix(parts[2], "/") ||
		sign.VerifyHMAC512(s.secret, req.Header.Get("X-Signature"), req.Body, stamp) != nil {
		return webhook.Verified{}, webhook.ErrSignature
	}
	at, err := callbackWindow.CheckUnix(parts[0], req.Time)
	return webhook.Verified{Claims: []string{"nonce/" + parts[1]}, At: at, RequestID: parts[1], Content: parts[2]}, err
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	typ, _ := v.Content.(string)
	event := &webhook.Event{Type: typ, ID: typ + "/" + s.secret.Fingerprint(req.Body),
		Raw: issuing.NewSecret(string(req.Body))}
	if typ != NotifyDeposit {
		return event, nil
	}
	data := new(CardDeposited)
	event.Data = data
	return event, codec.Unmarshal(req.Body, data)
}

// Answer implements [webhook.Scheme].
func (callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(result)
}
