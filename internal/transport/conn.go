package transport

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// conn is a connection of the pool, below TLS. On a kept connection that waits for
// no answer nothing should arrive; what does, such as an answer that a hop delivers
// twice, net/http prints into the program's log, secrets and all, or takes for the
// answer to the next request, when that one comes first. A kept conn on which
// nothing was sent since ends at the first byte instead, so that net/http sees a
// peer that hung up, and a request that was about to be written provably is not.
//
// It ends with TLS's own messages too, which are rare on an idle connection. What
// came in one TLS record with the answer itself is past it: that is still printed.
type conn struct {
	net.Conn
	secure atomic.Bool // TLS has begun

	mu    sync.Mutex
	owner *way // the attempt that it serves; nil while nobody uses it
	kept  bool // it has served one before, over HTTP/1.1
	sent  int  // writes for its owner, or since it has none

	// Where TLS is read, by one reader at a time: the header of a record as far as
	// it was read, and how much of its payload is left.
	head []byte
	left int
}

// recordHeader is type, version and length of a TLS record (RFC 8446, section 5.1).
const recordHeader = 5

// Read reads no further than to the end of a TLS record, so that TLS holds nothing
// back which comes after an answer.
func (c *conn) Read(p []byte) (int, error) {
	secure := c.secure.Load()
	if secure {
		rest := c.left
		if rest == 0 {
			rest = recordHeader - len(c.head)
		}
		p = p[:min(len(p), rest)]
	}
	n, err := c.Conn.Read(p)
	if n > 0 && c.silent() {
		_ = c.Close()
		return 0, io.EOF
	}
	switch {
	case !secure:
	case c.left > 0:
		c.left -= n
	default:
		if c.head = append(c.head, p[:n]...); len(c.head) == recordHeader {
			c.left = int(binary.BigEndian.Uint16(c.head[3:]))
			c.head = c.head[:0]
		}
	}
	return n, err
}

// Write counts, and sees TLS begin: with a handshake record, which no request in
// clear text to a server or proxy looks like.
func (c *conn) Write(p []byte) (int, error) {
	if len(p) > 1 && p[0] == 0x16 && p[1] == 0x03 {
		c.secure.Store(true)
	}
	c.count(1) // first: what answers it may come at once
	n, err := c.Conn.Write(p)
	if n == 0 && err != nil {
		c.count(-1)
	}
	return n, err
}

func (c *conn) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent += n
}

// silent reports whether nothing that may arrive is an answer.
func (c *conn) silent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept && c.sent == 0
}

// take says that c serves w from now on.
func (c *conn) take(w *way) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owner, c.sent = w, 0
}

// release says that c was kept after it had served w. net/http says so after it
// has put it where others find it, so another attempt may have it by now.
func (c *conn) release(w *way) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = true
	if c.owner == w {
		c.owner, c.sent = nil, 0
	}
}

// hangUp ends c after it has served w, unless another attempt has it by now, or it is of
// HTTP/2, of which none is kept in this sense. An attempt that is about to have it then
// finds it closed before it has written anything.
func (c *conn) hangUp(w *way) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept && (c.owner == nil || c.owner == w) {
		_ = c.Close()
	}
}

// unsent reports whether an attempt that failed on c, which was kept, has sent
// nothing, and sees to it that nothing follows.
func (c *conn) unsent(w *way) bool {
	c.mu.Lock()
	kept := c.kept && c.owner == w
	c.mu.Unlock()
	if !kept {
		return false
	}
	_ = c.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.owner == w && c.sent == 0
}

// pooled returns the connection of the pool below c, or nil.
func pooled(c net.Conn) *conn {
	for {
		switch own := c.(type) {
		case *conn:
			return own
		case interface{ NetConn() net.Conn }:
			c = own.NetConn()
		default:
			return nil
		}
	}
}

// guard has t's connections be of type conn. A transport with a dialler of the kind
// that net/http has given up keeps it, and one that dials TLS itself does so.
func guard(t *http.Transport) {
	dial := t.DialContext
	if dial == nil {
		//lint:ignore SA1019 it is honoured, not used
		if t.Dial != nil {
			return
		}
		dial = new(net.Dialer).DialContext
	}
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &conn{Conn: c}, nil
	}
}
