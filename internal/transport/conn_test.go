package transport

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	issuing "github.com/issuing-sdk/issuing-go"
)

// twice is a TLS server that numbers its answers over all connections, and delivers
// the first one twice: at once, in a TLS record of its own, or when late is closed.
type twice struct {
	net.Listener
	late  chan struct{} // nil is at once
	ended chan struct{} // a connection was closed by the client

	mu    sync.Mutex
	count int
	conns int
}

func newTwice(t *testing.T, late chan struct{}) (*twice, *http.Transport) {
	t.Helper()
	borrowed := httptest.NewTLSServer(nil)
	certificate, pool := borrowed.TLS.Certificates[0], x509.NewCertPool()
	pool.AddCert(borrowed.Certificate())
	borrowed.Close()
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	if err != nil {
		t.Fatal(err)
	}
	s := &twice{Listener: ln, late: late, ended: make(chan struct{}, 8)}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	rt := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "example.com"}}
	t.Cleanup(func() {
		rt.CloseIdleConnections()
		_ = ln.Close()
	})
	return s, rt
}

func (s *twice) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.conns++
	s.mu.Unlock()
	for br := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(br)
		if err != nil {
			s.ended <- struct{}{}
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		s.mu.Lock()
		s.count++
		n := s.count
		s.mu.Unlock()
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\ncard 4929 is no. %d", n)
		_, _ = io.WriteString(c, answer)
		if n == 1 {
			if s.late != nil {
				<-s.late
			}
			_, _ = io.WriteString(c, answer)
		}
	}
}

// lines is a log that tests can wait for.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// A surplus answer on a kept connection ends it: nothing is printed, and the next
// call gets its own answer on another one. net/http alone prints it.
func TestSurplusAnswer(t *testing.T) {
	printed := new(lines)
	before := log.Writer()
	log.SetOutput(printed)
	t.Cleanup(func() { log.SetOutput(before) })
	for _, own := range []bool{true, false} {
		for _, when := range []string{"at once", "late"} {
			t.Run(fmt.Sprintf("%s, watched %t", when, own), func(t *testing.T) {
				var late chan struct{}
				if when == "late" {
					late = make(chan struct{})
				}
				s, rt := newTwice(t, late)
				settings, err := issuing.NewSettings()
				if err != nil {
					t.Fatal(err)
				}
				if own {
					replaceDefault(t, rt)
				} else {
					settings.HTTPClient = &http.Client{Transport: rt}
				}
				c := New("acme", settings)
				url := "https://" + s.Addr().String()
				for n := 1; n <= 3; n++ {
					resp, err := run(t.Context(), c, newCall(url, Once))
					if err != nil || string(resp.Body) != fmt.Sprint("card 4929 is no. ", n) {
						t.Fatalf("call %d: %+v, %v", n, resp, err)
					}
					if n == 1 {
						if late != nil {
							close(late)
						}
						<-s.ended // nobody keeps the connection
					}
				}
				s.mu.Lock()
				defer s.mu.Unlock()
				if s.conns != 2 {
					t.Errorf("%d connections for three calls", s.conns)
				}
				if told := strings.Contains(printed.String(), "4929"); told == own {
					t.Errorf("printed: %q", printed)
				}
			})
		}
	}
}

// Below TLS nothing is read beyond a record, and nothing is lost.
func TestConnReadsRecords(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	c := &conn{Conn: client}
	record := func(n int) []byte {
		return append([]byte{23, 3, 3, byte(n >> 8), byte(n)}, bytes.Repeat([]byte{'x'}, n)...)
	}
	go func() {
		_, _ = io.CopyN(io.Discard, server, 3)
		_, _ = server.Write(append(append(record(300), record(0)...), record(2)...))
		_ = server.Close()
	}()
	if _, err := c.Write([]byte{0x16, 0x03, 0x01}); err != nil {
		t.Fatal(err)
	}
	var got []int
	for {
		n, err := c.Read(make([]byte, 200))
		if err != nil {
			break
		}
		got = append(got, n)
	}
	if want := "[5 200 100 5 5 2]"; fmt.Sprint(got) != want {
		t.Errorf("read %v, want %s", got, want)
	}
}
