package kazepay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
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

// ErrUnsupportedEnvelope marks a callback that is not of the form head and body,
// such as upstream's {"type":…,"result":…}. The message names the first
// members that were seen.
var ErrUnsupportedEnvelope = errors.New("kazepay: unsupported envelope")

// CallbackAck is how a callback is acknowledged. KazePay asks for a
// "success response" without saying what that is.
type CallbackAck int

// Acknowledgements, all with status 200.
const (
	CallbackAckText   CallbackAck = iota // the text SUCCESS; the default
	CallbackAckJSON                      // {"code":"SUCCESS"}
	CallbackAckEmpty                     // nothing
	CallbackAckSigned                    // a sealed message whose head has code and detail SUCCESS
)

// CallbackConfig is what callbacks are checked with: either PlatformKeys and PrivateKey,
// or Lookup.
type CallbackConfig struct {
	// PlatformKeys are KazePay's public keys, of 2048 bits or more. Several are
	// valid at once, for a change of key. At least one is required.
	PlatformKeys []sign.PublicKey
	// PrivateKey is the merchant's, of the client, of 2048 bits or more. It
	// unwraps session keys, so a key in an HSM must be able to decrypt. Required.
	PrivateKey sign.PrivateKey
	// Profile is the envelope's, the client's.
	Profile sign.Profile
	// Form is how callbacks come; the zero value is sealed, as answers are.
	Form CallbackForm
	// SysID, when set, must be the callback's head.sysId, if it has a head.
	SysID string
	// Lookup finds the credential of a callback while it runs, by its head.sysId: for
	// several merchants, and keys that change without a restart. The head is not signed, so
	// it chooses the keys and proves nothing: they do. See package webhook for how long an
	// answer counts and what an error means. It replaces PlatformKeys, PrivateKey and SysID.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// DedupeSecret keys the digests in the ids of events that nothing else identifies: 16
	// bytes or more of the merchant's own, kept for good. Required with Lookup; empty is
	// the PrivateKey, which is used once more for such an event then.
	DedupeSecret issuing.Secret
	// Zone is the zone of times without one; nil is UTC.
	Zone *time.Location
	// Names maps KazePay's own names of callbacks, as far as the merchant has
	// learnt them, to the kinds of this package, such as [EventCardDeposited].
	// KazePay does not publish its names; those of the platform it is built on are
	// known without an entry.
	Names map[string]string
	// Fields maps members as KazePay names them, as far as the merchant has learnt, to
	// those that this package reads, such as "code": "activationCode". Upstream's
	// names are known without an entry.
	Fields map[string]string
	// Ack is how callbacks are acknowledged; the zero value is the text SUCCESS.
	Ack CallbackAck
	// Deduper remembers messages and events; nil is one in memory.
	Deduper webhook.Deduper
	// MaxBody bounds a body; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// check reports what is wrong with the settings that all credentials share.
func (c CallbackConfig) check(p *check.Problems) {
	p.Cause("Profile", c.Profile.Validate())
	for name, kind := range c.Names {
		p.Bare(fmt.Sprintf("Names[%.40q]", name), name)
		if !slices.Contains(EventTypes(), kind) {
			p.Add("Names", "names a kind that this package does not have")
		}
	}
	for theirs, ours := range c.Fields {
		p.Bare(fmt.Sprintf("Fields[%.40q]", theirs), theirs)
		p.Required("Fields", theirs != "" && ours != "")
	}
	if c.Form < CallbackFormSealed || c.Form > CallbackFormPlain {
		p.Add("Form", "is none of the forms")
	}
	if c.Ack < CallbackAckText || c.Ack > CallbackAckSigned {
		p.Add("Ack", "is none of the acknowledgements")
	}
}

// NewCallbacks returns the source of KazePay's callbacks. Events carry the
// pointers to [CardDeposited] and its siblings; what is of no known kind, lacks
// what its kind cannot do without, or has the fields of another kind than its head
// says, is *[webhook.Unknown] with its JSON and is acknowledged like the rest. A member
// that cannot be read stays unset and is named in Event.Problems. A type that is given
// for the address must be the callback's.
//
// The envelope has no timestamp, and its head is unsigned in the default profile.
// So a repeat is recognised by the verified content alone, whatever number its head
// has; and where money depends on a callback, ask KazePay before acting. KazePay
// gives up after about half an hour of retries: keep polling as a fallback.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	cfg.check(&p)
	cfg.Names, cfg.Fields = maps.Clone(cfg.Names), maps.Clone(cfg.Fields)
	s := callbackScheme{cfg: cfg, digest: keyring.Digest(&p, cfg.DedupeSecret)}
	var scheme webhook.Scheme
	var precheck func(context.Context, *webhook.Request) error
	if cfg.Lookup != nil {
		keyring.NeedDigest(&p, cfg.DedupeSecret)
		if len(cfg.PlatformKeys) > 0 || !cfg.PrivateKey.IsZero() || cfg.SysID != "" {
			p.Add("Lookup", "replaces PlatformKeys, PrivateKey and SysID: set either")
		}
		looked := s.lookedUp()
		scheme, precheck = looked, looked.Precheck
	} else {
		checkPrivateKey(&p, "PrivateKey", cfg.PrivateKey)
		p.OptionalID("SysID", cfg.SysID, maxID)
		scheme = s.with(&p, Credential{cfg.SysID, cfg.PlatformKeys, []sign.PrivateKey{cfg.PrivateKey}})
	}
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource(providerName, scheme,
		webhook.WithDeduper(cfg.Deduper), webhook.WithClock(cfg.Now), webhook.WithMaxBody(cfg.MaxBody),
		webhook.WithPrecheck(precheck), webhook.WithSchedule(schedule), webhook.WithLikeness(likeness))
}

