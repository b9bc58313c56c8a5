package legacy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// CallbackConfig is what callbacks are checked with: either AppKey and AppSecrets, or
// Lookup.
type CallbackConfig struct {
	// AppKey must be the callback's appKey. Required.
	AppKey string
	// AppSecrets sign callbacks. Several are valid at once, for a change of
	// secret. At least one is required. Without a DedupeSecret the first
	// also keys the ids of events that their content alone identifies: keep its place for
	// as long as it is valid.
	AppSecrets []sign.AppSecret
	// Lookup finds the credential of a callback while it runs, by its appKey: for several
	// merchants, and secrets that change without a restart. See package webhook for how
	// long an answer counts and what an error means. It replaces the two above.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// DedupeSecret keys the digests in the ids of events that their content alone
	// identifies: 16 bytes or more of the merchant's own, kept for good. Required with
	// Lookup; empty is the first of AppSecrets.
	DedupeSecret issuing.Secret
	// Zone is the zone of times without one; nil is UTC+8.
	Zone *time.Location
	// Names maps further names in the type field of VIRTUAL-P's callbacks, as far as the
	// merchant has learnt them, to the four types of this package, such as
	// "3ds": EventVirtualPChallenged: an example on the page has a name that its list does
	// not have.
	Names map[string]string
	// Deduper remembers signatures and events; nil is one in memory. One whose lease
	// is 31 s or more is refused: VIRTUAL-P has given up by then.
	Deduper webhook.Deduper
	// MaxBody bounds a body; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewCallbacks returns the source of the callbacks of WorldCard's previous API.
// Events carry the pointers to [CardDeposited] and its siblings.
//
// Only VIRTUAL-P's callbacks name their type. Give every other type an address of
// its own. Let the addresses end in one of [EventTypes] and serve them under a
// pattern with the wildcard {type}, or serve each with [webhook.Source.ForType].
// An address for a type that is not documented is refused with
// [webhook.ErrPayload] and claims nothing: the address is not signed, so a copy
// that is sent there must not stand for the platform's own delivery. A type that
// a VIRTUAL-P callback names itself is signed, and becomes [webhook.Unknown]; one
// that is not its address's is refused.
//
// A member that cannot be read stays unset and is named in Event.Problems.
//
// # What deduplication protects against
//
// These callbacks carry no timestamp and no nonce. The source remembers the
// signature, and with it all signed content, and what identifies the event (order
// or record number and status), so a repeat is acknowledged and not dispatched,
// whether it is the platform's retry or a copy that somebody sends again. A copy that
// reads as another event, at the address of another type, is refused with
// [webhook.ErrReplay].
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
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	s := callbackScheme{
		fingerprint: keyring.Digest(&p, cfg.DedupeSecret), names: maps.Clone(cfg.Names),
		codec: codecIn(cfg.Zone),
	}
	for name, typ := range cfg.Names {
		p.Bare(fmt.Sprintf("Names[%.40q]", name), name)
		if !virtualPType(typ) || virtualPType(name) {
			p.Add("Names", "gives %.40q a type that VIRTUAL-P's callbacks do not have, or another", name)
		}
	}
	var scheme webhook.Scheme
	var precheck func(context.Context, *webhook.Request) error
	if cfg.Lookup != nil {
		keyring.NeedDigest(&p, cfg.DedupeSecret)
		if cfg.AppKey != "" || len(cfg.AppSecrets) > 0 {
			p.Add("Lookup", "replaces AppKey and AppSecrets: set either")
		}
		looked := s.lookedUp(cfg.Lookup)
		scheme, precheck = looked, looked.Precheck
	} else {
		p.ID("AppKey", cfg.AppKey, 0)
		s = s.with(&p, Credential{cfg.AppKey, cfg.AppSecrets})
		if s.fingerprint == nil && len(s.secrets) > 0 {
			s.fingerprint = s.secrets[0].Fingerprint
		}
		scheme = s
	}
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource(providerName, scheme, webhook.WithDeduper(cfg.Deduper), webhook.WithClock(cfg.Now),
		webhook.WithMaxBody(cfg.MaxBody), webhook.WithPrecheck(precheck), webhook.WithSchedule(shortestSchedule),
		webhook.WithLikeness(likeness))
}

