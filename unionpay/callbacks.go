package unionpay

import (
	"bytes"
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
	"github.com/issuing-sdk/issuing-go/sign/jose"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// CallbackConfig is what UnionPay's messages to a token requestor are checked
// with, and what our answers are signed with: either SignKey, SignKeyID, UPISignKeys,
// AppIDs and DecryptKeys, or Lookup.
type CallbackConfig struct {
	// Profile is the security profile of the endpoint.
	Profile Profile
	// SignKey signs answers: RSA of 2048 bits or more. Required.
	SignKey sign.PrivateKey
	// SignKeyID is the kid of SignKey's certificate. Required.
	SignKeyID string
	// UPISignKeys are UPI's signing keys by kid (profile U: by umpsSignCertID).
	// Required; several are valid at once, for a roll-over.
	UPISignKeys map[string]sign.PublicKey
	// AppIDs are the accepted values of UPI-APPID. Required in profile G. Whether
	// UPI sends ours or its own is not documented.
	AppIDs []string
	// DecryptKeys open encrypted fields, by kid.
	DecryptKeys map[string]sign.PrivateKey
	// Lookup finds the credential of a message while it runs: for several token requestors,
	// and keys that change without a restart. The id is the address's, by a wildcard
	// {credential} of its pattern or [webhook.Source.ForCredential]. Where the address has
	// none it is the UPI-APPID, and in profile U, whose messages name no receiver, "". See
	// package webhook for how long an answer counts and what an error means. It replaces
	// the five above.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// DedupeSecret keys the names by which the order of tokens' notifications is kept: 16
	// bytes or more of the merchant's own, kept for good. Required with Lookup; empty is
	// the SignKey.
	DedupeSecret issuing.Secret
	// PayloadMode, JWE and UMPSDigestInfo are as in [Config].
	PayloadMode    sign.UPIMode
	JWE            jose.UPIJWE
	UMPSDigestInfo bool
	// Path is the path that UPI sends to, which UPI-REQPATH must be. Empty takes
	// the path of the request; set it behind a proxy that rewrites paths, and for
	// [webhook.Source.Parse], which sees none.
	Path string
	// Skew is how far UPI-TIMESTAMP may be from our clock; 0 is 300 s.
	Skew time.Duration
	// Zone is the zone of msgInfo.timeStamp; nil is UTC+8.
	Zone *time.Location
	// Shape is the arrangement of messages and answers; the default is enveloped. In the
	// flat one the members of msgInfo stand beside the business members, or in an object of
	// their own as ever. Where a flat message names no type, it is that of the address
	// ([webhook.Source.ForType]); where it has no msgID, in profile G it is known by its
	// UUID, so that a message that is sent anew is a new one.
	Shape Shape
	// MessageNames and FieldNames are as in [Config].
	MessageNames map[MessageType]string
	FieldNames   map[string]string
	// Accept lists further message types that the function handles; they arrive
	// as *webhook.Unknown. Other types are answered with code 12.
	Accept []MessageType
	// Deduper remembers UUIDs, message ids and answers; nil is one in memory. It must
	// hold them for at least 24 hours. One in a database needs keys for the answers.
	Deduper webhook.Deduper
	// MaxBody bounds a message; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// check reports what is wrong with the settings that all credentials share.
func (cfg CallbackConfig) check(p *check.Problems) {
	if !cfg.Profile.known() {
		p.Add("Profile", "is unknown")
	}
	if !cfg.Shape.known() {
		p.Add("Shape", "is unknown")
	}
	p.Bare("Path", cfg.Path)
	cfg.wire().checkNames(p)
	Config{PayloadMode: cfg.PayloadMode, JWE: cfg.JWE, Skew: cfg.Skew}.checkSettings(p)
}

// wire are the settings that say how messages are written.
func (cfg CallbackConfig) wire() Config {
	return Config{Zone: cfg.Zone, MessageNames: cfg.MessageNames, FieldNames: cfg.FieldNames}
}

// headerJWS is the signature of profile G, in net/http's spelling.
const headerJWS = "Upi-Jws"

// NewCallbacks returns the source of the messages that UnionPay sends to a token
// requestor, in the configured profile. The answer to each is a signed message of
// its own: 00 for what was handled, 96 for what UPI should send again, 30 and 12
// for what is authentic and cannot be used, and 25 for a user who is not known.
// What is not authentic is answered with status 401 and code E0, whatever the
// reason.
//
// Events carry *[TokenStateChanged], *[TransactionReported], the question
// *[UserIDRequested], whose AppUserID the function sets, or *[webhook.Unknown] for
// the types of Accept.
//
// A member that cannot be read stays unset and is named in Event.Problems; it is in
// Extra as it came. A notification without its token or state reaches the function as
// well. A question without its code has no answer but 30.
//
// The UUID of a message that was handled is refused when it comes again. A repeated
// message under a new UUID does not reach the function: a notification is
// acknowledged, and a question gets its first answer, from every process that shares
// the Deduper.
//
// A token's notification that is older than one handled before, or that follows
// its deletion, is acknowledged and not dispatched. A deletion is always
// dispatched, as it is final. Processes that share a Deduper share the order, where
// that is a [webhook.Sequencer] as sqldedupe's is.
//
// Profile U protects no time of its own, so a message is recognised as a repeat
// for as long as the deduper remembers it: give that profile a durable one.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	cfg.check(&p)
	cfg.Accept = slices.Clone(cfg.Accept)
	cfg.MessageNames, cfg.FieldNames = maps.Clone(cfg.MessageNames), maps.Clone(cfg.FieldNames)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &callbackScheme{
		cfg: cfg, opener: opener{profile: cfg.Profile, jwe: cfg.JWE},
		digest: keyring.Digest(&p, cfg.DedupeSecret),
	}
	var scheme webhook.Scheme
	precheck, looks := s.precheck, likenessG
	if cfg.Profile == ProfileU {
		looks = likenessU
	}
	if cfg.Lookup != nil {
		keyring.NeedDigest(&p, cfg.DedupeSecret)
		if !cfg.SignKey.IsZero() || cfg.SignKeyID != "" || len(cfg.UPISignKeys)+len(cfg.AppIDs)+len(cfg.DecryptKeys) > 0 {
			p.Add("Lookup", "replaces SignKey, SignKeyID, UPISignKeys, AppIDs and DecryptKeys: set either")
		}
		looked := s.lookedUp()
		scheme, precheck = looked, looked.Precheck
	} else {
		s = s.with(&p, Credential{
			AppIDs: cfg.AppIDs, SignKey: cfg.SignKey, SignKeyID: cfg.SignKeyID, UPISignKeys: cfg.UPISignKeys,
			DecryptKeys: cfg.DecryptKeys,
		})
		scheme = s
	}
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	return webhook.NewSource(providerName, scheme, webhook.WithDeduper(cfg.Deduper), webhook.WithClock(cfg.Now),
		webhook.WithMaxBody(cfg.MaxBody), webhook.WithPrecheck(precheck), webhook.WithOrder(s.position),
		webhook.WithAnswers(answers{}), webhook.WithLikeness(looks))
}

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	cfg    CallbackConfig
	opener opener
	digest func(content []byte) string // nil: by the SignKey
}

