package authdecision

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/internal/check"
	"github.com/issuing-sdk/issuing-go/internal/wire"
)

// Func decides one transaction. ctx ends when an answer would come too late.
// Without an answer UQPAY's configured default decides: on an error, a panic, the
// zero Decision, or a decision after the end of ctx.
type Func func(ctx context.Context, req *Request) (Decision, error)

// Config is what a [Handler] works with.
type Config struct {
	// Key is the merchant's own, whose public half UQPAY has. Required.
	Key PrivateKey
	// PlatformKey is UQPAY's. Required.
	PlatformKey PublicKey
	// Window is the time that was agreed with UQPAY, 1 to 5 seconds. Required.
	Window time.Duration
	// Margin is how much of the window is left to the network and the
	// encryption; 0 is a fifth of it. The decision has Window minus Margin, from
	// the request's arrival on.
	Margin time.Duration
	// Decide decides. Required.
	Decide Func
	// Allow, when set, refuses requests before anything of them is read, such as
	// those from unknown addresses.
	Allow func(*http.Request) bool
	// Observe, when set, is told what happened to each request, and once more of
	// a decision that comes too late. It runs concurrently and must not block. Its
	// panics are contained: they neither change an answer nor end the process.
	Observe func(context.Context, Report)
	// Zone is that of date_of_transaction, which no document states; nil is
	// UTC+8, the zone of all of UQPAY's documented times.
	Zone *time.Location
	// Remember is for how long a decision answers repeats of its request; 0 is an
	// hour.
	Remember time.Duration
	// Now is the clock for the keys' validity and Remember; nil is time.Now.
	Now func() time.Time
}

// maxWindow is the longest window that UQPAY agrees to.
const maxWindow = 5 * time.Second

// Outcome says what a [Handler] did with a request.
type Outcome string

// Outcomes of a request.
const (
	OutcomeAnswered Outcome = "answered" // the decision was sent
	OutcomeRepeated Outcome = "repeated" // a repeat got the decision of the first request
	OutcomeDropped  Outcome = "dropped"  // no decision was sent; UQPAY's default decides
	OutcomeRefused  Outcome = "refused"  // not a request: not allowed, not opened, not read
)

// Report describes one request to an observer. It holds no body and no secret.
type Report struct {
	RequestID     string        // the x-request-id header
	TransactionID string        // "" when the request was refused
	Outcome       Outcome       // what was done
	Decision      Decision      // what was sent, or what came too late
	Duration      time.Duration // from the request's arrival
	Err           error         // why, for OutcomeDropped and OutcomeRefused
}

// Causes of a dropped request.
var (
	// ErrLate: the function gave no decision within its time.
	ErrLate = errors.New("authdecision: no decision in time")
	// ErrPanic: the function panicked.
	ErrPanic = errors.New("authdecision: the function panicked")
	// ErrNoDecision: the function returned the zero Decision or one that cannot
	// be sent.
	ErrNoDecision = errors.New("authdecision: not a decision")
	// ErrReplay: another request came under a transaction id that is known.
	ErrReplay = errors.New("authdecision: another request under a known transaction id")
)

// Handler answers authorization requests over HTTP. It is safe for concurrent
// use.
type Handler struct {
	cfg     Config
	budget  time.Duration
	repeats *memory
}