// schedule is how long KazePay sends again: 1, 2, 4, 8 and 16 minutes.
const schedule = 31 * time.Minute

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	cfg    CallbackConfig
	peers  []sign.PublicKey
	own    []sign.PrivateKey
	digest func(content []byte) string // nil: by the own key
}

// opened is a callback that was verified.
type opened struct {
	head      requestHead
	plaintext []byte
	key       sign.PublicKey  // the one that verified it
	own       sign.PrivateKey // the one that opened it
}

// maxIdentity bounds what is kept of an event for good; the content's digest identifies
// one with longer ids in it.
const maxIdentity = 512

// maxRequestID bounds what an unsigned head can put into reports.
const maxRequestID = 128

// Verify implements [webhook.Scheme]. It opens the callback, because its signature
// covers the plaintext.
func (s callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	m := &opened{}
	e, err := sign.ParseEnvelope(wire.TrimBOM(req.Body))
	if err == nil {
		err = (wire.Codec{}).Unmarshal(e.Head, &m.head)
	} else if s.cfg.Form == CallbackFormPlain {
		e, err = m.bare(wire.TrimBOM(req.Body))
	}
	if err != nil {
		return webhook.Verified{}, unsupported(req.Body)
	}
	if s.cfg.SysID != "" && e.Head != nil && m.head.SysID != s.cfg.SysID {
		return webhook.Verified{}, webhook.ErrUnknownKey
	}
	for _, m.own = range s.own {
		if m.plaintext, m.key, err = s.open(m.own, e); err == nil {
			break
		}
	}
	if err != nil {
		return webhook.Verified{}, webhook.ErrSignature
	}
	// The head is not signed, so its number names the delivery and claims nothing:
	// what is claimed is the verified content, by the event's id.
	return webhook.Verified{Content: m, RequestID: m.head.RequestNo[:min(len(m.head.RequestNo), maxRequestID)]}, nil
}

// maxSeen bounds the member names in an error.
const maxSeen = 8

// unsupported says what came instead of head and body.
func unsupported(body []byte) error {
	var seen []string
	for name := range wire.Members(body) {
		if seen = append(seen, fmt.Sprintf("%.20q", name)); len(seen) == maxSeen {
			break
		}
	}
	return fmt.Errorf("%w: members %s", ErrUnsupportedEnvelope, strings.Join(seen, " "))
}

