package webhook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
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
	"github.com/issuing-sdk/issuing-go/unionpay"
)

// UnionPayConfig is what UnionPay's messages to a token requestor are checked
// with, and what our answers are signed with.
type UnionPayConfig struct {
	// Profile is the security profile of the endpoint.
	Profile unionpay.Profile
	// SignKey signs answers. Required, RSA of 2048 bits or more.
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
	// PayloadMode, JWE and UMPSDigestInfo are as in unionpay.Config.
	PayloadMode    sign.UPIMode
	JWE            jose.UPIJWE
	UMPSDigestInfo bool
	// Path is the path that UPI sends to, which UPI-REQPATH must be. Empty takes
	// the path of the HTTP request; set it behind a proxy that rewrites paths.
	Path string
	// Skew is how far UPI-TIMESTAMP may be from our clock; 0 is 300 s.
	Skew time.Duration
	// Zone is the zone of msgInfo.timeStamp; nil is UTC+8.
	Zone *time.Location
	// Accept lists further message types that the function handles; they arrive
	// as *Unknown. Other types are answered with code 12.
	Accept []unionpay.MessageType
	// Deduper remembers UUIDs and message ids; nil is one in memory. It must hold
	// them for at least 24 hours.
	Deduper Deduper
	// MaxBody bounds a message; 0 is DefaultMaxBody.
	MaxBody int64
	// Observe is told what happened to each message, for logs and metrics.
	Observe func(context.Context, Report)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

func (cfg UnionPayConfig) validate(fn Func) error {
	var p check.Problems
	if !cfg.Profile.Known() {
		p.Add("Profile", "is unknown")
	}
	if p.Required("SignKey", !cfg.SignKey.IsZero()) && cfg.SignKey.Bits() < 2048 {
		p.Add("SignKey", "has %d bits, at least 2048 are needed", cfg.SignKey.Bits())
	}
	p.Text("SignKeyID", cfg.SignKeyID, 64)
	p.Required("UPISignKeys", len(cfg.UPISignKeys) > 0)
	for kid, key := range cfg.UPISignKeys {
		if kid == "" || key.IsZero() {
			p.Add("UPISignKeys", "has an empty key or id")
		}
	}
	if cfg.Profile == unionpay.ProfileG {
		p.Required("AppIDs", len(cfg.AppIDs) > 0 && !slices.Contains(cfg.AppIDs, ""))
	}
	for _, key := range cfg.DecryptKeys {
		if !key.CanDecrypt() {
			p.Add("DecryptKeys", "has a key that cannot decrypt")
		}
	}
	if !cfg.PayloadMode.Known() {
		p.Add("PayloadMode", "is unknown")
	}
	if !cfg.JWE.Supported() {
		p.Add("JWE", "has an unsupported algorithm")
	}
	p.Required("function", fn != nil)
	return p.Err("webhook", "UnionPay")
}

// UnionPayHandler serves the messages that UnionPay sends to a token requestor.
// Unlike the other providers' acknowledgements, the answer to each is a signed
// message of its own. It is safe for concurrent use.
type UnionPayHandler struct {
	cfg    UnionPayConfig
	fn     Func
	stored *recent[string, unionPayReply]
	order  *recent[[sha256.Size]byte, tokenOrder]
	secret *[32]byte // keys the names of tokens in order; behind a pointer, so that it does not print
}

// Bounds of what a handler remembers beside the deduper.
const (
	maxStoredAnswers = 4096    // answers that are sent again to a repeat
	maxTokenOrders   = 1 << 16 // tokens whose latest notification is known
)

// UnionPay returns the handler for UnionPay's messages in the configured profile.
//
// The function gets *unionpay.TokenStateChanged, *unionpay.TransactionReported,
// *unionpay.UserIDRequested, whose AppUserID it sets, or *Unknown for the types
// of Accept. A nil error answers 00, an error 96, so that UPI may send again.
//
// A repeated UUID is refused; a repeated message under a new UUID gets the first
// answer again and does not reach the function. A token's notification that is
// older than one handled before, or that follows its deletion, is acknowledged
// and not dispatched.
//
// Profile U protects no time of its own, so a message is recognised as a repeat
// for as long as the deduper remembers it: give that profile a durable one.
//
// What is not authentic is answered with status 401 and code E0, whatever the
// reason.
func UnionPay(cfg UnionPayConfig, fn Func) (*UnionPayHandler, error) {
	if err := cfg.validate(fn); err != nil {
		return nil, err
	}
	cfg.UPISignKeys = maps.Clone(cfg.UPISignKeys)
	cfg.DecryptKeys = maps.Clone(cfg.DecryptKeys)
	cfg.AppIDs = slices.Clone(cfg.AppIDs)
	cfg.Accept = slices.Clone(cfg.Accept)
	if cfg.Deduper == nil {
		cfg.Deduper = NewMemoryDeduper(0, 0)
	}
	if cfg.MaxBody <= 0 {
		cfg.MaxBody = DefaultMaxBody
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	h := &UnionPayHandler{
		cfg: cfg, fn: fn,
		stored: newRecent[string, unionPayReply](maxStoredAnswers),
		order:  newRecent[[sha256.Size]byte, tokenOrder](maxTokenOrders),
		secret: new([32]byte),
	}
	_, err := rand.Read(h.secret[:])
	return h, err
}

// ServeHTTP handles one message.
func (h *UnionPayHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		h.report(r.Context(), Report{Outcome: OutcomeRefused, Err: errors.New("webhook: not a POST")})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.cfg.MaxBody))
	if err != nil {
		status := http.StatusBadRequest
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		w.WriteHeader(status)
		h.report(r.Context(), Report{Outcome: OutcomeRefused, Err: errors.New("webhook: the body is too large or broke off")})
		return
	}
	answer := h.Handle(r.Context(), r.URL.Path, r.Header, body)
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.Body)))
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body)
}

