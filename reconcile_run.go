package issuing

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"
)

// run is a sorted file that is being read.
type run struct {
	file   *os.File
	reader *bufio.Reader
	buffer []byte
	place  int // among the files that are merged, oldest first
	head   Entry
}

// openRun reads the first entry of a file, which is never empty.
func openRun(name string, place int) (*run, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &run{file: file, reader: bufio.NewReaderSize(file, runBuffer), place: place}
	if err := r.advance(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// advance reads the next entry; io.EOF is the end.
func (r *run) advance() error {
	var frame [lineFrame]byte
	if _, err := io.ReadFull(r.reader, frame[:]); err != nil {
		return err
	}
	var ends [lineTexts]int
	size := 0
	for i := range ends {
		size += int(binary.BigEndian.Uint16(frame[2*i:]))
		ends[i] = size
	}
	if size > maxEntry {
		return errDamaged
	}
	r.buffer = append(r.buffer[:0], make([]byte, size)...)
	if _, err := io.ReadFull(r.reader, r.buffer); err != nil {
		return errDamaged
	}
	all, rest := string(r.buffer), frame[2*lineTexts:]
	r.head = Entry{
		Key: all[:ends[0]], ID: all[ends[0]:ends[1]], Amount: Amount(all[ends[1]:ends[2]]),
		Currency: Currency(all[ends[2]:ends[3]]), State: all[ends[3]:],
		Time: time.Unix(int64(binary.BigEndian.Uint64(rest)), int64(binary.BigEndian.Uint32(rest[8:]))).UTC(),
		Open: rest[12] == 1,
	}
	return nil
}

// runs are ordered by their next key, and those with the same key by age.
type runs []*run

func (r runs) Len() int { return len(r) }
func (r runs) Less(i, j int) bool {
	if r[i].head.Key != r[j].head.Key {
		return r[i].head.Key < r[j].head.Key
	}
	return r[i].place < r[j].place
}
func (r runs) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *runs) Push(x any)   { *r = append(*r, x.(*run)) }
func (r *runs) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// merge puts the entries of sorted files, oldest first, in one order.
func merge(names []string, put func(*Entry) error) error {
	var open runs
	defer func() {
		for _, r := range open {
			_ = r.file.Close() // it was read only
		}
	}()
	for place, name := range names {
		r, err := openRun(name, place)
		if err != nil {
			return sortError(err)
		}
		open = append(open, r)
	}
	heap.Init(&open)
	for len(open) > 0 {
		first := open[0]
		if err := put(&first.head); err != nil {
			return err
		}
		switch err := first.advance(); {
		case err == nil:
			heap.Fix(&open, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(&open)
			_ = first.file.Close()
		default:
			return sortError(err)
		}
	}
	return nil
}

// A line of a file begins with a frame: the lengths of its texts, 2 bytes each, the time
// as seconds and nanoseconds, 8 and 4 bytes, and the flag. The texts follow as they are:
// JSON would change one that is not UTF-8, and with it make two keys one.
const (
	lineTexts = 5
	lineFrame = 2*lineTexts + 8 + 4 + 1
)

var errDamaged = errors.New("a file is not as it was written")

// appendLine appends an entry as a line.
func (e *Entry) appendLine(b []byte) []byte {
	texts := [lineTexts]string{e.Key, e.ID, string(e.Amount), string(e.Currency), e.State}
	for _, text := range texts {
		b = binary.BigEndian.AppendUint16(b, uint16(len(text))) // at most maxEntry
	}
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(e.Time.Nanosecond()))
	open := byte(0)
	if e.Open {
		open = 1
	}
	b = append(b, open)
	for _, text := range texts {
		b = append(b, text...)
	}
	return b
}
