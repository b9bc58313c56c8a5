package issuing_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	issuing "github.com/issuing-sdk/issuing-go"
)

// TestSortEntries: everything comes back as it was, in order, and lines of one key in
// theirs, through as many levels of files as a chunk of one makes.
func TestSortEntries(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*3600)
	var list []issuing.Entry
	for i := range 4200 {
		key := fmt.Sprintf("%x", (i*7919)%2100) // each twice
		list = append(list, issuing.Entry{
			Key: key, ID: fmt.Sprint(i), Amount: issuing.NewAmount(int64(i), 2), Currency: "USD",
			State: strings.Repeat("s", i%50), Time: time.Unix(int64(i), 123456789).In(zone), Open: i%2 == 0,
		})
	}
	list = append(list, issuing.Entry{Key: "\xff\x00", State: "\xfe"},
		issuing.Entry{Key: "z", Time: time.Date(1, 1, 2, 0, 0, 0, 1, time.UTC)})
	want := slices.Clone(list)
	slices.SortStableFunc(want, func(a, b issuing.Entry) int { return strings.Compare(a.Key, b.Key) })
	for _, chunk := range []int{1, 30, 4201, 0} {
		dir := t.TempDir()
		sorted := issuing.SortEntries(entries(list, nil), dir, chunk)
		for range 1 + min(chunk, 2)/2 { // it can be read again
			got, err := all(sorted)
			if err != nil {
				t.Fatalf("chunk %d: %v", chunk, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("chunk %d (-want +got):\n%s", chunk, diff)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("chunk %d left %v, %v", chunk, left, err)
			}
		}
	}
}

// TestSortEntriesFiles: nobody else can read them, they are few, and few are open.
func TestSortEntriesFiles(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("open files are read from /proc")
	}
	dir := t.TempDir()
	read := 0
	list := func(yield func(issuing.Entry, error) bool) {
		for i := range 4_500 {
			if i == 4_400 {
				if n := len(files(t, dir)); n < 3 || n > 1+3*64 {
					t.Errorf("%d files in the midst", n)
				}
			}
			if !yield(issuing.Entry{Key: fmt.Sprint(i)}, nil) {
				return
			}
		}
	}
	for _, err := range issuing.SortEntries(list, dir, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if read++; read != 2_000 {
			continue
		}
		for _, f := range files(t, dir) {
			if want := map[bool]fs.FileMode{true: fs.ModeDir | 0o700, false: 0o600}[f.IsDir()]; f.Mode() != want {
				t.Errorf("%s has mode %v, want %v", f.Name(), f.Mode(), want)
			}
		}
		fds, err := filepath.Glob("/proc/self/fd/*")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, fd := range fds {
			if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir) {
				n++
			}
		}
		if n < 2 || n > 64 {
			t.Errorf("%d files are open", n)
		}
	}
	if read != 4_500 {
		t.Errorf("read %d", read)
	}
}

// files are those below dir, without dir itself.
func files(t *testing.T, dir string) (out []fs.FileInfo) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		out = append(out, info)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSortEntriesCleansUp: after a break, an error of the list's and a panic of it.
func TestSortEntriesCleansUp(t *testing.T) {
	t.Parallel()
	cut := errors.New("the list is cut")
	list := make([]issuing.Entry, 300)
	for i := range list {
		list[i].Key = fmt.Sprint(i)
	}
	for name, run := range map[string]func(dir string) error{
		"break": func(dir string) error {
			for range issuing.SortEntries(entries(list, nil), dir, 10) {
				if len(files(t, dir)) < 2 {
					t.Error("there are no files to clean up")
				}
				break
			}
			return cut
		},
		"break of a reconciliation": func(dir string) error {
			for range issuing.Reconcile(entries(nil, nil), issuing.SortEntries(entries(list, nil), dir, 10)) {
				break
			}
			return cut
		},
		"error": func(dir string) error {
			_, err := all(issuing.SortEntries(entries(list, cut), dir, 10))
			return err
		},
		"panic": func(dir string) (err error) {
			defer func() { err, _ = recover().(error) }()
			_, _ = all(issuing.SortEntries(func(yield func(issuing.Entry, error) bool) {
				entries(list, nil)(yield)
				panic(cut)
			}, dir, 10))
			return nil
		},
	} {
		dir := t.TempDir()
		if err := run(dir); err != cut {
			t.Errorf("%s: %v", name, err)
		}
		if left := files(t, dir); len(left) > 0 {
			t.Errorf("%s left %d files", name, len(left))
		}
	}
}

// TestSortEntriesSaysWhatFailed: the file system and the arguments.
func TestSortEntriesSaysWhatFailed(t *testing.T) {
	t.Parallel()
	list := []issuing.Entry{{Key: "b"}, {Key: "a"}, {Key: "c"}}
	gone := filepath.Join(t.TempDir(), "gone")
	if _, err := all(issuing.SortEntries(entries(list, nil), gone, 0)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	for _, chunk := range []int{-1, 1<<20 + 1} {
		if _, err := all(issuing.SortEntries(entries(list, nil), t.TempDir(), chunk)); !errors.Is(err, issuing.ErrInvalid) {
			t.Errorf("chunk %d: %v", chunk, err)
		}
	}
	dir := t.TempDir()
	vanishing := func(yield func(issuing.Entry, error) bool) {
		entries(list, nil)(yield)
		for _, path := range found(t, dir) {
			if err := os.RemoveAll(path); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := all(issuing.SortEntries(vanishing, dir, 1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("files that are gone: %v", err)
	}
	damaging := func(yield func(issuing.Entry, error) bool) {
		entries(list, nil)(yield)
		for _, path := range found(t, dir) {
			if err := os.WriteFile(filepath.Join(path, "1"), []byte(strings.Repeat("\xff", 40)), 0o600); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := all(issuing.SortEntries(damaging, dir, 1))
	if err == nil || !strings.Contains(err.Error(), "not as it was written") {
		t.Errorf("damaged files: %v", err)
	}
}

// found are the sorter's folders in dir.
func found(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "issuing-sort-*"))
	if err != nil || len(paths) == 0 {
		t.Errorf("no folder in %s: %v", dir, err)
	}
	return paths
}
