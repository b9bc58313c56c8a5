package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Frames of HTTP/2 and their flags (RFC 9113, section 6).
const (
	frameData     = 0
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	frameGoAway   = 7

	flagEnd        = 0x1 // of a stream; of SETTINGS: an acknowledgement
	flagEndHeaders = 0x4
)

// Codes of RST_STREAM and GOAWAY (RFC 9113, section 7).
const (
	codeNone          = 0
	codeProtocol      = 1
	codeInternal      = 2
	codeStreamClosed  = 5
	codeRefusedStream = 7
	codeCancel        = 8
	codeCalm          = 11
	codeUnknown       = 0x1234
)

// peer is one connection of a server that speaks HTTP/2 by hand.
type peer struct{ net.Conn }

func (p peer) frame(typ, flags byte, stream uint32, payload ...uint32) {
	var body []byte
	for _, n := range payload {
		body = binary.BigEndian.AppendUint32(body, n)
	}
	p.raw(typ, flags, stream, body)
}

func (p peer) raw(typ, flags byte, stream uint32, body []byte) {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(body))<<8|uint32(typ))
	head = binary.BigEndian.AppendUint32(append(head, flags), stream)
	_, _ = p.Write(append(head, body...))
}

func (p peer) reset(stream, code uint32) { p.frame(frameReset, 0, stream, code) }

// goAway says which stream is the last one that may be processed.
func (p peer) goAway(last, code uint32) { p.frame(frameGoAway, 0, 0, last, code) }

// headers begins an answer of status 200.
func (p peer) headers(stream uint32) { p.raw(frameHeaders, flagEndHeaders, stream, []byte{0x88}) }

func (p peer) reply(stream uint32) {
	p.headers(stream)
	p.raw(frameData, flagEnd, stream, []byte("ok"))
}

// serve calls answer for each request until one is the connection's last, or the
// client hangs up.
func (p peer) serve(answer func(p peer, stream uint32) (last bool)) {
	defer p.Close()
	if _, err := io.CopyN(io.Discard, p, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return
	}
	p.frame(frameSettings, 0, 0)
	for {
		var head [9]byte
		if _, err := io.ReadFull(p, head[:]); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, p, int64(binary.BigEndian.Uint32(head[:])>>8)); err != nil {
			return
		}
		typ, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case typ == frameSettings && flags&flagEnd == 0:
			p.frame(frameSettings, flagEnd, 0)
		case (typ == frameData || typ == frameHeaders) && flags&flagEnd != 0:
			if answer(p, stream) {
				return
			}
		}
	}
}

// http2Server answers the requests whose number, from 1, is not at, and leaves the
// one that is to end.
func http2Server(t *testing.T, at int64, end func(p peer, stream uint32) bool) (string, *http.Transport, *atomic.Int64) {
	t.Helper()
	borrowed := httptest.NewTLSServer(nil)
	certificate, pool := borrowed.TLS.Certificates[0], x509.NewCertPool()
	pool.AddCert(borrowed.Certificate())
	borrowed.Close()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	requests := new(atomic.Int64)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go peer{c}.serve(func(p peer, stream uint32) bool {
				if requests.Add(1) == at {
					return end(p, stream)
				}
				p.reply(stream)
				return false
			})
		}
	}()
	rt := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "example.com"}, ForceAttemptHTTP2: true}
	t.Cleanup(func() {
		rt.CloseIdleConnections()
		_ = ln.Close()
	})
	return "https://" + ln.Addr().String(), rt, requests
}

// lastOf makes the end of a connection of a GOAWAY: the request's stream and the
// last one are apart by so much.
func lastOf(apart int, code uint32) func(peer, uint32) bool {
	return func(p peer, stream uint32) bool {
		p.goAway(uint32(int(stream)+apart), code)
		return true
	}
}

func resetWith(code uint32) func(peer, uint32) bool {
	return func(p peer, stream uint32) bool { p.reset(stream, code); return false }
}

