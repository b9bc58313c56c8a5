package cases

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// quiet takes what net/http's servers say about the clients of a test.
var quiet = log.New(io.Discard, "", 0)

// Frames of HTTP/2 (RFC 9113, section 6), as far as a peer needs them that answers
// or refuses one request at a time.
const (
	preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	frameGoAway   = 7

	flagEnd        = 0x1 // of a stream; of SETTINGS: an acknowledgement
	flagEndHeaders = 0x4

	refusedStream = 7
)

// peer is one connection of a hand-made server.
type peer struct{ conn net.Conn }

func (p peer) write(typ, flags byte, stream uint32, payload []byte) {
	head := make([]byte, 9, 9+len(payload))
	binary.BigEndian.PutUint32(head, uint32(len(payload))<<8|uint32(typ))
	head[4] = flags
	binary.BigEndian.PutUint32(head[5:], stream)
	_, _ = p.conn.Write(append(head, payload...))
}

func (p peer) read() (typ, flags byte, stream uint32, err error) {
	var head [9]byte
	if _, err = io.ReadFull(p.conn, head[:]); err != nil {
		return 0, 0, 0, err
	}
	length := int64(binary.BigEndian.Uint32(head[:]) >> 8)
	_, err = io.CopyN(io.Discard, p.conn, length)
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]) &^ (1 << 31), err
}

// reply answers a request with status 200.
func (p peer) reply(stream uint32, body string) {
	p.write(frameHeaders, flagEndHeaders, stream, []byte{0x88}) // :status 200 of the static table
	p.write(frameData, flagEnd, stream, []byte(body))
}

// goAway ends the connection and says that no stream was processed.
func (p peer) goAway(uint32) { p.write(frameGoAway, 0, 0, make([]byte, 8)) }

// refuse ends a stream and says that it was not processed.
func (p peer) refuse(stream uint32) {
	p.write(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, refusedStream))
}

// serve speaks with one client until it closes the connection.
func (p peer) serve(answer func(p peer, stream uint32)) {
	defer p.conn.Close()
	if _, err := io.CopyN(io.Discard, p.conn, int64(len(preface))); err != nil {
		return
	}
	p.write(frameSettings, 0, 0, nil)
	for {
		typ, flags, stream, err := p.read()
		switch {
		case err != nil:
			return
		case typ == frameSettings && flags&flagEnd == 0:
			p.write(frameSettings, flagEnd, 0, nil)
		case (typ == frameData || typ == frameHeaders) && flags&flagEnd != 0:
			answer(p, stream)
		}
	}
}

// http2Server refuses the first request and answers the others.
func http2Server(t *testing.T, refuse func(p peer, stream uint32), answer string) (url string, transport *http.Transport, requests *atomic.Int64) {
	t.Helper()
	borrowed := httptest.NewTLSServer(nil)
	certificate, pool := borrowed.TLS.Certificates[0], x509.NewCertPool()
	pool.AddCert(borrowed.Certificate())
	borrowed.Close()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	requests = new(atomic.Int64)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go peer{c}.serve(func(p peer, stream uint32) {
				if requests.Add(1) == 1 {
					refuse(p, stream)
					return
				}
				p.reply(stream, answer)
			})
		}
	}()
	transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "example.com"}, ForceAttemptHTTP2: true}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		ln.Close()
	})
	return "https://" + ln.Addr().String(), transport, requests
}

// A load balancer ends an HTTP/2 connection. Requests that it says it did not
// process are repeated, also those that must not run twice.
func TestHTTP2NotProcessed(t *testing.T) {
	t.Parallel()
	for _, end := range []struct {
		name   string
		refuse func(peer, uint32)
	}{{"GOAWAY below the stream", peer.goAway}, {"REFUSED_STREAM", peer.refuse}} {
		for _, call := range []struct {
			name string
			do   func(ctx context.Context, c *worldcard.Client) error
		}{
			{"read", func(ctx context.Context, c *worldcard.Client) error {
				_, err := c.Virtual.Card(ctx, worldcard.ByCardID("1"))
				return err
			}},
			{"once", func(ctx context.Context, c *worldcard.Client) error {
				var out map[string]any
				return c.Do(ctx, "/api/v1/new", map[string]any{"a": 1}, &out)
			}},
		} {
			hold(t, end.name+", "+call.name, "", func(t *testing.T) error {
				url, transport, requests := http2Server(t, end.refuse, `{"code":0,"message":"ok","data":{"card_id":"1","merchant_card_id":"m","status":2}}`)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				err := call.do(ctx, worldCardAt(t, url, transport, issuing.WithMaxAttempts(3)))
				return errors.Join(err, is("requests", requests.Load(), 2))
			})
		}
	}
}