// pushed is an authentic message: Verify makes it, Open fills it, and Answer
// echoes it, whatever the outcome.
type pushed struct {
	appID, uuid string
	head        []byte // what an answer echoes, as it came; nil while it is not known
	flat        bool   // head is members, and no object of its own
}

// precheck refuses what is not signed before its body is read. Profile U signs
// inside of it.
func (s *callbackScheme) precheck(_ context.Context, req *webhook.Request) error {
	switch {
	case s.cfg.Profile == ProfileU, req.Header.Get(headerJWS) != "":
		return nil
	case req.Header.Get("UPI-SIGN") != "":
		return fmt.Errorf("%w: the older scheme of five headers, which is not accepted", webhook.ErrSignature)
	}
	return fmt.Errorf("%w: %w", webhook.ErrSignature, &sign.UPIError{Step: sign.UPIStepPresent})
}

// Verify implements [webhook.Scheme].
func (s *callbackScheme) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	cfg := s.cfg
	if cfg.Profile == ProfileU {
		umps := sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}
		if _, err := umps.Verify(cfg.UPISignKeys, "umpsSignCertID", wire.TrimBOM(req.Body)); err != nil {
			return webhook.Verified{}, fmt.Errorf("%w: %w", webhook.ErrSignature, err)
		}
		return webhook.Verified{Content: &pushed{}}, nil
	}
	path := cfg.Path
	if path == "" {
		path = req.URL.Path
	}
	verifier := sign.UPIVerifier{Keys: cfg.UPISignKeys, Mode: cfg.PayloadMode, Skew: cfg.Skew, AppIDs: cfg.AppIDs}
	expected := sign.UPIExpect{Now: req.Time, Request: true, Path: path}
	head, err := verifier.Verify(req.Header.Get(headerJWS), req.Body, expected)
	if err != nil {
		return webhook.Verified{}, fmt.Errorf("%w: %w", webhook.ErrSignature, err)
	}
	return webhook.Verified{
		Delivery: "uuid/" + head.AppID + "/" + head.UUID, Once: true, RequestID: head.UUID,
		Content: &pushed{appID: head.AppID, uuid: head.UUID},
	}, nil
}