// What an HTTP/2 peer says it did not process is sent again, even what must not
// run twice. All that says less stays open.
func TestHTTP2Ends(t *testing.T) {
	t.Parallel()
	const notProcessed, open = "2 ok", "1 " + unknown
	for _, tt := range []struct {
		name string
		end  func(peer, uint32) bool
		want string // requests of the call that met the end, and its result
	}{
		{"GOAWAY below", lastOf(-1, codeNone), notProcessed},
		{"GOAWAY below, with a code", lastOf(-1, codeCalm), notProcessed},
		{"GOAWAY below, with an unknown code", lastOf(-1, codeUnknown), notProcessed},
		{"GOAWAY below, after one above", func(p peer, stream uint32) bool {
			p.goAway(1<<31-1, codeNone)
			p.goAway(stream-1, codeNone)
			return true
		}, notProcessed},
		{"GOAWAY of nothing at all", func(p peer, _ uint32) bool { p.goAway(0, codeInternal); return true }, notProcessed},
		{"REFUSED_STREAM", resetWith(codeRefusedStream), notProcessed},
		{"GOAWAY of the stream", lastOf(0, codeNone), open},
		{"GOAWAY of the stream, with a code", lastOf(0, codeCalm), open},
		{"GOAWAY above", lastOf(2, codeNone), open},
		{"GOAWAY that quotes a refusal", func(p peer, stream uint32) bool {
			body := binary.BigEndian.AppendUint32(nil, stream)
			body = append(binary.BigEndian.AppendUint32(body, codeNone), "stream error: stream ID 1; REFUSED_STREAM; received from peer"...)
			p.raw(frameGoAway, 0, 0, body)
			return true
		}, open},
		{"PROTOCOL_ERROR", resetWith(codeProtocol), open},
		{"INTERNAL_ERROR", resetWith(codeInternal), open},
		{"STREAM_CLOSED", resetWith(codeStreamClosed), open},
		{"CANCEL", resetWith(codeCancel), open},
		{"ENHANCE_YOUR_CALM", resetWith(codeCalm), open},
		{"no word at all", func(peer, uint32) bool { return true }, open},
		{"REFUSED_STREAM after an answer has begun", func(p peer, stream uint32) bool {
			p.headers(stream)
			p.reset(stream, codeRefusedStream)
			return false
		}, open},
	} {
		for at := range int64(2) { // the first stream of a connection, and a later one
			t.Run(fmt.Sprintf("%s, request %d", tt.name, at+1), func(t *testing.T) {
				t.Parallel()
				url, rt, requests := http2Server(t, at+1, tt.end)
				c := newClient(t, rt)
				for range at {
					if _, err := run(t.Context(), c, newCall(url, Once)); err != nil {
						t.Fatal(err)
					}
				}
				_, err := run(t.Context(), c, newCall(url, Once))
				if got := fmt.Sprint(requests.Load()-at, " ", kindName(t, err)); got != tt.want {
					t.Errorf("%s, want %s: %v", got, tt.want, err)
				}
			})
		}
	}
}

// Over HTTP/2 net/http repeats a request without a body on its own. A write must
// not be among them, and what became of it stays open: the first error is lost.
func TestNetHTTPDoesNotRepeatOverHTTP2(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for name, end := range map[string]func(peer, uint32) bool{
			"PROTOCOL_ERROR": resetWith(codeProtocol), "REFUSED_STREAM": resetWith(codeRefusedStream), "GOAWAY below": lastOf(-1, codeNone),
		} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				url, rt, requests := http2Server(t, 1, end)
				call := newCall(url, Once)
				call.Method, call.Seal = method, emptySeal("X-Idempotency-Key")
				_, err := run(t.Context(), newClient(t, rt), call)
				want := "1 " + unknown
				if method == http.MethodDelete && name != "PROTOCOL_ERROR" {
					want = "2 ok" // of another form, so that net/http leaves it to us
				}
				if got := fmt.Sprint(requests.Load(), " ", kindName(t, err)); got != want {
					t.Errorf("%s, want %s: %v", got, want, err)
				}
				if errors.Is(err, context.Canceled) {
					t.Errorf("%v: nobody cancelled the call", err)
				}
			})
		}
	}
}

// The texts count whole or not at all, at any depth.
func TestNotProcessedTexts(t *testing.T) {
	t.Parallel()
	const refused = "stream error: stream ID 5; REFUSED_STREAM; received from peer"
	for text, want := range map[string]bool{
		refused: true, "http2: client conn not usable": true, "http2: client conn could not be established": true,
		"http2: Transport received Server's graceful shutdown GOAWAY":                                                                     true,
		"http2: Transport: cannot retry err [" + refused + "] after Request.Body was written; define Request.GetBody to avoid this error": true,

		"": false,
		"stream error: stream ID 5; REFUSED_STREAM":                     false, // of our own side
		"stream error: stream ID 5; PROTOCOL_ERROR; received from peer": false,
		refused + ".": false, "x " + refused: false, refused + "\n" + refused: false,
		"http2: Transport: cannot retry err [stream error: stream ID 5; PROTOCOL_ERROR; received from peer] after Request.Body was written; define Request.GetBody to avoid this error": false,
		`http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug="` + refused + `"`:                                                                false,
		"http2: client connection lost": false,
	} {
		err := errors.New(text)
		if got := notProcessed(err); got != want {
			t.Errorf("%q: %t", text, got)
		}
		if got := notProcessed(fmt.Errorf("instrumented: %w", err)); got != want && text != "" {
			t.Errorf("%q, wrapped: %t", text, got)
		}
	}
	if notProcessed(nil) || notProcessed(fmt.Errorf("%s", strings.Repeat("x", 1000))) {
		t.Error("nothing says that nothing was processed")
	}
}
