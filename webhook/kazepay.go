package webhook

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
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/sign"
)

// ErrUnsupportedEnvelope marks a KazePay callback that is not of the form head
// and body, such as upstream's {"type":…,"result":…}. The message names the
// members that were seen.
var ErrUnsupportedEnvelope = errors.New("webhook: unsupported envelope")

// KazePayAck is how a KazePay callback is acknowledged. KazePay asks for a
// "success response" without saying what that is.
type KazePayAck int

// Acknowledgements, all with status 200.
const (
	KazePayAckText   KazePayAck = iota // the text SUCCESS; the default
	KazePayAckJSON                     // {"code":"SUCCESS"}
	KazePayAckEmpty                    // nothing
	KazePayAckSigned                   // a sealed message whose head has code and detail SUCCESS
)

// KazePayConfig is what callbacks of KazePay are checked with.
type KazePayConfig struct {
	// PlatformKeys are KazePay's public keys, of 2048 bits or more. Several are
	// valid at once, for a change of key. At least one is required.
	PlatformKeys []sign.PublicKey
	// PrivateKey is the merchant's, of the client, of 2048 bits or more. It
	// unwraps session keys, so a key in an HSM must be able to decrypt. Required.
	PrivateKey sign.PrivateKey
	// Profile is the envelope's, the client's.
	Profile sign.Profile
	// SysID, when set, must be the callback's head.sysId.
	SysID string
	// Location is the zone of times without one; nil is UTC.
	Location *time.Location
	// Names maps KazePay's own names of callbacks, as far as the merchant has
	// learnt them, to the kinds of package kazepay, such as
	// kazepay.NotifyCardDeposit. KazePay does not publish its names; those of the
	// platform it is built on are known without an entry.
	Names map[string]string
	// Ack is how callbacks are acknowledged.
	Ack KazePayAck
	// Deduper remembers messages and events; nil is one in memory.
	Deduper Deduper
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// kazepayBits is the size of both keys in the published sample.
const kazepayBits = 2048

func (c KazePayConfig) validate() error {
	var p check.Problems
	p.Required("PlatformKeys", len(c.PlatformKeys) > 0)
	for i, key := range c.PlatformKeys {
		field := fmt.Sprintf("PlatformKeys[%d]", i)
		if key.IsZero() {
			p.Add(field, "is empty")
		} else if key.Bits() < kazepayBits {
			p.Add(field, "has %d bits, at least %d are needed", key.Bits(), kazepayBits)
		}
	}
	if p.Required("PrivateKey", !c.PrivateKey.IsZero()) {
		if c.PrivateKey.Bits() < kazepayBits {
			p.Add("PrivateKey", "has %d bits, at least %d are needed", c.PrivateKey.Bits(), kazepayBits)
		}
		if !c.PrivateKey.CanDecrypt() {
			p.Add("PrivateKey", "cannot decrypt; its signer must be a crypto.Decrypter as well")
		}
	}
	if err := c.Profile.Validate(); err != nil {
		p.Add("Profile", "%v", err)
	}
	for _, kind := range c.Names {
		if !slices.Contains(kazepay.NotifyTypes(), kind) {
			p.Add("Names", "names a kind that package kazepay does not have")
		}
	}
	if c.Ack < KazePayAckText || c.Ack > KazePayAckSigned {
		p.Add("Ack", "is none of the acknowledgements")
	}
	return p.Err("webhook", "KazePay")
}

// KazePay returns the source of KazePay's callbacks. Events carry the pointers to
// kazepay.CardDeposited and its siblings; what is of no known kind, lacks what
// its kind cannot do without, or has the fields of another kind than its head
// says, is *[Unknown] with its JSON and is acknowledged like the rest.
//
// The envelope has no timestamp, and its head is unsigned in the default profile.
// So a repeat is recognised by head.apiCode and head.requestNo, and by the
// content on its own; and where money depends on a callback, ask KazePay before
// acting. KazePay gives up after about half an hour of retries: keep polling as a
// fallback.
func KazePay(cfg KazePayConfig) (*Source, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.PlatformKeys = slices.Clone(cfg.PlatformKeys)
	cfg.Names = maps.Clone(cfg.Names)
	return NewSource("kazepay", kazepayScheme{cfg}, WithDeduper(cfg.Deduper), WithClock(cfg.Now))
}

type kazepayScheme struct{ cfg KazePayConfig }

// kazepayHead is the clear part of a callback.
type kazepayHead struct {
	APICode   string `json:"apiCode"`
	SysID     string `json:"sysId"`
	RequestNo string `json:"requestNo"`
	Version   string `json:"version"`
}

// kazepayMessage is an opened callback.
type kazepayMessage struct {
	head      kazepayHead
	plaintext []byte
	key       sign.PublicKey // the one that verified it
}

// maxClaim bounds a message's number and name together; the documented form of a
// number is a UUID of 36 characters.
const maxClaim = 128

// Verify implements [Scheme]. It opens the callback, because its signature covers
// the plaintext.
func (s kazepayScheme) Verify(_ context.Context, req *Request) (Verified, error) {
	e, err := sign.ParseEnvelope(req.Body)
	if err != nil {
		return Verified{}, unsupported(req.Body)
	}
	m := &kazepayMessage{}
	if err := (wire.Codec{}).Unmarshal(e.Head, &m.head); err != nil {
		return Verified{}, unsupported(req.Body)
	}
	if s.cfg.SysID != "" && m.head.SysID != s.cfg.SysID {
		return Verified{}, ErrUnknownKey
	}
	if !slices.ContainsFunc(s.cfg.PlatformKeys, func(key sign.PublicKey) bool {
		m.key = key
		m.plaintext, err = s.cfg.Profile.Open(s.cfg.PrivateKey, key, e)
		return err == nil
	}) {
		return Verified{}, ErrSignature
	}
	v := Verified{Content: m, RequestID: m.head.RequestNo}
	if m.head.RequestNo != "" && len(m.head.RequestNo)+len(m.head.APICode) <= maxClaim {
		v.Claims = []string{"message/" + m.head.APICode + "/" + m.head.RequestNo}
	}
	return v, nil
}

// maxSeen bounds the member names in an error.
const maxSeen = 8

// unsupported says what came instead of head and body.
func unsupported(body []byte) error {
	var seen []string
	for name := range wire.Members(body) {
		if len(seen) == maxSeen {
			seen = append(seen, "…")
			break
		}
		seen = append(seen, fmt.Sprintf("%.20q", name))
	}
	return fmt.Errorf("%w: members %s", ErrUnsupportedEnvelope, strings.Join(seen, " "))
}

// Open implements [Scheme].
func (s kazepayScheme) Open(_ context.Context, req *Request, v Verified) (*Event, error) {
	m, ok := v.Content.(*kazepayMessage)
	if !ok {
		return nil, ErrPayload
	}
	if !json.Valid(m.plaintext) {
		return nil, wire.ErrJSON
	}
	kind, err := kazepay.NotificationKind(m.head.APICode, m.plaintext, s.cfg.Names)
	if err == nil && kind == "" && req.Type != "" {
		kind, err = kazepay.NotificationKind(req.Type, m.plaintext, nil)
	}
	if err != nil {
		return nil, err
	}
	data, err := kazepay.DecodeNotification(kind, m.plaintext, s.cfg.Location)
	if err != nil {
		return nil, err
	}
	event := &Event{Type: kind, Raw: issuing.NewSecret(string(m.plaintext))}
	if data != nil {
		event.Data, event.ID, event.Time = data, data.DedupeKey(), data.When()
	} else if kind == "" {
		event.Type = cmp.Or(req.Type, m.head.APICode)
	}
	if event.ID == "" {
		// Codes and addresses can stand in what identifies the event.
		digest, err := s.cfg.PrivateKey.Fingerprint(m.plaintext)
		if err != nil {
			return nil, err
		}
		event.ID = event.Type + "|keyed:" + digest
	}
	return event, nil
}

// Answer implements [Scheme] with the configured acknowledgement.
func (s kazepayScheme) Answer(_ *Request, result Result) Answer {
	if !result.Outcome.Acknowledged() {
		return StandardAnswer(result)
	}
	switch s.cfg.Ack {
	case KazePayAckJSON:
		return Answer{Status: http.StatusOK, Header: jsonType(), Body: []byte(`{"code":"SUCCESS"}`)}
	case KazePayAckEmpty:
		return Answer{Status: http.StatusOK}
	case KazePayAckSigned:
		return s.signed(result)
	}
	return Text(http.StatusOK, "SUCCESS")
}

// signed is an acknowledgement in an envelope of its own.
func (s kazepayScheme) signed(result Result) Answer {
	m, ok := result.Verified.Content.(*kazepayMessage)
	if !ok {
		return Answer{Err: ErrPayload}
	}
	head, err := (wire.Codec{}).Marshal(struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
		kazepayHead
	}{"SUCCESS", "SUCCESS", m.head})
	if err != nil {
		return Answer{Err: err}
	}
	e, err := s.cfg.Profile.Seal(s.cfg.PrivateKey, m.key, head, []byte("{}"))
	if err != nil {
		return Answer{Err: err}
	}
	return Answer{Status: http.StatusOK, Header: jsonType(), Body: e.JSON()}
}

func jsonType() http.Header { return http.Header{"Content-Type": {"application/json; charset=UTF-8"}} }
