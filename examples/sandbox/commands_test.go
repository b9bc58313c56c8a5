package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sandbox runs serve for the length of a test, or until stop, and returns its line.
func sandbox(t *testing.T, args ...string) (ready map[string]any, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"serve", "--control", "127.0.0.1:0"}, args...), in, io.Discard)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		cancel()
		t.Fatalf("the sandbox printed nothing: %v", <-done)
	}
	if err := json.Unmarshal(lines.Bytes(), &ready); err != nil {
		t.Fatal(err)
	}
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return ready, stop
}

// commandLine runs a command and returns what it printed and its exit code.
func commandLine(t *testing.T, control any, args ...string) (string, int) {
	t.Helper()
	var stdout bytes.Buffer
	err := run(t.Context(), append(args, "--control", control.(string)), &stdout, io.Discard)
	code := 0
	if err != nil {
		code = exitRefused
		stdout.WriteString(err.Error())
	}
	if f, ok := errors.AsType[*failure](err); ok {
		code = f.code
	}
	return stdout.String(), code
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ready, _ := sandbox(t, "--provider", "worldcard,uqpay", "--clock", "2026-04-01T02:00:00Z", "--seed", "7")
	control := ready["control"]
	fields := filepath.Join(t.TempDir(), "amount")
	if err := os.WriteFile(fields, []byte("12.50\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line string
		code int
		want string // what stands in the output
	}{
		{"health", 0, "ok: worldcard uqpay"},
		{"health --json", 0, `{"providers":["worldcard","uqpay"],"status":"ok"}`},
		{"trigger worldcard.issue-card type=VIRTUAL-G amount=100", 0, "card: 1000000000000002"},
		{"trigger worldcard.purchase card=1000000000000002 amount=@" + fields + " --json", 0, `{"approved":true,"reason":"","transaction":"100000000004"}`},
		{"trigger --provider worldcard decline card=1000000000000002", 0, "reason: insufficient balance"},
		{"trigger worldcard.settle card=1000000000000002 transaction=1", 1, "no such open authorization"},
		{"trigger worldcard.purchse card=1", 2, `did you mean "purchase"?`},
		{"trigger worldcard.purchase card=1 amuont=2", 2, `did you mean "amount"?`},
		{"trigger worldcard.purchase card", 2, "is not name=value"},
		{"trigger worldcard.purchase card=1 card=2", 2, "given twice"},
		{"trigger worldcard.purchase card=@/nowhere", 2, "no such file"},
		{"trigger purchase card=1", 2, "of which provider? uqpay, worldcard have it: say uqpay.purchase"},
		{"trigger reveal-card card=1000000000000002", 0, "number: 4288360000000037"}, // WorldCard's alone
		{"trigger worldcard.fund currency=USD amount=1", 0, "worldcard.fund: done"},
		{"trigger worldcrad.purchase", 2, `did you mean "worldcard"?`},
		{"trigger", 2, "needs an action"},
		{"actions", 0, "worldcard.purchase"},
		{"actions worldcard.purchase", 0, "the shop's merchant category code"},
		{"actions worldcard.purchase", 0, "mcc        text, optional"},
		{"actions worldcard.purchase", 0, "now 1000000000000002"},
		{"actions worldcard.refund", 0, "sandbox trigger worldcard.refund card=1000000001 amount=5.00"},
		{"actions worldcard.reject-kyc", 0, "allowed, forbidden"},
		{"actions worldcard.purchase --json", 0, `"name":"purchase"`},
		{"actions worldcard.purchse", 2, `did you mean "purchase"?`},
		{"actions worldcard.nothing", 2, "no action"},
		{"state --provider worldcard", 0, "worldcard transactions"},
		{"state --provider worldcrad", 2, `did you mean "worldcard"?`},
		{"cards", 0, "428836••••••0037  active  87.50"},
		{"faults add worldcard.Cards.Deposit drop-after times=2", 0, ""},
		{"faults", 0, "worldcard  Cards.Deposit  drop-after"},
		{"faults add worldcard.Card.Deposit drop-after", 2, `did you mean "Cards.Deposit"?`},
		{"faults add worldcard.Cards.Deposit drop-aftr", 2, `did you mean "drop-after"?`},
		{"faults remove worldcard.Cards.Deposit", 0, ""},
		{"faults remove worldcard.Cards.Deposits1", 2, `did you mean "Cards.Deposits"?`},
		{"faults add Virtual.Apply drop-before", 0, "worldcard.inject: done"},
		{"faults add Cards.Deposit drop-before", 2, "uqpay, worldcard have it"},
		{"faults --json --provider uqpay", 0, `"uqpay":{}`},
		{"faults drop", 2, "faults takes nothing"},
		{"clock", 0, "2026-04-01T02:00:00Z"},
		{"clock advance 24h", 0, "2026-04-02T02:00:00Z"},
		{"clock advance soon", 2, "is no duration"},
		{"clock back", 2, "clock takes nothing"},
		{"requests", 0, "PROVIDER"},
		{"requests --verdict refusd", 2, `did you mean "refused"?`},
		{"callbacks --json", 0, `"callbacks":[]`},
		{"resend 7", 2, "no callback"},
		{"resend", 2, "takes the id"},
		{"events", 0, "worldcard  action    purchase"},
		{"events --until clokc", 2, `did you mean "clock"?`},
		{"events --after 1 --until clock --timeout 30s", 0, "turned to 2026-04-02T02:00:00Z"}, // it has happened
		{"events --until callback --timeout 50ms", 4, "timed out"},
		{"callbacks 7", 2, "no callback"},
		{"keys --provider uqpay", 0, "uqpay webhook_secret: whsec_"},
		{"keys more", 2, "unexpected argument"},
		{"keyz", 2, `did you mean "keys"?`},
		{"xyzzy", 2, "no command"},
		{"health --nonsense", 2, "no option --nonsense"},
		{"cards --jsn", 2, `did you mean "--json"?`},
		{"requests --limit many", 2, "sandbox help requests lists the options"},
	} {
		got, code := commandLine(t, control, strings.Fields(tt.line)...)
		if code != tt.code || !strings.Contains(got, tt.want) {
			t.Errorf("%s: exit %d\n%s\nwant %d, %s", tt.line, code, got, tt.code, tt.want)
		}
	}
}

// Who is not there is told from who answers and is no sandbox.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	other.Close()
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	defer stranger.Close()
	for _, tt := range []struct {
		control string
		args    []string
		code    int
	}{
		{other.URL, []string{"health"}, exitAbsent}, {stranger.URL, []string{"health"}, exitAbsent}, {other.URL, []string{"cards"}, exitAbsent},
		{other.URL, []string{"health", "--wait", "1ms"}, exitTimeout},
	} {
		if got, code := commandLine(t, tt.control, tt.args...); code != tt.code {
			t.Errorf("%v: exit %d, want %d: %s", tt.args, code, tt.code, got)
		}
	}
}

