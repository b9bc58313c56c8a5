package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait: the machine may be busy, and what does not come must not
// hang the test.
const patience = 30 * time.Second

// chromium finds the browser. Root could have installed it, as the gate does, so that a
// skip would hide a hole.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getuid() == 0 {
		t.Fatal("chromium is not installed")
	}
	t.Skip("SKIPPED: chromium is not installed")
	return ""
}

// tab is a tab of a browser with what its console said.
type tab struct {
	t      *testing.T
	ctx    context.Context
	origin string
	mu     sync.Mutex
	said   []string
}

// open starts a browser and shows a sandbox's page.
func open(t *testing.T, s *stage) *tab {
	t.Helper()
	dir, err := os.MkdirTemp("", "browsertest")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox,
		chromedp.UserDataDir(dir), chromedp.Flag("force-color-profile", "srgb"), chromedp.Env("HOME="+dir))
	if os.Getuid() == 0 {
		options = append(options, chromedp.ModifyCmdFunc(asNobody(t, dir)))
	}
	base, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(base)
	b := &tab{t: t, ctx: ctx, origin: s.server.URL}
	messages := chromedp.Console(ctx)
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		for m, err := range messages {
			if err != nil {
				return
			}
			b.mu.Lock()
			b.said = append(b.said, fmt.Sprintf("%s: %s (%s)", m.Type, m.Text, strings.TrimPrefix(m.URL, s.server.URL)))
			b.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		stop()
		<-listened
		for range 50 { // the browser's children may still write for a moment
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	b.must(chromedp.Do(ctx, chromedp.Steps())) // starts the browser, whose life no timeout bounds
	b.look(1440, 900, "light")
	b.do(chromedp.Navigate(s.server.URL + "/"))
	b.until(`document.documentElement.dataset.ready === "yes" || document.getElementById("ask").open`)
	return b
}

// asNobody runs the browser without root's rights.
func asNobody(t *testing.T, dir string) func(*exec.Cmd) {
	t.Helper()
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal("runs as root, and no account without privileges exists")
	}
	uid, uidErr := strconv.Atoi(nobody.Uid)
	gid, gidErr := strconv.Atoi(nobody.Gid)
	if uidErr != nil || gidErr != nil || os.Chown(dir, uid, gid) != nil {
		t.Fatal("nobody cannot own a folder")
	}
	return func(cmd *exec.Cmd) {
		if cmd.SysProcAttr == nil {
			cmd.SysProcAttr = &syscall.SysProcAttr{}
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// do carries steps out, within the bounds of patience.
func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	b.must(chromedp.Do(ctx, steps...))
}

// eval evaluates an expression.
func eval[T any](b *tab, expression string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, options...))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for a condition.
func (b *tab) until(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void]("!!("+condition+")", chromedp.WithPollingTimeout(patience)))
	if err != nil {
		b.t.Fatalf("%s did not come: %v\n%s", condition, err, eval[string](b, `document.body.innerText`))
	}
}

// quote writes a text for a script.
func quote(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

// sees waits until an element has a text.
func (b *tab) sees(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((e) => e.innerText.includes(%s))`, quote(selector), quote(text)))
}

// visit goes to a view.
func (b *tab) visit(hash string) {
	b.t.Helper()
	eval[chromedp.Void](b, `location.hash = `+quote(hash))
	b.until(`document.querySelector("main h1")`)
}

// click clicks the element of a selector that has a text.
func (b *tab) click(selector, text string) {
	b.t.Helper()
	found := fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => (e.innerText || e.value || "").trim().startsWith(%s))`,
		quote(selector), quote(text))
	b.until(found)
	eval[chromedp.Void](b, found+`.click()`)
}

// enter sets the field that a label names, as typing does.
func (b *tab) enter(label, value string) {
	b.t.Helper()
	found := fmt.Sprintf(`[...document.querySelectorAll("label.label")].find((l) => l.innerText === %s)`, quote(label))
	b.until(found)
	eval[chromedp.Void](b, fmt.Sprintf(`{ const f = document.getElementById(%s.htmlFor); f.value = %s;
		f.dispatchEvent(new Event("input", { bubbles: true })); f.dispatchEvent(new Event("change", { bubbles: true })); }`, found, quote(value)))
}

// look sets the size of the window and the colours that its person prefers. Movement is
// off: what is looked at stands still.
func (b *tab) look(width, height int64, colours string) {
	b.t.Helper()
	options := []chromedp.EmulateViewportOption{}
	if width < 600 {
		options = append(options, chromedp.EmulateMobile)
	}
	b.do(chromedp.EmulateViewport(width, height, options...))
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: colours}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	b.must(err)
}

// console returns what the console said since it was last asked.
func (b *tab) console() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}
