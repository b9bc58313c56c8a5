package transport

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"regexp"
	"sync/atomic"
)

// way is what net/http tells of an attempt's way to the peer.
type way struct {
	// stop ends the attempt as soon as net/http puts it on a second connection, or
	// on the same one again. It is set, before the attempt begins, for requests
	// without a body, which net/http repeats on its own over HTTP/2, also when the
	// peer reported an error of the protocol and may have carried the request out.
	// A request that was stopped is not written there: net/http looks at its context
	// once more before it writes headers.
	stop context.CancelFunc

	asked atomic.Bool          // for a connection
	conns atomic.Int32         // how often it was put on one
	last  atomic.Pointer[conn] // of the pool
}

// traced adds w to the hooks of ctx.
func (w *way) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		GotConn: func(info httptrace.GotConnInfo) {
			if c := pooled(info.Conn); c != nil {
				c.take(w)
				w.last.Store(c)
			}
			if w.conns.Add(1) > 1 && w.stop != nil {
				w.stop()
			}
		},
		PutIdleConn: func(err error) {
			// net/http says so before it reads on, and not of HTTP/2.
			if c := w.last.Load(); c != nil && err == nil {
				c.release(w)
			}
		},
	})
}

// hangUp ends the connection, where it is one of the pool's.
func (w *way) hangUp() {
	if c := w.last.Load(); c != nil {
		c.hangUp(w)
	}
}

// stopped reports whether w ended the attempt.
func (w *way) stopped() bool { return w.stop != nil && w.conns.Load() > 1 }

var errRepeated = errors.New("the connection broke, and the request was not sent on another one")

// cause is why the attempt failed.
func (w *way) cause(err error) error {
	if w.stopped() && errors.Is(err, context.Canceled) {
		return errRepeated
	}
	return err
}

// unsent reports whether the connection that the request was put on, one of the
// pool's, had ended before any of it was written.
func (w *way) unsent() bool {
	c := w.last.Load()
	return c != nil && c.unsent(w)
}

// neverLeft reports whether the request provably did not leave, or was not
// processed: no connection was made, the one that it was put on was HTTP/2 and
// the peer said so, or it was a kept one and nothing was written. A RoundTripper that does not report to httptrace is believed
// only when its error is one of dialling.
func (w *way) neverLeft(err error) bool {
	if w.asked.Load() {
		conns := w.conns.Load()
		return conns == 0 || conns == 1 && (notProcessed(err) || w.unsent())
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op == "dial"
	}
	var dns *net.DNSError
	return errors.As(err, &dns)
}

// The errors by which net/http says that an HTTP/2 peer did not process a request
// (RFC 9113, sections 6.8 and 8.7). They have no type of their own, or none that is
// exported, so they are known by their whole text; where a later Go words them
// otherwise, an attempt counts as unclear again, and the tests fail. It says so of
// a stream above the last one of a GOAWAY, whatever its code, and of one that the
// peer itself reset with REFUSED_STREAM; and of a request for which its connection
// closed before the headers were written. What it says of a GOAWAY that covers the
// stream, and of every other reset (PROTOCOL_ERROR, which it repeats all the same,
// included), proves nothing.
var unprocessed = func() *regexp.Regexp {
	const (
		wentAway = `http2: Transport received Server's graceful shutdown GOAWAY`
		refused  = `stream error: stream ID [0-9]+; REFUSED_STREAM; received from peer`
		unusable = `http2: client conn not usable`
		dead     = `http2: client conn could not be established`
		withCode = `http2: Transport received GOAWAY from server ErrCode:(?:[A-Z0-9_]+|unknown error code 0x[0-9a-f]+)`
		bare     = wentAway + `|` + refused + `|` + unusable + `|` + dead + `|` + withCode
	)
	return regexp.MustCompile(`^(?:(?:` + bare + `)|http2: Transport: cannot retry err \[(?:` + bare + `)\] ` +
		`after Request\.Body was written; define Request\.GetBody to avoid this error)$`)
}()

// notProcessed reports whether err, or what it wraps, says that an HTTP/2 peer did
// not process the request.
func notProcessed(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if unprocessed.MatchString(err.Error()) {
			return true
		}
	}
	return false
}