// UnionPayAnswer is the answer to a message.
type UnionPayAnswer struct {
	Status int
	Header http.Header
	Body   []byte
}

// refusal is the documented body of a 401, with its capital M.
const refusal = `{"MsgResponse":{"responseCode":"E0","responseMsg":"Unauthorized access"}}`

func jsonHeader() http.Header {
	return http.Header{"Content-Type": {"application/json;charset=UTF-8"}}
}

// Handle does what ServeHTTP does for a message that arrived some other way: at
// path, with its headers and its raw body.
func (h *UnionPayHandler) Handle(ctx context.Context, path string, header http.Header, body []byte) UnionPayAnswer {
	uuid, appID, err := h.authenticate(ctx, path, header, body)
	switch {
	case errors.Is(err, issuing.ErrUnavailable):
		h.report(ctx, Report{Outcome: OutcomeFailed, Err: err})
		return UnionPayAnswer{Status: http.StatusServiceUnavailable}
	case err != nil:
		h.report(ctx, Report{Outcome: OutcomeRefused, Err: err})
		return UnionPayAnswer{Status: http.StatusUnauthorized, Header: jsonHeader(), Body: []byte(refusal)}
	}
	reply := h.reply(ctx, body)
	return h.sealed(reply, appID, uuid)
}

// jwsOf returns the UPI-JWS header in whatever case it is kept: http.Server
// writes Upi-Jws, a queue may have kept the documented spelling.
func jwsOf(header http.Header) string {
	for name, values := range header {
		if strings.EqualFold(name, "UPI-JWS") && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// authenticate checks a message. An error of kind issuing.ErrUnavailable comes
// from the deduper.
func (h *UnionPayHandler) authenticate(ctx context.Context, path string, header http.Header, body []byte) (uuid, appID string, err error) {
	cfg := h.cfg
	if cfg.Profile == unionpay.ProfileU {
		if _, err := (sign.UMPS{DigestInfo: cfg.UMPSDigestInfo}).Verify(cfg.UPISignKeys, "umpsSignCertID", body); err != nil {
			return "", "", fmt.Errorf("%w: %w", ErrSignature, err)
		}
		return "", "", nil
	}
	if cfg.Path != "" {
		path = cfg.Path
	}
	verifier := sign.UPIVerifier{Keys: cfg.UPISignKeys, Mode: cfg.PayloadMode, Skew: cfg.Skew, AppIDs: cfg.AppIDs}
	head, err := verifier.Verify(jwsOf(header), body, sign.UPIExpect{
		Now: cfg.Now(), Request: true, Path: path,
		Seen: func(appID, uuid string) (bool, error) { return h.used(ctx, appID+"/"+uuid) },
	})
	switch {
	case errors.Is(err, issuing.ErrUnavailable):
		return "", "", err
	case header.Get("UPI-SIGN") != "" && jwsOf(header) == "":
		return "", "", fmt.Errorf("%w: the older scheme of five headers, which is not accepted: %w", ErrSignature, err)
	case err != nil:
		return "", "", fmt.Errorf("%w: %w", ErrSignature, err)
	}
	return head.UUID, head.AppID, nil
}

// used notes a UUID and reports whether it was noted before.
func (h *UnionPayHandler) used(ctx context.Context, id string) (bool, error) {
	id = "unionpay/uuid/" + id
	state, err := h.cfg.Deduper.Claim(ctx, id)
	if err == nil && state == ClaimNew {
		err = h.cfg.Deduper.Done(context.WithoutCancel(ctx), id)
	}
	if err != nil {
		return false, fmt.Errorf("webhook: %w: %w", issuing.ErrUnavailable, err)
	}
	return state != ClaimNew, nil
}

func (h *UnionPayHandler) report(ctx context.Context, report Report) {
	report.Provider = "unionpay"
	if h.cfg.Observe != nil {
		h.cfg.Observe(ctx, report)
	}
}
