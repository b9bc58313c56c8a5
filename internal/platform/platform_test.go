package platform

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// echo is a protocol whose operations are the paths without their slash.
func echo(r *http.Request, body []byte) (string, func() Reply) {
	op := strings.TrimPrefix(r.URL.Path, "/")
	return op, func() Reply {
		return Reply{Header: http.Header{"X-Toy": {"1"}}, Body: append([]byte("echo "), body...)}
	}
}

// newServer starts a platform that counts what it carries out.
func newServer(t testing.TB, cfg Config) (*Server, func() int) {
	t.Helper()
	var handled atomic.Int64
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Serve(func(r *http.Request, body []byte) (string, func() Reply) {
		op, run := echo(r, body)
		return op, func() Reply { handled.Add(1); return run() }
	})
	return s, func() int { return int(handled.Load()) }
}

// ops are the operations of the platforms in these tests.
var ops = []string{"b", "op", "a", "a"}

func inject(t testing.TB, s *Server, op string, faults ...issuingtest.Fault) {
	t.Helper()
	if err := s.Inject(op, faults...); err != nil {
		t.Fatal(err)
	}
}

// post sends one request and describes the answer.
func post(t testing.TB, s *Server, path, body string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return "no answer"
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "broken answer"
	}
	return strconv.Itoa(resp.StatusCode) + " " + string(text)
}

