package platform

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// posts sends requests at the same time and returns the answers.
func posts(t *testing.T, s *Server, path string, n int) []string {
	t.Helper()
	answers := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { answers[i] = post(t, s, path, "") })
	}
	wg.Wait()
	return answers
}

func TestUnknownOperations(t *testing.T) {
	t.Parallel()
	s, handled := newServer(t, Config{Operations: ops})
	err := s.Inject("/op", issuingtest.DropBefore())
	if err == nil || err.Error() != `issuingtest: no operation "/op", did you mean "op"?; there are a, b, op` {
		t.Errorf("%v", err)
	}
	if got := post(t, s, "/op", ""); got != "200 echo " || handled() != 1 {
		t.Errorf("a fault of an unknown name fired: %q", got)
	}
	if err := s.Check(); err != nil {
		t.Errorf("after a refused name: %v", err)
	}
	if n := s.Requests("Op"); n != -1 {
		t.Errorf("%d requests of an unknown operation, want -1", n)
	}
	if err := s.Check(); err == nil || err.Error() != `issuingtest: Requests was asked for "Op", which is no operation` {
		t.Errorf("%v", err)
	}
	for i := range 3 * maxMisused {
		s.Requests("Op" + strconv.Itoa(i/2))
	}
	if n := strings.Count(s.Check().Error(), "\n") + 1; n != maxMisused {
		t.Errorf("%d wrong names are kept, want %d", n, maxMisused)
	}
}

// A request that fits no operation counts under "" alone; one that the platform
// names wrongly is a defect of the platform's.
func TestRequestsWithoutOperation(t *testing.T) {
	t.Parallel()
	s, err := New(Config{Operations: ops})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Serve(func(r *http.Request, body []byte) (string, func() Reply) {
		if r.URL.Path == "/nowhere" {
			return "", func() Reply { return Reply{Status: http.StatusNotFound} }
		}
		return echo(r, body)
	})
	inject(t, s, "", issuingtest.Fault{}, issuingtest.Replace("any"))
	s.Choose(func(op string) issuingtest.Fault { return issuingtest.Replace("chosen for " + op) })
	got := []string{post(t, s, "/nowhere", ""), post(t, s, "/nowhere", ""), post(t, s, "/nowhere", "")}
	if diff := cmp.Diff([]string{"404 ", "200 any", "200 chosen for "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Requests("") != 3 || s.Requests("op") != 0 || s.Check() != nil {
		t.Errorf("%d requests; %v", s.Requests(""), s.Check())
	}
	post(t, s, "/wrong", "")
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), `the platform named a request "wrong"`) {
		t.Errorf("%v", err)
	}
}

func TestCheckNamesFaultsThatNeverFired(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t, Config{Operations: ops, Check: func() error { return io.ErrNoProgress }})
	inject(t, s, "op", issuingtest.Replace("1"), issuingtest.DropAfter(), issuingtest.RateLimited(7*time.Second))
	inject(t, s, "", issuingtest.Refuse(503, ""), issuingtest.Fault{})
	inject(t, s, "b")
	post(t, s, "/op", "")
	want := strings.Join([]string{
		"issuingtest: injected for any operation and never fired: [refuse 503 none]",
		"issuingtest: injected for op and never fired: [drop-after rate-limited 7s]",
		io.ErrNoProgress.Error(),
	}, "\n")
	if err := s.Check(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Every call of Choose waits for all the others: behind a lock none would return.
func TestChooseRunsConcurrently(t *testing.T) {
	t.Parallel()
	const calls = 5
	s, _ := newServer(t, Config{Operations: ops})
	var all sync.WaitGroup
	all.Add(calls)
	s.Choose(func(string) issuingtest.Fault {
		all.Done()
		all.Wait()
		return issuingtest.Replace("chosen")
	})
	for _, got := range posts(t, s, "/op", calls) {
		if got != "200 chosen" {
			t.Errorf("answered %q", got)
		}
	}
}

// Choose may ask the platform: here it fails the second request.
func TestChooseAsksForCounts(t *testing.T) {
	t.Parallel()
	s, handled := newServer(t, Config{Operations: ops})
	s.Choose(func(op string) issuingtest.Fault {
		_ = s.Deliveries()
		if s.Requests(op) == 2 {
			return issuingtest.BadGatewayBefore()
		}
		return issuingtest.Fault{}
	})
	var got []string
	for range 3 {
		got = append(got, post(t, s, "/op", "")[:3])
	}
	if diff := cmp.Diff([]string{"200", "502", "200"}, got); diff != "" || handled() != 2 {
		t.Errorf("carried out %d times (-want +got):\n%s", handled(), diff)
	}
}

// A function of the test that panics or ends its goroutine, as t.FailNow does,
// costs its own request and leaves no lock held.
func TestChooseThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(){
		"abort": func() { panic(http.ErrAbortHandler) }, // a panic that net/http does not print
		"exit":  runtime.Goexit,
	} {
		s, handled := newServer(t, Config{Operations: ops})
		s.Choose(func(string) issuingtest.Fault { leave(); return issuingtest.Fault{} })
		for _, got := range posts(t, s, "/op", 3) {
			if got != "no answer" || handled() != 0 {
				t.Errorf("%s: %q, carried out %d times", name, got, handled())
			}
		}
		s.Choose(nil)
		if got := post(t, s, "/op", "hi"); got != "200 echo hi" || s.Requests("op") != 4 {
			t.Errorf("%s: afterwards %q, %d requests", name, got, s.Requests("op"))
		}
	}
}