// Open implements [webhook.Scheme].
func (s callbackScheme) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	m, ok := v.Content.(*opened)
	if !ok {
		return nil, webhook.ErrPayload
	}
	m.plaintext = wire.TrimBOM(m.plaintext)
	if !json.Valid(m.plaintext) {
		return nil, wire.ErrJSON
	}
	kind, signed, err := s.kind(m, req.Type)
	if err != nil {
		return nil, err
	}
	event := &webhook.Event{Type: kind, Raw: issuing.NewSecret(string(m.plaintext))}
	if content := s.members(m.plaintext); signed || fits(kind, content) {
		if err := s.decode(event, content); err != nil {
			return nil, err
		}
	}
	data, known := event.Data.(callbackEvent)
	switch {
	case known:
		event.Time = data.when()
		if id := data.identity(); len(id) <= maxIdentity && !event.HasProblem(identifying[kind]...) {
			event.ID = id
		}
	case kind == "":
		event.Type = cmp.Or(req.Type, m.head.APICode)
	}
	if event.ID == "" {
		digest, err := s.fingerprint(m.plaintext)
		if err != nil { // of a key in an HSM; the callback is as good as any
			return nil, fmt.Errorf("%w: %w", issuing.ErrUnavailable, err)
		}
		event.ID = event.Type + "|keyed:" + digest
	}
	return event, nil
}

// fingerprint identifies content. It is keyed: codes and addresses can stand in it.
func (s callbackScheme) fingerprint(content []byte) (string, error) {
	if s.digest != nil {
		return s.digest(content), nil
	}
	return s.own[0].Fingerprint(content)
}

// kind tells the kind of a callback, with its address's type where the callback names
// none. signed reports that the content names it itself.
func (s callbackScheme) kind(m *opened, address string) (kind string, signed bool, err error) {
	content := s.members(m.plaintext)
	kind, signed, err = notificationKind(m.head.APICode, content, s.cfg.Names)
	switch {
	case err != nil || address == "":
		return kind, signed, err
	case kind == "":
		return notificationKind(address, content, nil)
	case kind != address && blank[address] != nil:
		// Its function may expect another kind, and its handling would stand for the
		// delivery to the right address.
		return "", false, errAddress
	}
	return kind, signed, nil
}

// decode reads the content of a kind.
func (s callbackScheme) decode(event *webhook.Event, content object) error {
	codec := codecIn(s.cfg.Zone)
	codec.Note = event.AddProblem
	data, err := decodeNotification(event.Type, content, codec, s.cfg.Fields)
	if err == nil && data != nil { // a nil interface must not become Data
		event.Data = data
	}
	return err
}

// Decode implements [webhook.Decoder].
func (s callbackScheme) Decode(event *webhook.Event) error {
	return s.decode(event, s.members([]byte(event.Raw.Reveal())))
}

// Answer implements [webhook.Scheme] with the configured acknowledgement.
func (s callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	if !result.Outcome.Acknowledged() {
		return webhook.StandardAnswer(result)
	}
	switch s.cfg.Ack {
	case CallbackAckJSON:
		return webhook.Answer{Status: http.StatusOK, Header: jsonType(), Body: []byte(`{"code":"SUCCESS"}`)}
	case CallbackAckEmpty:
		return webhook.Answer{Status: http.StatusOK}
	case CallbackAckSigned:
		return s.signed(result)
	}
	return webhook.Text(http.StatusOK, "SUCCESS")
}

// signed is an acknowledgement in an envelope of its own.
func (s callbackScheme) signed(result webhook.Result) webhook.Answer {
	m, ok := result.Verified.Content.(*opened)
	if !ok {
		return webhook.Answer{Err: webhook.ErrPayload}
	}
	head, err := (wire.Codec{}).Marshal(struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
		requestHead
	}{"SUCCESS", "SUCCESS", m.head})
	var e *sign.Envelope
	if err == nil {
		e, err = s.cfg.Profile.Seal(m.own, m.key, head, []byte("{}"))
	}
	if err != nil {
		return webhook.Answer{Err: err}
	}
	return webhook.Answer{Status: http.StatusOK, Header: jsonType(), Body: e.JSON()}
}

func jsonType() http.Header { return http.Header{"Content-Type": {"application/json; charset=UTF-8"}} }
