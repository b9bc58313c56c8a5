package coshine

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/sign/jose"
)

// Defaults of [ReceiverConfig].
const (
	// DefaultDeadline bounds a request. EastPay gives notifications 2 seconds;
	// its limit for authorizations is not published.
	DefaultDeadline = 1500 * time.Millisecond
	// DefaultMaxInbound bounds a request body.
	DefaultMaxInbound = 256 << 10
)

// InboundJWE configures encrypted inbound bodies, where the roles of [OAuth] are
// reversed.
type InboundJWE struct {
	DecryptionKey sign.PrivateKey       // the issuer's RSA key; required
	PlatformKey   sign.PublicKey        // EastPay's RSA key, for answers; required
	PlatformKeyID string                // kid of answers; empty sends none
	Serialization jose.JWESerialization // zero is compact
	ContentType   string                // of answers; empty is DefaultBodyContentType
}

func (j *InboundJWE) check(p *check.Problems) {
	checkJWEKeys(p, "JWE.", j.PlatformKey, j.DecryptionKey)
	p.OptionalText("JWE.PlatformKeyID", j.PlatformKeyID, 256)
	p.OptionalText("JWE.ContentType", j.ContentType, 128)
	if j.Serialization != jose.JWECompact && j.Serialization != jose.JWEJSON {
		p.Add("JWE.Serialization", "is unknown")
	}
}

// ReceiverConfig configures a [Receiver]. Either Tokens or Authenticate is
// required. How long a body may take to arrive is the HTTP server's setting
// (ReadTimeout).
type ReceiverConfig struct {
	// Tokens are the static bearer tokens that EastPay may present; several for
	// a change of token. They are compared in constant time.
	Tokens []issuing.Secret
	// Authenticate checks a bearer token instead, such as an access token that
	// the issuer's own authorization server gave to EastPay. An error or a panic
	// refuses. Its context ends at the deadline.
	Authenticate func(ctx context.Context, token issuing.Secret) error
	// JWE turns encrypted bodies on. Plain bodies are refused then.
	JWE *InboundJWE
	// ParticipantID, when set, must be the request's; another one is answered
	// with [CodeInvalidParticipant].
	ParticipantID string
	// Paths are the addresses that the issuer chose, for ServeHTTP. Without them
	// mount [Receiver.Handler] for each interface.
	Paths map[API]string
	// Deadline bounds Authenticate, the body's arrival and the function together;
	// 0 is DefaultDeadline. A function is not called after it.
	Deadline time.Duration
	// MaxAge refuses requests whose timestamp header, in seconds, differs more
	// from the clock; 0 accepts every one, because Coshine publishes neither
	// unit nor tolerance.
	MaxAge time.Duration
	// MaxBody bounds a request body; 0 is DefaultMaxInbound.
	MaxBody int64
	// Zone is the zone of tranDate and tranTime; nil is UTC+8.
	Zone *time.Location
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Observe, when set, is told about every request, for logs and metrics.
	Observe func(ctx context.Context, r InboundReport)
}

// InboundReport describes one inbound request to an observer. It holds no body,
// no header and no secret.
type InboundReport struct {
	API      API           // which interface; "" for an unknown path
	TranID   string        // of the request; "" when it was refused before decoding
	Status   int           // HTTP status of the answer
	Code     Code          // response code of the answer; "" when there was none
	Duration time.Duration // until the answer was ready
	Err      error         // why it was refused or failed
}

// Functions are the merchant's functions for inbound requests. An interface
// without a function is answered with HTTP 404. A function's error, panic or
// missed deadline refuses the request: with the error's [Code] when it is one
// other than "00", else with [CodeUnexpected].
//
// The context ends at the deadline. A function that returns later is not waited
// for and its answer is discarded, so it must undo what it has done.
type Functions struct {
	// SendOTP delivers a one-time password, or makes one (row 44). Approving says
	// that it is on its way.
	SendOTP func(context.Context, *SendOTPRequest) (Answer, error)
	// VerifyOTP says whether a one-time password is right (row 45).
	VerifyOTP func(context.Context, *VerifyOTPRequest) (Answer, error)
	// StartOOBAuthen starts an authentication out of band (row 46) and does not
	// wait for its end.
	StartOOBAuthen func(context.Context, *StartOOBAuthenRequest) (Answer, error)
	// OOBResultInquiry says how it ended (row 47).
	OOBResultInquiry func(context.Context, *OOBResultInquiryRequest) (Answer, error)
	// TokenStateNotification takes note of a payment token's state (row 41).
	TokenStateNotification func(context.Context, *TokenStateNotification) (Answer, error)
	// Authorization approves or declines a transaction. A repeat of a tranId must
	// get the first answer and not hold money again.
	Authorization func(context.Context, *AuthorizationRequest) (Answer, error)
	// BalanceInquiry answers with the balance, in Answer.Extra.
	BalanceInquiry func(context.Context, *RemoteBalanceRequest) (Answer, error)
	// Clearing books a cleared transaction, once for each tranId.
	Clearing func(context.Context, *ClearingRequest) (Answer, error)
	// AuthorizationNotification takes note of a transaction's latest status.
	AuthorizationNotification func(context.Context, *AuthorizationNotification) (Answer, error)
}

