package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// TestHangUp: the connection of an answer to another request serves nobody any more, and
// what finds it closed is sent on another one, once.
func TestHangUp(t *testing.T) {
	t.Parallel()
	var conns, requests atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		_, _ = io.Copy(w, r.Body)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			conns.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	rt := &http.Transport{}
	guard(rt)
	t.Cleanup(rt.CloseIdleConnections)
	client := newClient(t, rt)
	for i, want := range []int32{1, 1, 1, 2, 2} {
		call := newCall(server.URL, Once)
		call.Judge = func(_ context.Context, r *Response) Judgement {
			if i == 2 { // on a connection that was kept
				r.HangUp()
			}
			return JudgeStatus(r)
		}
		if resp, err := run(t.Context(), client, call); err != nil || string(resp.Body) != "r-1" && string(resp.Body) != "r-2" {
			t.Fatalf("call %d: %v", i+1, err)
		}
		if conns.Load() != want || requests.Load() != int32(i+1) {
			t.Errorf("call %d: %d connections, want %d, %d requests", i+1, conns.Load(), want, requests.Load())
		}
	}
	(&Response{}).HangUp() // of a network that tells nothing
}

// TestHangUpLeavesOthersAlone: a connection that another attempt has by now stays.
func TestHangUpLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		kept   bool
		other  bool
		closed bool
	}{"kept": {kept: true, closed: true}, "new, or of HTTP/2": {}, "another's": {kept: true, other: true}} {
		near, far := net.Pipe()
		go func() { _, _ = io.Copy(io.Discard, far) }()
		c, w := &conn{Conn: near, kept: row.kept}, &way{}
		c.take(w)
		w.last.Store(c)
		if row.other {
			c.take(&way{})
		}
		w.hangUp()
		_, err := near.Write([]byte("x"))
		if errors.Is(err, io.ErrClosedPipe) != row.closed {
			t.Errorf("%s: %v", name, err)
		}
		_ = near.Close()
		_ = far.Close()
	}
}