// New returns a handler. It checks the configuration.
func New(cfg Config) (*Handler, error) {
	var p check.Problems
	p.Required("Key", !cfg.Key.IsZero())
	p.Required("PlatformKey", !cfg.PlatformKey.IsZero())
	p.Required("Decide", cfg.Decide != nil)
	switch {
	case cfg.Window <= 0:
		p.Required("Window", false)
	case cfg.Window > maxWindow:
		p.Add("Window", "is longer than %v, the longest that UQPAY agrees to", maxWindow)
	}
	if cfg.Margin == 0 {
		cfg.Margin = cfg.Window / 5
	}
	if cfg.Margin < 0 || (cfg.Window > 0 && cfg.Margin >= cfg.Window) {
		p.Add("Margin", "must lie between 0 and Window")
	}
	if err := p.Err("authdecision", "New"); err != nil {
		return nil, err
	}
	if !cfg.Key.IsZero() && cfg.Key.Public().Fingerprint() == cfg.PlatformKey.Fingerprint() {
		return nil, &issuing.Error{Provider: "authdecision", Op: "New", Kind: issuing.ErrInvalid,
			Err: errors.New("the own key and the platform's are the same")}
	}
	if cfg.Zone == nil {
		cfg.Zone = time.FixedZone("UTC+8", 8*60*60)
	}
	if cfg.Remember <= 0 {
		cfg.Remember = time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Handler{cfg: cfg, budget: cfg.Window - cfg.Margin, repeats: newMemory(cfg.Remember, cfg.Now)}, nil
}

// ServeHTTP answers one request with an encrypted decision, or drops the
// connection.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	report := Report{RequestID: clip(r.Header.Get("x-request-id")), Outcome: OutcomeRefused}
	// A body that trickles in must not hold the connection beyond the window.
	// Servers and tests without deadlines go on without one.
	_ = http.NewResponseController(w).SetReadDeadline(begun.Add(h.budget))
	sealed, err := h.answer(r, &report)
	report.Duration, report.Err = time.Since(begun), err
	h.observe(r.Context(), report)
	if err != nil {
		drop(w)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(sealed)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(sealed)
}

// observe tells the observer, whose panic must not reach decide's goroutine,
// where nothing else would contain it.
func (h *Handler) observe(ctx context.Context, report Report) {
	if h.cfg.Observe == nil {
		return
	}
	defer func() { _ = recover() }()
	h.cfg.Observe(context.WithoutCancel(ctx), report)
}

// drop closes the connection without an answer, so that UQPAY's default decides.
// Where the connection is not the request's own, as with HTTP/2, a status other
// than 200 says the same.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_ = conn.Close()
}

// clip bounds what a caller can put into reports.
func clip(id string) string { return id[:min(len(id), 128)] }

// errNotAllowed is the refusal of a request that is none.
var errNotAllowed = errors.New("authdecision: not a POST, or not allowed")

// answer returns the encrypted answer to a request.
func (h *Handler) answer(r *http.Request, report *Report) ([]byte, error) {
	ctx, cancel := context.WithTimeout(r.Context(), h.budget)
	defer cancel()
	if r.Method != http.MethodPost || (h.cfg.Allow != nil && !h.cfg.Allow(r)) {
		return nil, errNotAllowed
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxMessage+1))
	if err != nil {
		return nil, fmt.Errorf("authdecision: the request broke off: %w", err)
	}
	if len(body) > MaxMessage {
		return nil, fmt.Errorf("authdecision: the request is over %d bytes: %w", MaxMessage, issuing.ErrTooLarge)
	}
	plaintext, err := open(h.cfg.Key, body, h.cfg.Now())
	if err != nil {
		return nil, err
	}
	req, err := decodeRequest(plaintext, h.cfg.Zone)
	if err != nil {
		return nil, err
	}
	req.RequestID = report.RequestID
	report.TransactionID, report.Outcome = req.TransactionID, OutcomeDropped
	c, first, err := h.repeats.claim(req.TransactionID, sha256.Sum256(plaintext))
	if err != nil {
		return nil, err
	}
	if first {
		go h.decide(ctx, req, c)
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		return nil, ErrLate
	}
	if c.err != nil {
		return nil, c.err
	}
	report.Decision = c.decision
	if ctx.Err() != nil {
		return nil, ErrLate
	}
	text, err := (wire.Codec{}).Marshal(Answer{req.TransactionID, c.decision.Code, c.decision.Reference})
	if err != nil {
		return nil, ErrNoDecision
	}
	sealed, err := seal(h.cfg.PlatformKey, text, h.cfg.Now())
	if err != nil {
		return nil, err
	}
	report.Outcome = OutcomeAnswered
	if !first {
		report.Outcome = OutcomeRepeated
	}
	return sealed, nil
}

// decide runs the merchant's function and contains its panic. It goes on after
// its time is over, so that a decision which comes late is at least reported.
func (h *Handler) decide(ctx context.Context, req *Request, c *claim) {
	var decision Decision
	err := ErrPanic
	begun := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = ErrPanic
		}
		if err == nil && !decision.valid() {
			err = ErrNoDecision
		}
		// Before the answer is let go, which ends ctx.
		late := ctx.Err() != nil
		h.repeats.settle(c, decision, err)
		if err == nil && late {
			h.observe(ctx, Report{
				RequestID: req.RequestID, TransactionID: req.TransactionID, Outcome: OutcomeDropped,
				Decision: decision, Duration: time.Since(begun), Err: ErrLate,
			})
		}
	}()
	decision, err = h.cfg.Decide(ctx, req)
}