// Receiver serves what EastPay sends to the issuer. It is immutable and safe for
// concurrent use.
type Receiver struct {
	cfg    ReceiverConfig
	hashes [][sha256.Size]byte // of the tokens
	serves map[API]service
	byPath map[string]API
}

// service decodes a request and runs its function.
type service func(ctx context.Context, plain []byte, prepare func(*Inbound)) (func() (Answer, error), error)

// serve makes a service of a typed function, nil of none.
func serve[T any, P interface {
	*T
	inbound() *Inbound
}](fn func(context.Context, P) (Answer, error)) service {
	if fn == nil {
		return nil
	}
	return func(ctx context.Context, plain []byte, prepare func(*Inbound)) (func() (Answer, error), error) {
		req := P(new(T))
		if err := codec.Unmarshal(plain, req); err != nil {
			return nil, err
		}
		prepare(req.inbound())
		return func() (Answer, error) { return fn(ctx, req) }, nil
	}
}

// NewReceiver returns a receiver. It refuses a configuration by which nobody, or
// everybody, could get in.
func NewReceiver(cfg ReceiverConfig, fns Functions) (*Receiver, error) {
	r := &Receiver{cfg: cfg, serves: map[API]service{}, byPath: map[string]API{}}
	for api, s := range map[API]service{
		APISendOTP:                   serve(fns.SendOTP),
		APIVerifyOTP:                 serve(fns.VerifyOTP),
		APIStartOOBAuthen:            serve(fns.StartOOBAuthen),
		APIOOBResultInquiry:          serve(fns.OOBResultInquiry),
		APITokenStateNotification:    serve(fns.TokenStateNotification),
		APIAuthorization:             serve(fns.Authorization),
		APIRemoteBalanceInquiry:      serve(fns.BalanceInquiry),
		APIClearing:                  serve(fns.Clearing),
		APIAuthorizationNotification: serve(fns.AuthorizationNotification),
	} {
		if s != nil {
			r.serves[api] = s
		}
	}
	if err := r.validate(); err != nil {
		return nil, err
	}
	for _, token := range cfg.Tokens {
		r.hashes = append(r.hashes, sha256.Sum256([]byte(token.Reveal())))
	}
	r.cfg.Tokens = nil
	if cfg.JWE != nil {
		jwe := *cfg.JWE
		r.cfg.JWE = &jwe
	}
	for api, path := range cfg.Paths {
		r.byPath[path] = api
	}
	if r.cfg.Deadline == 0 {
		r.cfg.Deadline = DefaultDeadline
	}
	if r.cfg.MaxBody == 0 {
		r.cfg.MaxBody = DefaultMaxInbound
	}
	if r.cfg.Zone == nil {
		r.cfg.Zone = defaultZone
	}
	if r.cfg.Now == nil {
		defaults, err := issuing.NewSettings()
		if err != nil {
			return nil, err
		}
		r.cfg.Now = defaults.Now
	}
	return r, nil
}

func (r *Receiver) validate() error {
	var p check.Problems
	cfg := r.cfg
	switch {
	case len(cfg.Tokens) == 0 && cfg.Authenticate == nil:
		p.Add("Tokens", "is required unless Authenticate is set")
	case len(cfg.Tokens) > 0 && cfg.Authenticate != nil:
		p.Add("Tokens", "must be empty when Authenticate is set")
	}
	for i, token := range cfg.Tokens {
		switch trimmed := strings.TrimSpace(token.Reveal()); {
		case trimmed == "":
			p.Add(fmt.Sprintf("Tokens[%d]", i), "is empty")
		case trimmed != token.Reveal():
			p.Add(fmt.Sprintf("Tokens[%d]", i), "has blanks around it, which no header can present")
		}
	}
	if cfg.JWE != nil {
		cfg.JWE.check(&p)
	}
	if len(r.serves) == 0 {
		p.Add("Functions", "needs at least one function")
	}
	if cfg.Deadline < 0 || cfg.MaxAge < 0 || cfg.MaxBody < 0 {
		p.Add("Deadline, MaxAge, MaxBody", "must not be negative")
	}
	seen := map[string]bool{}
	for _, api := range slices.Sorted(maps.Keys(cfg.Paths)) {
		path := cfg.Paths[api]
		field := fmt.Sprintf("Paths[%.40s]", string(api))
		if r.serves[api] == nil {
			p.Add(field, "is no inbound interface with a function")
		}
		if !strings.HasPrefix(path, "/") || seen[path] {
			p.Add(field, "needs a path of its own that starts with /")
		}
		seen[path] = true
	}
	return p.Err(providerName, "NewReceiver")
}

