package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"slices"
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
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string
}

// browser is the one that all tests open their tabs in; it ends with them.
var browser struct {
	once sync.Once
	ctx  context.Context
	err  error
	end  []func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, end := range slices.Backward(browser.end) {
		end()
	}
	os.Exit(code)
}

// start starts the browser.
func start(path string) error {
	dir, err := os.MkdirTemp("", "browsertest")
	if err != nil {
		return err
	}
	browser.end = append(browser.end, func() {
		for range 50 { // the browser's children may still write for a moment
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.UserDataDir(dir), chromedp.Flag("force-color-profile", "srgb"), chromedp.Env("HOME="+dir))
	if os.Getuid() == 0 {
		credential, err := asNobody(dir)
		if err != nil {
			return err
		}
		options = append(options, chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			if cmd.SysProcAttr == nil {
				cmd.SysProcAttr = &syscall.SysProcAttr{}
			}
			cmd.SysProcAttr.Credential = credential
		}))
	}
	base, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(base)
	browser.ctx = ctx
	browser.end = append(browser.end, stop, cancel, func() { _ = chromedp.Cancel(ctx) })
	return chromedp.Do(ctx, chromedp.Steps()) // its life is the context's, which no timeout bounds
}

// open shows a sandbox's page in a tab of its own.
func open(t *testing.T, s *stage) *tab {
	t.Helper()
	path := chromium(t)
	browser.once.Do(func() { browser.err = start(path) })
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, cancel := chromedp.NewContext(browser.ctx)
	b := &tab{t: t, ctx: ctx}
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
		cancel()
		<-listened
	})
	b.must(chromedp.Do(ctx, chromedp.Steps()))
	b.look(1440, 900, "light")
	b.do(chromedp.Navigate(s.server.URL + "/"))
	b.until(`document.documentElement.dataset.ready === "yes" || document.getElementById("ask").open`)
	return b
}

// asNobody returns an account without root's rights, which gets the folder.
func asNobody(dir string) (*syscall.Credential, error) {
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.Atoi(nobody.Uid)
	gid, gidErr := strconv.Atoi(nobody.Gid)
	if err := errors.Join(uidErr, gidErr); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
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
	eval[chromedp.Void](b, `new Promise((done) => {
		if (location.hash === `+quote(hash)+`) return done();
		addEventListener("hashchange", done, { once: true });
		location.hash = `+quote(hash)+`;
	})`, chromedp.EvalAwaitPromise)
	b.until(`document.querySelector("main").ariaBusy === "false"`)
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