// Open implements [webhook.Scheme]. An error that holds a [Code] is answered with
// it, any other with CodeFormat.
func (s *callbackScheme) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	m, _ := v.Content.(*pushed)
	body := bytes.TrimSpace(wire.TrimBOM(req.Body))
	if isCompactJWE(body) {
		plaintext, err := s.opener.jwe.Decrypt(s.opener.keys, string(body))
		if err != nil {
			return nil, err
		}
		body = plaintext
	}
	if json.Valid(body) && wire.Twice(body) {
		return nil, errTwice
	}
	parts := s.parts(body)
	m.head, m.flat = parts.head, parts.flat
	event := &webhook.Event{Raw: issuing.NewSecret(string(body)), Type: req.Type}
	info, err := s.head(event, parts, m.uuid)
	if err != nil {
		return nil, err
	}
	data, err := s.business(event, info.MsgType, parts.business)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q: %w", info.MsgType, err)
	case data == nil && !slices.Contains(s.cfg.Accept, info.MsgType):
		return nil, fmt.Errorf("%w: the message type %q is not known", CodeInvalidTransaction, info.MsgType)
	case string(info.MsgType) != req.Type && data != nil && slices.Contains(EventTypes(), req.Type):
		return nil, errors.New("the message type is not the address's")
	}
	event.Type, event.ID, event.Time = string(info.MsgType), info.dedupeKey(), info.TimeStamp
	if data != nil { // a nil interface must not become Data
		event.Data = data
	}
	_, event.Question = data.(*UserIDRequested)
	return event, nil
}

// parts are those of a message.
type parts struct {
	head     []byte // a JSON object
	flat     bool   // the head's members stand among the business members
	business []byte // a JSON object
}

// headMembers are those of msgInfo that are read, or echoed.
var headMembers = []string{"versionNo", "msgID", "timeStamp", "msgType"}

// parts splits a message.
func (s *callbackScheme) parts(body []byte) (p parts) {
	if s.cfg.Shape != ShapeFlat {
		for name, value := range wire.Members(body) {
			switch name {
			case "msgInfo":
				p.head = value
			case "trxInfo":
				p.business = value
			}
		}
		return p
	}
	head, rest := objectWriter{}, objectWriter{}
	for name, value := range wire.Members(body) {
		switch {
		case name == "msgInfo":
			p.head = value
		case slices.Contains(headMembers, name):
			head.member(name, value)
		case !slices.Contains(envelopeNames, name):
			rest.member(name, value)
		}
	}
	if p.flat = p.head == nil; p.flat {
		p.head = head.bytes()
	}
	p.business = rest.bytes()
	return p
}

// head reads the head of a message. A flat one may leave its type to the address, which
// event.Type is, and its id to the UUID of the delivery.
func (s *callbackScheme) head(event *webhook.Event, p parts, uuid string) (msgHead, error) {
	var m msgHead
	head := opener{note: func(member, reason string) { event.AddProblem("msgInfo."+member, reason) }}
	if err := head.read(Config{Zone: s.cfg.Zone}, p.head, &m); err != nil {
		return m, err
	}
	if own, renamed := ownMessages(s.cfg.MessageNames)[m.MsgType]; renamed {
		m.MsgType = own
	}
	if p.flat {
		m.MsgType, m.MsgID = cmp.Or(m.MsgType, MessageType(event.Type)), cmp.Or(m.MsgID, uuid)
	}
	if m.MsgType == "" || len(m.MsgType) > maxMsgType || !validMsgID(m.MsgID) {
		return m, errors.New("the message lacks its msgType or msgID")
	}
	return m, nil
}

// business reads the part that is of a message's type.
func (s *callbackScheme) business(event *webhook.Event, typ MessageType, trxInfo []byte) (notification, error) {
	open := s.opener
	open.note = event.AddProblem
	return decodeNotification(typ, trxInfo, open, s.cfg.wire())
}

