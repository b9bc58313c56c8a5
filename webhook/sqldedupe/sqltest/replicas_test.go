//go:build unix

package sqltest

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/kazepay"
	"github.com/issuing-sdk/issuing-go/legacy"
	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/uqpay"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
	"github.com/issuing-sdk/issuing-go/worldcard"
)

// What a replica is told by its environment.
const (
	envAddress  = "SQLTEST_REPLICA_ADDRESS"  // to listen on; makes the test binary a replica
	envDatabase = "SQLTEST_REPLICA_DATABASE" // to connect to
	envKeys     = "SQLTEST_REPLICA_KEYS"     // folder with platform.pem and merchant.pem
)

func TestMain(m *testing.M) {
	if os.Getenv(envAddress) != "" {
		fmt.Fprintln(os.Stderr, "replica:", replica())
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Secrets of the platforms that the test plays.
const (
	appSecret = "0123456789abcdef0123456789abcdef"
	uqSecret  = "a webhook secret of the dashboard"
)

func aesKey() (sign.AESKey, error) { return sign.NewAESKey(bytes.Repeat([]byte{5}, 32)) }

// platform signs callbacks, and knows what a merchant checks them with.
type platform struct {
	own, merchant sign.PrivateKey
	aes           sign.AESKey
}

func loadPlatform(dir string) (p platform, err error) {
	for name, key := range map[string]*sign.PrivateKey{"platform.pem": &p.own, "merchant.pem": &p.merchant} {
		var text []byte
		if text, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return p, err
		}
		if *key, err = sign.ParsePrivateKey(string(text)); err != nil {
			return p, err
		}
	}
	p.aes, err = aesKey()
	return p, err
}

func (p platform) sources(d webhook.Deduper) (map[string]*webhook.Source, error) {
	keys := []sign.PublicKey{p.own.Public()}
	secret, err := sign.NewAppSecret(appSecret)
	if err != nil {
		return nil, err
	}
	out := map[string]*webhook.Source{}
	for _, make := range []func() (*webhook.Source, error){
		func() (*webhook.Source, error) {
			return worldcard.NewCallbacks(worldcard.CallbackConfig{PlatformKeys: keys, AESKey: p.aes, Deduper: d})
		},
		func() (*webhook.Source, error) {
			return legacy.NewCallbacks(legacy.CallbackConfig{AppKey: "app", AppSecrets: []sign.AppSecret{secret}, Deduper: d})
		},
		func() (*webhook.Source, error) {
			return uqpay.NewCallbacks(uqpay.CallbackConfig{Secrets: []issuing.Secret{issuing.NewSecret(uqSecret)}, Deduper: d})
		},
		func() (*webhook.Source, error) {
			return kazepay.NewCallbacks(kazepay.CallbackConfig{PlatformKeys: keys, PrivateKey: p.merchant, Deduper: d})
		},
	} {
		src, err := make()
		if err != nil {
			return nil, err
		}
		out[src.Provider()] = src
	}
	return out, nil
}

// replica is a merchant's program: both forms beside each other, until it is killed.
func replica() error {
	db, err := sql.Open("pgx", os.Getenv(envDatabase))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	inTx, plain, err := dedupers(db)
	if err != nil {
		return err
	}
	p, err := loadPlatform(os.Getenv(envKeys))
	if err != nil {
		return err
	}
	sources, err := p.sources(nil)
	if err != nil {
		return err
	}
	remembering, err := p.sources(plain)
	if err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	mux := http.NewServeMux()
	for name, src := range sources {
		mux.Handle("POST /tx/"+name+"/{type}", sqldedupe.NewHandler(inTx, src, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO tx_effects (event) VALUES ($1)", event.ID)
			return err
		}))
		mux.Handle("POST /plain/"+name+"/{type}", webhook.NewHandler(remembering[name], func(ctx context.Context, event *webhook.Event) error {
			_, err := db.ExecContext(ctx, "INSERT INTO plain_effects (event) VALUES ($1)", event.ID)
			return err
		}))
	}
	server := &http.Server{Addr: os.Getenv(envAddress), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

// dedupers are those of both forms, each on a table of its own.
func dedupers(db *sql.DB) (inTx, plain *sqldedupe.Deduper, err error) {
	cfg := sqldedupe.Config{Dialect: sqldedupe.DialectPostgreSQL, Table: "tx_events", Lease: 2 * time.Second}
	if inTx, err = sqldedupe.New(db, cfg); err != nil {
		return nil, nil, err
	}
	cfg.Table = "plain_events"
	plain, err = sqldedupe.New(db, cfg)
	return inTx, plain, err
}

// push is a signed callback.
type push struct {
	path   string
	header http.Header
	body   []byte
}

// sign makes the n-th callback, of one of the providers.
func (p platform) sign(n int) (push, error) {
	id := fmt.Sprintf("%d%06d", time.Now().Unix(), n)
	switch n % 4 {
	case 0:
		body, err := p.aes.SealBody([]byte(`{"notify_type":"card_deposit","transaction_id":"` + id + `","card_id":"1","amount":"1","status":2}`))
		if err != nil {
			return push{}, err
		}
		stamp, nonce := strconv.FormatInt(time.Now().UnixMilli(), 10), "nonce-"+id
		signature, err := sign.SignPSS(p.own, body, stamp, nonce)
		return push{"worldcard/card_deposit", http.Header{"X-Timestamp": {stamp}, "X-Nonce": {nonce}, "X-Signature": {signature}}, body}, err
	case 1:
		texts := []string{"appKey=app", "appSecret=" + appSecret, "merOrderNo=m" + id, "orderNo=" + id, "status=success"}
		sum := md5.Sum([]byte(strings.Join(texts, "&")))
		body := `{"appKey":"app","merOrderNo":"m` + id + `","orderNo":"` + id + `","status":"success","sign":"` + hex.EncodeToString(sum[:]) + `"}`
		return push{"legacy/" + legacy.EventCardDeposited, nil, []byte(body)}, nil
	case 2:
		body := `{"version":"V1.6.0","event_name":"ISSUING","event_type":"card.create.succeeded","event_id":"` + id + `","source_id":"s","data":{"card_id":"1"}}`
		key, err := sign.NewHMACKey(issuing.NewSecret(uqSecret))
		if err != nil {
			return push{}, err
		}
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		signature, err := sign.SignHMAC512(key, []byte(body), stamp)
		return push{"uqpay/event", http.Header{"X-Wk-Timestamp": {stamp}, "X-Wk-Signature": {signature}}, []byte(body)}, err
	}
	head := `{"apiCode":"` + kazepay.EventCardDeposited + `","requestNo":"` + id + `"}`
	e, err := (sign.Profile{}).Seal(p.own, p.merchant.Public(), []byte(head), []byte(`{"type":"`+kazepay.EventCardDeposited+`","txnId":"`+id+`"}`))
	if err != nil {
		return push{}, err
	}
	return push{"kazepay/event", nil, e.JSON()}, nil
}

// fleet is three replicas and their database, which come and go.
type fleet struct {
	t         *testing.T
	who       account
	dir, keys string
	postgres  string
	database  *exec.Cmd
	db        *sql.DB
	addresses []string
	replicas  []*exec.Cmd
	kills     int
}

// newFleet is a database with the tables of both forms, and no replica yet.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	initdb := find("initdb", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	if initdb == "" {
		missing(t, "PostgreSQL")
	}
	f := &fleet{t: t, who: unprivileged(t, "postgres"), keys: t.TempDir(), postgres: filepath.Join(filepath.Dir(initdb), "postgres")}
	f.dir = f.who.folder(t)
	f.who.run(t, f.dir, initdb, "-D", filepath.Join(f.dir, "data"), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	for _, name := range []string{"platform.pem", "merchant.pem"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		ok(t, err)
		text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
		ok(t, os.WriteFile(filepath.Join(f.keys, name), text, 0o600))
	}
	var err error
	f.db, err = sql.Open("pgx", f.address())
	ok(t, err)
	t.Cleanup(f.stop)
	f.startDatabase()
	inTx, plain, err := dedupers(f.db)
	ok(t, err)
	ok(t, inTx.Migrate(t.Context()))
	ok(t, plain.Migrate(t.Context()))
	for _, table := range []string{"tx_effects", "plain_effects"} {
		_, err := f.db.ExecContext(t.Context(), "CREATE TABLE "+table+" (event TEXT NOT NULL)")
		ok(t, err)
	}
	return f
}

func startFleet(t *testing.T) *fleet {
	t.Helper()
	f := newFleet(t)
	for i := range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ok(t, err)
		f.addresses, f.replicas = append(f.addresses, l.Addr().String()), append(f.replicas, nil)
		ok(t, l.Close())
		f.startReplica(i)
	}
	return f
}

