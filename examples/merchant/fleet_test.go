//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// replicaVariable makes the test's program a replica of the service.
const replicaVariable = "MERCHANT_TEST_REPLICA"

func TestMain(m *testing.M) {
	if os.Getenv(replicaVariable) == "" {
		code := m.Run()
		if shared.server != nil {
			shared.server.close()
		}
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout}, os.Getenv)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "replica:", err)
		os.Exit(1)
	}
}

// quick are the times of a replica under test: everything that production waits for in
// minutes takes seconds.
var quick = []string{
	"MERCHANT_CALL_TIMEOUT=2s", "MERCHANT_JOB_TIMEOUT=5s", "MERCHANT_GRACE=1s", "MERCHANT_LEASE=6s",
	"MERCHANT_STEPS=200ms,500ms,1s,2s",
	"MERCHANT_REVIEW_AFTER=12s", "MERCHANT_SWEEP=500ms", "MERCHANT_DRAIN=10ms",
}

// fleet is three replicas on one database, the platforms that they use, and what harms all
// of them.
type fleet struct {
	t         *testing.T
	seed      uint64
	mu        sync.Mutex
	random    *rand.Rand
	db        *postgres
	box       *sandbox
	addresses []string
	env       []string
	logs      []*logFile
	replicas  []*exec.Cmd

	kills, caught int
	away          time.Duration
}

// logFile is what a replica writes, over all its lives.
type logFile struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// bytes is what was written so far.
func (l *logFile) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text.Bytes())
}

func (f *fleet) intn(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.random.IntN(n)
}

const fleetSize = 3

func newFleet(t *testing.T, key string, seed uint64, way *way) *fleet {
	t.Helper()
	f := &fleet{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), db: newPostgres(t)}
	box, err := newSandbox(way.address)
	ok(t, err)
	t.Cleanup(box.Close)
	f.box = box
	for _, p := range box.platforms {
		p.Choose(f.faults())
	}
	f.env = append(append(os.Environ(), replicaVariable+"=1", "MERCHANT_KEY="+key, "MERCHANT_TOKEN="+testToken,
		"MERCHANT_DATABASE="+f.db.address("postgres")), quick...)
	for name, value := range box.variables {
		f.env = append(f.env, name+"="+value)
	}
	for range fleetSize {
		port, err := freePort()
		ok(t, err)
		f.addresses = append(f.addresses, fmt.Sprintf("127.0.0.1:%d", port))
		f.logs = append(f.logs, new(logFile))
		f.replicas = append(f.replicas, nil)
	}
	way.f = f
	t.Cleanup(func() {
		for _, cmd := range f.replicas {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	for i := range fleetSize {
		f.start(i)
	}
	for i := range fleetSize {
		f.ready(i)
	}
	return f
}

// start starts a replica on the real way to a platform, confirmation included.
func (f *fleet) start(i int) {
	exe, err := os.Executable()
	if err != nil {
		f.t.Error(err)
		return
	}
	cmd := exec.Command(exe, "-live", "-listen", f.addresses[i])
	cmd.Env, cmd.Stdin, cmd.Stderr = f.env, strings.NewReader("yes\n"), f.logs[i]
	if err := cmd.Start(); err != nil {
		f.t.Error(err)
		return
	}
	f.mu.Lock()
	f.replicas[i] = cmd
	f.mu.Unlock()
}

func (f *fleet) ready(i int) {
	f.t.Helper()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get("http://" + f.addresses[i] + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusNoContent {
				return
			}
		}
		if time.Since(begun) > time.Minute {
			text := f.logs[i].bytes()
			f.t.Fatalf("replica %d is not ready: %s", i, text[max(0, len(text)-2000):])
		}
	}
}

// faults break one in four money calls and one in ten of all others, on either side of
// what they do, and let some money calls take long enough to be killed in.
func (f *fleet) faults() func(string) issuingtest.Fault {
	money := map[string]bool{"Cards.Deposit": true, "Tokens.Request": true}
	return func(op string) issuingtest.Fault {
		kind := f.intn(40)
		if money[op] {
			kind = f.intn(16)
		}
		switch kind {
		case 0:
			return issuingtest.DropBefore()
		case 1:
			return issuingtest.DropAfter()
		case 2:
			return issuingtest.BadGatewayAfter()
		case 3:
			return issuingtest.Truncate()
		case 4:
			return issuingtest.DelayBefore(500 * time.Millisecond)
		case 5:
			return issuingtest.DelayAfter(500 * time.Millisecond)
		}
		return issuingtest.Fault{}
	}
}

const (
	killEvery    = 4 * time.Second
	databaseAway = 10 * time.Second
)

// harm kills a replica every few seconds and starts it again, and takes the database away
// once, until the load ends.
func (f *fleet) harm(ctx context.Context, sending func() int) {
	var around sync.WaitGroup
	defer around.Wait()
	around.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(fleetLoad / 3):
		}
		f.db.stop()
		begun := time.Now()
		time.Sleep(databaseAway)
		if err := f.db.start(); err != nil {
			f.t.Error(err)
		}
		f.away = time.Since(begun)
	})
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(killEvery):
		}
		i := f.intn(fleetSize)
		f.caught += sending()
		f.mu.Lock()
		cmd := f.replicas[i]
		f.mu.Unlock()
		_ = cmd.Process.Kill() // by its id
		_ = cmd.Wait()
		f.kills++
		f.start(i)
	}
}