// Decode implements [webhook.Decoder].
func (s *callbackScheme) Decode(event *webhook.Event) error {
	parts := s.parts([]byte(event.Raw.Reveal()))
	_, uuid, _ := strings.Cut(event.ID, "|") // of a flat message that has no msgID
	info, err := s.head(event, parts, uuid)
	if err != nil {
		return err
	}
	data, err := s.business(event, info.MsgType, parts.business)
	if err == nil && data != nil { // a nil interface must not become Data
		event.Data = data
	}
	return err
}

// unauthorized is the documented body of a 401, with its capital M.
const unauthorized = `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`

func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
}

// Answer implements [webhook.Scheme]: what is authentic gets a signed message with
// a code, everything else a status.
func (s *callbackScheme) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	m, authentic := result.Verified.Content.(*pushed)
	refused := result.Outcome == webhook.OutcomeRefused
	switch {
	case !authentic, refused && errors.Is(result.Err, webhook.ErrReplay):
		answer := webhook.StandardAnswer(result)
		if answer.Status == http.StatusUnauthorized {
			answer.Header, answer.Body, answer.Code = jsonHeader(), []byte(unauthorized), string(CodeUnauthorized)
		}
		return answer
	case refused:
		code := CodeFormat
		errors.As(result.Err, &code)
		return s.sealed(m, code, nil)
	case result.Outcome.Acknowledged():
		code, trxInfo := s.businessAnswer(result.Event)
		return s.sealed(m, code, trxInfo)
	}
	return s.sealed(m, CodeSystemFault, nil)
}

// maxUserID bounds the user id in an answer, ANS 1-64.
const maxUserID = 64

// businessAnswer encodes the function's answer.
func (s *callbackScheme) businessAnswer(event *webhook.Event) (Code, []byte) {
	n, ok := event.Data.(notification)
	if !ok {
		return CodeApproved, nil
	}
	if asked, ok := n.(*UserIDRequested); ok && (asked.AppUserID == "" || len(asked.AppUserID) > maxUserID) {
		return CodeRecordNotFound, nil
	}
	own, err := codec.Marshal(n.answer())
	if err != nil {
		return CodeSystemFault, nil
	}
	trxInfo := objectWriter{}
	for name, value := range wire.Members(own) {
		trxInfo.member(s.cfg.wire().wireName(name), value)
	}
	return CodeApproved, trxInfo.bytes()
}

// echo begins an answer with the message's head and the business members.
func (m *pushed) echo(shape Shape, business []byte) objectWriter {
	w := objectWriter{}
	switch {
	case m.flat:
		for name, value := range wire.Members(m.head) {
			w.member(name, value)
		}
	case json.Valid(m.head):
		w.member("msgInfo", m.head)
	}
	if shape != ShapeFlat {
		if business == nil {
			business = []byte("{}")
		}
		w.member("trxInfo", business)
		return w
	}
	for name, value := range wire.Members(business) {
		w.member(name, value)
	}
	return w
}

// sealed writes and signs an answer. An unsigned one would say nothing, so without
// a signature UPI is left to send again.
func (s *callbackScheme) sealed(m *pushed, code Code, trxInfo []byte) webhook.Answer {
	cfg, response := s.cfg, objectWriter{}
	w := m.echo(cfg.Shape, trxInfo)
	meaning := code.Meaning()
	response.text("responseCode", string(code))
	response.text("responseMsg", strings.ToUpper(meaning[:1])+meaning[1:])
	w.member("msgResponse", response.bytes())
	answer := webhook.Answer{Status: http.StatusOK, Header: jsonHeader(), Code: string(code)}
	var err error
	if cfg.Profile == ProfileU {
		signature := objectWriter{}
		signature.text("appSignCertID", cfg.SignKeyID)
		signature.text("signature", sign.UMPSPlaceholder)
		w.member("certificateSignature", signature.bytes())
		answer.Body, err = sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}.Sign(cfg.SignKey, w.bytes())
	} else {
		answer.Body = w.bytes()
		var jws string
		jws, err = sign.SignUPI(cfg.SignKey, sign.UPIHeader{
			KeyID: cfg.SignKeyID, UUID: m.uuid, Time: cfg.Now(), AppID: m.appID, Mode: cfg.PayloadMode,
		}, answer.Body)
		// The documented spelling, which Header.Set would change.
		answer.Header["UPI-JWS"] = []string{jws}
	}
	if err != nil {
		return webhook.Answer{Err: err}
	}
	return answer
}