// Handler returns the handler of one interface, to be mounted where the issuer
// and Coshine agreed. It answers 404 for an interface without a function.
func (r *Receiver) Handler(api API) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.handle(w, req, api) })
}

// ServeHTTP serves the interfaces at [ReceiverConfig.Paths].
func (r *Receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.handle(w, req, r.byPath[req.URL.Path])
}

// errRefused are the reasons of a refusal, for the observer alone: the caller
// learns a status.
var (
	errNoInterface  = errors.New("no interface is served here")
	errNoCredential = errors.New("the Authorization header is missing or malformed")
	errCredential   = errors.New("the bearer token is not accepted")
	errTimestamp    = errors.New("the timestamp header is missing, malformed or too far from the clock")
	errTooLarge     = errors.New("the body is too large")
	errBody         = errors.New("the body broke off")
	errNoHeader     = errors.New("the public header is incomplete, or a field of it too long to be echoed")
)

// handle answers one request.
func (r *Receiver) handle(w http.ResponseWriter, req *http.Request, api API) {
	start := r.cfg.Now()
	report := InboundReport{API: api}
	ctx, cancel := context.WithTimeout(req.Context(), r.cfg.Deadline)
	defer cancel()
	body, status, err := r.admit(w, req.WithContext(ctx), api)
	var reply []byte
	if err == nil {
		reply, status, err = r.answer(ctx, api, body, &report)
	}
	report.Status, report.Err, report.Duration = status, err, r.cfg.Now().Sub(start)
	h := w.Header()
	h.Set("Timestamp", strconv.FormatInt(r.cfg.Now().Unix(), 10))
	if reply == nil {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		reply = []byte(http.StatusText(status) + "\n")
	} else {
		h.Set("Content-Type", r.contentType())
	}
	h.Set("Content-Length", strconv.Itoa(len(reply)))
	w.WriteHeader(status)
	_, _ = w.Write(reply)
	if r.cfg.Observe != nil {
		// net/http would keep the answer until the observer is done.
		_ = http.NewResponseController(w).Flush()
		r.observe(req.Context(), report)
	}
}

// observe tells the observer. Its panic must not take back an answer where w
// cannot be flushed: EastPay would never learn that the function approved.
func (r *Receiver) observe(ctx context.Context, report InboundReport) {
	defer func() { _ = recover() }()
	r.cfg.Observe(ctx, report)
}

func (r *Receiver) contentType() string {
	switch {
	case r.cfg.JWE == nil:
		return "application/json; charset=UTF-8"
	case r.cfg.JWE.ContentType != "":
		return r.cfg.JWE.ContentType
	}
	return DefaultBodyContentType
}

// admit checks who is calling before it reads the body.
func (r *Receiver) admit(w http.ResponseWriter, req *http.Request, api API) (body []byte, status int, err error) {
	if r.serves[api] == nil || req.Method != http.MethodPost {
		return nil, http.StatusNotFound, errNoInterface
	}
	scheme, token, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return nil, http.StatusUnauthorized, errNoCredential
	}
	if err := r.authenticate(req.Context(), strings.TrimSpace(token)); err != nil {
		return nil, http.StatusForbidden, err
	}
	if !r.timely(req.Header.Get("Timestamp")) {
		return nil, http.StatusBadRequest, errTimestamp
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, req.Body, r.cfg.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge, errTooLarge
	case err != nil:
		return nil, http.StatusBadRequest, errBody
	}
	if r.cfg.JWE != nil {
		if body, err = jose.OpenJWE(r.cfg.JWE.DecryptionKey, r.cfg.JWE.Serialization, string(body)); err != nil {
			return nil, http.StatusBadRequest, err
		}
	}
	return body, 0, nil
}

// authenticate compares hashes, so that neither content nor length of a token
// shows in the time it takes.
func (r *Receiver) authenticate(ctx context.Context, token string) error {
	if r.cfg.Authenticate != nil {
		if err := r.ask(ctx, issuing.NewSecret(token)); err != nil {
			return fmt.Errorf("%w: %w", errCredential, err)
		}
		return nil
	}
	got := sha256.Sum256([]byte(token))
	match := 0
	for _, want := range r.hashes {
		match |= subtle.ConstantTimeCompare(got[:], want[:])
	}
	if match != 1 {
		return errCredential
	}
	return nil
}

// ask runs Authenticate. A panic refuses.
func (r *Receiver) ask(ctx context.Context, token issuing.Secret) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the function Authenticate panicked")
		}
	}()
	return r.cfg.Authenticate(ctx, token)
}

// maxTimestamp is the documented length of the timestamp header.
const maxTimestamp = 15

func (r *Receiver) timely(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || len(text) > maxTimestamp || n < 0 {
		return false
	}
	age := r.cfg.Now().Sub(time.Unix(n, 0)).Abs()
	return r.cfg.MaxAge == 0 || age <= r.cfg.MaxAge
}
