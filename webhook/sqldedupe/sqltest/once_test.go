package sqltest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/issuing-sdk/issuing-go/sign"
	"github.com/issuing-sdk/issuing-go/webhook"
	"github.com/issuing-sdk/issuing-go/webhook/sqldedupe"
)

// bare is a scheme that trusts everybody: the body is the event and its delivery.
type bare struct{}

func (bare) Verify(_ context.Context, req *webhook.Request) (webhook.Verified, error) {
	_, delivery, _ := strings.Cut(string(req.Body), " ")
	return webhook.Verified{Delivery: delivery}, nil
}

func (bare) Open(_ context.Context, req *webhook.Request, _ webhook.Verified) (*webhook.Event, error) {
	id, _, _ := strings.Cut(string(req.Body), " ")
	return &webhook.Event{Type: "event", ID: id}, nil
}

func (bare) Answer(_ *webhook.Request, result webhook.Result) webhook.Answer {
	return webhook.StandardAnswer(result)
}

// inbox is a merchant whose effects stand in a table of the same database.
type inbox struct {
	l       *lab
	effects string

	mu       sync.Mutex
	outcomes map[webhook.Outcome]int
	last     error
}

func openInbox(t *testing.T, l *lab) *inbox {
	t.Helper()
	in := &inbox{l: l, effects: l.cfg.Table + "_effects", outcomes: map[webhook.Outcome]int{}}
	l.cfg.Lease = time.Minute // on a machine that is busy with other tests
	l.exec(t, "DROP TABLE IF EXISTS "+in.effects)
	l.exec(t, "CREATE TABLE "+in.effects+" (event CHAR(64) NOT NULL)")
	return in
}

func (l *lab) exec(t *testing.T, text string) {
	t.Helper()
	if _, err := l.db.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// effect is what the merchant's function does in its transaction.
func (in *inbox) effect(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO "+in.effects+" (event) VALUES ('"+event.ID+"')")
	return err
}

// count returns how many effects there are, and of how many events.
func (in *inbox) count(t *testing.T) (effects, events int) {
	t.Helper()
	row := in.l.db.QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(DISTINCT event) FROM "+in.effects)
	ok(t, row.Scan(&effects, &events))
	return effects, events
}

func (in *inbox) observe(_ context.Context, r webhook.Report) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.outcomes[r.Outcome]++
	if r.Err != nil {
		in.last = r.Err
	}
}

// replica is the handler of one more process; fn nil is the effect alone.
func (in *inbox) replica(t *testing.T, fn sqldedupe.Func) *webhook.Handler {
	t.Helper()
	if fn == nil {
		fn = in.effect
	}
	src, err := webhook.NewSource("bare", bare{})
	ok(t, err)
	return sqldedupe.NewHandler(in.l.replica(t), src, fn, webhook.WithObserver(in.observe))
}

func send(ctx context.Context, h *webhook.Handler, body string) int {
	return h.Handle(ctx, &webhook.Request{Body: []byte(body)}).Status
}

