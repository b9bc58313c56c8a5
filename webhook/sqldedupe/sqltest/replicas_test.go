//go:build unix

package sqltest

import (
	"bytes"
	"context"
	"io"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fleet is three replicas and their database, which come and go.
type fleet struct {
	t         *testing.T
	keys      string
	engine    *engine
	addresses []string
	replicas  []*exec.Cmd
	kills     int
	away      time.Duration // how long the database was gone

	acknowledged atomic.Int64 // deliveries
}

// prepare makes the tables of both forms.
func (e *engine) prepare(t *testing.T) {
	t.Helper()
	inTx, plain, err := dedupers(e.db, e.dialect)
	ok(t, err)
	ok(t, inTx.Migrate(t.Context()))
	ok(t, plain.Migrate(t.Context()))
	for _, table := range []string{"tx_effects", "plain_effects"} {
		_, err := e.db.ExecContext(t.Context(), "CREATE TABLE "+table+" (provider VARCHAR(20) NOT NULL, event VARCHAR(400) NOT NULL)")
		ok(t, err)
	}
}

func startFleet(t *testing.T, e *engine) *fleet {
	t.Helper()
	f := &fleet{t: t, keys: t.TempDir(), engine: e}
	ok(t, writeKeys(f.keys))
	e.prepare(t)
	t.Cleanup(f.stop)
	for i := range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ok(t, err)
		f.addresses, f.replicas = append(f.addresses, l.Addr().String()), append(f.replicas, nil)
		ok(t, l.Close())
		f.startReplica(i)
	}
	return f
}

func (f *fleet) startReplica(i int) {
	f.t.Helper()
	program, err := os.Executable()
	ok(f.t, err)
	cmd := exec.CommandContext(context.WithoutCancel(f.t.Context()), program)
	cmd.Env = append(os.Environ(), envAddress+"="+f.addresses[i], envDialect+"="+string(f.engine.dialect),
		envDatabase+"="+f.engine.address, envKeys+"="+f.keys)
	cmd.Stderr = os.Stderr
	ok(f.t, cmd.Start())
	f.replicas[i] = cmd
}

// kill ends a replica by its process id, in the middle of whatever it does, and starts
// it again.
func (f *fleet) kill(i int) {
	_ = f.replicas[i].Process.Kill()
	_ = f.replicas[i].Wait()
	f.kills++
	f.startReplica(i)
}

func (f *fleet) stop() {
	for _, replica := range f.replicas {
		if replica != nil {
			_ = replica.Process.Kill()
			_ = replica.Wait()
		}
	}
}

// harm kills replicas every killEvery, and at a quarter and the half of all deliveries;
// at a third of them it takes the database away. It ends with ctx.
func (f *fleet) harm(ctx context.Context, all int) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		progress := int(f.acknowledged.Load()) * 12 / all
		if time.Since(last) > killEvery || f.kills < 2 && progress >= 3*(f.kills+1) {
			f.kill(mathrand.N(len(f.replicas)))
			last = time.Now()
		}
		if progress >= 4 && f.away == 0 {
			f.engine.stop(f.t)
			begun := time.Now()
			time.Sleep(databaseAway)
			f.engine.start(f.t)
			f.away = time.Since(begun)
		}
	}
}

