package issuing_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/issuing-sdk/issuing-go/sign"
)

// offline marks a block of shell commands that need openssl and no network: they are run,
// those of a page one after the other in a folder of its own.
const offline = "sh offline"

// TestShellBlocks runs them, and reads every key that they make.
func TestShellBlocks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are for a POSIX shell")
	}
	for _, tool := range []string{"bash", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	ran := 0
	for _, p := range pages(t) {
		var script strings.Builder
		for _, b := range p.blocks {
			if b.info == offline {
				script.WriteString(b.text)
				ran++
			}
		}
		if script.Len() == 0 {
			continue
		}
		t.Run(p.path, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script.String())
			command.Dir, command.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
			if out, err := command.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			readKeys(t, dir)
		})
	}
	if ran < 6 {
		t.Errorf("%d blocks only", ran)
	}
}

// readKeys gives every file that a page's commands made to what reads such a key. The
// names say what a file holds.
func readKeys(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		text := read(t, filepath.Join(dir, f.Name()))
		name := strings.TrimSuffix(f.Name(), filepath.Ext(f.Name()))
		switch words := strings.Split(name, "-"); {
		case strings.HasSuffix(name, "assertion-private"):
			_, err = sign.ParseES256Key(text)
		case strings.HasSuffix(name, "assertion-public"):
			_, err = sign.ParseES256PublicKey(text)
		case strings.HasSuffix(name, "-private"):
			_, err = sign.ParsePrivateKey(text)
		case strings.HasSuffix(name, "-public"), strings.HasSuffix(name, "-cert"), strings.HasSuffix(name, "-one-line"):
			_, err = sign.ParsePublicKey(text)
		case words[len(words)-1] == "aes", strings.HasSuffix(name, "-token-key"):
			_, err = sign.ParseAESKey(text)
		case name == "app-secret":
			_, err = sign.NewAppSecret(text)
		case strings.TrimSpace(text) == "":
			t.Errorf("%s is empty", f.Name())
		}
		if err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}
}
