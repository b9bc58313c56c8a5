package transport

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// heads is a server that keeps the heads of requests as they stood on the wire, and
// answers each of them with "ok".
func heads(t *testing.T) (url string, seen chan []string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	seen = make(chan []string, 8)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var head []string
				for r := textproto.NewReader(bufio.NewReader(c)); ; {
					line, err := r.ReadLine()
					if err != nil {
						return
					}
					if head = append(head, line); line == "" {
						break
					}
				}
				seen <- head
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
			}()
		}
	}()
	return "http://" + ln.Addr().String(), seen
}

// net/http repeats a request without a body that has one of these names in their
// canonical spelling, so the round tripper gets another.
func TestNoCanonicalKeyWithoutBody(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		for body, canonical := range map[string]bool{"": false, "body": true} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://card.example/", nil)
			if err != nil {
				t.Fatal(err)
			}
			sealed := Sealed{Header: http.Header{key: {"k"}}, Body: []byte(body)}
			sealed.complete(req)
			if got := req.Header[key] != nil; got != canonical || len(req.Header) != 2 || req.GetBody != nil || sealed.Header[key] == nil {
				t.Errorf("%s with %q: %v", key, body, req.Header)
			}
		}
	}
}

// TestUserAgent: a request says who asks, unless the call says something else.
func TestUserAgent(t *testing.T) {
	t.Parallel()
	url, seen := heads(t)
	for set, want := range map[string]string{
		"": "User-Agent: issuing-go/" + issuing.Version, "the merchant's": "User-Agent: the merchant's",
	} {
		call := newCall(url, Once)
		if set != "" {
			call.Seal = func(context.Context, int) (Sealed, error) {
				return Sealed{Header: http.Header{"User-Agent": {set}}}, nil
			}
		}
		if _, err := run(t.Context(), newClient(t, &http.Transport{}), call); err != nil {
			t.Fatal(err)
		}
		if head := <-seen; !slices.Contains(head, want) {
			t.Errorf("%q is not in %q", want, head)
		}
	}
}

// What stands on the wire about a body: a Content-Length of its own for one that
// is there, one of 0 where a method usually has a body, and nothing otherwise.
func TestLengthOnTheWire(t *testing.T) {
	t.Parallel()
	const empty, none = "Content-Length: 0", ""
	for _, tt := range []struct{ method, body, want string }{
		{http.MethodPost, "", empty}, {http.MethodPut, "", empty}, {http.MethodPatch, "", empty},
		{http.MethodGet, "", none}, {http.MethodDelete, "", none}, {http.MethodHead, "", none}, {http.MethodOptions, "", none},
		{http.MethodPost, "body", "Content-Length: 4"}, {http.MethodPut, "body", "Content-Length: 4"},
		{http.MethodPatch, "body", "Content-Length: 4"}, {http.MethodDelete, "body", "Content-Length: 4"},
	} {
		for _, key := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
			url, seen := heads(t)
			call := newCall(url, Once)
			call.Method = tt.method
			call.Seal = func(context.Context, int) (Sealed, error) {
				return Sealed{Header: http.Header{key: {"k"}, "X-Nonce": {"n"}}, Body: []byte(tt.body)}, nil
			}
			if _, err := run(t.Context(), newClient(t, &http.Transport{}), call); err != nil {
				t.Fatalf("%s of %q: %v", tt.method, tt.body, err)
			}
			head := <-seen
			var length []string
			header := http.Header{}
			for _, line := range head[1 : len(head)-1] {
				name, value, _ := strings.Cut(line, ": ")
				header.Add(name, value)
				if strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding") {
					length = append(length, line)
				}
			}
			if got := strings.Join(length, "; "); got != tt.want {
				t.Errorf("%s of %q says %q, want %q", tt.method, tt.body, got, tt.want)
			}
			want := fmt.Sprint(header.Values(key), header.Values("X-Nonce"))
			if diff := cmp.Diff("[k] [n]", want); diff != "" {
				t.Errorf("%s of %q: headers (-want +got):\n%s", tt.method, tt.body, diff)
			}
		}
	}
}
