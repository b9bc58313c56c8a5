package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// emptySeal seals attempts without a body, with a header of the given name.
func emptySeal(header string) func(context.Context, int) (Sealed, error) {
	return func(context.Context, int) (Sealed, error) {
		h := http.Header{}
		if header != "" {
			h.Set(header, "k")
		}
		return Sealed{Header: h}, nil
	}
}

type code string

func (c code) Error() string { return "code " + string(c) }

func TestUnknown(t *testing.T) {
	t.Parallel()
	in := &issuing.Error{Provider: "acme", Op: "Op", Kind: issuing.ErrNotFound, Code: code("7"), Key: "k", Status: 404, Attempts: 2}
	before := *in
	out := Unknown(in)
	if diff := cmp.Diff(before.Error(), in.Error()); diff != "" {
		t.Errorf("Unknown changed its argument:\n%s", diff)
	}
	if kindName(t, out) != unknown || errors.Is(out, code("7")) || out.Key != "k" || out.Status != 404 || out.Attempts != 2 {
		t.Errorf("got %+v", out)
	}
	if again := Unknown(out); again.Error() != out.Error() {
		t.Errorf("twice unknown is %v", again)
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded, issuing.ErrTooLarge, issuing.ErrRedirected} {
		if err := Unknown(&issuing.Error{Kind: issuing.ErrUnavailable, Err: fmt.Errorf("x: %w", cause)}); !errors.Is(err, cause) {
			t.Errorf("the cause %v is lost: %v", cause, err)
		}
	}
	nested := Unknown(&issuing.Error{Kind: issuing.ErrUnavailable, Err: &issuing.Error{Kind: issuing.ErrDeclined}})
	if kindName(t, nested) != unknown {
		t.Errorf("a kind inside the cause shows: %v", nested)
	}
	if err := Unknown(&issuing.Error{}); kindName(t, err) != unknown {
		t.Errorf("%v", err)
	}
}

func TestMaskNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "",
		"order 12345678901":       "order 12345678901",
		"card 4929420573595709 x": "card [redacted] x",
		"4929-4205-7359-5709":     "[redacted]",
		"4929 4205 7359 5709, 4929420573595709999": "[redacted], [redacted]",
		"12.345.678.901": "12.345.678.901",
	} {
		if got := MaskNumbers(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestStatusTables(t *testing.T) {
	t.Parallel()
	type row struct {
		Judgement Judgement
		Kind      error
	}
	for status, want := range map[int]row{
		200: {Final, issuing.ErrBadResponse}, 204: {Final, issuing.ErrBadResponse}, 301: {Unclear, issuing.ErrBadResponse},
		400: {Final, issuing.ErrInvalid}, 401: {Final, issuing.ErrUnauthorized}, 402: {Final, issuing.ErrInsufficientFunds},
		403: {Final, issuing.ErrUnauthorized}, 404: {Final, issuing.ErrNotFound}, 408: {Unclear, issuing.ErrUnavailable},
		409: {Final, issuing.ErrConflict}, 410: {Final, issuing.ErrNotFound}, 422: {Final, issuing.ErrInvalid},
		429: {Busy, issuing.ErrRateLimited}, 499: {Unclear, issuing.ErrUnavailable}, 500: {Unclear, issuing.ErrUnavailable},
		503: {Unclear, issuing.ErrUnavailable}, 599: {Unclear, issuing.ErrUnavailable},
	} {
		if got := JudgeStatus(&Response{Status: status}); got != want.Judgement {
			t.Errorf("%d is judged %v", status, got)
		}
		if got := KindOfStatus(status); got != want.Kind {
			t.Errorf("%d is %v", status, got)
		}
	}
	for body, want := range map[string]string{"": "0 bytes, empty", " <html>": "7 bytes, HTML or XML", "{}": "JSON", "hi": "neither JSON nor HTML"} {
		if text := StatusError(&Response{Status: 200, Body: []byte(body)}).Error(); !strings.Contains(text, want) {
			t.Errorf("%q gives %q", body, text)
		}
	}
	for s, want := range map[Safety]string{Read: "read", Keyed: "keyed", Checked: "checked", Once: "once"} {
		if s.String() != want {
			t.Errorf("%d is %q", s, s)
		}
	}
}

// The merchant's client lends its jar; the attempt's own headers stay.
func TestCookieJar(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	address := &url.URL{Scheme: "https", Host: "card.example", Path: "/"}
	jar.SetCookies(address, []*http.Cookie{{Name: "route", Value: "7"}})
	var got http.Header
	hc := &http.Client{Jar: jar, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		got = r.Header.Clone()
		return answer(200, "ok", "Set-Cookie", "route=8"), nil
	})}
	if _, err := run(t.Context(), newClient(t, nil, issuing.WithHTTPClient(hc)), newCall("https://card.example/pay", Once)); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"X-Nonce": {"r-1"}, "X-Signature": {"signature r-1"}, "Cookie": {"route=7"}, "User-Agent": {userAgent},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cookies := jar.Cookies(address); len(cookies) != 1 || cookies[0].Value != "8" {
		t.Errorf("the jar holds %v", cookies)
	}
}