// post sends one delivery and reports whether it was acknowledged.
func (f *fleet) post(ctx context.Context, client *http.Client, form string, p push) bool {
	d, err := p.signed()
	if err != nil {
		f.t.Error(err)
		return true
	}
	address := "http://" + f.addresses[mathrand.N(len(f.addresses))] + "/" + form + "/" + p.provider + "/" + d.address()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	maps.Copy(r.Header, d.header)
	resp, err := client.Do(r)
	if err != nil {
		return false
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	return acknowledged(p.provider, resp.StatusCode, body)
}

// count is how many effects there are, and of how many events.
type count struct{ effects, events int }

// counted returns the counts of each provider, and of all under "".
func (f *fleet) counted(form string) map[string]count {
	f.t.Helper()
	rows, err := f.engine.db.QueryContext(f.t.Context(),
		"SELECT provider, COUNT(*), COUNT(DISTINCT event) FROM "+form+"_effects GROUP BY provider")
	ok(f.t, err)
	defer func() { _ = rows.Close() }()
	out := map[string]count{}
	for rows.Next() {
		var name string
		var n count
		ok(f.t, rows.Scan(&name, &n.effects, &n.events))
		out[name] = n
		all := out[""]
		out[""] = count{all.effects + n.effects, all.events + n.events}
	}
	ok(f.t, rows.Err())
	return out
}

// job is one delivery that has to be acknowledged.
type job struct {
	form string
	push push
}

// jobs are one to five deliveries of each event, in any order; every fourth event goes
// to both forms.
func jobs(t *testing.T, p platform, events int) []job {
	t.Helper()
	var out []job
	for n := range events {
		signed, err := p.sign(n)
		ok(t, err)
		for range 1 + mathrand.N(5) {
			out = append(out, job{"tx", signed})
			if n < events/4 {
				out = append(out, job{"plain", signed})
			}
		}
	}
	mathrand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// send posts every job until it is acknowledged, as the platforms do. It returns how
// often it posted, and how many were never acknowledged.
func (f *fleet) send(all []job) (posts, lost int64) {
	const senders = 32
	var next, posted, given atomic.Int64
	var sending sync.WaitGroup
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	for range senders {
		sending.Go(func() {
			for n := next.Add(1) - 1; int(n) < len(all); n = next.Add(1) - 1 {
				for try := 0; ; try++ {
					posted.Add(1)
					if f.post(f.t.Context(), client, all[n].form, all[n].push) {
						f.acknowledged.Add(1)
						break
					}
					if try == 2000 {
						given.Add(1)
						break
					}
					time.Sleep(time.Duration(20+mathrand.N(80)) * time.Millisecond)
				}
			}
		})
	}
	sending.Wait()
	return posted.Load(), given.Load()
}

// testReplicas: three processes, one database, callbacks of all providers that come one
// to five times in any order, processes that are killed, and a database that goes away.
// With the transactional form every effect is there exactly once; the plain form's
// surplus is printed. All senders are acknowledged.
func testReplicas(t *testing.T, e *engine, events int) {
	f := startFleet(t, e)
	p, err := loadPlatform(f.keys)
	ok(t, err)
	all := jobs(t, p, events)
	ctx, cancel := context.WithCancel(t.Context())
	var harming sync.WaitGroup
	harming.Go(func() { f.harm(ctx, len(all)) })
	begun := time.Now()
	posts, lost := f.send(all)
	took := time.Since(begun)
	cancel()
	harming.Wait()

	tx, plain := f.counted("tx"), f.counted("plain")
	t.Logf("%s: %d events of %d providers, %d deliveries, %d posts, %d kills, database away %v: %v", e.dialect, events,
		len(providers), len(all), posts, f.kills, f.away.Round(time.Millisecond), took.Round(time.Millisecond))
	t.Logf("transactional: %d effects of %d events; plain: %d effects of %d events, %d too many",
		tx[""].effects, tx[""].events, plain[""].effects, plain[""].events, plain[""].effects-plain[""].events)
	for i, name := range providers {
		of := func(n int) int { return (n - i + len(providers) - 1) / len(providers) }
		if want := of(events); tx[name] != (count{want, want}) {
			t.Errorf("%s, transactional: %+v, want %d effects of as many events", name, tx[name], want)
		}
		if want := of(events / 4); plain[name].events != want {
			t.Errorf("%s, plain: %+v, want %d events", name, plain[name], want)
		}
	}
	if lost > 0 {
		t.Errorf("%d deliveries were never acknowledged", lost)
	}
	if f.kills < 2 || f.away < databaseAway {
		t.Errorf("%d kills, and the database was away for %v: nothing was harmed", f.kills, f.away)
	}
}

func TestReplicas(t *testing.T) {
	t.Run("PostgreSQL", func(t *testing.T) { testReplicas(t, startPostgreSQL(t), fleetEvents) })
	t.Run("MariaDB", func(t *testing.T) { testReplicas(t, startMariaDB(t), fewerEvents) })
	t.Run("SQLite", func(t *testing.T) { testReplicas(t, startSQLite(t), fewerEvents) })
}