// --state keeps keys, seed and clock; nobody else can read the keys.
func TestStateSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	args := []string{"--provider", "all", "--state", dir}
	first, stop := sandbox(t, append(args, "--seed", "7", "--clock", "2026-04-01T02:00:00Z")...)
	if _, code := commandLine(t, first["control"], "clock", "advance", "48h"); code != 0 {
		t.Fatal("the clock did not turn")
	}
	stop()
	second, stop := sandbox(t, args...)
	addresses := map[string]bool{"base_url": true, "issuer_url": true}
	for provider, value := range first["providers"].(map[string]any) {
		now := second["providers"].(map[string]any)[provider].(map[string]any)
		for name, text := range value.(map[string]any) {
			if !addresses[name] && now[name] != text {
				t.Errorf("%s: %s is another one after the restart", provider, name)
			}
		}
	}
	if got, _ := commandLine(t, second["control"], "clock", "--json"); strings.Count(got, `"now":"2026-04-03T02:00:00Z"`) != 6 {
		t.Errorf("the clocks after the restart: %s", got)
	}
	stop()
	for name, mode := range map[string]os.FileMode{"": 0o700, "keys.json": 0o600, "sandbox.json": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%q: %v, %v", name, info, err)
		}
	}
	settings, err := os.ReadFile(filepath.Join(dir, "sandbox.json"))
	if err != nil || !strings.Contains(string(settings), `"seed": "7"`) {
		t.Errorf("%v: %s", err, settings)
	}
	keys := filepath.Join(dir, "keys.json")
	text, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func() error{
		"read by others": func() error { return os.Chmod(keys, 0o644) },
		"another version": func() error {
			return os.WriteFile(keys, bytes.Replace(text, []byte(`"version": 1`), []byte(`"version": 2`), 1), 0o600)
		},
		"no JSON":      func() error { return os.WriteFile(keys, text[:len(text)/2], 0o600) },
		"a key broken": func() error { return os.WriteFile(keys, bytes.ReplaceAll(text, []byte("MII"), []byte("XII")), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(keys)
		err := run(t.Context(), append([]string{"serve", "--control", "127.0.0.1:0"}, args...), io.Discard, io.Discard)
		after, _ := os.ReadFile(keys)
		if err == nil || !bytes.Equal(before, after) || strings.Contains(err.Error(), "MII") {
			t.Errorf("%s: %v; the file changed: %t", name, err, !bytes.Equal(before, after))
		}
		if err := errors.Join(os.Chmod(keys, 0o600), os.WriteFile(keys, text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// Each type of callback can have an address of its own.
func TestWebhooksByType(t *testing.T) {
	t.Parallel()
	got := make(chan string, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r.URL.Path
		_, _ = io.WriteString(w, "ok")
	}))
	defer hook.Close()
	ready, _ := sandbox(t, "--provider", "worldcard,legacy", "--webhook", hook.URL+"/all", "--webhook", "worldcard/card_3ds="+hook.URL+"/3ds?a=b",
		"--webhook", "legacy="+hook.URL+"/legacy")
	for _, line := range []string{
		"trigger worldcard.issue-card type=VIRTUAL-G amount=100", "trigger legacy.issue-card product=VIRTUAL-P amount=100",
		"trigger worldcard.purchase card=1000000000000002 amount=5", "trigger worldcard.send-otp card=1000000000000002 amount=5 code=1",
		"trigger legacy.purchase card=1 amount=5",
	} {
		if text, code := commandLine(t, ready["control"], strings.Fields(line)...); code != 0 {
			t.Errorf("%s: %s", line, text)
		}
	}
	seen := map[string]int{}
	for range 3 {
		select {
		case path := <-got:
			seen[path]++
		case <-time.After(30 * time.Second):
			t.Fatalf("only %v", seen)
		}
	}
	if seen["/all"] != 1 || seen["/3ds"] != 1 || seen["/legacy"] != 1 {
		t.Errorf("%v", seen)
	}
}

func TestHelpTellsOfEveryCommand(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	if err := run(t.Context(), []string{"help"}, &page, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		if !strings.Contains(page.String(), "\n  "+c.name) || !strings.Contains(page.String(), c.doc) {
			t.Errorf("help lacks %s", c.name)
		}
		var own bytes.Buffer
		if err := run(t.Context(), []string{"help", c.name}, &own, io.Discard); err != nil || !strings.Contains(own.String(), c.doc) || !strings.Contains(own.String(), "-control") {
			t.Errorf("help %s: %v %s", c.name, err, own.String())
		}
	}
	if err := run(t.Context(), []string{"help", "serv"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), `did you mean "serve"?`) {
		t.Errorf("%v", err)
	}
}

func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	printError(&out, []string{"cards", "--json"}, exitAbsent, errors.New("nobody"))
	printError(&out, []string{"cards"}, exitAbsent, errors.New("nobody"))
	printError(&out, []string{"trigger", "-json"}, exitUsage, &failure{exitUsage, &answerError{Code: "unknown_action", Message: "none"}})
	want := `{"error":{"code":"error","exit":3,"message":"nobody"}}
sandbox: nobody
{"error":{"code":"unknown_action","exit":2,"message":"none"}}
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}