// testOneTransaction: effect and claim are there together, or neither is.
func testOneTransaction(t *testing.T, l *lab) {
	in := openInbox(t, l)
	mode := ""
	h := in.replica(t, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
		if err := in.effect(ctx, tx, event); err != nil {
			return err
		}
		switch mode {
		case "error":
			return errFn
		case "panic":
			panic("bug")
		case "own record":
			return webhook.ErrDuplicate
		case "commits itself":
			return tx.Commit()
		}
		return nil
	})
	for _, step := range []struct {
		mode, body      string
		status, effects int
	}{
		{"error", "1 a", 503, 0},
		{"panic", "1 a", 503, 0},
		{"", "1 a", 200, 1},
		{"", "1 a", 200, 1},
		{"", "1 b", 200, 1},
		{"", "2 a", 401, 1}, // the delivery is another event's
		{"own record", "3 c", 200, 2},
		{"", "3 c", 200, 2},
		{"commits itself", "4 d", 503, 3}, // a fault: unknown, and so not acknowledged
		{"", "4 d", 200, 3},
	} {
		mode = step.mode
		status := send(t.Context(), h, step.body)
		if effects, _ := in.count(t); status != step.status || effects != step.effects {
			t.Errorf("%s, %q: %d with %d effects, want %d with %d (%v)", step.body, step.mode, status, effects, step.status, step.effects, in.last)
		}
	}
	// The platform hangs up: the transaction goes on, and ends.
	ctx, cancel := context.WithCancel(t.Context())
	gone := in.replica(t, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
		cancel()
		return in.effect(ctx, tx, event)
	})
	send(ctx, gone, "5 e")
	if effects, _ := in.count(t); effects != 4 {
		t.Errorf("%d effects after the platform hung up, want 4", effects)
	}
	// A function that outlasts the lease is rolled back.
	l.cfg.Lease = 300 * time.Millisecond
	slow := in.replica(t, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
		err := in.effect(ctx, tx, event)
		<-ctx.Done()
		return err
	})
	if status := send(t.Context(), slow, "6 f"); status != 503 {
		t.Errorf("a slow function: %d", status)
	}
	if status := send(t.Context(), h, "6 f"); status != 200 {
		t.Errorf("sent again: %d, %v", status, in.last)
	}
	if effects, events := in.count(t); effects != 5 || events != 5 {
		t.Errorf("%d effects of %d events, want 5 of 5", effects, events)
	}
}

// testOnceUnderRollbacks delivers every event many times at once to several
// replicas, and rolls a third of the winners back.
func testOnceUnderRollbacks(t *testing.T, l *lab) {
	in := openInbox(t, l)
	var runs [raced]atomic.Int32
	replicas := make([]*webhook.Handler, 4)
	for i := range replicas {
		replicas[i] = in.replica(t, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
			var n int
			_, _ = fmt.Sscan(event.ID, &n)
			if err := in.effect(ctx, tx, event); err != nil {
				return err
			}
			if run := runs[n].Add(1); n%3 == 0 && run == 1 {
				return errFn
			}
			return nil
		})
	}
	var wg sync.WaitGroup
	begun := time.Now()
	for n := range raced {
		for i := range deliveries {
			wg.Go(func() {
				body := fmt.Sprintf("%d %d-%d", n, n, i/2)
				for range 200 { // as the platform: until it is acknowledged
					if send(t.Context(), replicas[i%len(replicas)], body) == http.StatusOK {
						return
					}
					time.Sleep(10 * time.Millisecond)
				}
				t.Errorf("%s was never acknowledged: %v", body, in.last)
			})
		}
		if n%5 == 4 {
			wg.Wait()
		}
	}
	wg.Wait()
	if effects, events := in.count(t); effects != raced || events != raced {
		t.Errorf("%d effects of %d events, want %d of %d", effects, events, raced, raced)
	}
	t.Logf("%d events, %d deliveries of each at once: %v in %v", raced, deliveries, in.outcomes, time.Since(begun).Round(time.Millisecond))
}

// maxMedian bounds what other callbacks take beside the repeats of a slow event.
const maxMedian = 10 * time.Millisecond

