package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serve runs the sandbox for the length of a test and returns its line.
func serve(t *testing.T, args ...string) map[string]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in, io.Discard)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the sandbox printed nothing: %v", <-done)
	}
	var ready map[string]string
	if err := json.Unmarshal(lines.Bytes(), &ready); err != nil {
		t.Fatalf("%v in %s", err, lines.Text())
	}
	t.Cleanup(func() {
		cancel()
		if lines.Scan() {
			t.Errorf("a second line: %s", lines.Text())
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ready
}

func TestRefusesWhatItCannotServe(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"unknown provider": {"-provider", "nobody"},
		"not loopback":     {"-listen", "0.0.0.0:0"},
		"no port":          {"-listen", "localhost"},
		"unknown flag":     {"-port", "1"},
		"argument":         {"worldcard"},
		"control open":     {"-control", "0.0.0.0:0"},
		"control no port":  {"-control", "127.0.0.1"},
		"provider twice":   {"-provider", "uqpay,uqpay"},
		"clock":            {"-clock", "tomorrow"},
		"webhook of none":  {"-webhook", "nobody=http://127.0.0.1:1"},
		"webhook twice":    {"-webhook", "http://127.0.0.1:1", "-webhook", "http://127.0.0.1:2"},
		"webhook type":     {"-webhook", "worldcard/card_opend=http://127.0.0.1:1"},
		"webhook path":     {"-webhook", "/callbacks"},
		"webhook word":     {"-webhook", "nonsense"},
		"webhook unserved": {"-provider", "uqpay", "-webhook", "legacy=http://127.0.0.1:1"},
	} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestHelpIsNoError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-h"}, {"serve", "--help"}, {"help", "serve"}} {
		var usage, stderr strings.Builder
		err := run(t.Context(), args, &usage, &stderr)
		if err != nil || stderr.Len() > 0 || !strings.Contains(usage.String(), "  --webhook [PROVIDER[/TYPE]=]URL\n") ||
			!strings.HasSuffix(usage.String(), exitCodes) {
			t.Errorf("%v: %v after %q, %q", args, err, usage.String(), stderr.String())
		}
	}
}

func TestWorldCardLine(t *testing.T) {
	t.Parallel()
	ready := serve(t, "-provider", "worldcard")
	for _, name := range []string{"provider", "base_url", "app_id", "merchant_private_key", "aes_key", "platform_public_key"} {
		if ready[name] == "" {
			t.Errorf("the line lacks %s", name)
		}
	}
	if len(ready) != 7 || len(ready["aes_key"]) != 64 ||
		!strings.HasPrefix(ready["merchant_private_key"], "-----BEGIN PRIVATE KEY-----") ||
		!strings.HasPrefix(ready["platform_public_key"], "-----BEGIN PUBLIC KEY-----") {
		t.Errorf("%d fields, AES key of %d characters", len(ready), len(ready["aes_key"]))
	}
}

// TestJavaSample runs the client that the platform publishes for Java, as it is
// published, against the sandbox.
func TestJavaSample(t *testing.T) {
	t.Parallel()
	javac, err := exec.LookPath("javac")
	if err != nil {
		t.Skip("no Java compiler")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("no Java")
	}
	ready := serve(t, "-provider", "worldcard")
	dir := t.TempDir()
	compile := exec.CommandContext(t.Context(), javac, "-d", dir,
		filepath.Join("testdata", "CardApiClient.java"), filepath.Join("testdata", "SampleRun.java"))
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program := exec.CommandContext(t.Context(), java, "-cp", dir, "SampleRun")
	program.Env = append(os.Environ(), "BASE_URL="+ready["base_url"], "APP_ID="+ready["app_id"],
		"AES_KEY="+ready["aes_key"], "PRIVATE_KEY="+ready["merchant_private_key"])
	out, err := program.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "card number of 16 digits, CVV of 3") {
		t.Errorf("%s", out)
	}
}