// post sends JSON to any replica until it is taken, and returns the order.
func (f *fleet) post(ctx context.Context, client *http.Client, body any) (view, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return view{}, err
	}
	for {
		address := "http://" + f.addresses[f.intn(fleetSize)] + "/v1/orders"
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
		if err != nil {
			return view{}, err
		}
		r.Header.Set("Authorization", "Bearer "+testToken)
		resp, err := client.Do(r)
		if err == nil {
			answer, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			switch {
			case resp.StatusCode == http.StatusAccepted:
				var v view
				return v, json.Unmarshal(answer, &v)
			case resp.StatusCode < 500:
				return view{}, fmt.Errorf("status %d: %s", resp.StatusCode, answer)
			}
		}
		select {
		case <-ctx.Done():
			return view{}, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// way is what lies between the platforms and the replicas: it takes a callback to any
// replica, one to five times, in any order, until each has been acknowledged.
type way struct {
	address string
	client  http.Client
	f       *fleet
	moving  sync.WaitGroup
	ends    context.CancelFunc
	ctx     context.Context

	mu         sync.Mutex
	deliveries map[string]sent // by provider and body
	posts      atomic.Int64
	lost       atomic.Int64
}

type sent struct {
	provider, typ string
	header        http.Header
	body          []byte
}

func newWay(t *testing.T) *way {
	w := &way{deliveries: map[string]sent{}, client: http.Client{Timeout: 5 * time.Second,
		Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	w.ctx, w.ends = context.WithCancel(context.Background())
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.address = server.URL
	return w
}

func (w *way) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/callbacks/"), "/")
	d := sent{provider: parts[0], header: r.Header.Clone(), body: body}
	if len(parts) > 1 {
		d.typ = parts[1]
	}
	w.mu.Lock()
	w.deliveries[d.provider+d.typ+string(body)] = d
	w.mu.Unlock()
	type answer struct {
		status int
		body   []byte
	}
	first := make(chan answer, 1)
	for n := range 1 + w.f.intn(5) {
		w.moving.Go(func() {
			wait(w.ctx, time.Duration(w.f.intn(300))*time.Millisecond)
			status, said := w.deliver(r.URL.Path, d)
			if n == 0 {
				first <- answer{status, said}
			}
		})
	}
	select {
	case a := <-first:
		rw.WriteHeader(a.status)
		_, _ = rw.Write(a.body)
	case <-r.Context().Done():
	}
}

// deliver posts a callback until it is acknowledged.
func (w *way) deliver(path string, d sent) (status int, body []byte) {
	for w.ctx.Err() == nil {
		w.posts.Add(1)
		request, err := http.NewRequest(http.MethodPost, "http://"+w.f.addresses[w.f.intn(fleetSize)]+path,
			bytes.NewReader(d.body))
		if err != nil {
			w.f.t.Error(err)
			break
		}
		request.Header = d.header.Clone()
		resp, err := w.client.Do(request)
		if err == nil {
			body, _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			coded := d.provider == "unionpay" || d.provider == "coshine"
			if resp.StatusCode == http.StatusOK && (!coded || bytes.Contains(body, []byte(`"responseCode":"00"`))) {
				return resp.StatusCode, body
			}
		}
		wait(w.ctx, time.Duration(50+w.f.intn(200))*time.Millisecond)
	}
	w.lost.Add(1)
	return http.StatusServiceUnavailable, nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// settled waits until every callback has been acknowledged, or for too long.
func (w *way) settled(most time.Duration) {
	timer := time.AfterFunc(most, w.ends)
	defer timer.Stop()
	w.moving.Wait()
}
