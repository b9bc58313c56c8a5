package main

import (
	"cmp"
	"context"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// image is what the Dockerfile says of the image.
type image struct {
	build                            string // the command that builds the program
	entrypoint, command, healthcheck []string
	user                             string
}

// readImage reads the Dockerfile.
func readImage(t *testing.T) (out image) {
	t.Helper()
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	words := func(pattern string) (list []string) {
		found := regexp.MustCompile(`(?m)^` + pattern + `(\[.*\])$`).FindSubmatch(text)
		if found == nil || json.Unmarshal(found[1], &list) != nil {
			t.Fatalf("the Dockerfile has no %s", pattern)
		}
		return list
	}
	out.entrypoint, out.command, out.healthcheck = words("ENTRYPOINT "), words("CMD "), words("HEALTHCHECK .*CMD ")
	for pattern, into := range map[string]*string{`(?m)^RUN (.* go build .*)$`: &out.build, `(?m)^USER (.*)$`: &out.user} {
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("the Dockerfile has no %s", pattern)
		}
		*into = string(found[1])
	}
	if !regexp.MustCompile(`(?m)^ARG GO=\S+:[0-9]+\.[0-9]+\.[0-9]+-\S+$`).Match(text) || !strings.Contains(string(text), "\nFROM scratch\n") {
		t.Error("the bases are not pinned")
	}
	return out
}

// container runs the image's commands in its file system: in an empty root and as its
// user where the test may do that, and in a directory of its own otherwise.
type container struct {
	root   string
	jailed bool
}

func newContainer(t *testing.T, i image) container {
	t.Helper()
	c := container{root: t.TempDir(), jailed: os.Getuid() == 0}
	program := filepath.Join(c.root, "sandbox")
	build := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(i.build, "/out/sandbox", program, 1))
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
		t.Error("the program is not static: an image from scratch does not run it")
	}
	state := filepath.Join(c.root, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if c.jailed {
		if err := os.Chown(state, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Log("NOT ROOT, so the program runs outside of an empty root, and as this user")
	}
	return c
}

// run makes a command of the image's, on ports that are free.
func (c container) run(ctx context.Context, words []string, env ...string) *exec.Cmd {
	words = slices.Clone(words)
	for i, w := range words {
		words[i] = regexp.MustCompile(`:849[0-9]$`).ReplaceAllString(w, ":0")
		if !c.jailed && strings.HasPrefix(w, "/") {
			words[i] = c.root + w
		}
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append([]string{"PATH=/"}, env...)
	if c.jailed {
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: c.root, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

// start runs the image and returns its line, and what stops it.
func (c container) start(t *testing.T, i image) (ready map[string]any, stop func()) {
	t.Helper()
	ready, end := begin(t, c.run(t.Context(), append(slices.Clone(i.entrypoint), i.command...)))
	return ready, func() {
		if log := end(); strings.Count(log, "WARNING: ") != 7 {
			t.Errorf("not all of 7 addresses are said aloud to be open:\n%s", log)
		}
	}
}

// The image needs nothing of its root but the program, runs as nobody, answers its
// health check, and keeps its keys.
func TestImage(t *testing.T) {
	t.Parallel()
	i := readImage(t)
	if i.user != "65534:65534" {
		t.Errorf("user %s", i.user)
	}
	c := newContainer(t, i)
	ready, stop := c.start(t, i)
	address := fmt.Sprint(ready["control"])
	if out, err := c.run(t.Context(), i.healthcheck, "ISSUING_SANDBOX="+address).CombinedOutput(); err != nil ||
		!strings.HasPrefix(string(out), "ok: ") {
		t.Errorf("health: %v, %s", err, out)
	}
	token := fmt.Sprint(ready["control_token"])
	for given, status := range map[string]int{"": http.StatusUnauthorized, token: http.StatusOK} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/v1/state", nil)
		if err != nil {
			t.Fatal(err)
		}
		if given != "" {
			req.Header.Set("Authorization", "Bearer "+given)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("with the token %t: %d", given != "", resp.StatusCode)
		}
	}
	stop()
	if out, err := c.run(t.Context(), []string{"/sandbox", "health"}, "ISSUING_SANDBOX="+address).CombinedOutput(); exitCode(err) != exitAbsent {
		t.Errorf("health of what has ended: %v, %s", err, out)
	}
	again, stop := c.start(t, i) // without a token in its environment: the kept one
	defer stop()
	if again["control_token"] != token || cmp.Or(token, "<nil>") == "<nil>" {
		t.Error("the token did not survive the restart")
	}
	for name, value := range ready["providers"].(map[string]any) {
		now, was := again["providers"].(map[string]any)[name].(map[string]any), value.(map[string]any)
		delete(now, "base_url")
		delete(now, "issuer_url")
		for key, text := range now {
			if was[key] != text {
				t.Errorf("%s: %s is another one after the restart", name, key)
			}
		}
	}
}

func exitCode(err error) int {
	if err, ok := err.(*exec.ExitError); ok {
		return err.ExitCode()
	}
	return -1
}