// shortestSchedule is VIRTUAL-P's: five repeats, after 1, 2, 4, 8 and 16 s.
const shortestSchedule = 31 * time.Second

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	appKey      string
	secrets     []sign.AppSecret
	fingerprint func(content []byte) string
	names       map[string]string // further names of types
	codec       wire.Codec
}

// signedText returns the text of a signed parameter, "" when it is not there.
func signedText(params []sign.Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// Verify implements [webhook.Scheme]. All that is read stands in the body.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	params, signature := signedParams(req.Body)
	switch {
	case signature == "":
		return webhook.Verified{}, webhook.ErrSignature
	case signedText(params, "appKey") != s.appKey:
		return webhook.Verified{}, webhook.ErrUnknownKey
	case !slices.ContainsFunc(s.secrets, func(secret sign.AppSecret) bool {
		return secret.VerifyParams(signature, params) == nil
	}):
		return webhook.Verified{}, webhook.ErrSignature
	}
	return webhook.Verified{Delivery: "sign/" + strings.ToLower(signature), Content: params}, nil
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	params, _ := v.Content.([]sign.Param)
	event := &webhook.Event{Type: req.Type, Raw: issuing.NewSecret(string(req.Body))}
	content, inner, known := req.Body, false, true
	switch typ := req.Type; {
	case typ == EventVirtualP, typ == "", virtualPType(typ):
		// The body's own type counts, and must be the address's where that is for one
		// of the four: its function expects no other.
		event.Type = signedText(params, "type")
		if event.Type = cmp.Or(s.names[event.Type], event.Type); event.Type == "" {
			return nil, errors.New("no type in the body, and none was given with ForType")
		}
		// Another type's name in there does not make it that type.
		if known = virtualPType(event.Type); known {
			content, inner = []byte(signedText(params, "data")), true
		}
		if known && virtualPType(typ) && typ != event.Type {
			return nil, errors.New("the type in the body is not the address's")
		}
	case typ == EventOOBRequested:
		content, inner = []byte(signedText(params, "data")), true
	case blankEvents[typ] == nil:
		// No signature covers the address. Dispatched as unknown, a copy sent there
		// would hold the claims of the platform's own delivery.
		return nil, errors.New("the address is for no callback type of this API")
	}
	if known {
		if err := s.decodeInto(event, content, inner); err != nil {
			return nil, err
		}
		if data, ok := event.Data.(callbackEvent); ok && !event.HasProblem(identifying[event.Type]...) {
			event.ID = data.identity()
		}
	}
	if n, ok := event.Data.(*TransferCompleted); ok && event.ID != "" && !n.Ext.IsZero() {
		event.ID += s.digest([]byte(n.Ext.Reveal()))
	}
	if event.ID == "" {
		if !inner {
			content = unsigned(params)
		}
		event.ID = event.Type + s.digest(content)
	}
	return event, nil
}

// unsigned is what a body says without its signature, which another secret changes.
func unsigned(params []sign.Param) []byte {
	var out []byte
	for _, p := range params {
		out = append(append(append(append(out, p.Name...), 0), p.Value...), 0)
	}
	return out
}

// decodeInto reads the content of a known type, which stands inside the body in some.
func (s callbackScheme) decodeInto(event *webhook.Event, content []byte, inner bool) error {
	codec := s.codec
	codec.Note = event.AddProblem
	data, err := decodeEvent(codec, event.Type, content)
	switch {
	case err != nil && (!inner || len(content) == 0): // nothing says that it is of this type
		return err
	case err != nil:
		data = blankEvents[event.Type]()
		event.AddProblem("data", "is not a JSON object")
	}
	event.Data = data
	return nil
}

// Decode implements [webhook.Decoder].
func (s callbackScheme) Decode(event *webhook.Event) error {
	content := []byte(event.Raw.Reveal())
	inner := virtualPType(event.Type) || event.Type == EventOOBRequested
	switch {
	case blankEvents[event.Type] == nil:
		return nil
	case inner:
		params, _ := signedParams(content)
		content = []byte(signedText(params, "data"))
	}
	return s.decodeInto(event, content, inner)
}

// digest stands for content in an id. It is keyed: ids reach logs and databases,
// and passwords, card numbers and pickup codes are guessed easily. The key is one for
// all secrets, so that an event has one id whichever it was signed with.
func (s callbackScheme) digest(content []byte) string { return "|hmac:" + s.fingerprint(content) }

// Answer implements [webhook.Scheme]: "ok" is the documented acknowledgement.
func (callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(result)
}
