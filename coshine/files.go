package coshine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	issuing "github.com/issuing-sdk/issuing-go"
)

// FileKind is a kind of reconciliation file.
type FileKind string

// Kinds of reconciliation files, as their names start.
const (
	FileKindAuthorization FileKind = "AUTH"     // authorizations
	FileKindCapture       FileKind = "CAPTURED" // interchange: captured transactions
	FileKindDispute       FileKind = "DISPUTED" // disputes
)

// Known reports whether the reconciliation file page lists k.
func (k FileKind) Known() bool {
	return k == FileKindAuthorization || k == FileKindCapture || k == FileKindDispute
}

// FileName is what the name of a reconciliation file says.
type FileName struct {
	Kind       FileKind     // authorization, capture or dispute
	Production bool         // P in the name; T is a test
	Branch     string       // tranBranch, 6 digits
	Date       issuing.Date // of the business day
}

// ParseFileName reads a name such as AUTHP1000002026042001.csv: kind, P or T,
// six digits of the branch, the date, the sequence 01.
func ParseFileName(name string) (FileName, error) {
	bad := errors.New("coshine: not the name of a reconciliation file")
	for _, kind := range []FileKind{FileKindAuthorization, FileKindCapture, FileKindDispute} {
		rest, ok := strings.CutPrefix(name, string(kind))
		if !ok {
			continue
		}
		rest, ok = strings.CutSuffix(rest, "01.csv")
		if !ok || len(rest) != 15 || (rest[0] != 'P' && rest[0] != 'T') || !digits(rest[1:]) {
			return FileName{}, bad
		}
		date, err := issuing.ParseDate(rest[7:])
		if err != nil {
			return FileName{}, bad
		}
		return FileName{Kind: kind, Production: rest[0] == 'P', Branch: rest[1:7], Date: date}, nil
	}
	return FileName{}, bad
}

// String returns the file's name.
func (n FileName) String() string {
	mode := "T"
	if n.Production {
		mode = "P"
	}
	return string(n.Kind) + mode + n.Branch + n.Date.Format("20060102") + "01.csv"
}

// FileHeader is the first record of a reconciliation file.
type FileHeader struct {
	Tag    string       // HAUTH_300001 and its siblings
	Branch string       // 6 digits; one edition says up to 32
	Date   issuing.Date // capture date
}

// FileError says where a reconciliation file is malformed. It never quotes the
// file.
type FileError struct {
	Line   int    // from 1
	Column int    // byte from 1 where the field starts
	Field  string // the column's name; "" when the record as a whole is malformed
	Reason string // what is wrong
}

// Error returns one line.
func (e *FileError) Error() string {
	where := fmt.Sprintf("coshine: reconciliation file, line %d, column %d", e.Line, e.Column)
	if e.Field != "" {
		where += " (" + e.Field + ")"
	}
	return where + ": " + e.Reason
}

// Unwrap returns issuing.ErrBadResponse.
func (e *FileError) Unwrap() error { return issuing.ErrBadResponse }

// Limits of a reconciliation file.
const (
	maxFileLine   = 64 << 10 // bytes of one record; the documented columns need below 1 kB
	maxFileFields = 128      // fields of one record
)

// FileReader reads a reconciliation file record by record. Its memory does not
// grow with the file. It stops at the first malformed record. It is not safe for
// concurrent use.
//
// Coshine does not publish a trailer. A record of another type than the layout's
// ends the reading with a [*FileError] whose Field is "record type", after all
// records before it; and a file that was cut off between two records looks
// complete. Compare counts and sums with another source before booking.
type FileReader struct {
	layout Layout
	in     *bufio.Reader
	line   int
	header FileHeader
	fields []fieldText
	err    error // sticky
}

// fieldText is one field of a line.
type fieldText struct {
	text   string
	column int // byte from 1
}

// NewFileReader reads the header record of a file in the given layout. The
// layout has to be told: two editions of the authorization file differ in their
// columns, and the number of columns alone does not decide.
func NewFileReader(r io.Reader, layout Layout) (*FileReader, error) {
	if r == nil || !layout.Known() {
		return nil, &issuing.Error{
			Provider: providerName, Op: "NewFileReader", Kind: issuing.ErrInvalid,
			Err: errors.New("needs a reader and a known layout"),
		}
	}
	f := &FileReader{layout: layout, in: bufio.NewReaderSize(r, maxFileLine)}
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	return f, nil
}

// Header returns the file's header record.
func (f *FileReader) Header() FileHeader { return f.header }

// Line returns the number of the last line read.
func (f *FileReader) Line() int { return f.line }

func (f *FileReader) readHeader() error {
	err := f.split()
	if errors.Is(err, io.EOF) {
		return f.fail(0, "", "the file is empty")
	}
	if err != nil {
		return err
	}
	want := layouts[f.layout].tag
	switch {
	case f.fields[0].text != want:
		return f.fail(0, "file tag", "is not "+want)
	case len(f.fields) < 3:
		return f.fail(len(f.fields)-1, "", "the header has fewer than 3 fields")
	case len(f.fields[1].text) > 32 || f.fields[1].text == "":
		return f.fail(1, "branch", "needs 1 to 32 characters")
	}
	f.header = FileHeader{Tag: want, Branch: f.fields[1].text}
	date, err := parseFileDate(f.fields[2].text)
	if err != nil || date.IsZero() {
		return f.fail(2, "capture date", "is not a date YYYYMMDD")
	}
	f.header.Date = date
	return nil
}

