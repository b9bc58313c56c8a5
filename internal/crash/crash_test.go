package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
	"github.com/issuing-sdk/issuing-go/issuingtest"
)

// kills is how many of the processes that make the calls die of SIGKILL.
const kills = 20

// bank is a provider's platform, which outlives the processes, and what a process needs
// to be its client.
type bank struct {
	platform issuingtest.Platform
	close    func()
	setup    setup
	op       string        // the money call
	booked   func(int) int // how often the platform has accepted call i
	paid     func(int) int // how often its money has moved, an hour later
}

// setup is what the parent tells a process.
type setup struct {
	Provider string
	Texts    map[string]string // of the client's configuration
	Cards    []string          // call i is about card i
}

// order is one process's work.
type order struct {
	Setup    setup
	Mode     string         // send, settle or resend
	From, To int            // the calls to send
	Pendings map[int][]byte // to settle: the JSON that was kept
}

// line is what a process tells the parent, one JSON object a line.
type line struct {
	Call   int
	Kept   []byte `json:",omitempty"` // the pending, before its first byte leaves
	Ended  string `json:",omitempty"` // ok, refused or open
	Result string `json:",omitempty"` // the verdict of settling
	Error  string `json:",omitempty"`
}

// TestCrash: processes that record each money call before they send it are killed at any
// time, under faults. What others settle from the records agrees with the platform's
// books, nothing is done twice by sending again, and what stays open is what the row says
// that nobody can tell.
func TestCrash(t *testing.T) {
	for name, open := range banks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			t.Cleanup(b.close)
			run(t, b)
		})
	}
}

func run(t *testing.T, b *bank) {
	row := b.row(t)
	b.platform.Choose(faults(b.op))
	kept, ended, killed := b.send(t)
	b.platform.Choose(nil)
	open := map[int][]byte{}
	for i, pending := range kept {
		switch ended[i] {
		case "ok":
			b.expect(t, i, "a call that returned a result", 1)
		case "refused":
			b.expect(t, i, "a call that was refused", 0)
		default:
			open[i] = pending
		}
	}
	defer b.audit(t)
	first := b.work(t, order{Setup: b.setup, Mode: "settle", Pendings: open})
	counts := b.verdicts(t, open, first)
	tell := row.SettledBy == issuing.SettledByKey || row.SettledBy == issuing.SettledByState
	if tell && counts["open"] > 0 {
		t.Errorf("%d are open, although the row says that they are settled by %s", counts["open"], row.SettledBy)
	}
	t.Logf("%-9s %d calls, %d processes killed, %d left open or without an end, %d records without a request",
		b.setup.Provider, len(kept), killed, len(open), counts["unsent"])
	t.Logf("%-9s settled by asking: %d done, %d refused, %d absent, %d open", b.setup.Provider,
		counts["done"], counts["refused"], counts["absent"], counts["open"])
	if !row.Resend {
		return
	}
	rest := map[int][]byte{}
	for i, pending := range open {
		if first[i].Result == "absent" || first[i].Result == "open" {
			rest[i] = pending
		}
	}
	second := b.work(t, order{Setup: b.setup, Mode: "resend", Pendings: rest})
	counts = b.verdicts(t, rest, second)
	t.Logf("%-9s sent again: %d done, %d refused, %d absent, %d open", b.setup.Provider,
		counts["done"], counts["refused"], counts["absent"], counts["open"])
	if counts["open"]+counts["absent"] > 0 {
		t.Errorf("%d are absent and %d open after they were sent again", counts["absent"], counts["open"])
	}
}

// audit compares what the platform accepted with where its money is when all is done.
func (b *bank) audit(t *testing.T) {
	b.platform.Clock().Advance(time.Hour)
	moved := 0
	for i := range calls {
		accepted, paid := b.booked(i), b.paid(i)
		if accepted != paid || paid > 1 {
			t.Errorf("%s, call %d: accepted %d times, paid %d times", b.setup.Provider, i, accepted, paid)
		}
		moved += paid
	}
	t.Logf("%-9s %d of %d calls moved money, none twice", b.setup.Provider, moved, calls)
}

// row is the operation's, as the provider publishes it.
func (b *bank) row(t *testing.T) issuing.Operation {
	t.Helper()
	all := operations[b.setup.Provider]()
	i := slices.IndexFunc(all, func(o issuing.Operation) bool { return o.Name == b.op })
	if i < 0 {
		t.Fatalf("%s has no row %s", b.setup.Provider, b.op)
	}
	return all[i]
}