func (f *fleet) address() string {
	return "host=" + f.dir + " user=test dbname=postgres sslmode=disable lock_timeout=300"
}

// startDatabase starts PostgreSQL as after a crash, and waits until it answers.
func (f *fleet) startDatabase() {
	f.t.Helper()
	cmd, output := f.who.command(context.WithoutCancel(f.t.Context()), f.dir, f.postgres,
		"-D", filepath.Join(f.dir, "data"), "-k", f.dir, "-c", "listen_addresses=", "-c", "max_connections=120")
	ok(f.t, cmd.Start())
	f.database = cmd
	for begun := time.Now(); f.db.PingContext(f.t.Context()) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			f.t.Fatalf("PostgreSQL does not answer: %s", output)
		}
	}
}

// stopDatabase ends it at once, as "pg_ctl stop -m immediate" does.
func (f *fleet) stopDatabase() {
	_ = f.database.Process.Signal(syscall.SIGQUIT)
	_ = f.database.Wait()
}

func (f *fleet) startReplica(i int) {
	f.t.Helper()
	program, err := os.Executable()
	ok(f.t, err)
	cmd := exec.CommandContext(context.WithoutCancel(f.t.Context()), program)
	cmd.Env = append(os.Environ(), envAddress+"="+f.addresses[i], envDatabase+"="+f.address(), envKeys+"="+f.keys)
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
	_ = f.db.Close()
	if f.database != nil {
		f.stopDatabase()
	}
}