// testRepeatsOfASlowEvent: repeats of an event in flight are busy without a
// connection, so that others have theirs.
func testRepeatsOfASlowEvent(t *testing.T, l *lab) {
	const repeats = 64
	in := openInbox(t, l)
	entered, leave := make(chan struct{}), make(chan struct{})
	h := in.replica(t, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
		if event.ID == "slow" {
			close(entered)
			<-leave
		}
		return in.effect(ctx, tx, event)
	})
	first := make(chan int, 1)
	go func() { first <- send(t.Context(), h, "slow 1") }()
	<-entered
	noted(l.db)
	var wg sync.WaitGroup
	for i := range repeats {
		wg.Go(func() {
			if status := send(t.Context(), h, fmt.Sprintf("slow %d", i%3)); status != 503 {
				t.Errorf("a repeat meanwhile: %d", status)
			}
		})
	}
	wg.Wait()
	if texts := noted(l.db); len(texts) != 0 || in.outcomes[webhook.OutcomeBusy] != repeats {
		t.Errorf("the repeats asked %v, and %d were busy", texts, in.outcomes[webhook.OutcomeBusy])
	}
	if l.cfg.Dialect != sqldedupe.DialectSQLite { // which has one writer
		took := make([]time.Duration, 51)
		for i := range took {
			begun := time.Now()
			if status := send(t.Context(), h, fmt.Sprintf("other%d x%d", i, i)); status != 200 {
				t.Errorf("another event: %d, %v", status, in.last)
			}
			took[i] = time.Since(begun)
		}
		slices.Sort(took)
		median := took[len(took)/2]
		t.Logf("others meanwhile: median %v, longest %v", median, took[len(took)-1])
		if median >= maxMedian {
			t.Errorf("the median of others is %v, below %v is meant", median, maxMedian)
		}
	}
	close(leave)
	if status := <-first; status != 200 {
		t.Errorf("the slow one: %d, %v", status, in.last)
	}
}

// testStatements counts what a callback costs the database.
func testStatements(t *testing.T, l *lab) {
	in := openInbox(t, l)
	h := in.replica(t, func(context.Context, *sql.Tx, *webhook.Event) error { return nil })
	src, err := webhook.NewSource("plain", bare{}, webhook.WithDeduper(l.replica(t)))
	ok(t, err)
	plain := webhook.NewHandler(src, func(_ context.Context, event *webhook.Event) error {
		return map[string]error{"bad": errFn}[event.ID]
	}, webhook.WithObserver(in.observe))
	for _, step := range []struct {
		h    *webhook.Handler
		body string
		want []string
	}{
		{h, "1 a", []string{"BEGIN", "INSERT", "COMMIT"}},
		{h, "1 a", []string{"BEGIN", "INSERT", "SELECT", "ROLLBACK"}},
		{plain, "1 a", []string{"INSERT", "UPDATE"}},
		{plain, "1 a", []string{"INSERT", "SELECT"}},
		{plain, "bad b", []string{"INSERT", "DELETE"}},
	} {
		noted(l.db)
		send(t.Context(), step.h, step.body)
		if diff := cmp.Diff(step.want, noted(l.db)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.body, diff)
		}
	}
}

// testFormsMix: both forms, and what a dead process of the plain one left behind,
// stand in one table.
func testFormsMix(t *testing.T, l *lab) {
	in := openInbox(t, l)
	h := in.replica(t, nil)
	src, err := webhook.NewSource("bare", bare{}, webhook.WithDeduper(l.replica(t)))
	ok(t, err)
	runs := 0
	plain := webhook.NewHandler(src, func(context.Context, *webhook.Event) error { runs++; return nil }, webhook.WithObserver(in.observe))
	dead := hold(t, l.replica(t), webhook.Claims{Event: "bare/event/3", Delivery: "bare/delivery/c"})
	t.Cleanup(func() { _ = dead.end(errFn) })
	statuses := []int{
		send(t.Context(), h, "1 a"), send(t.Context(), plain, "1 a"),
		send(t.Context(), plain, "2 b"), send(t.Context(), h, "2 b"),
		send(t.Context(), h, "3 c"),
	}
	l.advance(time.Minute)
	statuses = append(statuses, send(t.Context(), h, "3 c"), send(t.Context(), plain, "3 c"))
	if diff := cmp.Diff([]int{200, 200, 200, 200, 503, 200, 200}, statuses); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, in.last)
	}
	if effects, _ := in.count(t); effects != 2 || runs != 1 {
		t.Errorf("%d effects and %d runs, want 2 and 1", effects, runs)
	}
}

