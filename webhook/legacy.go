package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
)

// LegacyConfig is what callbacks of WorldCard's previous API are checked with.
type LegacyConfig struct {
	// AppKey must be the callback's appKey. Required.
	AppKey string
	// AppSecrets sign callbacks. Several are valid at once, for a change of
	// secret. At least one is required. The first also keys the ids of events that
	// their content alone identifies: keep its place for as long as it is valid.
	AppSecrets []sign.AppSecret
	// Deduper remembers signatures and events; nil is one in memory.
	Deduper Deduper
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Legacy returns the source of the callbacks of WorldCard's previous API. Events
// carry the pointers to legacy.DepositNotification and its siblings.
//
// Only VIRTUAL-P's callbacks name their type. Give every other type an address of
// its own and serve it with [Source.ForType] and one of the legacy.Notify
// constants.
//
// # What deduplication protects against
//
// These callbacks carry no timestamp and no nonce. The source remembers the
// signature, and with it all signed content, and what identifies the event (order
// or record number and status), so a repeat is acknowledged and not dispatched,
// whether it is the platform's retry or a copy that somebody sends again, and
// whichever of the source's addresses it comes to.
//
// That holds for as long as the Deduper remembers. A copy that is sent again
// after that, or to another source with a Deduper of its own, is authentic and is
// dispatched: a captured callback stays valid until the secret changes. At an
// address for another type it reads as that type, because the types share their
// fields and nothing signed names them. So act on a callback by asking the
// platform (every event's documentation names the query), and keep a record of
// what was booked by order or record number. The signature is an MD5 without
// separators between values: it covers the bytes, not the boundaries of fields.
//
// One-time passwords and out-of-band confirmations come once and are not sent
// again after a failure; answer quickly.
func Legacy(cfg LegacyConfig) (*Source, error) {
	var p check.Problems
	p.Text("AppKey", cfg.AppKey, 0)
	p.Required("AppSecrets", len(cfg.AppSecrets) > 0)
	for i, secret := range cfg.AppSecrets {
		if secret.IsZero() {
			p.Add(fmt.Sprintf("AppSecrets[%d]", i), "is empty")
		}
	}
	if err := p.Err("webhook", "Legacy"); err != nil {
		return nil, err
	}
	cfg.AppSecrets = append([]sign.AppSecret(nil), cfg.AppSecrets...)
	return NewSource("legacy", legacyScheme{cfg}, WithDeduper(cfg.Deduper), WithClock(cfg.Now))
}

type legacyScheme struct{ cfg LegacyConfig }

// legacyHead is what all callbacks have in common.
type legacyHead struct {
	AppKey, Sign, Type string
	Data               []byte
}

// readLegacyHead reads the members that name a callback. Data is the text of a
// string or the JSON of an object; it is parsed after verification only.
func readLegacyHead(body []byte) legacyHead {
	var head legacyHead
	for name, text := range wire.Texts(body) {
		switch name {
		case "appKey":
			head.AppKey = text
		case "sign":
			head.Sign = text
		case "type":
			head.Type = text
		case "data":
			head.Data = []byte(text)
		}
	}
	return head
}

// Verify implements [Scheme].
func (s legacyScheme) Verify(_ context.Context, req *Request) (Verified, error) {
	head := readLegacyHead(req.Body)
	switch {
	case head.Sign == "":
		return Verified{}, ErrSignature
	case head.AppKey != s.cfg.AppKey:
		return Verified{}, ErrUnknownKey
	}
	params := legacy.SignedParams(req.Body)
	if !slices.ContainsFunc(s.cfg.AppSecrets, func(secret sign.AppSecret) bool {
		return secret.VerifyParams(head.Sign, params) == nil
	}) {
		return Verified{}, ErrSignature
	}
	return Verified{Claims: []string{"sign/" + strings.ToLower(head.Sign)}, Content: head}, nil
}

// Open implements [Scheme].
func (s legacyScheme) Open(_ context.Context, req *Request, v Verified) (*Event, error) {
	head, _ := v.Content.(legacyHead)
	typ, content := req.Type, req.Body
	switch {
	case typ == legacy.NotifyVirtualP, typ == "", legacy.VirtualPType(typ):
		// The body's own type counts, at an address for one of the four too.
		if head.Type == "" {
			return nil, errors.New("no type in the body, and none was given with ForType")
		}
		typ, content = head.Type, head.Data
		if !legacy.VirtualPType(typ) {
			return &Event{Type: typ, ID: typ + s.digest(req.Body), Raw: issuing.NewSecret(string(req.Body))}, nil
		}
	case typ == legacy.NotifyVisaHOOB:
		content = head.Data
	}
	data, err := legacy.DecodeNotification(typ, content)
	if err != nil {
		return nil, err
	}
	event := &Event{Type: typ, Raw: issuing.NewSecret(string(req.Body))}
	if data != nil {
		event.Data, event.ID = data, data.DedupeKey()
	}
	if n, ok := data.(*legacy.TransferNotification); ok && event.ID != "" && !n.Ext.IsZero() {
		event.ID += s.digest([]byte(n.Ext.Reveal()))
	}
	if event.ID == "" {
		event.ID = typ + s.digest(content)
	}
	return event, nil
}

// digest stands for content in an id. It is keyed: ids reach logs and databases,
// and passwords, card numbers and pickup codes are guessed easily. The key is the
// first secret, so that an event has one id whichever secret it was signed with.
func (s legacyScheme) digest(content []byte) string {
	return "|hmac:" + s.cfg.AppSecrets[0].Fingerprint(content)
}

// Answer implements [Scheme]: "ok" is the documented acknowledgement.
func (legacyScheme) Answer(_ *Request, result Result) Answer { return StandardAnswer(result) }
