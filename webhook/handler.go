package webhook

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// bodyTimeout bounds how long a body may take to arrive, beside the source's
// deadline and the server's own limit. A callback fits into a few packets.
const bodyTimeout = 10 * time.Second

// Func handles one event. A nil error acknowledges it; an error makes the
// platform send it again, and so does a panic. It should return within a few
// seconds: platforms give up on slow answers and send again.
type Func func(ctx context.Context, event *Event) error

// Option configures a [Handler].
type Option func(*Handler)

// WithObserver sets a function that is told what happened to each callback, for
// logs and metrics, after an answer was sent. It runs concurrently; its panics
// are contained. Without one, each callback that was not acknowledged is a line of
// log/slog's default logger, at Warn, with provider, reason and [Report.Hint]. Of a
// flood ten lines a minute are written, and the rest is counted.
func WithObserver(observe func(context.Context, Report)) Option {
	return func(h *Handler) {
		if observe != nil {
			h.observe = observe
		}
	}
}

// WithClaims makes a handler claim in d instead of its source's [Deduper], for one
// that ties the claim to what the handler's function does. sqldedupe.NewHandler uses
// it.
func WithClaims(d Deduper) Option {
	return func(h *Handler) { h.deduper = d }
}

// Handler serves the callbacks of one source. It is safe for concurrent use.
type Handler struct {
	source  *Source
	fn      Func
	observe func(context.Context, Report)
	budget  budget
	deduper Deduper // nil is the source's
	fault   error   // why nothing can be handled
}

// NewHandler returns a handler that calls fn for every event of src: at least
// once, because a process can die between the function's end and the claim's. Give
// fn's own effect the event's id where a second one would cost money, or have claim and
// effect in one transaction, with sqldedupe.NewHandler. What was handled is
// acknowledged and not dispatched again, in all handlers of the source.
//
// Where each type has its own address and callbacks do not name theirs, serve them
// under a pattern of [http.ServeMux] with a wildcard {type}, or each with
// [Source.ForType]. A wildcard {credential} names the credential of a source that
// looks them up. [NewHandlers] serves several sources on one address.
//
// Answers are the provider's own. A body has ten seconds to arrive, or less where
// http.Server.ReadTimeout or the source says so. What its head condemns, by its method,
// length or missing signature, is refused unread, and the bodies that are on their way
// at once are bounded to some 24 MiB: what goes beyond is to be sent again. A panic of fn is contained,
// reported and answered as its error would be; http.ErrAbortHandler drops the
// connection and is not logged, as net/http promises.
func NewHandler(src *Source, fn Func, opts ...Option) *Handler {
	h := &Handler{source: src, fn: fn, observe: new(journal).observe}
	for _, opt := range opts {
		if opt != nil {
			opt(h)
		}
	}
	if src != nil {
		if h.fault = src.answerProblem(h.deduper); h.fault != nil {
			h.fn = nil
		}
	}
	return h
}

// errUnconfigured is the refusal of a handler without a source or function.
var errUnconfigured = errors.New("webhook: the handler has no source or no function")

// unconfigured answers where nothing can be handled.
func (h *Handler) unconfigured(ctx context.Context) Answer {
	answer := Text(http.StatusServiceUnavailable, http.StatusText(http.StatusServiceUnavailable))
	fault := cmp.Or(h.fault, errUnconfigured)
	d := delivery{h: h, report: Report{Outcome: OutcomeRefused, Status: answer.Status, Err: fault}}
	d.observe(ctx)
	return answer
}

// Handle does what ServeHTTP does for a request that arrived some other way, and
// returns the answer: from a gateway, a function in the cloud, a queue. Method and
// RemoteAddr may be empty, and the address where its path is not signed.
func (h *Handler) Handle(ctx context.Context, req *Request) Answer {
	if h.source == nil || h.fn == nil {
		return h.unconfigured(ctx)
	}
	return h.delivery(req).answered(ctx)
}

// answered takes a request that has its body all the way.
func (d *delivery) answered(ctx context.Context) Answer {
	ctx = d.bounded(ctx)
	defer d.end()
	body := d.req.Body
	d.req.Body = nil
	answer := d.run(ctx, func() error {
		if int64(len(body)) > d.source.maxBody {
			return ErrTooLarge
		}
		d.req.Body = body
		return nil
	})
	d.observe(ctx)
	return answer
}

// arrival is a request over HTTP, without its body.
func arrival(r *http.Request) Request {
	return Request{
		Method: r.Method, URL: r.URL, Header: r.Header, RemoteAddr: r.RemoteAddr,
		Type: r.PathValue("type"), Credential: r.PathValue("credential"),
	}
}

// ServeHTTP handles one callback.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.source == nil || h.fn == nil {
		h.unconfigured(r.Context()).write(w)
		return
	}
	req := arrival(r)
	h.delivery(&req).serve(w, r)
}

// serve carries a request over HTTP to its answer.
func (d *delivery) serve(w http.ResponseWriter, r *http.Request) {
	ctx := d.bounded(r.Context())
	defer d.end()
	defer d.loan.repay()
	control := http.NewResponseController(w)
	arrived := d.await(control, r)
	whole := false
	answer := d.run(ctx, func() (err error) {
		if d.req.Body, err = d.read(w, r); err == nil {
			whole = true
			arrived()
		}
		return err
	})
	if !whole && r.ProtoMajor == 1 {
		// net/http would wait for the rest of the body before it sends the answer.
		w.Header().Set("Connection", "close")
	}
	if answer.Drop {
		d.observe(ctx) // before nobody waits for this goroutine any more, a Shutdown included
		drop(control, w)
		return
	}
	answer.write(w)
	// net/http would keep the answer until the observer is done.
	_ = control.Flush()
	d.observe(ctx)
}

// await sets how long the body has to arrive, whoever waits for it: net/http does
// so as well, for the rest of one that was refused. The function it returns is
// called when all of it is there; the limit would end the request's context while
// the merchant's function runs.
func (d *delivery) await(control *http.ResponseController, r *http.Request) (arrived func()) {
	limit := bodyTimeout
	if d.source.deadline > 0 {
		limit = min(limit, d.source.deadline)
	}
	server, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	shorter := server != nil && server.ReadTimeout > 0 && server.ReadTimeout <= limit
	if shorter || control.SetReadDeadline(d.begun.Add(limit)) != nil { // or the writer knows none
		return func() {}
	}
	return func() { _ = control.SetReadDeadline(time.Time{}) }
}

// write sends an answer.
func (a Answer) write(w http.ResponseWriter) {
	header := w.Header()
	for name, values := range a.Header {
		header[name] = values
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	header["Content-Length"] = []string{strconv.Itoa(len(a.Body))}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body)
}

// drop closes the connection without an answer. Where the connection is not the
// request's own, as with HTTP/2, a status of failure says the same.
func drop(control *http.ResponseController, w http.ResponseWriter) {
	conn, _, err := control.Hijack()
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_ = conn.Close()
}
