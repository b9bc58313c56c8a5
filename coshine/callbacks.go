package coshine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/keyring"
	"github.com/issuing-sdk/issuing-go/internal/wire"
	"github.com/issuing-sdk/issuing-go/webhook"
)

// DefaultCallbackDeadline bounds a request from EastPay, from its arrival to its
// answer. EastPay gives notifications 2 seconds; its limit for authorizations is
// not published.
const DefaultCallbackDeadline = 1500 * time.Millisecond

// CallbackConfig is what EastPay's requests to the issuer are checked with.
// Exactly one of Tokens, Authenticate and Lookup is required.
type CallbackConfig struct {
	// Tokens are the static bearer tokens that EastPay may present; several for
	// a change of token. They are compared in constant time.
	Tokens []issuing.Secret
	// Authenticate checks a bearer token instead, such as an access token that
	// the issuer's own authorization server gave to EastPay. An error or a panic
	// refuses; one of kind issuing.ErrUnavailable lets EastPay send again. Its
	// context ends at the deadline.
	Authenticate func(ctx context.Context, token issuing.Secret) error
	// JWE turns encrypted bodies on. Plain bodies are refused then.
	JWE *JWE
	// ParticipantID, when set, must be the request's; another one is answered
	// with [CodeInvalidParticipant].
	ParticipantID string
	// Lookup finds the credential of a request while it runs: for several participants,
	// and tokens and keys that change without a restart. EastPay's requests do not say
	// before their body is read whom they are for, so the id is the address's: a wildcard
	// {credential} of its pattern, or [webhook.Source.ForCredential]. An address without one
	// has the id "". See package webhook for how long an answer counts and what an error
	// means. It replaces Tokens, Authenticate, JWE and ParticipantID.
	Lookup func(ctx context.Context, id string) (Credential, error)
	// Paths are the addresses that the issuer chose, for one handler for all
	// interfaces. Without them the address names the interface: serve it under a
	// pattern with the wildcard {type}, or each with [webhook.Source.ForType].
	Paths map[API]string
	// DedupeSecret keys [Inbound.DedupeKey]; empty is the first of Tokens, or with
	// Authenticate the bearer token of the request. Set one of the issuer's own, for
	// good, where tokens are short-lived: a repeat under another token has the same
	// key only then. With Lookup it is required, of 16 bytes or more.
	DedupeSecret issuing.Secret
	// Deduper remembers requests by their DedupeKey, with the answers, so that a repeat
	// gets the first answer and does not reach the function, from every process that
	// shares it. Inquiries, whose answers change, are not remembered. One in a database
	// needs keys for the answers. nil remembers nothing: every repeat reaches the
	// function.
	Deduper webhook.Deduper
	// Deadline bounds Authenticate, the body's arrival and the function together;
	// 0 is DefaultCallbackDeadline. A function is not called after it.
	Deadline time.Duration
	// MaxAge refuses requests whose timestamp header, in seconds, differs more
	// from the clock; 0 accepts every one, because Coshine publishes neither
	// unit nor tolerance.
	MaxAge time.Duration
	// MaxBody bounds a body; 0 is webhook.DefaultMaxBody.
	MaxBody int64
	// Zone is the zone of tranDate and tranTime; nil is UTC+8.
	Zone *time.Location
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// NewCallbacks returns the source of what EastPay asks of the issuer. It refuses a
// configuration by which nobody, or everybody, could get in. Its events are
// questions with the pointers to [AuthorizationRequest] and its siblings, of the
// type string(api) and with the tranId; [Functions.Handle] is their function:
//
//	src, err := coshine.NewCallbacks(coshine.CallbackConfig{…})
//	…
//	http.Handle("POST /eastpay/{type}", webhook.NewHandler(src, coshine.Functions{…}.Handle))
//
// A member that cannot be read stays unset and is named in Inbound.Problems. Where a
// question cannot be answered without it, the answer is status 400.
//
// Reports carry the response code that was sent, and for
// [webhook.OutcomeOvertime] the one that came too late.
func NewCallbacks(cfg CallbackConfig) (*webhook.Source, error) {
	var p check.Problems
	given := 0
	for _, set := range []bool{len(cfg.Tokens) > 0, cfg.Authenticate != nil, cfg.Lookup != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		p.Add("Tokens, Authenticate, Lookup", "need exactly one of them")
	}
	s := &callbackScheme{cfg: cfg, byPath: map[string]API{}, contentType: "application/json; charset=UTF-8"}
	p.OptionalID("DedupeSecret", cfg.DedupeSecret.Reveal(), 0)
	if cfg.Deduper != nil && cfg.Authenticate != nil && cfg.DedupeSecret.IsZero() {
		p.Add("DedupeSecret", "is required for a Deduper with Authenticate: a repeat may come under another token")
	}
	if cfg.Deadline < 0 || cfg.MaxAge < 0 || cfg.MaxBody < 0 {
		p.Add("Deadline, MaxAge, MaxBody", "must not be negative")
	}
	for _, api := range slices.Sorted(maps.Keys(cfg.Paths)) {
		path := cfg.Paths[api]
		p.Bare(fmt.Sprintf("Paths[%.40s]", string(api)), path)
		if inboundTypes[api] == nil || !strings.HasPrefix(path, "/") || s.byPath[path] != "" {
			p.Add(fmt.Sprintf("Paths[%.40s]", string(api)), "needs an inbound interface, and an own path that starts with /")
		}
		s.byPath[path] = api
	}
	scheme, precheck := s.scheme(&p)
	if err := p.Err(providerName, "NewCallbacks"); err != nil {
		return nil, err
	}
	opts := []webhook.SourceOption{
		webhook.WithClock(cfg.Now), webhook.WithMaxBody(cfg.MaxBody), webhook.WithPrecheck(precheck),
		webhook.WithLikeness(likeness), webhook.WithDeadline(cmp.Or(cfg.Deadline, DefaultCallbackDeadline)),
	}
	if cfg.Deduper != nil {
		opts = append(opts, webhook.WithDeduper(cfg.Deduper), webhook.WithAnswers(answers{}))
	}
	return webhook.NewSource(providerName, scheme, opts...)
}

// scheme returns the scheme of the configuration, and its check of a head.
func (s *callbackScheme) scheme(p *check.Problems) (webhook.Scheme, func(context.Context, *webhook.Request) error) {
	cfg := s.cfg
	if cfg.Lookup == nil {
		bound := s.with(p, Credential{
			Tokens: cfg.Tokens, Authenticate: cfg.Authenticate, JWE: cfg.JWE, ParticipantID: cfg.ParticipantID,
		})
		return bound, bound.precheck
	}
	if cfg.JWE != nil || cfg.ParticipantID != "" {
		p.Add("Lookup", "replaces JWE and ParticipantID: set either")
	}
	keyring.NeedDigest(p, cfg.DedupeSecret)
	keyring.Digest(p, cfg.DedupeSecret) // for its checks; Inbound.DedupeKey makes its own
	looked := s.lookedUp()
	return looked, looked.Precheck
}

// callbackScheme implements [webhook.Scheme].
type callbackScheme struct {
	cfg         CallbackConfig
	hashes      func() [][sha256.Size]byte // of the tokens; behind a function, so that nothing prints them
	byPath      map[string]API
	contentType string // of answers
}

// refusal is a refusal with an HTTP status. Its error is for reports alone: the
// caller learns the status.
type refusal struct {
	status int
	error
}

func (r refusal) Unwrap() error { return r.error }

var (
	errNoInterface = errors.New("no interface is served here")
	errNoAnswer    = errors.New("the function gave no answer; use Functions.Handle")
	errCredential  = fmt.Errorf("%w: the bearer token is not accepted", webhook.ErrUnknownKey)
)

// api returns the interface that a request is for.
func (s *callbackScheme) api(req *webhook.Request) API {
	return cmp.Or(API(req.Type), s.byPath[req.URL.Path])
}

// maxTimestamp is the documented length of the timestamp header.
const maxTimestamp = 15

// bearer returns the token that a request presents.
func bearer(req *webhook.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// precheck checks who is calling, and when, before the body is read.
func (s *callbackScheme) precheck(ctx context.Context, req *webhook.Request) error {
	if err := s.form(ctx, req); err != nil {
		return err
	}
	return s.Precheck(ctx, req)
}

// form refuses what is for no interface or presents no token.
func (s *callbackScheme) form(_ context.Context, req *webhook.Request) error {
	if inboundTypes[s.api(req)] == nil {
		return refusal{http.StatusNotFound, errNoInterface}
	}
	if _, ok := bearer(req); !ok {
		return refusal{http.StatusUnauthorized, errors.New("the Authorization header is missing or malformed")}
	}
	return nil
}

// Precheck implements [keyring.Prechecker].
func (s *callbackScheme) Precheck(ctx context.Context, req *webhook.Request) error {
	token, _ := bearer(req)
	if err := s.authenticate(ctx, token); err != nil {
		return refusal{http.StatusForbidden, err}
	}
	text := req.Header.Get("Timestamp")
	n, err := strconv.ParseInt(text, 10, 64)
	far := req.Time.Sub(time.Unix(n, 0)).Abs() > s.cfg.MaxAge && s.cfg.MaxAge > 0
	if err != nil || len(text) > maxTimestamp || n < 0 || far {
		return refusal{http.StatusBadRequest, webhook.ErrTimestamp}
	}
	return nil
}

// authenticate compares hashes, so that neither content nor length of a token
// shows in the time it takes. A panic of the issuer's function refuses.
func (s *callbackScheme) authenticate(ctx context.Context, token string) (err error) {
	if s.cfg.Authenticate != nil {
		defer func() {
			if recover() != nil {
				err = errors.New("the function Authenticate panicked")
			}
		}()
		return s.cfg.Authenticate(ctx, issuing.NewSecret(token))
	}
	got, match := sha256.Sum256([]byte(token)), 0
	for _, want := range s.hashes() {
		match |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	if match != 1 {
		return errCredential
	}
	return nil
}

// Verify implements [webhook.Scheme]. Who is calling is the bearer token's to say,
// which precheck has checked: nothing is signed. Open fills the message.
func (s *callbackScheme) Verify(context.Context, *webhook.Request) (webhook.Verified, error) {
	return webhook.Verified{Content: new(message)}, nil
}

// Open implements [webhook.Scheme].
func (s *callbackScheme) Open(_ context.Context, req *webhook.Request, v webhook.Verified) (*webhook.Event, error) {
	m, _ := v.Content.(*message)
	event := &webhook.Event{Type: string(s.api(req)), Question: true}
	data, err := s.decode(req, m, event)
	if err != nil {
		return nil, refusal{http.StatusBadRequest, err}
	}
	header := data.inbound()
	own := s.cfg.ParticipantID
	if !m.otp && (header.ParticipantID == "" || own != "" && header.ParticipantID != own) {
		return nil, CodeInvalidParticipant
	}
	header.Problems = event.Problems
	event.ID, event.Data, event.Raw = header.TranID, data, header.Raw
	event.Time, _ = header.At()
	if m.otp {
		event.ID = header.DedupeKey()
	}
	return event, nil
}

// dedupeSecret keys the digests in ids: they reach logs and databases, and one-time
// passwords are guessed easily.
func (s *callbackScheme) dedupeSecret(req *webhook.Request) issuing.Secret {
	switch {
	case !s.cfg.DedupeSecret.IsZero():
		return s.cfg.DedupeSecret
	case len(s.cfg.Tokens) > 0:
		return s.cfg.Tokens[0]
	}
	return issuing.NewSecret(req.Header.Get("Authorization"))
}

func (s *callbackScheme) decode(req *webhook.Request, m *message, event *webhook.Event) (inboundRequest, error) {
	plain, err := s.cfg.JWE.open(req.Body)
	if err != nil {
		return nil, err
	}
	if plain = bytes.TrimSpace(plain); len(plain) == 0 || plain[0] != '{' {
		return nil, errors.New("the body is not a JSON object")
	}
	api := s.api(req)
	data, codec := inboundTypes[api](), codec
	codec.Note = event.AddProblem
	if err := codec.Unmarshal(plain, data); err != nil {
		return nil, err
	}
	h, text := data.inbound(), string(plain)
	h.zone, h.Raw, h.dedupe = s.cfg.Zone, issuing.NewSecret(text), s.dedupeSecret(req)
	needed, question := decisive[api]
	m.otp = api == APISendOTP && h.ParticipantID == "" && h.TranID == "" && !event.HasProblem("participantId", "tranId")
	switch {
	case !m.otp && (h.TranID == "" || question && (h.TranDate == "" || h.TranTime == "")):
		return nil, errors.New("the public header is incomplete")
	case question && event.HasProblem(needed...):
		return nil, errors.New("a member that the answer needs cannot be read")
	}
	m.echo, err = echoOf(text)
	h.message = *m
	return data, err
}

// headerOrder is the order of the public header in an answer.
var headerOrder = [...]string{
	"participantId", "tranBranch", "tranChnl", "tranCode", "tranDate", "tranTime", "tranId", "tellerNo", "terminalNo",
}

// maxEcho bounds a field of the public header as it stands in the body, well above
// every documented length: what is echoed comes from outside.
const maxEcho = 66

// echoOf returns the members of the public header as they came, in headerOrder, each
// with a comma behind it. It refuses a member that is given twice, because the
// function and the echo, or two readers of one amount, could each take another, and
// an endless field of the header. The body has been read.
func echoOf(plain string) (string, error) {
	var echo [len(headerOrder)]string
	var seen map[string]bool // the other members
	size := 0
	for name, value := range wire.ReadMembers(plain) {
		i := slices.Index(headerOrder[:], name)
		switch {
		case seen[name] || i >= 0 && echo[i] != "":
			return "", errors.New("the body has a member twice")
		case i >= 0 && len(value) > maxEcho:
			return "", errors.New("a field of the public header is too long")
		case i >= 0:
			echo[i] = value
			size += len(name) + len(value) + len(`"":,`)
			continue
		case seen == nil:
			seen = map[string]bool{}
		}
		seen[name] = true
	}
	b := make([]byte, 0, size)
	for i, value := range echo {
		if value != "" {
			b = append(append(append(append(append(b, '"'), headerOrder[i]...), `":`...), value...), ',')
		}
	}
	return string(b), nil
}

// Answer implements [webhook.Scheme]. What could not be read gets a status alone.
func (s *callbackScheme) Answer(req *webhook.Request, result webhook.Result) webhook.Answer {
	m, ok := result.Verified.Content.(*message)
	fields := []string{strconv.FormatInt(req.Time.Unix(), 10), s.contentType}
	header := http.Header{"Timestamp": fields[:1:1]}
	status := bareStatus(result)
	if ok && status == 0 {
		header["Content-Type"] = fields[1:]
		return s.reply(header, result, m)
	}
	status = cmp.Or(status, webhook.StandardAnswer(result).Status)
	return webhook.Answer{Status: status, Header: header, Body: []byte(http.StatusText(status) + "\n")}
}

// bareStatus is the status of what is answered without a body of Coshine's form, and
// 0 for everything else that was read.
func bareStatus(result webhook.Result) int {
	if result.Err == nil {
		return 0
	}
	var refused refusal
	switch {
	case result.Outcome == webhook.OutcomeFailed && result.Event == nil: // it could not be found out: send again
		return webhook.StandardAnswer(result).Status
	case errors.As(result.Err, &refused):
		return refused.status
	case errors.Is(result.Err, webhook.ErrMethod):
		return http.StatusNotFound
	case result.Event == nil && errors.Is(result.Err, webhook.ErrUnknownKey): // as for a token that is not accepted
		return http.StatusForbidden
	}
	return 0
}

// reply is an answer in Coshine's form. Whatever went wrong refuses.
func (s *callbackScheme) reply(header http.Header, result webhook.Result, m *message) webhook.Answer {
	var out encoded
	if result.Event != nil && result.Err == nil {
		if data, ok := result.Event.Data.(inboundRequest); ok {
			out = data.inbound().answer
		}
	}
	var unanswered error
	if out.body.IsZero() {
		unanswered = cmp.Or(result.Err, errNoAnswer)
		code := CodeUnexpected
		errors.As(unanswered, &code)
		refusal := Refuse(code, "")
		out, _ = m.encode(&refusal)
	}
	body, err := s.cfg.JWE.seal([]byte(out.body.Reveal()))
	if err != nil {
		return webhook.Answer{Err: err}
	}
	return webhook.Answer{Status: http.StatusOK, Header: header, Body: body, Code: string(out.code), Err: unanswered}
}
