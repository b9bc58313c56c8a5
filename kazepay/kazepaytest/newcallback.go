package kazepaytest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/platform"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// CallbackConfig is what [NewCallback] seals with: the other side of
// [kazepay.CallbackConfig].
type CallbackConfig struct {
	// Key is the platform's own: its Public is one of the merchant's PlatformKeys.
	// Required.
	Key sign.PrivateKey
	// MerchantKey is the public half of the merchant's PrivateKey. Required.
	MerchantKey sign.PublicKey
	// Profile is the envelope's, as the merchant has it.
	Profile sign.Profile
	// SysID is the head's sysId; empty is one that no merchant checks.
	SysID string
	// RequestNo names the delivery; empty is a fresh one of 22 digits. Attempts of the
	// platform's keep theirs.
	RequestNo string
	// Name is where the callback names its kind.
	Name CallbackName
	// Zone is the zone of times, the merchant's; nil is UTC.
	Zone *time.Location
	// Now is the clock of a fresh RequestNo; nil is time.Now.
	Now func() time.Time
}

func (c CallbackConfig) validate(p *check.Problems) {
	p.Required("Key", !c.Key.IsZero())
	p.Required("MerchantKey", !c.MerchantKey.IsZero())
	p.Cause("Profile", c.Profile.Validate())
	p.OptionalID("SysID", c.SysID, 0)
	p.OptionalID("RequestNo", c.RequestNo, 0)
	if c.Name < CallbackNameInHead || c.Name > CallbackNameNowhere {
		p.Add("Name", "is none of the places")
	}
}

// NewCallback makes the callback that tells of an event, encrypted and signed as the
// platform does, without a platform: for tests of a merchant's own handler. The event
// is a pointer to one of the structs that the Event constants of package kazepay name;
// what it leaves unset is left out. An event without the members that its kind cannot
// do without, such as a top-up's card, amount and status, reaches the merchant as a
// *webhook.Unknown, as the platform's would, unless its content names it.
//
// The request's path is /callbacks/kazepay. Give it to a handler or a mux, with
// [net/http/httptest.ResponseRecorder]; or set its URL and send it; or hand its body to
// Source.Receive. Its body is read once: make a new request, which is sealed anew, for
// a repeat.
func NewCallback(cfg CallbackConfig, event any) (*http.Request, error) {
	var p check.Problems
	cfg.validate(&p)
	kind := eventKind(event)
	p.Cause("event", platform.CheckEvent(event, kind != ""))
	if err := p.Err("kazepaytest", "NewCallback"); err != nil {
		return nil, err
	}
	e, err := cfg.sealed(kind, event)
	if err != nil {
		return nil, fmt.Errorf("kazepaytest: NewCallback: %w", err)
	}
	return platform.CallbackRequest(callbackPath, "", callbackHeader(), e.JSON())
}

// sealed returns the message that tells of an event.
func (c CallbackConfig) sealed(kind string, event any) (*sign.Envelope, error) {
	zone := cmp.Or(c.Zone, time.UTC)
	codec := wire.Codec{Zone: zone, TimeLayout: time.DateTime, NumberAmounts: true, Sparse: true}
	fields, err := platform.EventFields(codec.Marshal, event)
	if err != nil {
		return nil, err
	}
	if c.RequestNo == "" {
		c.RequestNo = requestNo(platform.Now(c.Now).In(zone), rand.Uint64())
	}
	h := head{APICode: kind, SysID: c.SysID, RequestNo: c.RequestNo, Version: version}
	if c.Name != CallbackNameInHead {
		h.APICode = unnamed
	}
	if c.Name == CallbackNameInContent {
		fields["type"] = platform.JSON(kind)
	}
	return c.Profile.Seal(c.Key, c.MerchantKey, platform.JSON(h), platform.JSON(fields))
}

// eventKind returns the kind of an event, "" for anything else.
func eventKind(event any) string {
	switch event.(type) {
	case *kazepay.HolderChallenged:
		return kazepay.EventHolderChallenged
	case *kazepay.CardStateChanged:
		return kazepay.EventCardStateChanged
	case *kazepay.TransactionCreated:
		return kazepay.EventTransactionCreated
	case *kazepay.CardDeposited:
		return kazepay.EventCardDeposited
	case *kazepay.CardClosed:
		return kazepay.EventCardClosed
	case *kazepay.CoinDeposited:
		return kazepay.EventCoinDeposited
	case *kazepay.ActivationCodeSent:
		return kazepay.EventActivationCodeSent
	case *kazepay.KYCReviewed:
		return kazepay.EventKYCReviewed
	}
	return ""
}
