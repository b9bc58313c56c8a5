package platform

import (
	"net/http"
	"strconv"
	"time"
)

// Fault is one misbehaviour of a platform, for one request. The zero Fault is
// none.
type Fault struct {
	kind        faultKind
	afterCommit bool
	wait        time.Duration
	status      int
	body        string
}

type faultKind int

const (
	none faultKind = iota
	drop
	badGateway
	tooMany
	delay
	truncate
	replace
	refuse
)

// DropBefore closes the connection without carrying the request out.
func DropBefore() Fault { return Fault{kind: drop} }

// DropAfter carries the request out and closes the connection without an
// answer.
func DropAfter() Fault { return Fault{kind: drop, afterCommit: true} }

// BadGateway answers with an HTML page and status 502, before or after carrying
// the request out.
func BadGateway(afterCommit bool) Fault { return Fault{kind: badGateway, afterCommit: afterCommit} }

// RateLimited answers 429 with a Retry-After header in whole seconds and does
// not carry the request out.
func RateLimited(retryAfter time.Duration) Fault { return Fault{kind: tooMany, wait: retryAfter} }

// DelayBefore waits, then carries the request out, even when the client has
// given up by then.
func DelayBefore(d time.Duration) Fault { return Fault{kind: delay, wait: d} }

// DelayAfter carries the request out, waits, and answers.
func DelayAfter(d time.Duration) Fault { return Fault{kind: delay, wait: d, afterCommit: true} }

// Truncate carries the request out and breaks the connection in the middle of
// the answer.
func Truncate() Fault { return Fault{kind: truncate, afterCommit: true} }

// Replace carries the request out and answers with status 200 and another body.
func Replace(body string) Fault { return Fault{kind: replace, afterCommit: true, body: body} }

// Refuse answers with a status and a JSON body and does not carry the request
// out.
func Refuse(status int, body string) Fault { return Fault{kind: refuse, status: status, body: body} }

// before runs the part of the fault that precedes the request's handling. It
// returns true when the request must not be handled.
func (f Fault) before(w http.ResponseWriter) (stop bool) {
	switch {
	case f.kind == tooMany:
		w.Header().Set("Retry-After", strconv.Itoa(int(f.wait/time.Second)))
		http.Error(w, "too many requests", http.StatusTooManyRequests)
		return true
	case f.kind == delay && !f.afterCommit:
		time.Sleep(f.wait)
	case f.kind == badGateway && !f.afterCommit:
		html502(w)
		return true
	case f.kind == refuse:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.body))
		return true
	case f.kind == drop && !f.afterCommit:
		abort()
	}
	return false
}

// after runs the part of the fault that follows the request's handling. It
// returns true when it has answered.
func (f Fault) after(w http.ResponseWriter, reply Reply) (answered bool) {
	switch {
	case f.kind == drop && f.afterCommit:
		abort()
	case f.kind == badGateway && f.afterCommit:
		html502(w)
		return true
	case f.kind == delay && f.afterCommit:
		time.Sleep(f.wait)
	case f.kind == replace:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(f.body))
		return true
	case f.kind == truncate:
		w.Header().Set("Content-Length", strconv.Itoa(len(reply.Body)+1))
		w.WriteHeader(reply.Status)
		_, _ = w.Write(reply.Body[:len(reply.Body)/2])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		abort()
	}
	return false
}

// abort breaks the connection; net/http recovers exactly this panic.
func abort() { panic(http.ErrAbortHandler) }

func html502(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte("<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n"))
}