func TestListen(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"": true, "127.0.0.1:0": true, "localhost:0": true, "0.0.0.0:0": false, ":0": false, "192.0.2.1:0": false, "example.com:0": false, "127.0.0.1": false,
	} {
		s, err := New(Config{Listen: address})
		if (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil {
			s.Close()
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const html = "502 <html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>\n"
	for name, tt := range map[string]struct {
		fault   issuingtest.Fault
		answer  string
		handled int
	}{
		"none":               {issuingtest.Fault{}, "200 echo hi", 1},
		"drop before":        {issuingtest.DropBefore(), "no answer", 0},
		"drop after":         {issuingtest.DropAfter(), "no answer", 1},
		"bad gateway before": {issuingtest.BadGatewayBefore(), html, 0},
		"bad gateway after":  {issuingtest.BadGatewayAfter(), html, 1},
		"rate limited":       {issuingtest.RateLimited(7 * time.Second), "429 too many requests\n", 0},
		"delay before":       {issuingtest.DelayBefore(time.Millisecond), "200 echo hi", 1},
		"delay after":        {issuingtest.DelayAfter(time.Millisecond), "200 echo hi", 1},
		"truncate":           {issuingtest.Truncate(), "broken answer", 1},
		"replace":            {issuingtest.Replace("other"), "200 other", 1},
		"refuse":             {issuingtest.Refuse(418, `{"code":1}`), `418 {"code":1}`, 0},
		"refuse, no status":  {issuingtest.Refuse(0, "x"), "500 x", 0},
		"refuse, half":       {issuingtest.Refuse(100, "x"), "500 x", 0},
	} {
		s, handled := newServer(t, Config{Operations: ops})
		inject(t, s, "op", tt.fault)
		if got := post(t, s, "/op", "hi"); got != tt.answer || handled() != tt.handled {
			t.Errorf("%s: %q, carried out %d times; want %q, %d", name, got, handled(), tt.answer, tt.handled)
		}
		if got := post(t, s, "/op", "hi"); got != "200 echo hi" {
			t.Errorf("%s: the next request is answered %q", name, got)
		}
		if s.Requests("op") != 2 || s.Requests("") != 2 || s.Requests("a") != 0 {
			t.Errorf("%s: counted %d, %d", name, s.Requests("op"), s.Requests(""))
		}
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaultOrder(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, Config{Operations: ops})
	inject(t, s, "a", issuingtest.Replace("a1"), issuingtest.Replace("a2"))
	inject(t, s, "", issuingtest.Replace("any"))
	s.Choose(func(op string) issuingtest.Fault { return issuingtest.Replace("chosen for " + op) })
	var got []string
	for _, path := range []string{"/a", "/b", "/a", "/a", "/b"} {
		got = append(got, post(t, s, path, ""))
	}
	s.Choose(nil)
	got = append(got, post(t, s, "/b", ""))
	want := []string{"200 a1", "200 any", "200 a2", "200 chosen for a", "200 chosen for b", "200 echo "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRequestLimit(t *testing.T) {
	t.Parallel()
	s, handled := newServer(t, Config{MaxRequest: 10, Operations: ops})
	if got := post(t, s, "/", strings.Repeat("x", 10)); got != "200 echo xxxxxxxxxx" {
		t.Error(got)
	}
	if got := post(t, s, "/", strings.Repeat("x", 11)); !strings.HasPrefix(got, "413 ") || handled() != 1 {
		t.Errorf("%q, carried out %d times", got, handled())
	}
}

// merchant is a receiver of callbacks that answers from a list.
func merchant(t testing.TB, answers ...string) (url string, received func() []string) {
	var mu sync.Mutex
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Header.Get("X-Attempt")+" "+string(body))
		answer := "ok"
		if len(answers) > 0 {
			answer, answers = answers[0], answers[1:]
		}
		if status, err := strconv.Atoi(answer); err == nil {
			w.WriteHeader(status)
			answer = "ok"
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []string { mu.Lock(); defer mu.Unlock(); return append([]string{}, got...) }
}

func callback(url, body string) Callback {
	return Callback{
		Type: "card_open", URL: url, Retries: []time.Duration{time.Minute, time.Hour},
		Make: func(attempt int) (http.Header, []byte, error) {
			return http.Header{"X-Attempt": {strconv.Itoa(attempt)}}, []byte(body), nil
		},
	}
}

func TestCallbackRetries(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers []string
		want    []string // attempt@time accepted
	}{
		"accepted at once": {nil, []string{"1@0s 200 true"}},
		"white space":      {[]string{" ok\n"}, []string{"1@0s 200 true"}},
		"wrong body":       {[]string{"OK"}, []string{"1@0s 200 false", "2@1m0s 200 true"}},
		"wrong status":     {[]string{"201", "500"}, []string{"1@0s 201 false", "2@1m0s 500 false", "3@1h1m0s 200 true"}},
		"redirect":         {[]string{"307"}, []string{"1@0s 307 false", "2@1m0s 200 true"}},
		"given up":         {[]string{"500", "500", "500", "500"}, []string{"1@0s 500 false", "2@1m0s 500 false", "3@1h1m0s 500 false"}},
	} {
		clock := issuingtest.NewClock(start)
		s, _ := newServer(t, Config{Clock: clock})
		url, received := merchant(t, tt.answers...)
		s.Push(callback(url, "event"))
		s.Push(callback("", "dropped"))
		if len(received()) != 0 {
			t.Errorf("%s: sent before the clock ran", name)
		}
		clock.Advance(0)
		clock.Advance(24 * time.Hour)
		var got, attempts []string
		for _, d := range s.Deliveries() {
			attempts = append(attempts, d.Header.Get("X-Attempt")+" "+string(d.Body))
			got = append(got, strconv.Itoa(d.Attempt)+"@"+d.At.Sub(start).String()+" "+strconv.Itoa(d.Status)+" "+strconv.FormatBool(d.Accepted))
		}
		if diff := cmp.Diff(tt.want, got) + cmp.Diff(attempts, received()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCallbackFaults(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Clock: clock})
	url, received := merchant(t)
	s.SetCallbackFault(issuingtest.CallbackFault{Duplicate: true})
	s.Push(callback(url, "twice"))
	s.SetCallbackFault(issuingtest.CallbackFault{Hold: true})
	s.Push(callback(url, "first"))
	s.Push(callback(url, "second"))
	clock.Advance(time.Minute)
	if diff := cmp.Diff([]string{"1 twice", "1 twice"}, received()); diff != "" {
		t.Errorf("before the release (-want +got):\n%s", diff)
	}
	s.SetCallbackFault(issuingtest.CallbackFault{Forge: func(h http.Header, body []byte) (http.Header, []byte) {
		h.Set("X-Attempt", "forged")
		return h, bytes.ToUpper(body)
	}})
	s.ReleaseCallbacks()
	s.ReleaseCallbacks()
	clock.Advance(0)
	if diff := cmp.Diff([]string{"forged SECOND", "forged FIRST"}, received()[2:]); diff != "" {
		t.Errorf("after the release (-want +got):\n%s", diff)
	}
	unreachable := callback("http://127.0.0.1:1/", "lost")
	unreachable.Retries = nil
	broken := callback(":bad", "lost")
	broken.Retries, broken.Accepted = nil, func(int, []byte) bool { return true }
	s.Push(unreachable)
	s.Push(broken)
	clock.Advance(0)
	last := s.Deliveries()[4:]
	if len(last) != 2 || last[0].Accepted || last[0].Status != 0 || !last[1].Accepted || last[1].Status != 0 {
		t.Errorf("unreachable merchants: %+v", last)
	}
}