// testAnswers: what a question was answered is there for every process, sealed.
func testAnswers(t *testing.T, l *lab) {
	key, err := sign.NewAESKey(slices.Repeat([]byte{7}, 32))
	ok(t, err)
	l.cfg.AnswerKeys = []sign.AESKey{key}
	const answer = "approve 4929420573595709"
	first, other := l.replica(t), l.replica(t)
	for i := range 2 {
		state, got, err := []*sqldedupe.Deduper{first, other}[i].Do(t.Context(), named("q"), func(context.Context) ([]byte, error) {
			return []byte(answer), nil
		})
		if want := []webhook.Claim{webhook.ClaimNew, webhook.ClaimDone}[i]; state != want || string(got) != answer || err != nil {
			t.Errorf("%v, %q, %v", state, got, err)
		}
	}
	var stored []byte
	ok(t, l.db.QueryRowContext(t.Context(), "SELECT answer FROM "+l.cfg.Table).Scan(&stored))
	if len(stored) <= len(answer) || strings.Contains(string(stored), "4929") {
		t.Errorf("stored %q", stored)
	}
	l.cfg.AnswerKeys = nil
	if _, _, err := l.replica(t).Do(t.Context(), named("q"), func(context.Context) ([]byte, error) { return nil, nil }); !errors.Is(err, sign.ErrDecrypt) {
		t.Errorf("without the key: %v", err)
	}
}

// testPositions: how far something has come is known to every process, and what a
// transaction has noted goes with it.
func testPositions(t *testing.T, l *lab) {
	in := openInbox(t, l)
	first, other := l.replica(t), l.replica(t)
	at := func(seconds int) time.Time { return epoch.Add(time.Duration(seconds) * time.Second) }
	for i, step := range []struct {
		p    webhook.Position
		want bool
	}{
		{webhook.Position{Of: "a"}, true},
		{webhook.Position{Of: "a", At: at(10)}, true},
		{webhook.Position{Of: "a", At: at(5)}, false},
		{webhook.Position{Of: "a", At: at(10)}, true},
		{webhook.Position{Of: "b", At: at(5)}, true},
		{webhook.Position{Of: "a"}, true},
		{webhook.Position{Of: "a", At: at(20)}, true},
		{webhook.Position{Of: "a", At: at(15)}, false},
		{webhook.Position{Of: "a", At: at(15), Last: true}, true},
		{webhook.Position{Of: "a", At: at(30)}, false},
		{webhook.Position{Of: "a"}, false},
		{webhook.Position{Of: "a", Last: true}, true},
	} {
		d := []*sqldedupe.Deduper{first, other}[i%2]
		if got, err := d.Advance(t.Context(), step.p); got != step.want || err != nil {
			t.Errorf("step %d, %+v: %t, %v", i, step.p, got, err)
		}
	}
	src, err := webhook.NewSource("bare", bare{}, webhook.WithOrder(func(event *webhook.Event) (webhook.Position, bool) {
		return webhook.Position{Of: "thing", At: at(len(event.ID))}, true
	}))
	ok(t, err)
	fail := true
	h := sqldedupe.NewHandler(first, src, func(ctx context.Context, tx *sql.Tx, event *webhook.Event) error {
		if fail {
			return errFn
		}
		return in.effect(ctx, tx, event)
	}, webhook.WithObserver(in.observe))
	statuses := []int{send(t.Context(), h, "xxxx 1")} // rolled back, and its position with it
	fail = false
	for i, id := range []string{"xx", "xxxx", "xxx"} {
		statuses = append(statuses, send(t.Context(), h, fmt.Sprint(id, " ", i+2)))
	}
	effects, _ := in.count(t)
	if diff := cmp.Diff([]int{503, 200, 200, 200}, statuses); diff != "" || effects != 2 {
		t.Errorf("%d effects, want 2 (-want +got):\n%s\n%v", effects, diff, in.last)
	}
}