// harm kills replicas and takes the database away, until ctx ends.
func (f *fleet) harm(ctx context.Context) {
	ticker := time.NewTicker(killEvery)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		f.kill(mathrand.N(len(f.replicas)))
		if n == 2 {
			f.stopDatabase()
			time.Sleep(databaseAway)
			f.startDatabase()
		}
	}
}

// post sends one delivery and reports whether it was acknowledged.
func (f *fleet) post(ctx context.Context, client *http.Client, form string, p push) bool {
	address := "http://" + f.addresses[mathrand.N(len(f.addresses))] + "/" + form + "/" + p.path
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(p.body))
	if err != nil {
		return false
	}
	maps.Copy(r.Header, p.header)
	resp, err := client.Do(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// count returns how many effects there are, and of how many events.
func (f *fleet) count(form string) (effects, events int) {
	f.t.Helper()
	row := f.db.QueryRowContext(f.t.Context(), "SELECT COUNT(*), COUNT(DISTINCT event) FROM "+form+"_effects")
	ok(f.t, row.Scan(&effects, &events))
	return effects, events
}

// TestReplicas: three processes, one database, callbacks that come one to five times in
// any order, processes that are killed, and a database that goes away. With the
// transactional form every effect is there exactly once; the plain form's surplus is
// printed. All senders are acknowledged.
func TestReplicas(t *testing.T) {
	const senders = 32
	f := startFleet(t)
	p, err := loadPlatform(f.keys)
	ok(t, err)
	type job struct {
		form string
		push push
	}
	var jobs []job
	for n := range fleetEvents {
		signed, err := p.sign(n)
		ok(t, err)
		for range 1 + mathrand.N(5) {
			jobs = append(jobs, job{"tx", signed})
			if n < fleetEvents/4 {
				jobs = append(jobs, job{"plain", signed})
			}
		}
	}
	mathrand.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
	ctx, cancel := context.WithCancel(t.Context())
	var harming, sending sync.WaitGroup
	harming.Go(func() { f.harm(ctx) })
	begun, next := time.Now(), atomic.Int64{}
	var posts, lost atomic.Int64
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	for range senders {
		sending.Go(func() {
			for n := next.Add(1) - 1; int(n) < len(jobs); n = next.Add(1) - 1 {
				for try := 0; ; try++ {
					posts.Add(1)
					if f.post(t.Context(), client, jobs[n].form, jobs[n].push) {
						break
					}
					if try == 1000 {
						lost.Add(1)
						break
					}
					time.Sleep(time.Duration(20+mathrand.N(80)) * time.Millisecond)
				}
			}
		})
	}
	sending.Wait()
	took := time.Since(begun)
	cancel()
	harming.Wait()
	effects, events := f.count("tx")
	plainEffects, plainEvents := f.count("plain")
	t.Logf("%d events, %d deliveries, %d posts, %d kills, database away %v: %v", fleetEvents, len(jobs), posts.Load(), f.kills,
		databaseAway, took.Round(time.Millisecond))
	t.Logf("transactional: %d effects of %d events; plain: %d effects of %d events, %d too many",
		effects, events, plainEffects, plainEvents, plainEffects-plainEvents)
	if effects != fleetEvents || events != fleetEvents || plainEvents != fleetEvents/4 || lost.Load() > 0 {
		t.Errorf("want %d effects of as many events, %d in the plain form, and nothing unacknowledged; %d are",
			fleetEvents, fleetEvents/4, lost.Load())
	}
	if f.kills < 2 {
		t.Errorf("%d kills: nothing was harmed", f.kills)
	}
}
