package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// DefaultMaxBody bounds a callback's body. The largest documented payload is
// below 4 kB before encryption.
const DefaultMaxBody = 1 << 20

// Func handles one event. A nil error acknowledges it; an error makes the
// platform send it again. It should return within a few seconds: platforms give
// up on slow answers and send again.
type Func func(ctx context.Context, event *Event) error

// Outcome says what a [Handler] did with a callback.
type Outcome string

// Outcomes of a callback.
const (
	OutcomeHandled   Outcome = "handled"   // the function returned nil; acknowledged
	OutcomeDuplicate Outcome = "duplicate" // handled before; acknowledged again
	OutcomeBusy      Outcome = "busy"      // being handled by another delivery; to be sent again
	OutcomeFailed    Outcome = "failed"    // the function or the deduper failed; to be sent again
	OutcomeRefused   Outcome = "refused"   // not authentic, too large or unreadable
)

// Report describes one callback to an observer. It holds no body, no header and
// no secret.
type Report struct {
	Provider string
	Type     string // "" when it was refused before decoding
	ID       string // Event.ID, "" when it was refused before decoding
	Outcome  Outcome
	Err      error // why, for OutcomeFailed and OutcomeRefused
}

// Option configures a [Handler].
type Option func(*Handler)

// WithDeduper sets where handled events are remembered. The default is a
// [MemoryDeduper] of the handler's own.
func WithDeduper(d Deduper) Option {
	return func(h *Handler) {
		if d != nil {
			h.deduper = d
		}
	}
}

// WithMaxBody bounds a callback's body; larger ones are refused.
func WithMaxBody(n int64) Option {
	return func(h *Handler) {
		if n > 0 {
			h.maxBody = n
		}
	}
}

// WithObserver sets a function that is told what happened to each callback, for
// logs and metrics.
func WithObserver(observe func(context.Context, Report)) Option {
	return func(h *Handler) { h.observe = observe }
}

// Handler serves the callbacks of one source over HTTP.
type Handler struct {
	source  *Source
	fn      Func
	deduper Deduper
	maxBody int64
	observe func(context.Context, Report)
}

// NewHandler returns a handler that calls fn once for every event of src. It
// answers what the provider expects: its own acknowledgement on success, 401
// for what is not authentic, 413, 422, 500 and 503 for the rest.
func NewHandler(src *Source, fn Func, opts ...Option) *Handler {
	h := &Handler{source: src, fn: fn, maxBody: DefaultMaxBody}
	for _, opt := range opts {
		if opt != nil {
			opt(h)
		}
	}
	if h.deduper == nil {
		h.deduper = NewMemoryDeduper(0, 0)
	}
	return h
}

// errUnconfigured is the refusal of a handler without a source or function.
var errUnconfigured = errors.New("webhook: the handler has no source or no function")

// ServeHTTP handles one callback.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.source == nil || h.fn == nil {
		h.refuse(w, r, http.StatusServiceUnavailable, errUnconfigured)
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, r, http.StatusMethodNotAllowed, errors.New("webhook: not a POST"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.maxBody))
	if err != nil {
		status := http.StatusBadRequest
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		h.refuse(w, r, status, errors.New("webhook: the body is too large or broke off"))
		return
	}
	v, err := h.source.scheme.verify(r.Header, body, h.source.now())
	if err != nil {
		h.refuse(w, r, http.StatusUnauthorized, err)
		return
	}
	h.handle(w, r, v, body)
}

// handle claims, opens and dispatches an authenticated callback.
func (h *Handler) handle(w http.ResponseWriter, r *http.Request, v verified, body []byte) {
	ctx := r.Context()
	report := Report{Provider: h.source.provider}
	c := claims{deduper: h.deduper, prefix: h.source.provider + "/"}
	// The claims are given back whatever happens, a panic of the function
	// included, unless the event was handled.
	defer c.release(context.WithoutCancel(ctx))

	report.Outcome, report.Err = c.take(ctx, v.claims...)
	if report.Outcome != "" {
		h.conclude(ctx, w, v, report)
		return
	}
	event, err := h.source.open(v, body)
	if err != nil {
		h.refuse(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	report.Type, report.ID = event.Type, event.ID
	report.Outcome, report.Err = c.take(ctx, "event/"+event.ID)
	if report.Outcome == OutcomeDuplicate {
		// A known event under a new nonce: remember the nonce as well.
		report.Err = c.done(context.WithoutCancel(ctx))
	}
	if report.Outcome != "" {
		h.conclude(ctx, w, v, report)
		return
	}
	if report.Err = h.fn(ctx, event); report.Err != nil {
		report.Outcome = OutcomeFailed
		h.conclude(ctx, w, v, report)
		return
	}
	// The function has acted: from here on the event must not be dispatched
	// again, so the client's going away no longer matters.
	report.Outcome = OutcomeHandled
	if report.Err = c.done(context.WithoutCancel(ctx)); report.Err != nil {
		report.Outcome = OutcomeFailed
	}
	h.conclude(ctx, w, v, report)
}

func (h *Handler) conclude(ctx context.Context, w http.ResponseWriter, v verified, report Report) {
	switch report.Outcome {
	case OutcomeHandled, OutcomeDuplicate:
		h.source.success(v).write(w)
	default:
		h.source.scheme.failure().write(w)
	}
	h.report(ctx, report)
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, status int, err error) {
	Answer{Status: status, Body: http.StatusText(status)}.write(w)
	report := Report{Outcome: OutcomeRefused, Err: err}
	if h.source != nil {
		report.Provider = h.source.provider
	}
	h.report(r.Context(), report)
}

func (h *Handler) report(ctx context.Context, report Report) {
	if h.observe != nil {
		h.observe(ctx, report)
	}
}

func (a Answer) write(w http.ResponseWriter) {
	contentType := a.ContentType
	if contentType == "" {
		contentType = "text/plain; charset=utf-8"
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
}

// claims are the ids that one delivery holds in the deduper.
type claims struct {
	deduper Deduper
	prefix  string
	held    []string
}

// take claims ids in order. The outcome is "" when all are held now.
func (c *claims) take(ctx context.Context, ids ...string) (Outcome, error) {
	for _, id := range ids {
		state, err := c.deduper.Claim(ctx, c.prefix+id)
		switch {
		case err != nil:
			return OutcomeFailed, err
		case state == ClaimDone:
			return OutcomeDuplicate, nil
		case state == ClaimBusy:
			return OutcomeBusy, nil
		}
		c.held = append(c.held, c.prefix+id)
	}
	return "", nil
}

// done marks all held claims as handled, the last one, the event's, first.
func (c *claims) done(ctx context.Context) error {
	for len(c.held) > 0 {
		last := len(c.held) - 1
		if err := c.deduper.Done(ctx, c.held[last]); err != nil {
			return err
		}
		c.held = c.held[:last]
	}
	return nil
}

// release gives back what is still held.
func (c *claims) release(ctx context.Context) {
	for _, id := range c.held {
		_ = c.deduper.Release(ctx, id)
	}
	c.held = nil
}
