package issuing

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sort"
	"strconv"
)

// Bounds of [SortEntries].
const (
	defaultChunk = 8192      // entries that are sorted in memory
	maxChunk     = 1 << 20   // above it a chunk is no bound
	mergeWidth   = 64        // files that are open at once
	runBuffer    = 16 * 1024 // bytes that are read ahead of each
)

// SortEntries gives the entries of a list in ascending order of their keys' bytes, as
// [Reconcile] wants them, however many there are: it sorts chunk of them at a time in
// memory (0 is 8,192: a few megabytes), writes each as a file, and merges the files, of
// which at most 64 are open at once. Lines of one key keep their order. Times come back
// in UTC.
//
// The files lie in a folder of their own in dir ("" is the system's for temporary files),
// mode 0700 and 0600, and are gone when the iteration ends, breaks off or fails. Only a
// process that is killed leaves its folder, whose name begins with issuing-sort-. What is
// in an Entry stands there in plain text, its keys too.
//
// Each iteration reads the list anew. An error ends it and comes with an empty entry: one
// that the list yields, as it is, one of the file system's, or an *[Error] of kind
// [ErrInvalid] for what Reconcile refuses of a single line and for a chunk below 0 or
// above a million.
func SortEntries(in iter.Seq2[Entry, error], dir string, chunk int) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if chunk < 0 || chunk > maxChunk {
			yield(Entry{}, invalid("SortEntries", fmt.Errorf("a chunk of %d entries is out of range", chunk)))
			return
		}
		if chunk == 0 {
			chunk = defaultChunk
		}
		folder, err := os.MkdirTemp(dir, "issuing-sort-")
		if err != nil {
			yield(Entry{}, sortError(err))
			return
		}
		done := false
		defer func() {
			if !done { // broken off, or a panic of the list's
				_ = os.RemoveAll(folder)
			}
		}()
		s := &sorter{folder: folder, chunk: chunk}
		err = s.sort(in, func(e *Entry) error {
			if !yield(*e, nil) {
				return errStopped
			}
			return nil
		})
		if errors.Is(err, errStopped) {
			return
		}
		done = true
		if left := os.RemoveAll(folder); err == nil && left != nil {
			err = sortError(left)
		}
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

func sortError(err error) error { return fmt.Errorf("issuing SortEntries: %w", err) }

// errStopped is that nobody wants more entries.
var errStopped = errors.New("stopped")

// byKey orders entries; a type for package sort, which no build compiles anew.
type byKey []Entry

func (b byKey) Len() int           { return len(b) }
func (b byKey) Less(i, j int) bool { return b[i].Key < b[j].Key }
func (b byKey) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

// sorter is a sort that is going on.
type sorter struct {
	folder string
	chunk  int
	files  int // that were written so far
	// levels holds the names of sorted files, oldest first. As soon as a level has
	// mergeWidth of them they become one file of the next, so each entry is written
	// once per level, and even tiny chunks of a long list leave few files.
	levels [][]string
}

// sort puts the entries of the list in order.
func (s *sorter) sort(in iter.Seq2[Entry, error], put func(*Entry) error) error {
	if err := s.read(in); err != nil {
		return err
	}
	names, err := s.runs()
	if err != nil {
		return err
	}
	return merge(names, put)
}

// read sorts the list into files.
func (s *sorter) read(in iter.Seq2[Entry, error]) error {
	entries := make(byKey, 0, min(s.chunk, defaultChunk))
	for e, err := range in {
		if err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return invalid("SortEntries", err)
		}
		if entries = append(entries, e); len(entries) == s.chunk {
			if err := s.add(entries); err != nil {
				return err
			}
			clear(entries)
			entries = entries[:0]
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return s.add(entries)
}

// add sorts a chunk and writes it.
func (s *sorter) add(entries byKey) error {
	sort.Stable(entries)
	name, err := s.write(func(put func(*Entry) error) error {
		for i := range entries {
			if err := put(&entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	for level := 0; err == nil; level++ {
		if level == len(s.levels) {
			s.levels = append(s.levels, nil)
		}
		s.levels[level] = append(s.levels[level], name)
		if len(s.levels[level]) < mergeWidth {
			return nil
		}
		name, err = s.join(s.levels[level])
		s.levels[level] = nil
	}
	return err
}

// runs returns the files that are left to merge, oldest first and no more than may be
// open at once.
func (s *sorter) runs() ([]string, error) {
	var names []string
	for level := len(s.levels) - 1; level >= 0; level-- {
		names = append(names, s.levels[level]...)
	}
	for len(names) > mergeWidth {
		first := len(names) - mergeWidth // the youngest, which are the smallest
		joined, err := s.join(names[first:])
		if err != nil {
			return nil, err
		}
		names = append(names[:first], joined)
	}
	return names, nil
}

// join makes one file of several.
func (s *sorter) join(names []string) (string, error) {
	joined, err := s.write(func(put func(*Entry) error) error { return merge(names, put) })
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if err := os.Remove(name); err != nil {
			return "", sortError(err)
		}
	}
	return joined, nil
}

// write makes a file of the entries that fill puts.
func (s *sorter) write(fill func(put func(*Entry) error) error) (name string, err error) {
	s.files++
	name = filepath.Join(s.folder, strconv.Itoa(s.files))
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", sortError(err)
	}
	defer func() {
		if closed := file.Close(); err == nil && closed != nil {
			err = sortError(closed)
		}
	}()
	buffered := bufio.NewWriterSize(file, runBuffer)
	var line []byte
	err = fill(func(e *Entry) error {
		line = e.appendLine(line[:0])
		if _, err := buffered.Write(line); err != nil {
			return sortError(err)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := buffered.Flush(); err != nil {
		return "", sortError(err)
	}
	return name, nil
}
