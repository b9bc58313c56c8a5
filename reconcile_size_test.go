package issuing_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestReconcileSize plants 100 differences between two long lists and has a process of
// its own find them: a race detector's memory would not count.
func TestReconcileSize(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("resident memory is read from /proc")
	}
	program := filepath.Join(t.TempDir(), "reconcile")
	if out, err := exec.Command("go", "build", "-o", program, "./testdata/reconcile").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := t.TempDir()
	out, err := exec.Command(program, fmt.Sprint(reconciled), dir).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var missing, surplus, unequal, duplicate, pending, resident int
	if _, err := fmt.Sscanf(strings.ReplaceAll(string(out), "\n", " "),
		"missing %d surplus %d unequal %d duplicate %d pending %d resident %d",
		&missing, &surplus, &unequal, &duplicate, &pending, &resident); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if missing != 20 || surplus != 20 || unequal != 20 || duplicate != 20 || pending != 20 {
		t.Errorf("100 differences were planted, 20 of each kind:\n%s", out)
	}
	if resident >= 50_000 || resident < 1000 {
		t.Errorf("%d kB were resident", resident)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d a side: %d kB resident", reconciled, resident)
}