func (b *bank) expect(t *testing.T, i int, what string, want int) {
	t.Helper()
	if got := b.booked(i); got != want {
		t.Errorf("%s, call %d, %s: booked %d times, want %d", b.setup.Provider, i, what, got, want)
	}
}

// verdicts holds what settling said against the books, and counts it.
func (b *bank) verdicts(t *testing.T, asked map[int][]byte, said map[int]line) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for i := range asked {
		got, ok := said[i]
		if !ok || got.Error != "" {
			t.Errorf("%s, call %d was not settled: %s", b.setup.Provider, i, got.Error)
			continue
		}
		counts[got.Result]++
		switch booked := b.booked(i); got.Result {
		case "done":
			b.expect(t, i, "settled as done", 1)
		case "refused", "absent":
			b.expect(t, i, "settled as "+got.Result, 0)
		case "open":
			if booked > 1 {
				t.Errorf("%s, call %d: booked %d times", b.setup.Provider, i, booked)
			}
		}
		if b.booked(i) == 0 {
			counts["unsent"]++
		}
	}
	return counts
}

// send has processes make the calls, kills most of them, and returns the last record of
// each call and how it ended.
func (b *bank) send(t *testing.T) (kept map[int][]byte, ended map[int]string, killed int) {
	t.Helper()
	kept, ended = map[int][]byte{}, map[int]string{}
	random := rand.New(rand.NewPCG(1, uint64(len(b.setup.Provider))))
	for next := 0; next < calls; {
		p := start(t, order{Setup: b.setup, Mode: "send", From: next, To: calls})
		var last int
		if killed < kills {
			// After some calls, and a moment that falls anywhere within one.
			last = next + 1 + random.IntN(2*(calls-next)/(kills-killed+1)+1)
		}
		for l := range p.lines {
			if l.Kept != nil {
				kept[l.Call] = l.Kept
				next = l.Call + 1
			}
			if l.Ended != "" {
				ended[l.Call] = l.Ended
			}
			if l.Error != "" {
				t.Fatalf("%s: %s", b.setup.Provider, l.Error)
			}
			if last > 0 && next >= last {
				last = 0
				killed++
				time.AfterFunc(time.Duration(random.IntN(3000))*time.Microsecond, p.kill)
			}
		}
		p.wait(t, killed)
	}
	return kept, ended, killed
}

// work has one process do the work, and returns what it said of each call.
func (b *bank) work(t *testing.T, o order) map[int]line {
	t.Helper()
	said := map[int]line{}
	p := start(t, o)
	for l := range p.lines {
		said[l.Call] = l
	}
	p.wait(t, 0)
	return said
}

// faults breaks one in three requests of the money call and one in ten of all others.
func faults(op string) func(string) issuingtest.Fault {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(7, 7))
	return func(asked string) issuingtest.Fault {
		mu.Lock()
		defer mu.Unlock()
		kind := random.IntN(30)
		if asked == op {
			kind = random.IntN(12)
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
		}
		return issuingtest.Fault{}
	}
}

// process is a child.
type process struct {
	cmd   *exec.Cmd
	lines <-chan line
	errs  *bytes.Buffer
}

// start starts this test's program as a child with an order.
func start(t *testing.T, o order) *process {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(exe), errs: new(bytes.Buffer)}
	p.cmd.Env = append(os.Environ(), childVariable+"=1")
	p.cmd.Stdin, p.cmd.Stderr = bytes.NewReader(text), p.errs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan line)
	p.lines = lines
	go func() {
		defer close(lines)
		read(out, lines)
	}()
	return p
}

// read reads whole lines: of one that a kill has cut short, nothing counts.
func read(out io.Reader, lines chan<- line) {
	r := bufio.NewReader(out)
	for {
		text, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			l.Error = fmt.Sprintf("a line that cannot be read: %q", text)
		}
		lines <- l
	}
}

func (p *process) kill() { _ = p.cmd.Process.Kill() }

// wait waits for the end, which only a kill may have been.
func (p *process) wait(t *testing.T, killed int) {
	t.Helper()
	if err := p.cmd.Wait(); err != nil && (killed == 0 || p.cmd.ProcessState.ExitCode() != -1) {
		t.Fatalf("the process ended with %v: %s", err, p.errs)
	}
}
