//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/issuing-sdk/issuing-go/webhook"
)

// hostile is what a platform or a caller may send, to become markup.
const hostile = `<script>document.title="taken"</script><img src=x onerror=alert(1)>`

// filled is a service of which the page has something to show in every table.
func filled(t *testing.T) *service {
	t.Helper()
	s := newService(t, "", nil)
	card := s.card("worldcard")
	open := s.deposit("worldcard", card, "top-up-1001")
	ok(t, s.store.record(t.Context(), open.ID, open.Epoch, "{}", time.Minute))
	s.tell(open.ID, evidence{finding: foundOpen, epoch: 1, wait: 15 * time.Second,
		note: "the connection broke; look it up with Cards.DepositByKey"})
	accepted := s.deposit("uqpay", s.card("uqpay"), "top-up-1002")
	s.tell(accepted.ID, evidence{finding: foundAccepted, wait: 5 * time.Second, id: "order"})
	lost := s.deposit("kazepay", s.card("kazepay"), hostile)
	ok(t, s.store.record(t.Context(), lost.ID, lost.Epoch, "{}", time.Minute))
	s.tell(lost.ID, evidence{finding: foundNothing, epoch: 1,
		note: "it is not listed, which proves nothing: it may be listed later"})
	done := s.deposit("worldcard", card, "top-up-1003")
	s.tell(done.ID, evidence{finding: foundDone, from: "call"})
	s.tell(done.ID, evidence{finding: foundRefused, from: "callback"})
	_, err := s.store.exec(t.Context(), s.store.db, `INSERT INTO events (id, provider, type, sealed, order_id, received_at)
		VALUES ('uqpay:e1', 'uqpay', 'card.recharge.succeeded', '', '', {now})`)
	ok(t, err)
	inserted, err := s.jobs.Insert(t.Context(), eventArgs{"uqpay:e2"}, nil)
	ok(t, err)
	_, err = s.store.exec(t.Context(), s.store.db,
		"UPDATE river_job SET state = 'discarded', attempt = 10, finalized_at = CURRENT_TIMESTAMP WHERE id = $1",
		inserted.Job.ID)
	ok(t, err)
	s.callbackSeen(t.Context(), webhook.Report{Provider: "worldcard", Type: "card_deposit",
		Outcome: webhook.OutcomeHandled, Status: 200})
	s.callbackSeen(t.Context(), webhook.Report{Provider: "legacy", Outcome: webhook.OutcomeRefused, Status: 401,
		Err: errors.New("the signature does not verify")})
	return s
}

// The page shows what a person needs, and nothing of it is markup.
func TestPage(t *testing.T) {
	t.Parallel()
	s := filled(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/", nil)
	ok(t, err)
	resp, err := http.DefaultClient.Do(r)
	ok(t, err)
	defer func() { _ = resp.Body.Close() }()
	var text bytes.Buffer
	_, err = text.ReadFrom(resp.Body)
	ok(t, err)
	page := text.String()
	for _, want := range []string{
		"look it up with Cards.DepositByKey", "15s", "which proves nothing",
		"Cards.Transactions", "the signature does not verify",
		"uqpay:e1", "uqpay:e2", "contradiction", "10 of 10", "top-up-1002", "Settle now",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, "style=") {
		t.Error("what was sent has become markup, or a style stands in it")
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy,
		"default-src 'none'; style-src 'self'") {
		t.Errorf("policy %q", policy)
	}
	var id string
	ok(t, s.store.row(t.Context(), s.store.db, "SELECT id FROM orders WHERE key = 'top-up-1001'").Scan(&id))
	before := s.at(id).Epoch
	form, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.server.URL+"/settle",
		strings.NewReader("order="+id))
	ok(t, err)
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, answer := s.do(form); status != http.StatusSeeOther || s.at(id).Epoch != before+1 {
		t.Errorf("%d: %s", status, answer)
	}
}

// The page in a browser, light and dark: its style loads under the policy, the console is
// silent, nothing runs. PICTURES is a folder for the pictures.
func TestPageInChromium(t *testing.T) {
	t.Parallel()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getuid() == 0 {
			t.Fatal("chromium is not installed")
		}
		t.Skip("SKIPPED: chromium is not installed")
	}
	s := filled(t)
	var grounds []uint32
	for _, scheme := range []string{"light", "dark"} {
		picture, dom, console := shoot(t, path, s.server.URL+"/", scheme)
		if !strings.Contains(dom, "For a person to decide") || strings.Contains(dom, "<title>taken") ||
			!strings.Contains(dom, "&lt;script&gt;") {
			t.Errorf("%s: the document is not the page: %.300s", scheme, dom)
		}
		if strings.Contains(console, "CONSOLE") {
			t.Errorf("%s: the console says %s", scheme, console)
		}
		image, err := png.Decode(bytes.NewReader(picture))
		ok(t, err)
		red, _, _, _ := image.At(2, 2).RGBA()
		grounds = append(grounds, red>>8)
		if dir := os.Getenv("PICTURES"); dir != "" {
			ok(t, os.WriteFile(filepath.Join(dir, "page-"+scheme+".png"), picture, 0o600))
		}
	}
	if grounds[0] < 0xf0 || grounds[1] > 0x40 {
		t.Errorf("the grounds are %x: the style does not follow the scheme", grounds)
	}
}

// shoot opens an address in a browser without a window, and returns its picture, document
// and console.
func shoot(t *testing.T, path, address, scheme string) (picture []byte, dom, console string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "merchant-page")
	ok(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	preferred := map[string]string{"dark": "0", "light": "1"}[scheme]
	file := filepath.Join(dir, "page.png")
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu",
		"--user-data-dir="+filepath.Join(dir, "profile"),
		"--blink-settings=preferredColorScheme="+preferred, "--window-size=1440,1600", "--hide-scrollbars",
		"--enable-logging=stderr",
		"--screenshot="+file, "--dump-dom", address)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if os.Getuid() == 0 {
		nobody, err := user.Lookup("nobody")
		ok(t, err)
		uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
		ok(t, err)
		gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
		ok(t, err)
		ok(t, os.Chown(dir, int(uid), int(gid)))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, &errs)
	}
	picture, err = os.ReadFile(file)
	ok(t, err)
	for line := range strings.Lines(errs.String()) {
		if strings.Contains(line, "CONSOLE") {
			console += line
		}
	}
	return picture, out.String(), console
}

// TestDrive runs the script that takes cards through their lives, against this program.
func TestDrive(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getuid() == 0 {
				t.Fatal(err)
			}
			t.Skip("SKIPPED:", err)
		}
	}
	exe, err := os.Executable()
	ok(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "./drive.sh", exe)
	cmd.Env = append(append(os.Environ(), replicaVariable+"=1"), quick...)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "six lives") {
		t.Errorf("%v\n%s", err, out)
	}
}