// Next returns the next record, or io.EOF after the last one. After any other
// error, a [*FileError] or one of the underlying reader, every call returns it.
// The record is the caller's to keep.
func (f *FileReader) Next() (*FileRecord, error) {
	if f.err != nil {
		return nil, f.err
	}
	if err := f.split(); err != nil {
		f.err = err
		return nil, err
	}
	record, err := f.record()
	if err != nil {
		f.err = err
		return nil, err
	}
	return record, nil
}

// All iterates over the remaining records. It yields one error and stops.
func (f *FileReader) All() iter.Seq2[*FileRecord, error] {
	return func(yield func(*FileRecord, error) bool) {
		for {
			record, err := f.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// record makes a record of the fields of the current line.
func (f *FileReader) record() (*FileRecord, error) {
	l := layouts[f.layout]
	if f.fields[0].text != l.record {
		return nil, f.fail(0, "record type", "is not "+l.record+"; the layout of other records is not published")
	}
	if len(f.fields) < len(l.columns) {
		return nil, f.fail(len(f.fields)-1, "", fmt.Sprintf("the record has %d fields, the layout has at least %d",
			len(f.fields), len(l.columns)))
	}
	out := new(FileRecord)
	for i := range l.columns {
		c := &l.columns[i]
		text := strings.Trim(f.fields[i].text, " ")
		if err := c.check(text); err != "" {
			return nil, f.fail(i, c.name, err)
		}
		if err := c.set(out, text); err != nil {
			return nil, f.fail(i, c.name, "is not of the documented form")
		}
	}
	for _, extra := range f.fields[len(l.columns):] {
		out.Rest = append(out.Rest, extra.text)
	}
	return out, nil
}

func (f *FileReader) fail(field int, name, reason string) error {
	column := 1
	if field >= 0 && field < len(f.fields) {
		column = f.fields[field].column
	}
	f.err = &FileError{Line: f.line, Column: column, Field: name, Reason: reason}
	return f.err
}

// split reads the next line that is not empty into fields.
func (f *FileReader) split() error {
	for {
		f.fields = f.fields[:0]
		raw, err := f.in.ReadSlice('\n')
		if len(raw) == 0 && err != nil {
			return err
		}
		f.line++
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return f.fail(0, "", fmt.Sprintf("the record has more than %d bytes", maxFileLine))
		case err != nil && !errors.Is(err, io.EOF):
			return err
		}
		line := strings.TrimRight(string(raw), "\r\n")
		if f.line == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if line == "" {
			continue
		}
		return f.splitLine(line)
	}
}

// splitLine cuts a line at its commas. A field may stand in double quotes, with
// "" for one quote inside; it must end on its line.
func (f *FileReader) splitLine(line string) error {
	for start := 0; ; {
		if len(f.fields) == maxFileFields {
			return f.fail(len(f.fields)-1, "", fmt.Sprintf("the record has more than %d fields", maxFileFields))
		}
		var text string
		end := start
		if start < len(line) && line[start] == '"' {
			var ok bool
			if text, end, ok = quoted(line, start); !ok {
				f.fields = append(f.fields, fieldText{"", start + 1})
				return f.fail(len(f.fields)-1, "", "a quoted field does not end, or text follows it")
			}
		} else {
			if n := strings.IndexByte(line[start:], ','); n >= 0 {
				end = start + n
			} else {
				end = len(line)
			}
			text = line[start:end]
			if strings.IndexByte(text, '"') >= 0 {
				f.fields = append(f.fields, fieldText{"", start + 1})
				return f.fail(len(f.fields)-1, "", "a quote stands inside a field without quotes")
			}
		}
		f.fields = append(f.fields, fieldText{text, start + 1})
		if end == len(line) {
			return nil
		}
		start = end + 1
	}
}

// quoted reads the quoted field that starts at start and returns the index of
// the comma after it, or of the line's end.
func quoted(line string, start int) (text string, end int, ok bool) {
	var b strings.Builder
	for i := start + 1; i < len(line); i++ {
		if line[i] != '"' {
			b.WriteByte(line[i])
			continue
		}
		if i+1 < len(line) && line[i+1] == '"' {
			b.WriteByte('"')
			i++
			continue
		}
		end = i + 1
		return b.String(), end, end == len(line) || line[end] == ','
	}
	return "", 0, false
}

func digits(text string) bool {
	for i := range len(text) {
		if text[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// parseFileDate reads YYYYMMDD. Blanks and zeros are no date.
func parseFileDate(text string) (issuing.Date, error) {
	if strings.Trim(text, "0 ") == "" {
		return issuing.Date(""), nil
	}
	t, err := time.Parse("20060102", text)
	if err != nil {
		return issuing.Date(""), err
	}
	return issuing.DateOf(t), nil
}