// The same for functions that run while a callback is delivered.
func TestCallbackFunctionsThatDoNotReturn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		forge  func(http.Header, []byte) (http.Header, []byte)
		change func(*Callback)
	}{
		"forge":    {func(http.Header, []byte) (http.Header, []byte) { panic("forge") }, func(*Callback) {}},
		"make":     {nil, func(cb *Callback) { cb.Make = func(int) (http.Header, []byte, error) { panic("make") } }},
		"accepted": {nil, func(cb *Callback) { cb.Accepted = func(int, []byte) bool { panic("accepted") } }},
		"verify":   {nil, func(cb *Callback) { cb.Verify = func(int, int, http.Header, []byte) bool { panic("verify") } }},
	} {
		clock := issuingtest.NewClock(start)
		s, _ := newServer(t, Config{Clock: clock})
		url, _ := merchant(t)
		s.SetCallbackFault(issuingtest.CallbackFault{Forge: tt.forge})
		bad := callback(url, "bad")
		tt.change(&bad)
		s.Push(bad)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the panic did not reach the test", name)
				}
			}()
			clock.Advance(time.Minute)
		}()
		s.SetCallbackFault(issuingtest.CallbackFault{})
		s.Push(callback(url, "good"))
		clock.Advance(time.Minute)
		if d := s.Deliveries(); len(d) != 1 || string(d[0].Body) != "good" || !d[0].Accepted {
			t.Errorf("%s: afterwards %v", name, d)
		}
	}
}

// A callback that cannot be made is logged, and a forged one may lack headers.
func TestDeliveriesThatAreOdd(t *testing.T) {
	t.Parallel()
	clock := issuingtest.NewClock(start)
	s, _ := newServer(t, Config{Clock: clock})
	types := make(chan string, 1)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		types <- r.Header.Get("Content-Type")
		_, _ = io.WriteString(w, "ok")
	}))
	defer target.Close()
	broken := callback(target.URL, "")
	broken.Make = func(int) (http.Header, []byte, error) { return nil, nil, io.ErrNoProgress }
	s.Push(broken)
	clock.Advance(24 * time.Hour)
	for i, d := range s.Deliveries() {
		if d.Attempt != i+1 || d.Answer != io.ErrNoProgress.Error() || d.Accepted || d.Status != 0 {
			t.Errorf("%v answered %q", d, d.Answer)
		}
	}
	s.SetCallbackFault(issuingtest.CallbackFault{Forge: func(http.Header, []byte) (http.Header, []byte) { return nil, nil }})
	s.Push(callback(target.URL, ""))
	clock.Advance(0)
	if d := s.Deliveries(); len(d) != 4 || !d[3].Accepted || <-types != "application/json" {
		t.Errorf("%v", d)
	}
}
