package authdecision

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// gnupg is the system's gpg with a home of its own, or a reason to skip.
type gnupg struct {
	program string
	home    string
}

func newGPG(tb testing.TB) *gnupg {
	tb.Helper()
	program, err := exec.LookPath("gpg")
	if err != nil {
		tb.Skip("there is no gpg on this machine")
	}
	// The agent's socket needs a short path.
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		tb.Fatal(err)
	}
	g := &gnupg{program, home}
	tb.Cleanup(func() {
		if conf, err := exec.LookPath("gpgconf"); err == nil {
			_ = exec.Command(conf, "--homedir", home, "--kill", "gpg-agent").Run()
		}
		_ = os.RemoveAll(home)
	})
	return g
}

func (g *gnupg) run(tb testing.TB, input []byte, args ...string) []byte {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), g.program, append([]string{
		"--homedir", g.home, "--batch", "--yes", "--trust-model", "always", "--pinentry-mode", "loopback", "--passphrase", "",
	}, args...)...)
	var out, problems bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &problems
	if err := cmd.Run(); err != nil {
		tb.Fatalf("gpg %s: %v\n%s", strings.Join(args, " "), err, problems.String())
	}
	return out.Bytes()
}

// TestGPG has the system's gpg make the platform's key, encrypt a request that
// the handler answers, and decrypt the answer.
func TestGPG(t *testing.T) {
	t.Parallel()
	g := newGPG(t)
	g.run(t, nil, "--quick-generate-key", "Platform <platform@example.com>", "rsa2048", "cert", "never")
	listing := string(g.run(t, nil, "--with-colons", "--list-keys", "platform@example.com"))
	fingerprint := ""
	for line := range strings.Lines(listing) {
		if rest, ok := strings.CutPrefix(line, "fpr:"); ok {
			fingerprint = strings.Trim(rest, ":\n")
			break
		}
	}
	g.run(t, nil, "--quick-add-key", fingerprint, "rsa2048", "encr", "never")
	platform, err := ParsePublicKey(string(g.run(t, nil, "--armor", "--export", "platform@example.com")))
	if err != nil {
		t.Fatal(err)
	}
	if platform.Fingerprint() != fingerprint {
		t.Errorf("fingerprint %s, gpg says %s", platform.Fingerprint(), fingerprint)
	}
	merchant, _ := pair(t)
	public, err := merchant.Public().Armored()
	if err != nil {
		t.Fatal(err)
	}
	g.run(t, []byte(public), "--import")

	f := serve(t, func(c *options) { c.PlatformKey = platform })
	for _, options := range [][]string{nil, {"--compress-algo", "none"}, {"--cipher-algo", "AES128"}} {
		request := g.run(t, []byte(requestBody), append(options, "--armor", "--encrypt", "--recipient", "merchant@example.com")...)
		resp, err := f.post(t, request)
		if err != nil {
			t.Fatalf("%v: %v", options, err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		answer := g.run(t, body, "--decrypt")
		if want := `"response_code":"00"`; !strings.Contains(string(answer), want) {
			t.Errorf("%v: gpg decrypts %s", options, answer)
		}
		packets := g.run(t, body, "--list-packets")
		if !strings.Contains(string(packets), "mdc_method: 2") {
			t.Errorf("the answer is no SEIPD v1 message:\n%s", packets)
		}
	}
}

// TestGPGPrivateKey reads a private key of gpg's with a passphrase.
func TestGPGPrivateKey(t *testing.T) {
	t.Parallel()
	g := newGPG(t)
	g.run(t, nil, "--passphrase", "correct horse", "--quick-generate-key", "Own <own@example.com>", "rsa2048", "cert,encr", "never")
	text := g.run(t, nil, "--passphrase", "correct horse", "--armor", "--export-secret-keys", "own@example.com")
	key, err := ParsePrivateKey(issuing.NewSecret(string(text)), issuing.NewSecret("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	message, err := seal(key.Public(), []byte("hello"), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := open(key, message, time.Now()); err != nil || string(plain) != "hello" {
		t.Errorf("%q, %v", plain, err)
	}
	if _, err := ParsePrivateKey(issuing.NewSecret(string(text)), issuing.NewSecret("wrong")); err == nil {
		t.Error("a wrong passphrase opens the key")
	}
	file := filepath.Join(g.home, "m")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	symmetric := g.run(t, nil, "--passphrase", "secret", "--armor", "--symmetric", "--output", "-", file)
	if _, err := open(key, symmetric, time.Now()); err == nil {
		t.Error("a message under a password is opened")
	}
}

// TestGPGSubkeysOnly reads an own key whose primary part stays elsewhere, as
// "gpg --export-secret-subkeys" writes it, and refuses one without what decrypts.
func TestGPGSubkeysOnly(t *testing.T) {
	t.Parallel()
	g := newGPG(t)
	g.run(t, nil, "--quick-generate-key", "Own <own@example.com>", "rsa2048", "cert", "never")
	listing := string(g.run(t, nil, "--with-colons", "--list-keys"))
	_, fingerprint, _ := strings.Cut(listing, "fpr:::::::::")
	fingerprint, _, _ = strings.Cut(fingerprint, ":")
	alone := g.run(t, nil, "--armor", "--export-secret-keys")
	_, err := ParsePrivateKey(issuing.NewSecret(string(alone)), issuing.Secret{})
	judged(t, "no part that encrypts", "no part that can decrypt; add one: gpg --quick-add-key", err)
	g.run(t, nil, "--quick-add-key", fingerprint, "rsa2048", "encr", "never")
	key, err := ParsePrivateKey(issuing.NewSecret(string(g.run(t, nil, "--armor", "--export-secret-subkeys"))), issuing.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	request := g.run(t, []byte("hello"), "--armor", "--encrypt", "--recipient", "own@example.com")
	if plain, err := open(key, request, time.Now()); err != nil || string(plain) != "hello" {
		t.Errorf("%q, %v", plain, err)
	}
	if text, err := key.Armored(); err != nil || text.IsZero() {
		t.Errorf("writing it: %v", err)
	}
}
